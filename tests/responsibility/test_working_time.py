"""Limits in working time, held against counting minutes one by one."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.errors import UsageError
from responsibility.calendar import WorkCalendar
from responsibility.deadlines import due
from responsibility.limits import Step
from responsibility.settings import ResolveSettings, load_settings
from responsibility.working_time import WorkSeason

SUMMER = WorkSeason("05-01", "09-30", (("08:00", "12:00"), ("15:00", "18:00")))
WINTER = WorkSeason("11-15", "02-15", (("09:00", "12:00"), ("13:00", "16:00")))
SEASONAL = ResolveSettings(work_seasons=(SUMMER, WINTER))
_MINUTE = timedelta(minutes=1)


def counted(begin: datetime, n: float, unit: str, city: ResolveSettings) -> datetime | None:
    """Return the end of the minute in which a limit is over, None where a year is not known."""
    done, moment = Fraction(0), begin
    wanted = Fraction(n) * (60 if unit == "hour" else 1)
    while done < wanted:
        day = moment.date()
        if not city.calendar.knows(day):
            return None
        shifts = city.shifts_on(day) if city.calendar.is_workday(day) else ()
        if any(opens <= moment.time() < closes for opens, closes in shifts):
            whole = sum(
                (closes.hour - opens.hour) * 60 + closes.minute - opens.minute for opens, closes in shifts
            )
            done += Fraction(1, whole) if unit == "day" else 1
        moment += _MINUTE
    return moment


_STARTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31, 23, 59)).map(
    lambda moment: moment.replace(second=0, microsecond=0)
)


@settings(deadline=None, max_examples=80)
@given(
    _STARTS,
    st.sampled_from(
        [("hour", 1), ("hour", 4), ("hour", 15), ("minute", 30), ("day", 1), ("day", 2.5), ("day", 7)]
    ),
    st.sampled_from([ResolveSettings(), SEASONAL]),
)
def test_working_time_is_what_counting_minutes_gives(
    start: datetime, limit: tuple[str, float], city: ResolveSettings
) -> None:
    unit, n = limit
    begin = start.replace(tzinfo=city.timezone)

    found = due(begin, Step(None, "", n, f"work_{unit}"), city)

    expected = counted(begin, n, unit, city)
    if expected is None:
        assert found is None
    else:
        assert found is not None
        assert expected - _MINUTE < found <= expected


@given(_STARTS, st.integers(1, 12))
def test_closing_times_are_those_of_the_nth_working_day(start: datetime, n: int) -> None:
    city = ResolveSettings(work_days_end_at_close=True, work_seasons=(SUMMER, WINTER))
    later = [start.date() + timedelta(days=number) for number in range(1, 60)]
    known = [day for day in later if city.calendar.knows(day)]
    days = [day for day in known if city.calendar.is_workday(day)]

    found = due(start.replace(tzinfo=city.timezone), Step(None, "", n, "work_day"), city)

    expected = days[n - 1] if len(days) >= n else None
    assert (found and found.date()) == expected
    assert found is None or found.time() == city.shifts_on(found.date())[-1][1]


def test_seasons_have_their_own_hours_and_may_run_over_the_turn_of_the_year() -> None:
    assert [
        SEASONAL.shifts_on(date(2026, *day))[-1][1].hour for day in ((7, 1), (10, 8), (12, 1), (2, 15))
    ] == [
        18,
        17,
        16,
        16,
    ]


def test_seasons_are_read_from_the_configuration(tmp_path: Path) -> None:
    path = tmp_path / "city.toml"
    text = '[[resolve.work_seasons]]\nfirst = "05-01"\nlast = "09-30"\n'
    text += 'hours = [["08:00", "12:00"], ["15:00", "18:00"]]\n'
    path.write_text(text, encoding="utf-8")

    city = load_settings(path)

    assert city.work_seasons == (SUMMER,)
    assert city.hash != ResolveSettings().hash


@pytest.mark.parametrize(
    "seasons",
    [
        "work_seasons = 5",
        'work_seasons = [{first = "05-01", last = "09-30"}]',
        'work_seasons = [{first = "5月", last = "09-30", hours = [["08:00", "12:00"]]}]',
        'work_seasons = [{first = "05-01", last = "09-30", hours = [["12:00", "08:00"]]}]',
        'work_seasons = [{first = "05-01", last = "09-30", hours = [["08:00", "12:00"]]},'
        ' {first = "09-30", last = "10-31", hours = [["08:00", "12:00"]]}]',
    ],
)
def test_impossible_seasons_are_refused_by_name(tmp_path: Path, seasons: str) -> None:
    path = tmp_path / "city.toml"
    path.write_text(f"[resolve]\n{seasons}\n", encoding="utf-8")

    with pytest.raises(UsageError) as caught:
        load_settings(path)

    assert caught.value.field == "work_seasons"


def calendar(tmp_path: Path, *lines: str) -> WorkCalendar:
    path = tmp_path / "days.csv"
    path.write_text("\n".join(["first,last,workday,name", *lines]), encoding="utf-8")
    return WorkCalendar.read(path)


def test_a_holiday_over_the_turn_of_the_year_does_not_announce_the_year_before(tmp_path: Path) -> None:
    known = calendar(tmp_path, "2027-12-31,2028-01-02,0,元旦", "2028-10-01,2028-10-07,0,国庆节")

    assert known.years == {2028}
    assert not known.knows(date(2027, 6, 1))


@pytest.mark.parametrize(
    "line",
    [
        "2027-01-03,2027-01-01,0,元旦",
        "2027-01-01,2027-01-03,2,元旦",
        "2027-01-01,2027-01-03,0,元旦\n2027-01-03,2027-01-03,1,补班",
        "2027-13-01,2027-13-01,0,元旦",
    ],
)
def test_lines_that_cannot_be_are_refused(tmp_path: Path, line: str) -> None:
    with pytest.raises(UsageError, match=r"days\.csv"):
        calendar(tmp_path, line)
