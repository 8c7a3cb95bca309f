"""Servers in processes of their own, and a client that asks them as fast as they answer."""

from __future__ import annotations

import asyncio
import os
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx

_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")


@dataclass(frozen=True)
class Server:
    """A server: its address and the number of its process."""

    base: str
    process: int


@dataclass(frozen=True)
class Turn:
    """What one turn of asking came to.

    Attributes
    ----------
    rate : float
        Requests answered per second.
    busy : float
        Share of the time in which the client itself was working; near 1 it is what is measured.
    cost : float
        Processor time of the server for a request, in seconds; that of a database behind it not counted.
    """

    rate: float
    busy: float
    cost: float


@contextmanager
def served(command: list[str], environment: dict[str, str], ready: str) -> Iterator[Server]:
    """Run a server until the end of the block.

    Parameters
    ----------
    command : list of str
        What is run.
    environment : dict
        Added to that of this process.
    ready : str
        An address right below its root that is answered with success once the server is ready.
    """
    process = subprocess.Popen(command, env={**os.environ, **environment})
    try:
        for _ in range(300):
            if process.poll() is not None:
                raise SystemExit(f"{command[0]} did not start")
            try:
                httpx.get(ready, timeout=10).raise_for_status()
                break
            except httpx.TransportError:
                time.sleep(0.2)
        yield Server(ready.rpartition("/")[0], process.pid)
    finally:
        process.terminate()
        process.wait(30)


def worked(process: int) -> float:
    """Return the processor time of a process so far, in seconds."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """Return a port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def ask(server: Server, paths: Iterator[str], seconds: float, connections: int) -> Turn:
    """Ask for paths over kept connections, each of which asks anew when it has been answered.

    Parameters
    ----------
    server : Server
        Who is asked.
    paths : iterator of str
        Each with its query, from the root of the server; without end.
    seconds : float
        Length of the turn.
    connections : int
        How many there are at a time.

    Raises
    ------
    SystemExit
        An answer is not 200.
    """
    return asyncio.run(_ask(server, paths, seconds, connections))


async def _ask(server: Server, paths: Iterator[str], seconds: float, connections: int) -> Turn:
    address, loop = urlsplit(server.base), asyncio.get_running_loop()
    end = time.perf_counter() + seconds
    asking = [_Asking(address.netloc, paths, end) for _ in range(connections)]
    began, own, theirs = time.perf_counter(), time.process_time(), worked(server.process)
    for one in asking:
        await loop.create_connection(lambda one=one: one, address.hostname, address.port)
    await asyncio.gather(*(one.done for one in asking))
    took = time.perf_counter() - began
    answered = sum(one.answered for one in asking)
    cost = (worked(server.process) - theirs) / answered
    return Turn(answered / took, (time.process_time() - own) / took, cost)


class _Asking(asyncio.Protocol):
    """One connection; it looks at no more of an answer than it must."""

    def __init__(self, host: str, paths: Iterator[str], end: float) -> None:
        self.done = asyncio.get_running_loop().create_future()
        self.answered = 0
        self._tail = f" HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
        self._paths, self._end = paths, end
        self._received = b""
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._ask()

    def data_received(self, data: bytes) -> None:
        self._received += data
        head_end = self._received.find(b"\r\n\r\n")
        if head_end < 0:
            return
        length = _LENGTH.search(self._received, 0, head_end + 2)
        if length is None or not self._received.startswith(b"HTTP/1.1 200"):
            self._fail(self._received.decode("utf-8", "replace"))
        elif len(self._received) >= head_end + 4 + int(length[1]):
            self._received = b""
            self.answered += 1
            self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self._fail(f"the server closed the connection: {exc}")

    def _ask(self) -> None:
        if time.perf_counter() < self._end:
            self._transport.write(b"GET " + next(self._paths).encode("ascii") + self._tail)
        else:
            self.done.set_result(None)
            self._transport.close()

    def _fail(self, why: str) -> None:
        if not self.done.done():
            self.done.set_exception(SystemExit(why))
        self._transport.close()
