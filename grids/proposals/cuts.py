"""Where to cut a piece that is too large: straight lines across it, rated all at once.

In a frame turned so that the candidate lines run along its second axis, a line is a number ``u``. What lies
on one side of it, how long it is inside the piece and how deep it runs into buildings are sums over the
edges of the outline (Green's theorem) and over the extents of the buildings: no overlay is needed to rate a
candidate, only to carry out the few best.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from grids.proposals.piece import Piece
from grids.proposals.plane import Coordinates, Geometries, on_lattice
from grids.proposals.profile import SizeRange

Values = NDArray[np.float64]

POSITIONS = 48
REACH_M = 0.01
"""How far a cut sticks out of the piece on both sides, so that it surely divides it."""

# What a candidate costs. Lengths are counted in sides of a square of the smaller part, so that slices off
# an edge are dear.
_UNEVEN = 1.2
_OFF_CENTRE = 0.8
_OBLIQUE = 0.8
_DETOUR = 3.0
_MEETING = 0.25
_OUT_OF_RANGE = 10.0
_BROKEN = 0.3


@dataclass(frozen=True, slots=True)
class Cut:
    """A candidate: the line, and how bad it is."""

    line: shapely.LineString
    cost: float


@dataclass(frozen=True, slots=True)
class _Crossing:
    """Lines of one direction across an outline, by position ``u``: an array each."""

    u: Values
    low: Values
    high: Values
    length: Values
    oblique: Values
    before: Values
    total: float


def best_cuts(piece: Piece, sizes: SizeRange, count: int) -> list[Cut]:
    """Return the best straight cuts through a piece.

    Parameters
    ----------
    piece : Piece
        Too large. Cuts have to go round its obstacles, and loads should be even on both sides.
    sizes : SizeRange
        What is wanted.
    count : int
        How many, at most; the best first.
    """
    edges = _edges(piece.polygon)
    found: list[Cut] = []
    for angle in _directions(piece.polygon, edges, piece.obstacles):
        frame = np.array([[np.sin(angle), np.cos(angle)], [-np.cos(angle), np.sin(angle)]])
        extents = _extents(piece.obstacles, frame)
        outline = edges @ frame
        lines = _cross(outline, _positions(outline[..., 0], extents))
        found += _cuts(lines, _cost(lines, extents, piece, frame, sizes), frame, count)
    return sorted(found, key=lambda cut: cut.cost)[:count]


def _edges(piece: shapely.Polygon) -> Coordinates:
    """Return the edges of an outline, shape (n, 2 ends, 2), interior on the same side of all."""
    rings, ring = shapely.get_coordinates(shapely.get_rings(shapely.normalize(piece)), return_index=True)
    inside = ring[1:] == ring[:-1]
    return np.stack([rings[:-1][inside], rings[1:][inside]], axis=1)


def _directions(piece: shapely.Polygon, edges: Coordinates, obstacles: Geometries) -> list[float]:
    """Return directions in which to cut, in radians: across the smallest rectangle, with walls and edges."""
    corners = shapely.get_coordinates(shapely.minimum_rotated_rectangle(piece))[:3]
    sides = np.diff(corners, axis=0)
    step = sides[np.argmin(np.hypot(sides[:, 0], sides[:, 1]))]
    bases = [float(np.arctan2(step[1], step[0])), _prevailing(edges)]
    if len(obstacles):
        bases.append(_prevailing(np.concatenate([_edges(one) for one in obstacles])))
    found: list[float] = []
    for base in bases:
        for turn in (0.0, np.pi / 2):
            angle = (base + turn) % np.pi
            if all(abs((angle - other + np.pi / 2) % np.pi - np.pi / 2) > 0.03 for other in found):
                found.append(angle)
    return found


def _prevailing(edges: Coordinates) -> float:
    """Return the direction that edges prevailingly have, up to a right angle."""
    step = edges[:, 1] - edges[:, 0]
    length, angle = np.hypot(step[:, 0], step[:, 1]), np.arctan2(step[:, 1], step[:, 0])
    return float(np.angle((length * np.exp(4j * angle)).sum()) / 4)


def _extents(obstacles: Geometries, frame: Coordinates) -> Coordinates:
    """Return the least and the greatest ``u`` of each obstacle, shape (n, 2)."""
    if not len(obstacles):
        return np.zeros((0, 2))
    xy, owner = shapely.get_coordinates(obstacles, return_index=True)
    u = xy @ frame[:, 0]
    starts = np.flatnonzero(np.r_[True, np.diff(owner) != 0])
    return np.column_stack([np.minimum.reduceat(u, starts), np.maximum.reduceat(u, starts)])


def _positions(u: Values, extents: Coordinates) -> Values:
    """Return where to try: at even distances, and in the middle of every gap between buildings."""
    even = np.linspace(u.min(), u.max(), POSITIONS + 2)[1:-1]
    if not len(extents):
        return even
    order = np.argsort(extents[:, 0], kind="stable")
    reach = np.maximum.accumulate(extents[order, 1])[:-1]
    start = extents[order, 0][1:]
    gaps = (reach + start)[start > reach] / 2
    return np.sort(np.concatenate([even, gaps]))


def _cross(edges: Coordinates, where: Values) -> _Crossing:
    """Lay lines across an outline."""
    u1, u2, v1, v2 = edges[:, 0, 0], edges[:, 1, 0], edges[:, 0, 1], edges[:, 1, 1]
    up = (u1 < where[:, None]) & (u2 >= where[:, None])
    down = (u2 < where[:, None]) & (u1 >= where[:, None])
    run = np.where(u2 == u1, 1.0, u2 - u1)
    at = v1 + (where[:, None] - u1) * (v2 - v1) / run
    low, high = np.where(up | down, at, np.inf), np.where(up | down, at, -np.inf)
    straight = np.abs(u2 - u1) / np.maximum(np.hypot(u2 - u1, v2 - v1), 1e-9)
    ends = straight[low.argmin(axis=1)] + straight[high.argmax(axis=1)]
    return _Crossing(
        where,
        low.min(axis=1),
        high.max(axis=1),
        np.abs((at * up).sum(axis=1) - (at * down).sum(axis=1)),
        1 - ends / 2,
        _area_before(u1, u2, v1, v2, where),
        float(_area_before(u1, u2, v1, v2, np.array([edges[..., 0].max()]))[0]),
    )


def _area_before(u1: Values, u2: Values, v1: Values, v2: Values, where: Values) -> Values:
    """Return the area of the piece on the lower side of each line."""
    run = np.where(u2 == u1, 1.0, u2 - u1)
    first, last = np.minimum(u1, where[:, None]), np.minimum(u2, where[:, None])
    v_first = v1 + (first - u1) * (v2 - v1) / run
    v_last = v1 + (last - u1) * (v2 - v1) / run
    return np.asarray(np.abs(((last - first) * (v_first + v_last) / 2).sum(axis=1)))


def _cost(
    lines: _Crossing, extents: Coordinates, piece: Piece, frame: Coordinates, sizes: SizeRange
) -> Values:
    """Rate lines: the lower the better."""
    load, total = _loads_before(lines, piece, frame)
    parts = sizes.parts(lines.total, total)
    fewer = np.clip(np.round(load / total * parts), 1, parts - 1)
    area = np.stack([lines.before / fewer, (lines.total - lines.before) / (parts - fewer)])
    lighter = np.minimum(load / fewer, (total - load) / (parts - fewer))
    share = lines.before / lines.total
    side = np.sqrt(np.maximum(np.minimum(share, 1 - share) * lines.total, 1.0))
    cost = lines.length / side + _UNEVEN * np.log(total / parts / np.maximum(lighter, 1.0))
    cost += _OFF_CENTRE * np.abs(share - 0.5) + _OBLIQUE * lines.oblique
    cost += _detour(extents, lines.u, float(np.sqrt(lines.total / parts)))
    cost[(area.min(axis=0) < sizes.smallest) | (area.max(axis=0) > sizes.largest)] += _OUT_OF_RANGE
    cost[(lines.high - lines.low) > 1.02 * lines.length] += _BROKEN
    return np.asarray(cost)


def _loads_before(lines: _Crossing, piece: Piece, frame: Coordinates) -> tuple[Values, float]:
    """Return the load on the lower side of each line, and that of the whole piece."""
    some, weight = piece.sample()
    before = np.asarray(np.searchsorted(np.sort(some @ frame[:, 0]), lines.u) * weight, dtype=np.float64)
    return piece.load.of(lines.before, before), piece.total_load


def _detour(extents: Coordinates, where: Values, side: float) -> Values:
    """Return what it costs to meet obstacles: each, and the way round it in sides of a grid."""
    if not len(extents):
        return np.zeros(len(where))
    depth = np.minimum(where[:, None] - extents[:, 0], extents[:, 1] - where[:, None])
    return np.asarray(np.where(depth > 0, _MEETING + _DETOUR * depth / side, 0.0).sum(axis=1))


def _cuts(lines: _Crossing, cost: Values, frame: Coordinates, count: int) -> Iterator[Cut]:
    for at in np.argsort(cost, kind="stable")[:count]:
        u, low, high = lines.u[at], lines.low[at] - REACH_M, lines.high[at] + REACH_M
        ends = on_lattice(np.array([[u, low], [u, high]]) @ frame.T)
        yield Cut(shapely.LineString(ends), float(cost[at]))
