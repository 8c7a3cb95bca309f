"""Cuts through polygons: exact, seamless, and refused where they make no sense."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from shapely.affinity import rotate

from gis.errors import DataRefused
from gis.metres import LocalMetres
from grids.lifecycle.cutting import cut, new_corners, with_corners

METRES = LocalMetres(106.5)
ORIGIN = shapely.get_coordinates(METRES.forward(np.array([shapely.Point(106.5, 29.4)])))[0]


def lonlat(geometry: shapely.Geometry) -> shapely.Geometry:
    """Bring a geometry in metres around a place to longitude and latitude."""
    moved = shapely.transform(np.array([geometry], dtype=object), lambda xy: xy + ORIGIN)
    return METRES.inverse(moved)[0]


def line(*points: tuple[float, float]) -> shapely.LineString:
    return lonlat(shapely.LineString(points))


SQUARE = lonlat(shapely.box(0, 0, 100, 100))


def square_metres(pieces: np.ndarray) -> list[int]:
    return sorted(round(area) for area in shapely.area(METRES.forward(pieces)).tolist())


@pytest.mark.parametrize(
    ("lines", "areas"),
    [
        ([line((-5, 50), (105, 50))], [5000, 5000]),
        ([line((0, 50), (100, 50))], [5000, 5000]),
        ([line((0.03, 50), (99.96, 50))], [5000, 5000]),
        ([line((0, 0), (100, 100))], [5000, 5000]),
        ([line((-5, 50), (50, 50), (50, 105))], [2500, 7500]),
        ([line((-5, 50), (105, 50)), line((50, -5), (50, 50))], [2500, 2500, 5000]),
        ([line((-5, 30), (105, 30)), line((-5, 60), (105, 60))], [3000, 3000, 4000]),
        ([line((40, 40), (60, 40), (60, 60), (40, 60), (40, 40))], [400, 9600]),
        ([line((50, -5), (50, 20), (50, -5 + 30), (50, 130))], [5000, 5000]),
    ],
)
def test_an_area_falls_into_pieces(lines, areas) -> None:
    assert square_metres(cut(SQUARE, lines)) == areas


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([line((200, 0), (200, 100))], "misses the area"),
        ([line((-5, 50), (60, 50))], "does not cut through: 60.00 m"),
        ([line((20, 50), (60, 50))], "does not cut through: 40.00 m"),
        ([line((0.2, 50), (100, 50))], "does not cut through"),
        ([line((-5, 50), (105, 50)), line((50, -5), (50, 40))], "Line 2 does not cut through: 40.00 m"),
        ([line((-5, 20), (80, 60), (80, 20), (20, 70), (105, 90))], "crosses itself"),
        ([line((0, 0), (100, 0))], "does not cut through"),
        ([line((-1, 2.2), (2.2, -1))], "a piece of 0.72 m²"),
        ([line((-5, 50), (105, 50)), line((-5, 200), (105, 200))], "Line 2 misses"),
    ],
)
def test_lines_that_do_not_divide_are_refused(in_english, lines, message) -> None:
    with pytest.raises(DataRefused, match=message):
        cut(SQUARE, lines)


def test_a_hole_stays_a_hole() -> None:
    ring = lonlat(
        shapely.Polygon(shapely.box(0, 0, 100, 100).exterior, [shapely.box(40, 40, 60, 60).exterior])
    )
    pieces = cut(ring, [line((-5, 50), (105, 50))])
    assert square_metres(pieces) == [4800, 4800]
    with pytest.raises(DataRefused):
        cut(ring, [line((-5, 50), (50, 50))])


points = st.tuples(st.floats(-20, 120), st.floats(-20, 120))


@settings(max_examples=120, deadline=None)
@given(st.floats(0, 90), st.lists(points, min_size=2, max_size=4))
def test_pieces_and_neighbours_tile_exactly(angle: float, vertices: list[tuple[float, float]]) -> None:
    whole = rotate(shapely.box(0, 0, 300, 300), angle, origin=(150, 150))
    cells = [
        lonlat(rotate(shapely.box(i * 100, j * 100, i * 100 + 100, j * 100 + 100), angle, origin=(150, 150)))
        for i in range(3)
        for j in range(3)
    ]
    cells = seamless(cells)
    middle = cells.pop(4)
    centre = shapely.get_coordinates(METRES.forward(np.array([middle.centroid])))[0] - ORIGIN - 50
    assume(len({(round(x, 3), round(y, 3)) for x, y in vertices}) == len(vertices))
    drawn = lonlat(shapely.LineString(np.array(vertices) + centre))
    try:
        pieces = cut(middle, [drawn])
    except DataRefused:
        return
    corners = new_corners([middle], pieces)
    everything = [*pieces, *(with_corners(cell, corners) for cell in cells)]
    assert shapely.coverage_is_valid(everything)
    assert shapely.is_valid(everything).all()
    total = shapely.area(METRES.forward(np.array(everything))).sum()
    assert total == pytest.approx(whole.area, rel=1e-3)
    moved = shapely.symmetric_difference(shapely.union_all(pieces), middle)
    # Measured in degrees: an edge with a corner more is another line in another plane
    assert moved.area * 111_000**2 < 1e-6


def seamless(cells: list[shapely.Polygon]) -> list[shapely.Polygon]:
    """Give cells that touch the same corner coordinates."""
    return [shapely.set_precision(cell, 1e-9) for cell in cells]
