"""The plane in which proposals are drawn: metres, straight where degrees are straight, on a fine lattice.

A line that is straight in a map projection is not straight in longitude and latitude, so a vertex put on
a long border in the one leaves the border in the other. Here both axes are only scaled: what lies on a line
lies on it in degrees too. The scale is that of the middle of the data, so areas are a few
thousandths off at the ends of a county, which is enough for choosing where to cut; areas that
are told to people are measured on the ellipsoid.

All coordinates are multiples of :data:`LATTICE_M`, a power of two, so that they are exact numbers: two
vertices are the same or at least that far apart, and overlays on the lattice never fail.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

LATTICE_M = 2.0**-17
"""Less than a hundredth of a millimetre: far below what any survey knows."""

_EQUATOR_M = 6_378_137.0
_ECCENTRICITY_2 = 0.006_694_380_022_9
"""GRS80, the ellipsoid of CGCS2000."""

Geometries = NDArray[np.object_]
Coordinates = NDArray[np.float64]


class Plane:
    """Scale longitude and latitude to metres around a place.

    Parameters
    ----------
    longitude, latitude : float
        Degrees; the origin.
    """

    def __init__(self, longitude: float, latitude: float) -> None:
        self.origin = np.array([longitude, latitude])
        sine = np.sin(np.radians(latitude))
        bend = 1 - _ECCENTRICITY_2 * sine**2
        east = _EQUATOR_M / np.sqrt(bend) * np.cos(np.radians(latitude))
        north = _EQUATOR_M * (1 - _ECCENTRICITY_2) / bend**1.5
        self.metres_per_degree = np.radians(np.array([east, north]))

    @classmethod
    def around(cls, geometries: Geometries) -> Plane:
        """Take the middle of geometries (EPSG:4490), to a hundredth of a degree."""
        west, south, east, north = shapely.total_bounds(geometries).tolist()
        return cls(round((west + east) / 2, 2), round((south + north) / 2, 2))

    def forward(self, geometries: Geometries) -> Geometries:
        """Bring geometries in longitude and latitude onto the lattice, two-dimensional."""
        flat = shapely.force_2d(np.asarray(geometries, dtype=object))
        return np.asarray(shapely.transform(flat, self.to_metres), dtype=object)

    def to_metres(self, lonlat: Coordinates) -> Coordinates:
        """Bring coordinates of shape (n, 2) onto the lattice."""
        return on_lattice((lonlat - self.origin) * self.metres_per_degree)

    def to_degrees(self, xy: Coordinates) -> Coordinates:
        """Return longitudes and latitudes of coordinates of shape (n, 2)."""
        return np.asarray(self.origin + xy / self.metres_per_degree)


def on_lattice(xy: Coordinates) -> Coordinates:
    """Round coordinates to the lattice."""
    return np.asarray(np.round(xy / LATTICE_M) * LATTICE_M)


def ticks(xy: Coordinates) -> NDArray[np.int64]:
    """Return coordinates on the lattice as whole numbers of its steps."""
    return np.round(xy / LATTICE_M).astype(np.int64)


def mean_width(geometries: Geometries) -> NDArray[np.float64]:
    """Return twice the area over the perimeter, the width of a long strip; 0 for what has none."""
    area, length = shapely.area(geometries), shapely.length(geometries)
    return np.divide(2 * area, length, out=np.zeros_like(area), where=length > 0)


def compactness(geometries: Geometries) -> NDArray[np.float64]:
    """Return 4π·area/perimeter² (Polsby and Popper): 1 for a circle, 0.79 for a square, 0 for a line."""
    area, length = shapely.area(geometries), shapely.length(geometries)
    return np.divide(4 * np.pi * area, length**2, out=np.zeros_like(area), where=length > 0)


def sharpest(polygon: BaseGeometry) -> float:
    """Return the smallest angle at a vertex of a polygon, in degrees."""
    smallest = 180.0
    for ring in shapely.get_rings(polygon):
        xy = shapely.get_coordinates(ring)[:-1]
        back, ahead = np.roll(xy, 1, axis=0) - xy, np.roll(xy, -1, axis=0) - xy
        turn = np.arctan2(back[:, 0] * ahead[:, 1] - back[:, 1] * ahead[:, 0], (back * ahead).sum(axis=1))
        smallest = min(smallest, float(np.degrees(np.abs(turn)).min()))
    return smallest
