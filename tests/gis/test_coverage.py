"""The point index against exact brute force."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis._coverage_predicates import orientation
from gis.coverage import Coverage

WEST, SOUTH = 106.5, 29.5


# --- brute force ---------------------------------------------------------------------------------


def rings_of(geometry):
    """Return the rings of a polygon as lists of exact coordinates."""
    rings = shapely.get_rings(shapely.get_parts(geometry))
    return [[(Fraction(x), Fraction(y)) for x, y in shapely.get_coordinates(r).tolist()] for r in rings]


def edges_of(rings):
    return [edge for ring in rings for edge in pairwise(ring)]


def contains(edges, x, y):
    """Count crossings east of the point; each edge is half-open, and a point on it is east of it."""
    odd = False
    for (ax, ay), (bx, by) in edges:
        if (ay <= y) != (by <= y) and x < ax + (y - ay) * (bx - ax) / (by - ay):
            odd = not odd
    return odd


def touches(edges, x, y):
    return any(
        (bx - ax) * (y - ay) == (by - ay) * (x - ax)
        and min(ax, bx) <= x <= max(ax, bx)
        and min(ay, by) <= y <= max(ay, by)
        for (ax, ay), (bx, by) in edges
    )


def owners(polygons, codes, point):
    """Return the rows that contain a point, lowest code first, by the rule of Coverage."""
    x, y = Fraction(point[0]), Fraction(point[1])
    order = sorted(range(len(codes)), key=lambda row: codes[row])
    inside = [row for row in order if contains(polygons[row], x, y)]
    return inside or [row for row in order if touches(polygons[row], x, y)][:1]


def lists(csr):
    offsets, rows = csr
    return [rows[a:b].tolist() for a, b in pairwise(offsets)]


def indexed(geometries, codes):
    coverage = Coverage.build(geometries, codes)
    coverage.prepare()
    return coverage


# --- random coverages ----------------------------------------------------------------------------

SIDE = 8  # lattice steps between neighbouring corners


@st.composite
def coverages(draw):
    """Draw polygons that share edges, with gaps, overlaps, holes, parts and T-junctions, and points."""
    step = draw(st.sampled_from([2.0**-20, 1e-3, 0.1 / 3, 1e-12]))
    across, up = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    jitter = st.integers(-3, 3)
    corner = {
        (i, j): (SIDE * i + draw(jitter), SIDE * j + draw(jitter))
        for i in range(across + 1)
        for j in range(up + 1)
    }
    shapes = []
    for i in range(across):
        for j in range(up):
            quad = [corner[i, j], corner[i + 1, j], corner[i + 1, j + 1], corner[i, j + 1]]
            shapes += draw(st.sampled_from([whole, halves, with_hole, with_midpoint, left_out]))(quad)
    if draw(st.booleans()):
        shapes.append(box(*draw(st.tuples(*[st.integers(-2, SIDE * 3)] * 2)), draw(st.integers(1, 9))))
    if len(shapes) > 2 and draw(st.booleans()):
        shapes = [shapes[0] + shapes[-1], *shapes[1:-1]]  # a polygon of two parts

    def place(x, y):
        return (WEST + x * step, SOUTH + y * step)

    geometries = [placed(shape, place, draw(st.booleans())) for shape in shapes]
    codes = draw(st.permutations([f"{row:03d}" for row in range(len(geometries))]))
    spots = st.tuples(st.integers(-4, SIDE * 4 + 4), st.integers(-4, SIDE * 3 + 4))
    points = [place(x / 2, y / 2) for x, y in draw(st.lists(spots, min_size=1, max_size=12))]
    vertices = shapely.get_coordinates(geometries).tolist()
    for x, y in draw(st.lists(st.sampled_from(vertices), max_size=6)) if vertices else []:
        points += [(x, y), (np.nextafter(x, 0), y), (x, np.nextafter(y, 90))]
    return np.array(geometries, dtype=object), list(codes), points


def whole(quad):
    return [[[quad]]]


def halves(quad):
    return [[[[quad[0], quad[1], quad[2]]]], [[[quad[0], quad[2], quad[3]]]]]


def with_hole(quad):
    x, y = quad[0][0] + 3, quad[0][1] + 3
    hole = [(x, y), (x + 1, y), (x + 1, y + 1)]
    return [[[quad, hole]], [[hole]]]


def with_midpoint(quad):
    """Put a vertex on one side that the neighbour there does not have."""
    middle = tuple((a + b) / 2 for a, b in zip(quad[0], quad[1], strict=True))
    return [[[[quad[0], middle, *quad[1:]]]]]


def left_out(_quad):
    return []


def box(x, y, size):
    return [[[(x, y), (x + size, y), (x + size, y + size), (x, y + size)]]]


def placed(shape, place, backwards):
    """Make lists of parts of rings a geometry."""
    turn = -1 if backwards else 1
    parts = [
        shapely.Polygon(*((r := [[place(*p) for p in ring][::turn] for ring in rings])[:1]), r[1:])
        for rings in shape
    ]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


# --- whose a point is ----------------------------------------------------------------------------


@settings(max_examples=150, deadline=None)
@given(coverages())
def test_every_point_has_the_owners_of_exact_brute_force(drawn):
    geometries, codes, points = drawn
    polygons = [edges_of(rings_of(geometry)) for geometry in geometries]
    expected = [owners(polygons, codes, point) for point in points]
    x, y = np.array(points).T
    for coverage in (Coverage.build(geometries, codes), indexed(geometries, codes)):
        assert lists(coverage.overlaps(x, y)) == expected
        assert coverage.locate(x, y).tolist() == [rows[0] if rows else -1 for rows in expected]


@settings(max_examples=60, deadline=None)
@given(coverages(), st.randoms(use_true_random=False))
def test_input_order_ring_orientation_and_other_polygons_do_not_matter(drawn, random):
    geometries, codes, points = drawn
    x, y = np.array(points).T
    whole_coverage = indexed(geometries, codes)
    expected = [[codes[row] for row in rows] for rows in lists(whole_coverage.overlaps(x, y))]
    order = random.sample(range(len(codes)), len(codes))
    shuffled = indexed(shapely.reverse(geometries[order]), [codes[row] for row in order])
    assert [[shuffled.codes[row] for row in rows] for rows in lists(shuffled.overlaps(x, y))] == expected
    for point, wanted in zip(points, expected, strict=True):
        about = np.flatnonzero(
            shapely.intersects(shapely.box(*shapely.bounds(geometries).T), shapely.Point(point))
        )
        cold = Coverage.build(geometries[about], [codes[row] for row in about])
        (rows,) = lists(cold.overlaps(point[:1], point[1:]))
        assert [cold.codes[row] for row in rows] == wanted


def test_polygons_of_one_code_answer_alike_in_any_order():
    geometries = np.array([shapely.box(106, 29, 107, 30), shapely.box(106.5, 29, 107.5, 30), None])
    forward, backward = Coverage.build(geometries, ["1"] * 3), Coverage.build(geometries[::-1], ["1"] * 3)
    assert 2 - forward.locate([106.75], [29.5])[0] == backward.locate([106.75], [29.5])[0]


def test_a_point_on_an_edge_goes_east_and_on_a_horizontal_one_north():
    squares = np.array(
        [shapely.box(106, 29, 107, 30), shapely.box(107, 29, 108, 30), shapely.box(106, 30, 107, 31)]
    )
    for coverage in (Coverage.build(squares, ["1", "2", "3"]), indexed(squares, ["1", "2", "3"])):
        assert coverage.locate([107.0, 106.5, 107.0], [29.5, 30.0, 30.0]).tolist() == [1, 2, 0]


def test_the_rim_of_the_coverage_belongs_to_it():
    square = np.array([shapely.box(106, 29, 107, 30)])
    x, y = [106, 106.5, 107, 107, 107, 106.5, 106, 106], [29, 29, 29, 29.5, 30, 30, 30, 29.5]
    for coverage in (Coverage.build(square, ["1"]), indexed(square, ["1"])):
        assert coverage.locate(x, y).tolist() == [0] * 8
        assert coverage.locate([107.00000000000001, 106.5], [29.5, 28.999999999999996]).tolist() == [-1, -1]


def test_self_crossing_rings_are_read_by_parity():
    bow_tie = shapely.Polygon([(106, 29), (107, 30), (107, 29), (106, 30)])
    pentagram = shapely.Polygon([(108, 29), (108.5, 30.5), (109, 29), (107.7, 30), (109.3, 30)])
    for coverage in (
        Coverage.build(np.array([bow_tie, pentagram]), "ab"),
        indexed(np.array([bow_tie, pentagram]), "ab"),
    ):
        found = coverage.locate(
            [106.1, 106.9, 106.5, 106.5, 108.5, 108.5], [29.5, 29.5, 29.9, 29.5, 29.7, 30.2]
        )
        assert found.tolist() == [0, 0, -1, 0, -1, 1]


def test_a_polygon_collapsed_to_a_point_or_line_is_its_boundary():
    flat = np.array(
        [shapely.Polygon([(106, 29)] * 4), shapely.Polygon([(107, 29), (108, 30), (107, 29), (107, 29)])]
    )
    for coverage in (Coverage.build(flat, "ab"), indexed(flat, "ab")):
        assert coverage.locate([106, 107.5, 107.5], [29, 29.5, 29.6]).tolist() == [0, 1, -1]


@given(*[st.floats(-180, 180)] * 2, *[st.floats(-1, 1)] * 4, st.sampled_from([1.0, 1e-6, 1e-12, 1e-14, 0.0]))
def test_orientation_has_the_exact_sign(x, y, dx, dy, along, off, scale):
    a, b = (x, y), (x + dx * scale, y + dy * scale)
    p = (x + along * (b[0] - x) + off * scale * 1e-16, y + along * (b[1] - y))
    values = [0.0 if abs(v) < 1e-100 else v for v in (*a, *b, *p)]
    ax, ay, bx, by, px, py = map(Fraction, values)
    exact = (bx - ax) * (py - ay) - (by - ay) * (px - ax)
    assert np.sign(orientation(*values)) == np.sign(exact)


# --- larger coverages ----------------------------------------------------------------------------


def tiling(side, seed, spacing=0.001):
    """Return side * side irregular polygons of 12 vertices on multiples of 2**-30 degrees."""
    random = np.random.default_rng(seed)
    fine = np.stack(np.meshgrid(np.arange(3.0 * side + 1), np.arange(3.0 * side + 1)), axis=-1) / 3
    fine += random.uniform(-0.12, 0.12, fine.shape)
    fine = np.round((fine * spacing + [WEST, SOUTH]) * 2**30) / 2**30
    i, j = (3 * a.ravel() for a in np.meshgrid(np.arange(side), np.arange(side)))
    around = [(0, 0), (1, 0), (2, 0), (3, 0), (3, 1), (3, 2), (3, 3), (2, 3), (1, 3), (0, 3), (0, 2), (0, 1)]
    return shapely.polygons(np.stack([fine[j + dj, i + di] for di, dj in around], axis=1))


def scattered(geometries, count, seed):
    west, south, east, north = shapely.total_bounds(geometries)
    random = np.random.default_rng(seed)
    margin = 0.05 * (east - west)
    return (
        random.uniform(west - margin, east + margin, count),
        random.uniform(south - margin, north + margin, count),
    )


def codes_for(geometries):
    return [f"{row:05d}" for row in range(len(geometries))]


def by_shapely(geometries, x, y):
    rows = np.full(len(x), -1)
    point, row = shapely.STRtree(geometries).query(shapely.points(x, y), predicate="within")
    rows[point] = row
    return rows


LARGER = {
    "a tiling": lambda: tiling(40, 1),
    "a tiling and a stray polygon far away": lambda: np.append(
        tiling(25, 2), shapely.box(0, 0, 0.001, 0.001)
    ),
    "dense and sparse": lambda: np.append(tiling(25, 3, 1e-5), tiling(9, 4, 0.01)[10:]),
    "one polygon of many edges": lambda: np.array([shapely.Point(WEST, SOUTH).buffer(0.01, quad_segs=900)]),
    "rings within rings": lambda: np.array(
        [
            shapely.Point(WEST, SOUTH).buffer(0.01 * k, quad_segs=90)
            - shapely.Point(WEST, SOUTH).buffer(0.01 * k - 0.008, quad_segs=90)
            for k in range(1, 12)
        ]
    ),
    "a few ulps wide": lambda: tiling(5, 5, 2.0**-28),
}


@pytest.mark.parametrize("name", LARGER)
def test_the_index_agrees_with_plain_tests_and_shapely(name):
    geometries = LARGER[name]()
    plain, index = (
        Coverage.build(geometries, codes_for(geometries)),
        indexed(geometries, codes_for(geometries)),
    )
    x, y = scattered(geometries, 20_000, 7)
    np.testing.assert_array_equal(index.locate(x, y), by_shapely(geometries, x, y))
    x, y = np.append(x[:500], WEST), np.append(y[:500], SOUTH)
    radius = np.linspace(0, 2000, len(x))
    rows = np.arange(len(x)) % len(geometries)
    for answer, wanted in (
        (index.overlaps(x, y), plain.overlaps(x, y)),
        (index.within(x, y, radius), plain.within(x, y, radius)),
        (index.nearest(x, y, radius), plain.nearest(x, y, radius)),
        (index.nearest(x, y, np.inf), plain.nearest(x, y, np.inf)),
        ([index.edge_distance(x, y, rows)], [plain.edge_distance(x, y, rows)]),
    ):
        for ours, theirs in zip(answer, wanted, strict=True):
            np.testing.assert_array_equal(ours, theirs)


def test_points_put_exactly_on_edges_of_a_tiling_belong_to_one_polygon_that_touches_them():
    geometries = tiling(30, 11)
    rings = shapely.get_coordinates(geometries).reshape(len(geometries), -1, 2)
    on_edges = np.concatenate([rings[:, :-1], (rings[:, 1:] + rings[:, :-1]) / 2]).reshape(-1, 2)
    offsets, rows = indexed(geometries, codes_for(geometries)).overlaps(*on_edges.T)
    assert (np.diff(offsets) == 1).all()
    assert shapely.touches(geometries[rows], shapely.points(on_edges)).all()


def test_many_overlapping_polygons_are_all_listed():
    random = np.random.default_rng(5)
    low, size = random.integers(0, 40, (400, 2)), random.integers(1, 40, (400, 2))
    geometries = shapely.box(*(low.T / 64 + [[WEST], [SOUTH]]), *((low + size).T / 64 + [[WEST], [SOUTH]]))
    points = random.integers(-1, 81, (300, 2)) / 64 + [WEST, SOUTH]
    coverage = indexed(geometries, codes_for(geometries))
    expected = []
    for x, y in points:
        west, south, east, north = shapely.bounds(geometries).T
        inside = np.flatnonzero((west <= x) & (x < east) & (south <= y) & (y < north)).tolist()
        rim = np.flatnonzero((west <= x) & (x <= east) & (south <= y) & (y <= north)).tolist()
        expected.append(inside or rim[:1])
    assert lists(coverage.overlaps(*points.T)) == expected
