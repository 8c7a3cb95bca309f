"""Look once more at grids of a wrong size or an awkward shape: join each with a neighbour and cut anew."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from grids.proposals.faces import as_array, borders_of, joined, touching
from grids.proposals.merging import ON_FEATURE_M, ON_MAIN_ROAD_M, neighbours
from grids.proposals.partition import matched
from grids.proposals.piece import Piece
from grids.proposals.plane import Geometries, compactness, sharpest
from grids.proposals.profile import SizeRange
from grids.proposals.splitting import SPIKE_DEGREES, split

ROUNDS = 3
AWKWARD = 0.45
"""Compactness below which a grid is looked at again: a rectangle of 1 by 4.5 has that."""

_TRIED = 3
_GAIN = 0.05


def improve(
    pieces: list[Piece], network: Geometries, main_roads: Geometries, sizes: SizeRange
) -> list[Piece]:
    """Improve the pieces of one part of a community.

    Parameters
    ----------
    pieces : list of Piece
        They tile the part.
    network : ndarray of LineString
        Roads and banks: borders there are not given up lightly.
    main_roads : ndarray of lines
        Borders there are given up for a grid out of range at most.
    sizes : SizeRange
        What is wanted.
    """
    for _ in range(ROUNDS):
        better = _improve_once(pieces, network, main_roads, sizes)
        if better is None:
            break
        pieces = better
    return pieces


def _improve_once(
    pieces: list[Piece], network: Geometries, main_roads: Geometries, sizes: SizeRange
) -> list[Piece] | None:
    """Go through the bad pieces, worst first; ``None`` when nothing got better."""
    polygons = as_array(piece.polygon for piece in pieces)
    bad = _penalties(polygons, sizes)
    if len(pieces) < 2 or not bad.any():
        return None
    polygons = matched(polygons, polygons)
    near, on_road = _neighbourhood(polygons, network, main_roads)
    replaced: dict[int, list[Piece]] = {}
    for at in np.argsort(-bad, kind="stable")[: int((bad > 0).sum())].tolist():
        if at in replaced:
            continue
        best = _best_exchange(at, pieces, polygons, bad, near, on_road, set(replaced), sizes)
        if best is not None:
            other, parts = best
            replaced[at], replaced[other] = parts, []
    if not replaced:
        return None
    return [one for at, piece in enumerate(pieces) for one in replaced.get(at, [piece])]


def _penalties(polygons: Geometries, sizes: SizeRange) -> NDArray[np.float64]:
    area = shapely.area(polygons)
    outside = (area < sizes.smallest) | (area > sizes.largest)
    awkward = np.maximum(0.0, AWKWARD - compactness(polygons))
    spiky = np.array([sharpest(polygon) < SPIKE_DEGREES for polygon in polygons])
    return np.asarray(2.0 * outside + 2.0 * awkward + 0.5 * spiky)


def _neighbourhood(
    polygons: Geometries, network: Geometries, main_roads: Geometries
) -> tuple[list[dict[int, float]], list[dict[int, float]]]:
    """Return the border that neighbours share, and how much of it is a road or bank, main roads threefold."""
    borders = borders_of(polygons)
    length = borders.length
    main = touching(borders.middle, main_roads, ON_MAIN_ROAD_M)
    road = length * np.where(main, 3.0, touching(borders.middle, network, ON_FEATURE_M))
    return neighbours(borders, length, len(polygons)), neighbours(borders, road, len(polygons))


def _best_exchange(
    at: int,
    pieces: list[Piece],
    polygons: Geometries,
    bad: NDArray[np.float64],
    near: list[dict[int, float]],
    on_road: list[dict[int, float]],
    taken: set[int],
    sizes: SizeRange,
) -> tuple[int, list[Piece]] | None:
    """Return the neighbour to join a piece with and what the two become, ``None`` when nothing is gained."""
    options = []
    for other in sorted(near[at], key=lambda one: (-near[at][one], one))[:_TRIED]:
        if other in taken:
            continue
        union = joined(polygons[[at, other]])
        if not isinstance(union, shapely.Polygon):
            continue
        parts = split(_together(union, pieces[at], pieces[other]), sizes)
        lost = on_road[at][other] / np.sqrt(sizes.target)
        after = float(_penalties(as_array(part.polygon for part in parts), sizes).sum())
        gain = float(bad[at] + bad[other]) - after - 0.5 * lost
        options.append((gain, -other, parts))
    best = max(options, key=lambda option: option[:2], default=None)
    return None if best is None or best[0] < _GAIN else (-best[1], best[2])


def _together(union: shapely.Polygon, one: Piece, other: Piece) -> Piece:
    return Piece(
        union,
        np.concatenate([one.obstacles, other.obstacles]),
        np.concatenate([one.points, other.points]),
        np.concatenate([one.network, other.network]),
        one.load,
    )
