"""Kernels that build the cell index of :mod:`gis.coverage`; imported only when it pays (see there).

Two levels. A coarse lattice over the whole coverage, about one cell per 20 edges; each coarse cell
that an edge comes near is divided into a square of fine cells, more of them the more edges it holds.
So dense and sparse parts of a city, and a stray polygon far away, each get the resolution they need.

*Near* is wider than any rounding in the computation of a point's cell. So no edge of a polygon
separates two points of a cell unless it is near the cell, and one exact test of a cell's middle,
with the few edges near the cell, serves all points in it.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gis._coverage_chains import append, chain
from gis._coverage_jit import Array, Integer, Lattice, Real, contains, grown, inlined, kernel, middle
from gis._coverage_polygons import TINY, Polygons, frozen

# Change when a module does whose functions are compiled into these kernels: numba keeps compiled
# code by the text of this file alone. A test compares it.
INLINED = "eb51321ef6320388"

_EDGES_PER_COARSE_CELL = 20
_FINE_CELLS_PER_EDGE = 24
_USUAL_DEPTH = 6.0  # polygons near a coarse cell of a tiling, counted by their boxes
_MOST_CROSSED_PER_EDGE = 32  # fine cells
_MOST_ENTRIES = 1 << 25  # of (coarse cell, polygon whose box meets it): fewer coarse cells beyond


class Cells(NamedTuple):
    """Hold the cell index. Polygons are ranks.

    A *code* says who contains the points of a cell: -1 nobody; k >= 0 polygon k and no other; below
    -1 the record at ``records[-2 - code]``. A record is the number of its polygons, then for each, by
    rank, ``4 k`` when it contains all points of the cell, else ``4 k + 2`` (plus 1 when it contains the
    middle of the cell), the number of its edges near the cell, and these edges.
    """

    lattice: Lattice
    side: NDArray[np.int32]  # per coarse cell: fine cells along its side, 0 when not divided
    start: NDArray[np.int64]  # per coarse cell: its first fine cell, or its code when not divided
    fine: NDArray[np.int32]  # codes of the fine cells, by row
    records: NDArray[np.int32]
    first_near: NDArray[np.int64]  # per coarse cell: where its polygons in ``near`` begin
    near: NDArray[np.int32]  # the polygons whose boundary passes through the coarse cell


def build_cells(polygons: Polygons) -> Cells:
    """Build the cell index of at least one edge."""
    lattice = _coarse_lattice(polygons)
    owner = np.repeat(np.arange(len(polygons.rows), dtype=np.int32), np.diff(polygons.first))
    head, nodes = _chain_all(polygons, lattice)
    side = _sides(len(polygons.edges), lattice, *_densities(polygons, lattice, owner, head, nodes))
    start = np.concatenate([[0], np.cumsum(side.astype(np.int64) ** 2)])
    fine = np.empty(start[-1], np.int32)
    records, first_near, near = _divide(polygons, lattice, owner, head, nodes, side, start, fine)
    if len(records) > np.iinfo(np.int32).max:
        raise OverflowError(f"{len(polygons.rows)} polygons overlap too much to be indexed")
    # Copies of the last two let go of the room they had to grow.
    arrays = (side, start[:-1], fine, records.copy(), first_near, near.copy())
    return Cells(lattice, *(frozen(array) for array in arrays))


def _coarse_lattice(polygons: Polygons) -> Lattice:
    """Lay about square cells (in metres) over all polygons."""
    west, south = np.nanmin(polygons.boxes[:, :2], axis=0).tolist()
    east, north = np.nanmax(polygons.boxes[:, 2:], axis=0).tolist()
    pad = 64 * float(np.finfo(float).eps) * max(abs(west), abs(east), abs(south), abs(north), TINY)
    width, height = max(east - west, pad), max(north - south, pad)
    sizes = polygons.boxes[:, 2:] - polygons.boxes[:, :2]
    overlapping = float(np.nansum(sizes[:, 0] * sizes[:, 1])) / (width * height)
    wanted = min(len(polygons.edges) / _EDGES_PER_COARSE_CELL, _MOST_ENTRIES / max(overlapping, 1.0))
    aspect = math.cos(math.radians((south + north) / 2)) * width / height
    nx = _cells_along(width, min(math.sqrt(wanted * aspect), wanted), pad)
    ny = _cells_along(height, wanted / nx, pad)
    return Lattice(west, south, nx / width, ny / height, nx, ny, pad)


def _cells_along(length: float, wanted: float, pad: float) -> int:
    """Keep cells wide against rounding."""
    return int(max(1.0, min(wanted, length / (4 * pad))))


def _sides(
    total: int,
    lattice: Lattice,
    edges: NDArray[np.int64],
    depths: NDArray[np.float64],
    lengths: NDArray[np.float64],
) -> NDArray[np.int32]:
    """Return the fine cells along the side of each coarse cell.

    There are fewer where many polygons overlap or where edges are long, so that all cells together
    hold some small number of edges and polygons per edge.
    """
    side = np.ceil(np.sqrt(_FINE_CELLS_PER_EDGE * edges / np.maximum(1.0, depths / _USUAL_DEPTH)))
    crossed = float((side * lengths).sum())
    if crossed > _MOST_CROSSED_PER_EDGE * total:
        side = np.ceil(side * (_MOST_CROSSED_PER_EDGE * total / crossed))
    widest = 1.0 / (4 * lattice.pad * max(lattice.per_x, lattice.per_y))
    return np.minimum(side, max(1.0, widest)).astype(np.int32)


@kernel
def _chain_all(polygons: Polygons, lattice: Lattice) -> tuple[Array, Array]:
    """Chain to each coarse cell the edges near it and the polygons that contain it."""
    size = lattice.nx * lattice.ny
    state, head = np.empty(size, np.int8), np.empty(size, np.int32)
    nodes, count = np.empty(1024, np.int32), np.int64(0)
    every, first = np.empty(len(polygons.edges), np.int32), polygons.first
    for cell in range(size):
        head[cell] = -1
    for e in range(len(every)):
        every[e] = e
    for k in range(len(polygons.rows)):
        nodes, count = chain(polygons, k, every, first[k], first[k + 1], lattice, state, head, nodes, count)
    return head, nodes


@kernel
def _densities(
    polygons: Polygons, lattice: Lattice, owner: Array, head: Array, nodes: Array
) -> tuple[Array, Array, Array]:
    """Return what is in each coarse cell: edges, how deep polygons overlap, and the edges' length.

    The last two are estimates; the length is in sides of a coarse cell.
    """
    edges, boxes, per_x, per_y = polygons.edges, polygons.boxes, lattice.per_x, lattice.per_y
    counts, depths = np.zeros(len(head), np.int64), np.zeros(len(head), np.float64)
    lengths = np.zeros(len(head), np.float64)
    for cell in range(len(head)):
        node, last = head[cell], -1
        while node >= 0:
            e = nodes[2 * node]
            if e < 0:
                depths[cell] += 1.0
            else:
                counts[cell] += 1
                long = (abs(edges[e, 2] - edges[e, 0]) * per_x, (edges[e, 3] - edges[e, 1]) * per_y)
                lengths[cell] += min(long[0], 1.0) + min(long[1], 1.0)
                k = owner[e]
                if k != last:
                    wide = (boxes[k, 2] - boxes[k, 0]) * per_x * (boxes[k, 3] - boxes[k, 1]) * per_y
                    depths[cell] += min(wide, 1.0)
                    last = k
            node = nodes[2 * node + 1]
    return counts, depths, lengths


@kernel
def _divide(
    polygons: Polygons,
    lattice: Lattice,
    owner: Array,
    head: Array,
    nodes: Array,
    side: Array,
    start: Array,
    fine: Array,
) -> tuple[Array, Array, Array]:
    """Write the codes of all cells; returns ``records``, ``first_near`` and ``near`` of ``Cells``."""
    most = np.int64(0)
    for cell in range(len(side)):
        most = max(most, np.int64(side[cell]))
    state, fine_head = np.empty(most * most, np.int8), np.empty(most * most, np.int32)
    fine_nodes, records = np.empty(1024, np.int32), np.empty(1024, np.int32)
    found, values = np.empty(1024, np.int32), np.empty(1024, np.int32)
    first_near, near = np.zeros(len(side) + 1, np.int64), np.empty(len(nodes) // 2, np.int32)
    used = nears = np.int64(0)
    for cell in range(len(side)):
        length = _length(head[cell], nodes)
        found = grown(found, length)
        _unchain(head[cell], nodes, found, length)
        n = np.int64(side[cell])
        if n == 0:
            records = grown(records, used + 1 + length)
            start[cell], used = _write_covers(found, length, records, used)
        else:
            place = (cell % lattice.nx, cell // lattice.nx, n)
            nears = _list_near(found, length, owner, near, nears)
            part = _part(lattice, place)
            fine_nodes, count = _chain_part(
                polygons, part, found, length, owner, state, fine_head, fine_nodes
            )
            values, records = grown(values, count), grown(records, used + 3 * count + n * n)
            used = _write_codes(
                polygons,
                lattice,
                place,
                owner,
                fine_head,
                fine_nodes,
                fine,
                start[cell],
                records,
                used,
                values,
            )
        first_near[cell + 1] = nears
    return records[:used], first_near, near[:nears]


@inlined
def _length(node: Integer, nodes: Array) -> Integer:
    """Return the number of values in a chain."""
    length = 0
    while node >= 0:
        node = nodes[2 * node + 1]
        length += 1
    return length


@inlined
def _unchain(node: Integer, nodes: Array, found: Array, length: Integer) -> None:
    """Write the values of a chain in the order in which they were appended."""
    for i in range(length - 1, -1, -1):
        found[i] = nodes[2 * node]
        node = nodes[2 * node + 1]


@inlined
def _list_near(found: Array, length: Integer, owner: Array, near: Array, nears: Integer) -> Integer:
    """Append the polygons that have edges in a chain."""
    last = -1
    for i in range(length):
        if found[i] >= 0 and owner[found[i]] != last:
            last = owner[found[i]]
            near[nears] = last
            nears += 1
    return nears


@inlined
def _part(lattice: Lattice, place: tuple[Integer, Integer, Integer]) -> Lattice:
    """Return one coarse cell as a lattice of its own."""
    column, row, n = place
    x0, y0 = lattice.x0 + column / lattice.per_x, lattice.y0 + row / lattice.per_y
    return Lattice(x0, y0, lattice.per_x * n, lattice.per_y * n, n, n, lattice.pad)


@inlined
def _chain_part(
    polygons: Polygons,
    part: Lattice,
    found: Array,
    length: Integer,
    owner: Array,
    state: Array,
    head: Array,
    nodes: Array,
) -> tuple[Array, Integer]:
    """Chain the values of a coarse cell to its fine cells."""
    size = part.nx * part.ny
    for i in range(size):
        head[i] = -1
    count = begin = np.int64(0)
    while begin < length:
        k, end = _group(found, begin, length, owner)
        if found[begin] < 0:
            nodes = grown(nodes, 2 * (count + size))
            for i in range(size):
                count = append(found[begin], i, head, nodes, count)
        else:
            nodes, count = chain(polygons, k, found, begin, end, part, state, head, nodes, count)
        begin = end
    return nodes, count


@inlined
def _group(found: Array, begin: Integer, length: Integer, owner: Array) -> tuple[Integer, Integer]:
    """Return the polygon of a value, and where the values of that polygon end."""
    if found[begin] < 0:
        return np.int64(-1 - found[begin]), begin + 1
    k, end = np.int64(owner[found[begin]]), begin + 1
    while end < length and found[end] >= 0 and owner[found[end]] == k:
        end += 1
    return k, end


@inlined
def _write_codes(
    polygons: Polygons,
    lattice: Lattice,
    place: tuple[Integer, Integer, Integer],
    owner: Array,
    head: Array,
    nodes: Array,
    fine: Array,
    start: Integer,
    records: Array,
    used: Integer,
    found: Array,
) -> Integer:
    """Turn the chains of the fine cells of a coarse cell into codes; returns where records end."""
    column, row, n = place
    edges, first, blocks, first_block = polygons.edges, polygons.first, polygons.blocks, polygons.first_block
    for cell in range(n * n):
        length = _length(head[cell], nodes)
        _unchain(head[cell], nodes, found, length)
        if _count_edges(found, length) > 0:
            fine[start + cell] = -2 - used
            x, y = middle(lattice, column, row, n, cell % n, cell // n)
            used = _write_record(edges, first, blocks, first_block, owner, x, y, found, length, records, used)
        else:
            code, used = _write_covers(found, length, records, used)
            fine[start + cell] = code
    return used


@inlined
def _count_edges(found: Array, length: Integer) -> Integer:
    """Return how many values of a chain are edges."""
    count = 0
    for i in range(length):
        count += found[i] >= 0
    return count


@inlined
def _write_covers(found: Array, length: Integer, records: Array, used: Integer) -> tuple[Integer, Integer]:
    """Return the code of a cell without edges, and where the next record begins."""
    if length == 0:
        return -1, used
    if length == 1:
        return -1 - np.int64(found[0]), used
    records[used] = length
    for i in range(length):
        records[used + 1 + i] = 4 * (-1 - found[i])
    return -2 - used, used + 1 + length


@inlined
def _write_record(
    edges: Array,
    first: Array,
    blocks: Array,
    first_block: Array,
    owner: Array,
    x: Real,
    y: Real,
    found: Array,
    length: Integer,
    records: Array,
    used: Integer,
) -> Integer:
    """Write the record of a cell with edges; returns where the next one begins."""
    at, begin, entries = used + 1, np.int64(0), 0
    while begin < length:
        k, end = _group(found, begin, length, owner)
        if found[begin] < 0:
            records[at] = 4 * k
            at += 1
        else:
            records[at] = 4 * k + 2 + contains(edges, first, blocks, first_block, k, x, y)
            records[at + 1] = end - begin
            for i in range(begin, end):
                records[at + 2 + i - begin] = found[i]
            at += 2 + end - begin
        entries += 1
        begin = end
    records[used] = entries
    return at
