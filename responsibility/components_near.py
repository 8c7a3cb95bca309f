"""Find the components of the classes meant within reach of points, nearest first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from responsibility.numbering import distinct
from responsibility.proximity import Floats, NearIndex, Rows
from responsibility.records import REMOVED, Component, columns_of, component_of

# Two components closer to equal than this are equally near: what is shown decides, then the identifier.
DECIMALS = 2
# What of a component's record takes part in who acts, but for removed ones, which are not looked for.
DECIDING = (
    "class_code", "standard",
    "authority_code", "authority_name", "owner_code", "owner_name", "maintainer_code", "maintainer_name",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Near:
    """A component and its distance from the point in metres, rounded to centimetres."""

    component: Component
    metres: float


class ComponentIndex:
    """Components of some classes, ready to be looked for.

    Parameters
    ----------
    frame : GeoDataFrame
        Rows of ``components`` by identifier. Removed ones (移除) are left out: no new case concerns them.
    reach_m : callable
        Standard and class code to the distance from its recorded place at which a component of the
        class is still meant, in metres, without the accuracy of the question.
    """

    def __init__(self, frame: pd.DataFrame, reach_m: Callable[[str, str], float]) -> None:
        self._columns = columns_of(frame)
        geometries = frame["geometry"].to_numpy()
        states = np.array(self._columns["state"], dtype=object)
        # The rows looked for; they are in the order of the identifiers.
        self._rows = np.flatnonzero((states != REMOVED) & ~shapely.is_missing(geometries))
        classes = [(self._columns["standard"][row], self._columns["class_code"][row]) for row in self._rows]
        self._reach = np.array([reach_m(standard, code) for standard, code in classes], dtype=np.float64)
        self._index = NearIndex(geometries[self._rows])

    def near(self, lon: Floats, lat: Floats, accuracy_m: Floats) -> list[tuple[Near, ...]]:
        """Return for each point the components within reach, nearest first, then by identifier.

        Parameters
        ----------
        lon, lat, accuracy_m : ndarray of float, shape (n,)
            Points in EPSG:4490 and the accuracy of each in metres.
        """
        answers: list[list[Near]] = [[] for _ in lon]
        points, places, metres = self._nearest_first(lon, lat, accuracy_m)
        for point, place, distance in zip(points.tolist(), places.tolist(), metres.tolist(), strict=True):
            answers[point].append(Near(self.component(place), distance))
        return [tuple(answer) for answer in answers]

    def first(self, lon: Floats, lat: Floats, accuracy_m: Floats) -> tuple[Rows, Floats]:
        """Return for each point the place in this index of the first of :meth:`near`, and its distance.

        Where no component is within reach they are -1 and NaN.
        """
        nearest, distances = np.full(len(lon), -1, dtype=np.int64), np.full(len(lon), np.nan)
        points, places, metres = self._nearest_first(lon, lat, accuracy_m)
        begins = np.flatnonzero(np.diff(points, prepend=-1))
        nearest[points[begins]], distances[points[begins]] = places[begins], metres[begins]
        return nearest, distances

    @cached_property
    def ids(self) -> NDArray[np.object_]:
        """The identifiers by place in this index."""
        return np.array(self._columns["id"], dtype=object)[self._rows]

    @cached_property
    def alike(self) -> Rows:
        """By place, a number that those share whose records are the same in :data:`DECIDING`."""
        if not len(self._rows):
            return self._rows
        values = (np.array(self._columns[name], dtype=object)[self._rows] for name in DECIDING)
        return distinct(np.asarray(pd.factorize(column)[0], dtype=np.int64) for column in values)[0]

    def component(self, place: int) -> Component:
        """Return the record at a place in this index."""
        row = self._rows[place]
        return component_of({name: column[row] for name, column in self._columns.items()})

    def _nearest_first(self, lon: Floats, lat: Floats, accuracy_m: Floats) -> tuple[Rows, Rows, Floats]:
        """Return points, places in this index and metres, by point, then by metres, then by identifier."""
        if not len(self._reach):
            nothing = np.empty(0, dtype=np.int64)
            return nothing, nothing, nothing.astype(np.float64)
        points, rows, metres = self._index.within(lon, lat, accuracy_m + self._reach.max())
        meant = metres <= accuracy_m[points] + self._reach[rows]
        points, rows, metres = points[meant], rows[meant], metres[meant].round(DECIMALS)
        order = np.lexsort((rows, metres, points))
        return points[order], rows[order], metres[order]
