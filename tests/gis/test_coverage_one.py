"""One point asked as numbers: the same answers, to the last bit, as in arrays."""

from __future__ import annotations

import math
import pickle
import threading

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis import _coverage_one
from gis._coverage_predicates import squared_distance
from gis.coverage import Coverage
from gis.degrees import metres_per_degree

WEST, SOUTH = 106.5, 29.5
STEP = 2.0**-12  # degrees: about 25 m, and exact in binary


@st.composite
def coverages(draw):
    """Draw squares on a lattice, cut, overlapping, apart; and points on their edges, corners and off them."""
    corner, size = st.integers(0, 6), st.integers(1, 4)
    squares = draw(st.lists(st.tuples(corner, corner, size, size), min_size=1, max_size=12))
    geometries = shapely.box(
        *np.array([[x, y, x + w, y + h] for x, y, w, h in squares]).T * STEP
        + np.array([WEST, SOUTH, WEST, SOUTH])[:, None]
    )
    if draw(st.booleans()):
        geometries = np.append(geometries, [None, shapely.affinity.rotate(geometries[0], 30)])
    codes = draw(st.permutations([f"{row:03d}" for row in range(len(geometries))]))
    halves = st.integers(-2, 22)
    points = draw(st.lists(st.tuples(halves, halves), min_size=1, max_size=12))
    return geometries, codes, np.array(points) * STEP / 2 + [WEST, SOUTH]


def prepared(geometries, codes):
    coverage = Coverage.build(geometries, codes)
    coverage.prepare()
    return coverage


def in_arrays(coverage, x, y, radius):
    """Answer one point by the methods for arrays."""
    row = int(coverage.locate([x], [y])[0])
    containing = coverage.overlaps([x], [y])[1].tolist()
    within = coverage.within([x], [y], radius)[1].tolist()
    edge = float(coverage.edge_distance([x], [y], [row])[0])
    assert within[: len(containing)] == containing
    return row, repr((tuple(containing), edge, tuple(within[len(containing) :])))


@settings(max_examples=150, deadline=None)
@given(coverages(), st.sampled_from([0.0, 1e-6, 5.0, 12.5, 30.0, 400.0, math.inf]))
def test_one_point_has_the_answers_it_has_among_many(drawn, radius):
    geometries, codes, points = drawn
    index, plain = prepared(geometries, codes), Coverage.build(geometries, codes)
    for x, y in points.tolist():
        row, near = in_arrays(index, x, y, radius)
        for coverage in (index, plain):
            assert coverage.one(x, y) == row
            assert repr(coverage.near_one(x, y, radius)) == near


def test_a_radius_that_ends_exactly_at_an_edge_reaches_it():
    coverage = prepared(shapely.box([106, 107], 29, [107, 108], 30), ["1", "2"])
    per_lon, per_lat = metres_per_degree(29.5)
    metres = math.sqrt(squared_distance(107.0, 29.0, 107.0, 30.0, 106.9, 29.5, per_lon, per_lat))
    assert coverage.near_one(106.9, 29.5, metres) == ((0,), metres, (1,))
    assert coverage.near_one(106.9, 29.5, math.nextafter(metres, 0.0)) == ((0,), metres, ())


@pytest.mark.parametrize(
    ("x", "y"), [(math.nan, 29.5), (106.5, math.inf), (466.5, 29.5), (106.5, 90.1), (1.0, 2.0)]
)
def test_what_is_no_place_or_far_away_is_nowhere(x, y):
    square = np.array([shapely.box(106, 29, 107, 30)])
    for coverage in (prepared(square, ["1"]), Coverage.build(square, ["1"])):
        assert coverage.one(x, y) == -1
        assert repr(coverage.near_one(x, y, 10.0)) == "((), nan, ())"


def test_numbers_of_any_kind_are_taken_by_the_code_compiled_once():
    coverage = prepared(np.array([shapely.box(0, 0, 2, 2)]), ["1"])
    for one in (1.0, 1, np.float64(1), np.float32(1), np.int32(1)):
        assert coverage.one(one, one) == 0
        assert coverage.near_one(one, one, one)[0] == (0,)
    assert len(_coverage_one.locate.signatures) == len(_coverage_one.around.signatures) == 1


@pytest.mark.parametrize("radius", [-1.0, math.nan])
def test_a_radius_that_is_none_is_refused(radius):
    square = np.array([shapely.box(0, 0, 1, 1)])
    for coverage in (prepared(square, ["1"]), Coverage.build(square, ["1"])):
        with pytest.raises(ValueError, match="radius_m must be 0 or more metres"):
            coverage.near_one(0.5, 0.5, radius)


def test_a_coverage_without_ground_has_nothing_for_one_point():
    coverage = prepared(np.array([None, shapely.Polygon()], dtype=object), ["1", "2"])
    assert coverage.one(106.5, 29.5) == -1
    assert repr(coverage.near_one(106.5, 29.5, 5.0)) == "((), nan, ())"


def test_a_pickled_coverage_answers_by_its_own_memory():
    again = pickle.loads(pickle.dumps(prepared(shapely.box([106, 107], 29, [107, 108], 30), ["1", "2"])))
    assert [again.one(x, 29.5) for x in (106.0, 107.0, 107.5, 109.0)] == [0, 1, 1, -1]


def test_threads_may_ask_at_once():
    coverage = prepared(shapely.box(np.arange(60), 0, np.arange(1, 61), 1), [f"{i:02d}" for i in range(60)])
    found = {}

    def ask(name):
        found[name] = [coverage.near_one(i + 0.5, 0.5, 60e3)[2] for i in range(60)]

    threads = [threading.Thread(target=ask, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found[0][1:-1] == [(i - 1, i + 1) for i in range(1, 59)]
    assert all(answers == found[0] for answers in found.values())


def test_metres_are_the_same_bits_in_arrays_numbers_and_compiled_code():
    latitudes = np.append(np.linspace(-90, 90, 4001), np.nan)
    along_parallel, along_meridian = metres_per_degree(latitudes)
    alone = np.array([metres_per_degree(latitude) for latitude in latitudes.tolist()])
    np.testing.assert_array_equal(alone, np.stack([along_parallel, along_meridian], axis=1))
    phi = np.radians(latitudes)
    np.testing.assert_allclose(
        np.stack([along_parallel, along_meridian]),
        np.stack(_by_library(phi)),
        rtol=1e-15,
        atol=1e-9,
    )


def _by_library(phi):
    e2 = (2 - 1 / 298.257222101) / 298.257222101
    w2 = 1 - e2 * np.sin(phi) ** 2
    normal = 6378137.0 / np.sqrt(w2)
    return np.radians(normal * np.cos(phi)), np.radians(normal * (1 - e2) / w2)
