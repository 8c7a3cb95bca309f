"""Kernels that answer many points from the cell index of :mod:`gis.coverage`: who contains them."""

from __future__ import annotations

from typing import Any

import numpy as np

from gis import _coverage_predicates as predicates
from gis._coverage_cells import Cells
from gis._coverage_jit import Array, Integer, Lattice, Real, grown, inlined, kernel, middle
from gis._coverage_polygons import Polygons

# Change when a module does whose functions are compiled into these kernels: numba keeps compiled
# code by the text of this file alone. A test compares it.
INLINED = "eb51321ef6320388"

# Points whose cells, codes and records are fetched together. Random points miss the processor's caches, and
# it waits for many misses at a time only where none depends on the outcome of the last test.
_TOGETHER = 1024


@kernel
def locate(polygons: Polygons, cells: Cells, xs: Array, ys: Array, rows: Array) -> Real:
    """Write the row of the first polygon that contains each point, -1 outside.

    The number returned has no meaning; computing it is what fetches ahead.
    """
    lattice, side, start, fine, records = cells.lattice, cells.side, cells.start, cells.fine, cells.records
    edges, row_of_rank = polygons.edges, polygons.rows
    undecided, ahead = np.empty(_TOGETHER, np.int64), 0.0
    codes, places = np.empty(_TOGETHER, np.int64), np.empty(_TOGETHER, np.int64)
    for begin in range(0, len(xs), _TOGETHER):
        end = min(begin + _TOGETHER, len(xs))
        for i in range(begin, end):
            codes[i - begin], places[i - begin] = _place(lattice, side, start, xs[i], ys[i])
        count = 0
        for i in range(begin, end):
            place = places[i - begin]
            finer: Integer = np.int64(fine[max(place, 0)])
            code: Integer = finer if place >= 0 else codes[i - begin]
            rows[i] = row_of_rank[code] if code >= 0 else code
            undecided[count] = i
            count += code < -1
        for j in range(count):
            ahead += _fetched(edges, records, -2 - rows[undecided[j]])
        for j in range(count):
            i = undecided[j]
            reference = _middle(lattice, side, xs[i], ys[i])
            rank = _first_owner(edges, records, -2 - rows[i], xs[i], ys[i], reference)
            rows[i] = row_of_rank[rank] if rank >= 0 else -1
    return ahead


@kernel
def overlaps(polygons: Polygons, cells: Cells, xs: Array, ys: Array) -> tuple[Array, Array]:
    """Return offsets and ascending ranks of all polygons that contain each point."""
    offsets = np.zeros(len(xs) + 1, np.int64)
    ranks, count = np.empty(len(xs) + 1, np.int64), np.int64(0)
    for i in range(len(xs)):
        ranks, count = append_owners(polygons, cells, xs[i], ys[i], ranks, count)
        offsets[i + 1] = count
    return offsets, ranks[:count]


@inlined
def append_owners(
    polygons: Polygons, cells: Cells, x: Real, y: Real, ranks: Array, count: Integer
) -> tuple[Array, Integer]:
    """Append all polygons that contain a point; returns the ranks, moved if need be, and their number."""
    lattice, side, records = cells.lattice, cells.side, cells.records
    code = _code(lattice, side, cells.start, cells.fine, x, y)
    ranks = grown(ranks, count + (records[-2 - code] if code < -1 else 1))
    if code >= 0:
        ranks[count] = code
        count += 1
    elif code < -1:
        reference = _middle(lattice, side, x, y)
        count = _all_owners(polygons.edges, records, -2 - code, x, y, reference, ranks, count)
    return ranks, count


@inlined
def _code(lattice: Lattice, side: Array, start: Array, fine: Array, x: Real, y: Real) -> Integer:
    """Return the code of a point's cell (see ``Cells``), -1 outside all cells and for nan."""
    code, place = _place(lattice, side, start, x, y)
    return np.int64(fine[place]) if place >= 0 else code


@inlined
def _place(lattice: Lattice, side: Array, start: Array, x: Real, y: Real) -> tuple[Integer, Integer]:
    """Return the code of a point's cell, or where that of its fine cell stands; the other one is -1."""
    right, up = (x - lattice.x0) * lattice.per_x, (y - lattice.y0) * lattice.per_y
    if not (right >= 0.0 and up >= 0.0 and right <= lattice.nx + 0.5 and up <= lattice.ny + 0.5):
        return np.int64(-1), np.int64(-1)
    column, row = min(int(right), lattice.nx - 1), min(int(up), lattice.ny - 1)
    cell = row * lattice.nx + column
    n: Integer = np.int64(side[cell])
    at: Integer = np.int64(start[cell])
    fine_column, fine_row = min(int((right - column) * n), n - 1), min(int((up - row) * n), n - 1)
    place = at + fine_row * n + fine_column
    return (at, np.int64(-1)) if n == 0 else (np.int64(-1), place)


@inlined
def _middle(lattice: Lattice, side: Array, x: Real, y: Real) -> Any:
    """Return the reference point of the fine cell of a point."""
    right, up = (x - lattice.x0) * lattice.per_x, (y - lattice.y0) * lattice.per_y
    column, row = min(int(right), lattice.nx - 1), min(int(up), lattice.ny - 1)
    n: Integer = np.int64(side[row * lattice.nx + column])
    fine_column, fine_row = min(int((right - column) * n), n - 1), min(int((up - row) * n), n - 1)
    return middle(lattice, column, row, n, fine_column, fine_row)


@inlined
def _fetched(edges: Array, records: Array, at: Integer) -> Real:
    """Return something of the first edge of a record."""
    return edges[records[at + 3], 0] if records[at + 1] % 4 != 0 else 0.0


@inlined
def _first_owner(
    edges: Array, records: Array, at: Integer, x: Real, y: Real, reference: tuple[Real, Real]
) -> Integer:
    """Return the first polygon of a record that contains the point, else that touches it, else -1."""
    entry = at + 1
    for _ in range(records[at]):
        inside, following = _test(edges, records, entry, x, y, reference)
        if inside:
            return np.int64(records[entry] // 4)
        entry = following
    return _first_touched(edges, records, at, x, y)


@inlined
def _all_owners(
    edges: Array,
    records: Array,
    at: Integer,
    x: Real,
    y: Real,
    reference: tuple[Real, Real],
    ranks: Array,
    count: Integer,
) -> Integer:
    """Write all polygons of a record that contain the point, else the first that touches it."""
    before, entry = count, at + 1
    for _ in range(records[at]):
        inside, following = _test(edges, records, entry, x, y, reference)
        ranks[count] = records[entry] // 4
        count += inside
        entry = following
    if count == before:
        ranks[count] = _first_touched(edges, records, at, x, y)
        count += ranks[count] >= 0
    return count


@inlined
def _test(
    edges: Array, records: Array, entry: Integer, x: Real, y: Real, reference: tuple[Real, Real]
) -> tuple[bool, Integer]:
    """Tell whether the polygon of an entry contains the point, and where the next entry is."""
    if records[entry] % 4 == 0:
        return True, entry + 1
    inside = records[entry] % 2 == 1
    following = entry + 2 + records[entry + 1]
    rx, ry = reference
    for i in range(entry + 2, following):
        e = records[i]
        inside ^= predicates.flips(edges[e, 0], edges[e, 1], edges[e, 2], edges[e, 3], x, y, rx, ry)
    return inside, following


@inlined
def _first_touched(edges: Array, records: Array, at: Integer, x: Real, y: Real) -> Integer:
    """Return the first polygon of a record that touches the point; none of them contains the cell."""
    entry = at + 1
    for _ in range(records[at]):
        following = entry + 2 + records[entry + 1]
        for i in range(entry + 2, following):
            e = records[i]
            if predicates.touches(edges[e, 0], edges[e, 1], edges[e, 2], edges[e, 3], x, y):
                return np.int64(records[entry] // 4)
        entry = following
    return np.int64(-1)
