"""The organisations of the sample city, with valid unified social credit codes."""

from __future__ import annotations

from dataclasses import dataclass

from gis.credit_codes import ALPHABET, check_character
from wangge.demo import inputs

_SUBJECT_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
HEADINGS = (
    "统一社会信用代码",
    "名称",
    "简称",
    "曾用名",
    "类型",
    "条线",
    "状态",
    "上级代码",
    "辖区代码",
    "继任代码",
)


@dataclass(frozen=True)
class Organisation:
    """An organisation under the short key other data files use for it.

    ``types`` and ``lines`` are Chinese words joined by ``、``; ``parent`` and ``successor`` are keys.
    """

    key: str
    code: str
    name: str
    short: str
    former: str
    types: str
    lines: str
    state: str
    parent: str
    division: str
    successor: str

    @property
    def active(self) -> bool:
        """Whether it still exists."""
        return self.state == "在用"


def load() -> dict[str, Organisation]:
    """Read the organisations by their keys."""
    found = {}
    for row in inputs.rows("organisations.csv"):
        code = credit_code(row.pop("prefix"), row.pop("body"))
        found[row["key"]] = Organisation(code=code, **row)
    return found


def credit_code(prefix: str, body: str) -> str:
    """Complete a credit code (GB 32100-2015).

    Parameters
    ----------
    prefix : str
        Registering department, category and division: 8 characters.
    body : str
        Subject identifier (GB 11714) without its own check character: 8 characters.

    Returns
    -------
    str
        18 characters.
    """
    first = f"{prefix}{body}{_subject_check(body)}"
    return first + check_character(first)


def table(organisations: dict[str, Organisation]) -> list[list[str]]:
    """Return the rows of the organisation sheet, headings first."""

    def code_of(key: str) -> str:
        return organisations[key].code if key else ""

    def row_of(unit: Organisation) -> list[str]:
        names = [unit.code, unit.name, unit.short, unit.former, unit.types, unit.lines, unit.state]
        return [*names, code_of(unit.parent), unit.division, code_of(unit.successor)]

    return [list(HEADINGS), *(row_of(unit) for unit in organisations.values())]


def _subject_check(body: str) -> str:
    """Compute the ninth character of a subject identifier: 11 less the weighted sum modulo 11."""
    values = ["0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ".index(character) for character in body]
    check = 11 - sum(v * w for v, w in zip(values, _SUBJECT_WEIGHTS, strict=True)) % 11
    character = {10: "X", 11: "0"}.get(check, str(check))
    assert character in ALPHABET
    return character
