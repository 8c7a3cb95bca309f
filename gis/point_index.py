"""Find the points near a place, each of which reaches as far as is said of it.

The points lie in the cells of a regular grid, some in each. A question looks through the cells that its
circle meets: for one question this costs a microsecond or two, for many they are asked in one go.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gis._coverage_jit import Array, Integer, Lattice, Real, column_of, inlined, kernel, row_of
from gis.degrees import metres_per_degree

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

# Change when a module does whose functions are compiled into these kernels: numba keeps compiled
# code by the text of this file alone. A test compares it.
INLINED = "eb51321ef6320388"
POINTS_PER_CELL = 2.0
# Rounding moves an edge of the square around a circle by less than this, in degrees.
_PAD = 1e-9


class PointIndex:
    """Points with a reach of their own; immutable, may be shared by threads.

    Parameters
    ----------
    x, y : ndarray of float, shape (n,)
        Longitude and latitude in degrees, finite.
    reach_m : ndarray of float, shape (n,)
        How far each point reaches, in metres.
    """

    def __init__(self, x: Floats, y: Floats, reach_m: Floats) -> None:
        self._lattice = _lattice_of(x, y)
        cells = _cells_of(self._lattice, x, y)
        order = np.argsort(cells, kind="stable")
        ends = np.cumsum(np.bincount(cells, minlength=self._lattice.nx * self._lattice.ny))
        self._first = np.concatenate([[0], ends]).astype(np.int64)
        self._rows = order.astype(np.int64)
        self._table = np.ascontiguousarray(np.column_stack((x, y, reach_m))[order], dtype=np.float64)
        self._most = float(reach_m.max(initial=0.0))

    def __len__(self) -> int:
        return len(self._rows)

    def near_one(self, lon: float, lat: float, radius_m: float) -> list[tuple[int, float]]:
        """Return the points of which a place is not farther than its radius and their reach together.

        Parameters
        ----------
        lon, lat : float
            The place, in degrees.
        radius_m : float
            Metres.

        Returns
        -------
        list of (int, float)
            Positions of points and their distances in metres, rounded to centimetres; nearest first, then
            by position.
        """
        if not len(self._rows):
            return []
        rows, metres = _near_one(self._index, lon, lat, radius_m)
        return [] if rows is None else list(zip(rows.tolist(), metres.tolist(), strict=True))

    def near(self, lon: Floats, lat: Floats, radius_m: Floats) -> tuple[Integers, Integers, Floats]:
        """Return :meth:`near_one` of many places: positions of places and points, and metres."""
        if not len(self._rows):
            return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0)
        found: tuple[Integers, Integers, Floats] = _near_many(self._index, lon, lat, radius_m)
        return found

    def first(self, lon: Floats, lat: Floats, radius_m: Floats) -> tuple[Integers, Floats]:
        """Return the first of :meth:`near_one` of many places; -1 and NaN where there is none."""
        if not len(self._rows):
            return np.full(len(lon), -1, dtype=np.int64), np.full(len(lon), np.nan)
        found: tuple[Integers, Floats] = _first_of_many(self._index, lon, lat, radius_m)
        return found

    @property
    def _index(self) -> tuple[Any, ...]:
        return self._lattice, self._first, self._rows, self._table, self._most


def _lattice_of(x: Floats, y: Floats) -> Lattice:
    """Divide the rectangle of the points into cells that hold some each."""
    if not len(x):
        return Lattice(0.0, 0.0, 0.0, 0.0, 1, 1, _PAD)
    west, south, east, north = float(x.min()), float(y.min()), float(x.max()), float(y.max())
    width, height = max(east - west, _PAD), max(north - south, _PAD)
    wanted = max(1.0, len(x) / POINTS_PER_CELL)
    nx = int(min(max(1.0, math.sqrt(wanted * width / height)), wanted))
    ny = int(min(max(1.0, wanted / nx), wanted))
    return Lattice(west, south, nx / width, ny / height, nx, ny, _PAD)


@kernel
def _cells_of(lattice: Lattice, x: Array, y: Array) -> Array:
    cells = np.empty(len(x), np.int64)
    for i in range(len(x)):
        cells[i] = row_of(lattice, y[i]) * lattice.nx + column_of(lattice, x[i])
    return cells


@kernel
def _near_one(index: Any, lon: Real, lat: Real, radius: Real) -> tuple[Any, Any]:
    rows, metres = np.empty(8, np.int64), np.empty(8, np.float64)
    rows, metres, count = _append(index, lon, lat, radius, rows, metres, np.int64(0))
    if count == 0:
        return None, None
    return rows[:count], metres[:count]


@kernel
def _near_many(index: Any, lon: Array, lat: Array, radius: Array) -> tuple[Array, Array, Array]:
    rows, metres = np.empty(len(lon) + 8, np.int64), np.empty(len(lon) + 8, np.float64)
    counts = np.empty(len(lon), np.int64)
    count = np.int64(0)
    for i in range(len(lon)):
        begin = count
        rows, metres, count = _append(index, lon[i], lat[i], radius[i], rows, metres, count)
        counts[i] = count - begin
    return np.repeat(np.arange(len(lon)), counts), rows[:count], metres[:count]


@kernel
def _first_of_many(index: Any, lon: Array, lat: Array, radius: Array) -> tuple[Array, Array]:
    found, distance = np.full(len(lon), -1, np.int64), np.full(len(lon), np.nan)
    rows, metres = np.empty(8, np.int64), np.empty(8, np.float64)
    for i in range(len(lon)):
        rows, metres, count = _append(index, lon[i], lat[i], radius[i], rows, metres, np.int64(0))
        if count > 0:
            found[i], distance[i] = rows[0], metres[0]
    return found, distance


@inlined
def _append(
    index: Any, lon: Real, lat: Real, radius: Real, rows: Array, metres: Array, begin: Integer
) -> tuple[Array, Array, Integer]:
    """Append what is near one place, in order."""
    lattice, first, of_cell, table, most = index
    kx, ky = metres_per_degree(lat)
    reach_x, reach_y = (radius + most) / kx + lattice.pad, (radius + most) / ky + lattice.pad
    west, east = column_of(lattice, lon - reach_x), column_of(lattice, lon + reach_x)
    count = begin
    for row in range(row_of(lattice, lat - reach_y), row_of(lattice, lat + reach_y) + 1):
        cell = row * lattice.nx
        for i in range(first[cell + west], first[cell + east + 1]):
            across, up = (table[i, 0] - lon) * kx, (table[i, 1] - lat) * ky
            distance = math.sqrt(across * across + up * up)
            if distance <= radius + table[i, 2]:
                if count == len(rows):
                    rows, metres = _doubled(rows), _doubled(metres)
                _insert(rows, metres, begin, count, of_cell[i], np.rint(distance * 100.0) / 100.0)
                count += 1
    return rows, metres, count


@inlined
def _doubled(array: Array) -> Array:
    longer = np.empty(2 * len(array), array.dtype)
    for i in range(len(array)):
        longer[i] = array[i]
    return longer


@inlined
def _insert(rows: Array, metres: Array, begin: Integer, end: Integer, row: Integer, distance: Real) -> None:
    """Put a point where it belongs among those of its place."""
    at = end
    while at > begin and (metres[at - 1] > distance or (metres[at - 1] == distance and rows[at - 1] > row)):
        rows[at], metres[at] = rows[at - 1], metres[at - 1]
        at -= 1
    rows[at], metres[at] = row, distance
