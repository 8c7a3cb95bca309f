"""Numbers of texts: equal texts have one number, which takes no room for the texts themselves."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from geocoding.numerals import chinese_number
from gis.texts import Plain, Rows, Texts

Numbers = NDArray[np.int64]
_PIECE = 1 << 18
_DIGITS = re.compile(r"\d+")
_NUMERAL = re.compile(r"[零〇一二两三四五六七八九十百千]+")


def numbers_of(texts: Texts) -> tuple[Numbers, int]:
    """Number the texts of a column.

    Returns
    -------
    numbers : ndarray of int
        One per row, 0 where there is no text.
    size : int
        How many numbers there may be.
    """
    if isinstance(texts, Plain):
        encoded = texts.array.dictionary_encode()
        indices = pc.fill_null(pc.add(encoded.indices.cast(pa.int64()), 1), 0)
        return np.asarray(indices.to_numpy(zero_copy_only=False)), len(encoded.dictionary) + 1
    coded = texts.coded()
    return coded.codes.astype(np.int64), len(coded.words)


def arrow_of(texts: Texts) -> pa.LargeStringArray:
    """Return a column as an Arrow array."""
    if isinstance(texts, Plain):
        return texts.array
    coded = texts.coded()
    return pa.array(coded.words, pa.large_string()).take(pa.array(coded.codes))


def repeats(numbers: NDArray[Any], usable: NDArray[np.bool_]) -> tuple[Rows, Rows]:
    """Find rows whose number an earlier row has.

    Parameters
    ----------
    numbers : ndarray of int
        One per row.
    usable : ndarray of bool
        Rows that are compared.

    Returns
    -------
    later, first : ndarray of int
        Positions, later ones in order, and the first row with the number of each.
    """
    rows = np.flatnonzero(usable)
    order = rows[np.argsort(numbers[rows], kind="stable")]
    if not len(order):
        return order, order
    starts = np.concatenate([[True], np.diff(numbers[order]) != 0])
    first = order[np.maximum.accumulate(np.where(starts, np.arange(len(order)), 0))]
    later, first = order[~starts], first[~starts]
    back = np.argsort(later)
    return later[back], first[back]


def per_text(texts: Texts, measure: Callable[[str], int]) -> Numbers:
    """Return what a function says of each text, -1 where there is none."""
    if isinstance(texts, Plain):
        parts = [
            np.array(
                [-1 if text is None else measure(text) for text in texts.slice(at, at + _PIECE)], np.int64
            )
            for at in range(0, len(texts), _PIECE)
        ]
        return np.concatenate([np.zeros(0, np.int64), *parts])
    coded = texts.coded()
    table = np.array([-1, *(measure(word) for word in coded.words[1:])], np.int64)
    return np.asarray(table[coded.codes])


@lru_cache(maxsize=1 << 16)
def plate_number(text: str) -> int:
    """Return the first number of a plate, -1 without one: 12 of ``12-14号``, ``十二号`` and ``１２A``."""
    found = _DIGITS.search(plate_text(text))
    return int(found[0]) if found and len(found[0]) < 8 else -1


@lru_cache(maxsize=1 << 16)
def plate_text(text: str) -> str:
    """Return a plate as plates are compared: half width, digits for Chinese numerals, without 号 at its end.

    Examples
    --------
    >>> plate_text("一百二十号"), plate_text("１２ 号"), plate_text("八号院附二号"), plate_text("甲3")
    ('120', '12', '8号院附2', '甲3')
    """
    bare = plain(text).replace("號", "号").rstrip("号")
    return _NUMERAL.sub(lambda found: chinese_number(found[0]) or found[0], bare)


def plain(text: str) -> str:
    """Return a text without what spelling varies in: width (NFKC) and blanks."""
    return "".join(unicodedata.normalize("NFKC", text).split())
