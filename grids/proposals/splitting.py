"""Cut pieces that are too large into grids of the wanted size, round buildings and compounds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from grids.proposals.cuts import best_cuts
from grids.proposals.faces import Indices, as_array, as_points, borders_of, dissolve, faces_inside
from grids.proposals.guides import guides_through
from grids.proposals.merging import NARROWEST_M, components, neighbours
from grids.proposals.piece import Piece
from grids.proposals.plane import LATTICE_M, Geometries, compactness, mean_width, sharpest
from grids.proposals.profile import SizeRange

CANDIDATES = 6
_MORE_CANDIDATES = 24
SPIKE_DEGREES = 3.0
_ROAD_GAIN = 1.0
_SPIKE = 2.0
_NOISE_M2 = 0.01


def split(piece: Piece, sizes: SizeRange) -> list[Piece]:
    """Cut a piece until every part has the wanted size, or cannot be cut round what stands on it.

    Returns
    -------
    list of Piece
        They tile it; a single one when no cut is possible.
    """
    done: list[Piece] = []
    todo = [piece]
    while todo:
        one = todo.pop()
        parts = _cut_once(one, sizes) if sizes.parts(one.polygon.area, one.total_load) > 1 else [one]
        if len(parts) == 1:
            done.append(one)
        else:
            todo += reversed(parts)
    return done


def _cut_once(piece: Piece, sizes: SizeRange) -> list[Piece]:
    """Carry out the best few cuts, along dead ends of roads and straight, and keep the best result."""
    found = _along_guides(piece, sizes)
    for count in (CANDIDATES, _MORE_CANDIDATES):
        cuts = best_cuts(piece, sizes, count)
        results = [divide_along(piece, cut.line, sizes) for cut in cuts]
        found += [(_badness(parts, piece, sizes), parts) for parts in results if len(parts) > 1]
        if found:
            return distribute(piece, min(found, key=lambda rated: rated[0])[1])
    return [piece]


def _along_guides(piece: Piece, sizes: SizeRange) -> list[tuple[float, list[BaseGeometry]]]:
    """Carry out cuts along roads that lead into the piece; border along a road is worth having."""
    found = []
    for guide in guides_through(piece.polygon, piece.network):
        parts = divide_along(piece, guide.line, sizes)
        if len(parts) > 1:
            gain = _ROAD_GAIN * guide.on_feature_m / np.sqrt(piece.polygon.area)
            found.append((_badness(parts, piece, sizes) - gain, parts))
    return found


def _badness(parts: Sequence[BaseGeometry], piece: Piece, sizes: SizeRange) -> float:
    """Rate a cut that was carried out: new border, loads that fit no number of grids, ragged shapes."""
    polygons = as_array(parts)
    area, load = shapely.area(polygons), piece.loads(polygons)
    count = np.array([sizes.parts(*both) for both in zip(area.tolist(), load.tolist(), strict=True)])
    misfit = np.abs(np.log(np.maximum(load / count, 1.0) / sizes.target)).mean()
    outside = (area / count < sizes.smallest) | (area / count > sizes.largest)
    spikes = sum(sharpest(part) < SPIKE_DEGREES for part in parts)
    border = (shapely.length(polygons).sum() - piece.polygon.length) / 2 / np.sqrt(piece.polygon.area)
    ragged = 1 - compactness(polygons).min()
    return float(border + misfit + 3 * outside.sum() + ragged + _SPIKE * spikes)


def divide_along(piece: Piece, line: BaseGeometry, sizes: SizeRange) -> list[BaseGeometry]:
    """Divide a piece along a line that gives way to buildings and compounds.

    A building the line meets goes, whole, to the side that most of it is on: the border follows its walls.

    Returns
    -------
    list of Polygon
        Matched; a single one when nothing would be left of one side but scraps.
    """
    met = _met_by(piece.obstacles, line)
    standing = shapely.union_all(met, grid_size=LATTICE_M) if len(met) else None
    free = line if standing is None else shapely.difference(line, standing, grid_size=LATTICE_M)
    faces = faces_inside(piece.polygon, [free, *([] if standing is None else [standing])])
    if len(faces) < 2:
        return [piece.polygon]
    side = _sides(piece, faces, met, line)
    return _connected(piece, faces, side, sizes)


def _met_by(obstacles: Geometries, line: BaseGeometry) -> Geometries:
    """Return the obstacles whose inside a line enters."""
    if not len(obstacles):
        return obstacles
    inside = shapely.length(shapely.intersection(obstacles, line)) > 2 * LATTICE_M
    return as_array(obstacles[inside])


def _sides(piece: Piece, faces: Geometries, met: Geometries, line: BaseGeometry) -> NDArray[np.intp]:
    """Say by a number which side of the line a face is on; an obstacle is where its centre is."""
    places = shapely.point_on_surface(faces)
    if len(met):
        face, obstacle = shapely.STRtree(met).query(places, predicate="within")
        places[face] = shapely.centroid(met[obstacle])
    ends = shapely.get_coordinates(line)
    if len(ends) > 2:
        return _nearest(faces_inside(piece.polygon, [line]), places)
    (x1, y1), (x2, y2) = ends
    xy = shapely.get_coordinates(places)
    turn = (x2 - x1) * (xy[:, 1] - y1) - (y2 - y1) * (xy[:, 0] - x1)
    return np.asarray(turn > 0, dtype=np.intp)


def _nearest(areas: Geometries, places: Geometries) -> Indices:
    return np.asarray(shapely.STRtree(areas).nearest(places))


def _connected(piece: Piece, faces: Geometries, side: Indices, sizes: SizeRange) -> list[BaseGeometry]:
    """Join the faces of each side, and scraps with what lies beside them."""
    if len(faces) == 2 and not _scraps(faces, piece, sizes).any():
        return list(faces)
    borders = borders_of(faces)
    same = (borders.right >= 0) & (side[borders.left] == side[borders.right])
    near = neighbours(borders.take(same), borders.length[same], len(faces))
    label = np.zeros(len(faces), dtype=np.intp)
    for number, group in enumerate(components(np.arange(len(faces)), near)):
        label[group] = number
    parts = dissolve(faces, label)
    while len(parts) > 1 and (scraps := _scraps(parts, piece, sizes)).any():
        smallest = np.where(scraps, shapely.area(parts), np.inf).argmin()
        parts = _without_scrap(parts, int(smallest))
    return list(parts)


def _scraps(parts: Geometries, piece: Piece, sizes: SizeRange) -> NDArray[np.bool_]:
    """Tell which parts are too small, or narrower than a strip that was narrow before."""
    narrow = min(NARROWEST_M, 0.6 * float(mean_width(as_array([piece.polygon]))[0]))
    return (shapely.area(parts) < sizes.smallest) | (mean_width(parts) < narrow)


def _without_scrap(parts: Geometries, scrap: int) -> Geometries:
    """Join one part with the neighbour it shares the longest border with."""
    borders = borders_of(parts)
    near = neighbours(borders, borders.length, len(parts))[scrap]
    label = np.arange(len(parts))
    label[scrap] = max(near, key=lambda other: (near[other], -other))
    return dissolve(parts, label)


def distribute(piece: Piece, parts: Iterable[BaseGeometry]) -> list[Piece]:
    """Give each part of a piece what stands on it."""
    polygons = as_array(parts)
    tree = shapely.STRtree(polygons)
    of_obstacle = _part_of(tree, shapely.point_on_surface(piece.obstacles))
    of_point = _part_of(tree, as_points(piece.points))
    of_line = _part_of(tree, shapely.line_interpolate_point(piece.network, 0.5, normalized=True))
    return [
        Piece(
            polygon,
            as_array(piece.obstacles[of_obstacle == at]),
            piece.points[of_point == at],
            as_array(piece.network[of_line == at]),
            piece.load,
        )
        for at, polygon in enumerate(polygons)
    ]


def _part_of(tree: shapely.STRtree, points: Geometries) -> Indices:
    """Return for each point the first part it touches."""
    found = np.full(len(points), -1)
    if len(points):
        point, part = tree.query(points, predicate="intersects")
        found[point[::-1]] = part[::-1]
    return found
