"""Give numbers to what many rows share, so that each different thing is looked at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from responsibility.proximity import Rows

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Members = tuple[int, ...]
T = TypeVar("T", bound="DataclassInstance")


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


class Texts:
    """A column of texts, one for each of some numbers from 0: the different texts, and which has which."""

    def __init__(self) -> None:
        self._codes: list[int] = []
        self._of_text: dict[str | None, int] = {None: -1}

    def append(self, text: str | None) -> None:
        """Say the text of the next number."""
        self._codes.append(self._of_text.setdefault(text, len(self._of_text) - 1))

    def column(self, numbers: Rows) -> Any:
        """Return the texts of numbers as a column of codes (pyarrow.DictionaryArray)."""
        texts = list(self._of_text)[1:]
        return coded(np.array(self._codes, dtype=np.int64)[numbers], texts)


def coded(numbers: Rows, texts: Sequence[str | None]) -> Any:
    """Make a column of codes of numbers of texts (pyarrow.DictionaryArray).

    A negative number is a missing text, as is the number of None.
    """
    absent = numbers < 0
    missing = np.array([text is None for text in texts], dtype=bool)
    if missing.any():
        absent |= missing[np.maximum(numbers, 0)]
    codes = pa.array(numbers.astype(np.int32), mask=absent)
    return pa.DictionaryArray.from_arrays(codes, pa.array([text or "" for text in texts], pa.string()))


def joined(parts: Sequence[T]) -> T:
    """Put records of arrays behind each other; of what is no array the first is kept."""
    first = parts[0]
    values = {one.name: [getattr(part, one.name) for part in parts] for one in fields(first)}
    return replace(first, **{name: _joined(several) for name, several in values.items()})


def _joined(several: list[Any]) -> Any:
    first = several[0]
    if isinstance(first, np.ndarray):
        return np.concatenate(several)
    if isinstance(first, list) and all(isinstance(one, np.ndarray) for one in first):
        return [np.concatenate(columns) for columns in zip(*several, strict=True)]
    return first


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
