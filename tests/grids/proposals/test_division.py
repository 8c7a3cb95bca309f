"""What borders follow and spare: roads, banks, walls, compounds; and what is done with scraps."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from grids.proposals.profile import Zone
from grids.proposals.proposals import propose

SQUARE = shapely.box(0, 0, 400, 400)


def borders(ground, proposals) -> shapely.Geometry:
    return shapely.union_all(shapely.boundary(ground.metres(proposals)))


def share_on(ground, proposals, line: shapely.LineString) -> float:
    """Tell how much of a line is border of some proposal, within a few centimetres."""
    return line.intersection(borders(ground, proposals).buffer(0.2)).length / line.length


def test_a_community_without_anything_is_cut_into_even_compact_grids(ground) -> None:
    proposals = ground.proposed(SQUARE)
    sizes = shapely.area(ground.metres(proposals))
    assert len(proposals) in (13, 14)
    assert sizes.min() > 0.5 * sizes.max()
    assert proposals.quality.compactness.min() > 0.6


def test_borders_follow_a_road_through_a_community(ground) -> None:
    road = shapely.LineString([(-50, 170), (130, 190), (280, 150), (450, 230)])
    proposals = ground.proposed(SQUARE, roads=[road])
    assert share_on(ground, proposals, road.intersection(SQUARE)) > 0.99
    assert proposals.quality.whole.borders.line == pytest.approx(road.intersection(SQUARE).length, rel=0.05)


def test_borders_follow_a_road_that_ends_in_a_community(ground) -> None:
    road = shapely.LineString([(-20, 200), (150, 205)])
    proposals = ground.proposed(SQUARE, roads=[road])
    assert share_on(ground, proposals, road.intersection(SQUARE)) > 0.95


def test_a_road_that_stops_just_short_of_the_next_is_carried_on(ground) -> None:
    street = shapely.LineString([(-5, 200), (405, 200)])
    lane = shapely.LineString([(120, 405), (120, 208)])
    proposals = ground.proposed(SQUARE, roads=[street, lane])
    assert share_on(ground, proposals, shapely.LineString([(120, 399), (120, 201)])) > 0.99


def test_a_road_drawn_beside_the_border_leaves_no_strip(ground) -> None:
    road = shapely.LineString([(-20, 6), (200, 4), (420, 7)])
    proposals = ground.proposed(SQUARE, roads=[road])
    assert share_on(ground, proposals, road.intersection(SQUARE)) < 0.1
    assert proposals.quality.compactness.min() > 0.55


def test_the_strip_between_two_carriageways_goes_to_one_side(ground) -> None:
    roads = [shapely.LineString([(-9, y), (409, y)]) for y in (195, 205)]
    proposals = ground.proposed(SQUARE, roads=roads)
    assert sorted(share_on(ground, proposals, road) for road in roads)[0] < 0.1
    assert proposals.quality.whole.share_in_range == 1


def test_borders_follow_the_banks_of_a_river(ground) -> None:
    river = shapely.LineString([(-60, 100), (150, 220), (460, 300)]).buffer(30, cap_style="flat")
    proposals = ground.proposed(SQUARE, water=[river])
    banks = river.boundary.intersection(SQUARE.buffer(-2))
    assert share_on(ground, proposals, banks) > 0.95


def test_a_building_a_road_runs_into_is_kept_whole(ground) -> None:
    hall = shapely.box(150, 180, 230, 215)
    road = shapely.LineString([(-50, 200), (450, 200)])
    proposals = ground.proposed(SQUARE, roads=[road], buildings=[hall])
    shares = shapely.area(shapely.intersection(ground.metres(proposals), hall))
    assert (shares > 0.01).sum() == 1
    assert share_on(ground, proposals, shapely.LineString([(0, 200), (149, 200)])) > 0.99


def test_a_compound_stays_whole_with_what_stands_in_it(ground) -> None:
    school = shapely.box(120, 120, 250, 240)
    house = shapely.box(240, 150, 262, 170)  # across its wall
    proposals = ground.proposed(SQUARE, compounds=[school], buildings=[house])
    shares = shapely.area(shapely.intersection(ground.metres(proposals), school.union(house)))
    assert (shares > 0.01).sum() == 1


def test_a_compound_larger_than_any_grid_is_left_whole_and_explained(ground) -> None:
    works = shapely.box(50, 50, 350, 300)
    proposals = ground.proposed(SQUARE, compounds=[works])
    large = np.flatnonzero(proposals.quality.area_m2 > 70_000)
    assert len(large) == 1
    assert "75000" in str(proposals.quality.remarks[large[0]])


def test_row_houses_that_touch_may_be_parted_along_the_wall_between(ground) -> None:
    rows = [
        shapely.box(x, y, x + 20, y + 80)
        for x in range(10, 390, 20)
        for y in (10, 105, 200, 295)
        if x + 20 < 395
    ]
    proposals = ground.proposed(SQUARE, buildings=rows, profile="core")
    grids = ground.metres(proposals)
    for house in rows:
        assert (shapely.area(shapely.intersection(grids, house)) > 0.01).sum() == 1
    assert proposals.quality.whole.borders.wall > 100
    assert proposals.quality.whole.share_in_range > 0.9


def test_a_building_across_the_border_of_two_communities_is_named(ground) -> None:
    left, right = shapely.box(0, 0, 200, 300), shapely.box(200, 0, 400, 300)
    proposals = ground.proposed(left, right, buildings=[shapely.box(190, 100, 215, 130)])
    assert any("1" in str(note) and "106.5" in str(note) for note in proposals.notes)


def test_every_part_of_a_community_is_divided_on_its_own(ground) -> None:
    parts = shapely.MultiPolygon([shapely.box(0, 0, 200, 200), shapely.box(500, 0, 620, 200)])
    proposals = ground.proposed(parts)
    where = np.where(shapely.get_x(shapely.centroid(ground.metres(proposals))) > 300, 1, 0)
    assert shapely.area(ground.metres(proposals)[where == 1]).sum() == pytest.approx(24_000, rel=1e-3)
    assert proposals.numbers.tolist() == sorted(
        set(proposals.numbers.tolist()), key=proposals.numbers.tolist().index
    )


def test_a_community_in_a_hole_of_another_gets_its_own_grids(ground) -> None:
    inner = shapely.box(150, 150, 260, 250)
    proposals = ground.proposed(SQUARE.difference(inner), inner)
    own = ground.metres(proposals)[proposals.division.community == 1]
    assert shapely.union_all(own).symmetric_difference(inner).area < 0.01


def test_a_community_smaller_than_its_range_becomes_one_grid_and_is_explained(ground) -> None:
    proposals = ground.proposed(shapely.box(0, 0, 30, 25))
    assert len(proposals) == 1
    assert proposals.quality.remarks == [proposals.quality.remarks[0]]
    assert proposals.quality.remarks[0] is not None


def test_borders_between_communities_have_the_same_vertices_on_both_sides(ground) -> None:
    left, right = shapely.box(0, 0, 200, 300), shapely.box(200, 0, 400, 300)
    roads = [shapely.LineString([(-10, 100), (410, 130)])]
    proposals = ground.proposed(left, right, roads=roads)
    assert shapely.coverage_is_valid(proposals.division.degrees)


def test_vertices_of_communities_come_out_bit_for_bit(ground) -> None:
    rng = np.random.default_rng(3)
    turn = np.linspace(0, 2 * np.pi, 40)[:-1]
    ring = np.column_stack([np.cos(turn), np.sin(turn)]) * rng.uniform(150, 250, 39)[:, None]
    proposals = ground.proposed(shapely.Polygon(ring))
    given = shapely.get_coordinates(proposals.request.communities.geometries)
    made = set(map(tuple, shapely.get_coordinates(proposals.division.degrees).tolist()))
    assert set(map(tuple, given.tolist())) <= made


def test_components_make_grids_smaller_where_they_are_dense(ground) -> None:
    rng = np.random.default_rng(11)
    crowd = [shapely.Point(xy) for xy in rng.uniform((0, 0), (130, 400), (900, 2))]
    few = [shapely.Point(xy) for xy in rng.uniform((130, 0), (400, 400), (300, 2))]
    plain = ground.proposed(SQUARE)
    weighed = ground.proposed(SQUARE, components=[*crowd, *few])
    again = weighed.request
    counted = ground.proposed(SQUARE, components=[]).quality.components
    assert counted is None
    assert weighed.quality.whole.share_in_range == 1
    places = ground.array([*crowd, *few])
    unweighed = [int(shapely.contains(grid, places).sum()) for grid in ground.metres(plain)]
    spread = weighed.quality.whole.spread
    assert spread is not None
    assert spread < 0.7 * np.std(unweighed) / np.mean(unweighed)
    assert sum(weighed.quality.components) == len(again.components)


def test_dense_communities_get_smaller_grids_than_open_ones(ground) -> None:
    left, right = shapely.box(0, 0, 400, 400), shapely.box(400, 0, 800, 400)
    houses = [shapely.box(x, y, x + 15, y + 15) for x in range(10, 380, 25) for y in range(10, 380, 25)]
    proposals = ground.proposed(left, right, buildings=houses, profile=None)
    assert [choice.zone for choice in proposals.division.choices] == [Zone.CORE, Zone.ORDINARY]
    dense, open_ground = proposals.quality.communities
    assert dense.size(0.5) < open_ground.size(0.5)


def test_communities_drawn_a_millimetre_apart_keep_their_own_borders(ground) -> None:
    left, right = shapely.box(0, 0, 200, 300), shapely.box(200.0011, 0, 400, 300)
    grids = ground.metres(ground.proposed(left, right))
    covered = shapely.union_all(grids)
    assert left.difference(covered).area + right.difference(covered).area < 0.01


def test_progress_is_told_part_by_part(ground) -> None:
    told: list[tuple[object, ...]] = []
    propose(ground.request(SQUARE, shapely.box(400, 0, 500, 400)), lambda *state: told.append(state))
    assert [state[-2:] for state in told if str(state[0]) == "社区"] == [(1, 2), (2, 2)]
