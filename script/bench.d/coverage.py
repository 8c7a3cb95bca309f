"""Time gis.coverage against geopandas.sjoin: random points to the irregular grids they lie in.

Prints seconds (least and median of the repeats, both sides taking turns in one process and each in one
thread) and their ratios. Ours is timed from coordinate arrays, geopandas on ready frames with a ready
index. Fails when an answer differs for any point that does not lie exactly on an edge, or when a point
put exactly on an edge is not assigned exactly once.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import sys
import time
from collections.abc import Callable

from _irregular import PARTS, irregular_grids

# numba imports the measuring tool of this file's name if there is one; it must not find this file.
sys.path.pop(0)

import geopandas
import numpy as np
import shapely

from gis.coverage import Coverage


def main() -> int:
    options = parse_arguments()
    random = np.random.default_rng(options.seed)
    grids = irregular_grids(options.grids, random)
    codes = [f"{row:016d}" for row in range(len(grids))]
    west, south, east, north = shapely.total_bounds(grids)
    x, y = random.uniform(west, east, options.points), random.uniform(south, north, options.points)
    print(f"{options.points} points, {len(grids)} grids of {4 * PARTS} vertices, seed {options.seed}")

    coverage = built(grids, codes)
    points = geopandas.GeoDataFrame(geometry=geopandas.points_from_xy(x, y, crs=4490))
    frame = geopandas.GeoDataFrame({"row": np.arange(len(grids))}, geometry=grids, crs=4490)
    ours, theirs, answers, joined = timed(
        lambda: coverage.locate(x, y),
        lambda: geopandas.sjoin(points, frame, predicate="within"),
        options.repeats,
    )
    report("gis.coverage locate", ours)
    report("geopandas.sjoin", theirs)
    least, median = min(theirs) / min(ours), statistics.median(theirs) / statistics.median(ours)
    print(f"ratio                 least {least:.1f}, median {median:.1f} (wanted: 5 or more)")
    return 0 if agree(answers, joined, grids, x, y) and edges_assigned_once(coverage, grids) else 1


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, default=1_000_000)
    parser.add_argument("--grids", type=int, default=65_000)
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--seed", type=int, default=20260701)
    return parser.parse_args()


def built(grids: np.ndarray, codes: list[str]) -> Coverage:
    """Build the index twice, since the first build of a machine compiles; print what it takes."""
    before = peak_memory()
    began = time.perf_counter()
    Coverage.build(grids, codes).prepare()
    first, after = time.perf_counter() - began, peak_memory()
    began = time.perf_counter()
    coverage = Coverage.build(grids, codes)
    apart = time.perf_counter()
    coverage.prepare()
    ready = time.perf_counter()
    print(
        f"build                 {apart - began:.2f} s edges, {ready - apart:.2f} s cells; first {first:.2f} s"
    )
    print(f"memory                {coverage.nbytes / 2**20:.0f} MiB kept; {before:.0f} MiB in use before")
    print(f"                      and at most {after:.0f} MiB while building, numba included")
    return coverage


def peak_memory() -> float:
    """Return the most memory the process had, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10


def timed(
    ours: Callable[[], np.ndarray], theirs: Callable[[], geopandas.GeoDataFrame], repeats: int
) -> tuple[list[float], list[float], np.ndarray, geopandas.GeoDataFrame]:
    """Let both take turns, after one turn each that is not counted."""
    answers, joined = ours(), theirs()
    seconds: tuple[list[float], list[float]] = ([], [])
    for _ in range(repeats):
        for turn, taken in zip((ours, theirs), seconds, strict=True):
            began = time.perf_counter()
            turn()
            taken.append(time.perf_counter() - began)
    return *seconds, answers, joined


def report(name: str, seconds: list[float]) -> None:
    print(f"{name:21s} least {min(seconds):.4f} s, median {statistics.median(seconds):.4f} s")


def agree(
    rows: np.ndarray, joined: geopandas.GeoDataFrame, grids: np.ndarray, x: np.ndarray, y: np.ndarray
) -> bool:
    """Compare with sjoin, which assigns a point exactly on an edge to nobody."""
    expected = np.full(len(rows), -1)
    expected[joined.index] = joined["row"]
    different = np.flatnonzero(rows != expected)
    on_edge = shapely.touches(grids[rows[different]], shapely.points(x[different], y[different]))
    wrong = int((~on_edge | (rows[different] < 0)).sum())
    inside = int((rows >= 0).sum())
    print(
        f"answers               {inside} inside, {len(different) - wrong} exactly on an edge, {wrong} differ"
    )
    return wrong == 0


def edges_assigned_once(coverage: Coverage, grids: np.ndarray) -> bool:
    """Ask for every vertex and the exact middle of every edge."""
    rings = shapely.get_coordinates(grids).reshape(len(grids), -1, 2)
    asked = np.concatenate([rings[:, :-1], (rings[:, :-1] + rings[:, 1:]) / 2], axis=1).reshape(-1, 2)
    asked = np.unique(asked, axis=0)
    offsets, rows = coverage.overlaps(asked[:, 0], asked[:, 1])
    once = bool((np.diff(offsets) == 1).all())
    touching = once and bool(shapely.touches(grids[rows], shapely.points(asked)).all())
    print(f"on edges              {len(asked)} points, each in exactly one grid it touches: {touching}")
    return touching


if __name__ == "__main__":
    sys.exit(main())
