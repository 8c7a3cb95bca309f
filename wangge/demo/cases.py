"""Sample cases with known right answers, each written down from what the generator itself placed there."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from wangge.demo.case_table import CaseRule
from wangge.demo.components import Component
from wangge.demo.ground import Ground, Question, in_turn

COLUMNS = (
    "case_id",
    "lon",
    "lat",
    "source",
    "accuracy_m",
    "kind",
    "class",
    "unit_grid",
    "street",
    "community",
    "component",
    "acting",
    "acting_name",
    "decision",
    "ownership",
    "location_status",
    "path",
    "scenario",
)
_SOURCES = ("map_click", "gps", "vehicle", "component", "map_click", "camera")


@dataclass(frozen=True)
class Answer:
    """The part of an answer that is decided; ``acting`` is a key, empty for nobody."""

    acting: str
    decision: str
    ownership: str
    path: str


@dataclass(frozen=True)
class Case:
    """A question and everything that is right about it."""

    scenario: str
    question: Question
    grid: str
    component: str
    status: str
    answer: Answer


Scenario = Callable[["Maker"], Iterator[Case | None]]


class Maker:
    """Everything a scenario draws from: the ground, the case table, and a random generator."""

    def __init__(self, ground: Ground, table: list[CaseRule], seed: int) -> None:
        self.ground, self.table, self.seed = ground, table, seed
        self.rng = np.random.default_rng([seed, 21])

    def restart(self, number: int) -> None:
        """Give every scenario its own random numbers, so that one does not shift the others."""
        self.rng = np.random.default_rng([self.seed, 22, number])

    def mixed(self, wanted: Callable[[Component], bool]) -> list[Component]:
        """Return the components that fit, every class early."""
        here = [c for c in self.ground.city.components if c.state != "移除" and wanted(c)]
        return in_turn(here, self.rng)

    def active(self, key: str) -> bool:
        """Tell whether an organisation is recorded and still exists."""
        return bool(key) and self.ground.city.organisations[key].active

    def successor(self, key: str) -> str:
        """Return the key of the unit that followed a closed one."""
        return self.ground.city.organisations[key].successor if key else ""

    def beside(
        self, scenario: str, component: Component, answer: Answer, *, quiet: bool = True
    ) -> Case | None:
        """Make a case a hand's breadth beside a component; ``None`` where it would not be clear."""
        angle, reach = self.rng.uniform(0, 2 * math.pi), self.rng.uniform(0.1, 0.3)
        spot = component.place
        place = self.ground.rounded(spot.x + reach * math.cos(angle), spot.y + reach * math.sin(angle))
        if (quiet and not self.ground.is_quiet(place)) or not self.ground.is_sure(place):
            return None
        first = int(self.rng.integers(len(_SOURCES)))
        for step in range(len(_SOURCES)):
            source = _SOURCES[(first + step) % len(_SOURCES)]
            question = Question(place, source, None, "component", component.code)
            if self.ground.within_reach(question) == [component]:
                return self.at(scenario, question, answer, component)
        return None

    def at(
        self, scenario: str, question: Question, answer: Answer, component: Component | None = None
    ) -> Case | None:
        """Make a case at a place; ``None`` where the grid or the status hangs on centimetres."""
        grid, status = self.ground.grid_at(question.place), self.ground.status(question)
        if grid is None or status is None or (component is not None and component.grid != grid.code):
            return None
        return Case(scenario, question, grid.code, component.id if component else "", status, answer)

    def on_streets(self, *, near_edge: bool = False) -> Iterator[Point]:
        """Yield places on streets, or close to the edge of a unit grid."""
        grids = self.ground.city.territory.grids
        for position in self.rng.permutation(len(grids)):
            grid = grids[int(position)]
            if grid.use != "city":
                continue
            if near_edge:
                inner = shapely.boundary(grid.polygon.buffer(-float(self.rng.uniform(1.0, 3.0))))
                spot = inner.interpolate(float(self.rng.uniform(0, inner.length)))
            else:
                spot = grid.polygon.representative_point()
            place = self.ground.rounded(spot.x, spot.y)
            if self.ground.is_quiet(place):
                yield place

    def inside(self, shape: BaseGeometry, count: int = 40) -> Iterator[Point]:
        """Yield places inside an area."""
        west, south, east, north = shape.bounds
        for x, y in self.rng.uniform((west, south), (east, north), (count * 30, 2)):
            place = self.ground.rounded(float(x), float(y))
            if shape.contains(place) and self.ground.is_sure(place):
                yield place


def make(maker: Maker, scenarios: dict[str, tuple[int, Scenario]]) -> list[Case]:
    """Make the wanted number of cases of every scenario.

    Raises
    ------
    RuntimeError
        The city has too few places of a kind.
    """
    made: list[Case] = []
    for number, (name, (count, scenario)) in enumerate(scenarios.items()):
        maker.restart(number)
        found = [case for case, _ in zip(filter(None, scenario(maker)), range(count), strict=False)]
        if len(found) < count:
            raise RuntimeError(f"scenario {name}: only {len(found)} of {count} cases found")
        made += found
    return made


def write(path: Path, cases: list[Case], ground: Ground) -> None:
    """Write cases as CSV, UTF-8 with byte order mark."""
    with path.open("w", encoding="utf-8-sig", newline="") as sink:
        writer = csv.DictWriter(sink, COLUMNS, lineterminator="\r\n")
        writer.writeheader()
        for number, case in enumerate(cases, start=1):
            writer.writerow(_row(f"A{number:04d}", case, ground))


def _row(case_id: str, case: Case, ground: Ground) -> dict[str, str]:
    lon, lat = ground.degrees(case.question.place)
    unit = ground.city.organisations[case.answer.acting] if case.answer.acting else None
    accuracy = case.question.accuracy
    return {
        "case_id": case_id,
        "lon": f"{lon:.8f}",
        "lat": f"{lat:.8f}",
        "source": case.question.source,
        "accuracy_m": "" if accuracy is None else f"{accuracy:g}",
        "kind": case.question.kind,
        "class": case.question.code,
        "unit_grid": case.grid,
        "street": case.grid[:9],
        "community": case.grid[:12],
        "component": case.component,
        "acting": unit.code if unit else "",
        "acting_name": unit.name if unit else "",
        "decision": case.answer.decision,
        "ownership": case.answer.ownership,
        "location_status": case.status,
        "path": case.answer.path,
        "scenario": case.scenario,
    }
