"""Find the table in a sheet: the row of headings by content, the rows of data below it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import pandas

from gis.errors import DataRefused
from gis.layer import ROW
from gis.mapping import Field
from gis.sheet import Sheet
from gis.text import t

Cells = Sequence[str | None]

_SEARCHED_ROWS = 30


def tables_of(sheets: Sequence[Sheet], fields: Sequence[Field]) -> list[tuple[str, pandas.DataFrame]]:
    """Return the tables in some sheets with the names of their sheets.

    Raises
    ------
    DataRefused
        No sheet has a row with the headings of the fields.
    """
    found = [(sheet, table_of(sheet, fields)) for sheet in sheets]
    tables = [(f"{sheet.path}/{sheet.name}", table) for sheet, table in found if table is not None]
    if not tables:
        raise DataRefused(
            t("No sheet has a row of headings"),
            field="headings",
            value=", ".join(sheet.name for sheet in sheets),
            expected=", ".join((field.aliases or (field.name,))[0] for field in fields),
        )
    return tables


def heading_row(sheet: Sheet, fields: Sequence[Field]) -> int | None:
    """Return the position of the row of headings.

    It is the first of the rows that hold most of the known headings, at least two; titles above it, and a
    row of merged group headings, hold fewer.
    """
    scores = [len(_columns(row, fields)) for row in sheet.rows[:_SEARCHED_ROWS]]
    best = max(scores, default=0)
    return scores.index(best) if best >= 2 else None


def table_of(sheet: Sheet, fields: Sequence[Field]) -> pandas.DataFrame | None:
    """Return the data of a sheet under its headings.

    Parameters
    ----------
    sheet : Sheet
        Merged blocks hold their value in every cell.
    fields : sequence of Field
        Whose headings are looked for.

    Returns
    -------
    DataFrame or None
        Text columns under the headings as written, and ``_row``, the row of the sheet. Empty rows, repeated
        headings and rows that are one merged cell (titles, notes) are left out. None when there are
        no headings.
    """
    at = heading_row(sheet, fields)
    if at is None:
        return None
    headings = unique_headings(
        [
            _without_stage(cell, fields) if cell else f"column {number}"
            for number, cell in enumerate(sheet.rows[at], start=1)
        ]
    )
    rows = [
        [*row, number]
        for number, row in enumerate(sheet.rows[at + 1 :], start=at + 2)
        if not _is_no_data(row, sheet.rows[at])
    ]
    return pandas.DataFrame(rows, columns=[*headings, ROW], dtype=object).astype({ROW: int})


def _columns(row: Cells, fields: Sequence[Field]) -> set[str]:
    """Return the names of the fields whose headings a row holds."""
    cells = {plain_heading(_without_stage(cell, fields)) for cell in row if cell}
    return {field.name for field in fields if cells & _headings([field])}


def _headings(fields: Sequence[Field]) -> set[str]:
    """Return all headings of some fields, in the form in which they are compared."""
    return {plain_heading(heading) for field in fields for heading in (field.name, *field.aliases)}


def _without_stage(heading: str, fields: Sequence[Field]) -> str:
    """Cut the stage of the procedure off a heading: 核查结案阶段：结案标准 is 结案标准."""
    last = re.split("[:：]", heading)[-1].strip()
    return last if plain_heading(last) in _headings(fields) else heading


def plain_heading(text: str) -> str:
    """Bring a heading to the form in which headings are compared: width, blanks and case aside."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def _is_no_data(row: Cells, headings: Cells) -> bool:
    values = [cell for cell in row if cell is not None]
    repeated = sum(cell is not None and cell == heading for cell, heading in zip(row, headings, strict=True))
    title = len(row) > 2 and len(values) == len(row) and len(set(values)) == 1
    return not values or repeated >= 2 or title


def unique_headings(headings: Sequence[str]) -> list[str]:
    """Tell apart headings that occur twice: the second 备注 is ``备注 (2)``."""
    seen: dict[str, int] = {}
    result = []
    for heading in headings:
        seen[heading] = seen.get(heading, 0) + 1
        result.append(heading if seen[heading] == 1 else f"{heading} ({seen[heading]})")
    return result
