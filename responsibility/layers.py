"""Polygons that points are located in, with their records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Generic, TypeVar

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gis.coverage import Coverage
from gis.crs import geodesic_area
from gis.point_files import PointFiles
from responsibility.model import LineRef
from responsibility.proximity import Floats, Rows
from responsibility.records import (
    RETIRED_GRID,
    Area,
    Division,
    Grid,
    area_of,
    division_of,
    grid_of,
    rows_of,
)

LEVELS = ("county", "street", "community")

Record = TypeVar("Record")


class PolygonLayer(Generic[Record]):
    """The polygons of one kind or line of business.

    Parameters
    ----------
    records : sequence
        One record per polygon.
    codes : sequence of str
        Their codes: a point on the outer boundaries of several belongs to the lowest.
    geometries : ndarray of shapely.Geometry
        EPSG:4490.
    """

    def __init__(
        self, records: Sequence[Record], codes: Sequence[str], geometries: NDArray[np.object_]
    ) -> None:
        self.records = records
        files = PointFiles.from_environment()
        self.coverage = Coverage.build(np.asarray(geometries, dtype=object), codes, files)

    def look(self, lon: Floats, lat: Floats, accuracy_m: Floats) -> Look[Record]:
        """Locate points: what contains them, what else comes within their accuracy."""
        return Look(
            layer=self,
            lon=lon,
            lat=lat,
            containing=_lists(self.coverage.overlaps(lon, lat)),
            within=self._within(lon, lat, accuracy_m),
        )

    def edge_distance(self, lon: Floats, lat: Floats, rows: Rows) -> Floats:
        """Measure from points to the edge of one polygon each, in metres."""
        return np.asarray(self.coverage.edge_distance(lon, lat, rows), dtype=np.float64)

    def nearest(self, lon: Floats, lat: Floats, radius_m: float) -> Rows:
        """Return the polygon nearest to each point within a radius in metres, -1 for none."""
        rows, _ = self.coverage.nearest(lon, lat, radius_m)
        return np.asarray(rows, dtype=np.int64)

    def _within(self, lon: Floats, lat: Floats, accuracy_m: Floats) -> list[tuple[int, ...]]:
        found: list[tuple[int, ...]] = [()] * len(lon)
        for radius in np.unique(accuracy_m):
            places = np.flatnonzero(accuracy_m == radius)
            near = _lists(self.coverage.within(lon[places], lat[places], float(radius)))
            for place, rows in zip(places, near, strict=True):
                found[place] = rows
        return found


@dataclass(slots=True)
class Look(Generic[Record]):
    """What a layer has at each of some points; rows are positions in its records.

    Attributes
    ----------
    lon, lat : ndarray of float
        The points.
    containing : list of tuple of int
        Every polygon that contains the point, lowest code first.
    within : list of tuple of int
        Every polygon that comes within the point's accuracy, nearest first.
    snapped : set of int
        Points that lie in no polygon and were given the nearest.
    """

    layer: PolygonLayer[Record]
    lon: Floats
    lat: Floats
    containing: list[tuple[int, ...]]
    within: list[tuple[int, ...]]
    snapped: set[int] = field(default_factory=set)

    def snap(self, radius_m: float) -> None:
        """Give points that lie in no polygon the nearest one within a radius."""
        outside = np.array([point for point, rows in enumerate(self.containing) if not rows], dtype=np.int64)
        if not len(outside):
            return
        nearest = self.layer.nearest(self.lon[outside], self.lat[outside], radius_m)
        for point, row in zip(outside.tolist(), nearest.tolist(), strict=True):
            if row >= 0:
                self.containing[point] = (row,)
                self.snapped.add(point)

    def taken(self, point: int) -> Record | None:
        """Return the record a point belongs to."""
        rows = self.containing[point]
        return self.layer.records[rows[0]] if rows else None

    def covering(self, point: int) -> list[Record]:
        """Return all records that cover a point."""
        return [self.layer.records[row] for row in self.containing[point]]

    def others(self, point: int) -> list[Record]:
        """Return the records within the accuracy that do not cover the point."""
        own = self.containing[point]
        return [self.layer.records[row] for row in self.within[point] if row not in own]

    def edges_m(self) -> Floats:
        """Measure from each point to the edge of the polygon taken; NaN where there is none."""
        rows = np.array([rows[0] if rows else -1 for rows in self.containing], dtype=np.int64)
        return self.layer.edge_distance(self.lon, self.lat, rows)

    def ending_within(self, accuracy_m: Floats) -> list[list[Record]]:
        """Return for each point the records that cover it and end within its accuracy."""
        pairs = [(point, row) for point, rows in enumerate(self.containing) for row in rows]
        points = np.array([point for point, _ in pairs], dtype=np.int64)
        rows = np.array([row for _, row in pairs], dtype=np.int64)
        metres = self.layer.edge_distance(self.lon[points], self.lat[points], rows)
        ending: list[list[Record]] = [[] for _ in self.containing]
        for pair in np.flatnonzero(metres <= accuracy_m[points]):
            ending[points[pair]].append(self.layer.records[rows[pair]])
        return ending


@dataclass(frozen=True, slots=True)
class Layers:
    """Everything points are located in.

    Attributes
    ----------
    grids : PolygonLayer of Grid or None
        Unit grids in force.
    has_grids, has_lines : bool
        Whether the registry has unit grids, and responsibility or governance grids, anywhere.
    divisions : dict
        Divisions by level.
    levels : tuple of str
        The levels the registry has divisions of anywhere, county first.
    lines : tuple
        Responsibility grids and governance grids, one layer per line.
    areas : tuple
        Areas, one layer per line.
    """

    grids: PolygonLayer[Grid] | None = None
    has_grids: bool = False
    has_lines: bool = False
    divisions: dict[str, PolygonLayer[Division]] = field(default_factory=dict)
    levels: tuple[str, ...] = ()
    lines: tuple[PolygonLayer[LineRef], ...] = ()
    areas: tuple[PolygonLayer[Area], ...] = ()


def grid_layer(frame: pd.DataFrame) -> PolygonLayer[Grid] | None:
    """Make the layer of the unit grids in force."""
    in_force = _drawn(frame[frame["state"].to_numpy(dtype=object) != RETIRED_GRID])
    return _layer(in_force, [grid_of(row) for row in rows_of(in_force)])


def division_layers(frame: pd.DataFrame) -> dict[str, PolygonLayer[Division]]:
    """Make one layer per level."""
    layers = {}
    for level in LEVELS:
        rows = _drawn(frame[frame["level"].to_numpy(dtype=object) == level])
        layers[level] = _layer(rows, [division_of(row) for row in rows_of(rows)])
    return {level: layer for level, layer in layers.items() if layer is not None}


def line_layers(frame: pd.DataFrame) -> list[PolygonLayer[LineRef]]:
    """Make one layer per line of responsibility or governance grids."""
    layers = []
    for rows in _by_line(frame):
        records = [LineRef(row["line"], row["code"], row["name"]) for row in rows_of(rows)]
        layers.append(_layer(rows, records))
    return [layer for layer in layers if layer is not None]


def area_layers(frame: pd.DataFrame, day: str) -> list[PolygonLayer[Area]]:
    """Make one layer per line of the areas valid on a day, written YYYYMMDD."""
    layers = []
    for rows in _by_line(frame):
        sizes = geodesic_area(rows["geometry"].to_numpy())
        areas = [area_of(row, float(size)) for row, size in zip(rows_of(rows), sizes, strict=True)]
        valid = [area.is_valid_on(day) for area in areas]
        layers.append(_layer(rows[valid], [area for area in areas if area.is_valid_on(day)]))
    return [layer for layer in layers if layer is not None]


def _by_line(frame: pd.DataFrame) -> list[pd.DataFrame]:
    lines = frame["line"].to_numpy(dtype=object)
    return [_drawn(frame[lines == line]) for line in sorted(set(lines))]


def _drawn(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[~shapely.is_missing(frame["geometry"].to_numpy())] if len(frame) else frame


def _layer(frame: pd.DataFrame, records: Sequence[Record]) -> PolygonLayer[Record] | None:
    if not records:
        return None
    return PolygonLayer(records, list(frame["code"]), frame["geometry"].to_numpy())


def _lists(offsets_and_rows: tuple[Rows, Rows]) -> list[tuple[int, ...]]:
    offsets, rows = (array.tolist() for array in offsets_and_rows)
    return [tuple(rows[start:stop]) for start, stop in pairwise(offsets)]
