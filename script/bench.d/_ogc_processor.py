"""Processor time of a server and of the database behind it, to which other work adds nothing."""

from __future__ import annotations

import os
from pathlib import Path

import psycopg

_TICKS = os.sysconf("SC_CLK_TCK")


def postmaster(url: str) -> int:
    """Return the process of the database server behind a connection."""
    with psycopg.connect(url) as connection:
        return int(_stat(connection.info.backend_pid)[1])


def seconds(processes: list[int]) -> float:
    """Return the processor time of processes and all that came from them."""
    total = 0
    for process in processes:
        total += sum(map(int, _stat(process)[11:15]))
        total += round(seconds(_children(process)) * _TICKS)
    return total / _TICKS


def _children(process: int) -> list[int]:
    try:
        return [
            int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text("utf-8").split()
        ]
    except FileNotFoundError:
        return []


def _stat(process: int) -> list[str]:
    """Return the fields of a process after its name: state, parent …; times are 11 to 14."""
    try:
        return Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()
    except FileNotFoundError:  # it has ended
        return ["0"] * 20
