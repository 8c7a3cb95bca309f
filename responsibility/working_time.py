"""The working time of a day, which may differ between summer and winter (夏令、冬令作息)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from gis.errors import UsageError
from gis.text import t

Hours = tuple[tuple[str, str], ...]
Shifts = tuple[tuple[time, time], ...]

_DAY = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
_EXAMPLE = '[{first = "05-01", last = "09-30", hours = [["08:30", "12:00"], ["15:00", "18:00"]]}]'


@dataclass(frozen=True, slots=True)
class WorkSeason:
    """A part of every year with working hours of its own.

    Attributes
    ----------
    first, last : str
        First and last day, ``MM-DD``; a season may run over the turn of the year.
    hours : tuple of (str, str)
        Working time, ``HH:MM`` to ``HH:MM``, in order.
    """

    first: str
    last: str
    hours: Hours

    def includes(self, day: date) -> bool:
        """Tell whether a day is in the season."""
        written = f"{day:%m-%d}"
        if self.first <= self.last:
            return self.first <= written <= self.last
        return written >= self.first or written <= self.last


def shifts_of(hours: Any, name: str) -> Shifts:
    """Return working hours as times of day.

    Raises
    ------
    UsageError
        They are not pairs of times, one after another.
    """
    try:
        shifts = tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in hours)
    except (TypeError, ValueError):
        shifts = ()
    moments = [moment for shift in shifts for moment in shift]
    if not moments or moments != sorted(set(moments)):
        raise _impossible(name, hours, '[["08:30", "12:00"], ["14:00", "17:30"]]')
    return shifts


def seasons_of(values: Any) -> tuple[WorkSeason, ...]:
    """Read seasons from a configuration file.

    Raises
    ------
    UsageError
        They are not tables of ``first``, ``last`` and ``hours``.
    """
    given = values if isinstance(values, Sequence) and not isinstance(values, str) else [values]
    return tuple(_season(value) for value in given)


def check_seasons(seasons: Sequence[WorkSeason]) -> None:
    """Refuse days that are none, hours that are none, and seasons that share a day.

    Raises
    ------
    UsageError
        Naming what cannot be.
    """
    for season in seasons:
        if not (_DAY.fullmatch(season.first) and _DAY.fullmatch(season.last)):
            raise _impossible("work_seasons", f"{season.first} – {season.last}", _EXAMPLE)
        shifts_of(season.hours, "work_seasons")
    # A leap year has every day there is.
    for number in range(366):
        day = date.fromordinal(date(2024, 1, 1).toordinal() + number)
        if sum(season.includes(day) for season in seasons) > 1:
            raise _impossible("work_seasons", f"{day:%m-%d}", t("seasons that share no day"))


def _season(value: Any) -> WorkSeason:
    if not isinstance(value, Mapping) or set(value) != {"first", "last", "hours"}:
        raise _impossible("work_seasons", value, _EXAMPLE)
    shifts_of(value["hours"], "work_seasons")
    return WorkSeason(str(value["first"]), str(value["last"]), tuple(map(tuple, value["hours"])))


def _impossible(name: str, value: Any, expected: Any) -> UsageError:
    return UsageError(
        t("Setting {name} cannot be {value}", name=name, value=str(value)),
        field=name,
        value=value,
        expected=expected,
    )
