"""Combinations of texts, or of numbers, that occur in rows: what holds often goes by several columns."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas
from numpy.typing import NDArray

from gis.texts import Rows, Texts

# Up to so many combinations a table of all of them is faster than looking each one up.
_DENSE = 1 << 24
_PIECE = 1 << 18


def joint(*columns: Texts) -> tuple[Rows, list[tuple[str | None, ...]]]:
    """Find the combinations of texts that occur in rows.

    Returns
    -------
    which : ndarray of int
        Number of each row's combination.
    combinations : list of tuple
        The texts of each, one per column.
    """
    coded = [column.coded() for column in columns]
    which, first = alike(*((column.codes, len(column.words)) for column in coded))
    return which, list(zip(*(column.words[column.codes[first]].tolist() for column in coded), strict=True))


def alike(*columns: tuple[NDArray[Any], int]) -> tuple[Rows, Rows]:
    """Number the combinations of numbers that occur in rows.

    Parameters
    ----------
    *columns : tuple of ndarray and int
        A number per row, from 0, and how many numbers there are.

    Returns
    -------
    which : ndarray of int
        Number of each row's combination, in the order in which they come.
    first : ndarray of int
        The first row of each.
    """
    which, first = _numbered(*columns[0])
    for codes, size in columns[1:]:
        # Numbered anew after each column, so that the product never outgrows 64 bits.
        total = max(len(first), 1) * size
        key = which.astype(np.min_scalar_type(total), copy=False) * size
        key += codes.astype(key.dtype, copy=False)
        which, first = _numbered(key, total)
    return which, first


def _numbered(key: NDArray[Any], size: int) -> tuple[NDArray[Any], Rows]:
    """Number the numbers below a size that occur; return the number and first row of each."""
    if size > _DENSE:
        which, values = pandas.factorize(key)
        first = np.zeros(len(values), dtype=np.intp)
        first[which[::-1]] = np.arange(len(key) - 1, -1, -1)
        return which, first
    rows = np.full(size, len(key), dtype=np.int64)
    for start in reversed(range(0, len(key), _PIECE)):
        # Of equal places the last one written stays: the first row, as they are written backwards.
        part = key[start : start + _PIECE][::-1]
        rows[part] = np.arange(start + len(part) - 1, start - 1, -1)
    used = np.flatnonzero(rows < len(key))
    used = used[np.argsort(rows[used])]
    table = np.zeros(size, dtype=np.min_scalar_type(len(used)))
    table[used] = np.arange(len(used))
    return table[key], rows[used]
