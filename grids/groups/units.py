"""The grids that groups are made of, with what the checks of groups ask of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.metres import LocalMetres
from gis.read import read_frame
from gis.registry import Registry

SEAM_M = 0.01
"""Grids up to this far apart still meet: borders that were drawn twice."""

SHARED_EDGE_M = 0.5
"""Shortest common edge of neighbours; grids that only touch at a corner are none."""

_SEAM_DEGREES = 1e-6
_SCOPE_DIGITS = {"grids": 12, "management-grids": 9}


@dataclass(frozen=True)
class Units:
    """Live unit grids or management grids of a registry, in the order of their codes.

    Attributes
    ----------
    dataset : str
        ``"grids"`` or ``"management-grids"``.
    codes : ndarray of str, shape (n,)
        Sorted.
    geometries : ndarray of geometries, shape (n,)
        EPSG:4490, longitude and latitude, as stored.
    """

    dataset: str
    codes: NDArray[np.object_]
    geometries: NDArray[np.object_]

    def __len__(self) -> int:
        return len(self.codes)

    @cached_property
    def scopes(self) -> NDArray[np.object_]:
        """What a group should lie within: the community of a unit grid, the street of a management grid."""
        digits = _SCOPE_DIGITS[self.dataset]
        return np.array([*(code[:digits] for code in self.codes), None], dtype=object)[:-1]

    @cached_property
    def sound(self) -> NDArray[np.object_]:
        """The geometries, invalid ones as valid copies, missing ones empty."""
        return sound_areas(self.geometries)

    @cached_property
    def inside_points(self) -> NDArray[np.object_]:
        """A point inside each, EPSG:4490."""
        return np.asarray(shapely.point_on_surface(self.sound), dtype=object)

    def positions(self, codes: Sequence[str] | NDArray[np.object_]) -> NDArray[np.intp]:
        """Return where codes are, -1 for those that are not there."""
        wanted = np.array([*codes, ""], dtype=object)[:-1]
        if not len(self) or not len(wanted):
            return np.full(len(wanted), -1, dtype=np.intp)
        at = np.minimum(np.searchsorted(self.codes, wanted), len(self) - 1)
        return np.where(self.codes[at] == wanted, at, -1).astype(np.intp)

    def near(self, positions: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return the pairs of some units whose boxes meet, each pair once, ``left`` below ``right``."""
        chosen = np.unique(positions)
        west, south, east, north = shapely.bounds(self.sound[chosen]).T
        around = _SEAM_DEGREES
        boxes = np.array(shapely.box(west - around, south - around, east + around, north + around))
        left, right = shapely.STRtree(boxes).query(boxes)
        once = left < right
        return chosen[left[once]], chosen[right[once]]

    def share_an_edge(self, left: NDArray[np.intp], right: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Tell of pairs of units whether they meet along an edge.

        Parameters
        ----------
        left, right : ndarray of int
            Positions.
        """
        chosen, at = np.unique(np.concatenate([left, right]), return_inverse=True)
        borders = shapely.boundary(LocalMetres.around(self.sound[chosen]).forward(self.sound[chosen]))
        first, second = borders[at[: len(left)]], borders[at[len(left) :]]
        meet = shapely.length(shapely.intersection(first, second)) >= SHARED_EDGE_M
        rest = np.flatnonzero(~meet)
        seam = shapely.intersection(first[rest], shapely.buffer(second[rest], SEAM_M))
        meet[rest] = shapely.length(seam) >= SHARED_EDGE_M
        return np.asarray(meet, dtype=bool)


def read_units(registry: Registry, dataset: str) -> Units:
    """Read the live grids that groups are made of.

    Parameters
    ----------
    registry : Registry
    dataset : str
        ``"grids"`` or ``"management-grids"``.
    """
    frame = read_frame(registry, dataset, columns=["code", "geometry"])
    return units_of(dataset, frame["code"], np.array([*frame.geometry, None], dtype=object)[:-1])


def units_of(dataset: str, codes: Iterable[str], geometries: NDArray[np.object_]) -> Units:
    """Put codes and geometries together, ordered by code."""
    labels = np.array([*codes, ""], dtype=object)[:-1]
    order = np.argsort(labels, kind="stable")
    return Units(dataset, labels[order], geometries[order])


def sound_areas(geometries: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return areas to measure with: invalid ones as valid copies, missing ones empty.

    Parameters
    ----------
    geometries : ndarray of geometries
        Polygons and multipolygons; what was given is not changed.
    """
    result = geometries.copy()
    result[shapely.is_missing(result)] = shapely.Polygon()
    broken = ~shapely.is_valid(result)
    result[broken] = shapely.make_valid(result[broken], method="structure", keep_collapsed=False)
    return np.asarray(result, dtype=object)


def hanging_together(count: int, left: NDArray[np.intp], right: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return for each of some things the first one it hangs together with, over any number of links.

    Parameters
    ----------
    count : int
        How many things there are.
    left, right : ndarray of int
        Pairs that hang together directly, positions from 0.
    """
    label = np.arange(count)
    while True:
        before = label.copy()
        lowest = np.minimum(label[left], label[right])
        np.minimum.at(label, left, lowest)
        np.minimum.at(label, right, lowest)
        if np.array_equal(before, label):
            return label
