"""Run the suites and the clients that are named, on one database or both, and tell what came of it."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

from _city import city
from _results import FAILED, SKIPPED, Result, summary, told
from _suites import NotHere
from clients import clients
from features import features
from processes import processes
from schema import schema
from tiles import tiles

CHECKS: dict[str, Callable[[str, Path], list[Result]]] = {
    "features": features,
    "tiles": tiles,
    "processes": processes,
    "clients": clients,
    "schema": schema,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checks", nargs="*", choices=[*CHECKS, []], help="without one, all")
    parser.add_argument("--database", choices=("gpkg", "postgis"), help="without one, both")
    options = parser.parse_args()
    results = [
        result
        for database in ([options.database] if options.database else ["gpkg", "postgis"])
        for result in on(database, options.checks or list(CHECKS))
    ]
    print(summary(results))
    raise SystemExit(any(result.outcome == FAILED for result in results))


def on(database: str, checks: list[str]) -> list[Result]:
    """Run the checks against a city in a database."""
    results = []
    with (
        tempfile.TemporaryDirectory(prefix="wangge-conformance-") as folder,
        city(database, Path(folder)) as base,
    ):
        for name in checks:
            room = Path(folder) / name
            room.mkdir()
            try:
                found = CHECKS[name](base, room)
            except NotHere as missing:
                found = [Result(name, "all", SKIPPED, str(missing))]
            print(told(f"{name}, {database}", found), flush=True)
            results += found
    return results


if __name__ == "__main__":
    main()
