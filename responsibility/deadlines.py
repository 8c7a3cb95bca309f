"""Count time limits to a moment, by the working calendar where they run in working time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from fractions import Fraction

from responsibility.limits import Step
from responsibility.settings import ResolveSettings

_MINUTES = {"minute": 1, "hour": 60, "day": 24 * 60}
# A limit of more days than this is a typing error; the count stops there at the latest.
_MOST_DAYS = 3660
_TICK = timedelta(microseconds=1)


def due(start: datetime, step: Step, settings: ResolveSettings) -> datetime | None:
    """Return the moment a limit ends.

    ``urgent_`` and ``calendar_`` units run without pause. ``work_`` units run in working time only: a
    start outside working time counts from the next working time. Whether *n* working days are *n*
    times a day's working hours or end with the *n*-th working day is a setting
    (``work_days_end_at_close``). Where hours differ by season, half a day is half of that day.

    Parameters
    ----------
    start : datetime.datetime
        Moment the limit runs from, with a time zone.
    step : Step
        The limit.
    settings : ResolveSettings
        Calendar, working hours, time zone.

    Returns
    -------
    datetime.datetime or None
        In the city's time zone; None when the calendar of a year on the way is not known.
    """
    begin = start.astimezone(settings.timezone)
    clock, unit = step.unit.split("_")
    if clock != "work":
        return begin + timedelta(minutes=step.n * _MINUTES[unit])
    if unit != "day":
        return _after_working_time(begin, timedelta(minutes=step.n * _MINUTES[unit]), settings)
    if settings.work_days_end_at_close and step.n == int(step.n):
        return _close_of_workday(begin, int(step.n), settings)
    return _after_working_days(begin, Fraction(step.n), settings)


def _after_working_time(begin: datetime, length: timedelta, settings: ResolveSettings) -> datetime | None:
    left = length
    for day in _days(begin.date()):
        if not settings.calendar.knows(day):
            return None
        moment, left = _spend(day, begin, left, settings)
        if moment is not None:
            return moment
    return None


def _after_working_days(begin: datetime, count: Fraction, settings: ResolveSettings) -> datetime | None:
    """Count days by the share of each day's working time, however long that is in its season."""
    left = count
    for day in _days(begin.date()):
        if not settings.calendar.knows(day):
            return None
        whole = sum((closes - opens for opens, closes in _shifts(day, settings)), timedelta())
        if whole:
            wanted = timedelta(microseconds=round(left * (whole // _TICK)))
            moment, over = _spend(day, begin, wanted, settings)
            if moment is not None:
                return moment
            left -= Fraction((wanted - over) // _TICK, whole // _TICK)
    return None


def _spend(
    day: date, begin: datetime, length: timedelta, settings: ResolveSettings
) -> tuple[datetime | None, timedelta]:
    """Return when a length of working time ends on a day, or how much is left after it."""
    left = length
    for opens, closes in _shifts(day, settings):
        opens = max(opens, begin)
        if closes > opens and closes - opens >= left:
            return opens + left, timedelta()
        left -= max(closes - opens, timedelta())
    return None, left


def _close_of_workday(begin: datetime, count: int, settings: ResolveSettings) -> datetime | None:
    for day in _days(begin.date() + timedelta(days=1)):
        if not settings.calendar.knows(day):
            return None
        count -= settings.calendar.is_workday(day)
        if count <= 0:
            return datetime.combine(day, settings.shifts_on(day)[-1][1], settings.timezone)
    return None


def _days(first: date) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range(_MOST_DAYS))


def _shifts(day: date, settings: ResolveSettings) -> list[tuple[datetime, datetime]]:
    if not settings.calendar.is_workday(day):
        return []
    return [
        (datetime.combine(day, opens, settings.timezone), datetime.combine(day, closes, settings.timezone))
        for opens, closes in settings.shifts_on(day)
    ]
