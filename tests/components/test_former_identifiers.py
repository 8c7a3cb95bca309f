"""Censuses that name components by a former identifier, or by that of another body."""

from __future__ import annotations

import json

import pandas
import pytest
import shapely

from components.conversion import convert_components
from components.imports import prepare_components
from components.known import components_known_as
from gis.editions import commit, list_editions, revert
from gis.models import DATASETS
from gis.read import read_frame
from tests.components.conftest import store_components
from tests.conftest import Deliveries

COVER, LAMP = "5001130101000007", "5001130137000003"
NEW_COVER, NEW_LAMP = "50011301001000007", "50011301037000003"


def converted(registry) -> None:
    store_components(registry, COVER, LAMP, name=["上水井盖", "路灯"])
    convert_components(registry, "2013", "2026")
    alias(registry, "manhole", "GS-17", NEW_COVER)


@pytest.fixture
def city(copied):
    """A city that has gone over to 2026, whose wells have numbers of the water company."""
    return Deliveries(copied(converted))


def alias(registry, scheme: str, identifier: str, component: str) -> None:
    row = {"scheme": [scheme], "identifier": [identifier], "component_id": [component]}
    commit(registry, "component-aliases", pandas.DataFrame(row))


def census(city, *rows: tuple[str | None, str], path: str = "census.shp", **options):
    records = [
        {"ObjID": identifier, "ObjName": name, "DeptName1": "城管局", "DeptName2": "供水公司",
         "ObjState": "完好", "ORDate": "20230915"}
        for identifier, name in rows
    ]  # fmt: skip
    places = [shapely.Point(106.5 + at / 1000, 29.4) for at in range(len(rows))]
    return city.prepare(prepare_components, city.layer(records, places, path), standard="2013", **options)


def test_old_identifiers_update_the_component_under_its_own(city) -> None:
    prepared = census(city, (COVER, "上水井盖"), (LAMP, "路灯"), ("5001130137000099", "路灯"))
    assert city.found(prepared) == []
    rows = prepared.frame.set_index("id")
    assert list(rows.index) == [NEW_COVER, NEW_LAMP, "5001130137000099"]
    assert rows.loc[NEW_COVER, ["class_code", "standard", "name"]].tolist() == ["01001", "2026", "供水井盖"]
    assert rows.loc["5001130137000099", ["class_code", "standard"]].tolist() == ["0137", "2013"]
    assert json.loads(rows.loc[NEW_COVER, "attributes"]) == {"delivered_id": COVER}
    told = [finding for finding in prepared.report.findings if finding.code == "C24"]
    assert [(finding.row, finding.expected) for finding in told] == [(1, NEW_COVER), (2, NEW_LAMP)]
    edition = commit(city.registry, "components", prepared.frame)
    assert (edition.added, edition.changed) == (1, 2)


def test_the_number_of_another_body_names_the_component(city) -> None:
    prepared = census(city, ("GS-17", "上水井盖"), path="0101上水井盖.shp")
    assert city.found(prepared) == []
    assert list(prepared.frame["id"]) == [NEW_COVER]


def test_a_component_named_in_two_ways_is_there_twice(city) -> None:
    prepared = census(city, (COVER, "上水井盖"), ("GS-17", "上水井盖"), path="0101上水井盖.shp")
    assert ("C02", "error", 2) in city.found(prepared)


def test_a_class_other_than_the_component_s_is_refused(city) -> None:
    prepared = census(city, ("GS-17", "路灯"), path="0137路灯.shp")
    assert city.found(prepared) == [("C24", "error", 1)]


def test_a_class_the_table_does_not_convert_is_refused(city) -> None:
    prepared = census(city, ("GS-17", "液化气站"), path="0504液化气站.shp")
    found = [finding for finding in prepared.report.findings if finding.code == "C24"]
    assert [(str(f.severity), f.expected) for f in found] == [("error", "01001")]


def test_a_number_that_two_bodies_gave_is_refused(city) -> None:
    alias(city.registry, "供水公司", "GS-17", NEW_LAMP)
    prepared = census(city, ("GS-17", "上水井盖"), path="0101上水井盖.shp")
    assert ("C24", "error", 1) in city.found(prepared)


def test_a_component_s_own_identifier_comes_before_an_alias(city) -> None:
    alias(city.registry, "旧编号", NEW_LAMP, NEW_COVER)
    rows = {"ObjID": [NEW_LAMP], "ObjName": ["路灯"]}
    layer = city.layer(pandas.DataFrame(rows).to_dict("records"), [shapely.Point(106.5, 29.4)])
    prepared = city.prepare(prepare_components, layer, standard="2026")
    assert list(prepared.frame["id"]) == [NEW_LAMP]


def test_an_unknown_number_is_still_malformed(city) -> None:
    assert ("C01", "error", 1) in city.found(census(city, ("GS-99", "上水井盖"), path="0101上水井盖.shp"))
    assert set(read_frame(city.registry, "components")["id"]) == {NEW_COVER, NEW_LAMP}


def test_a_city_s_own_class_and_sub_class_are_known_to_a_census(city) -> None:
    rows = [
        {"code": "0199", "name": "共享雨伞架", "geometry_kind": "point", "accuracy_class": "A"},
        {"code": "013701", "name": "智慧路灯", "parent_code": "0137"},
    ]
    frame = pandas.DataFrame(
        [
            {
                name: {"standard": "2013", "kind": "component", **row}.get(name)
                for name in DATASETS["classes"].columns
            }
            for row in rows
        ],
        dtype=object,
    )
    before = census(city, ("5001130199000001", "共享雨伞架"), ("5001130137000050", "智慧路灯"))
    commit(city.registry, "classes", frame)
    after = census(city, ("5001130199000001", "共享雨伞架"), ("5001130137000050", "智慧路灯"))
    assert [f[0] for f in city.found(before, infos=True)] == ["C04", "C05"]
    assert city.found(after, infos=True) == []
    named = census(city, (COVER, "上水井盖"), (None, "智慧路灯"), path="普查.shp")
    assert named.frame["class_code"].tolist() == ["01001", "0137"]


def test_a_class_of_the_city_that_has_ended_is_told(city) -> None:
    row = {
        "standard": "2013",
        "kind": "component",
        "code": "0199",
        "name": "共享雨伞架",
        "valid_to_date": "20251231",
    }
    frame = pandas.DataFrame([{name: row.get(name) for name in DATASETS["classes"].columns}], dtype=object)
    commit(city.registry, "classes", frame)
    prepared = census(city, ("5001130199000001", "共享雨伞架"), ("5001130137000050", "路灯"))
    assert city.found(prepared) == [("C04", "warning", 1)]


def numbered(city, *rows: tuple[str, str | None], **options):
    records = [{"ObjID": one, "ObjName": "上水井盖", "一井一编号": number} for one, number in rows]
    places = [shapely.Point(106.6 + at / 1000, 29.4) for at in range(len(rows))]
    layer = city.layer(records, places, "0101上水井盖.shp")
    return city.load(prepare_components, layer, standard="2013", **options)


def told(prepared) -> list[tuple[int | None, str]]:
    return [(f.row, str(f.severity)) for f in prepared.report.findings if f.code == "C24"]


def test_numbers_of_covers_in_a_census_become_aliases_in_its_edition(city) -> None:
    first, second = "5001130101000021", "5001130101000022"
    prepared = numbered(city, (first, "５001-A"), (second, None), (None, "5001-B"))
    assert told(prepared) == []
    assert components_known_as(city.registry, ["5001-A", "5001-B"]) == {
        "5001-A": [first],
        "5001-B": ["5001130101000023"],
    }
    edition = list_editions(city.registry)[0]
    assert edition.datasets == ("components", "component-aliases")
    revert(city.registry, edition.id)
    assert components_known_as(city.registry, ["5001-A"]) == {}


def test_a_number_of_several_covers_is_nobody_s_and_one_that_moves_is_told(city) -> None:
    first, second = "5001130101000021", "5001130101000022"
    shared = numbered(city, (first, "5001-A"), (second, "5001-A"))
    assert told(shared) == [(2, "warning")]
    assert components_known_as(city.registry, ["5001-A"]) == {}
    assert told(numbered(city, (first, "5001-B"))) == []
    assert told(numbered(city, (second, "5001-B"))) == [(1, "warning")]
    assert components_known_as(city.registry, ["5001-B"]) == {"5001-B": [second]}
