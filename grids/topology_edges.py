"""Edges of neighbours that run along each other without the same vertices.

In a layer whose areas fit, each edge inside it is there twice, once for either side, with the same two end
points. All others are loose: the outline of the layer, or a border on which one side has a vertex that
the other has not. Along such a border a projection opens seams, and a boundary moved on one side stays
behind on the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from grids.topology_surfaces import Geometries, Indices, Surfaces

TOLERANCE_SNAP_M = 0.01
"""Borders closer than this are one border drawn twice. Surveyed corners are good to a few centimetres, so a
centimetre between two neighbours is drawing, not survey."""

NOISE_M = 1e-6
"""Below it a difference is arithmetic."""

Coordinates = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Mismatch:
    """The vertices on the border of two areas that only one of them has.

    Attributes
    ----------
    left, right : int
        Positions of the areas, ``left`` less than ``right``.
    places : MultiPoint
        The vertices, EPSG:4490.
    """

    left: int
    right: int
    places: shapely.MultiPoint


@dataclass(frozen=True, slots=True)
class Edges:
    """The edges of some rings.

    Attributes
    ----------
    start, end : ndarray of float64, shape (n, 2)
        End points.
    owner : ndarray of int, shape (n,)
        Position of the area each belongs to.
    at : ndarray of int, shape (n,)
        Position of the start among the coordinates of all areas.
    """

    start: Coordinates
    end: Coordinates
    owner: Indices
    at: Indices

    @classmethod
    def of(cls, areas: Geometries) -> Edges:
        """Return the edges of polygons and multipolygons, without those of no length."""
        parts, area = shapely.get_parts(areas, return_index=True)
        rings, part = shapely.get_rings(parts, return_index=True)
        xy, ring = shapely.get_coordinates(rings, return_index=True)
        real = (ring[1:] == ring[:-1]) & (xy[1:] != xy[:-1]).any(axis=1)
        at = np.flatnonzero(real)
        return cls(xy[at], xy[at + 1], area[part[ring[at]]], at)

    def take(self, rows: NDArray[np.bool_] | Indices) -> Edges:
        """Return some of the edges."""
        return Edges(self.start[rows], self.end[rows], self.owner[rows], self.at[rows])

    def loose(self) -> NDArray[np.bool_]:
        """Tell which edges no other area shares."""
        key = hashed(self.start) + hashed(self.end)
        order = np.argsort(key, kind="stable")
        start, end, owner = self.start[order], self.end[order], self.owner[order]
        same = (start[1:] == end[:-1]).all(axis=1) & (end[1:] == start[:-1]).all(axis=1)
        same |= (start[1:] == start[:-1]).all(axis=1) & (end[1:] == end[:-1]).all(axis=1)
        same &= owner[1:] != owner[:-1]
        loose = np.ones(len(key), dtype=bool)
        loose[order[1:][same]] = loose[order[:-1][same]] = False
        return loose


def hashed(xy: Coordinates) -> NDArray[np.uint64]:
    """Return a number for each point that equal points share and others hardly ever do."""
    bits = np.ascontiguousarray(xy + 0.0).view(np.uint64)  # + 0.0: minus zero is zero
    mixed = bits[:, 0] * np.uint64(0x9E3779B97F4A7C15) ^ bits[:, 1] * np.uint64(0xC2B2AE3D27D4EB4F)
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(32)
    return mixed


def find_mismatches(surfaces: Surfaces, tolerance_m: float = TOLERANCE_SNAP_M) -> list[Mismatch]:
    """Find borders that two areas share without having the same vertices.

    A vertex counts when it lies within the tolerance of a loose edge of another area that has no such
    vertex.

    Parameters
    ----------
    surfaces : Surfaces
        The layer, and what stands beside it.
    tolerance_m : float
        How far apart one border may be drawn.

    Returns
    -------
    list of Mismatch
        One for each pair of areas, ordered by ``left``, then ``right``.
    """
    edges = Edges.of(surfaces.array)
    free = edges.take(edges.loose())
    if not len(free.owner):
        return []
    at, owner = _vertices(free)
    vertex, edge = _close(at, free, tolerance_m)
    other = free.owner[edge]
    strange = (owner[vertex] != other) & ~has_vertex(edges, other, at[vertex])
    strange &= ~_is_end(at, free, vertex, edge)
    return list(_pairs(surfaces, owner[vertex[strange]], other[strange], at[vertex[strange]]))


def _vertices(edges: Edges) -> tuple[Coordinates, Indices]:
    """Return the end points of edges with their owners, each once."""
    xy = np.concatenate([edges.start, edges.end])
    owner = np.concatenate([edges.owner, edges.owner])
    rows = np.unique(np.column_stack([owner, xy]), axis=0, return_index=True)[1]
    return xy[rows], owner[rows]


def _close(at: Coordinates, edges: Edges, tolerance_m: float) -> tuple[Indices, Indices]:
    lines = np.asarray(shapely.linestrings(np.stack([edges.start, edges.end], axis=1)))
    points = np.asarray(shapely.points(at))
    vertex, edge = shapely.STRtree(lines).query(points, predicate="dwithin", distance=tolerance_m)
    return vertex, edge


def has_vertex(edges: Edges, owner: Indices, at: Coordinates) -> NDArray[np.bool_]:
    """Tell whether an area has a vertex at a point, pair by pair."""
    mine = np.isin(edges.owner, owner)
    known = _with_owner(hashed(edges.start[mine]), edges.owner[mine])
    return np.isin(_with_owner(hashed(at), owner), known)


def _is_end(at: Coordinates, edges: Edges, vertex: Indices, edge: Indices) -> NDArray[np.bool_]:
    """Tell whether a vertex is an end of an edge of the other area, but for the last digits."""
    from_start = np.abs(at[vertex] - edges.start[edge]).max(axis=1)
    from_end = np.abs(at[vertex] - edges.end[edge]).max(axis=1)
    ends = np.minimum(from_start, from_end) < NOISE_M
    pair = vertex * (edges.owner.max() + 1) + edges.owner[edge]
    return np.isin(pair, pair[ends])


def _with_owner(point: NDArray[np.uint64], owner: Indices) -> NDArray[np.uint64]:
    return point ^ (owner.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)


def _pairs(surfaces: Surfaces, first: Indices, second: Indices, at: Coordinates) -> Iterator[Mismatch]:
    left, right = np.minimum(first, second), np.maximum(first, second)
    rows = np.unique(np.column_stack([left, right, at]), axis=0)
    if not len(rows):
        return
    pair = rows[:, :2].astype(np.intp)
    new = np.flatnonzero(np.r_[True, (pair[1:] != pair[:-1]).any(axis=1)])
    points = np.asarray(shapely.points(rows[:, 2:]))
    lonlat = shapely.get_coordinates(surfaces.metres.inverse(points))
    for begin, end in zip(new, [*new[1:], len(rows)], strict=True):
        yield Mismatch(int(pair[begin, 0]), int(pair[begin, 1]), shapely.MultiPoint(lonlat[begin:end]))
