"""Areas on the ellipsoid, measured all at once, against pyproj polygon by polygon."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from gis.geodesic import SHORT_EDGE_DEGREES, geodesic_area

GEOD = Geod(ellps="GRS80")


def exact(polygon: shapely.Polygon) -> float:
    return abs(GEOD.geometry_area_perimeter(shapely.orient_polygons(polygon))[0])


def ring(lon: float, lat: float, radii: list[float]) -> shapely.Polygon:
    angle = np.linspace(0, 2 * np.pi, len(radii), endpoint=False)
    return shapely.Polygon(np.column_stack([lon + radii * np.cos(angle), lat + radii * np.sin(angle)]))


@settings(max_examples=100, deadline=None)
@given(
    st.floats(73, 136),
    st.floats(-60, 60),
    st.lists(st.floats(0.0002, 0.0014), min_size=5, max_size=12),
)
def test_short_edges_agree_with_pyproj(lon, lat, radii) -> None:
    polygon = ring(lon, lat, radii)
    steps = np.abs(np.diff(shapely.get_coordinates(polygon), axis=0))
    assert steps.max() <= SHORT_EDGE_DEGREES
    assert geodesic_area([polygon])[0] == pytest.approx(exact(polygon), abs=0.005, rel=1e-9)


@pytest.mark.parametrize("size", [0.0025, 0.0031, 0.05, 3.0])
def test_long_edges_are_measured_exactly(size: float) -> None:
    cell = shapely.box(106, 29, 106 + size, 29 + size)
    tolerance = {"abs": 0.02} if size < SHORT_EDGE_DEGREES else {"rel": 1e-12}
    assert geodesic_area([cell])[0] == pytest.approx(exact(cell), **tolerance)


def test_a_hole_counts_less_and_a_coordinate_that_is_no_number_has_no_area() -> None:
    holed = shapely.Polygon(ring(106, 29, [0.001] * 6).exterior, [ring(106, 29, [0.0004] * 5).exterior])
    broken = shapely.Polygon([(106, 29), (106.001, np.inf), (106.001, 29.001)])
    measured = geodesic_area([holed, broken, None, shapely.Polygon()])
    assert measured[0] == pytest.approx(exact(holed), abs=0.005)
    assert np.isnan(measured[1:3]).all()
    assert measured[3] == 0
