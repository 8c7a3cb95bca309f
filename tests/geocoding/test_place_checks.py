"""What checks find in places, plates and streets: one fault, one finding."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import shapely

from geocoding.imports import prepare_addresses, prepare_places, prepare_streets
from geocoding.numerals import chinese_text
from gis.read import read_frame
from grids.division_imports import prepare_divisions

STEP = 0.001
COMMUNITIES = ("500113001001", "500113001002")


def at(column: float, row: float = 0.5) -> shapely.Point:
    return shapely.Point(106.5 + column * STEP, 29.4 + row * STEP)


def line(start: float, end: float, row: float = 0.5) -> shapely.LineString:
    return shapely.LineString([at(start, row), at(end, row)])


@pytest.fixture
def city(deliveries: Any) -> Any:
    """A county of two communities, ten by one steps each, with two streets through both."""
    whole, west, east = (
        shapely.box(106.5, 29.4, 106.52, 29.41),
        shapely.box(106.5, 29.4, 106.51, 29.41),
        shapely.box(106.51, 29.4, 106.52, 29.41),
    )
    rows = [{"code": "500113", "name": "云渡区"}, {"code": "500113001", "name": "云岚街道"}]
    rows += [
        {"code": code, "name": name} for code, name in zip(COMMUNITIES, ("东桥社区", "西桥社区"), strict=True)
    ]
    deliveries.load(prepare_divisions, deliveries.layer(rows, [whole, whole, west, east]))
    streets = [
        {
            "代码": "J1",
            "名称": "尚文大道",
            "曾用名": "老街(1990-2005)",
            "最小门牌号": "1",
            "最大门牌号": "99",
        },
        {"代码": "J2", "名称": "飞虹路", "曾用名": None, "最小门牌号": None, "最大门牌号": None},
        {"代码": "J3", "名称": "无图巷", "曾用名": None, "最小门牌号": None, "最大门牌号": None},
    ]
    prepared = deliveries.load(
        prepare_streets, deliveries.layer(streets, [line(0, 20), line(0, 20, row=8), None])
    )
    assert deliveries.found(prepared, infos=True) == [("P14", "warning", 3)]
    return deliveries


def plate(number: str, **more: Any) -> dict[str, Any]:
    row = {"代码": None, "地址全称": None, "街巷名称": "尚文大道", "门牌号": number, "社区代码": None}
    return row | {"代码": f"M{number}"} | more


def check(city: Any, rows: list[dict[str, Any]], places: list[Any], infos: bool = True) -> list[Any]:
    return city.found(city.prepare(prepare_addresses, city.layer(rows, places)), infos=infos)


@pytest.mark.parametrize(
    ("change", "place", "expected"),
    [
        ({}, at(2, 0.6), []),
        ({}, at(2, 3), [("P05", "warning", 2)]),
        ({"街巷名称": "老街"}, at(2, 0.6), []),
        ({"街巷名称": "J1"}, at(2, 0.6), []),
        ({"街巷名称": "无图巷"}, at(2, 3), []),
        ({"街巷名称": "北京路"}, at(2, 3), [("P13", "warning", 2)]),
        ({"门牌号": "101号"}, at(2, 0.6), [("P08", "warning", 2)]),
        ({"门牌号": "一百零一号"}, at(2, 0.6), [("P08", "warning", 2)]),
        ({"街巷名称": "飞虹路", "门牌号": "101号"}, at(2, 8.2), []),
        ({"门牌号": "1", "地址全称": "云渡区尚文大道1号甲"}, at(2, 0.6), [("P06", "warning", 2)]),
        ({"门牌号": "一號", "地址全称": "云渡区尚文大道一號甲"}, at(2, 0.6), [("P06", "warning", 2)]),
        ({"门牌号": "1号", "楼栋": "2栋"}, at(1, 0.4), []),
        ({"门牌号": "3号", "地址全称": "尚文大道13号"}, at(2, 0.6), [("P16", "warning", 2)]),
        ({"门牌号": "３号", "地址全称": "尚文大道３ 号"}, at(2, 0.6), []),
        ({"地址全称": "飞虹路3号"}, at(2, 0.6), [("P16", "warning", 2)]),
        ({"地址全称": "13", "街巷名称": None, "门牌号": None}, at(2, 0.6), [("P10", "warning", 2)]),
        ({"社区代码": COMMUNITIES[1]}, at(2, 0.6), [("P07", "warning", 2)]),
        ({"社区名称": "西桥社区"}, at(2, 0.6), [("P07", "warning", 2)]),
        ({"社区代码": COMMUNITIES[1]}, at(9.9, 0.6), []),
        ({"注销日期": "2020-02-30"}, at(2, 0.6), [("P19", "warning", 2)]),
        ({"启用日期": "20200101", "注销日期": "2019-01-01"}, at(2, 0.6), [("P19", "warning", 2)]),
        ({"状态": "空关"}, at(2, 0.6), [("P18", "warning", 2)]),
    ],
)
def test_each_fault_of_a_plate_is_one_finding(city: Any, change: Any, place: Any, expected: Any) -> None:
    rows = [plate("1号", 楼栋="1栋"), plate("3号", **change)]
    rows[0]["楼栋"] = None if "楼栋" not in change else "1栋"
    assert check(city, rows, [at(1, 0.6), place]) == expected


def test_streets_of_one_name_in_two_counties_have_their_own_numbers(city: Any) -> None:
    rows = [
        plate("1号", 代码=code, 街巷名称="北京路", 区县名称=county)
        for code, county in (("M1", "甲区"), ("M2", "乙区"))
    ]
    rows.append(plate("1号", 代码="M3", 街巷名称="北京路", 区县名称="乙区", 地址全称="北京路1号侧门"))
    found = check(city, rows, [shapely.Point(100, 20), shapely.Point(101, 20), shapely.Point(101, 20)])
    assert [(code, row) for code, _severity, row in found if code == "P06"] == [("P06", 3)]


def test_a_retired_plate_gives_its_number_free_and_stays_marked(city: Any) -> None:
    rows = [plate("1号", 代码="M1", 状态="已注销", 注销日期="2019/3/1"), plate("1号", 代码="M2")]
    layer = city.layer(rows, [at(1, 0.6), at(9, 0.6)])
    assert city.found(city.load(prepare_addresses, layer), infos=True) == []
    stored = read_frame(city.registry, "addresses").set_index("code")
    assert stored[["state", "valid_to_date"]].loc["M1"].tolist() == ["closed", "20190301"]
    assert stored.loc["M1", "community"] == COMMUNITIES[0]


def test_an_address_of_the_registry_under_another_code_is_told(city: Any) -> None:
    known = [plate("1号", 代码="M1"), plate("3号", 代码="M3"), plate("5号", 代码="M5", 状态="注销")]
    places = [at(1, 0.6), at(2, 0.6), at(3, 0.6)]
    city.load(prepare_addresses, city.layer(known, places))
    rows = [plate("1号", 代码="X1"), plate("3号", 代码="M3"), plate("5号", 代码="X5")]
    assert check(city, rows, places) == [("P01", "warning", 1)]


@pytest.mark.parametrize("spell", [str, chinese_text])
def test_plates_against_the_parity_of_their_side_are_told(city: Any, spell: Callable[[int], str]) -> None:
    rows = [plate(f"{spell(number)}号") for number in range(1, 21)]
    north = [number % 2 == 1 for number in range(1, 21)]
    north[6] = not north[6]
    places = [at(number, 0.6 if up else 0.4) for number, up in enumerate(north)]
    assert check(city, rows, places) == [("P09", "info", 7)]


def test_a_street_that_does_not_keep_sides_apart_has_no_wrong_side(city: Any) -> None:
    rows = [plate(f"{number}号") for number in range(1, 21)]
    places = [at(number, 0.6 if number % 3 else 0.4) for number in range(20)]
    assert check(city, rows, places) == []


def test_an_address_is_made_of_its_parts(city: Any) -> None:
    row = {"代码": "M1", "区县名称": "云渡区", "街道名称": "云岚街道", "街巷名称": "尚文大道"}
    rows = [
        row | {"门牌号": "12", "门牌号止": "14", "楼栋": "鸿图大厦"},
        row | {"代码": "M2", "街巷名称": None, "自然村": "柳树村", "村内门牌号": "8"},
        row | {"代码": "M3"},
    ]
    prepared = city.prepare(prepare_addresses, city.layer(rows, [at(1, 0.6), at(2, 5), at(3, 5)]))
    assert prepared.frame["address"].tolist() == [
        "云渡区云岚街道尚文大道12-14号鸿图大厦",
        "云渡区云岚街道柳树村8号",
    ]
    assert city.found(prepared) == [("P02", "error", 3)]


def test_a_code_of_another_form_than_the_others_is_told(city: Any) -> None:
    rows = [plate(f"{n}号", 代码=f"500113001041{n:05d}") for n in (1, 3, 5)] + [plate("7号", 代码="7-A")]
    assert check(city, rows, [at(n, 0.6) for n in range(1, 5)]) == [("P12", "info", 4)]


def test_a_new_address_keeps_the_old_one_and_what_was_before_it(city: Any) -> None:
    first = [plate("1号", 代码="M1", 曾用地址="老街1号（1990-2005）"), plate("3号", 代码="M2")]
    places = [at(1, 0.6), at(2, 0.6)]
    city.load(prepare_addresses, city.layer(first, places))
    later = [plate("11号", 代码="M1"), plate("3号", 代码="M2")]
    prepared = city.load(prepare_addresses, city.layer(later, places))
    assert city.found(prepared, infos=True) == [("P20", "info", 1)]
    stored = read_frame(city.registry, "addresses").set_index("code")
    assert json.loads(stored.loc["M1", "former_names"]) == [
        {"from": "1990", "name": "老街1号", "to": "2005"},
        "尚文大道1号",
    ]
    again = city.prepare(prepare_addresses, city.layer(later, places))
    assert again.frame.set_index("code").loc["M1", "former_names"] == stored.loc["M1", "former_names"]
    assert stored["former_names"].notna().tolist() == [True, False]


def test_former_names_of_streets_and_places_are_kept(city: Any) -> None:
    prepared = city.load(prepare_streets, city.layer([{"代码": "J1", "名称": "尚文东大道"}], [line(0, 20)]))
    assert city.found(prepared, infos=True) == [("P20", "info", 1)]
    assert json.loads(prepared.frame["former_names"].iloc[0]) == [
        {"from": "1990", "name": "老街", "to": "2005"},
        "尚文大道",
    ]


def places(city: Any, *rows: dict[str, Any]) -> Any:
    empty = {"代码": None, "名称": None, "类型": None, "所属类型": None, "别名": None, "曾用名": None}
    every = [empty | {"代码": f"D{n}"} | row for n, row in enumerate(rows)]
    return city.prepare(prepare_places, city.layer(every, [at(n + 1, 5) for n in range(len(every))]))


def test_words_that_are_no_type_of_place_are_types_of_points_of_interest(city: Any) -> None:
    prepared = places(
        city,
        {"名称": "榕屏小学", "类型": "小学"},
        {"名称": "云渡公园", "类型": "片区"},
        {"名称": "鼓楼", "类型": "POI"},
        {"名称": "钟楼"},
    )
    assert prepared.frame[["type", "poi_type"]].fillna("").to_numpy().tolist() == [
        ["兴趣点", "小学"],
        ["地片", ""],
        ["兴趣点", ""],
        ["", ""],
    ]
    assert city.found(prepared, infos=True) == [("P11", "warning", 3), ("P11", "warning", 4)]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"名称": "12345"}, [("P10", "warning", 2)]),
        ({"别名": "鼓楼"}, [("P17", "warning", 2)]),
        ({"曾用名": "老鼓楼"}, [("P17", "info", 1), ("P17", "info", 2)]),
        ({"别名": "大钟楼"}, []),
        ({"街道代码": "500113009"}, []),
    ],
)
def test_each_fault_of_a_place_is_one_finding(city: Any, change: Any, expected: Any) -> None:
    prepared = places(city, {"名称": "鼓楼", "别名": "老鼓楼"}, {"名称": "钟楼"} | change)
    assert city.found(prepared, infos=True) == expected


def test_an_alias_is_compared_with_the_registry_too(city: Any) -> None:
    city.load(prepare_places, city.layer([{"代码": "Z1", "名称": "鼓楼"}], [at(1, 5)]))
    assert city.found(places(city, {"名称": "钟楼", "别名": "鼓楼"}), infos=True) == [("P17", "warning", 1)]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"起点名称": "东门", "止点名称": "东门"}, [("P15", "info", 1)]),
        ({"起点名称": "东门"}, []),
        ({"起点名称": "柳荫街"}, [("P15", "info", 1)]),
        ({"最小门牌号": "99", "最大门牌号": "2"}, [("P08", "warning", 1)]),
        ({"名称": "108"}, [("P10", "warning", 1)]),
    ],
)
def test_each_fault_of_a_street_is_one_finding(city: Any, change: Any, expected: Any) -> None:
    row = {"代码": "J9", "名称": "柳荫街", "起点名称": None, "止点名称": None} | change
    prepared = city.prepare(prepare_streets, city.layer([row], [line(0, 5, row=6)]))
    assert city.found(prepared, infos=True) == expected
