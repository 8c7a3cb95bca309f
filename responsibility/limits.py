"""Read the time limits (处置时限) of a city's case table."""

from __future__ import annotations

import re
import unicodedata
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

_LIMIT = re.compile(rf"(?P<n>\d+(?:\.\d+)?)\s*个?\s*(?P<unit>{'|'.join(UNITS)})")
_SEPARATOR = re.compile(r"[;,。、\n\r]+")
# "3-5工作日" and "3至5工作日" are ranges, which a deadline cannot be counted from.
_RANGE = re.compile(r"\d\s*[-~—–至到.]\s*$")
_EDGE = " \t:()（）"


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
    for segment in _SEPARATOR.split(unicodedata.normalize("NFKC", text)):
        found = list(_steps_of(segment, waiting, text))
        waiting = "" if found else waiting + segment.strip(_EDGE)
        steps += found
    if not steps:
        raise _not_understood(text)
    return steps


def _steps_of(segment: str, before: str, text: str) -> Iterator[Step]:
    matches = list(_LIMIT.finditer(segment))
    start = 0
    for position, match in enumerate(matches):
        lead = segment[start : match.start()]
        if _RANGE.search(lead):
            raise _not_understood(text)
        start = match.end()
        words = (before + lead.strip(_EDGE)) if position == 0 else lead.strip(_EDGE)
        if position == len(matches) - 1:
            words += segment[start:].strip(_EDGE)
        yield _step(words, match)


def _step(words: str, match: re.Match[str]) -> Step:
    number = float(match["n"])
    return Step(
        step=words or None,
        limit=re.sub(r"\s+", "", match[0]),
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
