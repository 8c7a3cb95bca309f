"""Past cases that name where they lie, and lie elsewhere."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace as Town
from typing import Any

import orjson
import pytest
import shapely

from gis.text import language
from responsibility.cases.imports import prepare_cases


@pytest.fixture
def prepared(deliveries: Any, town: Town) -> Any:
    town.build(deliveries.registry, "divisions", "grids")

    def prepare(*cases: dict[str, object]) -> Any:
        rows = [{"案件编号": str(at)} | case for at, case in enumerate(cases, start=1)]
        places = [shapely.Point(*town.xy(float(str(row.pop("at"))))) for row in rows]
        return deliveries.prepare(prepare_cases, deliveries.layer(rows, places), kind="cases")

    return prepare


def told(prepared: Any, code: str) -> list[tuple[str, str]]:
    return [(str(one.severity), str(one.message)) for one in prepared.report.findings if one.code == code]


def test_cases_that_lie_where_they_say_are_not_told(prepared: Any) -> None:
    found = prepared(
        {"at": 0.5, "所属街道": "河东街道", "所属社区": "500199001001", "单元网格": "500199001001001"},
        {"at": 3.5, "所属街道": "500199002"},
    )

    assert told(found, "R30") == told(found, "R10") == []
    assert orjson.loads(found.frame["attributes"][0])["stated_community"] == "500199001001"


def test_how_far_the_named_area_is_says_how_bad_it_is(prepared: Any) -> None:
    found = prepared(
        {"at": 2.99, "所属街道": "河西街道"},
        {"at": 2.6, "所属街道": "河西街道", "定位来源": "hotline"},
        {"at": 2.6, "所属街道": "河西街道", "定位来源": "gps"},
        {"at": 2.6, "所属街道": "河西街道", "定位精度": "39.5"},
        {"at": 7.0, "所属街道": "河西街道"},
        {"at": 0.5, "单元网格": "500199001001002"},
    )

    assert [severity for severity, _ in told(found, "R30")] == [
        "warning", "info", "info", "warning", "info", "warning",
    ]  # fmt: skip
    assert "压在两者的分界线上" in str([message for _, message in told(found, "R30")])
    assert "在 50 米的定位精度之内" in str([message for _, message in told(found, "R30")])
    assert found.report.accepted == 6


def test_an_area_that_is_not_there_is_told_once(prepared: Any) -> None:
    found = prepared(
        {"at": 0.5, "所属社区": "和平社区"},
        {"at": 0.5, "所属社区": "和平社区"},
        {"at": 0.5, "所属社区": "桥头社区"},
    )

    assert told(found, "R10") == [("warning", "2 件案件写的是和平社区，登记库中没有")]
    assert told(found, "R30") == []
    assert found.report.by_code()["R10"] == 2


def test_a_retired_grid_is_one_that_is_not_there(prepared: Any) -> None:
    found = prepared({"at": 3.5, "单元网格": "500199002001009"})

    assert len(told(found, "R10")) == 1


def test_places_of_many_addresses_are_told_until_they_are_set(
    prepared: Any, town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [{"at": 2.5, "事发地址": f"人民路{number}号", "所属街道": "河西街道"} for number in range(1, 7)]
    lon, lat = town.xy(2.5)

    first = prepared(*cases)
    (finding,) = [one for one in first.report.findings if one.code == "R31"]
    assert (finding.count, finding.geometry) == (6, shapely.Point(lon, lat))
    with language("en"):
        assert "6 cases with 6 different addresses" in str(finding.message)
        setting = str(finding.hint).partition(": ")[2]
    assert told(first, "R30")[0][0] == "warning"

    path = tmp_path / "city.toml"
    path.write_text(f"[resolve]\ndefault_places = [{setting}]\n", "utf-8")
    monkeypatch.setenv("WANGGE_CONFIG", str(path))
    again = prepared(*cases)

    assert told(again, "R31") == []
    assert {severity for severity, _ in told(again, "R30")} == {"info"}
    assert "默认坐标" in told(again, "R30")[0][1]


def test_without_areas_nothing_can_be_said(deliveries: Any, town: Town) -> None:
    layer = deliveries.layer([{"案件编号": "1", "所属街道": "河东街道"}], [shapely.Point(*town.xy(0.5))])

    assert deliveries.found(deliveries.prepare(prepare_cases, layer, kind="cases")) == []
