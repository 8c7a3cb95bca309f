"""Read rows of a table of changes (区划变更表) as records: which codes, what happened, when."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from gis.dates import parse_date
from gis.enumerations import split_list
from gis.findings import Severity
from gis.staging import Position, Staging
from gis.text import Text, t
from grids.codes import GRID_CODE, normalise, parse_division_code
from grids.past.retirements import OPERATIONS, Operation, Retirement

SUCCESSION = "G32"

KINDS = {
    **dict.fromkeys(("grids", "单元网格", "网格", "万米网格"), "grids"),
    **dict.fromkeys(("divisions", "区划", "行政区划", "区县", "街道", "镇街", "社区", "村社区"), "divisions"),
}
_WORDS = {
    Operation.MERGE: "merge 合并 并入 撤并 归并 整合",
    Operation.SPLIT: "split 拆分 分设 析置 分立 析设",
    Operation.RENAME: "rename 更名 改名 名称变更 变更名称",
    Operation.RECODE: "recode 换码 改码 代码变更 编码变更 重新编码 改制 撤镇设街道 撤乡设镇 撤村设居",
    Operation.ABOLISH: "abolish 撤销 撤消 废止 取消",
    Operation.RETIRE: "retire 作废 注销 停用",
    Operation.MOVE: "move 调整边界 边界调整 界线调整",
}
_OPERATIONS = {word: operation for operation, words in _WORDS.items() for word in words.split()}
# The same words are used of grids and of divisions, but not the same operations.
_ON_KIND = {
    ("grids", Operation.ABOLISH): Operation.RETIRE,
    ("divisions", Operation.RETIRE): Operation.ABOLISH,
}
_SET_UP = frozenset(("设立", "新设", "新设立", "新增", "成立", "增设"))
"""Kinds of change that concern no old code."""

_PART_OF_A_DATE = re.compile(r"(\d{4})(?:年|[-./年](\d{1,2})月?)?", re.ASCII)


@dataclass(slots=True)
class Row:
    """A row of the table, understood.

    Attributes
    ----------
    at : int
        Its position in the delivery.
    record : Retirement
        What it says of one old code; a row with several old codes is several of these.
    new_name : str or None
        The name after the change.
    """

    at: int
    record: Retirement
    new_name: str | None = None


@dataclass(slots=True)
class Understood:
    """What a table says.

    Attributes
    ----------
    rows : list of Row
        In the order of the delivery.
    set_up : int
        Rows about something new, or about a border only, after which no code ends.
    going_on : set of tuple
        Kind and code of what is named as its own successor: it is not retired, whatever else is said of it.
    """

    rows: list[Row] = field(default_factory=list)
    set_up: int = 0
    going_on: set[tuple[str, str]] = field(default_factory=set)


def understand(staging: Staging) -> Understood:
    """Read every row; what is not understood is reported and refused.

    G13: no old code; G14: a code of another form; R11: a word for the change, or for the kind of thing;
    G32: a date that is none, a code that is its own successor.
    """
    understood = Understood()
    for at in range(len(staging)):
        if staging.refused[at]:
            continue
        if _ends_nothing(staging, at):
            understood.set_up += 1
            continue
        understood.rows += _records(staging, at)
    understood.going_on = {_key(row) for row in understood.rows if row.record.code in row.record.successors}
    for row in understood.rows:
        if row.record.code in row.record.successors:
            _flag_going_on(staging, row)
    understood.rows = [row for row in understood.rows if _key(row) not in understood.going_on]
    return understood


def _key(row: Row) -> tuple[str, str]:
    return row.record.kind, row.record.code


def _ends_nothing(staging: Staging, at: int) -> bool:
    """Tell whether a row sets something up, or moves the border of a division that keeps its code."""
    word = (staging.values("operation")[at] or "").strip().casefold()
    old, new = (split_list(staging.values(name)[at]) for name in ("code", "successors"))
    moved = _OPERATIONS.get(word) is Operation.MOVE and _kind_of(old) == "divisions" and set(new) <= set(old)
    return word in _SET_UP or moved


def _flag_going_on(staging: Staging, row: Row) -> None:
    others = len(row.record.successors) > 1
    _flag(
        staging,
        row.at,
        Severity.INFO if others else Severity.WARNING,
        t("{code} is its own successor: it goes on and is not retired", code=row.record.code),
        field="successors",
        value=row.record.code,
    )


def _records(staging: Staging, at: int) -> list[Row]:
    """Make the records of one row, one for each old code; none when the row is refused."""
    codes = [normalise(text) for text in split_list(staging.values("code")[at])]
    kind, operation, date = _kind(staging, at, codes), _operation(staging, at), _date(staging, at)
    if not codes:
        message = t("Row {row} has no code", row=staging.row_number(at))
        staging.flag(at, "G13", Severity.ERROR, message, field="code")
    if staging.refused[at] or kind is None or operation is None:
        return []
    operation = _ON_KIND.get((kind, operation), operation)
    if operation not in OPERATIONS[kind]:
        _flag_word(staging, at, "operation", _operation_words(kind))
        return []
    old = [_settled(staging, at, kind, code, "code") for code in codes]
    new = [_settled(staging, at, kind, code, "successors") for code in _successors(staging, at)]
    if staging.refused[at]:
        return []
    operation, new = _told_renaming(staging, at, operation, old, new)
    names, reason = _names(staging.values("name")[at], len(old)), staging.values("reason")[at]
    return [
        Row(
            at,
            Retirement(kind, code, operation, tuple(dict.fromkeys(new)), name, reason=reason, date=date),
            staging.values("new_name")[at],
        )
        for code, name in zip(old, names, strict=True)
    ]


def _kind(staging: Staging, at: int, codes: Iterable[str]) -> str | None:
    word = staging.values("kind")[at]
    if word is None:
        return _kind_of(codes)
    kind = KINDS.get(word.strip().casefold())
    if kind is None:
        _flag_word(staging, at, "kind", "单元网格, 区划")
    return kind


def _kind_of(codes: Iterable[str]) -> str:
    plain = [normalise(code) for code in codes]
    return "grids" if plain and all(map(GRID_CODE.fullmatch, plain)) else "divisions"


def _operation(staging: Staging, at: int) -> Operation | None:
    word = staging.values("operation")[at]
    operation = None if word is None else _OPERATIONS.get(word.strip().casefold())
    if operation is None:
        _flag_word(staging, at, "operation", _operation_words("divisions"))
    return operation


def _operation_words(kind: str) -> str:
    return ", ".join(_WORDS[operation].split()[1] for operation in OPERATIONS[kind])


def _flag_word(staging: Staging, at: int, name: str, expected: str) -> None:
    word = staging.values(name)[at]
    message = (
        t("Row {row} does not say what changed", row=staging.row_number(at))
        if word is None
        else t("{word} is not understood", word=word)
    )
    staging.flag(at, "R11", Severity.ERROR, message, field=name, expected=expected)


def _date(staging: Staging, at: int) -> str | None:
    """Return the date as ``2021-04-09``, ``2021-04`` or ``2021``."""
    text = staging.values("date")[at]
    if text is None:
        return None
    day, part = parse_date(text), _PART_OF_A_DATE.fullmatch(normalise(text))
    if day is not None:
        return day.isoformat()
    if part is not None and 1 <= int(part[2] or 1) <= 12:
        return part[1] if part[2] is None else f"{part[1]}-{int(part[2]):02d}"
    staging.flag(
        at,
        SUCCESSION,
        Severity.ERROR,
        t("{date} is no date", date=text),
        field="date",
        expected="2021-04-09, 20210409, 2021年4月9日",
    )
    return None


def _successors(staging: Staging, at: int) -> list[str]:
    return [normalise(text) for text in split_list(staging.values("successors")[at])]


def _settled(staging: Staging, at: int, kind: str, code: str, name: str) -> str:
    """Cut a division's code to its level; refuse what cannot be a code of the kind (G14)."""
    if kind == "grids":
        if GRID_CODE.fullmatch(code):
            return code
        message, expected = t("{code} is not a unit grid code", code=code), t("15 digits")
        staging.flag(at, "G14", Severity.ERROR, message, field=name, expected=expected)
        return code
    division = parse_division_code(code)
    if division is None:
        message = t("{code} is no national division code; it is kept as it is", code=code)
        staging.flag(at, "G14", Severity.WARNING, message, field=name, expected=t("6, 9 or 12 digits"))
        return code
    return division.code


def _told_renaming(
    staging: Staging, at: int, operation: Operation, old: list[str], new: list[str]
) -> tuple[Operation, list[str]]:
    """Keep apart a renaming, after which the code goes on, and a new code that came with a new name."""
    if operation is not Operation.RENAME or not new or set(new) == set(old):
        return operation, ([] if operation is Operation.RENAME else new)
    _flag(
        staging,
        at,
        Severity.WARNING,
        t("{code} gets another code with its name: it is taken as given a new code", code=", ".join(old)),
        field="operation",
    )
    return Operation.RECODE, new


def _names(text: str | None, n: int) -> list[str | None]:
    """Give each of ``n`` old codes its name; a list of another length belongs to none of them."""
    if n == 1:
        return [text]
    names: list[str | None] = [*split_list(text)]
    return names if len(names) == n else [None] * n


def _flag(staging: Staging, at: Position, severity: Severity, message: Text, **details: Any) -> None:
    staging.flag(at, SUCCESSION, severity, message, **details)


def combined(rows: Iterable[Row]) -> Iterator[tuple[Row, Row | None]]:
    """Make one row of those about one code, the one that ends it before renamings.

    Yields
    ------
    row : Row
        Successors of all rows that tell of the same change, names of all.
    odd : Row or None
        A row that tells of another change of the same code.
    """
    by_code: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        by_code.setdefault((row.record.kind, row.record.code), []).append(row)
    for group in by_code.values():
        ends = [row for row in group if row.record.retires] or group[-1:]
        first = ends[0]
        odd = next((row for row in ends[1:] if not _same_change(first, row)), None)
        successors = dict.fromkeys(code for row in ends for code in row.record.successors)
        names = dict.fromkeys(name for row in [*ends, *group[::-1]] for name in row.record.names)
        last, *former = names or [None]
        record = replace(
            first.record,
            successors=tuple(successors),
            name=last,
            former_names=tuple(filter(None, former)),
        )
        yield Row(first.at, record, first.new_name), odd


def _same_change(one: Row, other: Row) -> bool:
    return (one.record.operation, one.record.date) == (other.record.operation, other.record.date)
