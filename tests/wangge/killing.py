"""Import and revert in processes of their own, and kill them at chosen moments.

Run as a program it reads orders, one JSON object a line, and answers each with one. It has imported all
that an import needs and forks for each order, so that an order takes no longer than its work.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sqlite3
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from gis.editions import revert
from gis.errors import WanggeError
from gis.importing import ImportOptions
from gis.registry import open_registry
from wangge.cli import exit_code
from wangge.deliveries import deliver

START, COMMIT, DONE, CLOSED = "start", "commit", "done", "closed"
"""What a process tells of itself: it begins, is about to commit, has committed, has closed the registry."""

PATIENCE = 120


@dataclass(frozen=True)
class Order:
    """What to do to a registry: import a file, or revert an edition."""

    url: str
    path: str | None = None
    partial: bool = False
    reverts: int | None = None

    def carry_out(self) -> None:
        """Do it, and say how far it is."""
        with open_registry(self.url) as registry:
            if self.reverts is not None:
                revert(registry, self.reverts)
            else:
                options = ImportOptions(standard="2013", partial=self.partial)
                deliver(registry, "components", [Path(self.path or "")], options)
            _tell(DONE)


@dataclass(frozen=True)
class Ending:
    """How a process ended: its exit (negative: the signal), and when it told what, in seconds."""

    exit: int
    told: dict[str, float]


class Runner:
    """A running program of this module."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def run(self, order: Order, *, mark: str | None = None, after: float = 0.0, held: bool = False) -> Ending:
        """Carry an order out, and kill it so long after it told a mark; held, it waits there."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        told = {"order": asdict(order), "mark": mark, "after": after, "held": held}
        self.process.stdin.write(f"{json.dumps(told)}\n")
        self.process.stdin.flush()
        return Ending(**json.loads(self.process.stdout.readline()))


@contextmanager
def runner() -> Iterator[Runner]:
    """Start the program; what it says on standard error is an error."""
    command = [sys.executable, "-W", "ignore::DeprecationWarning", __file__]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, text=True, stdin=pipe, stdout=pipe, stderr=pipe) as process:
        try:
            yield Runner(process)
            assert process.stdin is not None
            assert process.stderr is not None
            process.stdin.close()
            assert process.stderr.read() == ""
        finally:
            process.kill()


def main() -> None:
    """Obey the orders on standard input."""
    for line in sys.stdin:
        told = json.loads(line)
        order = Order(**told.pop("order"))
        sys.stdout.write(f"{json.dumps(asdict(_obeyed(order, **told)))}\n")
        sys.stdout.flush()


def _obeyed(order: Order, mark: str | None, after: float, held: bool) -> Ending:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _work(order, writing, mark if held else None)
    os.close(writing)
    try:
        return _followed(child, reading, mark, after)
    finally:
        os.close(reading)


def _followed(child: int, reading: int, mark: str | None, after: float) -> Ending:
    told: dict[str, float] = {}
    begun = time.monotonic()
    while mark not in told and select.select([reading], [], [], PATIENCE)[0]:
        heard = os.read(reading, 1000).decode().split()
        if not heard:
            break
        told |= {one: time.monotonic() - begun for one in heard if one not in told}
    if mark is not None:
        time.sleep(after)
        os.kill(child, signal.SIGKILL)
    return Ending(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), told)


_pipe = -1
_held_at: str | None = None


def _work(order: Order, pipe: int, held_at: str | None) -> None:
    """Be the process that is killed."""
    global _pipe, _held_at
    _pipe, _held_at = pipe, held_at
    event.listen(Engine, "commit", lambda _: _tell(COMMIT))
    event.listen(Engine, "connect", _checkpoint_often)
    try:
        _tell(START)
        order.carry_out()
        _tell(CLOSED)
    except WanggeError as error:
        os._exit(exit_code(error))
    except BaseException:  # noqa: BLE001 - told on standard error, which has to stay empty
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)
    os._exit(0)


def _checkpoint_often(driver: Any, _record: object) -> None:
    """Let SQLite write its journal back at each commit, as it does after a large import."""
    if isinstance(driver, sqlite3.Connection):
        driver.execute("PRAGMA wal_autocheckpoint = 10")


def _tell(mark: str) -> None:
    os.write(_pipe, f"{mark}\n".encode())
    if mark == _held_at:
        time.sleep(PATIENCE)


if __name__ == "__main__":
    main()
