"""Connections to a server of several processes, which each listen for themselves."""

from __future__ import annotations

import pickle
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest

from web.listening import Listener, can_spread

pytestmark = pytest.mark.skipif(not can_spread(), reason="the kernel does not spread connections")


@pytest.fixture
def listener() -> Iterator[Listener]:
    with closing(Listener("127.0.0.1", 0)) as made:
        yield made


def test_each_process_gets_some_of_the_connections_that_are_opened_at_once(listener: Listener) -> None:
    with ExitStack() as stack:
        own = [stack.enter_context(pickle.loads(pickle.dumps(listener))) for _ in range(2)]
        for one in own:
            one.listen(64)
            one.setblocking(False)
        for _ in range(64):
            stack.enter_context(socket.create_connection(("127.0.0.1", listener.port), timeout=10))
        assert all(_accepted(one, stack) for one in own)


def test_nobody_is_kept_waiting_while_no_process_listens(listener: Listener) -> None:
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", listener.port), timeout=10)


def test_connections_of_a_process_that_ended_go_to_the_others(listener: Listener) -> None:
    with pickle.loads(pickle.dumps(listener)) as ended:
        ended.listen(8)
    with pickle.loads(pickle.dumps(listener)) as left, ExitStack() as stack:
        left.listen(64)
        left.setblocking(False)
        for _ in range(16):
            stack.enter_context(socket.create_connection(("127.0.0.1", listener.port), timeout=10))
        assert _accepted(left, stack) == 16


def test_an_address_that_is_taken_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(OSError, match="use"):
        Listener("127.0.0.1", other.getsockname()[1])


def _accepted(listening: socket.socket, stack: ExitStack) -> int:
    accepted = 0
    while True:
        try:
            stack.enter_context(listening.accept()[0])
        except BlockingIOError:
            return accepted
        accepted += 1
