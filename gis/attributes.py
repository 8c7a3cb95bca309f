"""Columns that no field is for, kept as one JSON object a row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

import numpy as np
import orjson
import pandas as pd

from gis.combinations import joint
from gis.table import Column
from gis.texts import Coded, Texts, concatenated, texts_of
from gis.values import EXACT_DOUBLE, as_text

ATTRIBUTES = "attributes"
_PIECE = 1 << 17
_MOST_TOGETHER = 8


def attributes_of(columns: Mapping[str, Column], count: int) -> Texts:
    """Write the columns of each row as a JSON object; missing values are left out.

    Parameters
    ----------
    columns : mapping of str to Texts or Series
        By name; an ``attributes`` of an earlier export is taken apart.
    count : int
        How many rows there are.
    """
    members = {name: _members_of(column, name) for name, column in columns.items()}
    few = [one for one in members.values() if isinstance(one, Coded)]
    if not members:
        return Coded.constant(None, count)
    if len(few) == len(members) <= _MOST_TOGETHER:
        which, combinations = joint(*few)
        return Coded.spread(which, map(_object, combinations))
    return concatenated([_piece(members.values(), start, count) for start in range(0, max(count, 1), _PIECE)])


def _members_of(column: Column, name: str) -> Texts:
    """Write a column as members of JSON objects."""
    write = _spread if name == ATTRIBUTES else partial(_member, name)
    if isinstance(column, Texts):
        return column.map(lambda text: write(text) or None)
    return texts_of([member or None for member in _members(column, write)])


def _piece(members: Iterable[Texts], start: int, count: int) -> Texts:
    stop = min(start + _PIECE, count)
    return texts_of(map(_object, zip(*(one.slice(start, stop) for one in members), strict=True)))


def _object(members: Iterable[str | None]) -> str | None:
    text = ",".join(filter(None, members))
    return f"{{{text}}}" if text else None


def _members(values: pd.Series[Any], write: Callable[[Any], str]) -> list[str]:
    """Write values as members of JSON objects, once per distinct value."""
    if values.dtype == object:
        known: dict[Any, str] = {}
        return [known.get(v) or known.setdefault(v, write(v)) if _is_plain(v) else write(v) for v in values]
    codes, distinct = pd.factorize(values, use_na_sentinel=True)
    lookup = [*map(write, distinct), ""]
    return [lookup[code] for code in codes]


def _is_plain(value: Any) -> bool:
    """Tell values apart that may share a result from 1, 1.0 and True, which are equal."""
    return isinstance(value, str)


def _member(name: str, value: Any) -> str:
    plain = _plain(value)
    if plain is None:
        return ""
    if isinstance(plain, str):
        plain.encode()  # raises what tells halves of surrogate pairs from other faults
    return f"{orjson.dumps(name).decode()}:{orjson.dumps(plain).decode()}"


def _spread(value: Any) -> str:
    """Take apart the ``attributes`` of an earlier export, so that they do not nest deeper each time."""
    try:
        parsed = orjson.loads(value) if isinstance(value, str) else value
    except orjson.JSONDecodeError:
        parsed = value
    if not isinstance(parsed, dict):
        return _member(ATTRIBUTES, parsed)
    return ",".join(filter(None, (_member(str(name), item) for name, item in parsed.items())))


def _plain(value: Any) -> Any:
    """Make a value fit for JSON: numbers and truth values stay, the rest becomes text."""
    if isinstance(value, str):
        return as_text(value)
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        # JSON readers keep 53 bits; longer numbers are codes and stay whole as text.
        return int(value) if abs(int(value)) <= EXACT_DOUBLE else str(int(value))
    if isinstance(value, (float, np.floating)) and np.isfinite(value):
        number = float(value)
        return int(number) if number.is_integer() and abs(number) <= EXACT_DOUBLE else number
    return value if isinstance(value, (dict, list)) else as_text(value)
