"""Kernels that measure many points from the cell index of :mod:`gis.coverage`: how near polygons are."""

from __future__ import annotations

import numpy as np

from gis import _coverage_predicates as predicates
from gis._coverage_cells import Cells
from gis._coverage_jit import Array, Integer, Lattice, Real, column_of, grown, inlined, kernel, row_of
from gis._coverage_kernels import append_owners
from gis._coverage_polygons import BLOCK, Polygons

# Change when a module does whose functions are compiled into these kernels: numba keeps compiled
# code by the text of this file alone. A test compares it.
INLINED = "eb51321ef6320388"

# A box is taken to be a little nearer than computed, lest rounding rule out what is in it.
_NEARER = 1.0 - 1e-12


@kernel
def edge_distance(polygons: Polygons, xs: Array, ys: Array, kxs: Array, kys: Array, ranks: Array) -> Array:
    """Return metres from each point to the boundary of its polygon, nan without one."""
    edges, first = polygons.edges, polygons.first
    blocks, first_block = polygons.blocks, polygons.first_block
    metres = np.empty(len(xs), np.float64)
    for i in range(len(xs)):
        k, point = ranks[i], (xs[i], ys[i], kxs[i], kys[i])
        metres[i] = np.nan
        if k >= 0 and first[k] < first[k + 1] and xs[i] == xs[i]:
            metres[i] = to_boundary(edges, first, blocks, first_block, k, point, np.inf)
    return metres


@kernel
def within(
    polygons: Polygons, cells: Cells, xs: Array, ys: Array, kxs: Array, kys: Array, radii: Array
) -> tuple[Array, Array]:
    """Return offsets and ranks of the polygons within each radius, by nearness, then rank."""
    offsets = np.zeros(len(xs) + 1, np.int64)
    ranks, metres, count = np.empty(len(xs) + 1, np.int64), np.empty(len(xs) + 1, np.float64), np.int64(0)
    seen = np.zeros(len(polygons.rows), np.int64)
    for i in range(len(xs)):
        if xs[i] == xs[i]:
            begin, point = count, (xs[i], ys[i], kxs[i], kys[i])
            ranks, metres, count = _gather(
                polygons, cells, point, radii[i], seen, i + 1, ranks, metres, count
            )
            sort_by_metres(metres, ranks, begin, count)
        offsets[i + 1] = count
    return offsets, ranks[:count]


@kernel
def nearest(
    polygons: Polygons, cells: Cells, xs: Array, ys: Array, kxs: Array, kys: Array, radii: Array
) -> tuple[Array, Array]:
    """Return the nearest rank within each radius, -1 if none, and the metres to it, nan if none."""
    found, distances = np.empty(len(xs), np.int64), np.empty(len(xs), np.float64)
    ranks, metres = np.empty(64, np.int64), np.empty(64, np.float64)
    seen, search = np.zeros(len(polygons.rows), np.int64), 0
    for i in range(len(xs)):
        found[i], distances[i] = -1, np.nan
        point, count = (xs[i], ys[i], kxs[i], kys[i]), np.int64(0)
        radius = min(radii[i], _fine_height(cells.lattice, cells.side, xs[i], ys[i]) * kys[i])
        searching = xs[i] == xs[i]
        while searching:
            search += 1
            ranks, metres, count = _gather(
                polygons, cells, point, radius, seen, search, ranks, metres, np.int64(0)
            )
            searching = count == 0 and radius < radii[i]
            radius = min(radii[i], 2.0 * radius)
        if count > 0:
            sort_by_metres(metres, ranks, 0, count)
            found[i], distances[i] = ranks[0], max(metres[0], 0.0)
    return found, distances


@inlined
def _fine_height(lattice: Lattice, side: Array, x: Real, y: Real) -> Real:
    """Return the height in degrees of the fine cells nearest to a point: where to begin to search."""
    if x != x:
        return 0.0
    cell = row_of(lattice, y) * lattice.nx + column_of(lattice, x)
    return 1.0 / (lattice.per_y * max(side[cell], 1))


@inlined
def _gather(
    polygons: Polygons,
    cells: Cells,
    point: tuple[Real, Real, Real, Real],
    radius: Real,
    seen: Array,
    search: Integer,
    ranks: Array,
    metres: Array,
    count: Integer,
) -> tuple[Array, Array, Integer]:
    """Append the polygons within a radius, with -1 metres to those that contain the point.

    ``seen`` has the number of the last search that looked at a polygon.
    """
    edges, first, boxes = polygons.edges, polygons.first, polygons.boxes
    blocks, first_block = polygons.blocks, polygons.first_block
    lattice, first_near, near = cells.lattice, cells.first_near, cells.near
    x, y, kx, ky = point
    begin = count
    ranks, count = append_owners(polygons, cells, x, y, ranks, count)
    metres = grown(metres, len(ranks))
    for j in range(begin, count):
        seen[ranks[j]], metres[j] = search, -1.0
    reach_x, reach_y = radius / kx + lattice.pad, radius / ky + lattice.pad
    west, east = column_of(lattice, x - reach_x), column_of(lattice, x + reach_x)
    for row in range(row_of(lattice, y - reach_y), row_of(lattice, y + reach_y) + 1):
        cell = row * lattice.nx
        for j in range(first_near[cell + west], first_near[cell + east + 1]):
            k = near[j]
            if seen[k] != search and to_box2(boxes, k, point) <= radius * radius:
                distance = to_boundary(edges, first, blocks, first_block, k, point, radius)
                if distance <= radius:
                    ranks, metres = grown(ranks, count + 1), grown(metres, count + 1)
                    ranks[count], metres[count] = k, distance
                    count += 1
            seen[k] = search
    return ranks, metres, count


@inlined
def to_boundary(
    edges: Array,
    first: Array,
    blocks: Array,
    first_block: Array,
    k: Integer,
    point: tuple[Real, Real, Real, Real],
    limit: Real,
) -> Real:
    """Return the metres to the boundary of polygon k, or any greater number when they exceed the limit."""
    x, y, kx, ky = point
    best, begin = np.inf, first[k]
    for block in range(first_block[k], first_block[k + 1]):
        end = min(begin + BLOCK, first[k + 1])
        if to_box2(blocks, block, point) <= min(best, limit * limit):
            for e in range(begin, end):
                ax, ay, bx, by = edges[e, 0], edges[e, 1], edges[e, 2], edges[e, 3]
                best = min(best, predicates.squared_distance(ax, ay, bx, by, x, y, kx, ky))
        begin = end
    return np.sqrt(best)


@inlined
def to_box2(boxes: Array, i: Integer, point: tuple[Real, Real, Real, Real]) -> Real:
    """Return the squared metres to a box, or a little less."""
    x, y, kx, ky = point
    dx = max(boxes[i, 0] - x, x - boxes[i, 2], 0.0) * kx
    dy = max(boxes[i, 1] - y, y - boxes[i, 3], 0.0) * ky
    return (dx * dx + dy * dy) * _NEARER


@inlined
def sort_by_metres(metres: Array, ranks: Array, begin: Integer, end: Integer) -> None:
    """Sort by metres, then rank, in place."""
    gap = (end - begin) // 2
    while gap > 0:
        for i in range(begin + gap, end):
            distance, rank, j = metres[i], ranks[i], i
            while j - gap >= begin and (metres[j - gap], ranks[j - gap]) > (distance, rank):
                metres[j], ranks[j] = metres[j - gap], ranks[j - gap]
                j -= gap
            metres[j], ranks[j] = distance, rank
        gap //= 2
