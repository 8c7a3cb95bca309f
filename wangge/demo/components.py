"""The components (部件) of the sample city: records with identifiers, grids and responsible units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import shapely
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from wangge.demo import inputs
from wangge.demo.areas import Area, unit_at
from wangge.demo.organisations import Organisation
from wangge.demo.placement import Placement, Rule, Spot, apart

# 不明井盖: nobody is expected to be recorded.
OWNERLESS = "0123"
MAJORS = {"01": "公用设施", "02": "交通设施", "03": "市容环境", "04": "园林绿化", "05": "其他部件"}
_STATES = (("完好", 0.972), ("破损", 0.02), ("丢失", 0.004), ("移除", 0.004))


@dataclass(frozen=True)
class Component:
    """A component as its surveyor recorded it; organisations by key, empty when none is recorded.

    ``id`` has 16 digits: county 6, class 4, sequence 6. ``grid`` is the code of the unit grid.
    """

    id: str
    code: str
    name: str
    authority: str
    owner: str
    maintainer: str
    grid: str
    position: str
    state: str
    first_date: str
    change_date: str
    geometry: BaseGeometry
    note: str = ""

    @property
    def place(self) -> Point:
        """A point on it."""
        return shapely.point_on_surface(self.geometry)


@dataclass(frozen=True)
class _Override:
    """Another unit than usual for a class in a division."""

    code: str
    division: str
    role: str
    unit: str
    note: str


def rules() -> list[Rule]:
    """Read where components of which class stand."""
    made = []
    for row in inputs.rows("classes.csv"):
        numbers = {"spacing": float(row.pop("spacing")), "unowned": float(row.pop("unowned"))}
        made.append(Rule(**row, **numbers))  # type: ignore[arg-type]
    return made


def survey(placement: Placement, areas: list[Area], seed: int) -> list[Component]:
    """Place all components and write their records.

    Returns
    -------
    list of Component
        Ordered by identifier.
    """
    found: list[Component] = []
    by_class: dict[str, list[tuple[Rule, Spot]]] = {}
    for number, rule in enumerate(rules()):
        spots = placement.spots(rule, np.random.default_rng([seed, 11, number]))
        if spots:
            by_class.setdefault(rule.code, []).extend((rule, spot) for spot in spots)
    for code, pairs in sorted(by_class.items()):
        kept = apart([spot for _, spot in pairs], pairs[0][0].geometry)
        rule_of = {id(spot): rule for rule, spot in pairs}
        rng = np.random.default_rng([seed, 12, int(code)])
        found += _records([(rule_of[id(spot)], spot) for spot in kept], placement, areas, rng)
    return found


def parties(component: Component, organisations: Mapping[str, Organisation]) -> list[tuple[str, str]]:
    """Return code and name of authority, owner and maintainer, empty where none is recorded."""
    keys = (component.authority, component.owner, component.maintainer)
    return [(organisations[key].code, organisations[key].name) if key else ("", "") for key in keys]


def _records(
    pairs: list[tuple[Rule, Spot]], placement: Placement, areas: list[Area], rng: np.random.Generator
) -> list[Component]:
    """Number the components of one class, grid by grid."""
    grids = placement.territory.grids
    ordered = sorted(pairs, key=lambda pair: (pair[1].grid, pair[1].geometry.bounds))
    county = inputs.city().county
    return [
        _record(f"{county}{rule.code}{n:06d}", rule, spot, grids[spot.grid].code, areas, rng)
        for n, (rule, spot) in enumerate(ordered, start=1)
    ]


def _record(
    identifier: str, rule: Rule, spot: Spot, grid: str, areas: list[Area], rng: np.random.Generator
) -> Component:
    owner, maintainer = rule.owner, rule.maintainer
    if maintainer.startswith("area:"):
        maintainer = unit_at(areas, maintainer.removeprefix("area:"), shapely.point_on_surface(spot.geometry))
    if rng.random() < rule.unowned:
        owner = maintainer = ""
    state = str(rng.choice([name for name, _ in _STATES], p=[share for _, share in _STATES]))
    day = f"2023{rng.integers(3, 10):02d}{rng.integers(1, 29):02d}"
    changed = f"2025{rng.integers(1, 13):02d}{rng.integers(1, 29):02d}" if state != "完好" else ""
    made = Component(
        id=identifier,
        code=rule.code,
        name=rule.name,
        authority=rule.authority,
        owner=owner,
        maintainer=maintainer,
        grid=grid,
        position=spot.words,
        state=state,
        first_date=day,
        change_date=changed,
        geometry=spot.geometry,
    )
    return _overridden(made)


@cache
def _overrides() -> list[_Override]:
    return [_Override(*row.values()) for row in inputs.rows("overrides.csv")]


def _overridden(component: Component) -> Component:
    """Put in the units that differ from the usual ones in some divisions."""
    for override in _overrides():
        if component.code == override.code and component.grid.startswith(override.division):
            component = replace(component, **{override.role: override.unit, "note": override.note})  # type: ignore[arg-type]
    return component
