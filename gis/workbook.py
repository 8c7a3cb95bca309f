"""Read ``.xlsx`` workbooks as what people see in them: text, with codes as they are displayed."""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter

from gis.errors import FileProblem
from gis.findings import Finding, Severity
from gis.sheet import MOST_CELLS, Merge, Sheet, too_many_cells
from gis.text import Text, t
from gis.values import as_text
from gis.workbook_limits import check_workbook

_PAD = re.compile(r"0{2,}")
# Spreadsheets keep fifteen digits of a number.
_EXACT = 10**15


def read_workbook(path: Path, shown: str, dataset: str) -> list[Sheet]:
    """Read the visible sheets of a workbook.

    Parameters
    ----------
    path : pathlib.Path
        Where the file is.
    shown : str
        The file as shown to people.
    dataset : str
        Name put into findings.

    Returns
    -------
    list of Sheet
        Numbers without exponent, padded with zeros where the cell's format shows them so; dates in
        ISO 8601; a merged block holds its value in every cell.

    Raises
    ------
    FileProblem
        F01: no workbook, or damaged; F07: a package that unpacks to too much.
    """
    check_workbook(path, shown)
    book = _load(path, shown, values=False)
    if any(cell.data_type == "f" for sheet in book.worksheets for cell in _cells(sheet)):
        with_formulas, book = book, _load(path, shown, values=True)
        formulas = {sheet.title: _formula_places(sheet) for sheet in with_formulas.worksheets}
    else:
        formulas = {}
    return [
        _sheet(sheet, shown, formulas.get(sheet.title, set()), dataset)
        for sheet in book.worksheets
        if sheet.sheet_state == "visible"
    ]


def _load(path: Path, shown: str, *, values: bool) -> Any:
    try:
        with path.open("rb") as stream, warnings.catch_warnings():
            # openpyxl warns of styles and extensions it does not keep, which reading does not need.
            warnings.simplefilter("ignore")
            return openpyxl.load_workbook(stream, data_only=values)
    except Exception as error:
        message = t("{path} is no workbook that can be read: {reason}", path=shown, reason=str(error))
        raise FileProblem(message, code="F01", value=shown) from error


def _cells(sheet: Any) -> list[Any]:
    """List the cells that exist; the public iteration would make all those between them."""
    return list(sheet._cells.values())


def _formula_places(sheet: Any) -> set[tuple[int, int]]:
    return {(cell.row, cell.column) for cell in _cells(sheet) if cell.data_type == "f"}


def _sheet(sheet: Any, shown: str, formulas: set[tuple[int, int]], dataset: str) -> Sheet:
    out = Sheet(sheet.title, [], path=shown)
    filled = [cell for cell in _cells(sheet) if cell.value is not None or (cell.row, cell.column) in formulas]
    if not filled:
        return out
    height = max(cell.row for cell in filled)
    width = max(cell.column for cell in filled)
    if height * width > MOST_CELLS:
        raise too_many_cells(out, height * width)
    out.rows = [[None] * width for _ in range(height)]
    for cell in filled:
        out.rows[cell.row - 1][cell.column - 1] = _text(cell)
        problem = _problem(cell, (cell.row, cell.column) in formulas)
        if problem is not None:
            out.findings.append(_finding(cell, problem, sheet.title, dataset))
    out.merges = _merges(sheet, height, width)
    for merge in out.merges:
        _fill(out.rows, merge)
    return out


def _text(cell: Any) -> str | None:
    """Write a cell's value as it is displayed, where the display adds digits."""
    value = cell.value
    if cell.data_type == "e":
        return None
    if isinstance(value, float):
        value = float(f"{value:.15g}")
    text = as_text(value)
    pad = _PAD.fullmatch(str(cell.number_format))
    if pad is not None and text is not None and text.isdigit():
        return text.zfill(len(pad[0]))
    return text


def _problem(cell: Any, is_formula: bool) -> Text | None:
    value = cell.value
    if cell.data_type == "e":
        return t("The formula gives the error {value}", value=str(value))
    if value is None and is_formula:
        return t("The formula has no stored value: open and save the file in a spreadsheet program")
    if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) >= _EXACT:
        return t("A number of more than 15 digits is not kept exactly: store codes as text")
    return None


def _finding(cell: Any, problem: Text, title: str, dataset: str) -> Finding:
    place = f"{title}!{get_column_letter(cell.column)}{cell.row}"
    message = t("{place}: {problem}", place=place, problem=problem)
    return Finding("F13", Severity.WARNING, dataset, message, row=cell.row, field=place, value=_text(cell))


def _merges(sheet: Any, height: int, width: int) -> list[Merge]:
    """List the merged blocks, cut to the cells that are filled."""
    blocks = []
    for block in sheet.merged_cells.ranges:
        bottom, right = min(block.max_row, height), min(block.max_col, width)
        if block.min_row <= bottom and block.min_col <= right:
            blocks.append(Merge(block.min_row - 1, block.min_col - 1, bottom - 1, right - 1))
    return sorted(blocks, key=lambda merge: (merge.top, merge.left))


def _fill(rows: list[list[str | None]], merge: Merge) -> None:
    value = rows[merge.top][merge.left]
    for row in rows[merge.top : merge.bottom + 1]:
        row[merge.left : merge.right + 1] = [value] * (merge.right - merge.left + 1)
