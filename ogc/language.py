"""Which language a request is answered in."""

from __future__ import annotations

from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from gis.text import LANGUAGES, language
from ogc.negotiation import by_preference

DEFAULT_LANGUAGE = "zh"

#: Key of a scope whose language the site around us has chosen already.
CHOSEN = "wangge.language_chosen"


class LanguageMiddleware:
    """Render every text of a request in the language it asks for.

    ``lang=zh|en`` in the query comes before ``Accept-Language``; Chinese is the default.

    Parameters
    ----------
    app : ASGI application
        What is wrapped.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope.get(CHOSEN):
            await self.app(scope, receive, send)
            return
        with language(requested_language(scope)):
            await self.app(scope, receive, send)


def requested_language(scope: Scope) -> str:
    """Return the language an HTTP request asks for.

    Parameters
    ----------
    scope : ASGI scope
        Of type ``http``.

    Returns
    -------
    str
        ``"zh"`` or ``"en"``.
    """
    query: str = scope.get("query_string", b"").decode("latin-1")
    asked = parse_qs(query).get("lang", [""])[0]
    accepted: str = Headers(scope=scope).get("accept-language", "")
    for tag in (asked, *by_preference(accepted)):
        short = tag.strip().lower()[:2]
        if short in LANGUAGES:
            return short
    return DEFAULT_LANGUAGE
