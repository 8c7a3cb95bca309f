"""All working time of the calendar on one line, so that limits are added instead of counted day by day."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise

from responsibility.calendar import WorkCalendar
from responsibility.working_time import Shifts

# A limit of more days than this is a typing error; the count stops there at the latest.
_MOST_DAYS = timedelta(days=3660)
_DAY = timedelta(days=1)
_TICK = timedelta(microseconds=1)
_NOTHING = timedelta()


class WorkClock:
    """The working time of all years that are known, shift after shift.

    Moments are those of a clock on the wall of the city, without a time zone.

    Parameters
    ----------
    calendar : WorkCalendar
        Says which days are worked.
    shifts_on : callable
        Returns the working time of a working day.
    """

    def __init__(self, calendar: WorkCalendar, shifts_on: Callable[[date], Shifts]) -> None:
        self._known = calendar
        self._days = [day for day in _days_of(sorted(calendar.years)) if calendar.is_workday(day)]
        self._opens: list[datetime] = []
        self._closes: list[datetime] = []
        self._first: list[int] = []  # shift of each day
        for day in self._days:
            self._first.append(len(self._opens))
            for opens, closes in shifts_on(day):
                self._opens.append(datetime.combine(day, opens))
                self._closes.append(datetime.combine(day, closes))
        self._first.append(len(self._opens))
        # Working time up to the end of each shift, after nothing at all.
        self._worked = [_NOTHING]
        for begin, end in zip(self._opens, self._closes, strict=True):
            self._worked.append(self._worked[-1] + (end - begin))
        lengths = {self._worked[stop] - self._worked[start] for start, stop in pairwise(self._first)}
        self._day = lengths.pop() if len(lengths) == 1 else None

    def after(self, begin: datetime, length: timedelta) -> datetime | None:
        """Return when a length of working time is over; None when that is not in a known year."""
        shift = bisect_right(self._closes, begin)
        if shift == len(self._closes) or not self._known.knows(begin):
            return None
        opens = self._opens[shift]
        target = self._worked[shift] + (begin - opens if begin > opens else _NOTHING) + length
        last = bisect_left(self._worked, target, lo=shift + 1) - 1
        if last == len(self._opens):
            return None
        return self._within(begin, self._opens[last] + (target - self._worked[last]))

    def after_days(self, begin: datetime, count: float) -> datetime | None:
        """Return when a number of working days is over, each day counted by its share that is left.

        A day with other hours than the next is a whole day all the same.
        """
        if self._day is not None:
            return self.after(begin, self._day * count if count == int(count) else _share(self._day, count))
        if not self._known.knows(begin):
            return None
        left = Fraction(count)
        for day in range(bisect_left(self._days, begin.date()), len(self._days)):
            start, stop = self._first[day], self._first[day + 1]
            whole = self._worked[stop] - self._worked[start]
            wanted = _share(whole, left)
            here = self._left_of(start, stop, begin)
            if here >= wanted:
                moment = self.after(max(begin, self._opens[start]), wanted)
                return moment if moment is None else self._within(begin, moment)
            left -= Fraction(here // _TICK, whole // _TICK)
        return None

    def close_of_day(self, begin: datetime, count: int) -> datetime | None:
        """Return the end of the n-th working day after the one of a moment."""
        day = bisect_right(self._days, begin.date()) + max(count, 1) - 1
        if day >= len(self._days):
            return None
        return self._within(begin + _DAY, self._closes[self._first[day + 1] - 1])

    def _left_of(self, start: int, stop: int, begin: datetime) -> timedelta:
        """Return the working time of some shifts that is left at a moment."""
        opens, closes = self._opens[start:stop], self._closes[start:stop]
        rest = (end - max(begin, first) for first, end in zip(opens, closes, strict=True))
        return sum((one for one in rest if one > _NOTHING), _NOTHING)

    def _within(self, begin: datetime, moment: datetime) -> datetime | None:
        """Return a moment unless a year on the way to it is not known, or it is absurdly far."""
        known = all(year in self._known.years for year in range(begin.year, moment.year + 1))
        return moment if known and moment - begin < _MOST_DAYS else None


def _share(whole: timedelta, count: float | Fraction) -> timedelta:
    return round(Fraction(count) * (whole // _TICK)) * _TICK


def _days_of(years: list[int]) -> Iterator[date]:
    for year in years:
        first = date(year, 1, 1)
        yield from (first + timedelta(days=day) for day in range((date(year + 1, 1, 1) - first).days))
