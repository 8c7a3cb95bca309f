"""What the facility list and the precedents of a registry say at some points and of some components."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely

from components.known import in_parts
from gis.models import DATASETS
from responsibility.proximity import Floats, NearIndex
from responsibility.records import rows_of
from responsibility.settled_records import (
    DutyAnswer,
    Facility,
    Precedent,
    Settled,
    Settlement,
    answer_of,
    facility_of,
    precedent_of,
)

Read = Callable[..., pd.DataFrame]
Near = tuple[tuple[Settlement, float], ...]

_READERS: Mapping[str, Callable[[Mapping[str, Any]], Settlement]] = {
    "facilities": facility_of,
    "precedents": precedent_of,
    "duty-answers": answer_of,
}
# From this many components on the lists are read once and kept; for fewer, their entries only.
MANY = 2000


@dataclass(frozen=True, slots=True)
class SettledNear:
    """What is settled at a point.

    Attributes
    ----------
    day : str
        YYYYMMDD.
    of_component : tuple of Settlement
        What names the component taken.
    near : tuple of (Settlement, float)
        What names a place that the point's accuracy reaches, with the distance to it in metres.
    """

    day: str = ""
    of_component: tuple[Settlement, ...] = ()
    near: Near = ()

    def here(self) -> Settled:
        """Return what holds at the point itself."""
        return _settled(self.day, [*self.of_component, *(one for one, m in self.near if m <= one.radius_m)])

    def elsewhere(self, accuracy_m: float) -> Iterator[Settled]:
        """Yield what would hold at places within the accuracy on the other side of an edge."""
        inside = [one for one, metres in self.near if metres <= one.radius_m]
        for one, metres in self.near:
            if metres <= one.radius_m:
                if metres + accuracy_m > one.radius_m:
                    others = [other for other in inside if other is not one]
                    yield _settled(self.day, [*self.of_component, *others])
            else:
                yield _settled(self.day, [*self.of_component, *inside, one])


NOTHING_NEAR = SettledNear()


class SettledBook:
    """The facility list, precedents and answers of units at one moment.

    Parameters
    ----------
    read : callable
        Reads rows of a dataset at that moment: name, and ``where`` on the live table.
    datasets : collection of str
        Datasets that the registry has anything of; the others are not read.
    """

    def __init__(self, read: Read, datasets: Collection[str]) -> None:
        self._read = read
        self._names = [name for name in _READERS if name in datasets]
        self._has_aliases = "component-aliases" in datasets
        self._all: dict[str, list[Settlement]] | None = None
        self._concerned: set[str] | None = None
        self._placed, self._index, self._reach = self._read_placed()
        self._most = float(self._reach.max(initial=0.0))

    @property
    def is_empty(self) -> bool:
        """Whether nothing was ever listed or settled."""
        return not self._names

    def near(
        self,
        lon: Floats,
        lat: Floats,
        accuracy_m: Floats,
        components: Sequence[str | None],
        day: str,
    ) -> list[SettledNear]:
        """Return what is settled at points.

        Parameters
        ----------
        lon, lat, accuracy_m : ndarray of float, shape (n,)
            Points in EPSG:4490 and the accuracy of each in metres.
        components : sequence of str or None
            Identifier of the component taken at each.
        day : str
            YYYYMMDD.
        """
        if self.is_empty:
            return [SettledNear(day)] * len(components)
        named = self._of_components({one for one in components if one is not None})
        places = self._near_places(lon, lat, accuracy_m)
        return [
            SettledNear(
                day,
                tuple(one for one in named.get(component or "", ()) if _holds(one, day)),
                tuple((one, metres) for one, metres in near if _holds(one, day)),
            )
            for component, near in zip(components, places, strict=True)
        ]

    def has_any(self, lon: float, lat: float, accuracy_m: float, component: str | None) -> bool:
        """Tell whether :meth:`near` may say anything of one point: it does not when this says no."""
        if self.is_empty:
            return False
        if component is not None and (self._concerned is None or component in self._concerned):
            return True
        return bool(self._placed) and self._index.may_reach(lon, lat, accuracy_m + self._most)

    def read_all(self) -> None:
        """Read all that is listed or settled of components, and which components that is."""
        if self.is_empty:
            return
        self._all = self._named(None)
        self._concerned = set(self._all)
        if self._has_aliases:
            column = DATASETS["component-aliases"].live.c.identifier
            for part in in_parts(self._all):
                rows = self._read("component-aliases", columns=("component_id",), where=column.in_(part))
                self._concerned.update(rows["component_id"])

    def _near_places(self, lon: Floats, lat: Floats, accuracy_m: Floats) -> list[Near]:
        if not self._placed:
            return [()] * len(lon)
        found: list[list[tuple[Settlement, float]]] = [[] for _ in lon]
        points, rows, metres = self._index.within(lon, lat, accuracy_m + self._reach.max())
        meant = metres <= accuracy_m[points] + self._reach[rows]
        points, rows, metres = points[meant], rows[meant], metres[meant]
        for place in np.lexsort((rows, metres, points)):
            found[points[place]].append((self._placed[rows[place]], float(metres[place])))
        return [tuple(near) for near in found]

    def _of_components(self, wanted: set[str]) -> dict[str, list[Settlement]]:
        """Return what names some components, by their own identifiers or by others that lead to them."""
        if self._all is None and len(wanted) > MANY:
            self._all = self._named(None)
        aliases = self._aliases(wanted)
        identifiers = wanted.union(*aliases.values()) if aliases else wanted
        by_name = self._all if self._all is not None else self._named(identifiers)
        return {
            component: [
                one for name in (component, *aliases.get(component, ())) for one in by_name.get(name, ())
            ]
            for component in wanted
        }

    def _aliases(self, wanted: set[str]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        if not self._has_aliases:
            return found
        column = DATASETS["component-aliases"].live.c.component_id
        for part in in_parts(wanted):
            for row in rows_of(self._read("component-aliases", where=column.in_(part))):
                found.setdefault(row["component_id"], []).append(row["identifier"])
        return found

    def _named(self, identifiers: set[str] | None) -> dict[str, list[Settlement]]:
        found: dict[str, list[Settlement]] = {}
        for name in self._names:
            column = DATASETS[name].live.c.component_id
            parts = [column.is_not(None)] if identifiers is None else map(column.in_, in_parts(identifiers))
            for where in parts:
                for row in rows_of(self._read(name, where=where)):
                    found.setdefault(row["component_id"], []).append(_READERS[name](row))
        return found

    def _read_placed(self) -> tuple[list[Settlement], NearIndex, Floats]:
        """Read all entries of places: how far one reaches is known only when it has been read."""
        records: list[Settlement] = []
        shapes: list[Any] = []
        for name in self._names:
            frame = self._read(name, where=DATASETS[name].live.c.component_id.is_(None))
            geometries = frame["geometry"].to_numpy() if len(frame) else np.array([], dtype=object)
            for row, geometry in zip(rows_of(frame), geometries, strict=True):
                if geometry is not None and not shapely.is_empty(geometry):
                    records.append(_READERS[name](row))
                    shapes.append(geometry)
        reach = np.array([one.radius_m for one in records], dtype=np.float64)
        return records, NearIndex(np.array([*shapes, None], dtype=object)[:-1]), reach


def _holds(one: Settlement, day: str) -> bool:
    """Tell whether something holds on a day: a precedent not before it was settled."""
    if isinstance(one, Facility):
        return one.is_valid_on(day)
    return (one.settled_on if isinstance(one, Precedent) else one.answered_on or "") <= day


def _settled(day: str, found: Iterable[Settlement]) -> Settled:
    ordered = list(found)
    precedents = [one for one in ordered if isinstance(one, Precedent)]
    # Of a component before of a place, then the newest.
    precedents.sort(key=lambda one: one.code)
    precedents.sort(key=lambda one: one.settled_on, reverse=True)
    precedents.sort(key=lambda one: one.component_id is None)
    facilities = sorted(
        (one for one in ordered if isinstance(one, Facility)),
        key=lambda one: (one.component_id is None, one.radius_m, one.code),
    )
    answers = sorted(
        (one for one in ordered if isinstance(one, DutyAnswer)),
        key=lambda one: (one.answered_on or "", one.code),
    )
    return Settled(day, tuple(facilities), tuple(precedents), tuple(answers))
