"""Questions that differ in their coordinates only, and the identifiers of their answers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import orjson
import pandas as pd
from numpy.typing import NDArray

from gis.errors import UsageError
from responsibility.compose import identified
from responsibility.model import Basis, Question
from responsibility.numbering import distinct
from responsibility.preparing import Asked
from responsibility.proximity import Floats, Rows

_SPLIT = b'"lat":0.0,"lon":0.0'


@dataclass(frozen=True)
class Variant:
    """What some rows ask, wherever they are.

    Attributes
    ----------
    asked : Asked or None
        The question at longitude and latitude 0; None when it cannot be understood.
    before, after : bytes
        What the identifier of an answer is hashed from, up to the latitude and from behind the longitude.
    """

    asked: Asked | None
    before: bytes = b""
    after: bytes = b""


def variants(
    count: int,
    values: Mapping[str, Sequence[str | None]],
    make: Callable[[Mapping[str, str | None]], Question],
    complete: Callable[[Question], Asked],
    basis: Basis,
) -> tuple[list[Variant], Rows]:
    """Find what differs between rows besides the coordinates.

    Parameters
    ----------
    count : int
        Rows.
    values : mapping of str to sequence of (str or None)
        Columns of what differs.
    make, complete : callable
        Make a question of a row's values, and fill in its defaults; either may raise UsageError.
    basis : Basis
        What the answers rest on.

    Returns
    -------
    list of Variant
        The different questions.
    ndarray of int64, shape (count,)
        Which of them each row asks.
    """
    if not values:
        return [_variant({}, make, complete, basis)], np.zeros(count, dtype=np.int64)
    coded = [pd.factorize(np.asarray(column, dtype=object)) for column in values.values()]
    which, first = distinct(codes.astype(np.int64) for codes, _ in coded)
    rows = [{name: column[row] for name, column in values.items()} for row in first.tolist()]
    return [_variant(row, make, complete, basis) for row in rows], which


def _variant(
    row: Mapping[str, str | None],
    make: Callable[[Mapping[str, str | None]], Question],
    complete: Callable[[Question], Asked],
    basis: Basis,
) -> Variant:
    try:
        asked = complete(replace(make(row), lon=0.0, lat=0.0))
    except UsageError:
        return Variant(None)
    before, _, after = identified(asked, basis).rpartition(_SPLIT)
    return Variant(asked, before + b'"lat":', after)


def answer_ids(kinds: Sequence[Variant], which: Rows, x: Floats, y: Floats) -> NDArray[np.bytes_]:
    """Return the identifiers of answers, as :func:`responsibility.compose.answer_id` derives them.

    Parameters
    ----------
    kinds : sequence of Variant
        The different questions.
    which : ndarray of int64, shape (n,)
        Which of them each row asks.
    x, y : ndarray of float, shape (n,)
        The coordinates as they were given.

    Returns
    -------
    ndarray of bytes, shape (n,)
        32 hexadecimal digits each.
    """
    copies = [hashlib.sha256(kind.before).copy for kind in kinds]
    rests = [kind.after for kind in kinds]
    digests = []
    for kind, text in zip(which.tolist(), _texts(x, y), strict=True):
        state = copies[kind]()
        state.update(text + rests[kind])
        digests.append(state.digest()[:16])
    return np.frombuffer(b"".join(digests).hex().encode("ascii"), dtype="S32")


def _texts(x: Floats, y: Floats) -> list[bytes]:
    """Write coordinates down as JSON does, latitude first."""
    if not len(x):
        return []
    table: Any = np.ascontiguousarray(np.column_stack((y, x)))
    text = orjson.dumps(table, option=orjson.OPT_SERIALIZE_NUMPY)[2:-2].replace(b"],[", b"\n")
    return text.replace(b",", b',"lon":').split(b"\n")
