"""Find the rows of headings of a case table, and what each column is for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from gis.sheet import Sheet
from gis.sheet_tables import plain_heading, unique_headings
from responsibility.import_fields import RULE_FIELDS

Cells = Sequence[str | None]

# Columns of which a table may have several, each for a case of its own.
SEVERAL = ("limit_text", "acting", "supervising", "assisting")
_BRACKETS = re.compile(r"[(（]([^()（）]*)[)）]\s*$")
_STAGE = re.compile(r"[:：]")
_GROUP = re.compile(r"\S{1,10}(?:阶段|环节|情况|信息|标准|要求|代码|名称)|代码|名称|编码|编号|序号")


@dataclass(frozen=True, slots=True)
class Column:
    """What one column is for.

    Attributes
    ----------
    heading : str
        As a person names it: one that is known where it is one.
    field : str or None
        Target field, None for columns of something else.
    part : str or None
        Which of several cases it is for: ``一类区域`` below 处置时限, ``工作日`` in brackets behind it.
    """

    heading: str
    field: str | None
    part: str | None = None


@dataclass(frozen=True, slots=True)
class Headings:
    """A block of one or more rows of headings: 0-based first and last row, and the columns."""

    first: int
    last: int
    columns: tuple[Column, ...]


def headings_of(sheet: Sheet) -> list[Headings]:
    """Return the blocks of headings of a sheet from the top: one, or more where they come again."""
    scores = [len({field for cell in row if (field := _field_of(cell))}) for row in sheet.rows]
    best = max(scores, default=0)
    blocks: list[Headings] = []
    for at, score in enumerate(scores):
        taken = bool(blocks) and at <= blocks[-1].last
        if not taken and best >= 2 and score >= 2 and 2 * score >= best:
            first, last = _block(sheet, at, blocks[-1].last if blocks else -1)
            blocks.append(Headings(first, last, _columns(sheet.rows[first : last + 1])))
    return blocks


@cache
def _known() -> dict[str, str]:
    return {
        plain_heading(heading): field.name
        for field in reversed(RULE_FIELDS)
        for heading in (field.name, *field.aliases)
    }


def _field_of(text: str | None) -> str | None:
    return _known().get(plain_heading(_core(text))) if text else None


def _core(text: str) -> str:
    """Cut the stage before a heading and the brackets behind it off, where what is left is known."""
    last = _STAGE.split(text)[-1]
    for candidate in (text, last, _BRACKETS.sub("", text), _BRACKETS.sub("", last)):
        if plain_heading(candidate) in _known():
            return candidate.strip()
    return text.strip()


def _block(sheet: Sheet, at: int, after: int) -> tuple[int, int]:
    """Return the first and last row of the block of headings round a row."""
    rows = sheet.rows
    first = at - 1 if at - 1 > after and _is_group_row(rows[at - 1]) else at
    last = at
    while last + 1 < len(rows) and _goes_on(rows[last], rows[last + 1]):
        last += 1
    return first, last


def _is_group_row(row: Cells) -> bool:
    cells = {cell for cell in row if cell}
    return len(cells) > 1 and all(_field_of(cell) or _GROUP.fullmatch(cell) for cell in cells)


def _goes_on(row: Cells, below: Cells) -> bool:
    """Tell whether the row below belongs to the headings: merged into it, or parts of its columns."""
    filled = [at for at, cell in enumerate(below) if cell]
    if not filled:
        return False
    if sum(row[at] == below[at] for at in filled) >= 2 or _is_group_row(below):
        return True
    neighbours = [{row[at - 1] if at else None, row[at + 1] if at + 1 < len(row) else None} for at in filled]
    return all(row[at] and row[at] in near for at, near in zip(filled, neighbours, strict=True))


def _columns(rows: Sequence[Cells]) -> tuple[Column, ...]:
    columns = [_column([row[at] for row in rows], at) for at in range(len(rows[0]))]
    named = unique_headings([column.heading for column in columns])
    return tuple(
        Column(heading, column.field, column.part) for heading, column in zip(named, columns, strict=True)
    )


def _column(cells: Cells, at: int) -> Column:
    """Read the cells of one column: 大类 over 代码 is 大类代码, 信息采集阶段 over 立案标准 the latter."""
    texts = list(dict.fromkeys("".join(cell.split()) for cell in cells if cell))
    if not texts:
        return Column(f"column {at + 1}", None)
    joined = "".join(texts)
    for text in (joined, texts[-1], *texts):
        field = _field_of(text)
        if field is not None:
            return Column(_core(text), field, _part(text, texts))
    return Column("：".join(texts), None)


def _part(text: str, texts: Sequence[str]) -> str | None:
    bracket = _BRACKETS.search(text)
    below = texts[texts.index(text) + 1 :] if text in texts else []
    return "".join(below) or (bracket[1] if bracket else None)
