"""One blocking call for all who ask for it at about the same time."""

from __future__ import annotations

import asyncio
import threading
from asyncio import AbstractEventLoop, Future
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

T = TypeVar("T")


class Shared(Generic[T]):
    """Make a blocking call in a thread of its own, never twice at a time, for many tasks at once.

    Parameters
    ----------
    call : callable
        What is called; it may raise, and all who wait are told.
    name : str
        Name of the thread.
    """

    def __init__(self, call: Callable[[], T], name: str) -> None:
        self._call = call
        self._thread = ThreadPoolExecutor(1, name)
        self._lock = threading.Lock()
        self._waiting: list[Future[T]] = []
        self._busy = False

    def result(self) -> Future[T]:
        """Return the result of a call that begins after this one has been asked for.

        Who asks while a call is being made waits for the next, together with all others who do.
        """
        waiter: Future[T] = asyncio.get_running_loop().create_future()
        with self._lock:
            self._waiting.append(waiter)
            if self._busy:
                return waiter
            self._busy = True
        self._thread.submit(self._work)
        return waiter

    def _work(self) -> None:
        while waiting := self._taken():
            try:
                result, error = self._call(), None
            except Exception as raised:  # noqa: BLE001 - it is raised where it is waited for
                result, error = None, raised
            for loop in {waiter.get_loop() for waiter in waiting}:
                theirs = [waiter for waiter in waiting if waiter.get_loop() is loop]
                _tell(loop, theirs, result, error)

    def _taken(self) -> list[Future[T]]:
        with self._lock:
            waiting, self._waiting = self._waiting, []
            self._busy = bool(waiting)
        return waiting


def _tell(
    loop: AbstractEventLoop, waiting: Sequence[Future[T]], result: T | None, error: Exception | None
) -> None:
    def settle() -> None:
        for waiter in waiting:
            if waiter.done():
                continue
            if error is not None:
                waiter.set_exception(error)
            else:
                waiter.set_result(result)  # type: ignore[arg-type]

    # Nobody is left to be told when the loop has ended in the meantime.
    if not loop.is_closed():
        loop.call_soon_threadsafe(settle)
