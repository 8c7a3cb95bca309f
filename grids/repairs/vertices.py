"""Move, drop and insert vertices of many polygons at once."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray

from grids.topology_edges import Coordinates, hashed
from grids.topology_surfaces import Geometries, Indices


def moved(areas: Geometries, old: Coordinates, new: Coordinates) -> tuple[Geometries, Indices]:
    """Give vertices another place wherever they occur; what then repeats the one before is dropped.

    So is a ring that has no ground left; an area without any is empty.

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
        rings = _Rings.of(areas[rows])
        at = find(old, rings.xy)
        rings.xy[at >= 0] = new[at[at >= 0]]
        result[rows] = rings.without_repeats().areas()
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
        result[rows] = _Rings.of(areas[rows]).with_vertices(within[after], points).areas()
    return result, rows


@dataclass(frozen=True, slots=True)
class _Rings:
    """Polygons and multipolygons taken apart.

    Attributes
    ----------
    xy : ndarray of float64, shape (n, 2)
        Vertices, ring after ring, each closed.
    ring : ndarray of int, shape (n,)
        Ring of each vertex.
    part_of : ndarray of int
        Polygon of each ring; its first ring is the shell.
    area_of : ndarray of int
        Area of each polygon.
    multi : ndarray of bool
        Which areas are multipolygons.
    """

    xy: Coordinates
    ring: Indices
    part_of: Indices
    area_of: Indices
    multi: NDArray[np.bool_]

    @classmethod
    def of(cls, areas: Geometries) -> _Rings:
        parts, area_of = shapely.get_parts(areas, return_index=True)
        rings, part_of = shapely.get_rings(parts, return_index=True)
        xy, ring = shapely.get_coordinates(rings, return_index=True)
        multi = shapely.get_type_id(areas) == shapely.GeometryType.MULTIPOLYGON
        return cls(xy, ring, part_of, area_of, multi)

    def with_vertices(self, after: Indices, points: Coordinates) -> _Rings:
        """Put vertices behind others."""
        xy = np.insert(self.xy, after + 1, points, axis=0)
        return replace(self, xy=xy, ring=np.insert(self.ring, after + 1, self.ring[after]))

    def without_repeats(self) -> _Rings:
        """Drop vertices that are exactly the one before, and rings that are left with fewer than three."""
        again = (self.xy[1:] == self.xy[:-1]).all(axis=1) & (self.ring[1:] == self.ring[:-1])
        keep = np.r_[True, ~again]
        sizes = np.bincount(self.ring[keep], minlength=len(self.part_of))
        first = np.r_[True, self.part_of[1:] != self.part_of[:-1]]
        gone = self.part_of[first & (sizes < 4)]
        flat = (sizes < 4) | np.isin(self.part_of, gone)
        keep &= ~flat[self.ring]
        return replace(self, xy=self.xy[keep], ring=self.ring[keep])

    def areas(self) -> Geometries:
        """Put them together again."""
        rings, ring = np.unique(self.ring, return_inverse=True)
        parts, part = np.unique(self.part_of[rings], return_inverse=True)
        owner = self.area_of[parts]
        result = np.full(len(self.multi), shapely.Polygon(), dtype=object)
        if not len(rings):
            return result
        polygons = np.asarray(
            shapely.polygons(np.asarray(shapely.linearrings(self.xy, indices=ring)), indices=part)
        )
        single = ~self.multi[owner]
        result[owner[single]] = polygons[single]
        for at in np.unique(owner[~single]):
            result[at] = shapely.MultiPolygon(list(polygons[owner == at]))
        return result


def distances(first: Coordinates, second: Coordinates) -> NDArray[np.float64]:
    """Return the distance of each point from its partner."""
    step = first - second
    return np.asarray(np.hypot(step[:, 0], step[:, 1]))
