"""Decide each different case once, and number the decisions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from responsibility.bulk_ground import STATUSES, AgreedAt, Ground, Located
from responsibility.components_near import ComponentIndex, Near
from responsibility.compose import Composer, Found
from responsibility.flatten import COLUMNS, flatten
from responsibility.locate import Place
from responsibility.numbering import Texts, distinct
from responsibility.preparing import Asked
from responsibility.proximity import Floats, Rows
from responsibility.settled_book import NOTHING_NEAR, SettledNear

# The columns that a decision fills, the same for all points it is the decision of.
DECIDED = (
    *COLUMNS[COLUMNS.index("acting") : COLUMNS.index("location_status")],
    "ownership", "decision", "reason_code", "reason", "alternatives", "due",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Nearest:
    """The component taken at each of some points.

    Attributes
    ----------
    indexes : list of (ComponentIndex or None)
        By variant, where its components are.
    places : ndarray of int
        Place in the index of the point's variant, -1 for none.
    metres : ndarray of float
        Its distance, NaN for none.
    alike : ndarray of int
        Number shared by those of an index that decide the same, -1 for none.
    """

    indexes: list[ComponentIndex | None]
    places: Rows
    metres: Floats
    alike: Rows

    def at(self, point: int, variant: int) -> tuple[Near, ...]:
        """Return the component taken at a point."""
        index, place = self.indexes[variant], int(self.places[point])
        if index is None or place < 0:
            return ()
        return (Near(index.component(place), float(self.metres[point])),)


@dataclass(frozen=True, slots=True)
class Points:
    """Some points with all that was found for them; ``asked`` by variant, ``settled`` empty for nothing."""

    lon: Floats
    lat: Floats
    variant: Rows
    asked: list[Asked | None]
    located: Located
    agreed: AgreedAt
    nearest: Nearest
    settled: list[SettledNear]


class Decisions:
    """The decisions made so far.

    Parameters
    ----------
    ground : Ground
        Where points are located.
    composer : Composer
        Decides.

    Attributes
    ----------
    columns : dict of str to Texts
        Of :data:`DECIDED`, by number of the decision.
    acting_differs : list of bool
        Whether the acting unit would be another within the accuracy.
    """

    def __init__(self, ground: Ground, composer: Composer) -> None:
        self._ground, self._composer = ground, composer
        self._numbers: dict[bytes, int] = {}
        self._settled: dict[Any, int] = {}
        self.columns = {name: Texts() for name in DECIDED}
        self.acting_differs: list[bool] = []

    def decide(self, points: Points) -> Rows:
        """Return the number of the decision of each point."""
        here = points.located
        key = [
            points.variant, here.status, here.pair, here.near, here.around, here.agreed,
            points.nearest.alike, self._settled_numbers(points),
        ]  # fmt: skip
        which, first = distinct(key)
        table = np.column_stack([column[first] for column in key])
        # As bytes: so many lists would keep the garbage collector busy.
        keys: list[Any] = table.view(np.dtype((np.void, table.itemsize * len(key)))).ravel().tolist()
        numbers = [self._number(one, points, point) for one, point in zip(keys, first.tolist(), strict=True)]
        return np.array(numbers, dtype=np.int64)[which] if numbers else which

    def _number(self, key: bytes, points: Points, point: int) -> int:
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self.acting_differs)
            resolution = self._composer.resolution(self._found(points, point))
            row = flatten(resolution, ())
            for name, values in self.columns.items():
                values.append(row[name])
            self.acting_differs.append("acting" in resolution.differs_within_accuracy)
        return number

    def _found(self, points: Points, point: int) -> Found:
        """Describe a point by what decides; what only that point has is left out."""
        here, ground, variant = points.located, self._ground, int(points.variant[point])
        own, near, ending = ground.areas_around(int(here.around[point]))
        asked = points.asked[variant]
        assert asked is not None
        return Found(
            asked=asked,
            lon=float(points.lon[point]),
            lat=float(points.lat[point]),
            place=Place(
                status=STATUSES[here.status[point]],
                divisions=ground.pairs[here.pair[point]],
                near_divisions=tuple(
                    ground.pairs[pair] for pair in ground.near_sets.members[here.near[point]]
                ),
                areas=tuple(sorted(own, key=lambda area: (area.size_m2, area.ref.line, area.ref.code))),
                near_areas=tuple(near),
                edge_areas=tuple(ending),
            ),
            boundaries=points.agreed.get(point, ()),
            components=points.nearest.at(point, variant),
            settled=points.settled[point] if points.settled else NOTHING_NEAR,
        )

    def _settled_numbers(self, points: Points) -> Rows:
        """Number what is settled at points by what it is and how it lies to them."""
        numbers = np.zeros(len(points.variant), dtype=np.int64)
        for point, settled in enumerate(points.settled):
            if settled.of_component or settled.near:
                asked = points.asked[points.variant[point]]
                near = points.nearest.at(point, int(points.variant[point]))
                # What is newer than a precedent may contradict it.
                changed = near[0].component.changed if near else None
                key = (_lying(settled, asked.accuracy_m if asked else 0.0), changed)
                numbers[point] = self._settled.setdefault(key, 1 + len(self._settled))
        return numbers


def _lying(settled: SettledNear, accuracy_m: float) -> Any:
    near = ((one, metres <= one.radius_m, metres + accuracy_m > one.radius_m) for one, metres in settled.near)
    return settled.of_component, tuple(near)
