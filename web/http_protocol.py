"""HTTP/1.1 as uvicorn speaks it, with one header name as it is usually written: a client needs that."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_CREATED = b"HTTP/1.1 201 "
_LOWER, _USUAL = b"\r\nlocation: ", b"\r\nLocation: "


class HttpProtocol(HttpToolsProtocol):
    """Write ``Location`` with a capital letter when something was created.

    Names of headers have no case (RFC 9110, section 5.1), and uvicorn writes them in small letters. QGIS
    (seen in 3.40) finds the identifier of a new feature only behind ``Location``: it would tell its user
    that nothing was created although it was, and he would try again.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection; what is written to it goes through :class:`_Written`."""
        super().connection_made(_Written(transport))  # type: ignore[arg-type]


class _Written:
    """A transport that changes nothing but that name."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport

    def write(self, data: bytes) -> None:
        if data.startswith(_CREATED):
            head, end, body = data.partition(b"\r\n\r\n")
            data = head.replace(_LOWER, _USUAL, 1) + end + body
        self._transport.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)
