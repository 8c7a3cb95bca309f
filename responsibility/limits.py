"""Read the time limits (处置时限) of a city's case table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from gis.errors import DataRefused
from gis.text import t

UNITS = {
    "紧急工作分钟": "urgent_minute",
    "紧急工作小时": "urgent_hour",
    "紧急工作时": "urgent_hour",
    "紧急工作日": "urgent_day",
    "工作小时": "work_hour",
    "工作时": "work_hour",
    "小时": "work_hour",
    "工作日": "work_day",
    "自然日": "calendar_day",
    "天": "work_day",
    "工作分钟": "work_minute",
    "分钟": "work_minute",
}

_UNIT = "|".join(r"\s*".join(unit) for unit in UNITS)
_LIMIT = re.compile(rf"(?P<n>\d+(?:\.\d+)?)\s*个?\s*(?P<unit>{_UNIT})(?:之内|以内|内)?")
_NUMERAL = re.compile(
    rf"(?<![个一二两三四五六七八九十百])(?P<n>[一二两三四五六七八九十半]+)(?=\s*个?\s*(?:{_UNIT}))"
)
_DIGITS = {numeral: value for value, numeral in enumerate("一二三四五六七八九", start=1)} | {"两": 2}
_SEPARATOR = re.compile(r"[;,。、\n\r]+")
# "3-5工作日", "3至5工作日" and "1或2工作日" are ranges, which a deadline cannot be counted from.
_RANGE = re.compile(r"[\d一二两三四五六七八九十]\s*[-~—–至到或/.]\s*$")
_EDGE = " \t:()/+"
_NUMBERED = re.compile(r"^\s*(?:\(\d{1,2}\)|\d{1,2}[.)])(?!\d)\s*")
_LISTED = re.compile(r"(^|[;,。\n])\s*\d{1,2}、\s*(?=\D)")
# ① ⑴ ⒈ ❶ ㈠ begin an item; as digits they would run into the number of the limit.
_ITEM_SIGNS = re.compile("[\u2460-\u249b\u24ea-\u24ff\u2776-\u2793\u3220-\u3229\u3280-\u3289]")
# Forms of full width only: NFKC would also make digits of ² and ㎡.
_WIDTH = {0xFF01 + at: 0x21 + at for at in range(94)} | {0x3000: " "}


@dataclass(frozen=True, slots=True)
class Step:
    """One limit of a rule.

    Attributes
    ----------
    step : str or None
        The words around the limit (停工, 种植季节, 制止); None when there are none.
    limit : str
        The limit as written, without blanks: ``2紧急工作时``.
    n : float
        The number, an int where it is whole.
    unit : str
        ``urgent_`` (runs without pause), ``work_`` (working time only) or ``calendar_`` (runs
        without pause), then ``minute``, ``hour`` or ``day``.
    """

    step: str | None
    limit: str
    n: float
    unit: str

    def to_dict(self) -> dict[str, Any]:
        """Return the step as it is stored with the rule."""
        return asdict(self)


def parse_limit(text: str) -> list[Step]:
    """Read the limits of one cell.

    ``小时`` and ``天`` are working hours and working days, as the tables seen use them beside
    ``工作时`` and ``工作日`` for the same rule. Several limits in one cell are several steps.

    Parameters
    ----------
    text : str
        The cell: ``2紧急工作时``, ``停工 4 工作时; 处罚 7 工作日``.

    Returns
    -------
    list of Step
        At least one, in the order of the text.

    Raises
    ------
    DataRefused
        No limit is found, or one is a range.
    """
    steps: list[Step] = []
    waiting = ""
    for segment in _segments(_plain(text)):
        found = list(_steps_of(segment, waiting, text))
        waiting = "" if found else waiting + _words(segment)
        steps += found
    if not steps:
        raise _not_understood(text)
    return steps


def _segments(plain: str) -> list[str]:
    """Split a cell; where the segments count 1. 2. 3., these are no parts of their numbers."""
    segments = [segment for segment in _SEPARATOR.split(plain) if segment.strip()]
    counted = [re.match(rf"\s*{number}\.(?=.)", segment) for number, segment in enumerate(segments, start=1)]
    if len(segments) > 1 and all(counted):
        return [segment[match.end() :] for segment, match in zip(segments, counted, strict=True) if match]
    return segments


def _plain(text: str) -> str:
    """Bring a cell to one form: widths, numerals, items one below another, no breaks within a limit."""
    plain = _ITEM_SIGNS.sub("\n", text.translate(_WIDTH))
    plain = _LISTED.sub(r"\1", plain)
    plain = _NUMERAL.sub(lambda match: _value(match["n"]), plain)
    return _LIMIT.sub(lambda match: re.sub(r"\s+", "", match[0]), plain)


def _value(numeral: str) -> str:
    """Write a Chinese numeral below a hundred as digits; what is none stays as it is."""
    if numeral == "半":
        return "0.5"
    tens, ten, ones = numeral.rpartition("十")
    if len(tens) > 1 or len(ones) > 1 or "半" in numeral:
        return numeral
    return str((_DIGITS[tens] if tens else 1) * 10 * bool(ten) + (_DIGITS[ones] if ones else 0))


def _words(text: str) -> str:
    """Return the words before or after a limit without the number of the item."""
    return _NUMBERED.sub("", text).strip(_EDGE)


def _steps_of(segment: str, before: str, text: str) -> Iterator[Step]:
    matches = list(_LIMIT.finditer(segment))
    start = 0
    for position, match in enumerate(matches):
        lead = segment[start : match.start()]
        if _RANGE.search(before + lead):
            raise _not_understood(text)
        start = match.end()
        words = (before if position == 0 else "") + _words(lead)
        if position == len(matches) - 1:
            words += _words(segment[start:])
        yield _step(words, match)


def _step(words: str, match: re.Match[str]) -> Step:
    number = float(match["n"])
    return Step(
        step=words or None,
        limit=match[0].removesuffix("内").removesuffix("以").removesuffix("之"),
        n=int(number) if number.is_integer() else number,
        unit=UNITS[match["unit"]],
    )


def _not_understood(text: str) -> DataRefused:
    return DataRefused(
        t("Time limit {text} is not understood", text=text),
        field="limit_text",
        value=text,
        expected=t("a number and a unit, such as 2紧急工作时, 4工作时 or 5工作日"),
    )
