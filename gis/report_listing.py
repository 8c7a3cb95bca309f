"""The findings of a report in the order in which they are worth looking at, numbered and placed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis.findings import Finding, Severity

SHAPE = "geometry"
"""Field of the findings that are about a shape: only those are exactly where they are drawn."""

CLOSE_UPS = 3
"""Findings of a code that are shown closer."""

_SHOWN_CLOSER = (SHAPE, "unit_grid", "community", "street")

RANK = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


@dataclass(frozen=True, slots=True)
class CodeGroup:
    """The findings of one code.

    Attributes
    ----------
    code : str
        Of the findings.
    severity : Severity
        The worst of them.
    positions : list of int
        Positions in the listing, worst first.
    count : int
        How many there are, those that are not told one by one among them.
    largest_m2, total_m2 : float or None
        Of those that have an area.
    """

    code: str
    severity: Severity
    positions: list[int]
    count: int
    largest_m2: float | None
    total_m2: float | None


class Listing:
    """Findings, worst first: by severity, then by code, then by size.

    Parameters
    ----------
    findings : sequence of Finding
        In any order; those that are alike keep theirs.

    Attributes
    ----------
    findings : list of Finding
        In the new order. The number that people see is the position plus one.
    geometries : ndarray of geometries
        Places of the findings, EPSG:4490; missing, empty and non-finite ones are ``None``.
    lonlat : ndarray of float64, shape (n, 2)
        A point in each place, longitude and latitude; NaN without a place.
    """

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = sorted(findings, key=_weight)
        self.geometries = _places(self.findings)
        points = _inside_points(self.geometries)
        self.lonlat = np.column_stack([shapely.get_x(points), shapely.get_y(points)])

    def __len__(self) -> int:
        return len(self.findings)

    @cached_property
    def placed(self) -> NDArray[np.intp]:
        """Positions of the findings that have a place."""
        return np.flatnonzero(~np.isnan(self.lonlat[:, 0]))

    @cached_property
    def groups(self) -> list[CodeGroup]:
        """The codes, the worst first."""
        positions: dict[str, list[int]] = {}
        for position, finding in enumerate(self.findings):
            positions.setdefault(finding.code, []).append(position)
        return [self._group(code, chosen) for code, chosen in positions.items()]

    @cached_property
    def close_ups(self) -> list[int]:
        """Positions of the findings that are shown closer: the worst of each code that are about a place."""
        return [
            at
            for group in self.groups
            for at in group.positions[:CLOSE_UPS]
            if self.findings[at].field in _SHOWN_CLOSER and self.place_of(at) is not None
        ]

    def _group(self, code: str, positions: list[int]) -> CodeGroup:
        sizes = [f.area_m2 for f in map(self.findings.__getitem__, positions) if f.area_m2 is not None]
        return CodeGroup(
            code,
            self.findings[positions[0]].severity,
            positions,
            sum(self.findings[at].count for at in positions),
            max(sizes) if sizes else None,
            sum(sizes) if sizes else None,
        )

    def place_of(self, position: int) -> tuple[float, float] | None:
        """Return longitude and latitude of a point in the place of a finding."""
        lon, lat = self.lonlat[position].tolist()
        return None if np.isnan(lon) else (lon, lat)


def _weight(finding: Finding) -> tuple[int, str, float]:
    return RANK[finding.severity], finding.code, -(finding.area_m2 or 0.0)


def _places(findings: Sequence[Finding]) -> NDArray[np.object_]:
    places = np.array([*(finding.geometry for finding in findings), None], dtype=object)[:-1]
    finite = np.isfinite(shapely.bounds(places)).all(axis=1)
    places[~finite] = None
    return places


def _inside_points(places: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return a point in each place; of what has no inside that can be found, the first vertex."""
    try:
        return np.asarray(shapely.point_on_surface(places), dtype=object)
    except shapely.errors.GEOSException:
        return np.array([*map(_inside_point, places), None], dtype=object)[:-1]


def _inside_point(place: BaseGeometry | None) -> BaseGeometry | None:
    if place is None:
        return None
    try:
        return shapely.Point(place.point_on_surface())
    except shapely.errors.GEOSException:
        return shapely.Point(shapely.get_coordinates(place)[0])
