"""Answers where lines of business, areas and agreements lie, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from types import SimpleNamespace as Town
from typing import Any

import pytest
import shapely

from gis.editions import commit
from gis.registry import Registry
from responsibility.model import Decision, Question, Resolution, Status
from responsibility.resolver import Resolver

MOMENT = datetime.fromisoformat("2026-11-20T09:30:00+08:00")
AreaRow = Callable[..., dict[str, Any]]


def ask(registry: Registry, town: Town, column: float, row: float = 0.5, **asked: Any) -> Resolution:
    """Ask a cold and a kept resolver, which have to agree to the byte."""
    lon, lat = town.xy(column, row)
    question = Question(**{"lon": lon, "lat": lat, "class_text": "0103", "at": MOMENT, **asked})
    answer = Resolver(registry).resolve(question)
    kept = Resolver(registry, preload=True).resolve(replace(question, as_of=answer.as_of))
    assert kept.to_json() == answer.to_json()
    return answer


def acting(answer: Resolution) -> str | None:
    return answer.parties.acting.code if answer.parties.acting else None


def write_areas(registry: Registry, town: Town, *rows: dict[str, Any]) -> None:
    commit(registry, "areas", town.frame(list(rows)))


def test_areas_and_lines_that_cover_a_point_are_listed_by_line(
    own_city: Registry, town: Town, area_row: AreaRow
) -> None:
    shape = town.cells(0, 2)
    write_areas(
        own_city, town, area_row("A2", shape), area_row("A1", shape), area_row("P", shape, line="公安")
    )
    grids = [{"line": "市容", "code": "R1", "name": "一网格", "geometry": shape}]
    commit(own_city, "responsibility-grids", town.frame(grids))
    commit(own_city, "governance-grids", town.frame([grids[0] | {"line": "综治", "code": "Z1"}]))

    answer = ask(own_city, town, 0.5).to_dict()

    assert [(area["line"], area["code"]) for area in answer["areas"]] == [
        ("公安", "P"), ("环卫", "A1"), ("环卫", "A2"),
    ]  # fmt: skip
    assert answer["responsibility_grids"] == [
        {"line": "市容", "code": "R1", "name": "一网格"},
        {"line": "综治", "code": "Z1", "name": "一网格"},
    ]
    assert ask(own_city, town, 2.5).areas == ()


def test_the_contract_of_the_smallest_area_decides_where_no_component_is(
    own_city: Registry, town: Town, area_row: AreaRow
) -> None:
    write_areas(
        own_city,
        town,
        area_row("BIG", town.cells(0, 3), unit_code="BUILD"),
        area_row("SMALL", town.cells(0, 1)),
        area_row("INFO", town.cells(0, 0.6), unit_code="AUTH", classes=["-"]),
    )

    answer = ask(own_city, town, 0.5)

    assert (acting(answer), answer.reasons[-1].ref, answer.decision) == ("CLEAN", "SMALL", Decision.DECIDED)
    assert answer.reasons[-1].edition == dict(answer.basis.editions)["areas"]
    assert acting(ask(own_city, town, 1.5)) == "BUILD"


@pytest.mark.parametrize(
    ("changes", "decision", "unit"),
    [
        ({"in_scope": False}, Decision.NOT_OURS, None),
        ({"handover": "质保期", "unit_code": "BUILD"}, Decision.DECIDED, "BUILD"),
        ({"handover": "已移交"}, Decision.DECIDED, "CLEAN"),
        ({"unit_code": None}, Decision.FALLBACK, "EAST"),
        ({"unit_code": None, "unit_name": "环卫公司"}, Decision.DECIDED, "CLEAN"),
        ({"classes": ["02"]}, Decision.FALLBACK, "EAST"),
        ({"valid_to_date": "20251231"}, Decision.FALLBACK, "EAST"),
        ({"valid_from_date": "2126-12-01"}, Decision.FALLBACK, "EAST"),
        ({"valid_from_date": "2020-01-01", "valid_to_date": "20991231"}, Decision.DECIDED, "CLEAN"),
    ],
)
def test_what_an_area_says_decides(
    own_city: Registry,
    town: Town,
    area_row: AreaRow,
    changes: dict[str, Any],
    decision: Decision,
    unit: str | None,
) -> None:
    write_areas(own_city, town, area_row("A1", town.cells(0, 1), **changes))

    answer = ask(own_city, town, 0.5)

    assert (answer.decision, acting(answer)) == (decision, unit)


def test_areas_are_valid_by_the_day_asked_about(own_city: Registry, town: Town, area_row: AreaRow) -> None:
    today = Resolver(own_city).moment_of_asking().astimezone(MOMENT.tzinfo)
    write_areas(
        own_city,
        town,
        area_row("OLD", town.cells(0, 1), valid_to_date=f"{today:%Y-%m-%d}"),
        area_row("NEW", town.cells(0, 1), unit_code="BUILD", valid_from_date=f"{today.year + 1}0101"),
    )

    assert acting(ask(own_city, town, 0.5)) == "CLEAN"
    later = today.replace(year=today.year + 1, month=6, day=1)
    assert acting(ask(own_city, town, 0.5, as_of=later)) == "BUILD"


def test_near_the_edge_of_an_area_the_acting_unit_is_doubtful(
    own_city: Registry, town: Town, area_row: AreaRow
) -> None:
    write_areas(
        own_city,
        town,
        area_row("A1", town.cells(0, 0.5)),
        area_row("A2", town.cells(0.5, 0.9), unit_code="BUILD"),
    )

    assert ask(own_city, town, 0.3).differs_within_accuracy == ()
    assert ask(own_city, town, 0.48).differs_within_accuracy == ("line:环卫", "acting")
    # Nothing adjoins: the point may be in no area at all.
    assert ask(own_city, town, 0.88).differs_within_accuracy == ("line:环卫", "acting")
    assert ask(own_city, town, 0.92).differs_within_accuracy == ("line:环卫", "acting")
    # A line of business without contracts changes nothing but itself.
    write_areas(
        own_city,
        town,
        area_row("P1", town.cells(2, 2.5), line="公安", classes=["-"]),
        area_row("P2", town.cells(2.5, 3), line="公安", classes=["-"]),
    )
    assert ask(own_city, town, 2.49).differs_within_accuracy == ("line:公安",)


def test_an_agreement_holds_for_the_strip_along_its_line(own_city: Registry, town: Town) -> None:
    line = shapely.LineString([town.xy(0.2, 0.5), town.xy(0.8, 0.5)])
    row = {"code": "B1", "name": "河东路", "unit_a_code": "BUILD", "unit_b_code": "CLEAN", "width_m": 8.0}
    commit(own_city, "boundaries", town.frame([row | {"taken_by": "b", "geometry": line}]))

    inside, beside, outside = (ask(own_city, town, 0.5, up) for up in (0.51, 0.59, 0.65))

    assert (acting(inside), inside.reasons[-1].ref) == ("CLEAN", "B1")
    assert "acting" not in inside.differs_within_accuracy
    assert (acting(beside), beside.differs_within_accuracy) == ("EAST", ("acting",))
    assert (acting(outside), outside.differs_within_accuracy) == ("EAST", ())


@pytest.mark.parametrize(
    ("side", "unit"), [("a", "BUILD"), ("left", "BUILD"), ("b", "CLEAN"), ("right", "CLEAN")]
)
def test_an_agreement_names_the_unit_of_the_side_that_takes_the_line(
    own_city: Registry, town: Town, side: str, unit: str
) -> None:
    line = shapely.LineString([town.xy(0.2, 0.5), town.xy(0.8, 0.5)])
    row = {"code": "B1", "name": "河东路", "unit_a_code": "BUILD", "unit_b_code": "CLEAN", "width_m": 8.0}
    commit(own_city, "boundaries", town.frame([row | {"taken_by": side, "geometry": line}]))

    assert acting(ask(own_city, town, 0.5)) == unit


@pytest.mark.parametrize("dataset", ["responsibility-grids", "governance-grids", "areas"])
def test_a_registry_of_lines_alone_tells_its_status_from_them(
    registry: Registry, town: Town, dataset: str
) -> None:
    rows = [
        {"line": "公安", "code": code, "name": code, "geometry": shape}
        for code, shape in (("A", town.cells(0, 1)), ("B", town.cells(1, 2)), ("C", town.cells(1.8, 3)))
    ]
    commit(registry, dataset, town.frame(rows))

    def found(column: float) -> tuple[Status, list[str]]:
        answer = ask(registry, town, column)
        return answer.location.status, [ref.code for ref in answer.responsibility_grids + answer.areas]

    assert found(0.5) == (Status.INSIDE, ["A"])
    assert found(1.02) == (Status.NEAR_BOUNDARY, ["B"])
    assert found(1.9) == (Status.OVERLAP, ["B", "C"])
    assert found(3.02) == (Status.GAP_SNAPPED, ["C"])
    assert found(3.2) == (Status.OUTSIDE, [])


def test_areas_do_not_snap_where_grids_tell_the_status(
    own_city: Registry, town: Town, area_row: AreaRow
) -> None:
    write_areas(own_city, town, area_row("A1", town.cells(0, 0.5)))

    assert ask(own_city, town, 0.52).areas == ()


def test_a_point_in_a_gap_of_the_grids_takes_the_divisions_of_the_grid(city: Registry, town: Town) -> None:
    answer = ask(city, town, 4.03)

    assert answer.divisions.community is not None
    assert answer.divisions.community.code == "500199002001"
