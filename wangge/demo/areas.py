"""Responsibility areas (责任区), responsibility grids (责任网格) and boundary agreements."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import shapely
from shapely.geometry import LineString, Point
from shapely.geometry.base import BaseGeometry

from wangge.demo import inputs
from wangge.demo.plan import Skeleton, Way
from wangge.demo.roads import Roads, section
from wangge.demo.territory import Territory, UnitGrid, union

_BEAT = 5
HANDOVER = ("未移交", "在建", "质保期")


@dataclass(frozen=True)
class Area:
    """An area with a unit in charge; ``unit`` is a key, ``classes`` empty for all, ``-`` for none."""

    line: str
    code: str
    name: str
    unit: str
    classes: tuple[str, ...]
    handover: str
    in_scope: bool
    contract: str
    start: str
    geometry: BaseGeometry

    def covers(self, place: Point, class_code: str) -> bool:
        """Tell whether the area answers for a class at a place."""
        meant = not self.classes or class_code in self.classes or class_code[:2] in self.classes
        return meant and bool(self.geometry.intersects(place))


@dataclass(frozen=True)
class Agreement:
    """Which of two units takes the strip along a common border; ``width`` is half of the strip."""

    code: str
    name: str
    unit_a: str
    unit_b: str
    taken_by: str
    width: float
    classes: tuple[str, ...]
    agreement: str
    line: LineString

    @property
    def unit(self) -> str:
        """Key of the unit that takes the strip."""
        return self.unit_a if self.taken_by == "a" else self.unit_b


@dataclass(frozen=True)
class Beat:
    """A responsibility grid: unit grids that one team looks after; ``unit`` is a key."""

    line: str
    code: str
    name: str
    unit: str
    geometry: BaseGeometry


def areas(skeleton: Skeleton, roads: Roads, territory: Territory) -> list[Area]:
    """Draw the areas of ``areas.csv``."""
    shapes: dict[str, Callable[[str], BaseGeometry]] = {
        "divisions": lambda what: union(g.polygon for g in _grids_of(territory, what.split())),
        "site": lambda what: _site(territory, skeleton, what),
        "grids": lambda what: _grids_around(territory, what),
        "way": lambda what: _strip(what, skeleton, roads).intersection(territory.county.polygon),
    }
    drawn = [_area(row, shapes[row["shape"]](row["what"])) for row in inputs.rows("areas.csv")]
    made = [_without_later(area, drawn[place + 1 :]) for place, area in enumerate(drawn)]
    shapely.prepare([area.geometry for area in made])
    return made


def agreements(skeleton: Skeleton, roads: Roads) -> list[Agreement]:
    """Draw the agreements of ``boundaries.csv``."""
    return [
        Agreement(
            row["code"],
            row["name"],
            row["unit_a"],
            row["unit_b"],
            row["taken_by"],
            float(row["width"]),
            _classes(row["classes"]),
            row["agreement"],
            _rounded(_section(row["what"].split("|"), skeleton, roads)),
        )
        for row in inputs.rows("boundaries.csv")
    ]


def beats(territory: Territory) -> list[Beat]:
    """Group the unit grids of each community into inspection beats, in order of their codes."""
    made = []
    for community in territory.communities:
        grids = [grid for grid in territory.grids if grid.community == community.code]
        for number, start in enumerate(range(0, len(grids), _BEAT), start=1):
            shape = shapely.coverage_union_all([grid.polygon for grid in grids[start : start + _BEAT]])
            code = f"{community.code[6:]}-{number:02d}"
            unit = f"office{int(community.code[6:9])}"
            made.append(
                Beat("采集", code, f"{community.name}{number}号责任网格", unit, shapely.normalize(shape))
            )
    return made


def unit_at(found: list[Area], line: str, place: Point) -> str:
    """Return the key of the unit of the smallest area of a line at a place, empty when there is none."""
    here = [area for area in found if area.line == line and area.in_scope and area.geometry.intersects(place)]
    return min(here, key=lambda area: area.geometry.area).unit if here else ""


def _area(row: dict[str, str], geometry: BaseGeometry) -> Area:
    return Area(
        line=row["line"],
        code=row["code"],
        name=row["name"],
        unit=row["unit"],
        classes=_classes(row["classes"]),
        handover=row["handover"],
        in_scope=row["in_scope"] == "是",
        contract=row["contract"],
        start=row["from"],
        geometry=shapely.normalize(geometry),
    )


def _without_later(area: Area, later: list[Area]) -> Area:
    """Take out what later areas of the same line cover."""
    taken = [o.geometry for o in later if o.line == area.line and shapely.overlaps(o.geometry, area.geometry)]
    if not taken:
        return area
    return replace(area, geometry=shapely.difference(area.geometry, shapely.union_all(taken)))


def _classes(text: str) -> tuple[str, ...]:
    return tuple(text.split("、")) if text else ()


def _grids_of(territory: Territory, codes: list[str]) -> list[UnitGrid]:
    return [grid for grid in territory.grids if grid.code.startswith(tuple(codes))]


def _site(territory: Territory, skeleton: Skeleton, name: str) -> BaseGeometry:
    kind = next(block.kind for block in skeleton.blocks if block.name == name)
    return union(grid.polygon for grid in territory.grids if grid.use == kind)


def _grids_around(territory: Territory, what: str) -> BaseGeometry:
    """Join the unit grids whose inside point lies within a radius of a place (east, north, radius)."""
    east, north, radius = what.split()
    centre = Point(inputs.points(f"{east} {north}")[0])
    near = [g for g in territory.grids if g.polygon.representative_point().distance(centre) < float(radius)]
    return union(grid.polygon for grid in near)


def _strip(what: str, skeleton: Skeleton, roads: Roads) -> BaseGeometry:
    *names, width = what.split("|")
    strip = _section(names, skeleton, roads).buffer(float(width), cap_style="flat")
    return shapely.transform(strip, lambda xy: xy.round(3))


def _section(names: list[str], skeleton: Skeleton, roads: Roads) -> LineString:
    """Return a way between its crossings with two others; empty names stand for its ends."""
    way, start, end = (_way(name, skeleton, roads) for name in names)
    assert way is not None
    return section(way, start.line if start else None, end.line if end else None)


def _way(name: str, skeleton: Skeleton, roads: Roads) -> Way | None:
    if not name:
        return None
    return next(way for way in (*roads.ways, *skeleton.ways) if way.name == name)


def _rounded(line: LineString) -> LineString:
    return shapely.transform(line, lambda xy: xy.round(3))
