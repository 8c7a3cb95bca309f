"""Find the components of the classes meant within reach of points, nearest first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from responsibility.proximity import Floats, NearIndex
from responsibility.records import REMOVED, Component, component_of

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
        Rows of ``components``. Removed ones (移除) are left out: no new case concerns them.
    reach_m : callable
        Standard and class code to the distance from its recorded place at which a component of the
        class is still meant, in metres, without the accuracy of the question.
    """

    def __init__(self, frame: pd.DataFrame, reach_m: Callable[[str, str], float]) -> None:
        present = frame[(frame["state"].fillna("") != REMOVED) & frame.geometry.notna()]
        self._frame = present.sort_values("id", ignore_index=True)
        keys = zip(self._frame["standard"], self._frame["class_code"], strict=True)
        self._reach = np.array([reach_m(standard, code) for standard, code in keys], dtype=np.float64)
        self._index = NearIndex(self._frame.geometry.to_numpy())
        self._columns: dict[str, Any] = {
            name: self._frame[name].to_numpy(dtype=object)
            for name in self._frame.columns
            if name != "geometry"
        }

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

    def _component(self, row: int) -> Component:
        values = {name: column[row] for name, column in self._columns.items()}
        return component_of({name: None if pd.isna(value) else value for name, value in values.items()})
