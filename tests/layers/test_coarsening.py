"""Places shown by the cells of a grid."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyproj
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.coarsening import coarse_extent, coarsened, middles, reach, shown
from layers.core import CORE_LAYERS
from layers.profile import Restriction
from layers.shapes import Shapes

COMPONENTS = next(layer for layer in CORE_LAYERS if layer.id == "components")

GEOD = pyproj.Geod(ellps="GRS80")
metres = st.floats(1.0, 10_000.0)
places = st.tuples(st.floats(70, 140), st.floats(3, 54)).map(np.array)


def coarse(width: float):
    return replace(COMPONENTS, restriction=Restriction(coarsen_m=width))


@settings(deadline=None, max_examples=200)
@given(place=places, width=metres)
def test_a_place_is_shown_near_by_and_its_cell_stays_its_cell(place, width: float) -> None:
    (middle,) = middles(place[None, :], width)
    _azimuth, _back, distance = GEOD.inv(*place, *middle)
    assert distance <= width * 0.5**0.5 * 1.01
    np.testing.assert_allclose(middles(middle[None, :], width)[0], middle, rtol=0, atol=1e-9)


@settings(deadline=None, max_examples=100)
@given(place=places, width=metres, side=st.floats(0.0, 0.1))
def test_what_may_be_shown_in_a_rectangle_is_looked_for(place, width: float, side: float) -> None:
    (middle,) = middles(place[None, :], width)
    box = (middle[0] - side, middle[1] - side, middle[0] + side, middle[1] + side)
    west, south, east, north = reach(coarse(width), box)
    assert west <= place[0] <= east
    assert south <= place[1] <= north


def test_an_extent_holds_what_is_shown_and_does_not_tell_what_lies_at_its_sides() -> None:
    inside = np.random.default_rng(2).uniform((106.5, 29.5), (106.6, 29.6), (200, 2))
    extents = set()
    for shift in (0.0, 1e-6):
        extent = (*(inside.min(axis=0) + shift), *(inside.max(axis=0) + shift))
        west, south, east, north = coarse_extent(coarse(300.0), extent)
        extents.add((west, south, east, north))
        x, y = middles(inside, 300.0).T
        assert ((x >= west) & (x <= east) & (y >= south) & (y <= north)).all()
    assert len(extents) == 1


def test_neighbours_in_a_cell_cannot_be_told_apart() -> None:
    cell = middles(np.array([[106.55, 29.56]]), 500.0)[0]
    around = cell + np.random.default_rng(1).uniform(-0.002, 0.002, (100, 2))
    assert len(np.unique(middles(around, 500.0), axis=0)) == 1


def test_lines_and_polygons_become_points_and_nothing_stays_nothing() -> None:
    line = shapely.LineString([(106.0, 29.0), (106.2, 29.2)])
    geometries = np.array([line, None, shapely.Point(), shapely.Point(106.1, 29.1)], dtype=object)
    made = coarsened(geometries, 100.0)
    assert made[0] == made[3]
    assert made[0].geom_type == "Point"
    assert made[1] is made[2] is None


def test_nothing_is_coarsened_unless_the_view_says_so() -> None:
    shapes = Shapes(points=np.array([[106.5, 29.5]]))
    assert shown(COMPONENTS, shapes) is shapes
    assert reach(COMPONENTS, (1.0, 2.0, 3.0, 4.0)) == (1.0, 2.0, 3.0, 4.0)
    assert not np.array_equal(shown(coarse(100.0), shapes).points, shapes.points)
