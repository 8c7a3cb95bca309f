"""A point that stands for a geometry, whatever its coordinates are."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from gis.representative import representative_points

SQUARE = shapely.box(106.5, 29.4, 106.6, 29.5)


def test_a_point_is_itself_a_line_has_its_middle_and_an_area_a_point_inside() -> None:
    line = shapely.LineString([(106.5, 29.4), (106.7, 29.4)])
    place, middle, inside = representative_points(np.array([shapely.Point(106.5, 29.4), line, SQUARE]))
    assert place == shapely.Point(106.5, 29.4)
    assert middle == shapely.Point(106.6, 29.4)
    assert SQUARE.contains(inside)


def test_what_is_missing_or_empty_has_none() -> None:
    assert representative_points(np.array([None, shapely.Polygon()])).tolist() == [None, None]


@pytest.mark.parametrize(
    "geometry",
    [
        shapely.Polygon([(106.5, 29.404), (106.498, 29.403), (1.8e-319, 0), (0, 29.4)]),
        shapely.LineString([(1e308, 0), (-1e308, 1)]),
    ],
    ids=["hardly above nothing", "beyond all measure"],
)
def test_coordinates_at_the_ends_of_what_a_number_can_be_give_no_warning(geometry: shapely.Geometry) -> None:
    # Each alone overflows on the way to the point.
    with np.errstate(all="raise"), pytest.raises(FloatingPointError):
        shapely.point_on_surface([geometry]), shapely.line_interpolate_point([geometry], 0.5, normalized=True)
    assert len(representative_points(np.array([geometry]))) == 1
