"""Count time limits to a moment, by the working calendar where they run in working time."""

from __future__ import annotations

from datetime import datetime, timedelta

from responsibility.limits import Step
from responsibility.settings import ResolveSettings

_MINUTES = {"minute": 1, "hour": 60, "day": 24 * 60}


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
    zone = settings.timezone
    begin = start if start.tzinfo is zone else start.astimezone(zone)
    clock, _, unit = step.unit.partition("_")
    if clock != "work":
        return begin + timedelta(minutes=step.n * _MINUTES[unit])
    moment = _after_working_time(begin.replace(tzinfo=None), step.n, unit, settings)
    return None if moment is None else moment.replace(tzinfo=zone)


def _after_working_time(begin: datetime, n: float, unit: str, settings: ResolveSettings) -> datetime | None:
    if unit != "day":
        return settings.work_clock.after(begin, timedelta(minutes=n * _MINUTES[unit]))
    if settings.work_days_end_at_close and n == int(n):
        return settings.work_clock.close_of_day(begin, int(n))
    return settings.work_clock.after_days(begin, n)
