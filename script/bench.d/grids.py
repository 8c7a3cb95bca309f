"""Time the full check of unit grids against `shapely.coverage_is_valid` on the same polygons.

Irregular grids that tile the ground (20 vertices each) are checked as a delivery against a registry that has
their communities: every check of `wangge check grids`, from rows in memory to the finished report. Each size
runs in a process of its own, both sides in turns and in one thread; printed are the least CPU seconds of the
repeats, their ratio, the time per grid and the most memory the process had. Fails when a clean layer has a
finding.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from _irregular import columns_of, irregular_grids

# This file bears the name of the room it measures.
sys.path.pop(0)

import geopandas
import numpy as np
import shapely

from gis.crs import geodesic_area
from gis.editions import commit
from gis.importing import ImportContext, ImportOptions, Prepared
from gis.layer import ROW, SourceLayer
from gis.registry import Registry
from gis.text import t
from grids.division_imports import prepare_divisions
from grids.imports import prepare_grids

SIDE = 20  # grids along each side of a community


def main() -> int:
    options = parse_arguments()
    if len(options.grids) == 1:
        return 1 if measure(options.grids[0], options.repeats, options.seed) else 0
    print(f"{'grids':>7} {'vertices':>9} {'coverage_is_valid':>18} {'full check':>11} {'ratio':>6}", end="")
    print(f" {'per grid':>9} {'memory':>9}  findings", flush=True)
    arguments = [f"--repeats={options.repeats}", f"--seed={options.seed}"]
    # a process for each size: the most memory is that of this size alone
    runs = [[sys.executable, __file__, f"--grids={count}", *arguments] for count in options.grids]
    return max(subprocess.run(run, check=False).returncode for run in runs)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--grids", type=int, nargs="+", default=[1_000, 10_000, 65_000])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--seed", type=int, default=20260701)
    return parser.parse_args()


def measure(count: int, repeats: int, seed: int) -> int:
    """Print the line of one size; return the number of findings."""
    grids = irregular_grids(count, np.random.default_rng(seed))
    codes, communities = grid_codes(count)
    with tempfile.TemporaryDirectory() as folder:
        registry = Registry.open(str(Path(folder) / "city.gpkg"), create=True)
        registry.init()
        commit(registry, "divisions", divisions(grids, communities, registry))
        delivery = layer({"DYWGBSM": codes, "MJ": np.char.mod("%.2f", geodesic_area(grids))}, grids)
        context = ImportContext(registry, "grids", ImportOptions())
        theirs, ours, prepared = timed(
            lambda: shapely.coverage_is_valid(grids), lambda: prepare_grids([delivery], context), repeats
        )
        registry.close()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
    found = prepared.report.by_code()
    vertices = int(shapely.get_num_coordinates(grids).sum()) - count
    print(
        f"{count:7} {vertices:9} {theirs:16.3f} s {ours:9.2f} s {ours / theirs:6.1f}"
        f" {ours / count * 1e6:6.0f} µs {memory:5.0f} MiB  {found or 'none'}",
        flush=True,
    )
    return sum(found.values())


def grid_codes(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the code of each grid and of its community, a square of SIDE by SIDE grids."""
    row, column = np.divmod(np.arange(count), columns_of(count))
    across = -(-columns_of(count) // SIDE)
    block = row // SIDE * across + column // SIDE
    community = np.char.add(np.char.mod("500113%03d", 1 + block // 100), np.char.mod("%03d", 1 + block % 100))
    order = np.lexsort((np.arange(count), block))
    first = np.searchsorted(block[order], block[order])
    number = np.empty(count, dtype=int)
    number[order] = np.arange(count) - first + 1
    return np.char.add(community, np.char.mod("%03d", number)), community


def divisions(grids: np.ndarray, communities: np.ndarray, registry: Registry) -> geopandas.GeoDataFrame:
    """Return the communities as rows of the registry: each the union of its grids."""
    codes = np.unique(communities)
    areas = [shapely.coverage_union_all(grids[communities == code]) for code in codes]
    context = ImportContext(registry, "divisions", ImportOptions())
    names = [f"社区{code}" for code in codes]
    return prepare_divisions([layer({"QHDM": codes, "QHMC": names}, np.array(areas))], context).frame


def layer(columns: dict[str, object], geometries: np.ndarray) -> SourceLayer:
    """Return rows as reading a file gives them."""
    frame = geopandas.GeoDataFrame(columns, geometry=geometries, crs="EPSG:4490")
    frame[ROW] = np.arange(1, len(frame) + 1)
    return SourceLayer("grids.shp", "grids", frame, t("as given"), t("as given"))


def timed(
    theirs: Callable[[], bool], ours: Callable[[], Prepared], repeats: int
) -> tuple[float, float, Prepared]:
    """Let both take turns, after one turn each that is not counted; return the least seconds."""
    theirs()
    prepared = ours()
    seconds: tuple[list[float], list[float]] = ([], [])
    for _ in range(repeats):
        for turn, taken in zip((theirs, ours), seconds, strict=True):
            began = time.process_time()
            turn()
            taken.append(time.process_time() - began)
    return min(seconds[0]), min(seconds[1]), prepared


if __name__ == "__main__":
    sys.exit(main())
