"""Areas and boundary agreements on their way into the registry."""

from __future__ import annotations

import json

import pandas
import pytest
import shapely

from gis.editions import commit
from gis.models import DATASETS
from gis.read import read_frame
from responsibility.imports import prepare_areas, prepare_boundaries

UNIT = 0.01


def box(column: float, row: float = 0, width: float = 1, height: float = 1) -> shapely.Polygon:
    west, south = 106.5 + column * UNIT, 29.4 + row * UNIT
    return shapely.box(west, south, west + width * UNIT, south + height * UNIT)


@pytest.fixture
def city(deliveries):
    """A registry with two organisations."""
    frame = pandas.DataFrame({name: [None] * 2 for name in DATASETS["organisations"].columns}, dtype=object)
    frame["code"] = ["HW-A", "HW-B"]
    frame["name"] = ["甲环卫公司", "乙环卫公司"]
    frame["state"] = "active"
    commit(deliveries.registry, "organisations", frame)
    return deliveries


def area(number: int, **values: object) -> dict[str, object]:
    return {
        "条线": "环卫",
        "代码": f"HW-{number:02d}",
        "名称": f"环卫{number}标段",
        "单位代码": "HW-A",
        "单位名称": "甲环卫公司",
        "适用类别": "0301、0304",
        "移交状态": "已移交",
        "是否管辖": "是",
        "起始日期": "2024-01-01",
        "终止日期": None,
    } | values


def areas(deliveries, *rows, places=None):
    places = places or [box(at) for at in range(len(rows))]
    return deliveries.prepare(prepare_areas, deliveries.layer(list(rows), places))


def test_clean_areas_have_no_findings_and_are_translated(city) -> None:
    prepared = areas(city, area(1), area(2, 是否管辖="否", 适用类别="井盖、04", 起始日期="20240101"))
    assert city.found(prepared, infos=True) == []
    commit(city.registry, "areas", prepared.frame)
    stored = read_frame(city.registry, "areas")
    assert stored["in_scope"].tolist() == [True, False]
    assert json.loads(stored["classes"][0]) == ["0301", "0304"]
    assert {"0101", "04", "01001"} <= set(json.loads(stored["classes"][1]))
    assert stored["valid_from_date"].tolist() == ["20240101", "20240101"]


@pytest.mark.parametrize(
    ("values", "place", "expected"),
    [
        ({"代码": None}, None, ("G13", "error", 1)),
        ({"代码": "HW-02"}, None, ("G08", "error", 2)),
        ({"单位代码": "HW-Z", "单位名称": None}, None, ("R06", "warning", 1)),
        ({"适用类别": "0301、智能柜"}, None, ("R05", "warning", 1)),
        ({"移交状态": "待定"}, None, ("R11", "warning", 1)),
        ({"是否管辖": "部分"}, None, ("R11", "warning", 1)),
        ({"起始日期": "去年"}, None, ("R11", "warning", 1)),
        ({}, shapely.Point(106.5, 29.4), ("F11", "error", 1)),
        (
            {},
            shapely.Polygon([(106.5, 29.4), (106.505, 29.41), (106.505, 29.4), (106.5, 29.41)]),
            ("R08", "warning", 1),
        ),
        ({}, box(0, 0, 1.2), ("R09", "warning", 2)),
    ],
)
def test_each_fault_of_an_area_is_one_finding(city, values, place, expected) -> None:
    prepared = areas(city, area(1, **values), area(2), places=[place or box(0), box(1)])
    assert city.found(prepared, infos=True) == [expected]


@pytest.mark.parametrize(
    "values",
    [
        {"条线": "绿化"},
        {"适用类别": "0401"},
        {"适用类别": "-"},
        {"是否管辖": "否"},
        {"终止日期": "20231231", "起始日期": "20230101"},
    ],
)
def test_areas_of_another_line_classes_or_time_may_overlap(city, values) -> None:
    prepared = areas(city, area(1, **values), area(2), places=[box(0, 0, 1.2), box(1)])
    assert city.found(prepared, infos=True) == []


def test_a_major_class_holds_its_classes_and_an_empty_list_all(city) -> None:
    for classes in ("03", None, "垃圾设施"):
        prepared = areas(city, area(1, 适用类别=classes), area(2), places=[box(0, 0, 1.2), box(1)])
        assert city.found(prepared) == [("R09", "warning", 2)]


def test_pieces_of_one_area_become_one(city) -> None:
    prepared = areas(city, area(1), area(1), places=[box(0), box(3)])
    assert city.found(prepared) == [("G17", "warning", 2)]
    assert shapely.get_num_geometries(prepared.frame.geometry.iloc[0]) == 2


def test_a_unit_is_found_by_its_name(city) -> None:
    prepared = areas(city, area(1, 单位代码="旧-3", 单位名称="乙环卫公司"), area(2, 单位代码=None))
    assert city.found(prepared) == []
    assert prepared.frame["unit_code"].tolist() == ["HW-B", "HW-A"]
    assert json.loads(prepared.frame["attributes"].iloc[0]) == {"unit_code": "旧-3"}


def test_any_polygons_with_a_line_and_a_code_will_do(deliveries) -> None:
    layer = deliveries.layer([{"BoroCD": 101}, {"BoroCD": 102}], [box(0), box(1)])
    prepared = deliveries.prepare(
        prepare_areas, layer, fields={"code": "BoroCD"}, constants={"line": "community-board"}
    )
    assert deliveries.found(prepared) == []
    assert prepared.frame[["line", "code", "in_scope"]].to_numpy().tolist() == [
        ["community-board", "101", True],
        ["community-board", "102", True],
    ]


def agreement(**values: object) -> dict[str, object]:
    return {
        "代码": "BJ-01",
        "名称": "界河协议",
        "甲方代码": "HW-A",
        "乙方代码": "HW-B",
        "承担方": "甲方",
        "半宽": 18.0,
        "适用类别": "",
        "协议文号": "云府办〔2024〕33号",
    } | values


LINE = shapely.LineString([(106.5, 29.4), (106.51, 29.4)])


def test_a_clean_agreement_has_no_findings(city) -> None:
    prepared = city.load(prepare_boundaries, city.layer([agreement()], [LINE]))
    assert city.found(prepared, infos=True) == []
    (stored,) = read_frame(city.registry, "boundaries").to_dict("records")
    assert (stored["taken_by"], stored["width_m"], stored["unit_b_code"]) == ("a", 18.0, "HW-B")
    assert stored["geometry"].equals(shapely.MultiLineString([LINE]))


@pytest.mark.parametrize(
    ("values", "place", "expected"),
    [
        ({"代码": None}, LINE, ("G13", "error", 1)),
        ({"乙方代码": "HW-Z"}, LINE, ("R06", "warning", 1)),
        ({"承担方": "双方"}, LINE, ("R11", "error", 1)),
        ({"承担方": None}, LINE, ("R11", "error", 1)),
        ({"半宽": "若干"}, LINE, ("R11", "error", 1)),
        ({"半宽": -3}, LINE, ("R11", "error", 1)),
        ({}, box(0), ("F11", "error", 1)),
    ],
)
def test_each_fault_of_an_agreement_is_one_finding(city, values, place, expected) -> None:
    prepared = city.prepare(prepare_boundaries, city.layer([agreement(**values)], [place]))
    assert city.found(prepared, infos=True) == [expected]


def test_one_code_for_two_agreements_refuses_both(city) -> None:
    other = shapely.LineString([(106.5, 29.5), (106.51, 29.5)])
    prepared = city.prepare(prepare_boundaries, city.layer([agreement(), agreement()], [LINE, other]))
    assert city.found(prepared) == [("G08", "error", 2)]
    assert len(prepared.frame) == 0
