"""Paths of drawings: what they draw is what is there, to a tenth of a pixel."""

from __future__ import annotations

import re

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.report_paths import Canvas, nice_length

CANVAS = Canvas.fitting((106.0, 29.0, 107.0, 30.0), 900, 900)
_PIECE = re.compile(r"M(-?\d+) (-?\d+)(?:l([-\d ]+))?(z?)(h0)?")


def drawn(path: str) -> list[tuple[np.ndarray, bool]]:
    """Read the data of a path back: the vertices of each line, and whether it is closed."""
    assert "".join(match.group(0) for match in _PIECE.finditer(path)) == path
    lines = []
    for x, y, steps, closed, _ in _PIECE.findall(path):
        moves = np.array([int(x), int(y), *map(int, steps.split())]).reshape(-1, 2)
        lines.append((moves.cumsum(axis=0), bool(closed)))
    return lines


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.tuples(st.floats(106.1, 106.8), st.floats(29.1, 29.8), st.floats(0.01, 0.1)),
        min_size=1,
        max_size=6,
    ),
    st.integers(1, 12),
)
def test_rings_are_drawn_closed_and_at_their_place(
    squares: list[tuple[float, float, float]], corners: int
) -> None:
    areas = np.array([shapely.Point(x, y).buffer(size, quad_segs=corners) for x, y, size in squares])
    lines = drawn(CANVAS.path(areas))
    assert [closed for _, closed in lines] == [True] * len(areas)
    for area, (vertices, _) in zip(areas, lines, strict=True):
        expected = CANVAS.project(shapely.get_coordinates(area))
        outline = shapely.LinearRing(expected)
        assert shapely.distance(shapely.points(vertices), outline).max() <= 1
        assert np.abs(vertices.min(axis=0) - expected.min(axis=0)).max() <= 1
        assert np.abs(vertices.max(axis=0) - expected.max(axis=0)).max() <= 1


def test_holes_parts_lines_and_points_are_drawn() -> None:
    area = shapely.box(106.1, 29.1, 106.3, 29.3).difference(shapely.box(106.15, 29.15, 106.2, 29.2))
    mixed = shapely.GeometryCollection(
        [
            shapely.MultiPolygon([area]),
            shapely.LineString([(106.5, 29.5), (106.6, 29.6)]),
            shapely.Point(106.7, 29.7),
        ]
    )
    lines = drawn(CANVAS.path(np.array([mixed, None], dtype=object)))
    assert [(len(vertices), closed) for vertices, closed in lines] == [
        (4, True),
        (4, True),
        (2, False),
        (1, False),
    ]


def test_what_cannot_be_seen_is_left_out_when_simplified() -> None:
    seen = shapely.box(106.2, 29.2, 106.4, 29.4).segmentize(0.001)
    speck = shapely.box(106.5, 29.5, 106.50001, 29.50001)
    lines = drawn(CANVAS.path(np.array([seen, speck]), tolerance=6))
    assert [len(vertices) for vertices, _ in lines] == [4]


def test_north_is_up_and_a_metre_is_as_long_both_ways() -> None:
    canvas = Canvas.around(106.5, 60.0, 1000.0, 250)
    corners = canvas.project(np.array([[canvas.west, canvas.north], [canvas.east, canvas.south]]))
    assert corners == pytest.approx(np.array([[0, 0], [2500, 2500]]), abs=1e-6)
    assert canvas.units_per_metre == pytest.approx(2.5)
    assert canvas.shows(np.array([[106.5, 60.0], [107.0, 60.0]])).tolist() == [True, False]


@pytest.mark.parametrize(
    ("longest", "nice"), [(1, 1), (4.9, 2), (7, 5), (23, 20), (0.07, 0.05), (123_456, 100_000)]
)
def test_scale_bars_have_round_lengths(longest: float, nice: float) -> None:
    assert nice_length(longest) == pytest.approx(nice)
