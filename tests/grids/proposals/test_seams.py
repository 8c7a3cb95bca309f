"""Edges led through vertices: no slivers between two courses of one border."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from grids.proposals.faces import cut_into_faces
from grids.proposals.plane import LATTICE_M, mean_width, on_lattice
from grids.proposals.seams import MERGE_M, threaded, without_wedges

NOTHING = np.array([], dtype=object)


def polygons(*rings: object) -> np.ndarray:
    placed = [shapely.Polygon(on_lattice(np.array(ring, dtype=float))) for ring in rings]
    return np.array([*placed, None], dtype=object)[:-1]


def test_both_sides_of_a_border_get_the_vertices_of_both() -> None:
    step = LATTICE_M
    left = [(0, 0), (50, 0), (50 + step, 31), (50, 90), (0, 90)]
    right = [(50, 0), (99, 0), (99, 90), (50, 90), (50 - step, 60)]
    faces = cut_into_faces(threaded(polygons(left, right), NOTHING, NOTHING))
    assert len(faces) == 2
    assert [shapely.get_num_coordinates(face) for face in faces] == [7, 7]


def test_ends_of_cuts_that_nearly_meet_become_one() -> None:
    near = MERGE_M / 2
    parts = polygons(
        [(0, 0), (50, 0), (50, 40), (0, 40)],
        [(0, 40), (50, 40), (50, 90), (0, 90)],
        [(50, 0), (99, 0), (99, 40 + near), (50, 40 + near)],
        [(50, 40 + near), (99, 40 + near), (99, 90), (50, 90)],
    )
    faces = cut_into_faces(threaded(parts, NOTHING, NOTHING))
    assert len(faces) == 4
    assert shapely.coverage_is_valid(faces)
    assert min(np.hypot(*np.diff(shapely.get_coordinates(face), axis=0).T).min() for face in faces) > 1


def test_vertices_of_communities_and_on_walls_stay() -> None:
    near = MERGE_M / 2
    upper, lower = polygons([(0, 0), (50, 0), (50, 40), (0, 40)], [(0, 40 + near), (50, 40 + near), (25, 90)])
    held = threaded(np.array([upper, lower]), np.array([lower]), NOTHING)
    assert {y for _, y in shapely.get_coordinates(held).tolist()} == {
        0.0,
        *on_lattice(np.array([40 + near, 90])),
    }
    both = threaded(np.array([upper, lower]), np.array([lower]), np.array([upper.exterior]))
    assert 40.0 in shapely.get_coordinates(both)[:, 1]


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32 - 1))
def test_pieces_cut_one_after_the_other_leave_no_slivers(seed: int) -> None:
    """Cut a polygon again and again, rounding every new vertex, as splitting does."""
    rng = np.random.default_rng(seed)
    corners = np.sort(rng.uniform(0, 2 * np.pi, 7))
    ring = np.column_stack([np.cos(corners), np.sin(corners)]) * rng.uniform(50, 90, 7)[:, None]
    whole = shapely.Polygon(on_lattice(ring))
    if not whole.is_valid or whole.area < 3_000:
        return
    pieces = [whole]
    for _ in range(6):
        angle, middle = rng.uniform(0, np.pi), rng.uniform(-15, 15, 2)
        ahead = 200 * np.array([np.cos(angle), np.sin(angle)])
        line = shapely.LineString(on_lattice(np.array([middle - ahead, middle + ahead])))
        pieces = [part for piece in pieces for part in cut(piece, line)]
    faces = cut_into_faces(threaded(np.array(pieces), np.array([whole]), NOTHING))
    assert (mean_width(faces) > 1e-4).all()
    assert shapely.coverage_is_valid(faces)


def cut(piece: shapely.Polygon, line: shapely.LineString) -> list[shapely.Polygon]:
    return list(cut_into_faces([piece.exterior, line]))


def test_roads_that_part_at_a_small_angle_run_together() -> None:
    lines = np.array(
        [
            shapely.LineString([(0, 0), (100, 0)]),
            shapely.LineString([(0, 0), (60, 0.5), (80, 40)]),
            shapely.LineString([(0, 0), (0, 50)]),
        ]
    )
    edges = without_wedges(lines, shapely.box(-9, -9, 109, 109))
    ends = {tuple(map(tuple, shapely.get_coordinates(edge).tolist())) for edge in edges}
    assert ((0.0, 0.0), (100.0, 0.0)) not in ends
    assert {((0.0, 0.0), (60.0, 0.5)), ((60.0, 0.5), (100.0, 0.0))} <= ends
    assert shapely.length(edges).sum() == np.hypot(60, 0.5) + np.hypot(40, 0.5) + np.hypot(20, 39.5) + 50
