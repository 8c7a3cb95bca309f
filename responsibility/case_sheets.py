"""Tidy the sheets of a case table: one table per layout, its sections, and what is no row of it.

Cities write several things between the rows: the major class or 部件 and 事件 as a line of its own, notes,
sub-totals, page titles. Lines that mean something for the rows below are :class:`Section`; the others are
:class:`Aside` and are told, so that nothing of a table is passed over in silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pandas

from components.catalogue import Catalogue
from components.class_info import KINDS, STANDARDS
from gis.layer import ROW
from gis.sheet import Sheet
from responsibility.case_headings import SEVERAL, Cells, Column, Headings, headings_of

KIND_WORDS = (("部件", "component"), ("事件", "matter"), ("事项", "matter"))
_NUMBERING = re.compile(
    r"^\s*(?:第?[一二三四五六七八九十]+[、.章节类篇]|[(（][\d一二三四五六七八九十]+[)）]|\d+[、.])\s*"
)
_CODE = re.compile(r"^[(（]?(?P<code>\d{1,2})[)）]?[\s:：-]*(?=\D)|[(（](?P<behind>\d{1,2})[)）]$")
_ENDING = re.compile(r"(?:大?类|部件|事件|问题|立案.*|处置.*|标准|一览表|明细表)+$")
_TOTAL = re.compile(r"^(?:本页)?(?:小|合|总|共)计|^共\s*\d+\s*[条项类]")
_NOTE = re.compile(r"^(?:备?注|说明|附注|填表说明|编制说明|[※*])\s*\d*\s*[:：.、※*]|^第\s*\d+\s*页")
_SIGNED = re.compile(r"^(?:制表|填表|审核|审批|编制|复核|签字|签发|盖章|联系)\S*\s*[:：]")
_BARE = re.compile(r"\d+(?:\.\d+)?")
_SERIAL = frozenset({"序号", "编号", "行号", "no", "no."})


@dataclass(frozen=True, slots=True)
class Section:
    """What holds for the rows from a row on: kind, and major class by name or code."""

    row: int
    kind: str | None
    major: str | None


@dataclass(frozen=True, slots=True)
class Aside:
    """A line that is no row of the table; ``row`` is that of the sheet."""

    row: int
    text: str


@dataclass(slots=True)
class CaseSheet:
    """A sheet with its tables, in frames with a column ``_row``."""

    sheet: Sheet
    frames: list[pandas.DataFrame] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    asides: list[Aside] = field(default_factory=list)

    @property
    def layer(self) -> str:
        """The name that findings show."""
        return f"{self.sheet.path}/{self.sheet.name}"

    def section_at(self, row: int) -> Section:
        """Return what the lines above a row say of it."""
        above = [section for section in self.sections if section.row <= row]
        kind = next((section.kind for section in reversed(above) if section.kind), None)
        major = next((section.major for section in reversed(above) if section.major), None)
        return Section(row, kind, major)


def tidy_sheet(sheet: Sheet, catalogue: Catalogue) -> CaseSheet:
    """Find the tables of a sheet.

    Parameters
    ----------
    sheet : Sheet
        Merged blocks hold their value in every cell.
    catalogue : Catalogue
        Whose major classes a line may name.
    """
    tidied = CaseSheet(sheet)
    blocks = headings_of(sheet)
    if not blocks:
        return tidied
    majors = _majors(catalogue)
    titles = [
        sheet.name,
        *(cell for row in sheet.rows[: blocks[0].first] for cell in dict.fromkeys(row) if cell),
    ]
    for title in titles:
        tidied.sections.append(_section(0, title, majors) or Section(0, None, None))
    ends = [*(block.first for block in blocks[1:]), len(sheet.rows)]
    repeated = {tuple(row) for block in blocks for row in sheet.rows[block.first : block.last + 1]}
    repeated |= {tuple(row) for row in sheet.rows[: blocks[0].first]}
    for block, end in zip(blocks, ends, strict=True):
        rows = list(_rows(tidied, block, end, repeated, majors))
        _add(tidied, block.columns, rows)
    return tidied


def _majors(catalogue: Catalogue) -> dict[str, str | None]:
    """Return the kind of each name of a major class, None for those of both."""
    kinds: dict[str, set[str]] = {}
    for kind in KINDS:
        for standard in STANDARDS:
            for info in catalogue.classes(standard, kind).values():
                kinds.setdefault(info.major, set()).add(kind)
    return {name: next(iter(found)) if len(found) == 1 else None for name, found in kinds.items()}


def _section(row: int, text: str, majors: dict[str, str | None]) -> Section | None:
    """Read a line as the beginning of a part of the table, None where it says nothing of the kind."""
    bare = _NUMBERING.sub("", text).strip()
    code = _CODE.search(bare)
    uncoded = _CODE.sub("", bare).strip()
    name = next((n for n in (uncoded, _ENDING.sub("", uncoded).strip()) if n in majors), None)
    said = {kind for word, kind in KIND_WORDS if word in (text if name is None else text.replace(name, ""))}
    kind = said.pop() if len(said) == 1 else (majors[name] if name else None)
    numbered = code is not None and len(bare) <= 16 and (row > 0 or name is not None)
    major = name or ((code["code"] or code["behind"]) if code is not None and numbered else None)
    return Section(row, kind, major) if kind or major else None


def _rows(
    tidied: CaseSheet,
    block: Headings,
    end: int,
    repeated: set[tuple[str | None, ...]],
    majors: dict[str, str | None],
) -> Iterator[tuple[int, Cells]]:
    """Yield the rows of a table with their numbers; lines between them become sections and asides."""
    for at in range(block.last + 1, end):
        row = tidied.sheet.rows[at]
        values = [cell for cell in dict.fromkeys(row) if cell]
        if not values or tuple(row) in repeated:
            continue
        text = " ".join(values)
        if _TOTAL.match(values[0]) or _NOTE.match(values[0]) or _SIGNED.match(values[0]):
            tidied.asides.append(Aside(at + 1, text))
        elif len(values) == 1 and _is_line(row, block.columns):
            section = _section(at + 1, text, majors) if len(text) <= 40 else None
            if section is None:
                tidied.asides.append(Aside(at + 1, text))
            else:
                tidied.sections.append(section)
        else:
            yield at + 1, row


def _is_line(row: Cells, columns: Sequence[Column]) -> bool:
    """Tell whether the one text of a row stands across columns, or in one that says nothing of a rule."""
    places = [at for at, cell in enumerate(row) if cell]
    if len(places) > 1:
        return True
    return columns[places[0]].field in (None, "kind", "major_code", "major_name")


def _add(tidied: CaseSheet, columns: tuple[Column, ...], rows: list[tuple[int, Cells]]) -> None:
    """Add a table: columns for several cases of one field are joined, serial numbers left out."""
    data: dict[str, list[str | None]] = {}
    for column in columns:
        same = [at for at, other in enumerate(columns) if column.field and other.field == column.field]
        if column.field in SEVERAL:
            first = columns[same[0]]
            if column is first:
                data[column.heading] = [_joined([(columns[at], row[at]) for at in same]) for _, row in rows]
        elif column.heading.casefold() not in _SERIAL:
            place = columns.index(column)
            data[column.heading] = [row[place] for _, row in rows]
    frame = pandas.DataFrame(data, dtype=object)
    if rows:
        frame[ROW] = [number for number, _ in rows]
        tidied.frames.append(frame.astype({ROW: int}))


def _joined(cells: Sequence[tuple[Column, str | None]]) -> str | None:
    """Join what several columns say, each with the case it is for."""
    filled = [(column, value) for column, value in cells if value]
    if len(cells) == 1 or len({value for _, value in filled}) == 1:
        return _with_unit(*filled[0]) if filled else None
    return (
        "；".join(
            f"{column.part}：{value}" if column.part and not _is_unit(column) else _with_unit(column, value)
            for column, value in filled
        )
        or None
    )


def _is_unit(column: Column) -> bool:
    return column.field == "limit_text" and bool(
        re.fullmatch(r"(?:单位[:：])?\S*(?:时|日|天|分钟)", column.part or "")
    )


def _with_unit(column: Column, value: str) -> str:
    """Give a bare number the unit that stands in the heading: 处置时限（工作日）."""
    unit = re.sub(r"^单位[:：]", "", column.part or "")
    return f"{value}{unit}" if _is_unit(column) and _BARE.fullmatch(value.strip()) else value
