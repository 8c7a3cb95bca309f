from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from gis.errors import UsageError
from responsibility.calendar import WorkCalendar
from responsibility.deadlines import due
from responsibility.limits import parse_limit
from responsibility.settings import ResolveSettings

SETTINGS = ResolveSettings()


def end(start: str, limit: str, settings: ResolveSettings = SETTINGS) -> str | None:
    (step,) = parse_limit(limit)
    moment = due(datetime.fromisoformat(start), step, settings)
    return moment.isoformat() if moment else None


@pytest.mark.parametrize(
    ("start", "limit", "expected"),
    [
        ("2026-11-20T09:30:00+08:00", "2紧急工作时", "2026-11-20T11:30:00+08:00"),
        ("2026-11-20T23:30:00+08:00", "2紧急工作时", "2026-11-21T01:30:00+08:00"),
        ("2026-02-17T10:00:00+08:00", "1紧急工作日", "2026-02-18T10:00:00+08:00"),
        ("2026-11-20T09:30:00+08:00", "30紧急工作分钟", "2026-11-20T10:00:00+08:00"),
        ("2026-11-20T09:30:00+08:00", "3自然日", "2026-11-23T09:30:00+08:00"),
    ],
)
def test_urgent_and_calendar_limits_run_without_pause(start: str, limit: str, expected: str) -> None:
    assert end(start, limit) == expected


@pytest.mark.parametrize(
    ("start", "limit", "expected"),
    [
        ("2026-11-19T09:30:00+08:00", "2工作时", "2026-11-19T11:30:00+08:00"),
        # The noon break does not count.
        ("2026-11-19T11:00:00+08:00", "2工作时", "2026-11-19T15:00:00+08:00"),
        # Half an hour on Friday afternoon, the rest on Monday.
        ("2026-11-20T17:00:00+08:00", "2工作时", "2026-11-23T10:00:00+08:00"),
        # Before work, in the night, at the weekend: from the next opening.
        ("2026-11-19T06:00:00+08:00", "1工作时", "2026-11-19T09:30:00+08:00"),
        ("2026-11-21T12:00:00+08:00", "1工作时", "2026-11-23T09:30:00+08:00"),
        ("2026-11-19T08:30:00+08:00", "1工作日", "2026-11-19T17:30:00+08:00"),
        ("2026-11-20T15:00:00+08:00", "1工作日", "2026-11-23T15:00:00+08:00"),
        ("2026-11-19T08:30:00+08:00", "0.5工作时", "2026-11-19T09:00:00+08:00"),
        ("2026-11-19T11:50:00+08:00", "30分钟", "2026-11-19T14:20:00+08:00"),
    ],
)
def test_work_limits_run_in_working_time_only(start: str, limit: str, expected: str) -> None:
    assert end(start, limit) == expected


def test_holidays_are_skipped_and_moved_working_days_worked() -> None:
    # 30 September is a Wednesday; the National Day holiday ends on 7 October.
    assert end("2026-09-30T15:00:00+08:00", "1工作日") == "2026-10-08T15:00:00+08:00"
    # Saturday 14 February 2026 is worked, the 15th to the 23rd are not.
    assert end("2026-02-13T16:30:00+08:00", "2工作时") == "2026-02-14T09:30:00+08:00"


def test_working_days_may_end_at_the_close_of_the_last_one() -> None:
    settings = ResolveSettings(work_days_end_at_close=True)

    assert end("2026-11-19T09:00:00+08:00", "1工作日", settings) == "2026-11-20T17:30:00+08:00"
    assert end("2026-11-20T20:00:00+08:00", "5天", settings) == "2026-11-27T17:30:00+08:00"


def test_a_limit_beyond_the_calendar_has_no_end_rather_than_a_guessed_one() -> None:
    assert end("2026-12-31T16:00:00+08:00", "1工作日") is None
    assert end("2026-12-31T16:00:00+08:00", "1紧急工作日") == "2027-01-01T16:00:00+08:00"
    assert end("2024-12-31T16:00:00+08:00", "1工作时") is None
    assert end("2026-12-31T16:00:00+08:00", "1天", ResolveSettings(work_days_end_at_close=True)) is None


def test_times_of_other_zones_are_the_same_moment() -> None:
    assert end("2026-11-20T01:30:00+00:00", "2紧急工作时") == "2026-11-20T11:30:00+08:00"


def test_every_year_of_the_shipped_calendar_has_as_many_days_off_as_announced() -> None:
    calendar = WorkCalendar.default()
    off = {year: [] for year in calendar.years}
    for day, worked in calendar.exceptions.items():
        if not worked:
            off[day.year].append(day)

    assert {year: len(days) for year, days in off.items()} == {2025: 28, 2026: 33}
    assert not calendar.is_workday(date(2026, 10, 7))
    assert calendar.is_workday(date(2026, 10, 10))
    assert not calendar.knows(date(2027, 1, 4))


def test_a_calendar_that_cannot_be_read_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "days.csv"
    path.write_text("day,off\n2026-01-01,yes\n", encoding="utf-8")

    with pytest.raises(UsageError, match=r"days\.csv"):
        WorkCalendar.read(path)
