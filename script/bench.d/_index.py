"""What the point index costs to keep in a file and to map again, and to ask for one point at a time."""

from __future__ import annotations

import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from gis.coverage import Coverage
from gis.point_files import PointFiles

ONE_BY_ONE = 20_000
ACCURACY_M = 5.0


def report_kept(grids: Any, codes: Any, x: Any, y: Any) -> bool:
    """Keep the index in a file, map it, ask it; tell whether it answers like one in memory."""
    with TemporaryDirectory() as folder:
        files = PointFiles(Path(folder))
        built = Coverage.build(grids, codes, files)
        began = time.perf_counter()
        built.prepare()
        keeping = time.perf_counter() - began
        expected = built.locate(x, y)
        del built
        began = time.perf_counter()
        mapped = Coverage.build(grids, codes, files)
        mapping = time.perf_counter() - began
        (path,) = Path(folder).iterdir()
        before = resident_mib(path)
        wrong = int((mapped.locate(x, y) != expected).sum())
        print(f"index in a file       built and written in {keeping:.2f} s, mapped in {mapping:.2f} s; "
              f"{path.stat().st_size / 2**20:.0f} MiB, {before:.1f} MiB resident, "
              f"{resident_mib(path):.0f} MiB after {len(x)} points; {wrong} differ")  # fmt: skip
        report_one_by_one(mapped, x[:ONE_BY_ONE].tolist(), y[:ONE_BY_ONE].tolist())
        return wrong == 0


def report_one_by_one(coverage: Coverage, x: list[float], y: list[float]) -> None:
    """Ask for one point at a time."""
    points = list(zip(x, y, strict=True))
    coverage.one(*points[0])
    coverage.near_one(*points[0], ACCURACY_M)
    began = time.perf_counter()
    for point in points:
        coverage.one(*point)
    middle = time.perf_counter()
    for point in points:
        coverage.near_one(*point, ACCURACY_M)
    ended = time.perf_counter()
    print(f"one point at a time   {(middle - began) / len(points) * 1e6:.1f} µs located, "
          f"{(ended - middle) / len(points) * 1e6:.1f} µs with the edge and what is within "
          f"{ACCURACY_M:g} m")  # fmt: skip


def resident_mib(path: Path) -> float:
    """Return how much of a mapped file is in this process's memory, by what Linux says."""
    total, inside = 0, False
    for line in Path("/proc/self/smaps").read_text(encoding="utf-8").splitlines():
        name, _, rest = line.partition(" ")
        if not name.endswith(":"):
            inside = line.endswith(str(path))
        elif inside and name == "Rss:":
            total += int(rest.split()[0])
    return total / 1024
