"""Past cases on their way into the registry."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import openpyxl
import pandas
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.importing import ImportOptions
from gis.read import read_frame
from responsibility.cases.imports import parse_moment, prepare_cases
from responsibility.model import Question
from responsibility.resolver import Resolver
from wangge.deliveries import deliver

MOMENT = datetime.fromisoformat("2126-11-20T09:30:00+08:00")
CHINA = timezone(timedelta(hours=8))
PLACE = shapely.Point(106.5, 29.4)


def case(**values: object) -> dict[str, object]:
    return {
        "案件编号": "A1",
        "小类代码": "0101",
        "问题类型": "部件",
        "上报时间": "2026-03-01 08:30:00",
        "处置单位": "环卫公司",
        "处置结果": "已结案",
    } | values


def prepared(
    deliveries: Any, *rows: dict[str, object], places: list[Any] | None = None, **options: Any
) -> Any:
    layer = deliveries.layer(list(rows), places or [PLACE] * len(rows))
    return deliveries.prepare(prepare_cases, layer, kind="cases", **options)


def test_a_case_keeps_place_class_time_unit_and_outcome(deliveries: Any, town: Any) -> None:
    town.build(deliveries.registry, "organisations")

    found = prepared(deliveries, case())

    row = found.frame.iloc[0]
    assert row["id"] == "A1"
    assert (row["class_code"], row["kind"], row["outcome"]) == ("0101", "component", "accepted")
    assert row["reported_at"] == "2026-03-01T08:30:00+08:00"
    assert (row["acting_code"], row["acting_name"]) == ("CLEAN", "环卫公司")
    assert row["geometry"] == PLACE
    assert deliveries.found(found) == []


def test_what_is_not_understood_is_told_and_kept(deliveries: Any) -> None:
    found = prepared(
        deliveries,
        case(
            案件编号="A1",
            处置结果="不清楚",
            上报时间="去年",
            精度="很准",
            小类代码="没有这种",
            问题类型="其他",
        ),
    )

    assert deliveries.found(found) == [
        ("R05", "warning", 1), ("R11", "warning", 1), ("R11", "warning", 1), ("R11", "warning", 1),
        ("R11", "warning", 1),
    ]  # fmt: skip
    row = found.frame.iloc[0]
    assert pandas.isna(row["outcome"])
    assert "不清楚" in row["attributes"]


def test_a_case_has_a_place_or_a_component(deliveries: Any) -> None:
    rows = [case(案件编号="A1"), case(案件编号="A2", 部件标识码="5001990101000001"), case(案件编号="A3")]
    line = shapely.LineString([(106.5, 29.4), (106.6, 29.4)])

    found = prepared(deliveries, *rows, places=[None, None, line])

    assert deliveries.found(found) == [("F11", "error", 3), ("R12", "error", 1)]
    assert found.frame["id"].tolist() == ["A2"]


def test_a_case_given_twice_is_refused_the_second_time(deliveries: Any) -> None:
    found = prepared(deliveries, case(), case(小类代码="0102"))

    assert deliveries.found(found) == [("R29", "error", 2)]
    assert found.frame["class_code"].tolist() == ["0101"]


def test_cases_without_a_number_are_called_after_their_rows(deliveries: Any) -> None:
    rows = [case(案件编号=None), case(案件编号=None)]

    first, again = (prepared(deliveries, *rows).frame["id"].tolist() for _ in range(2))

    assert first == again == ["delivery.shp#1", "delivery.shp#2"]


@settings(deadline=None, max_examples=60)
@given(st.datetimes(min_value=pandas.Timestamp(2000, 1, 1).to_pydatetime()), st.sampled_from(["-", "/", "."]))
def test_times_are_read_as_cases_write_them(moment: Any, between: str) -> None:
    text = f"{moment.year}{between}{moment.month}{between}{moment.day} {moment:%H:%M:%S}"

    assert parse_moment(text, CHINA) == moment.replace(microsecond=0, tzinfo=CHINA)


@pytest.mark.parametrize("text", ["昨天", "2026-03-01 25:00", "2026-13-01", "2026-03-01 上午", ""])
def test_what_is_no_time_is_none(text: str) -> None:
    assert parse_moment(text, CHINA) is None


def test_a_stated_zone_is_kept() -> None:
    moment = parse_moment("2026-03-01T08:30:00Z", CHINA)
    assert moment is not None
    assert moment.isoformat() == "2026-03-01T08:30:00+00:00"


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_tables_with_coordinates_are_imported(registry: Any, tmp_path: Path, suffix: str) -> None:
    rows = [["工单号", "经度", "纬度", "小类代码", "处置单位"], ["G1", "106.5", "29.4", "0101", "环卫公司"]]
    path = tmp_path / f"cases{suffix}"
    if suffix == ".csv":
        path.write_text("\n".join(",".join(row) for row in rows), "utf-8")
    else:
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        book.save(path)

    report = deliver(registry, "cases", [path], ImportOptions())

    assert report.accepted == 1
    stored = read_frame(registry, "cases")
    assert stored["id"].tolist() == ["G1"]
    assert stored.geometry.iloc[0].equals_exact(PLACE, 1e-9)


def test_importing_cases_leaves_all_answers_as_they_are(registry: Any, town: Any, deliveries: Any) -> None:
    town.build(registry)
    lon, lat = town.xy(0.5)
    question = Question(lon=lon, lat=lat, class_text="0101", as_of=MOMENT, at=MOMENT)
    resolver = Resolver(registry, preload=True)
    before = resolver.resolve(question)

    deliveries.load(prepare_cases, deliveries.layer([case()], [PLACE]), kind="cases")

    assert resolver.resolve(question).to_json() == before.to_json()
    assert Resolver(registry).resolve(question).to_json() == before.to_json()
    assert "cases" not in before.to_dict()["basis"]["editions"]
    many = pandas.DataFrame({"lon": [lon] * 2000, "lat": [lat] * 2000})
    in_bulk = Resolver(registry).resolve_frame(
        many, class_="0101", as_of=MOMENT.isoformat(), at=MOMENT.isoformat()
    )
    assert set(in_bulk["answer_id"]) == {before.answer_id}
