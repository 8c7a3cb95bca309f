"""Time the import of a census of components against plain tools that copy the same file unchecked.

Ours is `wangge import components`: a GBK shapefile of points with the 14 standard fields is read, checked
fully and committed as an edition, with the checkpoint and without the writing of reports. The peers, in the
same run and in turns, every turn in a fresh process that did a small delivery first:

* GeoPackage: `pyogrio.read_dataframe(use_arrow=False)` and `write_dataframe`
* PostGIS: `ogr2ogr` with `PG_USE_COPY=YES`, and a checkpoint

Cases: `empty`, the first census; `update`, into a registry that has it, the same district a year later (one
in a hundred moved, another has a new owner, another is new); `district`, into a registry that has it,
another district. Unit grids, divisions and organisations are there before. Printed are the least seconds of
the repeats, the ratio of them and of the medians, and the most memory of all processes of ours (own: without
pages of mapped files). Fails when a census, which has no fault, has a finding that is more than a note, or is
not committed as what it is.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

# This file and some beside it bear the names of rooms, which go first.
sys.path.append(sys.path.pop(0))

from _census import Census, write_census
from _cluster import cluster
from _district import District
from _registries import Databases, GeoPackages, Store, set_up
from _turns import run_job, take_turn

# numba imports the measuring tool that another file here is called like, if there is one.
sys.path.pop()

CASES = ("empty", "update", "district")
PEERS = {"gpkg": "pyogrio", "postgis": "ogr2ogr"}
WANTED = {"gpkg": (1.0, 1.5, 1.5), "postgis": (1.3, 2.0, 2.0)}
MEMORY_MIB = {1_000_000: 1536, 10_000_000: 2048}
CONSTANT_PERCENT = 20
LARGE = 5_000_000  # without being asked, such sizes are only there for memory and the time per row
WARM_UP = 1_000
NOTES = 2_000  # one for each pair of classes at the most, or they do not sum up


@dataclass
class Measured:
    """What the turns of one case took."""

    ours: list[dict[str, Any]] = field(default_factory=list)
    theirs: list[float] = field(default_factory=list)

    @property
    def wall(self) -> float:
        """The least seconds of ours."""
        return min(turn["wall"] for turn in self.ours)

    def most(self, what: str) -> float:
        """Return the most of all turns."""
        return max(turn[what] for turn in self.ours)


def main() -> int:
    options = parse_arguments()
    if options.turn:
        return run_job(json.loads(options.turn))
    print(
        f"{'rows':>9} {'into':7} {'case':8} {'ours':>8} {'CPU':>8} {'peer':>8} {'ratio':>6} {'medians':>7}",
        end="",
    )
    print(f" {'wanted':>6} {'a row':>8} {'peak':>9} {'own':>9}  findings", flush=True)
    with ExitStack() as stack:
        if options.folder:
            options.folder.mkdir(parents=True, exist_ok=True)
        made = tempfile.TemporaryDirectory(prefix="wangge-bench-", dir=options.folder)
        folder = Path(stack.enter_context(made))
        bench = Bench(folder, options)
        for store in stores(options, folder, stack):
            for rows in options.rows:
                bench.measure(store, rows)
    bench.sum_up()
    return 1 if bench.faults else 0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000, 10_000_000])
    parser.add_argument("--databases", nargs="+", choices=PEERS, help="large sizes: only gpkg by default")
    parser.add_argument("--cases", nargs="+", choices=CASES, help="large sizes: only empty by default")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--without-peers", action="store_true", help="large sizes are by default")
    parser.add_argument("--folder", type=Path, help="work here, and keep the censuses for the next run")
    parser.add_argument("--profile", type=Path, help="write times by function here; seconds are not as usual")
    parser.add_argument("--seed", type=int, default=20260701)
    parser.add_argument("--turn", help=argparse.SUPPRESS)
    return parser.parse_args()


def stores(options: argparse.Namespace, folder: Path, stack: ExitStack) -> Iterator[Store]:
    databases = options.databases or list(PEERS)
    if "gpkg" in databases:
        yield GeoPackages(folder)
    if "postgis" in databases:
        yield Databases(stack.enter_context(cluster()))


class Bench:
    """All turns of a run."""

    def __init__(self, folder: Path, options: argparse.Namespace) -> None:
        self._folder = folder
        self._options = options
        self._first: dict[int, Measured] = {}
        self.faults = 0

    def measure(self, store: Store, rows: int) -> None:
        """Measure one size on one database."""
        large = rows >= LARGE
        if large and store.kind != "gpkg" and not self._options.databases:
            return
        for case in self._options.cases or (CASES[:1] if large else CASES):
            peer = None if large or self._options.without_peers else PEERS[store.kind]
            measured = self._case(store, rows, case, peer)
            self._print(store, rows, case, measured)
            if store.kind == "gpkg" and case == "empty":
                self._first[rows] = measured

    def sum_up(self) -> None:
        """Print what memory and time per row do as censuses grow."""
        for rows, measured in self._first.items():
            wanted = f" (wanted: {MEMORY_MIB[rows]} or less)" if rows in MEMORY_MIB else ""
            print(f"{rows:9} rows: at most {measured.most('peak'):.0f} MiB{wanted}")
        each = [measured.wall / rows * 1e6 for rows, measured in self._first.items()]
        if len(each) > 1:
            more = 100 * (max(each) / min(each) - 1)
            print(f"a row takes {min(each):.1f} to {max(each):.1f} µs, {more:.0f} % more", end="")
            print(f" (wanted: {CONSTANT_PERCENT} % or less)")

    def _case(self, store: Store, rows: int, case: str, peer: str | None) -> Measured:
        census, template = self._census(rows, case), self._registry(store, rows, case)
        warm = self._base(store, WARM_UP)
        job = {"file": census.path, "rows": census.rows, "warm_up": self._census(WARM_UP, "empty").path}
        if self._options.profile:
            job["profile"] = str(self._options.profile.with_suffix(f".{store.kind}-{case}-{rows}.txt"))
        measured = Measured()
        for _ in range(self._options.repeats):
            urls = {"url": store.copied(template, "turn"), "warm_up_url": store.copied(warm, "warm-up")}
            measured.ours.append(take_turn(__file__, job | urls | {"side": "ours"}))
            for url in urls.values():
                store.drop(url)
            if peer:
                measured.theirs.append(self._peer(store, job | {"side": peer}, warm))
        self._check(census, rows, case, measured)
        return measured

    def _peer(self, store: Store, job: dict[str, Any], warm: str) -> float:
        """Let the peer write into a new file, or into a database that has PostGIS."""
        names = {"url": "peer", "warm_up_url": "peer-warm-up"}
        if store.kind == "gpkg":
            urls = {key: str(self._folder / f"{name}.gpkg") for key, name in names.items()}
        else:
            urls = {key: store.copied(warm, name) for key, name in names.items()}
        wall = float(take_turn(__file__, job | urls)["wall"])
        for url in urls.values():
            store.drop(url)
        return wall

    def _districts(self, rows: int) -> tuple[District, District]:
        seed = self._options.seed
        return District(rows, 500101, 0.0, seed), District(rows, 500151, 0.25, seed + 1)

    def _census(self, rows: int, case: str) -> Census:
        one, other = self._districts(rows)
        folder = self._options.folder or self._folder
        return write_census(folder, other if case == "district" else one, second=case == "update")

    def _base(self, store: Store, rows: int) -> str:
        name = f"base-{rows}-{self._options.seed}"
        return store.made(name, partial(set_up, districts=list(self._districts(rows))))

    def _registry(self, store: Store, rows: int, case: str) -> str:
        """Return what is imported into: with the first census unless that is what is imported."""
        base = self._base(store, rows)
        if case == "empty":
            return base
        first = self._census(rows, "empty")
        return store.made(f"full-{rows}-{self._options.seed}", partial(self._fill, store, first), base)

    def _fill(self, store: Store, census: Census, url: str) -> None:
        warm_up = self._census(WARM_UP, "empty").path
        warm_up_url = store.copied(self._base(store, WARM_UP), "fill-warm-up")
        job = {"side": "ours", "file": census.path, "url": url, "rows": census.rows}
        take_turn(__file__, job | {"warm_up": warm_up, "warm_up_url": warm_up_url})
        store.drop(warm_up_url)

    def _check(self, census: Census, rows: int, case: str, measured: Measured) -> None:
        """Count what should not be."""
        expected = {"added": census.added, "changed": census.changed, "retired": 0}
        expected["unchanged"] = census.rows - census.added - census.changed
        for turn in measured.ours:
            notes = {code: n for code, n in turn["findings"].items() if code.endswith(" info")}
            if turn["edition"] != expected or notes != turn["findings"] or sum(notes.values()) > NOTES:
                self.faults += 1
                print(f"{rows:9} {case}: {turn['edition']}, expected {expected}; {turn['findings']}")

    def _print(self, store: Store, rows: int, case: str, measured: Measured) -> None:
        wall, cpu = measured.wall, min(turn["cpu"] for turn in measured.ours)
        print(f"{rows:9} {store.kind:7} {case:8} {wall:6.2f} s {cpu:6.2f} s", end="")
        if measured.theirs:
            median = statistics.median(turn["wall"] for turn in measured.ours)
            print(f" {min(measured.theirs):6.2f} s {wall / min(measured.theirs):6.2f}", end="")
            print(f" {median / statistics.median(measured.theirs):7.2f}", end="")
        else:
            print(f" {'-':>8} {'-':>6} {'-':>7}", end="")
        wanted, memory = WANTED[store.kind][CASES.index(case)], [measured.most("peak"), measured.most("own")]
        print(f" {wanted:6.1f} {wall / rows * 1e6:5.1f} µs {memory[0]:5.0f} MiB {memory[1]:5.0f} MiB", end="")
        print(f"  {measured.ours[-1]['findings'] or 'none'}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
