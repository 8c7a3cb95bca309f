"""Unit grids that lack what nearly every other has several times."""

from __future__ import annotations

from collections import Counter
from statistics import median

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from components.completeness import FEWEST_GRIDS, RARE, SEVERAL, SURVEYED, absences
from components.imports import prepare_components

NAMES = {"0101": "上水井盖", "0137": "路灯"}


def grid(number: int) -> str:
    return f"500113001002{number:03d}"


def layer(deliveries, lamps: dict[int, int], covers: dict[int, int]):
    """Make a layer of lamps and covers, so many by number of the unit grid."""
    things = [
        (code, at)
        for code, counts in (("0137", lamps), ("0101", covers))
        for at in Counter(counts).elements()
    ]
    rows = [
        {"ObjID": f"500113{code}{n:06d}", "ObjName": NAMES[code], "BGID": grid(at), "DeptCode1": "C"}
        | {"DeptName1": "城管局", "DeptName2": "公司", "ObjState": "完好", "ORDate": "20230915"}
        for n, (code, at) in enumerate(things, 1)
    ]
    places = [shapely.Point(106.5 + at / 1e3, 29.4 + n / 1e5) for n, (_, at) in enumerate(things)]
    return deliveries.layer(rows, places)


def notes(deliveries, source):
    prepared = deliveries.prepare(prepare_components, source, standard="2013")
    return [finding for finding in prepared.report.findings if finding.code == "C29"]


def usual(n: int = 100, *, without: tuple[int, ...] = (), each: int = SEVERAL) -> dict[int, int]:
    return {at: each for at in range(1, n + 1) if at not in without}


def test_grids_without_a_usual_class_are_one_note_of_the_class(deliveries) -> None:
    (note,) = notes(deliveries, layer(deliveries, usual(without=(7, 9)), usual()))
    assert (note.severity, note.row, note.value) == ("info", None, "0137")
    assert all(word in str(note.message) for word in ("2", "100", "0137 路灯", grid(7), grid(9)))
    assert grid(8) not in str(note.message)
    assert len(note.geometry.geoms) == 2


def test_what_the_registry_has_there_is_not_absent(deliveries) -> None:
    before = layer(deliveries, {7: 1}, {})
    deliveries.load(prepare_components, before, standard="2013")
    lamps = layer(deliveries, usual(without=(7, 9)), usual())
    (note,) = notes(deliveries, lamps)
    assert grid(7) not in str(note.message)
    assert grid(9) in str(note.message)


def test_few_grids_few_of_the_class_or_a_grid_hardly_surveyed_are_nothing(deliveries) -> None:
    few, rare = FEWEST_GRIDS - 1, SEVERAL - 1
    assert notes(deliveries, layer(deliveries, usual(few, without=(7,)), usual(few))) == []
    assert notes(deliveries, layer(deliveries, usual(without=(7,), each=rare), usual())) == []
    assert notes(deliveries, layer(deliveries, usual(without=(7, 8, 9)), usual())) == []
    assert notes(deliveries, layer(deliveries, usual(without=(7,)), usual() | {7: 1})) == []


@given(
    st.lists(st.integers(0, 9), min_size=20, max_size=50),
    st.lists(st.integers(4, 9), min_size=50, max_size=50),
    st.sets(st.integers(0, 49), max_size=3),
)
@settings(deadline=None, max_examples=80)
def test_absences_are_those_of_counting(some, many, gaps) -> None:
    counts = [
        (1 + one, 0 if at in gaps else other) for at, (one, other) in enumerate(zip(some, many, strict=False))
    ]
    things = [(at, c) for at, both in enumerate(counts) for c in (0, 1) for _ in range(both[c])]
    grid_of, class_of = np.array(things).T
    found = {number: lacking.tolist() for number, lacking, _ in absences(grid_of, class_of)}
    expected = {}
    for c in (0, 1):
        of_class = [both[c] for both in counts]
        enough = SURVEYED * median(both[1 - c] for both in counts)
        lacking = [at for at, both in enumerate(counts) if both[c] == 0 and both[1 - c] >= enough]
        rare = of_class.count(0) <= max(1, int(RARE * len(counts)))
        is_usual = rare and int(median(of_class)) >= SEVERAL
        if lacking and is_usual and len(counts) >= FEWEST_GRIDS:
            expected[c] = lacking
    assert found == expected
