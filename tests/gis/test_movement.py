"""How far things moved, against geodesics and GEOS's own Hausdorff distance."""

from __future__ import annotations

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis import movement
from gis.metres import LocalMetres
from gis.movement import movements

GEOD = pyproj.Geod(ellps="GRS80")
metres = st.floats(-400, 400, allow_nan=False).map(lambda m: round(m, 3))
offsets = st.lists(st.tuples(metres, metres), min_size=2, max_size=9, unique=True)


def array(*geometries: shapely.Geometry | None) -> np.ndarray:
    return np.array([*geometries, None], dtype=object)[:-1]


def line(offsets: list[tuple[float, float]]) -> shapely.LineString:
    return shapely.LineString([(106.5 + x / 97_000, 29.5 + y / 110_860) for x, y in offsets])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(*[st.floats(-80, 80)] * 4), min_size=1, max_size=5))
def test_points_are_measured_along_the_geodesic(ends: list[tuple[float, float, float, float]]) -> None:
    lon1, lat1, lon2, lat2 = np.array(ends).T
    found = movements(shapely.points(lon1, lat1), shapely.points(lon2, lat2))
    assert found == pytest.approx(GEOD.inv(lon1, lat1, lon2, lat2)[2], abs=1e-6)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(offsets, offsets), min_size=1, max_size=4))
def test_lines_are_as_far_apart_as_their_vertices(pairs: list[tuple[list, list]]) -> None:
    old, new = array(*(line(a) for a, _ in pairs)), array(*(line(b) for _, b in pairs))
    plane = LocalMetres(106.5)
    expected = shapely.hausdorff_distance(plane.forward(old), plane.forward(new))
    assert movements(old, new) == pytest.approx(expected, rel=2e-4, abs=2e-3)


def test_a_border_that_is_only_noded_otherwise_has_not_moved() -> None:
    square = shapely.box(106.5, 29.5, 106.51, 29.51)
    again = [shapely.segmentize(square, 0.001), shapely.reverse(square), shapely.multipolygons([square])]
    assert movements(array(*[square] * 3), array(*again)).max() < 0.001


def test_a_hole_and_the_new_part_of_a_line_count() -> None:
    square, hole = shapely.box(106.5, 29.5, 106.51, 29.51), shapely.box(106.5048, 29.5048, 106.5052, 29.5052)
    road = shapely.LineString([(106.5, 29.5), (106.5, 29.501)])
    longer = shapely.LineString([(106.5, 29.5), (106.5, 29.502)])
    found = movements(array(square, road), array(square.difference(hole), longer))
    assert found == pytest.approx([GEOD.inv(106.5052, 29.505, 106.51, 29.505)[2], 110.86], rel=1e-3)


def test_what_has_no_place_is_not_measured() -> None:
    point, gone = shapely.Point(106.5, 29.5), shapely.Point()
    found = movements(
        array(point, None, gone, point, point), array(None, point, point, gone, point.buffer(1e-4))
    )
    assert np.isnan(found).tolist() == [True, True, True, True, False]
    assert movements(array(), array()).tolist() == []


def test_of_many_vertices_some_are_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    ring = shapely.Point(106.5, 29.5).buffer(0.01, quad_segs=500)
    moved = shapely.transform(ring, lambda xy: np.add(xy, [1e-5, 0]))
    exact = movements(array(ring, ring), array(moved, ring))
    monkeypatch.setattr(movement, "VERTICES", 100)
    assert movements(array(ring, ring), array(moved, ring)) == pytest.approx(exact, rel=0.01)
    assert exact[0] == pytest.approx(0.97, rel=0.01)
