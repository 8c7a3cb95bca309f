"""Where things are: geometries, or for points alone no more than their two coordinates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis.representative import representative_points

Coordinates: TypeAlias = NDArray[np.float64]
_POINT = 0


class Places:
    """Geometries in order, each one geometry or none.

    Parameters
    ----------
    xy : ndarray of float, shape (n, 2), optional
        Points as x, y; not a number where there is none.
    shapes : ndarray of geometries, optional
        Anything; ``None`` where there is none. One of the two is given.
    """

    __slots__ = ("shapes", "xy")

    def __init__(self, xy: Coordinates | None = None, shapes: NDArray[np.object_] | None = None) -> None:
        self.xy = xy
        self.shapes = shapes

    @classmethod
    def of(cls, geometries: NDArray[np.object_]) -> Places:
        """Take geometries in; of points alone only the coordinates."""
        kinds = shapely.get_type_id(geometries)
        single = (kinds == _POINT) & ~shapely.is_empty(geometries) & ~shapely.has_z(geometries)
        if not ((kinds < 0) | single).all() or not single.any():
            return cls(shapes=geometries)
        xy = np.column_stack([shapely.get_x(geometries), shapely.get_y(geometries)])
        return cls(xy=xy) if not np.isnan(xy[single]).any() else cls(shapes=geometries)

    def __len__(self) -> int:
        return len(self._content)

    def __getitem__(self, at: int | np.integer[Any]) -> BaseGeometry | None:
        if self.xy is None:
            shape: BaseGeometry | None = self._content[at]
            return shape
        x, y = self.xy[at].tolist()
        return None if x != x else shapely.Point(x, y)

    @property
    def _content(self) -> NDArray[Any]:
        content = self.shapes if self.xy is None else self.xy
        assert content is not None
        return content

    def geometries(self) -> NDArray[np.object_]:
        """Return all as geometries: large."""
        if self.xy is None:
            return self._content
        made = np.full(len(self), None, dtype=object)
        present = self.present()
        made[present] = shapely.points(self.xy[present])
        return made

    def present(self) -> NDArray[np.bool_]:
        """Tell where there is a geometry that is not empty."""
        if self.xy is not None:
            return np.asarray(~np.isnan(self.xy[:, 0]))
        return np.asarray(~(shapely.is_missing(self._content) | shapely.is_empty(self._content)))

    def take(self, rows: NDArray[Any]) -> Places:
        """Return those at some positions, or that are flagged."""
        if self.xy is None:
            return Places(shapes=self._content[rows])
        return Places(xy=self.xy[rows])

    def slice(self, start: int, stop: int) -> Places:
        """Return some in a row."""
        return self.take(slice(start, stop))  # type: ignore[arg-type]

    def kinds(self) -> NDArray[np.int32]:
        """Return the type of each as :func:`shapely.get_type_id` numbers them, -1 for none."""
        if self.xy is None:
            return np.asarray(shapely.get_type_id(self._content))
        return np.where(self.present(), _POINT, -1).astype(np.int32)

    def several(self) -> NDArray[np.bool_]:
        """Tell which have several parts."""
        if self.xy is None:
            return np.asarray(shapely.get_num_geometries(self._content) > 1)
        return np.zeros(len(self), dtype=bool)

    def have_heights(self) -> bool:
        """Tell whether any has a third coordinate."""
        return self.xy is None and bool(shapely.has_z(self._content).any())

    def coordinates(self) -> Coordinates:
        """Return the coordinates of all vertices, shape (m, 2)."""
        if self.xy is None:
            return np.asarray(shapely.get_coordinates(self._content))
        return self.xy[self.present()]

    def bounds(self) -> Coordinates:
        """Return least and greatest x and y of each, shape (n, 4): minx, miny, maxx, maxy."""
        if self.xy is None:
            return np.asarray(shapely.bounds(self._content))
        return np.hstack([self.xy, self.xy])

    def representative(self) -> Coordinates:
        """Return a point in each as x, y: itself, the middle of a line, inside of an area; nan for none."""
        if self.xy is not None:
            return self.xy
        points = representative_points(self._content)
        return np.column_stack([shapely.get_x(points), shapely.get_y(points)])

    def moved(self, convert: Callable[[Any, Any], tuple[Any, Any]]) -> Places:
        """Return all with their coordinates converted, two-dimensional.

        Coordinates outside the domain of a projection become infinite.
        """
        if self.xy is not None:
            xy = np.full_like(self.xy, np.nan)
            present = self.present()
            xy[present] = np.column_stack(convert(self.xy[present, 0], self.xy[present, 1]))
            return Places(xy=xy)
        flat = shapely.force_2d(self._content)
        moved = shapely.transform(flat, lambda xy: np.column_stack(convert(xy[:, 0], xy[:, 1])))
        return Places(shapes=np.asarray(moved, dtype=object))

    def without(self, rows: NDArray[np.bool_]) -> Places:
        """Return all but those that are flagged, in whose stead there is none."""
        if not rows.any():
            return self
        content = self._content.copy()
        content[rows] = None if self.xy is None else np.nan
        return Places(shapes=content) if self.xy is None else Places(xy=content)


def joined(places: list[Places]) -> Places:
    """Put places one behind the other."""
    if len(places) == 1:
        return places[0]
    if all(place.xy is not None for place in places):
        return Places(xy=np.concatenate([place.xy for place in places if place.xy is not None]))
    return Places(shapes=np.concatenate([place.geometries() for place in places]))
