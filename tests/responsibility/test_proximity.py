from __future__ import annotations

import numpy as np
import pyproj
import shapely
from hypothesis import given
from hypothesis import strategies as st

from responsibility.proximity import NearIndex, distances_m

GEOD = pyproj.Geod(ellps="GRS80")
METRES = st.floats(-60, 60, allow_nan=False)


def away(lon: float, lat: float, east: float, north: float) -> tuple[float, float]:
    """Go some metres east and north on the ellipsoid."""
    azimuth = np.degrees(np.arctan2(east, north))
    x, y, _ = GEOD.fwd(lon, lat, azimuth, np.hypot(east, north))
    return float(x), float(y)


@given(st.floats(73, 135), st.floats(4, 53), METRES, METRES)
def test_distances_are_those_on_the_ellipsoid(lon: float, lat: float, east: float, north: float) -> None:
    x, y = away(lon, lat, east, north)
    expected = GEOD.inv(lon, lat, x, y)[2]

    measured = distances_m(np.array([lon]), np.array([lat]), np.array([shapely.Point(x, y)]))

    assert abs(measured[0] - expected) < 0.001


def test_a_point_inside_a_polygon_has_no_distance_and_a_line_its_nearest_part() -> None:
    east, north = away(106.5, 29.4, 10, 0)[0], away(106.5, 29.4, 0, 10)[1]
    square = shapely.box(106.4999, 29.3999, 106.5001, 29.4001)
    line = shapely.LineString([(106.49, north), (106.51, north)])
    geometries = np.array([square, line, shapely.MultiPoint([(east, 29.4), (107, 29.4)])])

    metres = distances_m(np.full(3, 106.5), np.full(3, 29.4), geometries)

    assert metres.round(3).tolist() == [0.0, 10.0, 10.0]


@given(st.lists(st.tuples(METRES, METRES), max_size=12), st.lists(st.tuples(METRES, METRES), max_size=5))
def test_the_index_finds_what_comparing_all_pairs_finds(
    things: list[tuple[float, float]], places: list[tuple[float, float]]
) -> None:
    geometries = np.array([shapely.Point(*away(106.5, 29.4, *thing)) for thing in things], dtype=object)
    points = np.array([away(106.5, 29.4, *place) for place in places]).reshape(-1, 2)
    lon, lat, radius = points[:, 0], points[:, 1], np.full(len(points), 20.0)

    found, rows, _ = NearIndex(geometries).within(lon, lat, radius)

    expected = {
        (place, row)
        for place in range(len(lon))
        for row in range(len(geometries))
        if distances_m(lon[[place]], lat[[place]], geometries[[row]])[0] <= 20.0
    }
    assert set(zip(found.tolist(), rows.tolist(), strict=True)) == expected
