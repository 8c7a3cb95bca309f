"""Run the suites and the clients that are named, on one database or both, and tell what came of it."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from _city import city
from _results import FAILED, SKIPPED, Result, summary, told
from _suites import NotHere
from clients import clients
from features import features
from processes import processes
from qgis_desktop import qgis
from schema import schema
from tiles import tiles

CHECKS: dict[str, Callable[[str, Path], list[Result]]] = {
    "features": features,
    "tiles": tiles,
    "processes": processes,
    "clients": clients,
    "schema": schema,
}
#: Those that write, each in a city of its own.
WRITING: dict[str, Callable[[str, Path], list[Result]]] = {"qgis": qgis}
NAMES = (*CHECKS, *WRITING)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checks", nargs="*", choices=[*NAMES, []], help="without one, all")
    parser.add_argument("--database", choices=("gpkg", "postgis"), help="without one, both")
    options = parser.parse_args()
    results = [
        result
        for database in ([options.database] if options.database else ["gpkg", "postgis"])
        for result in on(database, options.checks or list(NAMES))
    ]
    print(summary(results))
    raise SystemExit(any(result.outcome == FAILED for result in results))


def on(database: str, checks: list[str]) -> list[Result]:
    """Run the checks against a city in a database."""
    results = []
    reading, writing = ([name for name in checks if name in group] for group in (CHECKS, WRITING))
    with tempfile.TemporaryDirectory(prefix="wangge-conformance-") as folder:
        if reading:
            with city(database, Path(folder)) as base:
                for name in reading:
                    results += _done(name, partial(CHECKS[name], base), database, folder)
        for name in writing:
            results += _done(name, partial(WRITING[name], database), database, folder)
    return results


def _done(name: str, check: Callable[[Path], list[Result]], database: str, folder: str) -> list[Result]:
    room = Path(folder) / name
    room.mkdir()
    try:
        found = check(room)
    except NotHere as missing:
        found = [Result(name, "all", SKIPPED, str(missing))]
    print(told(f"{name}, {database}", found), flush=True)
    return found


if __name__ == "__main__":
    main()
