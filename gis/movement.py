"""How far things moved between two versions."""

from __future__ import annotations

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

_GEOD = pyproj.Geod(ellps="GRS80")
_SEMI_MAJOR_M = 6_378_137.0
_FLATTENING = 1 / 298.257222101
_E2 = _FLATTENING * (2 - _FLATTENING)
_POLYGONS = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)

VERTICES = 2_000
"""Vertices of a geometry that are measured; of more, so many are taken evenly."""


def movements(old: NDArray[np.object_], new: NDArray[np.object_]) -> NDArray[np.float64]:
    """Measure how far geometries lie from what they were.

    For points the geodesic on GRS80. For others the largest distance of a vertex of either to the line or
    outline of the other, so a border with one more vertex on the same line has not moved; in a plane that is
    true to length in the middle of the two, which at 100 km is 1 % off.

    Parameters
    ----------
    old, new : ndarray of geometries
        EPSG:4490, longitude and latitude, of equal length.

    Returns
    -------
    ndarray of float64
        Metres; NaN where one of the two has no place.
    """
    metres = np.full(len(old), np.nan)
    placed = np.isfinite(shapely.bounds(old)).all(axis=1) & np.isfinite(shapely.bounds(new)).all(axis=1)
    points = placed & (shapely.get_type_id(old) == 0) & (shapely.get_type_id(new) == 0)
    (x1, y1), (x2, y2) = (shapely.get_coordinates(side[points]).T for side in (old, new))
    metres[points] = _GEOD.inv(x1, y1, x2, y2)[2]
    others = np.flatnonzero(placed & ~points)
    if len(others):
        metres[others] = _apart(old[others], new[others])
    return metres


def _apart(old: NDArray[np.object_], new: NDArray[np.object_]) -> NDArray[np.float64]:
    boxes = np.concatenate([shapely.bounds(old), shapely.bounds(new)], axis=1)
    middle = np.column_stack([boxes[:, 0::2].mean(axis=1), boxes[:, 1::2].mean(axis=1)])
    scale = _metres_per_degree(middle[:, 1])
    (a, of_a), (b, of_b) = (shapely.get_coordinates(side, return_index=True) for side in (old, new))
    shared = _shared(a, of_a, b, of_b)
    metres = np.zeros(len(old))
    for xy, owner, common, other in ((a, of_a, shared[: len(a)], new), (b, of_b, shared[len(a) :], old)):
        at = _thinned(np.flatnonzero(~common), owner)
        outlines = _outlines(other, middle, scale)
        plane = (xy[at] - middle[owner[at]]) * scale[owner[at]]
        np.maximum.at(metres, owner[at], shapely.distance(shapely.points(plane), outlines[owner[at]]))
    return metres


def _metres_per_degree(latitude: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return metres per degree of longitude and latitude, from the two radii of the ellipsoid."""
    sine, cosine = np.sin(np.radians(latitude)), np.cos(np.radians(latitude))
    root = np.sqrt(1 - _E2 * sine**2)
    east, north = cosine * _SEMI_MAJOR_M / root, _SEMI_MAJOR_M * (1 - _E2) / root**3
    return np.radians(np.column_stack([east, north]))


def _shared(
    a: NDArray[np.float64], of_a: NDArray[np.intp], b: NDArray[np.float64], of_b: NDArray[np.intp]
) -> NDArray[np.bool_]:
    """Tell which vertices, first of ``a``, then of ``b``, are vertices of the other side too.

    They are 0 m away, and after an edit they are nearly all.
    """
    xy, owner = np.concatenate([a, b]), np.r_[of_a, of_b]
    side = np.r_[np.zeros(len(a), bool), np.ones(len(b), bool)]
    order = np.lexsort((xy[:, 1], xy[:, 0], owner))
    again = (owner[order][1:] == owner[order][:-1]) & (xy[order][1:] == xy[order][:-1]).all(axis=1)
    group = np.cumsum(np.r_[True, ~again]) - 1
    in_b = np.bincount(group, weights=side[order])
    both = (in_b > 0) & (in_b < np.bincount(group))
    shared = np.zeros(len(xy), bool)
    shared[order] = both[group]
    return shared


def _thinned(at: NDArray[np.intp], owner: NDArray[np.intp]) -> NDArray[np.intp]:
    """Keep of each geometry's vertices evenly no more than :data:`VERTICES`."""
    count = np.bincount(owner[at]) if len(at) else np.zeros(0, np.intp)
    if not (count > VERTICES).any():
        return at
    step = -(-count // VERTICES)
    place = np.arange(len(at)) - (np.cumsum(count) - count)[owner[at]]
    kept: NDArray[np.intp] = at[place % step[owner[at]] == 0]
    return kept


def _outlines(
    geometries: NDArray[np.object_], middle: NDArray[np.float64], scale: NDArray[np.float64]
) -> NDArray[np.object_]:
    """Return geometries in their planes, of polygons the rings."""
    xy, owner = shapely.get_coordinates(geometries, return_index=True)
    plane = shapely.set_coordinates(geometries.copy(), (xy - middle[owner]) * scale[owner])
    areal = np.isin(shapely.get_type_id(plane), _POLYGONS)
    plane[areal] = shapely.boundary(plane[areal])
    return np.asarray(plane, dtype=object)
