"""Which grids belong to which group, and how memberships follow what happens to unit grids."""

from __future__ import annotations

import numpy as np
import pandas
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.editions import commit, commit_changes, revert
from gis.read import read_frame
from grids.groups.memberships import (
    MEMBERSHIP,
    change_between,
    derived_boundary,
    following,
    groups_of,
    members_of,
    membership_frame,
    read_memberships,
)

A, B, C, D = (f"50011300100100{n}" for n in range(1, 5))
ROWS = [
    ("responsibility-grids", "环卫", "H-1", A),
    ("responsibility-grids", "环卫", "H-1", B),
    ("responsibility-grids", "环卫", "H-2", C),
    ("responsibility-grids", "监督", "J-1", A),
    ("management-grids", "", "500113001001901", A),
    ("evaluation-grids", "", "50011300101A", "500113001001901"),
]


def frame(rows=ROWS) -> pandas.DataFrame:
    return membership_frame(rows)


def listed(memberships: pandas.DataFrame) -> list[tuple[str, ...]]:
    return sorted(memberships[list(MEMBERSHIP)].itertuples(index=False, name=None))


def test_members_and_groups_of_a_registry(registry) -> None:
    commit(registry, "memberships", frame())
    assert members_of(registry, "responsibility-grids", "环卫", "H-1") == (A, B)
    assert members_of(registry, "responsibility-grids", "监督", "H-1") == ()
    assert groups_of(registry, A)[["kind", "line", "code"]].to_numpy().tolist() == [
        ["management-grids", "", "500113001001901"],
        ["responsibility-grids", "环卫", "H-1"],
        ["responsibility-grids", "监督", "J-1"],
        ["evaluation-grids", "", "50011300101A"],
    ]
    assert groups_of(registry, D).empty


def test_a_management_grid_with_the_code_of_a_unit_grid_is_not_mistaken_for_it(registry) -> None:
    """A group code that is a unit grid's too: the evaluation grid holds the group, not the unit grid."""
    rows = [("evaluation-grids", "", "50011300101A", A), ("management-grids", "", A, B)]
    commit(registry, "memberships", frame(rows))
    assert groups_of(registry, A).empty
    assert groups_of(registry, B)["code"].tolist() == [A, "50011300101A"]
    assert listed(following(frame(rows), {A: [C, D], B: [C, D]})) == sorted(
        [
            ("evaluation-grids", "", "50011300101A", A),
            ("management-grids", "", A, C),
            ("management-grids", "", A, D),
        ]
    )


@pytest.mark.parametrize(
    ("replaced", "members"),
    [
        ({A: [C, D]}, {"H-1": {B, C, D}, "H-2": {C}, "J-1": {C, D}}),
        ({A: [D], B: [D]}, {"H-1": {D}, "H-2": {C}, "J-1": {D}}),
        ({A: []}, {"H-1": {B}, "H-2": {C}}),
        ({A: [A, D]}, {"H-1": {A, B, D}, "H-2": {C}, "J-1": {A, D}}),
        ({}, {"H-1": {A, B}, "H-2": {C}, "J-1": {A}}),
    ],
)
def test_memberships_follow_split_merge_retirement_and_move(replaced, members) -> None:
    after = following(frame(ROWS[:4]), replaced)
    assert after.groupby("code")["member"].apply(set).to_dict() == members
    assert not after.duplicated().any()


def test_a_change_can_be_committed_and_reverted(registry) -> None:
    commit(registry, "memberships", frame())
    before = read_memberships(registry)
    after = following(before, {A: [D], C: []})
    change = change_between(before, after)
    edition = commit_changes(registry, [change], operation="merge")
    assert listed(read_memberships(registry)) == listed(after)
    revert(registry, edition.id)
    assert listed(read_memberships(registry)) == listed(before)
    assert change_between(before, before.iloc[::-1]) is None


CODES = [f"5001130010010{n:02d}" for n in range(1, 9)]
EVENTS = st.lists(
    st.tuples(st.sets(st.integers(0, 40), min_size=1, max_size=3), st.integers(0, 3)), max_size=12
)


@settings(deadline=None, max_examples=40)
@given(st.sets(st.tuples(st.sampled_from("xyz"), st.integers(0, 7)), max_size=15), EVENTS)
def test_random_splits_and_merges_keep_every_group_together(memberships, events) -> None:
    """A group that had one of the old grids has all of the new ones, and nothing else changes."""
    rows = [("responsibility-grids", group, group, CODES[n]) for group, n in sorted(memberships)]
    expected = {g: {CODES[n] for group, n in memberships if group == g} for g, _ in memberships}
    live, current = set(CODES), frame(rows)
    for number, (chosen, parts) in enumerate(events):
        old = {code for at, code in enumerate(sorted(live)) if at in chosen}
        new = {f"500113001001{100 + 4 * number + n}" for n in range(parts)}
        live = live - old | new
        current = following(current, dict.fromkeys(old, sorted(new)))
        expected = {g: own - old | new if own & old else own for g, own in expected.items()}
    assert not current.duplicated().any()
    found = {str(group): set(own) for group, own in current.groupby("code")["member"]}
    assert found == {group: own for group, own in expected.items() if own}


SIDE = 5


@settings(deadline=None, max_examples=40)
@given(st.sets(st.tuples(st.integers(0, SIDE - 1), st.integers(0, SIDE - 1))), st.randoms())
def test_the_boundary_of_a_group_is_the_union_of_its_cells(cells, random) -> None:
    corners = {
        (i, j): (i + random.uniform(-0.3, 0.3), j + random.uniform(-0.3, 0.3))
        for i in range(SIDE + 1)
        for j in range(SIDE + 1)
    }
    polygons = [
        shapely.Polygon([corners[i, j], corners[i + 1, j], corners[i + 1, j + 1], corners[i, j + 1]])
        for i, j in sorted(cells)
    ]
    boundary = derived_boundary(np.array([*polygons, None], dtype=object))
    assert boundary.is_valid
    assert boundary.geom_type == "MultiPolygon"
    brute = shapely.union_all(polygons)
    assert boundary.equals(brute)
    assert boundary.area == pytest.approx(sum(polygon.area for polygon in polygons))
    vertices = {tuple(c) for c in shapely.get_coordinates(boundary)}
    assert vertices <= set(corners.values())


def test_overlapping_and_invalid_members_still_give_a_boundary() -> None:
    bow = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    members = np.array([shapely.box(0, 0, 2, 1), shapely.box(1, 0, 3, 1), bow, None], dtype=object)
    boundary = derived_boundary(members)
    assert boundary.is_valid
    assert boundary.covers(shapely.box(0, 0, 3, 1))


def test_a_delivery_replaces_the_members_of_a_group(registry) -> None:
    commit(registry, "memberships", frame())
    commit(registry, "memberships", frame([("responsibility-grids", "环卫", "H-1", D)]))
    assert members_of(registry, "responsibility-grids", "环卫", "H-1") == (D,)
    assert members_of(registry, "responsibility-grids", "环卫", "H-2") == (C,)
    assert len(read_frame(registry, "memberships")) == 5
