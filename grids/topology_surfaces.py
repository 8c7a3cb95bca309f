"""Areas prepared for measuring them against each other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis.metres import LocalMetres

Geometries = NDArray[np.object_]
Indices = NDArray[np.intp]


class Surfaces:
    """Areas prepared for measuring: valid polygonal copies in local metres, and in degrees.

    Parameters
    ----------
    geometries : sequence of geometries
        EPSG:4490; missing ones and those without area become empty.
    metres : LocalMetres, optional
        Shared by all surfaces that are compared; by default around these geometries.

    Attributes
    ----------
    array : ndarray of geometries
        In metres.
    degrees : ndarray of geometries
        The same in longitude and latitude.
    planar : ndarray of geometries
        What was given, in metres and otherwise unchanged.
    """

    def __init__(
        self, geometries: Sequence[BaseGeometry | None] | Geometries, metres: LocalMetres | None = None
    ) -> None:
        given = np.array([*geometries, None], dtype=object)[:-1]
        self.metres = metres or LocalMetres.around(given)
        self.degrees = _valid_surfaces(given)
        self.planar = self.metres.forward(given)
        self.array = _valid_surfaces(self.planar)
        self._loose: NDArray[np.bool_] | None = None

    @classmethod
    def of(cls, array: Geometries, degrees: Geometries, metres: LocalMetres) -> Surfaces:
        """Put prepared surfaces together."""
        surfaces = cls([], metres)
        surfaces.array, surfaces.degrees, surfaces.planar = array, degrees, array
        return surfaces

    @property
    def loose(self) -> NDArray[np.bool_]:
        """Which surfaces have an edge that crosses, covers or runs along another one's without being shared.

        All others fit their neighbours vertex by vertex.
        """
        if self._loose is None:
            self._loose = ~shapely.is_empty(shapely.coverage_invalid_edges(self.array))
        return self._loose

    def union(self) -> BaseGeometry:
        """Return the ground that is covered, in metres."""
        fitting = shapely.coverage_union_all(self.array[~self.loose])
        whole: BaseGeometry = shapely.union_all([fitting, *self.array[self.loose]])
        return whole

    def __len__(self) -> int:
        return len(self.array)

    def take(self, positions: Sequence[int] | Indices) -> Surfaces:
        """Return some of the surfaces."""
        chosen = np.asarray(positions, dtype=np.intp)
        return Surfaces.of(self.array[chosen], self.degrees[chosen], self.metres)

    def only(self, rows: NDArray[np.bool_]) -> Surfaces:
        """Return the same surfaces, all but some rows empty, so that positions stay."""
        if rows.all():
            return self
        array, degrees = self.array.copy(), self.degrees.copy()
        array[~rows] = degrees[~rows] = shapely.Polygon()
        return Surfaces.of(array, degrees, self.metres)

    def joined(self, groups: Sequence[Sequence[int]]) -> Surfaces:
        """Return one surface for each group of positions."""
        array, degrees = (
            np.array([*(shapely.union_all(parts[list(group)]) for group in groups), None], dtype=object)[:-1]
            for parts in (self.array, self.degrees)
        )
        return Surfaces.of(array, degrees, self.metres)

    def with_others(self, *others: Surfaces) -> Surfaces:
        """Put other surfaces in the same metres behind these."""
        if not any(map(len, others)):
            return self
        return Surfaces.of(
            np.concatenate([self.array, *(other.array for other in others)]),
            np.concatenate([self.degrees, *(other.degrees for other in others)]),
            self.metres,
        )


def _valid_surfaces(geometries: Geometries) -> Geometries:
    """Return valid polygons or multipolygons; what has no surface becomes an empty polygon."""
    result = geometries.copy()
    result[shapely.is_missing(result)] = shapely.Polygon()
    broken = ~shapely.is_valid(result)
    if broken.any():
        result[broken] = shapely.make_valid(result[broken], method="structure", keep_collapsed=False)
    flat = shapely.get_dimensions(result) < 2
    result[flat] = shapely.Polygon()
    return np.asarray(result, dtype=object)
