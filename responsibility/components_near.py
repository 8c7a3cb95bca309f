"""Find the components of the classes meant within reach of points, nearest first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from responsibility.numbering import distinct
from responsibility.proximity import Floats, NearIndex, Rows
from responsibility.records import REMOVED, Component, columns_of, component_of

if TYPE_CHECKING:
    from gis.point_index import PointIndex

# Two components closer to equal than this are equally near: what is shown decides, then the identifier.
DECIMALS = 2
# What of a component's record takes part in who acts, but for removed ones, which are not looked for.
DECIDING = (
    "class_code", "standard",
    "authority_code", "authority_name", "owner_code", "owner_name", "maintainer_code", "maintainer_name",
)  # fmt: skip
# Records that are made of their columns, and kept for the next question.
_KEPT = 100_000
_FEW = 64
_NOTHING = np.empty(0, dtype=np.int64)


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
        self._records: dict[int, Component] = {}
        reach = self._reaches(reach_m)
        drawn = geometries[self._rows]
        self._points, is_point = _indexed(drawn, reach)
        self._point_places, self._other_places = np.flatnonzero(is_point), np.flatnonzero(~is_point)
        self._others, self._reach = NearIndex(drawn[~is_point]), reach[~is_point]

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

    def near_one(self, lon: float, lat: float, accuracy_m: float) -> list[tuple[int, float]]:
        """Return :meth:`near` of one point as places in this index and distances."""
        if self._points is not None and not len(self._other_places):
            return self._points.near_one(lon, lat, accuracy_m)
        point = (np.array([lon]), np.array([lat]), np.array([accuracy_m]))
        _, places, metres = self._nearest_first(*point)
        return list(zip(places.tolist(), metres.tolist(), strict=True))

    def first(self, lon: Floats, lat: Floats, accuracy_m: Floats) -> tuple[Rows, Floats]:
        """Return for each point the place in this index of the first of :meth:`near`, and its distance.

        Where no component is within reach they are -1 and NaN.
        """
        if self._points is not None and not len(self._other_places):
            return self._points.first(lon, lat, accuracy_m)
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
        record = self._records.get(place)
        if record is None:
            if len(self._records) >= _KEPT:
                self._records.clear()
            row = self._rows[place]
            record = component_of({name: column[row] for name, column in self._columns.items()})
            self._records[place] = record
        return record

    def _reaches(self, reach_m: Callable[[str, str], float]) -> Floats:
        """Return how far each row reaches."""
        standards, codes = self._columns["standard"], self._columns["class_code"]
        classes = [(standards[row], codes[row]) for row in self._rows.tolist()]
        known = {one: reach_m(*one) for one in dict.fromkeys(classes)}
        return np.array([known[one] for one in classes], dtype=np.float64)

    def _nearest_first(self, lon: Floats, lat: Floats, accuracy_m: Floats) -> tuple[Rows, Rows, Floats]:
        """Return points, places in this index and metres, by point, then by metres, then by identifier."""
        points, places, metres = _NOTHING, _NOTHING, _NOTHING.astype(np.float64)
        if self._points is not None:
            points, rows, metres = self._points.near(lon, lat, accuracy_m)
            places = self._point_places[rows]
        if not len(self._other_places):
            return points, places, metres
        others, rows, far = self._others.within(lon, lat, accuracy_m + self._reach.max())
        meant = far <= accuracy_m[others] + self._reach[rows]
        points = np.concatenate([points, others[meant]])
        places = np.concatenate([places, self._other_places[rows[meant]]])
        metres = np.concatenate([metres, far[meant].round(DECIMALS)])
        order = np.lexsort((places, metres, points))
        return points[order], places[order], metres[order]


def _indexed(drawn: NDArray[np.object_], reach_m: Floats) -> tuple[PointIndex | None, NDArray[np.bool_]]:
    """Return an index of the points among some geometries, if there are so many that it pays, and which."""
    is_point = (shapely.get_type_id(drawn) == shapely.GeometryType.POINT) & ~shapely.is_empty(drawn)
    if is_point.sum() <= _FEW:
        return None, np.zeros(len(drawn), dtype=bool)
    # Its compiled code takes longer to load than a single question takes that reads what is around it.
    from gis.point_index import PointIndex

    points = drawn[is_point]
    return PointIndex(shapely.get_x(points), shapely.get_y(points), reach_m[is_point]), is_point
