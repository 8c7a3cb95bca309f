"""Which lines, points and areas lie near points, and where on them (最近点)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.degrees import metres_per_degree

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

_SLACK = 1.01
"""A box around a circle is made so much larger: degrees are not equally long in all of it."""


@dataclass(frozen=True, slots=True)
class Near:
    """Pairs of a point and a shape near it, by point, then by distance in whole centimetres, then by shape.

    Attributes
    ----------
    points, shapes : ndarray of int64
        Positions.
    metres : ndarray of float64
        From the point to the shape; 0 in an area.
    lon, lat : ndarray of float64
        The nearest point of the shape, degrees in EPSG:4490; in an area the point itself.
    """

    points: Rows
    shapes: Rows
    metres: Floats
    lon: Floats
    lat: Floats

    def take(self, which: NDArray[np.generic]) -> Near:
        """Return some of the pairs."""
        return Near(
            self.points[which], self.shapes[which], self.metres[which], self.lon[which], self.lat[which]
        )

    def behind(self, other: Near) -> Near:
        """Return other pairs and these."""
        return Near(
            np.concatenate([other.points, self.points]),
            np.concatenate([other.shapes, self.shapes]),
            np.concatenate([other.metres, self.metres]),
            np.concatenate([other.lon, self.lon]),
            np.concatenate([other.lat, self.lat]),
        )

    def best(self, count: int) -> Near:
        """Return the first pairs of each point."""
        first = np.searchsorted(self.points, self.points)
        return self.take(np.arange(len(self.points)) - first < count)


class NearShapes:
    """Shapes taken apart into segments; a point is one of length 0. Immutable, may be shared by threads.

    Parameters
    ----------
    shapes : ndarray of geometries
        EPSG:4490, longitude then latitude. What is missing or empty is near nothing.
    """

    def __init__(self, shapes: NDArray[np.object_]) -> None:
        self._ends, self._owners = _segments(shapes)
        starts, stops = self._ends[:, :2], self._ends[:, 2:]
        low, high = np.minimum(starts, stops), np.maximum(starts, stops)
        self._tree = shapely.STRtree(shapely.box(low[:, 0], low[:, 1], high[:, 0], high[:, 1]))
        self._area_rows = np.flatnonzero(shapely.get_dimensions(shapes) == 2)
        self._areas = shapely.STRtree(shapes[self._area_rows])

    def near(self, lon: Floats, lat: Floats, radius_m: float) -> Near:
        """Return all shapes within a radius of points.

        Parameters
        ----------
        lon, lat : ndarray of float64, shape (n,)
            Degrees, EPSG:4490.
        radius_m : float
            Metres, a kilometre or so at most: they are those of the plane that touches at the point.
        """
        per_lon, per_lat = metres_per_degree(lat)
        wide, high = radius_m * _SLACK / np.maximum(per_lon, 1e-6), radius_m * _SLACK / per_lat
        boxes = shapely.box(lon - wide, lat - high, lon + wide, lat + high)
        points, segments = self._tree.query(boxes)
        found = self._measured(lon, lat, (per_lon, per_lat), points, segments)
        return self._nearest(found.take(found.metres <= radius_m), self._inside(lon, lat))

    def _measured(
        self, lon: Floats, lat: Floats, scale: tuple[Floats, Floats], points: Rows, segments: Rows
    ) -> Near:
        """Measure pairs of a point and a segment; ``scale`` are metres per degree at the points."""
        per_lon, per_lat = (axis[points] for axis in scale)
        ends = self._ends[segments]
        x0, y0 = (ends[:, 0] - lon[points]) * per_lon, (ends[:, 1] - lat[points]) * per_lat
        along, up = (ends[:, 2] - ends[:, 0]) * per_lon, (ends[:, 3] - ends[:, 1]) * per_lat
        square = along * along + up * up
        share = np.where(square > 0, -(x0 * along + y0 * up) / np.where(square > 0, square, 1.0), 0.0)
        share = np.clip(share, 0.0, 1.0)
        metres = np.hypot(x0 + share * along, y0 + share * up)
        x = ends[:, 0] + share * (ends[:, 2] - ends[:, 0])
        y = ends[:, 1] + share * (ends[:, 3] - ends[:, 1])
        return Near(points, self._owners[segments], metres, x, y)

    def _inside(self, lon: Floats, lat: Floats) -> Near:
        if not len(self._area_rows):
            return _NOTHING
        points, areas = self._areas.query(shapely.points(lon, lat), predicate="intersects")
        return Near(points, self._area_rows[areas], np.zeros(len(points)), lon[points], lat[points])

    def _nearest(self, edges: Near, inside: Near) -> Near:
        """Keep of each point and shape the pair that is nearest."""
        both = edges.behind(inside) if len(inside.points) else edges
        order = np.lexsort((both.metres, both.shapes, both.points))
        both = both.take(order)
        same = (np.diff(both.points, prepend=-1) == 0) & (np.diff(both.shapes, prepend=-1) == 0)
        both = both.take(~same)
        return both.take(np.lexsort((both.shapes, np.rint(both.metres * 100.0), both.points)))


_NOTHING = Near(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0), np.empty(0), np.empty(0))


def _segments(shapes: NDArray[np.object_]) -> tuple[Floats, Rows]:
    """Return the ends of all segments, shape (segments, 4), and which shape each is of."""
    usable = np.flatnonzero(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)))
    simple, simple_of = shapely.get_parts(shapely.force_2d(shapes[usable]), return_index=True)
    areas = shapely.get_dimensions(simple) == 2
    simple[areas] = shapely.boundary(simple[areas])
    lines, line_of = shapely.get_parts(simple, return_index=True)
    owners = usable[simple_of[line_of]]
    xy, of_line = shapely.get_coordinates(lines, return_index=True)
    alone = np.bincount(of_line, minlength=len(lines))[of_line] == 1
    begins = np.flatnonzero(np.append(of_line[1:] == of_line[:-1], False)[: len(xy)])
    points = np.flatnonzero(alone)
    first, last = np.concatenate([begins, points]), np.concatenate([begins + 1, points])
    return np.hstack([xy[first], xy[last]]), owners[of_line[first]].astype(np.int64)
