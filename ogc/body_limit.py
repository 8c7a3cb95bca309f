"""Bodies of a size that nobody needs are refused while they arrive."""

from __future__ import annotations

from starlette.types import Message, Receive, Scope

from gis.errors import TooLarge
from gis.text import t


def limited_body(scope: Scope, receive: Receive, limit: int) -> Receive:
    """Return a channel that a body larger than announced or allowed does not come through.

    Parameters
    ----------
    scope : ASGI scope
        The request.
    receive : Receive
        Its channel.
    limit : int
        Bytes at most.

    Raises
    ------
    TooLarge
        At once when the request announces a larger body, else when it has sent one.
    """
    announced = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    if announced.isdigit() and int(announced[:20]) > limit:
        raise _too_large(limit)
    arrived = 0

    async def limited() -> Message:
        nonlocal arrived
        message = await receive()
        arrived += len(message.get("body", b""))
        if arrived > limit:
            raise _too_large(limit)
        return message

    return limited


def _too_large(limit: int) -> TooLarge:
    return TooLarge(
        t("The body is larger than {limit} bytes", limit=limit), field="body", expected=f"<= {limit}"
    )
