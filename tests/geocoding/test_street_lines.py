"""Distances and sides of points beside streets, against a search through all segments."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geocoding.checks.limits import PlaceLimits
from geocoding.checks.numbers import repeats
from geocoding.checks.plates import against_parity
from geocoding.checks.street_lines import StreetLines
from gis.metres import LocalMetres

STEP = 0.0005
cells = st.tuples(st.integers(0, 12), st.integers(0, 12))
streets = st.lists(st.lists(cells, min_size=2, max_size=5, unique=True), min_size=1, max_size=4)
places = st.lists(st.tuples(st.floats(0, 12), st.floats(0, 12)), min_size=1, max_size=12)


def degrees(cell: tuple[float, float]) -> tuple[float, float]:
    return 106.5 + cell[0] * STEP, 29.4 + cell[1] * STEP


@settings(deadline=None, max_examples=60)
@given(streets, places)
def test_the_nearest_street_is_that_of_a_search_through_all_segments(
    roads: list[list[tuple[int, int]]], spots: list[tuple[float, float]]
) -> None:
    lines = np.array([shapely.LineString([degrees(cell) for cell in road]) for road in roads], dtype=object)
    xy = np.array([degrees(spot) for spot in spots])
    found = StreetLines(lines).nearest(xy, range(len(lines)))
    planar = LocalMetres.around(lines)
    segments = [
        (number, start, end)
        for number, line in enumerate(planar.forward(lines))
        for start, end in pairwise(shapely.get_coordinates(line).tolist())
    ]
    for at, point in enumerate(shapely.get_coordinates(planar.forward(shapely.points(xy))).tolist()):
        every = [(_away(point, start, end), number, start, end) for number, start, end in segments]
        least = min(away for away, *_ in every)
        assert math.isclose(found.distance[at], least, abs_tol=1e-6)
        near = [one for one in every if one[0] <= least + 1e-6]
        assert found.street[at] in {number for _, number, *_ in near}
        if least > 0.02:
            assert found.side[at] in {_side(point, start, end) for _, _, start, end in near} | {
                -_side(point, start, end) for _, _, start, end in near
            }
            if len(near) == 1 and len(roads[near[0][1]]) == 2:
                assert found.side[at] == _side(point, *near[0][2:])


def _away(point: list[float], start: list[float], end: list[float]) -> float:
    (px, py), (ax, ay), (bx, by) = point, start, end
    length = (bx - ax) ** 2 + (by - ay) ** 2
    share = min(1.0, max(0.0, ((px - ax) * (bx - ax) + (py - ay) * (by - ay)) / length))
    return math.hypot(px - ax - share * (bx - ax), py - ay - share * (by - ay))


def _side(point: list[float], start: list[float], end: list[float]) -> int:
    across = (end[0] - start[0]) * (point[1] - start[1]) - (end[1] - start[1]) * (point[0] - start[0])
    return (across > 0) - (across < 0)


@settings(deadline=None, max_examples=100)
@given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from([-1, 1]), st.integers(1, 9)), max_size=30))
def test_parity_is_told_as_counting_would(plates: list[tuple[int, int, int]]) -> None:
    limits = PlaceLimits(side_plates=4, side_share=0.7)
    columns = np.array(plates, np.int64).reshape(-1, 3).T
    told = against_parity(columns[0].astype(np.int32), columns[1].astype(np.int8), columns[2], limits)
    expected = []
    for line, side, number in plates:
        votes = [(n % 2 == 1) == (s > 0) for other, s, n in plates if other == line]
        odd_left = sum(votes)
        most = max(odd_left, len(votes) - odd_left)
        rule = len(votes) >= 4 and most >= 0.7 * len(votes)
        expected.append(rule and ((number % 2 == 1) == (side > 0)) != (2 * odd_left > len(votes)))
    assert told.tolist() == expected


@settings(deadline=None, max_examples=100)
@given(st.lists(st.tuples(st.integers(0, 4), st.booleans()), max_size=20))
def test_repeats_are_those_of_a_loop(rows: list[tuple[int, bool]]) -> None:
    numbers, usable = (np.array([row[n] for row in rows]) for n in (0, 1))
    later, first = repeats(numbers.astype(np.int64), usable.astype(bool))
    seen: dict[int, int] = {}
    expected = []
    for at, (number, counts) in enumerate(rows):
        if counts and seen.setdefault(number, at) != at:
            expected.append((at, seen[number]))
    assert list(zip(later.tolist(), first.tolist(), strict=True)) == expected
