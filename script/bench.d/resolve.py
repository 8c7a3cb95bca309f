"""Time the resolver: points to unit grids against geopandas.sjoin, and whole answers in batch and singly.

Both sides of a comparison take turns in one process. Locating runs in one thread, from coordinate arrays,
against ``geopandas.sjoin(predicate="within")`` on ready frames; frame to frame it also takes the coordinates
out of the points and puts the codes into a frame. Whole answers have every column of a batch, for the rules
of 250 classes and as many components as points, on all cores; a single question is measured against a bare
``shapely.STRtree.query`` of the same point. Fails when an answer differs where none may.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

# The benchmarks' own modules come last: one of them is called like a room.
sys.path.append(sys.path.pop(0))

import geopandas
import numpy as np
import pandas as pd
import shapely
from _answering import STANDARD, made, questions
from _index import report_kept
from _irregular import irregular_grids

sys.path.pop()

from gis.coverage import Coverage
from gis.read import read_frame
from gis.registry import Registry
from responsibility.model import Kind, Question
from responsibility.resolver import Resolver
from responsibility.rows import answer_rows, row_template

MOMENT = "2126-11-20T09:30:00+08:00"
GRIDS_OF_COMMUNITY = 130


def main() -> int:
    options = parse_arguments()
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    wrong = [points for points in options.points if not located(options, points)]
    if options.answers and not answered(options):
        wrong.append(options.answers)
    return 1 if wrong else 0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, nargs="*", default=[1_000_000, 10_000_000])
    parser.add_argument("--answers", type=int, default=1_000_000, help="questions, and components; 0: none")
    parser.add_argument("--grids", type=int, default=65_000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--seed", type=int, default=20260701)
    return parser.parse_args()


def located(options: argparse.Namespace, count: int) -> bool:
    """Compare locating; tell whether the answers agree."""
    random = np.random.default_rng(options.seed)
    grids = irregular_grids(options.grids, random)
    codes = np.array([f"{row:016d}" for row in range(len(grids))], dtype=object)
    west, south, east, north = shapely.total_bounds(grids)
    x, y = random.uniform(west, east, count), random.uniform(south, north, count)
    began = time.perf_counter()
    coverage = Coverage.build(grids, codes)
    coverage.prepare()
    building = time.perf_counter() - began
    points = geopandas.GeoDataFrame(geometry=geopandas.points_from_xy(x, y, crs=4490))
    frame = geopandas.GeoDataFrame({"row": np.arange(len(grids))}, geometry=grids, crs=4490)

    def framed() -> pd.DataFrame:
        coordinates = shapely.get_coordinates(points.geometry.to_numpy())
        rows = coverage.locate(*np.ascontiguousarray(coordinates.T))
        return points.assign(row=rows)

    turns = (
        lambda: coverage.locate(x, y),
        framed,
        lambda: geopandas.sjoin(points, frame, predicate="within"),
    )
    repeats = options.repeats if count <= 1_000_000 else 2
    rows, joined, (ours, ours_framed, theirs) = in_turns(turns, repeats)
    print(f"{count} points, {len(grids)} grids")
    print(f"index                 {building:.2f} s, {building / min(theirs):.1f} x the sjoin; "
          f"{coverage.nbytes / 2**20:.0f} MiB")  # fmt: skip
    kept_alike = report_kept(grids, codes, x, y)
    for name, seconds in (("arrays", ours), ("frame to frame", ours_framed), ("sjoin", theirs)):
        report(name, seconds, theirs)
    return agree(rows, joined, grids, x, y) and kept_alike


def in_turns(turns: Any, repeats: int) -> tuple[Any, Any, list[list[float]]]:
    """Let all take turns, after one turn each that is not counted; return first and last answers too."""
    answers = [turn() for turn in turns]
    seconds: list[list[float]] = [[] for _ in turns]
    for _ in range(repeats):
        for turn, taken in zip(turns, seconds, strict=True):
            began = time.perf_counter()
            turn()
            taken.append(time.perf_counter() - began)
    return answers[0], answers[-1], seconds


def report(name: str, seconds: list[float], theirs: list[float]) -> None:
    median = statistics.median(seconds)
    print(
        f"{name:21s} least {min(seconds):.4f} s, median {median:.4f} s; ratio of the least "
        f"{min(theirs) / min(seconds):.1f}, of the medians {statistics.median(theirs) / median:.1f}"
    )


def agree(rows: Any, joined: Any, grids: Any, x: Any, y: Any) -> bool:
    """Compare with sjoin, which assigns a point exactly on an edge to nobody."""
    expected = np.full(len(rows), -1)
    expected[joined.index] = joined["row"]
    different = np.flatnonzero(rows != expected)
    on_edge = shapely.touches(grids[rows[different]], shapely.points(x[different], y[different]))
    wrong = int((~on_edge | (rows[different] < 0)).sum())
    print(f"answers               {int((rows >= 0).sum())} inside, {wrong} differ")
    return wrong == 0


def answered(options: argparse.Namespace) -> bool:
    """Measure whole answers, and compare some of them with asking one by one."""
    random = np.random.default_rng(options.seed)
    with TemporaryDirectory() as folder:
        os.environ["WANGGE_CACHE"] = folder  # what is measured leaves nothing behind
        url = str(Path(folder) / "city.gpkg")
        communities = max(1, round(options.grids / GRIDS_OF_COMMUNITY))
        pieces = made(url, communities, options.answers, random)
        asked = questions(pieces, options.answers, random)
        with Registry.open(url) as registry:
            resolver = Resolver(registry, preload=True)
            print(f"{len(asked)} questions, {len(pieces)} components")
            columns = in_batch(resolver, asked, options.repeats)
            single(resolver, asked, read_frame(registry, "grids", columns=["geometry"]).geometry.to_numpy())
            return same(resolver, asked, columns)


def in_batch(resolver: Resolver, asked: pd.DataFrame, repeats: int) -> Any:
    ask = asking(resolver, asked)
    began = time.perf_counter()
    answers = ask()
    print(f"first batch           {time.perf_counter() - began:.1f} s, reading the registry included")
    walls, cpus = [], []
    for _ in range(repeats):
        began, worked = time.perf_counter(), time.process_time()
        answers = ask()
        walls.append(time.perf_counter() - began)
        cpus.append(time.process_time() - worked)
    print(
        f"batch                 least {min(walls):.2f} s, {len(asked) / min(walls):.0f} answers/s; "
        f"{len(asked) / min(cpus):.0f} per second of one core"
    )
    return answers.columns


def asking(resolver: Resolver, asked: pd.DataFrame) -> Callable[[], Any]:
    template = row_template(resolver, {"standard": STANDARD, "as_of": MOMENT, "at": MOMENT})
    x, y = asked["lon"].to_numpy(), asked["lat"].to_numpy()
    values = {f"{name}_column": asked[name].to_numpy(dtype=object) for name in ("class", "kind")}
    return lambda: answer_rows(resolver, x, y, values, template, [])


def single(resolver: Resolver, asked: pd.DataFrame, grids: Any) -> None:
    """Ask one question at a time: new ones, and these again, in turns with the bare index of the grids."""
    few = asked.iloc[: min(len(asked), 5000)]
    tree = shapely.STRtree(grids)
    points = list(shapely.points(few["lon"].to_numpy(), few["lat"].to_numpy()))
    alone = [
        Question(lon=lon, lat=lat, class_text=code, kind=Kind(kind), standard=STANDARD)
        for lon, lat, code, kind in few.itertuples(index=False)
    ]
    first = each(resolver.resolve, alone)
    turns = [(each(tree.query, points), each(resolver.resolve, alone)) for _ in range(5)]
    theirs, ours = (statistics.median(turn[side] for turn in turns) for side in (0, 1))
    print(
        f"single                {ours * 1e6:.0f} µs, STRtree.query of the grids {theirs * 1e6:.1f} µs; "
        f"ratio {ours / theirs:.0f}; what was never asked like that {first * 1e6:.0f} µs"
    )


def each(ask: Callable[[Any], Any], things: list[Any]) -> float:
    """Return the seconds for each of some things."""
    began = time.perf_counter()
    for thing in things:
        ask(thing)
    return (time.perf_counter() - began) / len(things)


def same(resolver: Resolver, asked: pd.DataFrame, columns: Any) -> bool:
    """Compare the answers of some rows with those of asking them in a small batch, one by one."""
    some = np.random.default_rng(1).choice(len(asked), min(900, len(asked)), replace=False)
    alone = asking(resolver, asked.iloc[some].reset_index(drop=True))().columns
    wrong = sum(
        left != right
        for name, column in alone.items()
        for left, right in zip(column.to_pylist(), columns[name].take(some).to_pylist(), strict=True)
    )
    print(f"one by one            {len(some)} rows, {wrong} values differ")
    return wrong == 0


if __name__ == "__main__":
    sys.exit(main())
