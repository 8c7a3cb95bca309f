from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.dates import compact, parse_date
from gis.enumerations import split_list


@pytest.mark.parametrize(
    "text",
    [
        "20260701",
        "2026-07-01",
        "2026/7/1",
        "2026.7.1",
        "2026年7月1日",
        "２０２６０７０１",
        " 2026-07-01 08:30:00 ",
    ],
)
def test_dates_are_read_as_surveys_write_them(text: str) -> None:
    assert parse_date(text) == date(2026, 7, 1)


@pytest.mark.parametrize(
    "text", ["", "20230231", "2026-13-01", "2026", "260701", "去年", "2026070", "202607011"]
)
def test_other_texts_are_no_dates(text: str) -> None:
    assert parse_date(text) is None


@given(st.dates(min_value=date(1000, 1, 1)))
def test_the_form_of_the_standards_is_read_back(day: date) -> None:
    assert parse_date(compact(day)) == day


def test_lists_in_one_cell_are_split() -> None:
    assert split_list("甲、乙，丙;丁\n戊 / 己") == ["甲", "乙", "丙", "丁", "戊", "己"]
    assert split_list(None) == split_list(" 、 ") == []
