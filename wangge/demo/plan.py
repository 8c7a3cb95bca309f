"""The skeleton of the sample city: main roads, river, railway, and the blocks between them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely
import shapely.ops
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from wangge.demo import inputs

# Coordinates are delivered to the millimetre, so that shared vertices stay shared in every file.
PRECISION = 0.001
_TAIL = 170.0


@dataclass(frozen=True)
class Way:
    """A line of the skeleton or a street cut through a block.

    ``role`` is ``road``, ``rail``, ``bank`` (edge of the river) or ``wall``; ``rank`` of a road is
    ``main``, ``secondary``, ``branch`` or ``lane``; ``width`` of the carriageway in metres.
    """

    name: str
    role: str
    rank: str
    width: float
    line: LineString


@dataclass(frozen=True)
class Block:
    """A face of the skeleton: ``kind`` is ``city``, ``river``, or the kind of a site kept whole."""

    kind: str
    name: str
    polygon: Polygon


@dataclass(frozen=True)
class Skeleton:
    """Everything that is drawn by hand. Metres in the city's system."""

    outline: Polygon
    river: BaseGeometry
    ways: tuple[Way, ...]
    blocks: tuple[Block, ...]


def draw() -> Skeleton:
    """Draw the skeleton and find its blocks."""
    rows = inputs.rows("skeleton.csv")
    outline = Polygon(_smooth(_of_role(rows, "outline")[0], closed=True))
    channel = _of_role(rows, "river")[0]
    centre = LineString(_smooth(channel, closed=False))
    half = float(channel["width"]) / 2
    ways = [Way(r["name"], r["role"], r["rank"], float(r["width"]), _curve(r)) for r in _drawn(rows)]
    ways += [Way(channel["name"], "bank", "", 0.0, _beside(centre, side)) for side in (half, -half)]
    ways += [
        Way(r["name"], "road", r["rank"], float(r["width"]), _beside(centre, float(r["points"])))
        for r in _of_role(rows, "riverside")
    ]
    ways = [_trimmed(way, ways, outline) for way in ways]
    river = centre.buffer(half, cap_style="flat").intersection(outline)
    return Skeleton(outline, river, tuple(ways), tuple(_blocks(outline, river, ways)))


def node(geometries: list[BaseGeometry]) -> BaseGeometry:
    """Cut lines at every crossing and snap them to the millimetre grid, all at once."""
    return shapely.union_all(shapely.node(shapely.geometrycollections(geometries)), grid_size=PRECISION)


def _drawn(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    return [row for row in rows if row["role"] in ("road", "rail")]


def _of_role(rows: list[dict[str, str]], role: str) -> list[dict[str, str]]:
    return [row for row in rows if row["role"] == role]


def _curve(row: dict[str, str]) -> LineString:
    return LineString(_smooth(row, closed=False))


def _smooth(row: dict[str, str], *, closed: bool) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Round a row's control points by corner cutting (Chaikin); an outline stays more angular."""
    points = inputs.points(row["points"])
    if closed:
        points = np.vstack([points, points[:1]])
    for _ in range(1 if closed else 3):
        near, far = 0.75 * points[:-1] + 0.25 * points[1:], 0.25 * points[:-1] + 0.75 * points[1:]
        cut = np.stack([near, far], axis=1).reshape(-1, 2)
        points = np.vstack([cut, cut[:1]]) if closed else np.vstack([points[:1], cut, points[-1:]])
    return np.round(shapely.get_coordinates(LineString(points).simplify(0.4)), 3)


def _trimmed(way: Way, ways: list[Way], outline: Polygon) -> Way:
    """Keep the part of a way inside the district, without short stumps behind its last crossing."""
    inside = max(_parts(way.line.intersection(outline)), key=lambda part: part.length)
    roads = [other.line for other in ways if other is not way and other.role == "road"]
    others = shapely.union_all([*roads, outline.exterior])
    reach = [0.0, float(inside.length)]
    for point in _points(inside.intersection(others)):
        place = inside.project(point)
        if place < _TAIL:
            reach[0] = max(reach[0], place)
        if inside.length - place < _TAIL and place > reach[0]:
            reach[1] = min(reach[1], place)
    return replace(way, line=part_of(inside, *reach))


def part_of(line: LineString, start: float, end: float) -> LineString:
    """Return the part of a line between two distances from its start."""
    part = shapely.ops.substring(line, start, end)
    assert isinstance(part, LineString)
    return part


def _beside(line: LineString, distance: float) -> LineString:
    """Return the line at a distance, positive to the left."""
    parallel = line.offset_curve(distance)
    assert isinstance(parallel, LineString)
    return parallel


def _blocks(outline: Polygon, river: BaseGeometry, ways: list[Way]) -> list[Block]:
    """Polygonise the skeleton and say what each face is."""
    network = node([outline.exterior, *(way.line for way in ways)])
    sites = {
        (row["name"], row["kind"]): Point(inputs.points(f"{row['x']} {row['y']}")[0])
        for row in inputs.rows("sites.csv")
    }
    found = []
    for face in shapely.get_parts(shapely.polygonize([network])):
        inner = face.representative_point()
        kind, name = ("river", "云溪河") if river.contains(inner) else ("city", "")
        for (site, what), seed in sites.items():
            if face.contains(seed):
                kind, name = what, site
        found.append(Block(kind, name, face))
    return sorted(found, key=lambda block: block.polygon.bounds)


def _parts(geometry: BaseGeometry) -> list[LineString]:
    return [part for part in shapely.get_parts(geometry) if isinstance(part, LineString)]


def _points(geometry: BaseGeometry) -> list[Point]:
    return [Point(xy) for xy in shapely.get_coordinates(geometry)]
