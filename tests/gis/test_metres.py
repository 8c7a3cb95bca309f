from __future__ import annotations

import numpy as np
import pytest
import shapely
from pyproj import Geod

from gis.metres import LocalMetres


def square(lon: float, lat: float, side: float = 0.001) -> shapely.Polygon:
    return shapely.box(lon, lat, lon + side, lat + side)


def test_lengths_and_areas_are_those_on_the_ellipsoid_near_the_meridian() -> None:
    squares = np.array([square(106.51, 29.4), square(106.62, 29.45)])
    metres = LocalMetres.around(squares)
    geodesic = [abs(Geod(ellps="GRS80").geometry_area_perimeter(s)[0]) for s in squares]
    assert shapely.area(metres.forward(squares)) == pytest.approx(geodesic, rel=1e-4)


def test_there_and_back_is_the_same_place() -> None:
    squares = np.array([square(120.1, 30.2), square(120.2, 30.3)])
    metres = LocalMetres.around(squares)
    back = metres.inverse(metres.forward(squares))
    assert shapely.equals_exact(back, squares, tolerance=1e-10).all()


def test_common_corners_stay_common() -> None:
    left, right = square(120.1, 30.2), square(120.101, 30.2)
    projected = LocalMetres.around(np.array([left])).forward(np.array([left, right]))
    assert {shapely.get_coordinates(projected[0]).tobytes()[i : i + 16] for i in range(0, 80, 16)} & {
        shapely.get_coordinates(projected[1]).tobytes()[i : i + 16] for i in range(0, 80, 16)
    }


def test_no_data_is_measured_at_the_zero_meridian() -> None:
    assert LocalMetres.around(np.array([], dtype=object)).longitude == 0.0
    assert LocalMetres.around(np.array([None], dtype=object)).longitude == 0.0
