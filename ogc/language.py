"""Which language a request is answered in."""

from __future__ import annotations

from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from gis.text import LANGUAGES, language

DEFAULT_LANGUAGE = "zh"


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
        if scope["type"] != "http":
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
    for tag in (asked, *_by_preference(accepted)):
        short = tag.strip().lower()[:2]
        if short in LANGUAGES:
            return short
    return DEFAULT_LANGUAGE


def _by_preference(header: str) -> list[str]:
    """Return the tags of an Accept-Language header, best first."""
    weighted = []
    for position, part in enumerate(header.split(",")):
        tag, _, quality = part.partition(";q=")
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            weight = 0.0
        if weight > 0:
            weighted.append((-weight, position, tag))
    return [tag for _weight, _position, tag in sorted(weighted)]
