"""What the requests of one application share."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass, field

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import Scope

from gis.registry import Registry
from gis.text import current_language
from layers.published import Catalogue, PublishedCatalogue, PublishedLayer
from ogc.access import principal_of
from ogc.database import Database
from ogc.public_url import PublicURL
from responsibility.resolver import Resolver

#: Where the application is mounted below the root of the site.
PREFIX = "/ogc"


@dataclass(slots=True)
class OgcState:
    """The registry and what was made of it.

    Attributes
    ----------
    registry : Registry
        Opened by the caller.
    public_url : PublicURL
        What links are made from.
    resolver : Resolver or None
        Shared with the rest of the site; made at the first use otherwise.
    """

    registry: Registry
    public_url: PublicURL
    resolver: Resolver | None = None
    database: Database = field(init=False)
    published: PublishedCatalogue = field(init=False)
    _making: threading.Lock = field(init=False, default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.database = Database(self.registry)
        self.published = PublishedCatalogue(self.registry)

    async def catalogue(self, scope: Scope) -> Catalogue:
        """Return what the sender of a request sees, at most a second old."""
        principal = principal_of(scope)
        fresh = self.published.fresh(principal)
        return await run_in_threadpool(self.published.get, principal) if fresh is None else fresh

    async def entry(self, request: Request) -> tuple[Catalogue, PublishedLayer]:
        """Return the catalogue and the collection a request is about.

        Raises
        ------
        NotFound
            If there is no layer of that name that he may see.
        """
        catalogue = await self.catalogue(request.scope)
        return catalogue, catalogue[request.path_params["collection"]]

    def base(self, scope: Scope) -> str:
        """Return the absolute URL of ``/ogc``, see :meth:`PublicURL.of`."""
        return self.public_url.of(scope, PREFIX)

    def resolved(self) -> Resolver:
        """Return the resolver, made when there is none."""
        with self._making:
            if self.resolver is None:
                self.resolver = Resolver(self.registry)
            return self.resolver


def state_of(request: Request) -> OgcState:
    """Return the state of the application a request came to."""
    state: OgcState = request.app.state.ogc
    return state


def entity_tag(catalogue: Catalogue, scope: Scope, form: str) -> str:
    """Return the ETag of an answer: another one whenever data, catalogue or question differ.

    Parameters
    ----------
    catalogue : Catalogue
        Looked at before the answer was made.
    scope : ASGI scope
        The request.
    form : str
        What it is answered in.

    Returns
    -------
    str
        Weak, because the time of the answer may be part of it.
    """
    parts = (
        repr(catalogue.version),
        form,
        current_language(),
        scope["path"],
        scope.get("query_string", b"").decode("latin-1"),
    )
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    return f'W/"{digest[:24]}"'


def is_known(scope: Scope, tag: str) -> bool:
    """Tell whether the client holds the answer with this tag (``If-None-Match``)."""
    held = next((value for name, value in scope["headers"] if name == b"if-none-match"), b"")
    return any(part.strip() in (tag, "*") for part in held.decode("latin-1").split(","))
