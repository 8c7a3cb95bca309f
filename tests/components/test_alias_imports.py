"""Further identifiers of components on their way into the registry."""

from __future__ import annotations

import pytest

from components.alias_imports import prepare_component_aliases
from components.known import components_known_as, recorded_identifier
from gis.editions import list_editions, revert
from gis.sheet import Sheet

FIRST, SECOND = "5001130101000001", "5001130101000002"
WELL = "5001130000000012345"


def sheet(*rows: tuple[str | None, ...]) -> Sheet:
    return Sheet("编号", [["编号体系", "其他编号", "部件标识码"], *map(list, rows)], path="aliases.csv")


@pytest.fixture
def city(deliveries, store):
    store(deliveries.registry, FIRST, SECOND)
    return deliveries


def test_a_component_is_known_by_any_of_its_identifiers(city) -> None:
    rows = [("一井一编号", WELL, FIRST), ("2007", "5001130118000009", FIRST), ("供水公司", "GS-17", SECOND)]
    assert city.found(city.load(prepare_component_aliases, sheet(*rows)), infos=True) == []
    registry = city.registry
    asked = [WELL, "5001130118000009", "GS-17", "nothing"]
    assert components_known_as(registry, asked) == {
        WELL: [FIRST],
        "5001130118000009": [FIRST],
        "GS-17": [SECOND],
    }
    assert recorded_identifier(registry, WELL, "2007") == "5001130118000009"
    assert recorded_identifier(registry, "5001130118000009", "2013") == FIRST
    assert recorded_identifier(registry, SECOND, "2026") is None
    before = list_editions(registry)[0]
    revert(registry, before.id)
    assert components_known_as(registry, asked) == {}
    assert WELL in components_known_as(registry, asked, as_of=before.committed_at)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([(None, WELL, FIRST)], ("C24", "error", 2)),
        ([("manhole", None, FIRST)], ("C24", "error", 2)),
        ([("manhole", WELL, None)], ("C24", "error", 2)),
        ([("manhole", WELL, "5001130101000009")], ("C24", "error", 2)),
        ([("manhole", WELL, FIRST), ("一井一码", WELL, SECOND)], ("C24", "error", 3)),
        ([("2007", SECOND, FIRST)], ("C24", "warning", 2)),
    ],
)
def test_what_is_wrong_with_an_identifier_is_said(city, rows, expected) -> None:
    assert city.found(city.prepare(prepare_component_aliases, sheet(*rows))) == [expected]


def test_a_moved_identifier_is_told(city) -> None:
    city.load(prepare_component_aliases, sheet(("manhole", WELL, FIRST)))
    prepared = city.prepare(prepare_component_aliases, sheet(("manhole", WELL, SECOND)))
    assert city.found(prepared) == [("C24", "warning", 2)]
    again = city.prepare(prepare_component_aliases, sheet(("manhole", WELL, FIRST)))
    assert city.found(again) == []


def test_one_scheme_may_be_said_for_all_rows(city) -> None:
    table = Sheet("编号", [["一井一编号", "部件标识码"], [WELL, FIRST]], path="wells.csv")
    prepared = city.prepare(prepare_component_aliases, table, constants={"scheme": "manhole"})
    assert prepared.frame.to_dict("records") == [
        {"scheme": "manhole", "identifier": WELL, "component_id": FIRST, "note": None}
    ]
