"""Streets, door plates and places on their way into the registry."""

from __future__ import annotations

import json

import pytest
import shapely

from geocoding.imports import prepare_addresses, prepare_places, prepare_streets
from gis.editions import commit
from gis.read import read_frame
from grids.division_imports import prepare_divisions

STEP = 0.001


def at(column: float, row: float = 0.5) -> shapely.Point:
    return shapely.Point(106.5 + column * STEP, 29.4 + row * STEP)


def line(start: float, end: float, row: float = 0.5) -> shapely.LineString:
    return shapely.LineString([at(start, row), at(end, row)])


@pytest.fixture
def city(deliveries):
    """A registry with a county and a street of ten by one."""
    area = shapely.box(106.5, 29.4, 106.51, 29.401)
    rows = [{"code": "500113"}, {"code": "500113001"}]
    deliveries.load(prepare_divisions, deliveries.layer(rows, [area, area]))
    return deliveries


PLATES = [
    ({"代码": "M1", "地址全称": "尚文大道1号", "街路巷": "尚文大道", "门牌号": "1号"}, at(1)),
    ({"代码": "M2", "地址全称": "尚文大道3号", "街路巷": "尚文大道", "门牌号": "3号"}, at(2)),
]


def plates(deliveries, change=None, place=None):
    rows = [PLATES[0][0], PLATES[1][0] | (change or {})]
    return deliveries.prepare(
        prepare_addresses, deliveries.layer(rows, [PLATES[0][1], place or PLATES[1][1]])
    )


def test_clean_plates_have_no_findings(city) -> None:
    prepared = plates(city)
    assert city.found(prepared, infos=True) == []
    commit(city.registry, "addresses", prepared.frame)
    stored = read_frame(city.registry, "addresses")
    assert stored[["code", "address", "street_name", "number"]].to_numpy().tolist()[0] == [
        "M1",
        "尚文大道1号",
        "尚文大道",
        "1号",
    ]
    assert stored.geometry.iloc[0].equals(at(1))


@pytest.mark.parametrize(
    ("change", "place", "expected"),
    [
        ({"代码": "M1"}, None, ("P01", "error", 2)),
        ({"地址全称": "尚文大道1号", "门牌号": "1号"}, None, ("P01", "warning", 2)),
        ({"地址全称": None, "门牌号": None}, None, ("P02", "error", 2)),
        ({}, at(20), ("P03", "warning", 2)),
        ({"代码": None}, None, ("P04", "info", 2)),
        ({}, line(1, 2), ("F11", "error", 2)),
        ({}, shapely.MultiPoint([at(1), at(2)]), ("F11", "error", 2)),
    ],
)
def test_each_fault_of_a_plate_is_one_finding(city, change, place, expected) -> None:
    prepared = plates(city, change, place)
    assert city.found(prepared, infos=True) == [expected]


def test_one_code_for_two_plates_refuses_both(city) -> None:
    assert len(plates(city, {"代码": "M1"}).frame) == 0


def test_an_address_is_put_together_of_street_and_number(city) -> None:
    prepared = plates(city, {"地址全称": None})
    assert city.found(prepared, infos=True) == []
    assert prepared.frame["address"].tolist() == ["尚文大道1号", "尚文大道3号"]


def test_codes_are_issued_once_for_the_same_delivery(city) -> None:
    rows = [{"address": "尚文大道1号"}, {"address": "尚文大道3号"}]
    layer = city.layer(rows, [at(1), at(20)])
    first = city.load(prepare_addresses, layer)
    assert first.frame["code"].tolist() == ["50011300104000001", "50011300004000001"]
    again = city.prepare(prepare_addresses, layer)
    assert again.frame["code"].tolist() == first.frame["code"].tolist()
    more = city.prepare(prepare_addresses, city.layer([{"address": "尚文大道5号"}], [at(3)]))
    assert more.frame["code"].tolist() == ["50011300104000002"]


def test_without_divisions_codes_are_issued_all_the_same(deliveries) -> None:
    prepared = deliveries.prepare(prepare_addresses, deliveries.layer([{"address": "尚文大道1号"}], [at(1)]))
    assert prepared.frame["code"].tolist() == ["00000000004000001"]
    assert deliveries.found(prepared) == []
    assert any("区划" in str(note) for note in prepared.report.notes)


def test_segments_of_a_street_become_one(city) -> None:
    rows = [
        {"代码": "S1", "名称": "尚文大道", "别名": "尚文路、老尚文路", "起点": "东门", "止点": "西门"},
        {"代码": "S1", "名称": "尚文大道", "别名": None, "起点": None},
        {"代码": "S2", "名称": "飞虹路", "别名": None, "起点": None},
    ]
    layer = city.layer(rows, [line(1, 2), line(2, 3), line(4, 5)])
    prepared = city.load(prepare_streets, layer)
    assert city.found(prepared, infos=True) == [("G17", "info", 2)]
    assert prepared.report.accepted == 3
    stored = read_frame(city.registry, "streets").set_index("code")
    assert stored.loc["S1"].geometry.equals(shapely.MultiLineString([line(1, 2), line(2, 3)]))
    assert json.loads(stored.loc["S1"]["aliases"]) == ["尚文路", "老尚文路"]
    assert stored.loc["S1"]["from_name"] == "东门"


def test_one_code_for_two_streets_refuses_both(city) -> None:
    rows = [
        {"代码": "S1", "名称": "尚文大道"},
        {"代码": "S1", "名称": "飞虹路"},
        {"代码": "S2", "名称": None},
    ]
    prepared = city.prepare(prepare_streets, city.layer(rows, [line(1, 2), line(2, 3), line(4, 5)]))
    assert city.found(prepared) == [("P01", "error", 2), ("P02", "error", 3)]
    assert len(prepared.frame) == 0


def test_streets_without_codes_get_one_code_per_name(city) -> None:
    rows = [{"RNAME": "尚文大道"}, {"RNAME": "飞虹路"}, {"RNAME": "尚文大道"}]
    prepared = city.prepare(prepare_streets, city.layer(rows, [line(1, 2), line(4, 5), line(2, 3)]))
    assert prepared.frame[["code", "name"]].to_numpy().tolist() == [
        ["50011300103000001", "尚文大道"],
        ["50011300103000002", "飞虹路"],
    ]


def test_places_of_any_geometry_are_taken(city) -> None:
    rows = [
        {"代码": "P1", "名称": "云渡公园", "类型": "区片", "别名": "人民公园"},
        {"代码": "P2", "名称": "鼓楼", "类型": "标志物", "别名": None},
    ]
    park = shapely.box(106.501, 29.4, 106.503, 29.401)
    prepared = city.load(prepare_places, city.layer(rows, [park, at(5)]))
    assert city.found(prepared, infos=True) == []
    stored = read_frame(city.registry, "places").set_index("code")
    assert stored.loc["P1"].geometry.equals(park)
    assert json.loads(stored.loc["P1"]["aliases"]) == ["人民公园"]


@pytest.mark.parametrize(
    ("change", "place", "expected"),
    [
        ({"代码": "P1"}, None, ("P01", "error", 2)),
        ({"名称": " "}, None, ("P02", "error", 2)),
        ({}, at(20), ("P03", "warning", 2)),
        ({"代码": None}, None, ("P04", "info", 2)),
    ],
)
def test_each_fault_of_a_place_is_one_finding(city, change, place, expected) -> None:
    rows = [{"代码": "P1", "名称": "鼓楼"}, {"代码": "P2", "名称": "钟楼"} | change]
    prepared = city.prepare(prepare_places, city.layer(rows, [at(1), place or at(2)]))
    assert city.found(prepared, infos=True) == [expected]


def test_rows_that_say_the_same_keep_each_its_own_code(city) -> None:
    rows = [{"address": "尚文大道1号"}, {"address": "飞虹路2号"}, {"address": "尚文大道1号"}]
    layer = city.layer(rows, [at(1), at(2), at(3)])
    first = city.load(prepare_addresses, layer)
    assert [code[-1] for code in first.frame["code"]] == ["1", "2", "3"]
    again = city.prepare(prepare_addresses, city.layer([*rows, rows[0]], [at(1), at(2), at(3), at(4)]))
    assert [code[-1] for code in again.frame["code"]] == ["1", "2", "3", "4"]


def test_segments_without_codes_get_the_code_their_street_has(city) -> None:
    rows = [{"RNAME": "尚文大道"}, {"RNAME": "飞虹路"}, {"RNAME": "尚文大道"}]
    layer = city.layer(rows, [line(1, 2), line(4, 5), line(2, 3)])
    first = city.load(prepare_streets, layer)
    again = city.prepare(
        prepare_streets, city.layer([*rows, {"RNAME": "云台路"}], [*layer.frame.geometry, line(6, 7)])
    )
    assert again.frame["code"].tolist()[:2] == first.frame["code"].tolist()
    assert again.frame["code"].tolist()[2].endswith("000003")


def test_a_code_in_full_width_digits_is_taken_as_plain_ones(city) -> None:
    prepared = city.prepare(prepare_places, city.layer([{"代码": "Ｐ１", "名称": "鼓楼"}], [at(1)]))
    assert city.found(prepared) == [("G14", "warning", 1)]
    assert prepared.frame["code"].tolist() == ["P1"]
