"""Obstacles: what covers the same ground is one, what only touches stays two."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from grids.proposals.obstacles import as_obstacles


def array(*shapes: shapely.Geometry) -> np.ndarray:
    return np.array([*shapes, None], dtype=object)[:-1]


def test_buildings_over_the_same_ground_are_one_obstacle() -> None:
    made = as_obstacles(
        array(shapely.box(0, 0, 10, 10), shapely.box(9, 9, 20, 20), shapely.box(50, 0, 60, 10))
    )
    assert sorted(shapely.area(made)) == pytest.approx([100, 220])


def test_houses_that_share_a_wall_stay_two() -> None:
    made = as_obstacles(array(shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)))
    assert len(made) == 2


def test_a_chain_of_overlaps_is_one_obstacle() -> None:
    chain = [shapely.box(x, 0, x + 12, 10) for x in range(0, 100, 10)]
    assert len(as_obstacles(array(*reversed(chain)))) == 1


def test_an_invalid_footprint_is_read_as_what_it_encloses() -> None:
    bow = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    made = as_obstacles(array(bow))
    assert shapely.is_valid(made).all()
    assert shapely.area(made).sum() == pytest.approx(50)


def test_parts_of_a_building_are_obstacles_of_their_own() -> None:
    made = as_obstacles(array(shapely.MultiPolygon([shapely.box(0, 0, 5, 5), shapely.box(9, 0, 14, 5)])))
    assert len(made) == 2


def test_nothing_gives_nothing() -> None:
    assert len(as_obstacles(array())) == 0


squares = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(1, 15)), min_size=1, max_size=25
)


@settings(deadline=None, max_examples=60)
@given(squares)
def test_obstacles_cover_the_same_ground_and_never_share_any(cells: list[tuple[int, int, int]]) -> None:
    shapes = array(*(shapely.box(x, y, x + side, y + side) for x, y, side in cells))
    made = as_obstacles(shapes)
    ground = shapely.union_all(shapes)
    assert shapely.union_all(made).symmetric_difference(ground).area < 1e-6
    assert shapely.area(made).sum() == pytest.approx(ground.area)
