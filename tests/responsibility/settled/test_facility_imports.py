"""The facility list on its way into the registry."""

from __future__ import annotations

import json

import pandas
import pytest
import shapely

from gis.editions import commit
from gis.read import read_frame
from gis.sheet import Sheet
from responsibility.facility_import import prepare_facilities
from responsibility.import_fields import FACILITY_FIELDS

COVER, OTHER = "5001990101000001", "5001990101000002"
HEADINGS = {field.name: field.aliases[0] for field in FACILITY_FIELDS}


@pytest.fixture
def city(deliveries, town):
    """Return a registry with the town's organisations and components, a place and an alias."""
    town.build(deliveries.registry, "organisations", "components")
    places = [
        {"code": "P1", "name": "桥头广场", "geometry": town.cells(0, 1)},
        {"code": "P2", "name": "柳林公园", "geometry": town.cells(1, 2)},
        {"code": "P3", "name": "柳林公园", "geometry": town.cells(2, 3)},
        {"code": "P4", "name": "站牌", "geometry": shapely.Point(*town.xy(0.5))},
    ]
    commit(deliveries.registry, "places", town.frame(places))
    alias = [{"scheme": "manhole", "identifier": "JG-1", "component_id": COVER, "note": None}]
    commit(deliveries.registry, "component-aliases", pandas.DataFrame(alias))
    return deliveries


def entry(**values: str | None) -> dict[str, str | None]:
    return {"component_id": COVER, "owner_name": "排水集团", "maintainer_name": "排水养护公司"} | values


def sheet(*entries: dict[str, str | None]) -> Sheet:
    names = list(dict.fromkeys(name for one in entries for name in one))
    rows = [[HEADINGS[name] for name in names], *([one.get(name) for name in names] for one in entries)]
    return Sheet("设施清单", rows, path="清单.xlsx")


def found(city, *entries: dict[str, str | None]) -> list[tuple[str, str, int | None]]:
    return city.found(city.prepare(prepare_facilities, sheet(*entries)))


def stored(city, *entries: dict[str, str | None]) -> list[dict[str, object]]:
    city.load(prepare_facilities, sheet(*entries))
    frame = read_frame(city.registry, "facilities").astype(object)
    return frame.where(frame.notna(), None).to_dict("records")


def test_names_and_codes_become_organisations_and_an_entry_has_its_components_code(city) -> None:
    (row,) = stored(city, entry(code="7", owner_name="OWNER", evidence="移交协议", documents="a.pdf、b.pdf"))
    assert (row["code"], row["owner_code"], row["maintainer_code"]) == (COVER, "OWNER", "MAINT")
    assert row["owner_name"] == "排水集团"
    assert json.loads(row["documents"]) == ["a.pdf", "b.pdf"]
    assert json.loads(row["attributes"]) == {"code": "7"}
    assert row["geometry"] is None


def test_a_clean_list_has_no_findings(city) -> None:
    clean = entry(
        handover="质保期", builder_name="建设公司", handover_date="2025-01-01", warranty_to="2027.1.1",
        ownership="已确权", evidence_date="2025年1月1日", classes="井盖",
    )  # fmt: skip
    assert found(city, clean) == []
    (row,) = stored(city, clean)
    assert (row["ownership"], row["warranty_to"], row["evidence_date"]) == ("settled", "20270101", "20250101")
    assert "0101" in json.loads(row["classes"])


def test_an_alias_leads_to_its_component(city) -> None:
    (row,) = stored(city, entry(component_id="JG-1"))
    assert row["component_id"] == COVER
    assert json.loads(row["attributes"]) == {"component_id": "JG-1"}


def test_a_place_is_taken_by_code_or_name_with_its_extent(city, town) -> None:
    rows = stored(
        city,
        entry(component_id=None, place_code="桥头广场"),
        entry(component_id=None, place_code="P4", radius_m="20", code="Z1"),
    )
    assert [(row["code"], row["place_code"]) for row in rows] == [("P1", "P1"), ("Z1", "P4")]
    assert rows[0]["geometry"].equals(town.cells(0, 1))
    assert rows[1]["radius_m"] == 20.0


def test_a_drawn_place_needs_no_place_of_the_registry(city, town) -> None:
    layer = city.layer([{"清单编号": "Z9", "权属单位": "排水集团"}], [town.cells(4, 5)])
    prepared = city.load(prepare_facilities, layer)
    assert city.found(prepared) == []
    assert read_frame(city.registry, "facilities")["code"].tolist() == ["Z9"]


FAULTS = (
    ({"component_id": "5001990101999999"}, ("R10", "warning")),
    ({"component_id": None, "place_code": "无此地"}, ("R10", "error")),
    ({"component_id": None, "place_code": "柳林公园"}, ("R10", "error")),
    ({"component_id": None, "place_code": "站牌"}, ("R11", "error")),
    ({"component_id": None}, ("R12", "error")),
    ({"owner_name": "没有的公司"}, ("R06", "warning")),
    ({"owner_name": "建设公司"}, ("R14", "warning")),
    ({"maintainer_name": "环卫公司"}, ("R14", "warning")),
    ({"owner_name": None, "maintainer_name": None}, ("R16", "warning")),
    ({"handover": "在建"}, ("R16", "warning")),
    ({"handover": "快好了"}, ("R11", "warning")),
    ({"ownership": "大概"}, ("R11", "warning")),
    ({"radius_m": "很近"}, ("R11", "error")),
    ({"evidence_date": "去年"}, ("R11", "warning")),
    ({"classes": "飞船"}, ("R05", "warning")),
    ({"handover": "质保期", "builder_name": "建设公司"}, ("R15", "warning")),
    ({"valid_from_date": "20260101", "valid_to_date": "20250101"}, ("R15", "error")),
    ({"handover_date": "20260101", "warranty_to": "20250101"}, ("R15", "warning")),
)


def test_every_fault_has_its_finding(city) -> None:
    for changes, expected in FAULTS:
        assert (*expected, 2) in found(city, entry(**changes)), changes


def test_one_thing_listed_twice_is_refused_twice_where_the_units_differ(city) -> None:
    assert found(city, entry(), entry()) == [("R13", "error", 3)]
    prepared = city.prepare(
        prepare_facilities, sheet(entry(), entry(owner_name="市政局", component_id="JG-1"))
    )
    assert prepared.report.rejected == 2


def test_a_settlement_is_undone_by_newer_evidence_only(city) -> None:
    stored(city, entry(ownership="已确权", evidence_date="20250601"))
    other = entry(owner_name="市政局", evidence_date="20250601")
    assert ("R14", "error", 2) in found(city, other)
    assert ("R14", "error", 2) not in found(city, other | {"evidence_date": "20250602"})
