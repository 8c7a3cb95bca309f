"""Points near places, held against measuring every pair."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from gis.degrees import metres_per_degree
from gis.point_index import PointIndex

# On a raster of about a metre, so that many are equally far or at the same place.
_STEP = 1e-5
_PLACES = st.tuples(st.integers(-60, 60), st.integers(-60, 60))
_REACHES = st.sampled_from([0.5, 1.0, 5.0])


def placed(cells: list[tuple[int, int]]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    table = np.array(cells, dtype=np.float64).reshape(-1, 2)
    return 106.5 + table[:, 0] * _STEP, 29.5 + table[:, 1] * _STEP


def measured(x: float, y: float, lon: float, lat: float) -> float:
    per_lon, per_lat = metres_per_degree(lat)
    east, north = (x - lon) * per_lon, (y - lat) * per_lat
    return math.sqrt(east * east + north * north)


@settings(deadline=None, max_examples=150)
@given(
    st.lists(st.tuples(_PLACES, _REACHES), max_size=40),
    st.lists(st.tuples(_PLACES, st.sampled_from([0.0, 3.0, 40.0, 1e5])), min_size=1, max_size=8),
)
def test_what_is_near_is_what_measuring_all_gives(
    points: list[tuple[tuple[int, int], float]], asked: list[tuple[tuple[int, int], float]]
) -> None:
    x, y = placed([place for place, _ in points])
    reach = np.array([metres for _, metres in points], dtype=np.float64)
    lon, lat = placed([place for place, _ in asked])
    radius = np.array([metres for _, metres in asked], dtype=np.float64)
    index = PointIndex(x, y, reach)

    expected = []
    for place in range(len(lon)):
        far = [measured(x[row], y[row], lon[place], lat[place]) for row in range(len(x))]
        meant = [row for row in range(len(x)) if far[row] <= radius[place] + reach[row]]
        expected.append(sorted((float(np.round(far[row], 2)), row) for row in meant))
    singly = [index.near_one(float(a), float(b), float(r)) for a, b, r in zip(lon, lat, radius, strict=True)]
    assert [[(metres, row) for row, metres in found] for found in singly] == expected

    places, rows, metres = index.near(lon, lat, radius)
    assert list(zip(places.tolist(), metres.tolist(), rows.tolist(), strict=True)) == [
        (place, *one) for place, found in enumerate(expected) for one in found
    ]
    nearest, distance = index.first(lon, lat, radius)
    assert nearest.tolist() == [found[0][1] if found else -1 for found in expected]
    assert np.array_equal(distance, [found[0][0] if found else np.nan for found in expected], equal_nan=True)


def test_no_points_are_near_nothing() -> None:
    nothing = np.empty(0)
    index = PointIndex(nothing, nothing, nothing)
    assert len(index) == 0
    assert index.near_one(106.5, 29.5, 100.0) == []
    assert index.first(np.array([106.5]), np.array([29.5]), np.array([1.0]))[0].tolist() == [-1]
    assert [len(part) for part in index.near(np.array([106.5]), np.array([29.5]), np.array([1.0]))] == [0] * 3
