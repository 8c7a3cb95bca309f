"""Straight cuts: what is computed by sums over edges is what overlays give, and buildings are spared."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from grids.proposals import cuts
from grids.proposals.piece import Load, Piece
from grids.proposals.profile import SizeRange

SIZES = SizeRange(5_000, 10_000, 20_000)
NOTHING = np.array([], dtype=object)


def piece(polygon: shapely.Polygon, *obstacles: shapely.Polygon, points: object = ()) -> Piece:
    places = np.array(points, dtype=float).reshape(-1, 2)
    standing = np.array([*obstacles, None], dtype=object)[:-1]
    return Piece(polygon, standing, places, NOTHING, Load.over(polygon.area, len(places)))


rings = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=3, max_size=9, unique=True)


@settings(deadline=None, max_examples=100)
@given(rings, st.booleans(), st.floats(0.05, 0.95))
def test_lines_across_a_piece_measure_what_overlays_measure(ring, hollow: bool, share: float) -> None:
    polygon = shapely.Polygon(ring)
    assume(polygon.is_valid and polygon.area > 20)
    if hollow:
        core = polygon.representative_point().buffer(0.3, quad_segs=2)
        assume(polygon.contains(core))
        polygon = polygon.difference(core)
    west, south, east, north = polygon.bounds
    u = west + share * (east - west) + 0.0137
    assume(west < u < east)
    crossed = cuts._cross(cuts._edges(polygon), np.array([u]))
    before = polygon.intersection(shapely.box(west - 1, south - 1, u, north + 1))
    inside = polygon.intersection(shapely.LineString([(u, south - 1), (u, north + 1)]))
    assert crossed.before[0] == pytest.approx(before.area, abs=1e-6)
    assert crossed.total == pytest.approx(polygon.area)
    assert crossed.length[0] == pytest.approx(inside.length, abs=1e-6)
    assert (crossed.low[0], crossed.high[0]) == pytest.approx((inside.bounds[1], inside.bounds[3]))


def test_a_long_block_is_cut_across_its_middle() -> None:
    best = cuts.best_cuts(piece(shapely.box(0, 0, 200, 100)), SIZES, 1)[0]
    xs = shapely.get_coordinates(best.line)[:, 0]
    assert xs == pytest.approx([100, 100], abs=3)


def test_a_cut_sticks_out_so_that_it_surely_divides() -> None:
    block = shapely.box(0, 0, 200, 100)
    line = cuts.best_cuts(piece(block), SIZES, 1)[0].line
    assert not block.covers(line.interpolate(0))
    assert not block.covers(line.interpolate(line.length))


def test_a_cut_runs_through_the_gap_between_buildings() -> None:
    left, right = shapely.box(5, 5, 107, 95), shapely.box(109, 5, 195, 95)
    line = cuts.best_cuts(piece(shapely.box(0, 0, 200, 100), left, right), SIZES, 1)[0].line
    assert not line.intersects(left)
    assert not line.intersects(right)


def test_cuts_follow_the_direction_of_the_buildings() -> None:
    def turned(geometry: shapely.Polygon) -> shapely.Polygon:
        return shapely.affinity.rotate(geometry, 20, origin=(0, 0))

    block = shapely.Point(0, 0).buffer(90, quad_segs=16)
    rows = [turned(shapely.box(-60, y, 60, y + 12)) for y in (-50, -26, 14, 38)]
    line = cuts.best_cuts(piece(block, *rows), SIZES, 1)[0].line
    (x1, y1), (x2, y2) = shapely.get_coordinates(line)
    assert np.degrees(np.arctan2(y2 - y1, x2 - x1)) % 180 == pytest.approx(20, abs=0.5)
    assert not any(line.intersects(row) for row in rows)


def test_components_draw_the_cut_to_their_side() -> None:
    crowded = [(x, y) for x in range(5, 60, 5) for y in range(5, 100, 5)]
    plain = cuts.best_cuts(piece(shapely.box(0, 0, 200, 100)), SIZES, 1)[0].line
    drawn = cuts.best_cuts(piece(shapely.box(0, 0, 200, 100), points=crowded), SIZES, 1)[0].line
    assert drawn.centroid.x < plain.centroid.x - 10
    assert drawn.centroid.x * 100 >= SIZES.smallest


def test_no_part_gets_too_small_for_its_components() -> None:
    corner = [(x / 10, y / 10) for x in range(1, 50) for y in range(1, 50)]
    line = cuts.best_cuts(piece(shapely.box(0, 0, 200, 100), points=corner), SIZES, 1)[0].line
    assert line.centroid.x * 100 >= SIZES.smallest


def test_a_sample_of_many_components_stands_for_all() -> None:
    rng = np.random.default_rng(7)
    many = piece(shapely.box(0, 0, 200, 100), points=rng.uniform((0, 0), (200, 100), (30_000, 2)))
    halves = np.array([shapely.box(0, 0, 100, 100), shapely.box(100, 0, 200, 100)])
    assert many.loads(halves) == pytest.approx([10_000, 10_000], rel=0.05)
    assert many.total_load == pytest.approx(20_000)
