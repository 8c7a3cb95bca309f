"""Does a line of business look after every unit grid once?"""

from __future__ import annotations

import geopandas
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.editions import commit
from gis.errors import NotFound
from grids.groups.coverage import find_line_faults, line_coverage, lines_of
from grids.groups.memberships import membership_frame
from grids.groups.units import hanging_together, units_of

WEST, EAST, FAR = "500113001001", "500113001002", "500113001003"
CODES = [f"{community}00{n}" for community in (WEST, EAST, FAR) for n in (1, 2, 3)]
BOXES = shapely.box(np.arange(9) * 0.001, 29.4, np.arange(1, 10) * 0.001, 29.401)


def frame(rows, shapes) -> geopandas.GeoDataFrame:
    return geopandas.GeoDataFrame(rows, geometry=list(shapes), crs=4490)


@pytest.fixture
def city(registry):
    """Three communities: 环卫 lacks one grid in the west and has one in the middle twice."""
    commit(registry, "grids", frame({"code": CODES}, BOXES))
    groups = {"line": ["环卫", "环卫", "监督"], "code": ["H-1", "H-2", "J-1"]}
    commit(registry, "responsibility-grids", frame(groups, BOXES[:3]))
    rows = [("H-1", CODES[0]), ("H-1", CODES[3]), ("H-2", CODES[1]), ("H-2", CODES[3])]
    rows += [("H-2", CODES[4]), ("H-2", CODES[5])]
    commit(registry, "memberships", membership_frame(("responsibility-grids", "环卫", *row) for row in rows))
    return registry


def test_a_line_is_told_in_numbers(city) -> None:
    cleaning, inspection = lines_of(city)
    assert (cleaning.line, cleaning.groups, cleaning.without_members) == ("环卫", 2, 0)
    assert (cleaning.covered, cleaning.double, cleaning.missing) == (5, 1, 1)
    assert (inspection.line, inspection.groups, inspection.without_members) == ("监督", 1, 1)
    assert (inspection.covered, inspection.double, inspection.missing) == (0, 0, 0)


def test_gaps_and_overlaps_are_findings_where_they_are(city) -> None:
    overlap, gap = line_coverage(city, "环卫")
    assert (overlap.code, overlap.id, overlap.value) == ("G24", "H-2", "1")
    assert overlap.geometry.equals(BOXES[3])
    assert (gap.code, gap.id, gap.severity) == ("G25", WEST, "warning")
    assert gap.geometry.equals(BOXES[2])
    assert CODES[2] in str(gap.message)


def test_a_line_that_is_not_there_is_named_with_those_that_are(city) -> None:
    with pytest.raises(NotFound) as missing:
        line_coverage(city, "绿化")
    assert str(missing.value.expected) == "环卫, 监督"


def test_kinds_without_lines_are_asked_for_by_their_name(registry) -> None:
    commit(registry, "grids", frame({"code": CODES[:3]}, BOXES[:3]))
    commit(registry, "management-grids", frame({"code": [f"{WEST}901"]}, [shapely.union_all(BOXES[:2])]))
    rows = [("management-grids", "", f"{WEST}901", code) for code in CODES[:2]]
    rows.append(("evaluation-grids", "", "50011300101A", f"{WEST}901"))
    commit(registry, "memberships", membership_frame(rows))
    commit(registry, "evaluation-grids", frame({"code": ["50011300101A"]}, [shapely.union_all(BOXES[:2])]))
    assert [(c.kind, c.covered, c.missing) for c in lines_of(registry)] == [
        ("management-grids", 2, 1),
        ("evaluation-grids", 1, 0),
    ]
    (gap,) = line_coverage(registry, "management-grids")
    assert gap.geometry.equals(BOXES[2])


def test_members_that_are_no_more_are_told_of(city) -> None:
    commit(city, "memberships", membership_frame([("responsibility-grids", "监督", "J-1", f"{WEST}777")]))
    (lost,) = line_coverage(city, "监督")
    assert (lost.code, lost.id, lost.geometry) == ("G23", "J-1", None)
    assert f"{WEST}777" in str(lost.message)
    assert [(c.lost, c.covered) for c in lines_of(city, "监督")] == [(1, 0)]


@settings(deadline=None, max_examples=60)
@given(st.sets(st.tuples(st.sampled_from("xy"), st.sampled_from("abc"), st.integers(0, 8)), max_size=25))
def test_faults_of_random_lines_are_those_of_a_plain_count(memberships) -> None:
    rows = [("responsibility-grids", line, code, CODES[n]) for line, code, n in sorted(memberships)]
    units = units_of("grids", CODES, BOXES)
    faults = list(find_line_faults(membership_frame(rows), units))
    double = {
        (line, groups, CODES[n])
        for line in "xy"
        for n in range(9)
        for groups in (("a", "b"), ("a", "c"), ("b", "c"))
        if {(line, group, n) for group in groups} <= memberships
    }
    missing = set()
    for line in "xy":
        taken = {n for of, _, n in memberships if of == line}
        touched = {n // 3 for n in taken}
        missing |= {(line, CODES[n]) for n in set(range(9)) - taken if n // 3 in touched}
    assert {(f.line, f.groups, m) for f in faults if f.code == "G24" for m in f.members} == double
    assert {(f.line, m) for f in faults if f.code == "G25" for m in f.members} == missing
    assert all(f.geometry.area == pytest.approx(1e-6 * len(f.members)) for f in faults)


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 12), st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=15))
def test_things_hang_together_as_a_walk_finds(count, links) -> None:
    links = [(a, b) for a, b in links if a < count and b < count]
    left, right = (np.array([link[end] for link in links], dtype=np.intp) for end in (0, 1))
    found = hanging_together(count, left, right)
    for start in range(count):
        seen, frontier = {start}, [start]
        while frontier:
            here = frontier.pop()
            near = {b for a, b in links if a == here} | {a for a, b in links if b == here}
            frontier += near - seen
            seen |= near
        assert found[start] == min(seen)
