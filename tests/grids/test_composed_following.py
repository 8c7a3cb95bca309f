"""Groups of unit grids follow what a delivery of unit grids ends."""

from __future__ import annotations

import pytest
import shapely

from gis.editions import commit, list_editions, revert
from grids.imports import prepare_grids
from grids.memberships import membership_frame, read_memberships

COMMUNITY = "500113001001"
A, B, C, D = (f"{COMMUNITY}00{n}" for n in range(1, 5))


def box(column: float, width: float = 1) -> shapely.Polygon:
    return shapely.box(106.5 + column * 0.001, 29.4, 106.5 + (column + width) * 0.001, 29.401)


@pytest.fixture
def city(deliveries):
    deliveries.load(prepare_grids, deliveries.layer([{"code": A}, {"code": B}], [box(0), box(1)]))
    rows = [("responsibility-grids", "环卫", "H-1", A), ("responsibility-grids", "环卫", "H-2", B)]
    commit(deliveries.registry, "memberships", membership_frame(rows))
    return deliveries


def members(deliveries) -> dict[str, list[str]]:
    frame = read_memberships(deliveries.registry)
    return {str(code): list(own) for code, own in frame.groupby("code")["member"]}


def ended(code: str, successors: str = "") -> dict[str, str]:
    return {"code": code, "状态": "作废", "HJBSM": successors}


def test_a_grid_that_was_split_gives_its_group_the_parts(city) -> None:
    rows = [ended(A, f"{C}、{D}"), {"code": C, "状态": "有效"}, {"code": D, "状态": "有效"}]
    city.load(prepare_grids, city.layer(rows, [box(0), box(0, 0.5), box(0.5, 0.5)]))
    assert members(city) == {"H-1": [C, D], "H-2": [B]}
    edition = list_editions(city.registry)[0]
    assert {"grids", "retirements", "memberships"} == set(edition.datasets)
    revert(city.registry, edition.id)
    assert members(city) == {"H-1": [A], "H-2": [B]}


def test_what_follows_may_have_ended_in_the_same_delivery(city) -> None:
    rows = [ended(A, C), ended(C, D), {"code": D, "状态": "有效"}]
    city.load(prepare_grids, city.layer(rows, [box(0), box(0), box(0)]))
    assert members(city) == {"H-1": [D], "H-2": [B]}


def test_a_group_loses_a_grid_that_nothing_follows(city) -> None:
    rows = [ended(A), {"code": B, "状态": "有效"}]
    city.load(prepare_grids, city.layer(rows, [box(0), box(1)]))
    assert members(city) == {"H-2": [B]}


def test_without_groups_or_ended_grids_nothing_else_is_changed(deliveries) -> None:
    prepared = deliveries.load(prepare_grids, deliveries.layer([{"code": A}], [box(0)]))
    assert prepared.also == []
    rows = [ended(A, B), {"code": B, "状态": "有效"}]
    prepared = deliveries.load(prepare_grids, deliveries.layer(rows, [box(0), box(0)]))
    assert [change.dataset for change in prepared.also] == ["retirements"]
