"""A client that costs little: it asks over kept connections and counts the bytes of the answers."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

Addresses = Callable[[int], Iterator[str]]
"""Absolute URLs without end, different ones for each seed."""

_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")


class _Connection(asyncio.Protocol):
    """Ask one question after the other until the time is up."""

    def __init__(self, ask: Callable[[], bytes | None]) -> None:
        self._ask = ask
        self._head = b""
        self._missing = -1
        self.answered = 0
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._next()

    def data_received(self, data: bytes) -> None:
        if self._missing < 0:
            self._head += data
            head, blank, rest = self._head.partition(b"\r\n\r\n")
            if not blank:
                return
            length = _LENGTH.search(head)
            if not head.startswith(b"HTTP/1.1 200") or length is None:
                self._fail(f"not an answer to be timed: {self._head[:2000]!r}")
                return
            self._missing, self._head, data = int(length[1]), b"", rest
        self._missing -= len(data)
        if self._missing == 0:
            self.answered += 1
            self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self._fail(f"the connection was cut: {exc}")

    def _next(self) -> None:
        self._missing = -1
        question = self._ask()
        if question is None:
            self.done.set_result(self.answered)
            self._transport.close()
        else:
            self._transport.write(question)

    def _fail(self, reason: str) -> None:
        if not self.done.done():
            self.done.set_exception(RuntimeError(reason))
        self._transport.close()


def rate(addresses: Addresses, seed: int, *, seconds: float, connections: int) -> tuple[float, int]:
    """Return requests per second over some kept connections, and how many were answered.

    Parameters
    ----------
    addresses : callable
        What to ask, by seed.
    seed : int
        The same questions for everybody in one turn.
    seconds : float
        How long new questions are asked.
    connections : int
        How many at once.
    """
    answered, spent = asyncio.run(_ask(addresses(seed), connections, seconds, None))
    return answered / spent, answered


def ask_many(addresses: Addresses, seed: int, count: int, *, connections: int) -> None:
    """Ask a number of questions."""
    asyncio.run(_ask(addresses(seed), connections, None, count))


async def _ask(
    chosen: Iterator[str], connections: int, seconds: float | None, count: int | None
) -> tuple[int, float]:
    first = urlsplit(next(chosen))
    started, asked = time.perf_counter(), 0

    def question() -> bytes | None:
        nonlocal asked
        if asked == count or (seconds is not None and time.perf_counter() - started > seconds):
            return None
        asked += 1
        path = next(chosen).removeprefix(f"http://{first.netloc}")
        return f"GET {path} HTTP/1.1\r\nHost: {first.netloc}\r\n\r\n".encode()

    loop = asyncio.get_running_loop()
    made = await asyncio.gather(
        *(
            loop.create_connection(lambda: _Connection(question), first.hostname, first.port)
            for _ in range(connections)
        )
    )
    answered = sum(await asyncio.gather(*(protocol.done for _transport, protocol in made)))
    return answered, time.perf_counter() - started
