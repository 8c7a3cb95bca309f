"""From longitude and latitude to the paths of an SVG drawing, many geometries at a time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

UNITS_PER_PIXEL = 10
"""Drawings count in tenths of a pixel, so that their coordinates are whole numbers."""

METRES_PER_DEGREE = 111_132.0


@dataclass(frozen=True, slots=True)
class Canvas:
    """A drawing of a rectangle of ground, north up.

    Attributes
    ----------
    west, south, east, north : float
        Degrees, EPSG:4490.
    width, height : float
        In units of the drawing.
    """

    west: float
    south: float
    east: float
    north: float
    width: float
    height: float

    @classmethod
    def fitting(cls, bounds: tuple[float, float, float, float], wide: float, tall: float) -> Canvas:
        """Make a drawing of some bounds, as large as so many pixels allow."""
        west, south, east, north = bounds
        squeeze = _squeeze((south + north) / 2)
        width, height = max((east - west) * squeeze, 1e-9), max(north - south, 1e-9)
        scale = UNITS_PER_PIXEL * min(wide / width, tall / height)
        return cls(west, south, west + width / squeeze, south + height, width * scale, height * scale)

    @classmethod
    def around(cls, lon: float, lat: float, side_m: float, pixels: float) -> Canvas:
        """Make a square drawing around a place."""
        half_lat = side_m / 2 / METRES_PER_DEGREE
        half_lon = half_lat / _squeeze(lat)
        return cls.fitting((lon - half_lon, lat - half_lat, lon + half_lon, lat + half_lat), pixels, pixels)

    @property
    def units_per_degree(self) -> float:
        """How large a degree of latitude is drawn."""
        return self.height / (self.north - self.south)

    @property
    def units_per_metre(self) -> float:
        """How large a metre is drawn."""
        return self.units_per_degree / METRES_PER_DEGREE

    def project(self, lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
        """Turn longitude and latitude, shape (n, 2), into units of the drawing, y downwards."""
        x = (lonlat[:, 0] - self.west) * (self.width / (self.east - self.west))
        y = (self.north - lonlat[:, 1]) * (self.height / (self.north - self.south))
        return np.column_stack([x, y])

    def shows(self, lonlat: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Tell which places are on the drawing."""
        lon, lat = lonlat[:, 0], lonlat[:, 1]
        return (lon >= self.west) & (lon <= self.east) & (lat >= self.south) & (lat <= self.north)

    def path(self, geometries: NDArray[np.object_], tolerance: float = 0.0) -> str:
        """Draw geometries as the data of one path.

        Parameters
        ----------
        geometries : ndarray of geometries
            EPSG:4490; of polygons the rings are drawn, points are dots of a round-capped line.
        tolerance : float
            Vertices that change a line by less, in units, are left out, and rings smaller than it.
        """
        lines, closed = _lines(np.asarray(geometries, dtype=object))
        drawn = shapely.transform(lines, self.project)
        if tolerance > 0:
            bounds = shapely.bounds(drawn)
            large = np.hypot(bounds[:, 2] - bounds[:, 0], bounds[:, 3] - bounds[:, 1]) >= tolerance
            keep = large | (shapely.get_num_coordinates(drawn) == 1)
            drawn, closed = shapely.simplify(drawn[keep], tolerance, preserve_topology=False), closed[keep]
        return _data(drawn, closed)


def kind_of(geometry: BaseGeometry) -> str:
    """Name how a geometry is drawn: ``"point"``, ``"line"`` or ``"surface"``."""
    return {1: "line", 2: "surface"}.get(int(shapely.get_dimensions(geometry)), "point")


def nice_length(longest_m: float) -> float:
    """Return the longest of 1, 2, 5, 10, 20 … metres (or parts) that is not longer."""
    power = 10.0 ** math.floor(math.log10(longest_m))
    return max(step * power for step in (1, 2, 5) if step * power <= longest_m)


def _squeeze(latitude: float) -> float:
    return max(math.cos(math.radians(latitude)), 0.01)


def _lines(geometries: NDArray[np.object_]) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    """Return the rings of polygons, closed, and lines and points as they are."""
    parts = shapely.get_parts(shapely.get_parts(shapely.get_parts(geometries)))
    polygons = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    rings, others = shapely.get_rings(parts[polygons]), parts[~polygons]
    closed = np.r_[np.ones(len(rings), bool), np.zeros(len(others), bool)]
    return np.concatenate([rings, others]), closed


def _data(drawn: NDArray[np.object_], closed: NDArray[np.bool_]) -> str:
    """Write lines as ``M x y l dx dy …``, relative and in whole units: short."""
    xy, line = shapely.get_coordinates(drawn, return_index=True)
    units = np.rint(xy).astype(np.int64)
    start = np.r_[True, line[1:] != line[:-1]] if len(line) else np.zeros(0, bool)
    moved = start | (np.diff(units, axis=0, prepend=units[:1]) != 0).any(axis=1)
    # a closing vertex is where the ring began: z draws it
    last = np.r_[start[1:], True] if len(line) else start
    keep = moved & ~(last & closed[line] & ~start)
    units, line, start = units[keep], line[keep], start[keep]
    steps = np.diff(units, axis=0, prepend=units[:1])
    texts = np.where(start[:, None], units, steps).tolist()
    first = np.flatnonzero(start).tolist()
    pieces = [
        _one(texts[begin:end], bool(closed[line[begin]])) for begin, end in pairwise([*first, len(texts)])
    ]
    return "".join(pieces)


def _one(steps: list[list[int]], closed: bool) -> str:
    (x, y), *rest = steps
    if not rest:
        return f"M{x} {y}h0"
    return f"M{x} {y}l{' '.join(f'{dx} {dy}' for dx, dy in rest)}{'z' if closed else ''}"
