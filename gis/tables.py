"""Read tables (``.xlsx``, ``.csv``) as rows of text, with merged cells known."""

from __future__ import annotations

from pathlib import Path

from gis.csv_table import read_csv
from gis.errors import FileProblem, UsageError
from gis.sheet import MOST_CELLS, Merge, Sheet, too_many_cells
from gis.text import t
from gis.workbook import read_workbook

__all__ = ["Merge", "Sheet", "read_table"]


def read_table(
    path: Path, *, encoding: str | None = None, dataset: str = "", shown: str | None = None
) -> list[Sheet]:
    """Read every sheet of a table that has a cell filled in.

    Parameters
    ----------
    path : pathlib.Path
        ``.xlsx``, ``.xlsm``, ``.csv`` or ``.tsv``.
    encoding : str, optional
        Encoding of a CSV as a person declared it (``--encoding``).
    dataset : str
        Name put into findings.
    shown : str, optional
        The file as shown to people; its name by default.

    Returns
    -------
    list of Sheet
        At least one. Hidden sheets are left out, hidden rows are not.

    Raises
    ------
    UsageError
        The file does not exist or is of another kind.
    FileProblem
        F01 damaged, F02 encoding undecided, F06 nothing in it, F07 a bomb, or too many cells.
    """
    shown = shown or path.name
    if not path.is_file():
        raise UsageError(t("There is no {path}", path=path), field="PATH", value=str(path))
    suffix = path.suffix.lower()
    if suffix in (".xlsx", ".xlsm"):
        sheets = read_workbook(path, shown, dataset)
    elif suffix in (".csv", ".tsv"):
        sheets = [read_csv(path, shown, encoding, dataset)]
    else:
        raise UsageError(
            t("{path} is no table", path=shown), field="PATH", value=shown, expected=t(".xlsx or .csv")
        )
    filled = [sheet for sheet in map(_trimmed, sheets) if sheet.rows]
    if not filled:
        raise FileProblem(t("{path} is empty", path=shown), code="F06", value=shown)
    return filled


def _trimmed(sheet: Sheet) -> Sheet:
    """Cut off empty rows and columns at the end, and make all rows equally long."""
    width = height = 0
    for position, row in enumerate(sheet.rows):
        for column in range(len(row) - 1, -1, -1):
            if row[column] is not None:
                width, height = max(width, column + 1), position + 1
                break
    if height * width > MOST_CELLS:
        raise too_many_cells(sheet, height * width)
    sheet.rows = [(row + [None] * width)[:width] for row in sheet.rows[:height]]
    return sheet
