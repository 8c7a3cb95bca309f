"""Stated areas against places: each kind of disagreement."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.coverage import metres_per_degree
from responsibility.default_places import DefaultPlace
from responsibility.layers import PolygonLayer
from responsibility.stated_areas import Standing, compare

CELL = 0.001
PER_LON = float(metres_per_degree(np.array([29.4]))[0][0])


def box(west: float, east: float) -> shapely.Polygon:
    return shapely.box(106.5 + west * CELL, 29.4, 106.5 + east * CELL, 29.4 + CELL)


LAYER: PolygonLayer[str] = PolygonLayer(
    "ABC", ["A", "B", "C"], np.array([box(0, 1), box(1, 2), box(2, 3)], dtype=object)
)


def standing(east_m: float, stated: int, accuracy: float = 10.0, **options: Any) -> Standing:
    lon, lat = np.array([106.5 + east_m / PER_LON]), np.array([29.4005])
    found = compare(LAYER, lon, lat, np.array([stated]), np.array([accuracy]), **{"border_m": 2.0, **options})
    return Standing(found.standing[0])


def test_each_way_to_differ_is_told() -> None:
    width = CELL * PER_LON
    office = DefaultPlace("中心", 106.5 + 50 / PER_LON, 29.4005)

    assert standing(50.0, 0) is Standing.AGREES
    assert standing(50.0, 1) is Standing.ELSEWHERE
    assert standing(50.0, 1, accuracy=60.0) is Standing.NEAR_BOUNDARY
    assert standing(50.0, 1, default_places=[office]) is Standing.DEFAULT_COORDINATE
    assert standing(50.0, 0, default_places=[office]) is Standing.AGREES
    assert standing(50.0, -1) is Standing.UNKNOWN_AREA
    assert standing(width - 1.0, 1) is Standing.ON_CENTRE_LINE
    assert standing(width - 3.0, 1) is Standing.NEAR_BOUNDARY
    assert standing(width - 1.0, 2) is Standing.ELSEWHERE
    assert standing(-50.0, 0) is Standing.OUTSIDE
    assert standing(-5.0, 0) is Standing.NEAR_BOUNDARY


@settings(deadline=None, max_examples=80)
@given(st.lists(st.tuples(st.floats(-60, 350), st.integers(-1, 2), st.floats(0, 120)), min_size=1))
def test_many_at_once_are_what_the_distances_say(asked: Any) -> None:
    east, stated, accuracy = (np.array(column) for column in zip(*asked, strict=True))
    lon, lat = 106.5 + east / PER_LON, np.full(len(asked), 29.4005)

    found = compare(LAYER, lon, lat, stated, accuracy, border_m=2.0)

    width = CELL * PER_LON
    for at, (x, row, metres) in enumerate(asked):
        gaps = [max(side * width - x, x - (side + 1) * width, 0.0) for side in range(3)]
        if row < 0:
            expected = Standing.UNKNOWN_AREA
        elif gaps[row] == 0:
            expected = Standing.AGREES
        elif gaps[row] <= 2 and sum(gap <= 2 for gap in gaps) > 1:
            expected = Standing.ON_CENTRE_LINE
        elif gaps[row] <= metres:
            expected = Standing.NEAR_BOUNDARY
        else:
            expected = Standing.OUTSIDE if min(gaps) > 0 else Standing.ELSEWHERE
        edges = [abs(x - side * width) for side in range(4)]
        unclear = (
            min(edges) < 0.01 or min(abs(edge - reach) for edge in edges for reach in (2, metres)) < 0.01
        )
        assert unclear or found.standing[at] == expected
        assert unclear or np.isnan(found.metres[at]) == (row < 0 or gaps[row] == 0)
