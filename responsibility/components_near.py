"""Find the components of the classes meant within reach of points, nearest first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from responsibility.proximity import Floats, NearIndex
from responsibility.records import REMOVED, Component, columns_of, component_of

# Two components closer to equal than this are equally near: what is shown decides, then the identifier.
DECIMALS = 2


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
        if not len(self._reach):
            return [()] * len(lon)
        points, rows, metres = self._index.within(lon, lat, accuracy_m + self._reach.max())
        meant = metres <= accuracy_m[points] + self._reach[rows]
        points, rows, metres = points[meant], rows[meant], metres[meant].round(DECIMALS)
        for place in np.lexsort((rows, metres, points)):
            answers[points[place]].append(Near(self._component(int(rows[place])), float(metres[place])))
        return [tuple(answer) for answer in answers]

    def _component(self, place: int) -> Component:
        row = self._rows[place]
        return component_of({name: column[row] for name, column in self._columns.items()})
