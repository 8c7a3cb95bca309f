"""Groups of unit grids follow what a delivery of unit grids ends or redraws."""

from __future__ import annotations

import geopandas
import pytest
import shapely

from gis.editions import commit, list_editions, revert
from gis.read import read_frame
from grids.groups.memberships import MEMBERS_OF, membership_frame, read_memberships
from grids.imports import prepare_grids

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


M = f"{COMMUNITY}901"


@pytest.fixture
def outlined(city):
    """Groups on all levels with the outline of their members, and one that was drawn apart."""
    rows = [("management-grids", "", M, A), ("evaluation-grids", "", "50011300101A", M)]
    rows += [("responsibility-grids", "监督", "J-1", A)]
    commit(city.registry, "memberships", membership_frame(rows))
    groups = {"line": ["环卫", "环卫", "监督"], "code": ["H-1", "H-2", "J-1"]}
    apart = box(-0.3)
    for kind, columns, shapes in (
        ("responsibility-grids", groups, [box(0), box(1), apart]),
        ("management-grids", {"code": [M], "name": ["一号"]}, [box(0)]),
        ("evaluation-grids", {"code": ["50011300101A"]}, [box(0)]),
    ):
        commit(city.registry, kind, geopandas.GeoDataFrame(columns, geometry=shapes, crs=4490))
    return city


def outlines(deliveries) -> dict[str, shapely.Geometry]:
    frames = (read_frame(deliveries.registry, kind) for kind in MEMBERS_OF)
    return {
        code: shape for frame in frames for code, shape in zip(frame["code"], frame.geometry, strict=True)
    }


def test_a_border_that_moves_takes_the_outlines_of_groups_along(outlined) -> None:
    rows = [{"code": A}, {"code": B}]
    prepared = outlined.load(prepare_grids, outlined.layer(rows, [box(0, 1.25), box(1.25, 0.75)]))
    found = outlines(outlined)
    for code, shape in (("H-1", box(0, 1.25)), ("H-2", box(1.25, 0.75)), (M, box(0, 1.25))):
        assert found[code].equals(shape), code
    assert found["50011300101A"].equals(box(0, 1.25))
    assert found["J-1"].equals(box(-0.3))
    assert any("4 个网格" in str(note) for note in prepared.report.notes)
    revert(outlined.registry, list_editions(outlined.registry)[0].id)
    assert outlines(outlined)["H-1"].equals(box(0))
    assert read_frame(outlined.registry, "management-grids")["name"].tolist() == ["一号"]


def test_the_same_grids_again_change_no_outline(outlined) -> None:
    prepared = outlined.load(prepare_grids, outlined.layer([{"code": A}, {"code": B}], [box(0), box(1)]))
    assert prepared.also == []


def test_a_split_leaves_the_outline(outlined) -> None:
    rows = [ended(A, f"{C}、{D}"), {"code": C, "状态": "有效"}, {"code": D, "状态": "有效"}]
    prepared = outlined.load(prepare_grids, outlined.layer(rows, [box(0), box(0, 0.5), box(0.5, 0.5)]))
    assert {change.dataset for change in prepared.also} == {"retirements", "memberships"}
    assert outlines(outlined)["H-1"].equals(box(0))


def test_an_ended_grid_leaves_the_outline_of_its_group(outlined) -> None:
    commit(outlined.registry, "memberships", membership_frame([("responsibility-grids", "环卫", "H-2", A)]))
    merged = geopandas.GeoDataFrame({"line": ["环卫"], "code": ["H-2"]}, geometry=[box(0)], crs=4490)
    commit(outlined.registry, "responsibility-grids", merged)
    rows = [ended(A, C), {"code": C, "状态": "有效"}]
    outlined.load(prepare_grids, outlined.layer(rows, [box(0), box(0, 0.5)]))
    assert outlines(outlined)["H-2"].equals(box(0, 0.5))
