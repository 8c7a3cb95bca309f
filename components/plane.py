"""Positions in rough metres, for finding what is close together or far away."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.compact_staging import CompactStaging, Rows
from gis.places import Coordinates
from gis.text import Text, t

METRES_PER_DEGREE = 111_320.0
"""Length of a degree of latitude, to half a percent."""

__all__ = [
    "METRES_PER_DEGREE",
    "Floats",
    "Rows",
    "cells_of",
    "close_pairs",
    "crowded_rows",
    "first_named",
    "rough_metres",
    "shown_places",
    "usable",
]

Floats = NDArray[np.float64]

_AT_A_TIME = 500_000
_SAMPLE = 10_000


def rough_metres(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Put longitude and latitude (degrees, EPSG:4490) into metres east and north.

    The scale is that of the middle latitude: right to a percent within one degree of it, which is enough
    for thresholds and not for surveying.
    """
    middle = np.median(lat) if len(lat) else 0.0
    return lon * METRES_PER_DEGREE * np.cos(np.radians(middle)), lat * METRES_PER_DEGREE


def cells_of(x: Floats, y: Floats, size: float) -> NDArray[np.int64]:
    """Number the squares of a size (metres) that positions lie in; equal numbers are one square."""
    east, north = np.floor(x / size).astype(np.int64), np.floor(y / size).astype(np.int64)
    return (east << 32) + north


def close_pairs(x: Floats, y: Floats, reach: float) -> tuple[Rows, Rows]:
    """Find all pairs of positions that are no farther apart than a reach (metres).

    The time grows with the number of positions, as long as no place holds very many of them.

    Returns
    -------
    earlier, later : ndarray of int
        Positions in ``x`` of each pair, in order.
    """
    found = [np.zeros(0, dtype=np.int64)]
    for east, north in ((0.0, 0.0), (0.0, reach), (reach, 0.0), (reach, reach)):
        # Whatever is within reach shares a square of twice the size in one of these four grids.
        cells = cells_of(x + east, y + north, 2 * reach)
        found += _pairs_in_cells(x, y, cells, reach)
    earlier, later = np.divmod(np.unique(np.concatenate(found)), max(len(x), 1))
    return earlier.astype(np.intp), later.astype(np.intp)


def _pairs_in_cells(x: Floats, y: Floats, cells: NDArray[np.int64], reach: float) -> list[NDArray[np.int64]]:
    """Return the pairs within squares, each as one number."""
    order = np.argsort(cells, kind="stable")
    ordered, first, step = cells[order], np.arange(len(cells)), 1
    found: list[NDArray[np.int64]] = []
    while True:
        first = first[first + step < len(cells)]
        first = first[ordered[first] == ordered[first + step]]
        if not len(first):
            return found
        one, other = order[first], order[first + step]
        close = np.hypot(x[one] - x[other], y[one] - y[other]) <= reach
        one, other = one[close], other[close]
        found.append(np.minimum(one, other).astype(np.int64) * len(cells) + np.maximum(one, other))
        step += 1


def crowded_rows(x: Floats, y: Floats, reach: float) -> Rows:
    """Find the positions that may have another one within reach (metres): all that do, and a few more."""
    near = np.zeros(len(x), dtype=bool)
    for rows in _bands(y, reach):
        near[rows[_crowded(x[rows], y[rows], reach)]] = True
    return np.flatnonzero(near)


def _bands(y: Floats, reach: float) -> Iterator[Rows]:
    """Cut positions into bands that overlap by a reach, so that little memory is needed at a time."""
    count = max(1, len(y) // _AT_A_TIME)
    if count == 1:
        yield np.arange(len(y))
        return
    edges = np.quantile(y[:: max(1, len(y) // _SAMPLE)], np.linspace(0, 1, count + 1))
    edges[0], edges[-1] = -np.inf, np.inf
    for low, high in pairwise(edges):
        yield np.flatnonzero((y >= low - reach) & (y <= high + reach))


def _crowded(x: Floats, y: Floats, reach: float) -> NDArray[np.bool_]:
    near = np.zeros(len(x), dtype=bool)
    for east, north in ((0.0, 0.0), (0.0, reach), (reach, 0.0), (reach, reach)):
        cells = cells_of(x + east, y + north, 2 * reach)
        order = np.argsort(cells)
        same = np.flatnonzero(np.diff(cells[order]) == 0)
        near[order[same]] = near[order[same + 1]] = True
    return near


def usable(staging: CompactStaging, points: Coordinates) -> Rows:
    """Return the rows that have a position and are not refused."""
    return np.flatnonzero(~np.isnan(points[:, 0]) & ~staging.refused)


def first_named(staging: CompactStaging, rows: Rows, most: int = 3) -> Text | str:
    """Name the first few of some rows for people."""
    named: Text | str = staging.name_of(rows[0])
    for at in rows[1:most]:
        named = t("{some}, {other}", some=named, other=staging.name_of(at))
    return t("{some} …", some=named) if len(rows) > most else named


def shown_places(points: Coordinates, rows: Rows, most: int = 50) -> shapely.MultiPoint:
    """Return the first few positions of some rows for a map."""
    return shapely.MultiPoint(points[rows[:most]])
