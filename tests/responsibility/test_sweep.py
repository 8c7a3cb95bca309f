"""Sweeping the registry: where nobody answers, which roles nobody fills, what is referred to and gone."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from gis.editions import commit
from gis.errors import NotFound
from gis.read import read_frame
from gis.registry import Registry
from responsibility.model import Decision, Kind, Question, Status
from responsibility.records import RETIRED_GRID
from responsibility.resolver import Resolver
from responsibility.settings import ResolveSettings
from responsibility.sweep.run import sweep

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)


def swept(registry: Registry) -> Any:
    return sweep(registry, ResolveSettings(), NOW)


def of(report: Any, code: str) -> list[Any]:
    return [finding for finding in report.findings if finding.code == code]


def test_a_registry_without_grids_cannot_be_swept(registry: Registry) -> None:
    with pytest.raises(NotFound):
        swept(registry)


def test_a_town_with_offices_answers_everywhere(city: Registry) -> None:
    report = swept(city)

    assert of(report, "R24") == []
    assert report.accepted == report.checked > 0
    without = {(finding.id, finding.value) for finding in of(report, "R25")}
    assert ("0103", "component") in without
    assert ("0101", "component") not in without


def test_the_sweep_finds_what_asking_one_by_one_finds(
    registry: Registry, town: SimpleNamespace, area_row: Any
) -> None:
    """Without the office of the east and the government, some classes have nobody there.

    One area of the east is for a single class, one for a major class.
    """
    own_city = town.build(registry, "divisions", "grids", "organisations", "rules")
    units = town.tables["organisations"]()
    gone = units[units["code"].isin(["EAST", "GOV"])].assign(state="closed", successor_code=None)
    commit(own_city, "organisations", gone)
    areas = [
        area_row("A1", town.cells(0, 1), classes=["0102"]),
        area_row("A2", town.cells(1, 2), classes=["01"]),
    ]
    commit(own_city, "areas", town.frame(areas))

    report = swept(own_city)

    resolver = Resolver(own_city, now=lambda: NOW)
    grids = read_frame(own_city, "grids")
    expected: Counter[str] = Counter()
    for grid in grids[grids["state"] != RETIRED_GRID].itertuples():
        point = grid.geometry.representative_point()
        for kind, code in (
            ("component", "0101"),
            ("component", "0102"),
            ("component", "0123"),
            ("matter", "0101"),
        ):
            question = Question(
                lon=point.x, lat=point.y, class_text=code, kind=Kind(kind), standard="2013", accuracy_m=0.0
            )
            answer = resolver.resolve(question)
            assert answer.location.status is not Status.OUTSIDE
            if answer.decision is Decision.UNDECIDED:
                expected[f"{kind} {code}"] += 1
    found = {f"{finding.field} {finding.id}": finding.count for finding in of(report, "R24")}
    asked = {
        name: found.get(name, 0)
        for name in ("component 0101", "component 0102", "component 0123", "matter 0101")
    }
    assert {name: count for name, count in asked.items() if count} == dict(expected)
    assert expected
    assert report.rejected == sum(found.values())


def test_roles_that_nobody_fills_are_told(own_city: Registry, town: SimpleNamespace) -> None:
    units = town.tables["organisations"]()
    east = units[units["code"] == "EAST"].assign(state="closed", successor_code="WEST")
    commit(own_city, "organisations", east)
    rules = town.tables["rules"]()
    rules = rules[rules["class_code"] == "0123"].copy()
    rules["acting"] = [[{"role": "enforcement", "text": "执法队", "code": None, "line": None}]]
    commit(own_city, "rules", rules)

    told = {(finding.field, str(finding.severity), finding.count) for finding in of(swept(own_city), "R26")}

    assert told == {("enforcement", "warning", 6), ("street", "info", 3)}


def test_dead_references_are_told(own_city: Registry, town: SimpleNamespace, area_row: Any) -> None:
    units = town.tables["organisations"]()
    commit(own_city, "organisations", units[units["code"] == "CLEAN"].assign(state="closed"))
    commit(own_city, "areas", town.frame([area_row("A1", town.cells(0, 1), unit_code="NOBODY")]))

    report = swept(own_city)

    assert [(finding.dataset, finding.id, finding.value) for finding in of(report, "R10")] == [
        ("areas", "环卫:A1", "NOBODY")
    ]
    assert [(finding.dataset, finding.id, finding.value) for finding in of(report, "R27")] == [
        ("rules", "0101:1", "CLEAN")
    ]


def test_areas_that_contradict_each_other_are_told(
    own_city: Registry, town: SimpleNamespace, area_row: Any
) -> None:
    areas = [
        area_row("A1", town.cells(0, 2)),
        area_row("A2", town.cells(1, 3), unit_code="BUILD"),
        area_row("A3", town.cells(0, 6), unit_code="AUTH", classes=["0299"]),
        area_row("A4", town.cells(0, 6), unit_code="AUTH", line="绿化"),
    ]
    commit(own_city, "areas", town.frame([area | {"classes": area["classes"] or ["01"]} for area in areas]))

    told = [(finding.id, finding.count, finding.geometry) for finding in of(swept(own_city), "R09")]

    assert [(code, count) for code, count, _ in told] == [("A2", 1)]
    assert town.cells(1, 2).contains(told[0][2])


def test_progress_is_told_stage_by_stage(city: Registry) -> None:
    states: list[tuple[str, int, int]] = []

    sweep(city, ResolveSettings(), NOW, lambda stage, done, total: states.append((str(stage), done, total)))

    assert [state[1:] for state in states if state[0] == states[0][0]][-1] == (7, 7)
    assert states[-1][1] == states[-1][2]
