"""A limit to how long the embedded database works on one answer; PostgreSQL has its own."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from gis.errors import RegistryUnavailable
from gis.text import t

#: Seconds for one statement.
STATEMENT_LIMIT = 60

# Steps of SQLite's virtual machine between two looks at the clock: some milliseconds
_STEPS = 100_000


def took_too_long() -> RegistryUnavailable:
    """Return the error that an answer was not ready in time."""
    return RegistryUnavailable(
        t("The answer took longer than {seconds} seconds", seconds=STATEMENT_LIMIT),
        hint=t("Ask for a smaller box or fewer features"),
    )


@contextmanager
def limited(connection: Connection) -> Iterator[None]:
    """Stop SQLite when it has worked for too long in the body.

    Raises
    ------
    RegistryUnavailable
        When it was stopped.
    """
    driver = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        yield
        return
    end = time.monotonic() + STATEMENT_LIMIT
    driver.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
    try:
        yield
    except OperationalError as error:
        if time.monotonic() > end:
            raise took_too_long() from error
        raise
    finally:
        driver.set_progress_handler(None, 0)
