"""Components on their way into the registry: every finding seeded once, beside a clean twin."""

from __future__ import annotations

import json

import pandas
import pytest
import shapely

from components.imports import prepare_components
from gis.editions import commit
from gis.errors import UsageError
from gis.models import DATASETS
from gis.read import read_frame
from grids.division_imports import prepare_divisions
from grids.imports import prepare_grids
from tests.conftest import Deliveries

# In degrees: a grid is about 97 m wide and 111 m high.
STEP = 0.001
WATER, LIGHTING, CITY = "91500113203YD07401", "915001130093YD0811", "115001130093YD0213"


def valid(body: str) -> str:
    """Return a credit code with the right check character."""
    from gis.credit_codes import check_character

    return body[:17] + check_character(body[:17])


WATER, LIGHTING, CITY = (valid(code) for code in (WATER, LIGHTING, CITY))


def place(column: float, row: float = 0.5) -> shapely.Point:
    return shapely.Point(106.5 + column * STEP, 29.4 + row * STEP)


def box(column: float, width: float = 1) -> shapely.Polygon:
    return shapely.box(106.5 + column * STEP, 29.4, 106.5 + (column + width) * STEP, 29.4 + STEP)


def grid(number: int) -> str:
    return f"500113001002{number:03d}"


ROWS = [
    ("5001130101000001", "上水井盖", 0.2),
    ("5001130101000002", "上水井盖", 0.7),
    ("5001130137000001", "路灯", 1.2),
    ("5001130137000002", "路灯", 1.7),
    ("5001130402000001", "行道树", 2.5),
]


def row(identifier: str, name: str, column: float) -> dict[str, object]:
    return {
        "ObjID": identifier,
        "ObjName": name,
        "DeptCode1": CITY,
        "DeptName1": "云渡区城市管理局",
        "DeptCode2": WATER,
        "DeptName2": "云渡供水有限公司",
        "DeptCode3": None,
        "DeptName3": None,
        "BGID": grid(int(column) + 1),
        "ObjState": "完好",
        "ORDate": "20230915",
        "CHDate": None,
    }


def census(deliveries, change: dict[int, dict[str, object]] | None = None, points=None, **options):
    """Prepare the five components; ``change`` alters rows by number, ``points`` their positions."""
    rows = [row(*values) | (change or {}).get(at, {}) for at, values in enumerate(ROWS)]
    places = [(points or {}).get(at, place(values[2])) for at, values in enumerate(ROWS)]
    return deliveries.prepare(prepare_components, deliveries.layer(rows, places, "census.shp"), **options)


def organisations(registry) -> None:
    names = [(WATER, "云渡供水有限公司", '["供水公司"]'), (CITY, "云渡区城市管理局", None)]
    frame = pandas.DataFrame({name: [None, None] for name in DATASETS["organisations"].columns}, dtype=object)
    frame["code"] = [code for code, _, _ in names]
    frame["name"] = [name for _, name, _ in names]
    frame["short_names"] = [short for _, _, short in names]
    frame["state"] = "active"
    commit(registry, "organisations", frame)


def county(registry) -> None:
    deliveries = Deliveries(registry)
    divisions = [{"code": code} for code in ("500113", "500113001", "500113001002")]
    deliveries.load(prepare_divisions, deliveries.layer(divisions, [box(0, 3)] * 3))
    grids = [{"code": grid(number)} for number in (1, 2, 3)]
    deliveries.load(prepare_grids, deliveries.layer(grids, [box(0), box(1), box(2)]))
    organisations(registry)


@pytest.fixture
def city(copied):
    """A registry with one county, street, community, three unit grids and two organisations."""
    return Deliveries(copied(county))


def test_a_clean_census_has_no_findings_and_its_columns_are_filled(city) -> None:
    prepared = census(city)
    assert city.found(prepared, infos=True) == []
    commit(city.registry, "components", prepared.frame)
    stored = read_frame(city.registry, "components").set_index("id")
    lamp = stored.loc["5001130137000001"]
    assert (lamp["class_code"], lamp["standard"], lamp["county"], lamp["unit_grid"]) == (
        "0137",
        "2013",
        "500113",
        grid(2),
    )
    assert (lamp["street"], lamp["community"]) == ("500113001", "500113001002")
    assert (lamp["owner_code"], lamp["initial_date"], lamp["state"]) == (WATER, "20230915", "完好")
    assert any("2013" in str(note) for note in prepared.report.notes)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"ObjID": "500113010100000"}, ("C01", "error")),
        ({"ObjID": "50011301010000009"}, ("C01", "error")),
        ({"ObjID": "５001130101000001"}, ("C01", "warning")),
        ({"ObjID": "5001120101000001"}, ("C03", "warning")),
        ({"ObjID": "5001130166000001", "ObjName": "智能回收箱"}, ("C04", "info")),
        ({"ObjID": "5001130199000001", "ObjName": "一井一码牌"}, ("C04", "info")),
        ({"ObjName": "雨水井盖"}, ("C05", "warning")),
        ({"DeptCode1": None, "DeptName1": " "}, ("C06", "warning")),
        ({"ObjState": None}, ("C06", "warning")),
        ({"ORDate": None}, ("C06", "warning")),
        ({"DeptCode2": WATER[:17] + ("1" if WATER[17] != "1" else "2")}, ("C07", "warning")),
        ({"DeptCode2": LIGHTING, "DeptName2": "云渡照明公司"}, ("C07", "warning")),
        ({"DeptName2": "云渡区城市管理局"}, ("C07", "warning")),
        ({"DeptCode2": "GS-01", "DeptName2": "另一家公司"}, ("C07", "warning")),
        ({"ObjState": "良好"}, ("C08", "warning")),
        ({"ORDate": "20230231"}, ("C09", "warning")),
        ({"ORDate": "29990101"}, ("C09", "warning")),
        ({"CHDate": "2023-09-14"}, ("C09", "warning")),
        ({"BGID": grid(2)}, ("C11", "warning")),
        ({"BGID": grid(9)}, ("C11", "warning")),
        ({"SZSQDM": "500113001003"}, ("C12", "warning")),
        ({"SZJDDM": "500113002"}, ("C12", "warning")),
        ({"DeptCode2": None, "DeptName2": None}, ("C16", "warning")),
        ({"ObjID": None}, ("C17", "info")),
        ({"BGID": None}, ("C18", "info")),
    ],
)
def test_each_fault_of_a_row_is_one_finding(city, change, expected) -> None:
    prepared = census(city, {0: change})
    assert city.found(prepared, infos=True) == [(*expected, 1)]
    assert prepared.report.rejected == (expected[1] == "error")


@pytest.mark.parametrize(
    ("point", "expected"),
    [
        (place(0.2, 9), ("C10", "warning")),
        (shapely.LineString([(106.5002, 29.4005), (106.5003, 29.4005)]), ("C13", "warning")),
        (shapely.MultiPoint([(106.5002, 29.4005), (106.5003, 29.4005)]), ("C13", "warning")),
        (place(0.7 + 0.000002), ("C14", "warning")),
        (shapely.Point(0, 0), ("C15", "error")),
        (None, ("C15", "error")),
    ],
)
def test_each_fault_of_a_position_is_one_finding(city, point, expected) -> None:
    prepared = census(city, points={0: point})
    row_number = 2 if expected[0] == "C14" else 1
    assert city.found(prepared, infos=True) == [(*expected, row_number)]


def test_an_identifier_given_twice_refuses_both(city) -> None:
    prepared = census(city, {1: {"ObjID": "5001130101000001"}})
    assert city.found(prepared) == [("C02", "error", 2)]
    assert len(prepared.frame) == 3


def test_the_same_record_twice_is_kept_once(city) -> None:
    prepared = census(city, {1: {"ObjID": "5001130101000001"}}, points={1: place(0.2)})
    assert city.found(prepared) == [("C02", "error", 2)]
    assert "5001130101000001" in prepared.frame["id"].tolist()


def test_a_point_within_its_accuracy_of_the_stated_grid_is_right(city) -> None:
    prepared = census(city, {0: {"BGID": grid(2)}}, points={0: place(1 - 0.000004)})
    assert city.found(prepared) == []
    assert prepared.frame["unit_grid"].iloc[0] == grid(2)


def test_classes_for_things_without_an_owner_need_none(city) -> None:
    change = {"ObjID": "5001130123000001", "ObjName": "不明井盖", "DeptCode2": None, "DeptName2": None}
    assert city.found(census(city, {0: change}), infos=True) == []


def test_assigned_identifiers_follow_the_registry_and_the_delivery(city) -> None:
    prepared = census(city, {0: {"ObjID": None, "class_code": "0101"}, 1: {"class_code": None}})
    assert city.found(prepared, infos=True) == [("C17", "info", 1)]
    assert prepared.frame["id"].iloc[0] == "5001130101000003"
    commit(city.registry, "components", prepared.frame)
    again = census(city, {0: {"ObjID": None}}, points={0: place(0.5)})
    assert again.frame["id"].iloc[0] == "5001130101000004"


def test_a_missing_grid_is_assigned_by_position(city) -> None:
    prepared = census(city, {2: {"BGID": None}})
    assert prepared.frame["unit_grid"].iloc[2] == grid(2)
    assert prepared.frame["community"].iloc[2] == "500113001002"


def test_a_component_of_the_registry_at_the_same_place_is_found(city) -> None:
    commit(city.registry, "components", census(city).frame)
    layer = city.layer(
        [row("5001130101000009", "上水井盖", 0.2), row("5001130137000009", "路灯", 1.5)],
        [place(0.2), place(1.5)],
    )
    prepared = city.prepare(prepare_components, layer)
    assert city.found(prepared) == [("C14", "warning", 1)]


def test_a_legacy_grid_code_is_taken_as_its_fifteen_digits_and_kept(city) -> None:
    prepared = census(city, {0: {"BGID": "50011300100201"}})
    assert city.found(prepared, infos=True) == []
    assert prepared.frame["unit_grid"].iloc[0] == grid(1)
    assert json.loads(prepared.frame["attributes"].iloc[0]) == {"unit_grid": "50011300100201"}


def test_codes_of_the_older_editions_own_are_looked_up_by_name_and_kept(city) -> None:
    prepared = census(city, {0: {"DeptCode2": "GS-01", "DeptName2": "供水公司"}})
    assert city.found(prepared, infos=True) == []
    assert prepared.frame["owner_code"].iloc[0] == WATER
    assert json.loads(prepared.frame["attributes"].iloc[0]) == {"owner_code": "GS-01"}


def test_without_organisations_and_grids_what_is_stated_is_kept(deliveries) -> None:
    prepared = census(deliveries, {0: {"DeptCode2": "GS-01"}})
    assert deliveries.found(prepared, infos=True) == []
    assert prepared.frame["owner_code"].iloc[0] == "GS-01"
    assert prepared.frame["unit_grid"].iloc[0] == grid(1)
    assert any("单元网格" in str(note) for note in prepared.report.notes)


def test_without_a_county_no_identifier_is_assigned(deliveries) -> None:
    layer = deliveries.layer([{"class_code": "0137", "ObjName": "路灯"}], [place(0.5)])
    prepared = deliveries.prepare(prepare_components, layer)
    assert ("C17", "error", 1) in deliveries.found(prepared)


def test_a_grid_that_is_no_code_tells_no_county(deliveries) -> None:
    rows = [{**row(*ROWS[0]), "BGID": "DeptName1,DeptC"}, {**row(*ROWS[1]), "BGID": None, "ObjID": None}]
    layer = deliveries.layer(rows, [place(0.2), place(0.7)], "census.shp")
    prepared = deliveries.prepare(prepare_components, layer, standard="2013")
    assert prepared.frame["county"].tolist() == ["500113", "500113"]
    rows[1]["BGID"] = rows[0]["BGID"]
    layer = deliveries.layer(rows[1:], [place(0.7)], "census.shp")
    prepared = deliveries.prepare(prepare_components, layer, standard="2013")
    assert ("C17", "error", 1) in deliveries.found(prepared)


def test_the_class_comes_from_the_name_of_the_file(deliveries) -> None:
    layers = [
        deliveries.layer([{"BGID": grid(1)}], [place(0.2)], "部件/01公用设施/0137路灯.shp"),
        deliveries.layer([{"BGID": grid(2)}], [place(1.2)], "部件/01公用设施/0101上水井盖.shp"),
    ]
    prepared = deliveries.prepare(prepare_components, *layers)
    assert prepared.frame[["class_code", "name", "standard", "id"]].to_numpy().tolist() == [
        ["0137", "路灯", "2013", "5001130137000001"],
        ["0101", "上水井盖", "2013", "5001130101000001"],
    ]


def test_the_class_comes_from_the_name_of_the_component(deliveries) -> None:
    layer = deliveries.layer([{"ObjName": "公共厕所", "BGID": grid(1)}], [place(0.2)])
    prepared = deliveries.prepare(prepare_components, layer, standard="2026")
    assert prepared.frame[["class_code", "id"]].to_numpy().tolist() == [["03001", "50011303001000001"]]


def test_a_class_that_nothing_tells_is_refused(deliveries) -> None:
    layer = deliveries.layer([{"ObjName": "杂物", "BGID": grid(1)}], [place(0.2)])
    prepared = deliveries.prepare(prepare_components, layer, standard="2013")
    assert ("C04", "error", 1) in deliveries.found(prepared)


def test_a_class_that_a_complete_list_lacks_is_refused(deliveries) -> None:
    layer = deliveries.layer([{"GLBJBSM": "50011301016000001", "SZDYWGBSM": grid(1)}], [place(0.2)])
    prepared = deliveries.prepare(prepare_components, layer)
    assert ("C04", "error", 1) in deliveries.found(prepared)


def test_fields_of_the_edition_of_2026_are_read(city) -> None:
    record = {
        "GLBJBSM": "50011301001000001",
        "GLBJMC": "供水井盖",
        "ZGBMDM": CITY,
        "ZGBMMC": "云渡区城市管理局",
        "QSDWDM": WATER,
        "QSDWMC": "云渡供水有限公司",
        "SZDYWGBSM": grid(1),
        "GLBJZT": "完好",
        "CSRQ": "20260801",
        "SZSQDM": "500113001002",
    }
    prepared = city.prepare(prepare_components, city.layer([record], [place(0.2)]))
    assert city.found(prepared, infos=True) == []
    assert prepared.frame[["class_code", "standard"]].to_numpy().tolist() == [["01001", "2026"]]


def test_an_undecidable_edition_is_asked_for_and_may_be_said(deliveries) -> None:
    layer = deliveries.layer([row("5001130101000001", "上水井盖", 0.2)], [place(0.2)])
    with pytest.raises(UsageError) as caught:
        deliveries.prepare(prepare_components, layer)
    assert caught.value.field == "--standard"
    prepared = deliveries.prepare(prepare_components, layer, standard="2007")
    assert prepared.frame["standard"].tolist() == ["2007"]
