"""Distances of the point index against shapely, the geodesic and each other."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from gis.coverage import Coverage, metres_per_degree

WEST, SOUTH = 106.5, 29.5


def blobs(count, seed):
    """Return overlapping and scattered polygons, some with many edges, a hole or two parts."""
    random = np.random.default_rng(seed)
    centres = random.uniform(0, 0.05, (count, 2)) + np.array([WEST, SOUTH])
    sizes = random.uniform(0.0005, 0.006, count)
    quarters = random.integers(1, 30, count).tolist()
    discs = np.array(
        [
            shapely.Point(centre).buffer(size, quad_segs=n)
            for centre, size, n in zip(centres, sizes, quarters, strict=True)
        ]
    )
    discs[::3] = shapely.difference(discs[::3], shapely.buffer(shapely.points(centres[::3]), sizes[::3] / 2))
    discs[1::5] = [
        shapely.MultiPolygon([disc, shapely.box(0, 0, 0.001, 0.001)])
        for disc in shapely.convex_hull(discs[1::5])
    ]
    return discs


def both(geometries):
    codes = [f"{row:05d}" for row in range(len(geometries))]
    plain, index = Coverage.build(geometries, codes), Coverage.build(geometries, codes)
    index.prepare()
    return plain, index


def scattered(count, seed):
    random = np.random.default_rng(seed)
    return random.uniform(-0.01, 0.06, count) + WEST, random.uniform(-0.01, 0.06, count) + SOUTH


def in_metres(geometry, x, y):
    """Scale a geometry as seen from a point, which becomes the origin."""
    kx, ky = (k[0] for k in metres_per_degree(np.array([y])))
    return shapely.transform(geometry, lambda xy: (xy - [x, y]) * [kx, ky])


def test_edge_distance_is_that_of_shapely_in_metres():
    geometries = blobs(40, 1)
    x, y = scattered(200, 2)
    rows = np.arange(200) % len(geometries)
    expected = [
        shapely.distance(shapely.boundary(in_metres(geometries[row], a, b)), shapely.Point(0, 0))
        for a, b, row in zip(x, y, rows, strict=True)
    ]
    for coverage in both(geometries):
        np.testing.assert_allclose(coverage.edge_distance(x, y, rows), expected, rtol=1e-9)


def test_edge_distance_is_nan_without_a_boundary_or_a_point():
    geometries = np.array([shapely.box(WEST, SOUTH, WEST + 1, SOUTH + 1), None, shapely.Polygon()])
    for coverage in both(geometries):
        metres = coverage.edge_distance([WEST + 0.5] * 4 + [np.nan], [SOUTH + 0.5] * 5, [0, 1, 2, -1, 0])
        assert np.isnan(metres).tolist() == [False, True, True, True, True]


@pytest.mark.parametrize(("metres", "error"), [(100, 0.0005), (1_000, 0.05), (10_000, 5)])
def test_metres_differ_from_the_geodesic_by_no_more_than_is_said(metres, error):
    for latitude in (0.0, 18.0, 29.5, 40.0, 54.0):
        azimuths = np.arange(0.0, 360.0, 5.0)
        start = np.full((2, len(azimuths)), [[WEST], [latitude]])
        x, y, _ = Geod(ellps="GRS80").fwd(*start, azimuths, np.full(len(azimuths), float(metres)))
        kx, ky = metres_per_degree(start[1])
        assert np.abs(np.hypot((x - WEST) * kx, (y - latitude) * ky) - metres).max() < error


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([0.0, 1e-9, 50.0, 400.0, 3000.0, np.inf]))
def test_within_lists_what_contains_the_point_then_what_is_near_by_distance(seed, radius):
    geometries = blobs(15, seed)
    x, y = scattered(12, seed)
    for coverage in both(geometries):
        offsets, rows = coverage.within(x, y, radius)
        holding, held = coverage.overlaps(x, y)
        for i in range(len(x)):
            inside = held[holding[i] : holding[i + 1]].tolist()
            metres = coverage.edge_distance(np.full(15, x[i]), np.full(15, y[i]), np.arange(15))
            near = sorted((m, row) for row, m in enumerate(metres) if m <= radius and row not in inside)
            assert rows[offsets[i] : offsets[i + 1]].tolist() == inside + [row for _, row in near]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_nearest_is_the_first_within_and_zero_metres_inside(seed):
    geometries = blobs(15, seed)
    x, y = scattered(40, seed)
    radius = np.geomspace(1, 20_000, 40)
    for coverage in both(geometries):
        rows, metres = coverage.nearest(x, y, radius)
        offsets, listed = coverage.within(x, y, radius)
        first = [listed[a] if a < b else -1 for a, b in pairwise(offsets)]
        assert rows.tolist() == first
        where = coverage.locate(x, y)
        expected = np.where(where >= 0, 0.0, coverage.edge_distance(x, y, rows))
        np.testing.assert_array_equal(metres, expected)
        assert (rows[where >= 0] == where[where >= 0]).all()


def test_equally_near_polygons_are_ordered_by_code():
    east = shapely.box(WEST + 0.25, SOUTH, WEST + 0.5, SOUTH + 0.5)
    west = shapely.box(WEST - 0.5, SOUTH, WEST - 0.25, SOUTH + 0.5)
    geometries = np.array([east, west, east])
    for prepared in (False, True):
        coverage = Coverage.build(geometries, ["2", "1", "0"])
        if prepared:
            coverage.prepare()
        rows, metres = coverage.nearest([WEST], [SOUTH + 0.25], np.inf)
        assert rows.tolist() == [2]
        assert coverage.within([WEST], [SOUTH + 0.25], metres)[1].tolist() == [2, 1, 0]


def test_a_point_on_a_shared_edge_is_nearest_to_the_polygon_it_belongs_to():
    squares = np.array([shapely.box(106, 29, 107, 30), shapely.box(107, 29, 108, 30)])
    for coverage in both(squares):
        assert coverage.nearest([107.0], [29.5], 10)[0].tolist() == [1]
        assert coverage.within([107.0], [29.5], 10)[1].tolist() == [1, 0]


def test_a_point_far_outside_finds_the_nearest_polygon_of_all():
    geometries = blobs(60, 3)
    plain, index = both(geometries)
    x, y = np.array([0.0, 179.9, -120.0, WEST]), np.array([89.0, -60.0, 10.0, -89.9])
    for ours, theirs in zip(index.nearest(x, y, np.inf), plain.nearest(x, y, np.inf), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert index.nearest(x, y, 1000.0)[0].tolist() == [-1] * 4
