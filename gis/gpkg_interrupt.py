"""Ctrl-C while SQLite is at work.

An exception that a signal raises inside an SQL function written in Python comes out as an error of
SQLite, and a long statement does not see the signal at all. So the signal is held back, running
statements are stopped, and it takes effect between them.
"""

from __future__ import annotations

import signal
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

# SQLite's virtual machine steps between two looks at the signal: some milliseconds
_STEPS = 100_000


@contextmanager
def interruptible(connection: Connection) -> Iterator[Callable[[], None]]:
    """Hold SIGINT back in the body, which calls what it gets between statements.

    Only the main thread gets signals; in others this does nothing.
    """
    handler = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(handler):
        yield lambda: None
        return
    pending: list[tuple[int, FrameType | None]] = []

    def check() -> None:
        if pending:
            handler(*pending.pop())

    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    signal.signal(signal.SIGINT, lambda number, frame: pending.append((number, frame)))
    driver.set_progress_handler(lambda: len(pending), _STEPS)
    try:
        yield check
        check()
    except OperationalError:
        check()
        raise
    finally:
        driver.set_progress_handler(None, 0)
        signal.signal(signal.SIGINT, handler)
