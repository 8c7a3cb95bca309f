"""The answers of :mod:`gis.coverage` for a few points, without index or compiled code."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from gis._coverage_polygons import BLOCK, Polygons
from gis._coverage_predicates import crosses, squared_distance, touches

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def overlaps(polygons: Polygons, xs: Floats, ys: Floats) -> tuple[Integers, Integers]:
    """Return offsets and ascending ranks of all polygons that contain each point."""
    return _packed([_owners(polygons, x, y) for x, y in zip(xs.tolist(), ys.tolist(), strict=True)])


def edge_distance(
    polygons: Polygons, xs: Floats, ys: Floats, kxs: Floats, kys: Floats, ranks: Integers
) -> Floats:
    """Return metres from each point to the boundary of its polygon, nan without one."""
    points = np.stack([xs, ys, kxs, kys], axis=1).tolist()
    metres = [
        math.nan if k < 0 or math.isnan(point[0]) else _to_boundary(polygons, k, point)
        for k, point in zip(ranks.tolist(), points, strict=True)
    ]
    return np.array(metres, dtype=np.float64)


def within(
    polygons: Polygons, xs: Floats, ys: Floats, kxs: Floats, kys: Floats, radii: Floats
) -> tuple[Integers, Integers]:
    """Return offsets and ranks of the polygons within each radius, by nearness, then rank."""
    points = np.stack([xs, ys, kxs, kys], axis=1).tolist()
    found = [_within(polygons, point, radius) for point, radius in zip(points, radii.tolist(), strict=True)]
    return _packed([[k for _, k in near] for near in found])


def nearest(
    polygons: Polygons, xs: Floats, ys: Floats, kxs: Floats, kys: Floats, radii: Floats
) -> tuple[Integers, Floats]:
    """Return the nearest rank within each radius, -1 if none, and the metres to it, nan if none."""
    points = np.stack([xs, ys, kxs, kys], axis=1).tolist()
    found = [_nearest(polygons, point, radius) for point, radius in zip(points, radii.tolist(), strict=True)]
    ranks = np.array([k for _, k in found], dtype=np.int64)
    return ranks, np.array([metres for metres, _ in found], dtype=np.float64)


def _packed(lists: list[list[int]]) -> tuple[Integers, Integers]:
    offsets = np.cumsum([0, *(len(ranks) for ranks in lists)], dtype=np.int64)
    return offsets, np.array([k for ranks in lists for k in ranks], dtype=np.int64)


def _owners(polygons: Polygons, x: float, y: float) -> list[int]:
    """Return the polygons that contain a point, else the first that touches it."""
    west, south, east, north = polygons.boxes.T
    about = np.flatnonzero((west <= x) & (x <= east) & (south <= y) & (y <= north)).tolist()
    owners = [k for k in about if _contains(polygons, k, x, y)]
    return owners or [k for k in about if _touches(polygons, k, x, y)][:1]


def _contains(polygons: Polygons, k: int, x: float, y: float) -> bool:
    edges = polygons.edges[polygons.first[k] : polygons.first[k + 1]]
    across = edges[(edges[:, 1] <= y) & (y < edges[:, 3])]
    return sum(crosses(ax, ay, bx, by, x, y) for ax, ay, bx, by in across.tolist()) % 2 == 1


def _touches(polygons: Polygons, k: int, x: float, y: float) -> bool:
    edges = polygons.edges[polygons.first[k] : polygons.first[k + 1]]
    about = edges[(edges[:, 1] <= y) & (y <= edges[:, 3])]
    return any(touches(ax, ay, bx, by, x, y) for ax, ay, bx, by in about.tolist())


def _within(polygons: Polygons, point: list[float], radius: float) -> list[tuple[float, int]]:
    """Return (metres, rank) of the polygons within a radius; -1 metres to those that contain the point."""
    if math.isnan(point[0]):
        return []
    owners = _owners(polygons, point[0], point[1])
    about = np.flatnonzero(_to_boxes(polygons.boxes, point) <= radius).tolist()
    near = [(_to_boundary(polygons, k, point), k) for k in about if k not in owners]
    return sorted([(-1.0, k) for k in owners] + [pair for pair in near if pair[0] <= radius])


def _nearest(polygons: Polygons, point: list[float], radius: float) -> tuple[float, int]:
    owners = _owners(polygons, point[0], point[1])
    if owners:
        return 0.0, owners[0]
    to_boxes = _to_boxes(polygons.boxes, point)
    best, rank = radius, -1
    for k in np.argsort(to_boxes).tolist():
        if not to_boxes[k] <= best:
            break
        metres = _to_boundary(polygons, k, point)
        if metres < best or (metres == best and (rank < 0 or k < rank)):
            best, rank = metres, k
    return (best, rank) if rank >= 0 else (math.nan, -1)


def _to_boundary(polygons: Polygons, k: int, point: list[float]) -> float:
    """Return the metres to the boundary of polygon k, nan if it has none."""
    first_block, stop_block = polygons.first_block[k], polygons.first_block[k + 1]
    to_blocks = _to_boxes(polygons.blocks[first_block:stop_block], point)
    best = math.inf
    for block in np.argsort(to_blocks).tolist():
        if to_blocks[block] > best:
            break
        begin = polygons.first[k] + BLOCK * block
        end = min(begin + BLOCK, polygons.first[k + 1])
        for edge in polygons.edges[begin:end].tolist():
            best = min(best, math.sqrt(squared_distance(*edge, *point)))
    return best if best < math.inf else math.nan


def _to_boxes(boxes: Floats, point: list[float]) -> Floats:
    """Return the metres to boxes, or a little less, lest rounding rule out what is in one."""
    x, y, kx, ky = point
    west, south, east, north = boxes.T
    dx = np.maximum(np.maximum(west - x, x - east), 0.0) * kx
    dy = np.maximum(np.maximum(south - y, y - north), 0.0) * ky
    return np.asarray(np.sqrt(dx * dx + dy * dy) * (1.0 - 1e-12))
