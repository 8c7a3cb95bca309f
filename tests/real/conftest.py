"""Surveys: check a delivery as a user would, and measure it apart from the program, in metres.

The measuring is brute force and knows nothing of the program: every pair of polygons that meet is
intersected, and the holes of the union of all are counted, in the UTM zone of the place. The figures are
those of the data's own descriptions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pyproj
import pytest
import shapely
from numpy.typing import NDArray

from gis.errors import DataRefused
from gis.files import read_layers
from gis.findings import Finding
from gis.importing import ImportOptions, ImportReport, run_import
from gis.registry import Registry
from grids.division_imports import prepare_divisions
from grids.imports import prepare_governance_grids, prepare_grids
from tests.real.foreign import Foreign

Geometries = NDArray[np.object_]

PREPARE = {
    "divisions": prepare_divisions,
    "grids": prepare_grids,
    "governance-grids": prepare_governance_grids,
}
NOISE_M2 = 1e-5
TOLERANCE_M2, TOLERANCE_M = 0.01, 0.001
SEAM_M = 0.011  # how far apart borders may be drawn and still be reported as one border, and a little


@dataclass(frozen=True)
class Hole:
    """A hole in the union: its area and mean width in metres, what of it is there in degrees too."""

    shape: shapely.Polygon
    area: float
    width: float
    stored_area: float


@dataclass(frozen=True)
class Overlap:
    """A pair of rows, counted from 1, that share ground."""

    left: int
    right: int
    shape: shapely.Geometry
    area: float
    stored_area: float


class Survey:
    """A delivery: what the check found, and what is there."""

    def __init__(
        self, report: ImportReport, geometries: Geometries, project: Callable[[Geometries], Geometries]
    ):
        self.report = report
        self.project = project
        self.delivered = geometries
        self.valid = shapely.is_valid(geometries) | shapely.is_missing(geometries)
        self.geometries = shapely.force_2d(geometries)
        self.geometries[shapely.is_missing(geometries)] = shapely.Polygon()

    @property
    def counts(self) -> dict[str, int]:
        """Findings by code and severity, without those of files."""
        found = Counter(f"{f.code} {f.severity}" for f in self.report.findings if f.code[0] != "F")
        return dict(sorted(found.items()))

    def found(self, *codes: str) -> list[Finding]:
        return [finding for finding in self.report.findings if finding.code in codes]

    @cached_property
    def metres(self) -> Geometries:
        return np.asarray(shapely.make_valid(self.project(self.geometries)))

    @cached_property
    def degrees(self) -> Geometries:
        return np.asarray(shapely.make_valid(self.geometries))

    @cached_property
    def overlaps(self) -> list[Overlap]:
        """Pairs that share more than 1 m²."""
        left, right = shapely.STRtree(self.metres).query(self.metres, predicate="intersects")
        left, right = left[left < right], right[left < right]
        shared = shapely.intersection(self.metres[left], self.metres[right])
        area = shapely.area(shared)
        stored = shapely.area(self.project(shapely.intersection(self.degrees[left], self.degrees[right])))
        return [
            Overlap(int(left[at]) + 1, int(right[at]) + 1, shared[at], float(area[at]), float(stored[at]))
            for at in np.flatnonzero(area > 1)
        ]

    @cached_property
    def holes(self) -> list[Hole]:
        """Holes in the ground that all rows cover together, however small."""
        holes = _holes(self.metres)
        in_degrees = self.project(_holes(self.degrees))
        tree, result = shapely.STRtree(in_degrees), []
        for hole in holes:
            there = in_degrees[tree.query(hole, predicate="intersects")]
            stored = shapely.area(shapely.intersection(hole, there)).sum()
            result.append(Hole(hole, hole.area, 2 * hole.area / hole.length, float(stored)))
        return result

    def places(self, *codes: str) -> Geometries:
        """The places of findings in metres."""
        found = [f.geometry for f in self.found(*codes) if f.geometry is not None]
        return np.asarray(shapely.make_valid(self.project(np.array([*found, None], dtype=object)[:-1])))

    def missed_holes(self) -> list[Hole]:
        """Holes of which no finding tells.

        A hole is told of when it is a gap (G04); when it lies inside one polygon that crosses itself, which
        is reported as invalid (G01); or when it is there in one plane only, or narrower than the tolerance,
        and the border it lies on is reported as drawn with different vertices (G20). Below 0.00001 m² it is
        arithmetic.
        """
        gaps, seams = shapely.STRtree(self.places("G04")), shapely.STRtree(self.places("G20"))
        return [
            hole
            for hole in self.holes
            if hole.area > NOISE_M2
            and not len(gaps.query(hole.shape, predicate="intersects"))
            and not (
                self._is_within_tolerance(hole)
                and len(seams.query(hole.shape, predicate="dwithin", distance=SEAM_M))
            )
            and not self._is_inside_an_invalid_row(hole)
        ]

    def _is_within_tolerance(self, hole: Hole) -> bool:
        return min(hole.area, hole.stored_area) <= TOLERANCE_M2 or hole.width <= TOLERANCE_M

    def _is_inside_an_invalid_row(self, hole: Hole) -> bool:
        rows = {finding.row for finding in self.found("G01")}
        outlines = shapely.boundary(self.metres)
        return any(
            shapely.distance(shapely.Polygon(part.exterior), hole.shape.representative_point()) == 0
            and shapely.distance(outlines[row - 1], hole.shape) < SEAM_M
            for row in rows
            if row is not None
            for part in shapely.get_parts(self.metres[row - 1])
            if part.geom_type == "Polygon"
        )

    def missed_overlaps(self) -> list[Overlap]:
        """Overlaps of which no finding tells.

        An overlap is told of when it is one (G03, G22) of these rows with most of its area (of any area
        where a row crosses itself and its inside is open to doubt); when both rows have one code, and that is
        reported (G08, G17); or when it is there in one plane only and the border is reported as drawn with
        different vertices (G20).
        """
        pairs = self.found("G03", "G22")
        shapes = self.places("G03", "G22")
        again = {finding.row for finding in self.found("G08", "G17")}
        seams = shapely.STRtree(self.places("G20"))
        return [
            overlap
            for overlap in self.overlaps
            if not any(
                _tells_of(
                    f, shape, overlap, exact=bool(self.valid[[overlap.left - 1, overlap.right - 1]].all())
                )
                for f, shape in zip(pairs, shapes, strict=True)
            )
            and overlap.right not in again
            and not (
                overlap.stored_area <= TOLERANCE_M2
                and len(seams.query(overlap.shape, predicate="dwithin", distance=SEAM_M))
            )
        ]


def _tells_of(finding: Finding, shape: shapely.Geometry, overlap: Overlap, *, exact: bool) -> bool:
    if finding.row not in (overlap.left, overlap.right) or finding.area_m2 is None:
        return False
    sizes = (overlap.area, overlap.stored_area)
    close = any(abs(finding.area_m2 - size) <= max(0.5, 0.05 * size) for size in sizes)
    shared = shapely.intersection(shape, overlap.shape).area
    return bool((close or not exact) and shared > 0.85 * min(sizes))


def _holes(geometries: Geometries) -> Geometries:
    parts = shapely.get_parts(shapely.union_all(geometries))
    rings = [ring for part in parts for ring in part.interiors]
    return np.array([*(shapely.Polygon(ring) for ring in rings), None], dtype=object)[:-1]


def utm(geometries: Geometries) -> Callable[[Geometries], Geometries]:
    """Return the way into the UTM zone of the middle of some geometries."""
    west, south, east, north = shapely.total_bounds(geometries)
    zone = int(((west + east) / 2 + 180) // 6) + 1
    return projection(f"EPSG:{(32600 if south + north > 0 else 32700) + zone}")


def projection(crs: str) -> Callable[[Geometries], Geometries]:
    """Return the way into a projected system."""
    forward = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)

    def project(geometries: Geometries) -> Geometries:
        return np.asarray(
            shapely.transform(geometries, lambda xy: np.column_stack(forward.transform(xy[:, 0], xy[:, 1])))
        )

    return project


def _present(path: Path) -> Path:
    if not path.exists():
        pytest.skip(f"no {path}: set WANGGE_TEST_DATA to a folder that has it")
    return path


@pytest.fixture
def survey(gpkg_registry: Registry, real_data: Path) -> Callable[..., Survey]:
    """Return a function that checks a delivery against an empty registry, and reads it for measuring."""

    def check(
        kind: str,
        path: str,
        *,
        measured_in: str | None = None,
        registry: Registry | None = None,
        **options: object,
    ) -> Survey:
        whole = _present(real_data / path)
        report = run_import(
            registry or gpkg_registry,
            kind,
            [whole],
            ImportOptions(dry_run=registry is None, **options),  # type: ignore[arg-type]
            PREPARE[kind],
        )
        crs, encoding = options.get("crs"), options.get("encoding")
        layers = read_layers([whole], dataset=kind, crs=crs, encoding=encoding)  # type: ignore[arg-type]
        geometries = np.concatenate([np.array([*layer.frame.geometry, None])[:-1] for layer in layers])
        assert report.checked == report.accepted + report.rejected == len(geometries)
        assert sum(file.checked or 0 for file in report.files) == report.checked
        assert sum(file.rejected or 0 for file in report.files) == report.rejected
        return Survey(report, geometries, utm(geometries) if measured_in is None else projection(measured_in))

    return check


@pytest.fixture
def refusal(gpkg_registry: Registry, real_data: Path) -> Callable[..., DataRefused]:
    """Return a function that checks a delivery that cannot be read, and returns what is said of it."""

    def refused(kind: str, path: str, **options: object) -> DataRefused:
        with pytest.raises(DataRefused) as caught:
            run_import(
                gpkg_registry,
                kind,
                [_present(real_data / path)],
                ImportOptions(dry_run=True, **options),  # type: ignore[arg-type]
                PREPARE[kind],
            )
        return caught.value

    return refused


@pytest.fixture
def foreign(gpkg_registry: Registry, real_data: Path, tmp_path: Path) -> Foreign:
    """Take lists of other cities into an empty registry."""
    return Foreign(gpkg_registry, real_data, tmp_path)
