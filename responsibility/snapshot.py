"""The registry's data as it was at one moment, read once and kept ready."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
import shapely
from sqlalchemy import ColumnElement, and_

from components.catalogue import Catalogue
from gis.editions import Edition, list_editions
from gis.models import DATASETS
from gis.read import read_frame
from gis.registry import Registry
from responsibility.classes import ClassChoice
from responsibility.components_near import ComponentIndex, Near
from responsibility.layers import (
    LEVELS,
    Layers,
    PolygonLayer,
    area_layers,
    division_layers,
    grid_layer,
    line_layers,
)
from responsibility.organisations import Organisations
from responsibility.proximity import Floats, NearIndex, boxes_around
from responsibility.records import (
    COMPONENT_COLUMNS,
    Boundary,
    Division,
    Grid,
    RuleBook,
    boundary_of,
    division_of,
    rows_of,
)
from responsibility.settings import ResolveSettings
from responsibility.settled_book import SettledBook

Bounds = tuple[float, float, float, float]

# Up to this many points the components are read point by point through the spatial index of the
# database; for more, all components of the classes asked for are read once and kept.
POINT_BY_POINT = 200
OFTEN = 20
"""From this many single questions about classes on their components are read once and kept."""

_MOST_MOMENTS = 1000

NO_PART = frozenset({"cases"})
"""Datasets that no answer rests on: an import of past cases leaves all answers as they are."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A state of the registry.

    Attributes
    ----------
    editions : tuple of (str, int)
        Latest edition of each dataset at that moment, by name of the dataset.
    read_at : datetime or None
        Moment to read at; None for what holds now.
    """

    editions: tuple[tuple[str, int], ...]
    read_at: datetime | None

    def edition_of(self, dataset: str) -> int | None:
        """Return the latest edition of a dataset, None where it has none."""
        return dict(self.editions).get(dataset)


class History:
    """The editions of a registry, newest state and past ones.

    Parameters
    ----------
    registry : Registry
        Read once, here.
    """

    def __init__(self, registry: Registry) -> None:
        self._editions: Sequence[Edition] = sorted(list_editions(registry), key=lambda edition: edition.id)
        self.latest = self._latest_by(None)
        self.last_commit = max((edition.committed_at for edition in self._editions), default=None)
        self._newest = Moment(self.latest, None)
        self._past: dict[datetime, Moment] = {}

    @property
    def holds_many_moments(self) -> bool:
        """Whether so many moments were asked about that it is better read anew."""
        return len(self._past) > _MOST_MOMENTS

    def moment(self, as_of: datetime) -> Moment:
        """Return the state of the registry at a time."""
        if self.last_commit is None or as_of >= self.last_commit:
            return self._newest
        if as_of not in self._past:
            editions = self._latest_by(as_of)
            self._past[as_of] = Moment(editions, None if editions == self.latest else as_of)
        return self._past[as_of]

    def _latest_by(self, as_of: datetime | None) -> tuple[tuple[str, int], ...]:
        found = {
            dataset: edition.id
            for edition in self._editions
            if as_of is None or edition.committed_at <= as_of
            for dataset in edition.datasets
            if dataset not in NO_PART
        }
        return tuple(sorted(found.items()))


class Snapshot:
    """Everything a group of questions is answered from.

    Parameters
    ----------
    registry : Registry
        Where to read.
    moment : Moment
        State to read.
    settings : ResolveSettings
        Reach of the classes.
    catalogue : Catalogue
        The classes there were at that moment.
    bounds : tuple of float, optional
        West, south, east, north: polygons are read where they meet this box only. None reads all.
    """

    def __init__(
        self,
        registry: Registry,
        moment: Moment,
        settings: ResolveSettings,
        catalogue: Catalogue,
        bounds: Bounds | None = None,
    ) -> None:
        self._registry = registry
        self._settings = settings
        self._bounds = bounds
        self.moment = moment
        self.catalogue = catalogue
        self.organisations = Organisations.from_rows(self._rows("organisations"))
        self.rules = RuleBook(self._rows("rules"))
        self.divisions = {
            row["code"]: division_of(row)
            for row in rows_of(self._read("divisions", columns=DATASETS["divisions"].columns))
        }
        self._boundaries, self._boundary_index = self._read_boundaries()
        self._widest = max((boundary.width_m for boundary in self._boundaries), default=0.0)
        self.settled = SettledBook(self._read, {name for name, _ in moment.editions})
        if bounds is None:
            self.settled.read_all()
        self._layers = self._read_layers()
        self._areas = self._read("areas", bbox=bounds)
        self._area_layers: dict[str, Any] = {}
        self._components: dict[ClassChoice, ComponentIndex] = {}
        self._asked: Counter[ClassChoice] = Counter()

    def grids_around(self, lon: float, lat: float) -> PolygonLayer[Grid] | None:
        """Return unit grids, among them all that a point lies in, wherever the snapshot was read."""
        if self._bounds is None:
            return self._layers.grids
        return grid_layer(self._read("grids", bbox=(lon, lat, lon, lat)))

    def layers(self, day: str) -> Layers:
        """Return the polygons, with the areas valid on a day, written YYYYMMDD."""
        day_layers = self._area_layers.get(day)
        if day_layers is None:
            day_layers = tuple(area_layers(self._areas, day))
            self._area_layers = {day: day_layers}
        return replace(self._layers, areas=day_layers)

    def has_agreements_near(self, lon: float, lat: float, accuracy_m: float) -> bool:
        """Tell whether the accuracy of a point may reach the strip of an agreement."""
        if not self._boundaries:
            return False
        return self._boundary_index.may_reach(lon, lat, accuracy_m + self._widest)

    def boundaries_near(
        self, lon: Floats, lat: Floats, accuracy_m: Floats
    ) -> list[tuple[tuple[Boundary, float], ...]]:
        """Return for each point the agreements whose strip its accuracy reaches, nearest first."""
        near = self.boundaries_by_point(lon, lat, accuracy_m)
        return [near.get(point, ()) for point in range(len(lon))]

    def boundaries_by_point(
        self, lon: Floats, lat: Floats, accuracy_m: Floats
    ) -> dict[int, tuple[tuple[Boundary, float], ...]]:
        """Return :meth:`boundaries_near` for those points that have any."""
        if not self._boundaries:
            return {}
        near: dict[int, list[tuple[Boundary, float]]] = {}
        points, rows, metres = self._boundary_index.within(lon, lat, accuracy_m + self._widest)
        for place in np.lexsort((rows, metres, points)).tolist():
            boundary, point = self._boundaries[rows[place]], int(points[place])
            if metres[place] <= boundary.width_m + accuracy_m[point]:
                near.setdefault(point, []).append((boundary, float(metres[place])))
        return {point: tuple(found) for point, found in near.items()}

    def components_near(
        self, choices: Sequence[ClassChoice], lon: Floats, lat: Floats, accuracy_m: Floats
    ) -> list[tuple[Near, ...]]:
        """Return for each point the components of the classes meant there within reach."""
        answers: list[tuple[Near, ...]] = [()] * len(choices)
        by_class = len(choices) > POINT_BY_POINT
        places_of: dict[ClassChoice, list[int]] = {}
        for place, choice in enumerate(choices):
            places_of.setdefault(choice, []).append(place)
        for choice, places in places_of.items():
            near = self._near_by_class if by_class or choice in self._components else self._near_by_point
            found = near(choice, lon[places], lat[places], accuracy_m[places])
            for place, components in zip(places, found, strict=True):
                answers[place] = components
        return answers

    def index_in_memory(self, choice: ClassChoice, *, read: bool) -> ComponentIndex | None:
        """Return the components of the classes meant if they have been read.

        Those asked for often are read now, where reading is allowed.
        """
        index = self._components.get(choice)
        if index is None and read:
            self._asked[choice] += 1
            if self._asked[choice] > OFTEN:
                index = self.component_index(choice)
        return index

    def component_index(self, choice: ClassChoice) -> ComponentIndex:
        """Return all components of the classes meant, read at the first call."""
        index = self._components.get(choice)
        if index is None:
            index = ComponentIndex(self._read_components(choice, None), self._reach)
            self._components[choice] = index
        return index

    def _near_by_class(
        self, choice: ClassChoice, lon: Floats, lat: Floats, accuracy_m: Floats
    ) -> list[tuple[Near, ...]]:
        return self.component_index(choice).near(lon, lat, accuracy_m)

    def _near_by_point(
        self, choice: ClassChoice, lon: Floats, lat: Floats, accuracy_m: Floats
    ) -> list[tuple[Near, ...]]:
        reach = max(self._settings.class_accuracy_m.values())
        boxes = zip(*boxes_around(lon, lat, accuracy_m + reach), strict=True)
        frames = [self._read_components(choice, (w, s, e, n)) for w, s, e, n in boxes]
        return [
            ComponentIndex(frame, self._reach).near(lon[[place]], lat[[place]], accuracy_m[[place]])[0]
            for place, frame in enumerate(frames)
        ]

    def _reach(self, standard: str, code: str) -> float:
        info = self.catalogue.info(standard, code)
        accuracy = info.accuracy_class if info else None
        return self._settings.class_accuracy_m[accuracy or self._settings.unlisted_class_accuracy]

    def _read_components(self, choice: ClassChoice, bounds: Bounds | None) -> pd.DataFrame:
        columns = DATASETS["components"].live.c
        code: ColumnElement[bool] = columns.class_code.in_(sorted(choice.codes))
        if choice.major is not None:
            code = columns.class_code.startswith(choice.major, autoescape=True)
        where = and_(columns.standard == choice.standard, code)
        read = (*COMPONENT_COLUMNS, "geometry")
        frame: pd.DataFrame = self._read("components", columns=read, bbox=bounds, where=where)
        return frame

    def _read_boundaries(self) -> tuple[list[Boundary], NearIndex]:
        """Read all agreements: how far one reaches is known only when it has been read."""
        frame = self._read("boundaries")
        drawn = frame[~shapely.is_missing(frame["geometry"].to_numpy())] if len(frame) else frame
        return [boundary_of(row) for row in rows_of(drawn)], NearIndex(drawn["geometry"].to_numpy())

    def _read_layers(self) -> Layers:
        known_datasets = {name for name, _ in self.moment.editions}
        known_levels = {division.level for division in self.divisions.values()}
        lines = [
            layer
            for dataset in ("responsibility-grids", "governance-grids")
            for layer in line_layers(self._read(dataset, bbox=self._bounds))
        ]
        return Layers(
            grids=grid_layer(self._read("grids", bbox=self._bounds)),
            has_grids="grids" in known_datasets,
            has_lines=not known_datasets.isdisjoint(("responsibility-grids", "governance-grids")),
            divisions=division_layers(self._read("divisions", bbox=self._bounds)),
            levels=tuple(level for level in LEVELS if level in known_levels),
            lines=tuple(lines),
        )

    def _rows(self, dataset: str) -> list[dict[str, Any]]:
        return rows_of(self._read(dataset))

    def _read(self, dataset: str, **options: Any) -> Any:
        return read_rows(self._registry, dataset, self.moment, **options)


def read_rows(
    registry: Registry, dataset: str, moment: Moment, *, columns: Sequence[str] | None = None, **options: Any
) -> Any:
    """Read rows of a dataset at a moment, by default all columns and the edition that wrote the row."""
    kind = DATASETS[dataset]
    chosen = columns or (*kind.columns, "edition", *(("geometry",) if kind.geometry else ()))
    return read_frame(registry, dataset, columns=chosen, as_of=moment.read_at, **options)


def line_names(registry: Registry, moment: Moment) -> list[str]:
    """Return every line of business the registry has, wherever it is."""
    datasets = ("responsibility-grids", "governance-grids", "areas")
    return sorted(
        {line for name in datasets for line in read_rows(registry, name, moment, columns=("line",))["line"]}
    )


def division_named(divisions: dict[str, Division], code: str | None) -> str | None:
    """Return the name of a division, None when the registry does not have it."""
    division = divisions.get(code) if code else None
    return division.name if division else None
