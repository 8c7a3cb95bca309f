"""Streets, door plates and places of the sample city: what addresses are made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import LineString, Point

from wangge.demo import inputs
from wangge.demo.placement import Placement, points_at
from wangge.demo.plan import Way
from wangge.demo.roads import Array, Roads, beside, stations
from wangge.demo.territory import Territory, UnitGrid

_EVERY = {"main": 26.0, "secondary": 24.0, "branch": 18.0, "lane": 15.0}
_FACADE = 6.0
_METRIC = ("main", "secondary")
RANKS = {"main": "主干路", "secondary": "次干路", "branch": "支路", "lane": "巷弄"}


@dataclass(frozen=True)
class Street:
    """A named street; ``start`` and ``end`` name what it leads from and to."""

    code: str
    way: Way
    start: str
    end: str


@dataclass(frozen=True)
class Plate:
    """A door plate (门牌): ``address`` is the full text."""

    code: str
    address: str
    street: str
    number: str
    community: str
    place: Point


@dataclass(frozen=True)
class Place:
    """A point of interest (兴趣点)."""

    code: str
    name: str
    type: str
    alias: str
    address: str
    place: Point


def streets(roads: Roads) -> list[Street]:
    """Number the streets and say between which others they run."""
    county = inputs.city().county
    found = []
    for number, way in enumerate(roads.ways, start=1):
        ends = [_other(roads, way, Point(way.line.coords[end])) for end in (0, -1)]
        found.append(Street(f"{county}JX{number:04d}", way, *ends))
    return found


def plates(roads: Roads, territory: Territory, placement: Placement, rng: np.random.Generator) -> list[Plate]:
    """Put door plates on both sides of every street.

    On main and secondary streets the number is the distance from the start in metres, odd on the left;
    elsewhere it counts.
    """
    found: list[Plate] = []
    names = {division.code: division.name for division in (*territory.streets, *territory.communities)}
    for way in roads.ways:
        for number, point, grid in _doors(way, placement, rng):
            address = f"{territory.county.name}{names[grid.street]}{way.name}{number}号"
            code = f"{grid.community}{len(found) + 1:05d}"
            found.append(Plate(code, address, way.name, f"{number}号", grid.community, point))
    return found


def places(
    territory: Territory, placement: Placement, plates_: list[Plate], rng: np.random.Generator
) -> list[Place]:
    """Put schools, markets, housing estates … into yards, with the address of the nearest door."""
    stems = iter(reversed(inputs.lines("street-stems.txt")))
    doors = shapely.STRtree([plate.place for plate in plates_])
    rooms = [
        (grid, room)
        for grid, room in zip(territory.grids, placement.yards, strict=True)
        if grid.use == "city" and room.area > 1500
    ]
    found: list[Place] = []
    for row in inputs.rows("places.csv"):
        for index in rng.choice(len(rooms), min(int(row["count"]), len(rooms)), replace=False):
            point = _inside(rooms[int(index)][1].representative_point())
            name = next(stems) + row["names"]
            alias = name[:2] + row["aliases"] if row["aliases"] else ""
            address = plates_[int(doors.nearest(point))].address
            found.append(
                Place(
                    f"{territory.county.code}P{len(found) + 1:05d}", name, row["type"], alias, address, point
                )
            )
    return found


def _doors(way: Way, placement: Placement, rng: np.random.Generator) -> Iterator[tuple[int, Point, UnitGrid]]:
    """Yield number, place and unit grid of the doors of one street."""
    even = stations(way, _EVERY[way.rank], rng, wobble=0.12)
    for side in (1.0, -1.0):
        along = _with_fixed_plate(way, even) if side < 0 else even
        points = points_at(beside(way, along, way.width / 2 + _FACADE, np.full(len(along), side)).xy)
        grids = placement.grids_of(np.array(points))
        blocked = shapely.intersects(placement.roads.carriageways, points)
        blocked |= shapely.intersects(placement.skeleton.river, points)
        for index in np.flatnonzero((grids >= 0) & ~blocked):
            number = _number(way, int(index), float(along[index]), odd=side > 0)
            yield number, shapely.point_on_surface(points[index]), placement.territory.grids[grids[index]]


def _with_fixed_plate(way: Way, along: Array) -> Array:
    """Move the nearest door to where the plate for examples has to be."""
    plate = inputs.city().plate
    if way.name != plate["street"]:
        return along
    wanted = float(plate["number"] - plate["before"])
    moved = along.copy()
    moved[np.argmin(np.abs(along - wanted))] = wanted
    return moved


def _number(way: Way, index: int, along: float, *, odd: bool) -> int:
    plate = inputs.city().plate
    if way.rank in _METRIC:
        before = plate["before"] if way.name == plate["street"] else 0
        return 2 * round((along + before) / 2) - (1 if odd else 0)
    return 2 * index + (1 if odd else 2)


def _other(roads: Roads, way: Way, end: Point) -> str:
    """Name the street at the end of another, empty at the edge of the district."""
    near = [other for other in roads.ways if other is not way and other.line.distance(end) < 1]
    return near[0].name if near else ""


def _inside(point: Point) -> Point:
    return Point(round(point.x, 3), round(point.y, 3))


def line_of(street: Street) -> LineString:
    """Return a street's centre line on whole millimetres."""
    return shapely.transform(street.way.line, lambda xy: np.round(xy, 3))
