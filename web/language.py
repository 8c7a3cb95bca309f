"""Which language a visitor of the site is spoken to."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import parse_qs

from starlette.types import ASGIApp, Receive, Scope, Send

from gis.text import LANGUAGES, language
from ogc.language import CHOSEN, requested_language


class SiteLanguage:
    """Render the texts of a request in the language it asks for.

    ``lang=zh|en`` in the query decides, then the language the site was started with, then
    ``Accept-Language``.

    Parameters
    ----------
    app : ASGI application
        What is wrapped.
    default : str or None
        Language the site was started with, if somebody said so.
    """

    def __init__(self, app: ASGIApp, default: str | None) -> None:
        self.app = app
        self.default = default

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        with language(language_of(scope, self.default)):
            await self.app({**scope, CHOSEN: True}, receive, send)


def language_of(scope: Scope, default: str | None) -> str:
    """Return the language a request is answered in, see :class:`SiteLanguage`.

    Parameters
    ----------
    scope : ASGI scope
        Of type ``http``.
    default : str or None
        Language the site was started with, if somebody said so.
    """
    if b"lang=" in scope.get("query_string", b""):
        return asked_language(scope) or default or requested_language(scope)
    return default or _accepted(next((v for k, v in scope["headers"] if k == b"accept-language"), b""))


def asked_language(scope: Scope) -> str | None:
    """Return the language an address names by ``lang=``, ``None`` when it names none we speak."""
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    asked = query.get("lang", [""])[0].lower()
    return asked if asked in LANGUAGES else None


@lru_cache(maxsize=1000)
def _accepted(header: bytes) -> str:
    """Return the language of an ``Accept-Language`` header, of which there are few."""
    return requested_language({"type": "http", "headers": [(b"accept-language", header)]})
