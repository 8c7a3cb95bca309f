"""Where components stand: in rows along streets, at corners, on banks, in the park, in yards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from shapely.affinity import rotate, translate
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from wangge.demo.plan import Skeleton, Way
from wangge.demo.roads import Array, Roads, beside, corners, offset_of, stations
from wangge.demo.territory import Territory

_RANKS = {"m": "main", "s": "secondary", "b": "branch", "l": "lane"}
_MARGIN = 0.3
_PIECE = 32.0
# Lines and areas are placed roughly (accuracy class C); closer ones would read as one object twice.
_APART = {"point": 2.6, "line": 12.0, "polygon": 25.0}


@dataclass(frozen=True)
class Rule:
    """One row of ``classes.csv``: where components of a class stand, and whose they are."""

    code: str
    name: str
    geometry: str
    pattern: str
    ranks: str
    spacing: float
    place: str
    sides: str
    unowned: float
    authority: str
    owner: str
    maintainer: str


@dataclass(frozen=True)
class Spot:
    """A place found for a component, the unit grid (position) it lies in, and words for it."""

    geometry: BaseGeometry
    grid: int
    words: str


class Placement:
    """Find places for components.

    Parameters
    ----------
    skeleton, roads, territory
        The city.
    thin : float
        Factor on distances, above 1 for a quick, small city.
    """

    def __init__(self, skeleton: Skeleton, roads: Roads, territory: Territory, thin: float = 1.0) -> None:
        self.skeleton, self.roads, self.territory, self.thin = skeleton, roads, territory, thin
        self._polygons = np.array([grid.polygon for grid in territory.grids])
        self._edges = shapely.boundary(self._polygons)
        self._tree = shapely.STRtree(self._polygons)
        shapely.prepare(roads.carriageways)

    def spots(self, rule: Rule, rng: np.random.Generator) -> list[Spot]:
        """Return places for one rule; none within 0.3 m of the border of a unit grid."""
        patterns: dict[str, Callable[[Rule, np.random.Generator], list[tuple[BaseGeometry, str]]]] = {
            "row": self._row,
            "corner": self._corner,
            "bank": self._bank,
            "site": self._site,
            "yard": self._yard,
            "lot": self._lot,
        }
        found = patterns[rule.pattern](rule, rng)
        geometries = np.array([geometry for geometry, _ in found], dtype=object)
        if not len(geometries):
            return []
        grids = self.grids_of(geometries)
        keep = grids >= 0
        if rule.pattern in ("corner", "yard", "lot") or rule.place.startswith("k+"):
            keep &= ~shapely.intersects(self.roads.carriageways, geometries)
            keep &= ~shapely.intersects(self.skeleton.river, geometries)
        return [Spot(found[i][0], int(grids[i]), found[i][1]) for i in np.flatnonzero(keep)]

    def grids_of(self, geometries: Any) -> Any:
        """Return the grid each geometry lies in, clear of its border; -1 where there is none."""
        found = np.full(len(geometries), -1)
        which, grid = self._tree.query(geometries, predicate="within")
        clear = shapely.distance(self._edges[grid], geometries[which]) >= _MARGIN
        found[which[clear]] = grid[clear]
        return found

    def _row(self, rule: Rule, rng: np.random.Generator) -> list[tuple[BaseGeometry, str]]:
        """Stand along streets, on one side, both, or in turn."""
        wanted = {_RANKS[letter] for letter in rule.ranks}
        found: list[tuple[BaseGeometry, str]] = []
        for way in self.roads.ways:
            if way.rank not in wanted:
                continue
            along = stations(way, rule.spacing * self.thin, rng)
            for side in _sides(rule.sides, len(along)):
                found += self._along(rule, way, along, side)
        return found

    def _along(self, rule: Rule, way: Way, along: Array, side: Array) -> list[tuple[BaseGeometry, str]]:
        offset = offset_of(way, rule.place)
        if rule.geometry == "point":
            geometries = points_at(beside(way, along, offset, side).xy)
        else:
            geometries = _pieces(way, along, offset, side, polygon=rule.geometry == "polygon")
        words = [
            f"{way.name}{_compass(way, s)}侧，距起点{round(a)}米" for a, s in zip(along, side, strict=True)
        ]
        return list(zip(geometries, words, strict=True))

    def _corner(self, rule: Rule, rng: np.random.Generator) -> list[tuple[BaseGeometry, str]]:
        """Stand at the corners where streets of the wanted ranks meet."""
        wanted = {_RANKS[letter] for letter in rule.ranks}
        found: list[tuple[BaseGeometry, str]] = []
        for crossing in self.roads.crossings:
            if len([way for way in crossing.ways if way.rank in wanted]) < 2:
                continue
            words = "与".join(way.name for way in crossing.ways[:2]) + "交叉口"
            for x, y in corners(crossing, float(rule.place)):
                if rng.random() < rule.spacing / self.thin:
                    found.append((Point(round(x, 3), round(y, 3)), words))
        return found

    def _bank(self, rule: Rule, rng: np.random.Generator) -> list[tuple[BaseGeometry, str]]:
        """Stand on the land side of the river's edge."""
        found: list[tuple[BaseGeometry, str]] = []
        for way in self.skeleton.ways:
            if way.role == "bank":
                along = stations(way, rule.spacing * self.thin, rng)
                offset = -float(rule.place)
                middle = beside(way, along[:1], offset, np.ones(1))
                inland = -1.0 if self.skeleton.river.contains(Point(middle.xy[0])) else 1.0
                side = np.full(len(along), inland)
                if rule.geometry == "line":
                    geometries = _pieces(way, along, offset, side, polygon=False, length=60.0)
                else:
                    geometries = points_at(beside(way, along, offset, side).xy)
                found += [(g, f"{way.name}岸边") for g in geometries]
        return found

    def _site(self, rule: Rule, rng: np.random.Generator) -> list[tuple[BaseGeometry, str]]:
        """Stand anywhere in the sites of a kind; ``spacing`` is their number."""
        found: list[tuple[BaseGeometry, str]] = []
        for grid in self.territory.grids:
            if grid.use == rule.ranks:
                room = grid.polygon.buffer(-24)
                count = max(1, round(rule.spacing / self.thin))
                found += [(p, "云栖公园内") for p in _scattered(room, count, rng)]
        return found

    def _yard(self, rule: Rule, rng: np.random.Generator) -> list[tuple[BaseGeometry, str]]:
        """Stand off the streets; ``spacing`` is the number expected per grid."""
        found: list[tuple[BaseGeometry, str]] = []
        for grid, room in zip(self.territory.grids, self.yards, strict=True):
            count = int(rng.poisson(rule.spacing / self.thin))
            if grid.use == "city" and count:
                found += [(p, f"{grid.name}内院落") for p in _scattered(room, count, rng)]
        return found

    def _lot(self, rule: Rule, rng: np.random.Generator) -> list[tuple[BaseGeometry, str]]:
        """Lay rectangles into yards where they fit."""
        length, width = (float(size) for size in rule.place.split())
        found: list[tuple[BaseGeometry, str]] = []
        for grid, room in zip(self.territory.grids, self.yards, strict=True):
            if grid.use == "city" and rng.random() < rule.spacing / self.thin:
                for place in _scattered(room, 6, rng):
                    box = shapely.box(-length / 2, -width / 2, length / 2, width / 2)
                    turned = rotate(box, float(rng.uniform(0, 180)))
                    lot = translate(turned, place.bounds[0], place.bounds[1])
                    if room.contains(lot):
                        found.append((_rounded(lot), f"{grid.name}内停车场"))
                        break
        return found

    @cached_property
    def yards(self) -> list[BaseGeometry]:
        """What is left of each unit grid behind pavements."""
        pavements = self.roads.carriageways.buffer(8.0)
        shapely.prepare(pavements)
        left = shapely.difference(self._polygons, pavements)
        return list(shapely.buffer(left, -2.0))


def points_at(xy: Array) -> list[BaseGeometry]:
    """Return points on whole millimetres."""
    return [Point(x, y) for x, y in np.round(xy, 3)]


def apart(spots: list[Spot], geometry: str) -> list[Spot]:
    """Drop places that lie too close to an earlier one of the same class."""
    geometries = np.array([spot.geometry for spot in spots], dtype=object)
    first, second = shapely.STRtree(geometries).query(
        geometries, predicate="dwithin", distance=_APART[geometry]
    )
    dropped: set[int] = set()
    for one, two in sorted(zip(first.tolist(), second.tolist(), strict=True)):
        if one < two and one not in dropped:
            dropped.add(two)
    return [spot for index, spot in enumerate(spots) if index not in dropped]


def _sides(word: str, count: int) -> list[Array]:
    ones = np.ones(count)
    turns = np.where(np.arange(count) % 2 == 0, 1.0, -1.0)
    return {"left": [ones], "right": [-ones], "both": [ones, -ones], "alternate": [turns]}[word]


def _compass(way: Way, side: float) -> str:
    """Say on which side of a street something stands: 东 南 西 or 北."""
    first, last = way.line.coords[0], way.line.coords[-1]
    east, north = last[0] - first[0], last[1] - first[1]
    if abs(east) >= abs(north):
        return "北" if (east > 0) == (side > 0) else "南"
    return "西" if (north > 0) == (side > 0) else "东"


def _pieces(
    way: Way, along: Array, offset: float, side: Array, *, polygon: bool, length: float = _PIECE
) -> list[BaseGeometry]:
    """Return pieces of line beside a way, or strips 2 m wide."""
    length = 14.0 if polygon else length
    made: list[BaseGeometry] = []
    for middle, which in zip(along, side, strict=True):
        steps = np.linspace(middle - length / 2, middle + length / 2, 5)
        line = LineString(np.round(beside(way, steps, offset, np.full(5, which)).xy, 3))
        made.append(_rounded(line.buffer(1.0, cap_style="flat")) if polygon else line)
    return made


def _scattered(room: BaseGeometry, count: int, rng: np.random.Generator) -> list[BaseGeometry]:
    """Return up to ``count`` points inside an area."""
    if room.is_empty:
        return []
    west, south, east, north = room.bounds
    tries = rng.uniform((west, south), (east, north), (count * 12, 2))
    return [point for point in points_at(tries) if room.contains(point)][:count]


def _rounded(polygon: Polygon) -> Polygon:
    return shapely.transform(polygon, lambda xy: np.round(xy, 3))
