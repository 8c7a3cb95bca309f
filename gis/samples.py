"""Show a few rows of a layer as they were read, for people to see whether text and places are right."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from math import isnan
from typing import TypeAlias

import pandas as pd

from gis.sheet import Sheet
from gis.table import Table
from gis.text import Text, t
from gis.texts import Texts

ROWS = 3
_VALUES = 6
_LONGEST = 24
# Rows with text outside ASCII tell most; looking at more of them tells no more.
_SEARCHED = 2_000
_OUTSIDE_ASCII = re.compile(r"[^\x00-\x7f]")

_Row: TypeAlias = tuple[int, list[tuple[str, object]]]


def sample_rows(table: Table) -> Text | None:
    """Show the first rows of a table that tell something of its encoding.

    Parameters
    ----------
    table : Table
        Its places are left out.

    Returns
    -------
    Text or None
        At most :data:`ROWS` rows, in the order of the file: rather those with text outside ASCII.
    """
    count = min(len(table), _SEARCHED)
    columns = [
        column.slice(0, count) if isinstance(column, Texts) else column.head(count)
        for column in table.columns.values()
    ]
    values = zip(*columns, strict=True) if columns else [()] * count
    cells: list[_Row] = [
        (int(row), list(zip(table.columns, value, strict=True)))
        for row, value in zip(table.rows[:count], values, strict=True)
    ]
    return _shown(cells)


def sample_sheet(sheet: Sheet) -> Text | None:
    """Show the first rows of a sheet that tell something of its encoding, its headings among them."""
    cells: list[_Row] = [
        (number + 1, [("", value) for value in row]) for number, row in enumerate(sheet.rows[:_SEARCHED])
    ]
    return _shown(cells)


def _shown(rows: Sequence[_Row]) -> Text | None:
    telling = [row for row in rows if any(_tells(value) for _, value in row[1])]
    chosen = dict([*telling[:ROWS], *(row for row in rows[:ROWS] if row not in telling[:ROWS])][:ROWS])
    shown: Text | None = None
    for number in sorted(chosen):
        values = ", ".join(_values(chosen[number]))
        if values:
            row = t("row {row}: {values}", row=number, values=values)
            shown = row if shown is None else t("{first}; {second}", first=shown, second=row)
    return shown


def _values(cells: Sequence[tuple[str, object]]) -> Iterator[str]:
    """Write the values of a row that tell most, in the order of the columns."""
    filled = [(name, value) for name, value in cells if not _is_missing(value)]
    ranked = sorted(range(len(filled)), key=lambda at: not _tells(filled[at][1]))[:_VALUES]
    for at in sorted(ranked):
        name, value = filled[at]
        text = "".join(c if c.isprintable() else "\ufffd" for c in str(value))
        cut = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
        yield f"{name}={cut}" if name else cut


def _tells(value: object) -> bool:
    return isinstance(value, str) and _OUTSIDE_ASCII.search(value) is not None


def _is_missing(value: object) -> bool:
    return value is None or value is pd.NA or value == "" or (isinstance(value, float) and isnan(value))
