from __future__ import annotations

import asyncio
import threading

import pytest

from web.shared import Shared


class Counted:
    """A blocking call that ends when it is let, and counts itself."""

    def __init__(self, error: Exception | None = None) -> None:
        self.calls = 0
        self.begun, self.may_end = threading.Event(), threading.Event()
        self._error = error

    def __call__(self) -> int:
        self.calls += 1
        self.begun.set()
        assert self.may_end.wait(30)
        if self._error is not None:
            raise self._error
        return self.calls


def test_who_asks_while_a_call_is_made_shares_the_next_one() -> None:
    counted = Counted()
    shared = Shared(counted, "counted")

    async def ask() -> list[int]:
        first = shared.result()
        await asyncio.to_thread(counted.begun.wait)
        others = [shared.result() for _ in range(5)]
        counted.may_end.set()
        return [await first, *[await other for other in others]]

    assert asyncio.run(ask()) == [1, 2, 2, 2, 2, 2]
    assert counted.calls == 2


def test_an_error_is_told_to_all_who_wait_and_the_next_call_is_made_all_the_same() -> None:
    counted = Counted(ValueError("broken"))
    counted.may_end.set()
    shared = Shared(counted, "counted")

    async def ask() -> list[int | BaseException]:
        return await asyncio.gather(*(shared.result() for _ in range(3)), return_exceptions=True)

    assert all(isinstance(told, ValueError) for told in asyncio.run(ask()))
    counted._error = None
    assert len(set(asyncio.run(ask()))) == 1


def test_who_gives_up_takes_nothing_from_the_others() -> None:
    counted = Counted()
    shared = Shared(counted, "counted")

    async def ask() -> int:
        leaving, staying = shared.result(), shared.result()
        leaving.cancel()
        counted.may_end.set()
        with pytest.raises(asyncio.CancelledError):
            await leaving
        return await staying

    assert asyncio.run(ask()) >= 1


def test_a_call_outlives_the_loop_that_asked_for_it() -> None:
    counted = Counted()
    shared = Shared(counted, "counted")

    async def leave() -> None:
        shared.result()
        await asyncio.to_thread(counted.begun.wait)

    async def ask() -> int:
        waiting = shared.result()
        counted.may_end.set()
        return await waiting

    asyncio.run(leave())
    assert asyncio.run(ask()) == 2
