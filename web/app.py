"""The site: the map, the JSON interface behind it, and the published layers under ``/ogc``."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from gis.errors import UsageError
from gis.registry import Registry
from gis.text import LANGUAGES, t
from ogc.access import AccessMiddleware, Gate
from ogc.app import create_ogc_app, ogc_routes
from ogc.problems import exception_handlers
from ogc.public_url import PublicURL, is_loopback
from responsibility.resolver import Resolver
from web.api import api_routes
from web.health import health_routes
from web.language import SiteLanguage
from web.page import STATIC, page_routes
from web.raw_query import RawQuery
from web.resolve_one import ResolveFirst
from web.search_names import SearchNames
from web.settings import read_map_settings
from web.standing import Standing

Lifespan = Callable[[Starlette], AbstractAsyncContextManager[None]]


def create_app(
    registry: Registry | str,
    *,
    public_url: str | None = None,
    language: str | None = None,
    host: str = "127.0.0.1",
) -> Starlette:
    """Make the whole site over one registry.

    Parameters
    ----------
    registry : Registry or str
        Opened by the caller, who closes it; or a URL, opened here and closed when the site stops.
    public_url : str, optional
        Root of the site as seen from outside, see :func:`ogc.app.create_ogc_app`.
    language : str, optional
        ``"zh"`` or ``"en"``: what is spoken to those who do not say.
    host : str
        Address the server listens on: only on loopback does it ask for no key while there is none.

    Returns
    -------
    Starlette

    Raises
    ------
    UsageError
        If the language is unknown, or a base map is configured wrongly.
    RegistryUnavailable
        If the registry cannot be opened.
    """
    _check_language(language)
    used = registry if isinstance(registry, Registry) else Registry.open(registry)
    read_map_settings(used)
    resolver = Resolver(used, preload=True)
    gate = Gate(used, loopback=is_loopback(host), public_url=PublicURL.from_environment(public_url))
    ogc = create_ogc_app(used, public_url=public_url, resolver=resolver, gate=gate)
    app = Starlette(
        routes=_routes(ogc),
        middleware=[
            Middleware(ResolveFirst),
            Middleware(RawQuery),
            Middleware(GZipMiddleware, minimum_size=1000, compresslevel=5),
            Middleware(SiteLanguage, default=language),
            Middleware(AccessMiddleware, gate=gate),
        ],
        exception_handlers=exception_handlers(),
        lifespan=_lifespan(ogc, used if isinstance(registry, str) else None),
    )
    app.state.registry = used
    app.state.published = ogc.state.ogc.published
    app.state.gate = gate
    app.state.language = language
    app.state.resolver = resolver
    app.state.standing = Standing(resolver)
    app.state.search_names = SearchNames(used)
    return app


def _check_language(language: str | None) -> None:
    if language is not None and language not in LANGUAGES:
        raise UsageError(
            t("The page does not speak {language}", language=language),
            field="language",
            value=language,
            expected=", ".join(LANGUAGES),
        )


def _routes(ogc: Starlette) -> list[BaseRoute]:
    return [
        # Routes are tried in turn, and a map asks for hundreds of tiles
        *ogc_routes(ogc),
        *page_routes(),
        Mount("/static", StaticFiles(directory=STATIC)),
        *api_routes(),
        *health_routes(),
    ]


def _lifespan(ogc: Starlette, opened: Registry | None) -> Lifespan:
    """Warm up, run the lifespan of the mounted application, then close what was opened here."""

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        try:
            async with (
                app.state.standing.warming_up(),
                app.state.search_names.running(),
                ogc.router.lifespan_context(ogc),
            ):
                yield
        finally:
            if opened is not None:
                opened.close()

    return lifespan
