"""Cut the blocks of the skeleton into smaller ones, along new streets, lanes and walls."""

from __future__ import annotations

from dataclasses import dataclass
from math import atan2, cos, hypot, pi, sin

import numpy as np
import shapely
import shapely.ops
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from wangge.demo import inputs
from wangge.demo.plan import Block, Way

_ATTEMPTS = 20


@dataclass(frozen=True)
class _Cut:
    """One way of cutting a polygon in two: where along its long side, how oblique, how bent."""

    share: float
    turn: float
    bend: float


def cut(blocks: tuple[Block, ...], rng: np.random.Generator, *, coarse: float = 1.0) -> list[Way]:
    """Cut city blocks, and the river between its bridges, down to the size of unit grids.

    Parameters
    ----------
    blocks : tuple of Block
        Faces of the skeleton.
    rng : numpy.random.Generator
        Decides places, angles and bends.
    coarse : float
        Factor on the wanted area, above 1 for a quick, small city.

    Returns
    -------
    list of Way
        The new streets, lanes and walls, without names.
    """
    ways: list[Way] = []
    for block in blocks:
        if block.kind == "city":
            _divide(block.polygon, rng, coarse, ways)
    return ways


def _divide(polygon: Polygon, rng: np.random.Generator, coarse: float, ways: list[Way]) -> None:
    """Cut a polygon, then its pieces, until they have the wanted size."""
    wanted = coarse * _wanted_area(polygon.centroid) * rng.uniform(0.75, 1.3)
    if polygon.area < 1.45 * wanted:
        return
    found = _best_cut(polygon, rng, wanted)
    if found is None:
        return
    line, pieces = found
    ways.append(_street(line, polygon.area / wanted, rng))
    for piece in pieces:
        _divide(piece, rng, coarse, ways)


def _wanted_area(place: Point) -> float:
    """Return the wanted area in square metres: small in the old town, larger towards the edge."""
    city = inputs.city()
    east, north = city.blocks["old_town"]
    distance = hypot(place.x - city.origin[0] - east, place.y - city.origin[1] - north)
    share = min(1.0, distance / city.blocks["radius"])
    return float(city.blocks["inner"] + (city.blocks["outer"] - city.blocks["inner"]) * share)


def _best_cut(
    polygon: Polygon, rng: np.random.Generator, wanted: float
) -> tuple[LineString, list[Polygon]] | None:
    """Try some cuts and keep the first whose pieces are neither small nor thin; ``None`` when none is."""
    middle = 0.5 if polygon.area < 4 * wanted else rng.uniform(0.42, 0.58)
    least = min(0.36, 0.9 * _compactness(polygon))
    for attempt in range(_ATTEMPTS):
        spread = 0.02 + 0.02 * attempt
        trial = _Cut(
            middle + rng.normal(0, spread), rng.normal(0, 0.04 + 0.02 * attempt), rng.normal(0, 0.03)
        )
        line = _across(polygon, trial)
        if line is None:
            continue
        pieces = [p for p in shapely.ops.split(polygon, line).geoms if isinstance(p, Polygon)]
        if len(pieces) > 1 and all(p.area > 0.4 * wanted and _compactness(p) > least for p in pieces):
            return line, pieces
    return None


def _across(polygon: Polygon, trial: _Cut) -> LineString | None:
    """Draw a bent line across the polygon's long side; ``None`` when it enters and leaves more than once."""
    corners = shapely.get_coordinates(polygon.minimum_rotated_rectangle)[:4]
    sides = np.diff(np.vstack([corners, corners[:1]]), axis=0)
    long = int(np.argmax(np.hypot(sides[:, 0], sides[:, 1])[:2]))
    along, start = sides[long], corners[long]
    across = sides[(long + 1) % 4]
    angle = atan2(across[1], across[0]) + trial.turn
    reach = hypot(*across)
    middle = start + along * trial.share + across / 2
    side = np.array([cos(angle + pi / 2), sin(angle + pi / 2)]) * trial.bend * reach
    way = np.array([cos(angle), sin(angle)]) * reach
    line = LineString(
        np.round([middle - way, middle - way / 4 + side, middle + way / 4 + side, middle + way], 3)
    )
    inside = shapely.line_merge(line.intersection(polygon))
    return inside if isinstance(inside, LineString) and not inside.is_empty else None


def _compactness(polygon: Polygon) -> float:
    """Return 1 for a circle, 0.785 for a square, less for anything thin."""
    return 4 * pi * polygon.area / polygon.length**2


def _street(line: LineString, size: float, rng: np.random.Generator) -> Way:
    """Decide by the size of the block what its cut is: a street, a lane or a wall."""
    if size > 5.5:
        return Way("", "road", "branch", 14.0, _overshoot(line))
    if size > 2.6 and rng.random() < 0.8:
        return Way("", "road", "lane", 7.0, _overshoot(line))
    return Way("", "wall", "", 0.0, _overshoot(line))


def _overshoot(line: LineString) -> LineString:
    """Lengthen both ends by a few millimetres, so that noding finds the crossing; stumps bound no face."""
    points = shapely.get_coordinates(line)
    for end, before in ((0, 1), (-1, -2)):
        step = points[end] - points[before]
        points[end] += step / hypot(*step) * 0.004
    return LineString(points)


def faces(geometry: BaseGeometry) -> list[Polygon]:
    """Return the faces of noded linework, in a fixed order."""
    found = [p for p in shapely.get_parts(shapely.polygonize([geometry])) if isinstance(p, Polygon)]
    return sorted(found, key=lambda face: face.bounds)
