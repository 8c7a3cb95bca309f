from __future__ import annotations

from datetime import datetime

import pytest

from gis.errors import UsageError
from gis.text import language
from responsibility.model import Kind, Question, Source
from responsibility.questions import question_from_params


def test_every_parameter_is_read() -> None:
    question = question_from_params(
        {
            "lon": "106.5",
            "lat": " 29.4 ",
            "class": "0101",
            "kind": "component",
            "standard": "2013",
            "rule": "2",
            "crs": "EPSG:4490",
            "source": "gps",
            "accuracy": "7.5",
            "as_of": "2026-11-20T09:30:00+08:00",
            "at": "2026-11-20T09:30:00",
        }
    )

    moment = datetime.fromisoformat("2026-11-20T09:30:00+08:00")
    assert question == Question(
        lon=106.5,
        lat=29.4,
        source=Source.GPS,
        accuracy_m=7.5,
        class_text="0101",
        kind=Kind.COMPONENT,
        standard="2013",
        rule=2,
        as_of=moment,
        at=moment,
    )


def test_blank_parameters_are_absent() -> None:
    question = question_from_params({"lon": "106.5", "lat": "29.4", "class": "", "rule": None, "crs": " "})

    assert question == Question(lon=106.5, lat=29.4)


@pytest.mark.parametrize(
    ("params", "source"),
    [
        ({"lon": "1", "lat": "1"}, Source.MAP_CLICK),
        ({"component": "5001130101000001"}, Source.COMPONENT),
        ({"address": "尚文大道1号"}, Source.ADDRESS),
        ({"address": "尚文大道1号", "source": "hotline"}, Source.HOTLINE),
    ],
)
def test_the_source_follows_from_how_the_place_is_given(params: dict[str, str], source: Source) -> None:
    assert question_from_params(params).source is source


def test_a_date_alone_means_the_whole_day_for_what_is_asked_as_of_it() -> None:
    question = question_from_params({"lon": "1", "lat": "1", "as_of": "2026-11-20", "at": "2026-11-20"})

    assert question.as_of == datetime.fromisoformat("2026-11-20T23:59:59.999+08:00")
    assert question.at == datetime.fromisoformat("2026-11-20T00:00:00+08:00")


def test_a_plus_sign_that_a_web_address_turned_into_a_blank_is_understood() -> None:
    question = question_from_params({"lon": "1", "lat": "1", "at": "2026-11-20T09:30:00 08:00"})

    assert question.at == datetime.fromisoformat("2026-11-20T09:30:00+08:00")


HERE = {"lon": "106.5", "lat": "29.4"}


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"lon": "abc", "lat": "29"}, "lon"),
        ({"lon": "nan", "lat": "29"}, "lon"),
        ({"lon": "1", "lat": "inf"}, "lat"),
        ({"lon": "106.5"}, "lat"),
        ({"lat": "29.5"}, "lon"),
        ({}, "lon"),
        ({**HERE, "component": "1"}, "lon"),
        ({"component": "1", "address": "x"}, "lon"),
        ({**HERE, "kind": "thing"}, "kind"),
        ({**HERE, "standard": "2020"}, "standard"),
        ({**HERE, "rule": "-1"}, "rule"),
        ({**HERE, "rule": "two"}, "rule"),
        ({**HERE, "crs": "EPSG:999999"}, "crs"),
        ({**HERE, "source": "satellite"}, "source"),
        ({**HERE, "accuracy": "5m"}, "accuracy"),
        ({**HERE, "as_of": "yesterday"}, "as_of"),
        ({**HERE, "at": "20.11.2026"}, "at"),
        ({**HERE, "longitude": "1"}, "longitude"),
    ],
)
def test_a_fault_names_field_value_and_what_was_expected(params: dict[str, str], field: str) -> None:
    with pytest.raises(UsageError) as caught:
        question_from_params(params)

    assert caught.value.field == field
    assert str(caught.value.expected)
    assert str(caught.value)
    with language("en"):
        assert str(caught.value).isascii()
