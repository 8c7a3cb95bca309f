"""Move, drop and insert vertices of many polygons at once."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from grids.topology_edges import Coordinates, hashed
from grids.topology_surfaces import Geometries, Indices


def moved(areas: Geometries, old: Coordinates, new: Coordinates) -> tuple[Geometries, Indices]:
    """Give vertices another place wherever they occur; what then repeats the one before is dropped.

    Parameters
    ----------
    areas : ndarray of geometries
        Polygons and multipolygons.
    old, new : ndarray of float64, shape (n, 2)
        Each place once, and the place that takes over.

    Returns
    -------
    areas : ndarray of geometries
        Those without such a vertex are the same objects as before.
    rows : ndarray of int
        The others.
    """
    xy, owner = shapely.get_coordinates(areas, return_index=True)
    place = find(old, xy)
    rows = np.unique(owner[place >= 0])
    result = areas.copy()
    if len(rows):
        inside, _ = shapely.get_coordinates(areas[rows], return_index=True)
        at = find(old, inside)
        inside[at >= 0] = new[at[at >= 0]]
        changed = shapely.set_coordinates(areas[rows].copy(), inside)
        result[rows] = shapely.remove_repeated_points(changed, 0)
    return result, rows


def find(known: Coordinates, asked: Coordinates) -> Indices:
    """Return for each point its position among known ones, -1 where it is none of them."""
    result = np.full(len(asked), -1)
    if not len(known):
        return result
    keys = hashed(known)
    order = np.argsort(keys)
    at = np.searchsorted(keys[order], hashed(asked)).clip(max=len(known) - 1)
    candidate = order[at]
    same = (known[candidate] == asked).all(axis=1)
    result[same] = candidate[same]
    return result


def inserted(areas: Geometries, after: Indices, points: Coordinates) -> tuple[Geometries, Indices]:
    """Put vertices into edges.

    Parameters
    ----------
    areas : ndarray of geometries
        Polygons and multipolygons.
    after : ndarray of int, shape (n,)
        The vertex each follows, by its position among the coordinates of all areas, ascending.
    points : ndarray of float64, shape (n, 2)
        The vertices.

    Returns
    -------
    areas : ndarray of geometries
        Those without a new vertex are the same objects as before.
    rows : ndarray of int
        The others.
    """
    owner = shapely.get_coordinates(areas, return_index=True)[1]
    rows = np.unique(owner[after])
    result = areas.copy()
    if len(rows):
        chosen = np.isin(owner, rows)
        within = np.cumsum(chosen) - 1
        result[rows] = _rebuilt(areas[rows], within[after], points)
    return result, rows


def _rebuilt(areas: Geometries, after: Indices, points: Coordinates) -> Geometries:
    parts, part_of = shapely.get_parts(areas, return_index=True)
    rings, ring_of = shapely.get_rings(parts, return_index=True)
    xy, vertex_of = shapely.get_coordinates(rings, return_index=True)
    xy = np.insert(xy, after + 1, points, axis=0)
    vertex_of = np.insert(vertex_of, after + 1, vertex_of[after])
    linear = np.asarray(shapely.linearrings(xy, indices=vertex_of))
    polygons = np.asarray(shapely.polygons(linear, indices=ring_of))
    result = areas.copy()
    multi = shapely.get_type_id(areas) == shapely.GeometryType.MULTIPOLYGON
    single = ~multi[part_of]
    result[~multi] = polygons[single]
    for at in np.flatnonzero(multi):
        result[at] = shapely.MultiPolygon(list(polygons[part_of == at]))
    return result


def distances(first: Coordinates, second: Coordinates) -> NDArray[np.float64]:
    """Return the distance of each point from its partner."""
    step = first - second
    return np.asarray(np.hypot(step[:, 0], step[:, 1]))
