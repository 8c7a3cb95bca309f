"""Give numbers to what many rows share, so that each different thing is looked at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from responsibility.proximity import Rows

Members = tuple[int, ...]


class Lists(NamedTuple):
    """Lists of numbers, one per point: that of point i is ``rows[offsets[i]:offsets[i + 1]]``."""

    offsets: Rows
    rows: Rows

    @property
    def counts(self) -> Rows:
        """How long each list is."""
        return np.diff(self.offsets)

    @property
    def points(self) -> Rows:
        """The point of each entry of ``rows``."""
        return np.repeat(np.arange(len(self.offsets) - 1), self.counts)

    def firsts(self) -> Rows:
        """Return the first number of each list, -1 where it is empty."""
        firsts = np.full(len(self.offsets) - 1, -1, dtype=np.int64)
        some = self.counts > 0
        firsts[some] = self.rows[self.offsets[:-1][some]]
        return firsts

    def kept(self, keep: NDArray[np.bool_]) -> Lists:
        """Return the lists without the entries not to be kept."""
        return lists_of(self.points[keep], self.rows[keep], len(self.offsets) - 1)


def lists_of(points: Rows, rows: Rows, count: int) -> Lists:
    """Make lists of pairs that are in the order of their points."""
    sizes = np.bincount(points, minlength=count)
    return Lists(np.concatenate([[0], np.cumsum(sizes)]), rows)


@dataclass
class Numbering:
    """Numbers for tuples of numbers, from 0 in the order in which they come up; 0 is the empty one."""

    members: list[Members] = field(default_factory=lambda: [()])
    _numbers: dict[Members, int] = field(default_factory=lambda: {(): 0})

    def of(self, members: Members) -> int:
        """Return the number of a tuple."""
        number = self._numbers.setdefault(members, len(self.members))
        if number == len(self.members):
            self.members.append(members)
        return number

    def of_lists(self, lists: Lists) -> Rows:
        """Return the number of each of some lists."""
        numbers = np.zeros(len(lists.offsets) - 1, dtype=np.int64)
        counts = lists.counts
        for length in np.unique(counts[counts > 0]).tolist():
            points = np.flatnonzero(counts == length)
            entries = lists.rows[lists.offsets[points][:, None] + np.arange(length)]
            numbers[points] = self.of_table(entries)
        return numbers

    def of_table(self, entries: Rows) -> Rows:
        """Return the number of each row of a table."""
        which, first = distinct(entries.T)
        different = np.array([self.of(tuple(row)) for row in entries[first].tolist()], dtype=np.int64)
        return different[which] if len(which) else which


def distinct(columns: Iterable[NDArray[np.int64]]) -> tuple[Rows, Rows]:
    """Number the different combinations of columns.

    Parameters
    ----------
    columns : iterable of ndarray of int64, shape (n,)
        At least one.

    Returns
    -------
    which : ndarray of int64, shape (n,)
        Number of each row's combination, from 0.
    first : ndarray of int64
        The first row of each combination.
    """
    which: Rows | None = None
    for column in columns:
        codes, _ = pd.factorize(column)
        if which is not None:
            codes, _ = pd.factorize(which * (int(codes.max(initial=0)) + 1) + codes)
        which = np.asarray(codes, dtype=np.int64)
    assert which is not None
    first = np.empty(int(which.max(initial=-1)) + 1, dtype=np.int64)
    first[which[::-1]] = np.arange(len(which) - 1, -1, -1)
    return which, first
