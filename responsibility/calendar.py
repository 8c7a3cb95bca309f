"""The working calendar: holidays and the working days moved for them, by year."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

from gis.errors import UsageError
from gis.text import t

COLUMNS = ("first", "last", "workday", "name")


@dataclass(frozen=True)
class WorkCalendar:
    """Days that differ from Monday to Friday, and the years for which they are known.

    The State Council announces each year's holidays (放假) and the weekend days worked for them (调休)
    late in the year before, so a calendar ends with its last announced year.

    Attributes
    ----------
    exceptions : mapping of datetime.date to bool
        True: a weekend day that is worked. False: a weekday that is off.
    """

    exceptions: Mapping[date, bool]

    @classmethod
    def default(cls) -> WorkCalendar:
        """Return the calendar that comes with the program: 2025 and 2026."""
        return _shipped()

    @classmethod
    def read(cls, path: Path) -> WorkCalendar:
        """Read a CSV file with the columns ``first,last,workday,name`` (dates, 0 or 1).

        Raises
        ------
        UsageError
            The file cannot be read, or a line of it cannot be understood.
        """
        try:
            return cls(_exceptions(path.read_text(encoding="utf-8-sig").splitlines()))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise UsageError(
                t("Calendar {path} cannot be read: {problem}", path=str(path), problem=str(error)),
                field="calendar",
                value=str(path),
                expected=",".join(COLUMNS),
            ) from error

    @cached_property
    def years(self) -> frozenset[int]:
        """The years whose days are known: those with days off in two months at least.

        A holiday over the turn of a year stands in the notice of one of them; the other is not announced
        by it.
        """
        months = {(day.year, day.month) for day, worked in self.exceptions.items() if not worked}
        years = Counter(year for year, _ in months)
        return frozenset(year for year, count in years.items() if count > 1)

    def knows(self, day: date) -> bool:
        """Tell whether the calendar of this day's year is known."""
        return day.year in self.years

    def is_workday(self, day: date) -> bool:
        """Tell whether a day is worked; ask :meth:`knows` first."""
        return self.exceptions.get(day, day.weekday() < 5)

    def to_dict(self) -> dict[str, Any]:
        """Return the exceptions by ISO date, for the hash of the settings."""
        return {day.isoformat(): worked for day, worked in sorted(self.exceptions.items())}


@cache
def _shipped() -> WorkCalendar:
    text = files("responsibility").joinpath("data", "calendar.csv").read_text(encoding="utf-8")
    return WorkCalendar(_exceptions(text.splitlines()))


def _exceptions(lines: Iterable[str]) -> dict[date, bool]:
    exceptions: dict[date, bool] = {}
    for row in csv.DictReader(lines):
        first, last = date.fromisoformat(row["first"].strip()), date.fromisoformat(row["last"].strip())
        if last < first or row["workday"].strip() not in ("0", "1"):
            raise ValueError(",".join(str(row[name]) for name in COLUMNS[:3]))
        worked = row["workday"].strip() == "1"
        for number in range((last - first).days + 1):
            day = first + timedelta(days=number)
            if exceptions.setdefault(day, worked) != worked:
                raise ValueError(f"{day}: 0, 1")
    return exceptions
