"""Joining what is too small: with the best neighbour, across roads last, and never more than needed."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from grids.proposals.faces import borders_of, dissolve, faces_inside
from grids.proposals.merging import NARROWEST_M, merge_small
from grids.proposals.plane import mean_width
from grids.proposals.profile import SizeRange

SIZES = SizeRange(5_000, 10_000, 20_000)
NO_ROADS = np.array([], dtype=object)


def faces(area: shapely.Polygon, *lines: object) -> np.ndarray:
    return faces_inside(area, [shapely.LineString(line) for line in lines])


def test_a_small_face_joins_the_neighbour_it_shares_the_longest_border_with() -> None:
    block = shapely.box(0, 0, 300, 100)
    made = merge_small(
        faces(block, [(100, -1), (100, 101)], [(130, -1), (130, 101)]), NO_ROADS, NO_ROADS, SIZES
    )
    assert sorted(shapely.area(made)) == pytest.approx([13_000, 17_000])


def test_a_border_along_a_road_is_given_up_last() -> None:
    road = shapely.LineString([(130, -1), (130, 101)])
    cut = faces(shapely.box(0, 0, 260, 100), [(100, -1), (100, 101)], road.coords)
    made = merge_small(cut, np.array([road]), NO_ROADS, SIZES)
    assert sorted(shapely.area(made)) == pytest.approx([13_000, 13_000])
    assert road.intersection(shapely.union_all(shapely.boundary(made))).length == pytest.approx(100)


def test_a_border_along_a_main_road_is_given_up_after_that_along_a_lane() -> None:
    lane, avenue = shapely.LineString([(100, -1), (100, 101)]), shapely.LineString([(130, -1), (130, 101)])
    cut = faces(shapely.box(0, 0, 230, 100), lane.coords, avenue.coords)
    roads = np.array([lane, avenue])
    for main, given_up in ((avenue, lane), (lane, avenue)):
        made = merge_small(cut, roads, np.array([main]), SIZES)
        borders = shapely.union_all(shapely.boundary(made))
        assert len(made) == 2
        assert main.intersection(borders).length == pytest.approx(100)
        assert given_up.intersection(borders).length == pytest.approx(0, abs=0.01)


def test_a_face_without_neighbours_stays_small() -> None:
    alone = np.array([shapely.box(0, 0, 20, 20)])
    assert shapely.area(merge_small(alone, NO_ROADS, NO_ROADS, SIZES)) == pytest.approx([400])


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.floats(0, 2 * np.pi), st.floats(-150, 150)), max_size=12), st.booleans())
def test_nothing_small_or_narrow_is_left_and_the_ground_is_the_same(lines, with_roads: bool) -> None:
    area = shapely.box(-200, -200, 200, 200)
    drawn = []
    for angle, aside in lines:
        ahead = np.array([np.cos(angle), np.sin(angle)])
        middle = aside * np.array([-ahead[1], ahead[0]])
        drawn.append([middle - 600 * ahead, middle + 600 * ahead])
    cut = faces(area, *drawn)
    roads = np.array([*map(shapely.LineString, drawn), None], dtype=object)[:-1] if with_roads else NO_ROADS
    made = merge_small(cut, roads, roads[:1], SIZES)
    assert shapely.area(made).sum() == pytest.approx(area.area)
    assert shapely.coverage_is_valid(made)
    assert (shapely.get_type_id(made) == 3).all()
    if len(made) > 1:
        assert (shapely.area(made) >= SIZES.smallest).all()
        assert (mean_width(made) >= NARROWEST_M).all()


def test_borders_of_faces_are_found_on_both_sides_once() -> None:
    cut = faces(shapely.box(0, 0, 200, 100), [(100, -1), (100, 101)])
    borders = borders_of(cut)
    inner = borders.right >= 0
    assert borders.length[inner].sum() == pytest.approx(100)
    assert borders.length[~inner].sum() == pytest.approx(600)


def test_dissolving_keeps_every_vertex() -> None:
    cut = faces(shapely.box(0, 0, 200, 100), [(100, -1), (100, 101)])
    whole = dissolve(cut, np.zeros(2, dtype=np.intp))
    assert len(whole) == 1
    assert shapely.get_num_coordinates(whole[0]) == 7
