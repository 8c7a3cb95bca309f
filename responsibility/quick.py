"""Answer single questions about places in little time, from a snapshot that is in memory.

What many places share is kept: how a unit grid and what is near it are described, and what was decided
where the same was found. The answers are those of :meth:`responsibility.compose.Composer.resolution`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any, TypeVar

import numpy as np

from responsibility.components_near import ComponentIndex, Near
from responsibility.compose import Composer, Decided, Described, Found
from responsibility.layers import Look, PolygonLayer
from responsibility.locate import Place, place_in_grids
from responsibility.model import GridRef, Kind, Reason, Resolution
from responsibility.place_notes import place_notes
from responsibility.preparing import Asked
from responsibility.records import Area
from responsibility.snapshot import Snapshot

# How many different places, questions and decisions are kept.
_KEPT = 100_000
_NOWHERE = np.zeros(1)
_GRID_ONLY = ("unit_grid",)
_UNKNOWN: Any = object()

Rows = tuple[int, ...]
Record = TypeVar("Record")
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class _Here:
    """What all points share that lie in the same polygons and near the same ones.

    ``deciding`` is a number shared by the places where the same is decided.
    """

    place: Place
    described: Described
    deciding: int


@dataclass(slots=True)
class _Variant:
    """What is asked, wherever it is; ``choice`` must live as long as it is found by its address."""

    number: int
    choice: Any
    index: ComponentIndex | None = None


class Quick:
    """Answer questions on one snapshot and day, one at a time.

    Parameters
    ----------
    snapshot : Snapshot
        All data of the registry.
    composer : Composer
        Decides.
    day : int
        The day asked about, as ``date.toordinal`` counts.
    border_m : float
        How near to a border a point is on it, in metres.
    """

    def __init__(self, snapshot: Snapshot, composer: Composer, day: int, border_m: float) -> None:
        self._layers = layers = snapshot.layers(f"{date.fromordinal(day):%Y%m%d}")
        self._border_m = border_m
        self.snapshot, self.day = snapshot, day
        self._composer = composer
        self._grids, self._lines, self._areas = layers.grids, layers.lines, layers.areas
        for layer in (self._grids, *self._lines, *self._areas):
            if layer is not None:
                layer.coverage.prepare()
        self._places: dict[Any, _Here | None] = {}
        self._deciding: dict[Any, int] = {}
        self._variants: dict[Any, _Variant] = {}
        self._decisions: dict[Any, Decided] = {}
        # No number is given twice, whichever threads ask for one and whatever was dropped meanwhile.
        self._numbers = count()

    def answer(self, asked: Asked, *, read: bool = False) -> Resolution | None:
        """Answer a question about a longitude and latitude in EPSG:4490.

        Parameters
        ----------
        asked : Asked
            The question.
        read : bool
            Components of a class that is asked about often may be read from the registry.

        Returns
        -------
        Resolution or None
            None where it takes more: the place lies in no unit grid or in one that does not say its
            divisions, an agreement or a settlement is near, or the components are not in memory yet.
        """
        lon, lat, radius_m = asked.question.lon, asked.question.lat, asked.accuracy_m
        if self._grids is None or lon is None or lat is None:
            return None
        containing, edge_m, others = self._grids.coverage.near_one(lon, lat, radius_m)
        here = self._here(lon, lat, radius_m, containing, others)
        variant = self._variant(asked, read=read)
        if here is None or variant is None or self.snapshot.has_agreements_near(lon, lat, radius_m):
            return None
        components, alike = _components(variant.index, lon, lat, radius_m)
        taken = components[0].component.id if components else None
        if self.snapshot.settled.has_any(lon, lat, radius_m, taken):
            return None
        grid = self._grids.records[containing[0]]
        found = Found(asked, lon, lat, here.place, (), components, notes=self._notes(asked, here.place))
        key = (variant.number, here.deciding, alike)
        decided = self._decisions.get(key) or _keep(self._decisions, key, self._composer.decided(found))
        reference = GridRef(grid.code, grid.name, round(edge_m, 2))
        return self._composer.composed(found, decided, here.described, reference)

    def _notes(self, asked: Asked, place: Place) -> tuple[Reason, ...]:
        if not place.differs or place.differs == _GRID_ONLY:
            return ()
        lon, lat = np.array([asked.question.lon]), np.array([asked.question.lat])
        return place_notes([asked], lon, lat, [place], self._layers, self._border_m)[0]

    def _here(self, lon: float, lat: float, radius_m: float, containing: Rows, others: Rows) -> _Here | None:
        """Return what is shared by the points from which the same is seen; None where it takes more."""
        lines: Any = ()
        areas: Any = ()
        if self._lines or self._areas:
            lines = tuple([layer.coverage.near_one(lon, lat, radius_m)[::2] for layer in self._lines])
            areas = tuple([_area_look(layer, lon, lat, radius_m) for layer in self._areas])
        key = (containing, others, lines, areas)
        here = self._places.get(key, _UNKNOWN)
        return _keep(self._places, key, self._described(*key)) if here is _UNKNOWN else here

    def _described(self, containing: Rows, others: Rows, lines: Any, areas: Any) -> _Here | None:
        if self._grids is None or not containing:
            return None
        grid = self._grids.records[containing[0]]
        if None in (grid.county, grid.street, grid.community):
            return None
        place = place_in_grids(
            _look(self._grids, containing, others),
            [_look(layer, *seen) for layer, seen in zip(self._lines, lines, strict=True)],
            [_look(layer, *seen[:2]) for layer, seen in zip(self._areas, areas, strict=True)],
            [
                [layer.records[row] for row in ending]
                for layer, (_, _, ending) in zip(self._areas, areas, strict=True)
            ],
            self.snapshot.divisions,
        )
        key = _deciding(place)
        number = self._deciding.get(key)
        if number is None:
            number = _keep(self._deciding, key, next(self._numbers))
        return _Here(place, Described(self._composer, place), number)

    def _variant(self, asked: Asked, *, read: bool) -> _Variant | None:
        """Return what is asked, None as long as components of its class are not in memory."""
        question, choice = asked.question, asked.choice
        key = (id(choice), question.kind, question.rule)
        variant = self._variants.get(key)
        if variant is None:
            variant = _keep(self._variants, key, _Variant(next(self._numbers), choice))
        if variant.index is None and choice is not None and question.kind is Kind.COMPONENT:
            variant.index = self.snapshot.index_in_memory(choice, read=read)
            if variant.index is None:
                return None
        return variant


def _components(
    index: ComponentIndex | None, lon: float, lat: float, radius_m: float
) -> tuple[tuple[Near, ...], int]:
    """Return the components meant, and a number shared by those first ones that decide the same."""
    near = index.near_one(lon, lat, radius_m) if index is not None else []
    if index is None or not near:
        return (), -1
    components = tuple([Near(index.component(place), metres) for place, metres in near])
    return components, int(index.alike[near[0][0]])


def _area_look(layer: PolygonLayer[Area], lon: float, lat: float, radius_m: float) -> tuple[Rows, Rows, Rows]:
    """Return the areas that cover a point, come within its accuracy, and cover it and end within it."""
    containing, edge_m, others = layer.coverage.near_one(lon, lat, radius_m)
    if len(containing) < 2:
        return containing, others, containing if edge_m <= radius_m else ()
    rows = np.array(containing, dtype=np.int64)
    edges = layer.edge_distance(np.full(len(rows), lon), np.full(len(rows), lat), rows)
    return containing, others, tuple(rows[edges <= radius_m].tolist())


def _look(layer: PolygonLayer[Record], containing: Rows, others: Rows) -> Look[Record]:
    return Look(layer, _NOWHERE, _NOWHERE, [containing], [others])


def _deciding(place: Place) -> Any:
    """Return what of a place takes part in a decision: areas of a snapshot are told by their identity."""
    near = {codes[:2] for codes in place.near_divisions} - {place.divisions[:2]}
    areas = [tuple(map(id, areas)) for areas in (place.areas, place.near_areas, place.edge_areas)]
    return (place.status, place.divisions[:2], frozenset(near), *areas)


def _keep(kept: dict[Any, Value], key: Any, value: Value) -> Value:
    if len(kept) >= _KEPT:
        kept.clear()
    kept[key] = value
    return value
