"""What the generator knows of a place, by plain geometry: right answers come without the resolver."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from pyproj import Transformer
from shapely.geometry import Point

from wangge.demo import inputs
from wangge.demo.areas import HANDOVER, Agreement, Area
from wangge.demo.components import Component
from wangge.demo.delivery import City
from wangge.demo.territory import UnitGrid

ACCURACY = {"component": 0.5, "map_click": 5.0, "gps": 10.0, "vehicle": 10.0, "camera": 20.0, "address": 30.0}
_OF_GEOMETRY = {"LineString": 10.0, "Polygon": 10.0}
_SURE = "盖箅杆灯栓"
# Answers must not hang on centimetres: no place this close to a limit is used.
DOUBT = 0.3


@dataclass(frozen=True)
class Question:
    """A place in the city's system, and how it was found; ``accuracy`` is ``None`` for the source's own."""

    place: Point
    source: str
    accuracy: float | None
    kind: str
    code: str

    @property
    def accuracy_m(self) -> float:
        """Accuracy in metres."""
        return ACCURACY[self.source] if self.accuracy is None else self.accuracy


class Ground:
    """Answers about places of a city."""

    def __init__(self, city: City) -> None:
        self.city = city
        self._to_degrees = Transformer.from_crs(inputs.city().crs, "EPSG:4490", always_xy=True).transform
        self._to_metres = Transformer.from_crs("EPSG:4490", inputs.city().crs, always_xy=True).transform
        self._grids = np.array([grid.polygon for grid in city.territory.grids])
        self._tree = shapely.STRtree(self._grids)
        self._by_class: dict[str, tuple[list[Component], shapely.STRtree]] = {}
        for code in sorted({component.code for component in city.components}):
            members = [c for c in city.components if c.code == code and c.state != "移除"]
            self._by_class[code] = (members, shapely.STRtree([member.geometry for member in members]))

    def degrees(self, place: Point) -> tuple[float, float]:
        """Return longitude and latitude (EPSG:4490), to about a millimetre."""
        lon, lat = self._to_degrees(place.x, place.y)
        return round(lon, 8), round(lat, 8)

    def rounded(self, x: float, y: float) -> Point:
        """Return the place that is left of a position after rounding its longitude and latitude."""
        return Point(*self._to_metres(*self.degrees(Point(x, y))))

    def grid_at(self, place: Point) -> UnitGrid | None:
        """Return the unit grid a place lies in."""
        found = self._tree.query(place, predicate="within")
        return self.city.territory.grids[int(found[0])] if len(found) else None

    def clearance(self, place: Point) -> float:
        """Return the distance to the nearest other unit grid in metres."""
        near = self._tree.query(place, predicate="dwithin", distance=80.0)
        apart = np.sort(shapely.distance(self._grids[near], place))
        return float(apart[1]) if len(apart) > 1 else 80.0

    def status(self, question: Question) -> str | None:
        """Return ``inside`` or ``near_boundary``; ``None`` when it hangs on centimetres."""
        clearance, accuracy = self.clearance(question.place), question.accuracy_m
        if clearance < 0.08 or abs(clearance - accuracy) < DOUBT:
            return None
        return "near_boundary" if clearance < accuracy else "inside"

    def within_reach(self, question: Question, *, doubt: float = DOUBT) -> list[Component]:
        """Return the components of the class that a question may mean, removed ones left out."""
        members, tree = self._by_class.get(question.code, ([], None))
        if tree is None:
            return []
        reach = class_accuracy(members[0]) + question.accuracy_m + doubt
        return [members[int(i)] for i in tree.query(question.place, predicate="dwithin", distance=reach)]

    def areas_at(self, place: Point) -> list[Area]:
        """Return the areas that cover a place, smallest first."""
        here = [area for area in self.city.areas if area.geometry.intersects(place)]
        return sorted(here, key=lambda area: area.geometry.area)

    def contract_at(self, place: Point, code: str) -> Area | None:
        """Return the smallest handed-over area in scope that answers for a class."""
        here = [a for a in self.areas_at(place) if a.in_scope and a.handover not in HANDOVER]
        return next((area for area in here if area.covers(place, code)), None)

    def out_of_scope_at(self, place: Point) -> Area | None:
        """Return the area that takes a place out of the city's hands."""
        return next((area for area in self.areas_at(place) if not area.in_scope), None)

    def handover_at(self, place: Point) -> Area | None:
        """Return the area not yet handed over."""
        return next((area for area in self.areas_at(place) if area.handover in HANDOVER), None)

    def agreement_at(self, place: Point) -> Agreement | None:
        """Return the boundary agreement whose strip covers a place."""
        return next((a for a in self.city.agreements if a.line.distance(place) <= a.width), None)

    def is_quiet(self, place: Point) -> bool:
        """Tell whether nothing but contracts holds at a place, not even 3 m away."""
        odd = [area.geometry for area in self.city.areas if not area.in_scope or area.handover in HANDOVER]
        strips = [agreed.line.distance(place) - agreed.width for agreed in self.city.agreements]
        return min(*(geometry.distance(place) for geometry in odd), *strips) > 3.0

    def is_sure(self, place: Point) -> bool:
        """Tell whether no border of an odd area or strip passes within half a metre of a place."""
        odd = [
            area.geometry.boundary
            for area in self.city.areas
            if not area.in_scope or area.handover in HANDOVER
        ]
        strips = [abs(agreed.line.distance(place) - agreed.width) for agreed in self.city.agreements]
        return min(*(edge.distance(place) for edge in odd), *strips) > 0.5

    def office(self, grid: UnitGrid) -> str:
        """Return the key of the street office (街道办) of a grid."""
        return self._in_charge("街道办", grid.street)

    def enforcement(self, grid: UnitGrid) -> str:
        """Return the key of the enforcement team of a grid's street, else that of the county."""
        return self._in_charge("执法", grid.street) or self._in_charge("执法", grid.code[:6])

    def _in_charge(self, duty: str, division: str) -> str:
        units = self.city.organisations.values()
        return next((u.key for u in units if u.types == duty and u.division == division and u.active), "")


def class_accuracy(component: Component) -> float:
    """Return the accuracy of a class: lines and areas 10 m; covers, poles and lamps 0.5 m; else 1 m."""
    rough = _OF_GEOMETRY.get(component.geometry.geom_type)
    return rough or (0.5 if any(word in component.name for word in _SURE) else 1.0)


def in_turn(components: list[Component], rng: np.random.Generator) -> list[Component]:
    """Mix components so that every class comes early: one of each class, then the next of each."""
    order: Mapping[str, list[Any]] = {}
    for position in rng.permutation(len(components)):
        component = components[int(position)]
        order.setdefault(component.code, []).append(component)  # type: ignore[attr-defined]
    ranked = [(rank, code, c) for code, members in sorted(order.items()) for rank, c in enumerate(members)]
    return [component for _, _, component in sorted(ranked, key=lambda entry: entry[:2])]
