"""As many bytes as the address says, and nothing else: what the HTTP server alone costs.

``uvicorn _bare_server:app``; ``/bytes/20000/…`` answers with 20 000.
"""

from __future__ import annotations

_KIND = (b"content-type", b"application/vnd.mapbox-vector-tile")
_ZEROS = bytes(1_000_000)


async def app(scope, receive, send) -> None:
    """Answer with zeros."""
    if scope["type"] == "lifespan":
        for event in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{event}.complete"})
        return
    size = int(scope["path"].split("/")[2])
    headers = [_KIND, (b"content-length", str(size).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": _ZEROS[:size]})
