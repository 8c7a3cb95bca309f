"""The order in which unit grids are numbered: rows from the north, west to east, whatever the input order."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from grids.numbering_order import numbering_order


def boxes(*corners: tuple[float, float], size: float = 100.0) -> np.ndarray:
    return np.array([*(shapely.box(x, y, x + size, y + size) for x, y in corners), None], dtype=object)[:-1]


def test_rows_from_north_to_south_and_west_to_east_inside() -> None:
    grid = boxes(*((x, y) for y in (0, 100, 200) for x in (0, 100, 200)))
    assert numbering_order(grid).tolist() == [6, 7, 8, 3, 4, 5, 0, 1, 2]


def test_a_grid_a_little_further_south_stays_in_its_row() -> None:
    assert numbering_order(boxes((0, -30), (100, 0), (200, -60))).tolist() == [0, 1, 2]


def test_a_row_is_as_high_as_the_side_of_the_median_grid() -> None:
    assert numbering_order(boxes((0, -101), (100, 0))).tolist() == [1, 0]
    assert numbering_order(boxes((0, -99), (100, 0))).tolist() == [0, 1]


def test_one_straight_above_the_other_comes_first() -> None:
    assert numbering_order(boxes((0, 0), (0, 40), size=50)).tolist() == [1, 0]


def test_nothing_is_numbered_when_there_is_nothing() -> None:
    assert numbering_order(np.array([], dtype=object)).tolist() == []


@pytest.mark.parametrize("geometry", [None, shapely.Point(0, 0), shapely.Polygon()])
def test_what_has_no_area_cannot_be_numbered(geometry: object) -> None:
    with pytest.raises(ValueError, match="area"):
        numbering_order(np.array([shapely.box(0, 0, 1, 1), geometry], dtype=object))


places = st.lists(
    st.tuples(st.integers(-20, 20), st.integers(-20, 20), st.integers(1, 9)),
    min_size=1,
    max_size=30,
    unique=True,
)


@settings(deadline=None, max_examples=80)
@given(places, st.randoms(use_true_random=False))
def test_the_order_does_not_depend_on_the_input(cells: list[tuple[int, int, int]], random) -> None:
    grid = np.array([*(shapely.box(x * 7, y * 7, x * 7 + s, y * 7 + s) for x, y, s in cells), None])[:-1]
    shuffled = list(range(len(grid)))
    random.shuffle(shuffled)
    turned = shapely.reverse(grid[shuffled])
    ordered = [shuffled[at] for at in numbering_order(turned)]
    assert ordered == numbering_order(grid).tolist()
    assert sorted(ordered) == list(range(len(grid)))


@settings(deadline=None, max_examples=80)
@given(places)
def test_within_a_row_numbers_run_west_to_east_and_rows_north_to_south(cells) -> None:
    grid = np.array([*(shapely.box(x * 7, y * 7, x * 7 + s, y * 7 + s) for x, y, s in cells), None])[:-1]
    inside = shapely.get_coordinates(shapely.point_on_surface(shapely.normalize(grid)))
    height = float(np.sqrt(np.median(shapely.area(grid))))
    row = np.floor((inside[:, 1].max() - inside[:, 1]) / height)
    key = list(zip(row, inside[:, 0], strict=True))
    ordered = [key[at] for at in numbering_order(grid)]
    assert ordered == sorted(ordered)
