"""Which rows lie in a box, from memory: their numbers alone, in no time.

A page of a box has its rows in the order of their ``fid``, so the database looks at everything the box
holds to find the few that come first. Here that is a look at some arrays; the database is then asked for
those rows and no others. Boxes of rows are kept in single precision: none is ever missed, a few are found
that lie beside the box.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from gis.gpkg_rtree import tile_order
from layers.reference_systems import Bounds

Fids = NDArray[np.int64]
Boxes = NDArray[np.float32]
"""Of shape (n, 4): minx, maxx, miny, maxy of EPSG:4490, longitude before latitude."""

#: Rows of a leaf, and leaves of a branch.
LEAF = 64

#: Rows near a box above which the database is asked after all: a box that holds so many is a good part of
#: a city, whose rows come quickly when the table is walked through.
MOST = 100_000

_FIRST = np.iinfo(np.int64).min

_Kind = TypeVar("_Kind", bound=np.generic)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a table was like: it has not changed since while both numbers are the same.

    A row that is added gets a ``fid`` above all others, and one that is changed or removed, by whatever
    program, is copied to the history first.

    Attributes
    ----------
    live, history : int
        Highest ``fid`` of the live table and of its history, 0 when empty.
    """

    live: int
    history: int


@dataclass(frozen=True, slots=True)
class BoxIndex:
    """The boxes of all rows of a table at one moment, and of those that changed since they were sorted.

    Attributes
    ----------
    stamp : Stamp
        The moment.
    base : Stamp
        When the boxes were sorted.
    packed : Packed
        Sorted by place. What changed since is in it as it was, also what was removed.
    fids, boxes : ndarray of shape (m,) and (m, 4)
        What was added or changed since.
    """

    stamp: Stamp
    base: Stamp
    packed: Packed
    fids: Fids = field(default_factory=lambda: np.empty(0, np.int64))
    boxes: Boxes = field(default_factory=lambda: np.empty((0, 4), np.float32))

    def find(self, sides: Bounds, *, after: int | None, most: int) -> list[int] | None:
        """Return the rows that may touch a box; some may be there no more.

        Parameters
        ----------
        sides : Bounds
            minx, miny, maxx, maxy in degrees, EPSG:4490.
        after : int or None
            Only those above this ``fid``.
        most : int
            How many at most: those that come first.

        Returns
        -------
        list of int or None
            In order; ``None`` when the box holds more than :data:`MOST`.
        """
        low = np.array([sides[0], sides[1]], np.float32)
        high = np.array([sides[2], sides[3]], np.float32)
        for _ulp in range(2):
            low, high = np.nextafter(low, np.float32(-np.inf)), np.nextafter(high, np.float32(np.inf))
        window = (*low, *high)
        found = self.packed.find(window)
        if found is None:
            return None
        if len(self.fids):
            changed = self.fids[_touch(window, *self.boxes.T)]
            found = np.unique(np.concatenate([found, changed]))
        found = found[found > (_FIRST if after is None else after)]
        if len(found) > most:
            found = np.partition(found, most - 1)[:most]
        found.sort()
        numbers: list[int] = found.tolist()
        return numbers

    def with_changes(self, stamp: Stamp, fids: Fids, boxes: Boxes) -> BoxIndex:
        """Return the index of a later moment.

        Parameters
        ----------
        stamp : Stamp
            The moment.
        fids, boxes : ndarray
            Rows that were added or changed since this one's.
        """
        return BoxIndex(
            stamp,
            self.base,
            self.packed,
            np.concatenate([self.fids, fids]),
            np.concatenate([self.boxes, boxes]),
        )


class Packed:
    """Boxes in a tree of two levels: leaves of :data:`LEAF` neighbours, branches of as many leaves.

    Parameters
    ----------
    fids : ndarray of int64, shape (n,)
        Rows.
    boxes : ndarray of float32, shape (n, 4)
        Where they are.
    """

    def __init__(self, fids: Fids, boxes: Boxes) -> None:
        order = tile_order(boxes, LEAF)
        sorted_boxes = boxes[order]
        self._fids = _in_leaves(_narrow(fids[order]), 0)
        del order
        self._rows = _sides_in_leaves(sorted_boxes)
        self._leaves = _sides_in_leaves(_around(sorted_boxes))
        self._branches = _around(_around(sorted_boxes)).T.copy()

    def __len__(self) -> int:
        return int((~np.isnan(self._rows[0])).sum())

    @property
    def nbytes(self) -> int:
        """Memory it takes."""
        unique = {id(part): part.nbytes for part in (self._fids, *self._rows, *self._leaves, self._branches)}
        return sum(unique.values())

    def find(self, window: tuple[np.float32, ...]) -> Fids | None:
        """Return the rows whose boxes touch a window, in no order; ``None`` for more than :data:`MOST`."""
        branches = np.flatnonzero(_touch(window, *self._branches))
        touched = _touch(window, *(side[branches] for side in self._leaves))
        if LEAF * np.count_nonzero(touched) > MOST:
            return None
        leaves = (branches[:, None] * LEAF + np.arange(LEAF))[touched]
        minx, maxx, miny, maxy = self._rows
        x, y = minx[leaves], miny[leaves]
        right, top = x if maxx is minx else maxx[leaves], y if maxy is miny else maxy[leaves]
        found: NDArray[np.integer] = self._fids[leaves][_touch(window, x, right, y, top)]
        return found.astype(np.int64)


def _narrow(fids: Fids) -> NDArray[np.integer]:
    """Return numbers in half the room when all are small enough."""
    small = not len(fids) or bool(fids.min() >= 0 and fids.max() < 2**32)
    return fids.astype(np.uint32) if small else fids


def _touch(
    window: tuple[np.float32, ...],
    minx: NDArray[np.float32],
    maxx: NDArray[np.float32],
    miny: NDArray[np.float32],
    maxy: NDArray[np.float32],
) -> NDArray[np.bool_]:
    left, bottom, right, top = window
    touched: NDArray[np.bool_] = (maxx >= left) & (minx <= right) & (maxy >= bottom) & (miny <= top)
    return touched


def _around(boxes: Boxes) -> Boxes:
    """Return the boxes around each :data:`LEAF` boxes."""
    if not len(boxes):
        return boxes
    starts = np.arange(0, len(boxes), LEAF)
    low, high = np.minimum.reduceat(boxes, starts), np.maximum.reduceat(boxes, starts)
    return np.stack([low[:, 0], high[:, 1], low[:, 2], high[:, 3]], axis=1)


def _sides_in_leaves(boxes: Boxes) -> tuple[NDArray[np.float32], ...]:
    """Return minx, maxx, miny, maxy, each by leaf; of points the two are one array."""
    minx, maxx, miny, maxy = boxes.T
    if (maxx <= _next(minx)).all() and (maxy <= _next(miny)).all():
        x, y = _in_leaves(minx, np.nan), _in_leaves(miny, np.nan)
        return x, x, y, y
    return tuple(_in_leaves(side, np.nan) for side in (minx, maxx, miny, maxy))


def _next(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.nextafter(values, np.float32(np.inf))


def _in_leaves(values: NDArray[_Kind], filler: float) -> NDArray[_Kind]:
    """Cut values into leaves, the last one filled up."""
    filled = np.full(-(-len(values) // LEAF) * LEAF, filler, values.dtype)
    filled[: len(values)] = values
    return filled.reshape(-1, LEAF)
