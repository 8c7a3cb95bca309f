"""Lead edges through the vertices that lie on them but for rounding, so that no slivers are left between.

A vertex put on an edge is rounded to the lattice. Pieces on both sides of a border are cut independently, so
one side bends at one vertex and the other at another, by less than a step each; between the two courses there
would be slivers thousands of times longer than wide.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from grids.proposals.faces import Indices, as_array, as_points, touching
from grids.proposals.plane import LATTICE_M, Coordinates, Geometries, ticks

NEAR_M = 4 * LATTICE_M
"""Rounding a few times over moves an edge by less."""

MERGE_M = 0.03
"""Ends of two cuts this near on one border become one, if neither has a reason to be where it is."""

ROAD_MERGE_M = 0.5
SHARP_DEGREES = 2.0
"""Roads that part at a smaller angle would leave a spike between them."""

PASSES = 20


@dataclass(frozen=True, slots=True)
class _Edges:
    """Undirected edges by the numbers of their ends."""

    places: Coordinates
    first: Indices
    second: Indices

    @property
    def lines(self) -> Geometries:
        ends = np.stack([self.places[self.first], self.places[self.second]], axis=1)
        return np.asarray(shapely.linestrings(ends), dtype=object)


def threaded(outlines: Geometries, anchors: Geometries, walls: Geometries) -> Geometries:
    """Return the edges of outlines, led through every vertex they pass by within a few steps of the lattice.

    Parameters
    ----------
    outlines : ndarray of Polygon or lines
        On the lattice.
    anchors : ndarray of Polygon
        Those of the outlines whose vertices stay where they are when another one is near.
    walls : ndarray of lines
        Vertices on them stay too.

    Returns
    -------
    ndarray of LineString
        Single edges, each once.
    """
    edges = _edges_of(outlines)
    edges = _merged(edges, _held(edges, anchors, walls), MERGE_M)
    for _ in range(PASSES):
        point, edge = _passed_by(edges)
        if not len(point):
            return as_array(edges.lines)
        edges = _led_through(edges, point, edge)
    raise AssertionError("edges keep passing by vertices")


def _held(edges: _Edges, anchors: Geometries, walls: Geometries) -> NDArray[np.bool_]:
    """Tell which vertices are anchors or on walls."""
    places = set(map(tuple, ticks(shapely.get_coordinates(anchors)).tolist()))
    anchored = [tuple(place) in places for place in ticks(edges.places).tolist()]
    return np.array(anchored, dtype=bool) | touching(as_points(edges.places), walls, NEAR_M)


def _merged(edges: _Edges, held: NDArray[np.bool_], radius: float) -> _Edges:
    """Make one vertex of those that are near each other; of two that are held, if they nearly coincide."""
    points = as_points(edges.places)
    one, two = shapely.STRtree(points).query(points, predicate="dwithin", distance=radius)
    one, two = one[one < two], two[one < two]
    gap = np.hypot(*(edges.places[one] - edges.places[two]).T)
    into = np.arange(len(edges.places))
    for _, a, b in sorted(zip(gap.tolist(), one.tolist(), two.tolist(), strict=True)):
        first, second = end_of(into, a), end_of(into, b)
        apart = np.hypot(*(edges.places[first] - edges.places[second]))
        if first != second and apart < (NEAR_M if held[first] and held[second] else radius):
            keep, lose = (
                (first, second) if (held[first], -first) > (held[second], -second) else (second, first)
            )
            into[lose] = keep
    number = np.array([end_of(into, at) for at in range(len(into))], dtype=np.intp)
    return _once(edges.places, number[edges.first], number[edges.second])


def end_of(into: Indices, at: int) -> int:
    """Follow replacements to the last."""
    while into[at] != at:
        at = int(into[at])
    return at


def without_wedges(lines: Geometries, part: shapely.Polygon) -> Geometries:
    """Let lines that leave a vertex in nearly the same direction run together as far as the shorter one goes.

    Parameters
    ----------
    lines : ndarray of LineString
        Noded, on the lattice: roads, which may move a little; vertices nearer than half a metre become one.
    part : Polygon
        Ends outside of it, which reach across its border, stay.

    Returns
    -------
    ndarray of LineString
        Single edges, each once.
    """
    edges = _edges_of(lines)
    edges = _merged(edges, ~shapely.intersects(part, as_points(edges.places)), ROAD_MERGE_M)
    for _ in range(PASSES):
        point, edge = _wedges(edges)
        if not len(point):
            break
        edges = _led_through(edges, point, edge)
    return as_array(edges.lines)


def _wedges(edges: _Edges) -> tuple[Indices, Indices]:
    """Return the far ends of shorter edges, with the longer edges that they nearly lie on."""
    count = np.arange(len(edges.first))
    start, end = np.r_[edges.first, edges.second], np.r_[edges.second, edges.first]
    edge = np.r_[count, count]
    step = edges.places[end] - edges.places[start]
    angle, length = np.arctan2(step[:, 1], step[:, 0]), np.hypot(step[:, 0], step[:, 1])
    order = np.lexsort((angle, start))
    this, other = order, order[_next_around(start[order])]
    turn = (angle[other] - angle[this]) % (2 * np.pi)
    sharp = (this != other) & (turn < np.radians(SHARP_DEGREES))
    this, other = this[sharp], other[sharp]
    longer, shorter = np.where(length[this] >= length[other], [this, other], [other, this])
    point, found = end[shorter], edge[longer]
    between = _share(edges, point, found)
    along = (between > 0) & (between < 1)
    return point[along], found[along]


def _next_around(start: Indices) -> Indices:
    """Return for each of the sorted edges the position of the next one around the same vertex."""
    if not len(start):
        return start
    first = np.r_[True, start[1:] != start[:-1]]
    following = np.arange(1, len(start) + 1)
    following[np.r_[first[1:], True]] = np.flatnonzero(first)
    return following


def _edges_of(outlines: Geometries) -> _Edges:
    areal = shapely.get_dimensions(outlines) == 2
    lines = as_array(shapely.get_parts(np.where(areal, shapely.boundary(outlines), outlines)))
    xy, line = shapely.get_coordinates(lines, return_index=True)
    places, number = np.unique(ticks(xy), axis=0, return_inverse=True)
    number = number.reshape(-1)
    inside = line[1:] == line[:-1]
    return _once(np.asarray(places * LATTICE_M, dtype=np.float64), number[:-1][inside], number[1:][inside])


def _once(places: Coordinates, one: Indices, two: Indices) -> _Edges:
    """Put the lower number first and leave out repeated edges and those of no length."""
    pairs = np.column_stack([np.minimum(one, two), np.maximum(one, two)])
    pairs = np.unique(pairs[pairs[:, 0] != pairs[:, 1]], axis=0)
    return _Edges(places, pairs[:, 0], pairs[:, 1])


def _passed_by(edges: _Edges) -> tuple[Indices, Indices]:
    """Return vertices with the edges that pass by them, not those that end there."""
    used = np.unique(np.concatenate([edges.first, edges.second]))
    points = as_points(edges.places[used])
    point, edge = shapely.STRtree(edges.lines).query(points, predicate="dwithin", distance=NEAR_M)
    point = used[point]
    apart = (edges.first[edge] != point) & (edges.second[edge] != point)
    point, edge = point[apart], edge[apart]
    between = _share(edges, point, edge)
    along = (between > 0) & (between < 1)
    return point[along], edge[along]


def _share(edges: _Edges, point: Indices, edge: Indices) -> NDArray[np.float64]:
    """Return where along an edge a vertex lies, 0 to 1 between its ends."""
    start = edges.places[edges.first[edge]]
    step = edges.places[edges.second[edge]] - start
    way = edges.places[point] - start
    return np.asarray((way * step).sum(axis=1) / (step**2).sum(axis=1))


def _led_through(edges: _Edges, point: Indices, edge: Indices) -> _Edges:
    """Replace each such edge by edges from vertex to vertex, in the order in which it passes them."""
    bent = np.unique(edge)
    chain_edge = np.concatenate([edge, bent, bent])
    chain_point = np.concatenate([point, edges.first[bent], edges.second[bent]])
    share = np.concatenate([_share(edges, point, edge), np.zeros(len(bent)), np.ones(len(bent))])
    order = np.lexsort((share, chain_edge))
    chain_edge, chain_point = chain_edge[order], chain_point[order]
    inside = chain_edge[1:] == chain_edge[:-1]
    straight = np.ones(len(edges.first), dtype=bool)
    straight[bent] = False
    return _once(
        edges.places,
        np.concatenate([edges.first[straight], chain_point[:-1][inside]]),
        np.concatenate([edges.second[straight], chain_point[1:][inside]]),
    )
