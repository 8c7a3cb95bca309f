"""Addresses typed as they are read: Chinese in a query that nobody has percent-encoded."""

from __future__ import annotations

from urllib.parse import quote

from starlette.types import ASGIApp, Receive, Scope, Send

_ASCII = "".join(map(chr, range(0x21, 0x7F)))


class RawQuery:
    """Percent-encode what of a query is not ASCII, as a browser would have done.

    ``curl 'http://…/api/search?q=尚文'`` sends the bytes of the text as they are.

    Parameters
    ----------
    app : ASGI application
        What is wrapped.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        query = scope.get("query_string", b"")
        if not query.isascii():
            scope = {**scope, "query_string": encoded(query)}
        await self.app(scope, receive, send)


def encoded(query: bytes) -> bytes:
    """Percent-encode what of a query is not ASCII."""
    return query if query.isascii() else quote(query, safe=_ASCII).encode("ascii")
