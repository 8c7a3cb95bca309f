"""The city's case table (立案、处置和结案标准) as a workbook, with the habits real tables have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from wangge.demo import inputs
from wangge.demo.components import MAJORS

HEADINGS = (
    "大类代码",
    "大类名称",
    "小类代码",
    "小类名称",
    "立案条件",
    "处置时限",
    "结案条件",
    "监管主体",
    "责任主体",
    "法律法规依据",
)
_MATTER_MAJORS = {
    "01": "市容环境",
    "02": "宣传广告",
    "03": "施工管理",
    "04": "街面秩序",
    "05": "突发事件",
    "06": "其他事件",
}
_SHEETS = {"component": "部件", "matter": "事件"}
_WIDTHS = (9, 12, 9, 18, 38, 24, 24, 14, 26, 34)
_FIRST_ROW = 3


@dataclass(frozen=True)
class CaseRule:
    """One row of the case table.

    ``roles`` is what the wording ``acting`` means: ``owner``, ``street``, ``enforcement``, ``district``,
    ``area:<line>``, ``fixed:<key>``; ``mode`` is ``ordered``, ``joint`` or ``alternatives``.
    """

    kind: str
    code: str
    name: str
    condition: str
    limit: str
    closing: str
    supervising: str
    acting: str
    roles: str
    mode: str
    legal: str


def rules() -> list[CaseRule]:
    """Read the rules in the order of the table."""
    return [CaseRule(**row) for row in inputs.rows("rules.csv")]


def workbook(table: list[CaseRule]) -> Workbook:
    """Lay the rules out: a sheet for components, one for matters.

    Row 1 is the title, row 2 the headings. Cells of a major class, of a class and of its units are
    merged over their rows. Every other class has its codes as numbers, so that leading zeros are lost;
    the headings come again where a new page would begin.
    """
    book = Workbook()
    book.remove(book.worksheets[0])
    for kind, name in _SHEETS.items():
        _fill(book.create_sheet(name), name, [rule for rule in table if rule.kind == kind])
    return book


def rows_of(table: list[CaseRule]) -> dict[tuple[str, int], int]:
    """Return the sheet row (1-based) of each rule, by kind and position among the rules of its kind."""
    found = {}
    for kind in _SHEETS:
        mine = [rule for rule in table if rule.kind == kind]
        for position, row in enumerate(_rows(mine)):
            found[kind, position] = row
    return found


def _fill(sheet: Worksheet, name: str, table: list[CaseRule]) -> None:
    sheet.cell(1, 1, f"云渡区数字化城市管理{name}立案、处置和结案标准").font = Font(bold=True, size=14)
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(HEADINGS))
    rows = list(_rows(table))
    for row in (_FIRST_ROW - 1, *(row - 1 for row in rows if row - 1 not in rows and row > _FIRST_ROW)):
        _headings(sheet, row)
    for rule, row in zip(table, rows, strict=True):
        for column, text in ((5, rule.condition), (6, rule.limit), (7, rule.closing), (10, rule.legal)):
            sheet.cell(row, column, text)
    _blocks(sheet, table, rows)
    _style(sheet)


def _rows(table: list[CaseRule]) -> Iterator[int]:
    """Number the rows; a row stays free for repeated headings before some major classes."""
    row, major = _FIRST_ROW, table[0].code[:2] if table else ""
    for rule in table:
        if rule.code[:2] != major:
            major = rule.code[:2]
            row += int(major) % 2
        yield row
        row += 1


def _headings(sheet: Worksheet, row: int) -> None:
    for column, heading in enumerate(HEADINGS, start=1):
        sheet.cell(row, column, heading).font = Font(bold=True)


def _blocks(sheet: Worksheet, table: list[CaseRule], rows: list[int]) -> None:
    """Fill in and merge what holds for several rows: major class, class, units."""
    pairs = list(zip(table, rows, strict=True))
    for major, group in groupby(pairs, key=lambda pair: pair[0].code[:2]):
        span = [row for _, row in group]
        names = _MATTER_MAJORS if table[0].kind == "matter" else MAJORS
        _merged(sheet, span, 1, int(major) if int(major) % 2 else major)
        _merged(sheet, span, 2, names[major])
    for number, (code, group) in enumerate(groupby(pairs, key=lambda pair: pair[0].code)):
        members = list(group)
        span, rule = [row for _, row in members], members[0][0]
        _merged(sheet, span, 3, class_cell(number, code))
        _merged(sheet, span, 4, rule.name)
        _merged(sheet, span, 8, rule.supervising)
        _merged(sheet, span, 9, rule.acting if number % 5 else rule.acting.replace("、", "\n"))


def _merged(sheet: Worksheet, span: list[int], column: int, value: str | int) -> None:
    sheet.cell(span[0], column, value)
    if len(span) > 1:
        sheet.merge_cells(start_row=span[0], start_column=column, end_row=span[-1], end_column=column)


def _style(sheet: Worksheet) -> None:
    line = Side(style="thin", color="999999")
    border = Border(left=line, right=line, top=line, bottom=line)
    centred = Alignment(wrap_text=True, vertical="center")
    for row in sheet.iter_rows(min_row=1, max_row=sheet.max_row, max_col=len(HEADINGS)):
        for cell in row:
            cell.alignment, cell.border = centred, border
    for column, width in enumerate(_WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = "A3"


def class_cell(number: int, code: str) -> int | str:
    """Return what the cell of the n-th class of a sheet shows: every other one is a number."""
    return int(code[2:]) if number % 2 else code[2:]
