"""Kernels that answer one point from the cell index of :mod:`gis.coverage` in a microsecond or two.

A call of compiled code spends a fifth of a microsecond on each array it is given. So these are given
one array of numbers that says where the others lie in memory.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba.core import types
from numba.extending import intrinsic
from numba.np.numpy_support import carray
from numpy.typing import NDArray

from gis._coverage_cells import Cells
from gis._coverage_jit import Array, Integer, Lattice, Real, column_of, grown, inlined, kernel, row_of
from gis._coverage_kernels import append_owners
from gis._coverage_near import sort_by_metres, to_boundary, to_box2
from gis._coverage_polygons import TINY, Polygons, frozen
from gis.degrees import metres_per_degree

# Change when a module does whose functions are compiled into these kernels: numba keeps compiled
# code by the text of this file alone. A test compares it.
INLINED = "eb51321ef6320388"


class OnePoint:
    """Answers about one point at a time; immutable, may be shared by threads.

    Parameters
    ----------
    polygons : Polygons
        All polygons; there is at least one edge.
    cells : Cells
        Their cell index.
    """

    def __init__(self, polygons: Polygons, cells: Cells) -> None:
        # The arrays must live as long as their addresses are used.
        self._arrays = (*polygons, *cells[1:], frozen(np.array(cells.lattice, dtype=np.float64)))
        places = [part for array in self._arrays for part in (array.ctypes.data, len(array))]
        self._memory: NDArray[np.int64] = frozen(np.array(places, dtype=np.int64))

    def locate(self, x: float, y: float) -> int:
        """Return the row of the first polygon that contains the point, -1 outside."""
        row: int = locate(self._memory, float(x), float(y))
        return row

    def around(self, x: float, y: float, radius_m: float) -> tuple[tuple[int, ...], float, tuple[int, ...]]:
        """Return rows that contain the point, metres to the boundary of the first, other rows within."""
        if not radius_m >= 0.0:
            raise ValueError(f"radius_m must be 0 or more metres, not {radius_m}")
        row, metres, owners, rows = around(self._memory, float(x), float(y), float(radius_m))
        if rows is None:
            return ((row,) if row >= 0 else ()), metres, ()
        found = rows.tolist()
        return tuple(found[:owners]), metres, tuple(found[owners:])


def _typed_pointer(_: Any, address: Any) -> Any:
    """Tell numba how to take a number as an address in memory."""

    def generate(context: Any, builder: Any, _: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], context.get_value_type(types.voidptr))

    return types.voidptr(address), generate


_pointer: Any = intrinsic(_typed_pointer)
_array: Any = carray


@inlined
def _opened(memory: Array) -> tuple[Any, Any]:
    """Return polygons and cells by what ``OnePoint`` wrote down of them: address and length of each array."""
    polygons = Polygons(
        _array(_pointer(memory[0]), (memory[1], 4), np.float64),
        _array(_pointer(memory[2]), (memory[3],), np.int64),
        _array(_pointer(memory[4]), (memory[5], 4), np.float64),
        _array(_pointer(memory[6]), (memory[7], 4), np.float64),
        _array(_pointer(memory[8]), (memory[9],), np.int64),
        _array(_pointer(memory[10]), (memory[11],), np.int64),
    )
    x0, y0, per_x, per_y, nx, ny, pad = _array(_pointer(memory[24]), (memory[25],), np.float64)
    cells = Cells(
        Lattice(x0, y0, per_x, per_y, int(nx), int(ny), pad),
        _array(_pointer(memory[12]), (memory[13],), np.int32),
        _array(_pointer(memory[14]), (memory[15],), np.int64),
        _array(_pointer(memory[16]), (memory[17],), np.int32),
        _array(_pointer(memory[18]), (memory[19],), np.int32),
        _array(_pointer(memory[20]), (memory[21],), np.int64),
        _array(_pointer(memory[22]), (memory[23],), np.int32),
    )
    return polygons, cells


@inlined
def _readable(x: Real, y: Real) -> tuple[Real, Real]:
    """Return coordinates as arrays of them are read: nan where no place, 0 where too small."""
    if not (abs(x) <= 180.0 and abs(y) <= 90.0):
        return np.nan, np.nan
    return (0.0 if abs(x) < TINY else x), (0.0 if abs(y) < TINY else y)


@kernel
def locate(memory: Array, x: Real, y: Real) -> Integer:
    """Return the row of the first polygon that contains the point, -1 outside."""
    polygons, cells = _opened(memory)
    x, y = _readable(x, y)
    ranks, count = append_owners(polygons, cells, x, y, np.empty(8, np.int64), np.int64(0))
    return polygons.rows[ranks[0]] if count > 0 else np.int64(-1)


@kernel
def around(memory: Array, x: Real, y: Real, radius: Real) -> tuple[Integer, Real, Integer, Any]:
    """Return the first row that contains the point, metres to its boundary, and what else there is.

    That is how many rows contain the point, and these rows and then those within the radius; None
    instead of rows when there is only the first or none at all.
    """
    polygons, cells = _opened(memory)
    x, y = _readable(x, y)
    ranks, owners = append_owners(polygons, cells, x, y, np.empty(8, np.int64), np.int64(0))
    kx, ky = metres_per_degree(y)
    point = (x, y, kx, ky)
    row, edge = np.int64(-1), np.nan
    if owners > 0:
        row = polygons.rows[ranks[0]]
        edge = to_boundary(
            polygons.edges, polygons.first, polygons.blocks, polygons.first_block, ranks[0], point, np.inf
        )
    ranks, count = _append_near(polygons, cells, point, radius, ranks, owners)
    rows = None
    if count > 1 or count > owners:
        rows = np.empty(count, np.int64)
        for i in range(count):
            rows[i] = polygons.rows[ranks[i]]
    return row, edge, owners, rows


@inlined
def _append_near(
    polygons: Polygons,
    cells: Cells,
    point: tuple[Real, Real, Real, Real],
    radius: Real,
    ranks: Array,
    owners: Integer,
) -> tuple[Array, Integer]:
    """Append the polygons within a radius that do not contain the point, by nearness, then rank."""
    lattice, first_near, near = cells.lattice, cells.first_near, cells.near
    x, y, kx, ky = point
    metres, count = np.empty(8, np.float64), owners
    if x != x:
        return ranks, count
    reach_x, reach_y = radius / kx + lattice.pad, radius / ky + lattice.pad
    west, east = column_of(lattice, x - reach_x), column_of(lattice, x + reach_x)
    for row in range(row_of(lattice, y - reach_y), row_of(lattice, y + reach_y) + 1):
        cell = row * lattice.nx
        for j in range(first_near[cell + west], first_near[cell + east + 1]):
            k = np.int64(near[j])
            if to_box2(polygons.boxes, k, point) <= radius * radius and not _among(ranks, owners, k):
                distance = to_boundary(
                    polygons.edges, polygons.first, polygons.blocks, polygons.first_block, k, point, radius
                )
                if distance <= radius:
                    ranks, metres = grown(ranks, count + 1), grown(metres, count + 1)
                    ranks[count], metres[count] = k, distance
                    count += 1
    if count - owners > 1:
        sort_by_metres(metres, ranks, owners, count)
        count = _without_repeated(ranks, owners, count)
    return ranks, count


@inlined
def _among(ranks: Array, count: Integer, k: Integer) -> bool:
    """Tell whether one of the first ranks is k."""
    found = False
    for i in range(count):
        found |= ranks[i] == k
    return found


@inlined
def _without_repeated(ranks: Array, begin: Integer, count: Integer) -> Integer:
    """Drop what several cells have: in order of metres and rank it stands together."""
    kept = begin
    for i in range(begin, count):
        if kept == begin or ranks[i] != ranks[kept - 1]:
            ranks[kept] = ranks[i]
            kept += 1
    return kept
