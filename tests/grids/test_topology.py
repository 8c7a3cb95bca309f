from __future__ import annotations

import itertools

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from gis.metres import LocalMetres
from grids.topology import (
    NOISE_M2,
    Surfaces,
    find_gaps,
    find_overlaps,
    find_protrusions,
    largest_share,
)
from grids.topology_rings import find_ring_faults

METRES = LocalMetres(106.5)
ORIGIN = shapely.get_coordinates(METRES.forward(np.array([shapely.Point(106.5, 29.4)])))[0]


def lonlat(*geometries: BaseGeometry | None) -> np.ndarray:
    """Bring geometries given in metres around a place to longitude and latitude."""
    moved = shapely.transform(np.array(geometries, dtype=object), lambda xy: xy + ORIGIN)
    return METRES.inverse(moved)


def surfaces(*geometries: BaseGeometry | None) -> Surfaces:
    return Surfaces(lonlat(*geometries), METRES)


def grid(columns: int, rows: int, size: float = 100) -> list[BaseGeometry]:
    return [
        shapely.box(i * size, j * size, (i + 1) * size, (j + 1) * size)
        for j in range(rows)
        for i in range(columns)
    ]


NOTHING = Surfaces([], METRES)


def test_areas_that_share_edges_have_no_faults() -> None:
    layer = surfaces(*grid(4, 3))
    assert find_overlaps(layer) == []
    assert find_gaps(layer, surfaces(shapely.box(0, 0, 400, 300))) == []


def test_an_overlap_is_measured_and_placed() -> None:
    left, right, far = (
        shapely.box(0, 0, 100, 100),
        shapely.box(98, 0, 200, 100),
        shapely.box(500, 0, 600, 100),
    )
    (found,) = find_overlaps(surfaces(left, right, far))
    assert (found.left, found.right, found.negligible) == (0, 1, False)
    assert found.area_m2 == pytest.approx(200, rel=1e-3)
    assert found.width_m == pytest.approx(2 * 200 / 204, rel=1e-3)
    assert shapely.area(METRES.forward(np.array([found.geometry])))[0] == pytest.approx(200, rel=1e-3)


def test_a_seam_narrower_than_a_millimetre_is_negligible() -> None:
    (found,) = find_overlaps(surfaces(shapely.box(0, 0, 100.0005, 100), shapely.box(100, 0, 200, 100)))
    assert found.negligible
    assert found.area_m2 > 0.01


def test_the_same_area_twice_and_one_inside_the_other_overlap() -> None:
    layer = surfaces(shapely.box(0, 0, 100, 100), shapely.box(0, 0, 100, 100), shapely.box(20, 20, 30, 30))
    assert [(d.left, d.right) for d in find_overlaps(layer)] == [(0, 1), (0, 2), (1, 2)]


def test_overlaps_with_a_second_layer_are_pairs_between_the_two() -> None:
    defects = find_overlaps(surfaces(*grid(2, 1)), surfaces(shapely.box(150, 10, 250, 90)))
    assert [(d.left, d.right) for d in defects] == [(1, 0)]


boxes = st.builds(
    lambda x, y, w, h: shapely.box(x, y, x + w, y + h),
    st.integers(0, 20),
    st.integers(0, 20),
    st.integers(1, 8),
    st.integers(1, 8),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(boxes, min_size=2, max_size=12))
def test_overlaps_agree_with_brute_force(areas: list[BaseGeometry]) -> None:
    layer = surfaces(*areas)
    expected = [
        (i, j)
        for i, j in itertools.combinations(range(len(areas)), 2)
        if shapely.area(shapely.intersection(layer.array[i], layer.array[j])) > NOISE_M2
    ]
    assert [(d.left, d.right) for d in find_overlaps(layer)] == expected


@settings(max_examples=40, deadline=None)
@given(st.sets(st.integers(0, 24), min_size=1, max_size=24))
def test_gaps_are_the_cells_that_are_missing(kept: set[int]) -> None:
    cells = grid(5, 5)
    whole = shapely.box(0, 0, 500, 500)
    missing = [cell for at, cell in enumerate(cells) if at not in kept]
    gaps = find_gaps(surfaces(*(cells[at] for at in sorted(kept))), surfaces(whole))
    assert sum(gap.area_m2 for gap in gaps) == pytest.approx(1e4 * len(missing), rel=1e-3, abs=1e-6)
    assert all(gap.left == 0 for gap in gaps)


def test_a_hole_is_found_without_a_parent_unless_a_neighbour_fills_it() -> None:
    cells = grid(3, 3)
    middle = cells.pop(4)
    (hole,) = find_gaps(surfaces(*cells), NOTHING)
    assert (hole.left, round(hole.area_m2)) == (-1, 10_000)
    assert find_gaps(surfaces(*cells), NOTHING, surfaces(middle)) == []


def test_a_seam_along_the_whole_parent_does_not_hide_how_wide_a_gap_is() -> None:
    # The layer ends half a millimetre inside of the parent all around, and 20 cm inside along three metres.
    notch = shapely.box(150, 299.8, 153, 300)
    layer = surfaces(shapely.difference(shapely.box(0, 0, 300, 300), notch))
    parent = surfaces(shapely.box(-0.0005, -0.0005, 300.0005, 300.0005))
    wide = [gap for gap in find_gaps(layer, parent) if not gap.negligible]
    assert [(round(gap.area_m2, 1), gap.width_m > 0.1) for gap in wide] == [(0.6, True)]


def test_what_sticks_out_of_the_parent_is_found() -> None:
    children = surfaces(shapely.box(0, 0, 100, 100), shapely.box(90, 0, 120, 100), shapely.box(0, 0, 5, 5))
    parents = surfaces(shapely.box(0, 0, 110, 100))
    (found,) = find_protrusions(children, parents, np.array([0, 0, -1]))
    assert (found.left, found.right) == (1, 0)
    assert found.area_m2 == pytest.approx(1000, rel=1e-3)


def test_an_area_belongs_to_the_parent_that_holds_most_of_it() -> None:
    parents = surfaces(shapely.box(0, 0, 100, 100), shapely.box(100, 0, 200, 100))
    children = surfaces(
        shapely.box(80, 0, 110, 10),
        shapely.box(95, 0, 130, 10),
        shapely.box(90, 0, 110, 10),
        shapely.box(900, 0, 910, 9),
    )
    assert largest_share(children, parents).tolist() == [0, 1, 0, -1]


def test_invalid_missing_and_flat_geometries_are_measured_as_what_surface_they_have() -> None:
    bow = shapely.Polygon([(0, 0), (100, 100), (100, 0), (0, 100)])
    layer = surfaces(bow, None, shapely.LineString([(0, 0), (1, 1)]), shapely.Polygon())
    assert shapely.is_valid(layer.array).all()
    assert shapely.area(layer.array) == pytest.approx([5000, 0, 0, 0], rel=1e-3)
    assert find_overlaps(layer) == []


def test_repeated_vertices_and_spikes_are_found_once_per_kind() -> None:
    square = shapely.box(0, 0, 100, 100)
    repeated = shapely.Polygon([(0, 0), (100, 0), (100, 0.0004), (100, 100), (100, 100), (0, 100)])
    spike = shapely.Polygon([(0, 0), (100, 0), (50, 0.2), (100, 100), (0, 100)])
    tip_at_start = shapely.Polygon([(50, 0.2), (100, 100), (0, 100), (0, 0), (100, 0.1)])
    given_ = lonlat(square, repeated, spike, None, tip_at_start)
    faults = find_ring_faults(given_, METRES.forward(given_))
    assert [(f.position, f.kind) for f in faults] == [(1, "repeated"), (2, "spike"), (4, "spike")]
    tip = METRES.forward(np.array([faults[1].place]))[0]
    assert (tip.x - ORIGIN[0], tip.y - ORIGIN[1]) == pytest.approx((100, 0), abs=1e-3)


def test_a_layer_without_geometries_has_no_ring_faults() -> None:
    for nothing in (np.array([None], dtype=object), np.array([], dtype=object)):
        assert find_ring_faults(nothing, nothing) == []
