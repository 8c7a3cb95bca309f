"""Which component is meant by which check point, and what is said of both."""

from __future__ import annotations

from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.acceptance.matching import How, match
from components.acceptance.settings import AcceptanceSettings
from tests.components.acceptance.conftest import Bench, Thing, census_of, points_of

COVER, SEWER, LAMP, BENCH = "0101", "0102", "0137", "0407"


def pairs_of(field: list[Thing], data: list[Thing], **read: list[str | None]) -> list[tuple[int, int, str]]:
    found = match(points_of(field, **read), census_of(data), AcceptanceSettings())
    return list(zip(found.point.tolist(), found.component.tolist(), map(str, found.how), strict=True))


@pytest.mark.parametrize(
    ("field", "data", "expected"),
    [
        ((10, 10, COVER), (10.3, 10, COVER), How.CLASS),
        ((10, 10, COVER), (12.4, 10, COVER), How.CLASS),
        ((10, 10, COVER), (12.6, 10, COVER), None),
        ((10, 10, COVER), (11, 10, SEWER), How.GROUP),
        ((10, 10, COVER), (10.4, 10, LAMP), How.SPOT),
        ((10, 10, COVER), (10.6, 10, LAMP), None),
    ],
)
def test_a_pair_is_found_by_class_then_group_then_spot(
    field: Thing, data: Thing, expected: How | None
) -> None:
    found = pairs_of([field], [data])
    assert found == ([] if expected is None else [(0, 0, expected)])


def test_the_reach_is_that_of_the_accuracy_class() -> None:
    """A bench has accuracy B: it may be farther away than a cover of accuracy A."""
    assert pairs_of([(0, 0, BENCH)], [(4.9, 0, BENCH)]) == [(0, 0, How.CLASS)]
    assert pairs_of([(0, 0, BENCH)], [(5.1, 0, BENCH)]) == []


def test_an_identifier_that_was_read_comes_before_what_is_nearer() -> None:
    data = [(0.0, 0.0, COVER), (20.0, 0.0, COVER)]
    second = census_of(data).rows["id"][1]
    assert pairs_of([(0, 0, COVER)], data, identifiers=[second]) == [(0, 1, How.IDENTIFIER)]
    far = [(0.0, 0.0, COVER), (60.0, 0.0, COVER)]
    assert pairs_of([(0, 0, COVER)], far, identifiers=[second]) == [(0, 0, How.CLASS)]


def test_an_identifier_read_twice_goes_to_the_nearer_point() -> None:
    own = census_of([(0, 0, COVER)]).rows["id"][0]
    field = [(3.0, 0.0, COVER), (1.0, 0.0, COVER)]
    assert pairs_of(field, [(0, 0, COVER)], identifiers=[own, own]) == [(1, 0, How.IDENTIFIER)]


def test_a_row_is_not_shifted_to_make_up_for_what_is_missing() -> None:
    """Ten lamps 2 m apart: the first missed, one too many at the end."""
    field = [(2.0 * n, 0.0, LAMP) for n in range(10)]
    data = [(2.0 * n, 0.0, LAMP) for n in range(1, 11)]
    assert [(a, b) for a, b, _ in pairs_of(field, data)] == [(n + 1, n) for n in range(9)]


def best_sum(field: np.ndarray, data: np.ndarray, reach: float) -> float:
    """Try all ways of pairing points with components, of one class."""
    room = reach - np.linalg.norm(field[:, None] - data[None], axis=2)
    best = 0.0
    for size in range(1, min(len(field), len(data)) + 1):
        for left in combinations(range(len(field)), size):
            for right in permutations(range(len(data)), size):
                rooms = room[list(left), list(right)]
                if (rooms >= 0).all():
                    best = max(best, float(rooms.sum()))
    return best


COORDINATE = st.floats(0, 6)
PLACES = st.lists(st.tuples(COORDINATE, COORDINATE), min_size=1, max_size=4)


@settings(max_examples=60, deadline=None)
@given(PLACES, PLACES)
def test_pairs_of_one_class_are_the_best_in_sum(
    field: list[tuple[float, float]], data: list[tuple[float, float]]
) -> None:
    found = match(
        points_of([(x, y, COVER) for x, y in field]),
        census_of([(x, y, COVER) for x, y in data]),
        AcceptanceSettings(),
    )
    assert len(set(found.point.tolist())) == len(set(found.component.tolist())) == len(found.point)
    assert (found.distance_m <= 2.5).all()
    reached = float((2.5 - found.distance_m).sum())
    assert reached == pytest.approx(best_sum(np.array(field), np.array(data), 2.5), abs=1e-4)


def test_a_pair_over_the_edge_of_a_sheet_is_no_fault_of_either(bench: Bench) -> None:
    """The check point lies in the sheet, its component half a metre outside; and the other way round."""
    for x, other in ((249.8, 250.2), (250.2, 249.8)):
        judged = bench.judge([(x, 100, COVER), (50, 50, COVER)], [(other, 100, COVER), (50, 50, COVER)])
        assert len(judged.judgement) == 2
        assert not judged.judgement.faulty.any()


def test_what_lies_outside_of_all_sheets_takes_no_part_and_is_told(bench: Bench) -> None:
    judged = bench.judge([(50, 50, COVER), (400, 50, COVER)], [(50, 50, COVER), (420, 50, LAMP)])
    assert len(judged.judgement) == 1
    assert [note.params["n"] for note in judged.notes] == [1]


def test_a_sheet_stated_wrongly_is_told(bench: Bench) -> None:
    stated = {"sheets": ["0-0", "9-9"]}
    judged = bench.judge([(5, 5, COVER), (9, 9, COVER)], [(5, 5, COVER), (9, 9, COVER)], read=stated)
    assert [(note.params["name"], note.params["stated"], note.params["found"]) for note in judged.notes] == [
        ("1", "9-9", "0-0")
    ]


def test_classes_that_were_not_inspected_are_left_out(bench: Bench) -> None:
    settings_ = AcceptanceSettings(inspected=("01",))
    data: list[Thing] = [(10, 10, COVER), (20, 20, LAMP), (30, 30, BENCH), (40, 40, BENCH)]
    judged = bench.judge([(10, 10, COVER), (40, 40, BENCH)], data, settings_)
    assert judged.judgement.major.tolist() == ["01", "01"]
    assert judged.judgement.surplus.tolist() == [False, True]


def test_what_the_inspector_did_not_read_is_not_compared(bench: Bench) -> None:
    field: list[Thing] = [(10.0 * n, 10.0, COVER) for n in range(1, 4)]
    judged = bench.judge(
        field,
        field,
        read={"state": ["完好", "破 损", None], "owner_name": [None, "水务集团", None]},
        recorded={"state": ["破损", "破损", "丢失"], "owner_name": ["甲", None, "乙"]},
    )
    assert judged.judgement.read.tolist() == [True, True, False]
    assert judged.judgement.wrong_attributes.tolist() == [("state",), ("owner_name",), ()]
    assert judged.rates["wrong_attribute"].count == judged.rates["wrong_attribute"].base == 2
