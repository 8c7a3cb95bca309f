"""Streets with their names, carriageways and crossings, and places along them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from math import atan2, pi
from typing import Any

import numpy as np
import shapely
import shapely.ops
from shapely.geometry import LineString, Point
from shapely.geometry.base import BaseGeometry

from wangge.demo import inputs
from wangge.demo.plan import Way, part_of

Array = np.ndarray[Any, np.dtype[np.float64]]
_SUFFIX = {"branch": ("路", "街", "路"), "lane": ("巷", "巷", "弄")}


@dataclass(frozen=True)
class Stations:
    """Places beside a street.

    ``xy`` has shape (n, 2); ``along`` counts metres from its start; ``side`` is 1 left, -1 right.
    """

    way: Way
    xy: Array
    along: Array
    side: Array


@dataclass(frozen=True)
class Crossing:
    """A place where streets meet; ``arms`` are the directions in which they leave, radians, ascending."""

    place: Point
    ways: tuple[Way, ...]
    arms: tuple[float, ...]


@dataclass(frozen=True)
class Roads:
    """All streets with names; ``ways`` in a fixed order."""

    ways: tuple[Way, ...]

    @cached_property
    def carriageways(self) -> BaseGeometry:
        """Everything that is driven on."""
        return shapely.union_all([way.line.buffer(way.width / 2, cap_style="flat") for way in self.ways])

    def named(self, name: str) -> Way:
        """Return the street of a name."""
        return next(way for way in self.ways if way.name == name)

    @cached_property
    def crossings(self) -> tuple[Crossing, ...]:
        """Where streets meet, from west to east."""
        return tuple(_crossings(self.ways))


def name_streets(ways: tuple[Way, ...], cuts: list[Way]) -> Roads:
    """Give names to the streets that were cut through blocks; lanes too short to have one keep none out."""
    stems = iter(inputs.lines("street-stems.txt"))
    named = [way for way in ways if way.role == "road"]
    for number, way in enumerate(cut for cut in cuts if cut.role == "road"):
        suffixes = _SUFFIX[way.rank]
        named.append(replace(way, name=next(stems) + suffixes[number % len(suffixes)]))
    return Roads(tuple(named))


def section(way: Way, start: BaseGeometry | None, end: BaseGeometry | None) -> LineString:
    """Return the part of a way between its crossings with two lines; ``None`` stands for its own end."""
    reach = [0.0 if start is None else _crossing_at(way, start)]
    reach.append(way.line.length if end is None else _crossing_at(way, end))
    return part_of(way.line, min(reach), max(reach))


def stations(way: Way, spacing: float, rng: np.random.Generator, *, wobble: float = 0.08) -> Array:
    """Return distances along a way, evenly spaced with a little disorder, clear of both ends."""
    count = int(way.line.length // spacing)
    even = (np.arange(count) + 0.5) * (way.line.length / max(count, 1))
    return np.asarray(even + rng.normal(0, spacing * wobble, count))


def beside(way: Way, along: Array, offset: float, side: Array) -> Stations:
    """Return places at a distance from the centre line, ``side`` 1 to the left and -1 to the right."""
    along = np.clip(along, 0.6, way.line.length - 0.6)
    centre, ahead = (shapely.line_interpolate_point(way.line, along + step) for step in (0, 0.5))
    here, there = shapely.get_coordinates(centre), shapely.get_coordinates(ahead)
    step = there - here
    step /= np.hypot(step[:, 0], step[:, 1])[:, None]
    normal = np.stack([-step[:, 1], step[:, 0]], axis=1)
    return Stations(way, here + normal * (offset * side)[:, None], along, side)


def offset_of(way: Way, place: str) -> float:
    """Read a place across a street: ``c0.5`` a share of the half width, ``k+1.2`` metres outside the kerb."""
    amount = float(place[1:])
    return amount * way.width / 2 if place[0] == "c" else way.width / 2 + amount


def _crossing_at(way: Way, other: BaseGeometry) -> float:
    """Return how far along a way it meets another line, or comes nearest to it."""
    return float(way.line.project(shapely.ops.nearest_points(way.line, other)[0]))


def _crossings(ways: tuple[Way, ...]) -> list[Crossing]:
    """Find the places where ways touch or cross, and the ways there."""
    lines = np.array([way.line for way in ways])
    tree = shapely.STRtree(lines)
    first, second = tree.query(lines, predicate="dwithin", distance=0.01)
    meetings: dict[tuple[int, int], set[int]] = {}
    for a, b in zip(first.tolist(), second.tolist(), strict=True):
        if a < b:
            for x, y in shapely.get_coordinates(_meeting(lines[a], lines[b])):
                meetings.setdefault((round(x), round(y)), set()).update((a, b))
    return [
        Crossing(Point(xy), tuple(ways[i] for i in sorted(members)), _arms(Point(xy), lines[sorted(members)]))
        for xy, members in sorted(meetings.items())
    ]


def _meeting(a: LineString, b: LineString) -> BaseGeometry:
    common = a.intersection(b)
    return common if not common.is_empty else shapely.ops.nearest_points(a, b)[0]


def _arms(place: Point, lines: Any) -> tuple[float, ...]:
    """Return the directions in which lines leave a place."""
    found = []
    for line in lines:
        here = line.project(place)
        for there in (here - 12, here + 12):
            if 0 <= there <= line.length:
                target = line.interpolate(there)
                found.append(atan2(target.y - place.y, target.x - place.x))
    return tuple(sorted(found))


def corners(crossing: Crossing, clear: float) -> list[tuple[float, float]]:
    """Return the corners of a crossing: between neighbouring arms, ``clear`` metres outside the kerbs."""
    arms = [*crossing.arms, crossing.arms[0] + 2 * pi]
    half = max(way.width for way in crossing.ways) / 2 + clear
    found = []
    for one, two in pairwise(arms):
        gap = two - one
        if 0.5 < gap < 2.6:
            reach = min(half / abs(np.sin(gap / 2)), 3 * half)
            middle = one + gap / 2
            found.append(
                (crossing.place.x + reach * np.cos(middle), crossing.place.y + reach * np.sin(middle))
            )
    return found
