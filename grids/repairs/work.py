"""The areas that are being repaired, and the list of what was changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis.geodesic import geodesic_area
from gis.metres import LocalMetres
from gis.text import Text
from grids.topology_rings import ring_faults
from grids.topology_surfaces import Geometries, Surfaces


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that was done to one area.

    Attributes
    ----------
    code : str
        Of the finding that it settles.
    at : int
        Position of the area.
    text : Text
        What was done.
    moved_m2 : float
        Ground that the area won and lost, together.
    before_m2, after_m2 : float
        Its area on the ellipsoid; 0 after a row was dropped.
    place : BaseGeometry
        Where, EPSG:4490: the ground that moved, or the vertices.
    """

    code: str
    at: int
    text: Text
    moved_m2: float
    before_m2: float
    after_m2: float
    place: BaseGeometry


@dataclass(slots=True)
class Work:
    """Areas under repair.

    Attributes
    ----------
    degrees : ndarray of geometries
        EPSG:4490: valid polygons and multipolygons, empty where there is none.
    movable : ndarray of bool
        Areas that may be changed; the others stand beside them: neighbours in the registry, and rows
        whose polygon is left to people.
    metres : LocalMetres
        For measuring.
    parents : ndarray of geometries
        The divisions above, EPSG:4490. Vertices on their outlines stay on them.
    changes : list of Change
        What was done so far.
    """

    degrees: Geometries
    movable: NDArray[np.bool_]
    metres: LocalMetres
    parents: Geometries
    changes: list[Change] = field(default_factory=list)

    def surfaces(self) -> Surfaces:
        """Return the areas as they are now, for measuring."""
        return Surfaces(self.degrees, self.metres)

    def replace(
        self,
        new: Mapping[int, BaseGeometry],
        code: str,
        texts: Mapping[int, Text],
        places: Mapping[int, BaseGeometry] | None = None,
    ) -> bool:
        """Change areas, except those that would come out invalid, empty, in more parts or with ring faults.

        Parameters
        ----------
        new : mapping of int to geometry
            Areas by position.
        code : str
            Of the finding.
        texts : mapping of int to Text
            What was done to each.
        places : mapping of int to geometry, optional
            Where; by default the ground that an area won or lost.

        Returns
        -------
        bool
            Whether any area was changed.
        """
        rows = np.array(sorted(new), dtype=np.intp)
        after = np.array([*(new[int(at)] for at in rows), None], dtype=object)[:-1]
        good = self.movable[rows] & self._acceptable(self.degrees[rows], after)
        rows, after = rows[good], after[good]
        moved, ground = self._difference(self.degrees[rows], after)
        sizes = geodesic_area(self.degrees[rows]), geodesic_area(after)
        self.degrees[rows] = after
        for at, size, was, now, place in zip(rows.tolist(), moved, *sizes, ground, strict=True):
            where = place if places is None else places[at]
            self.changes.append(Change(code, at, texts[at], float(size), float(was), float(now), where))
        return bool(len(rows))

    def _difference(self, before: Geometries, after: Geometries) -> tuple[NDArray[np.float64], Geometries]:
        """Return how much ground areas won and lost, and which."""
        pieces = shapely.difference(before, after), shapely.difference(after, before)
        sizes = [shapely.area(self.metres.forward(piece)) for piece in pieces]
        return sizes[0] + sizes[1], shapely.union(*pieces)

    def _acceptable(self, before: Geometries, after: Geometries) -> NDArray[np.bool_]:
        """Tell which areas are sound polygons, in no more parts and with no more ring faults than before."""
        surface = np.isin(shapely.get_type_id(after), (3, 6))
        fewer = shapely.get_num_geometries(after) <= shapely.get_num_geometries(before)
        good = shapely.is_valid(after) & ~shapely.is_empty(after) & surface & fewer
        at = np.flatnonzero(good)
        good[at] = self._ring_faults(after[at]) <= self._ring_faults(before[at])
        return np.asarray(good)

    def _ring_faults(self, areas: Geometries) -> NDArray[np.int64]:
        """Return how many repeated vertices and spikes each area has."""
        parts, owner = shapely.get_parts(self.metres.forward(areas), return_index=True)
        rings, part = shapely.get_rings(parts, return_index=True)
        xy, ring = shapely.get_coordinates(rings, return_index=True)
        faults = np.concatenate(ring_faults(xy, ring))
        return np.bincount(owner[part[ring[faults]]], minlength=len(areas))
