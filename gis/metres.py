"""Plane metres for measuring: widths, overlaps and gaps of geometries that are close together."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Proj


class LocalMetres:
    """A transverse Mercator projection in the middle of some data, for measuring only.

    The ellipsoid is GRS80, the scale 1 on the central meridian; 1.5° away from it an area of 10 000 m²
    is measured 5 m² too large. Nothing in these coordinates is stored. The same longitude and latitude
    always gives the same metres, so edges that coincide still do.

    Parameters
    ----------
    longitude : float
        Central meridian in degrees.
    """

    def __init__(self, longitude: float) -> None:
        self.longitude = longitude
        self._projection = Proj(proj="tmerc", lon_0=longitude, lat_0=0, k=1, ellps="GRS80")

    @classmethod
    def around(cls, *geometries: NDArray[np.object_]) -> LocalMetres:
        """Take the meridian through the middle of geometries, to a tenth of a degree.

        Parameters
        ----------
        *geometries : ndarray of geometries
            EPSG:4490, longitude and latitude. Without any coordinate the meridian is 0°.
        """
        bounds = np.array([shapely.total_bounds(array) for array in geometries if len(array)])
        if not len(bounds) or np.isnan(bounds).all():
            return cls(0.0)
        return cls(round(float(np.nanmin(bounds[:, 0]) + np.nanmax(bounds[:, 2])) / 2, 1))

    @classmethod
    def around_points(cls, points: NDArray[np.float64]) -> LocalMetres:
        """Take the meridian through the middle of positions, shape (n, 2); there is one that is a number."""
        return cls(round(float(np.nanmin(points[:, 0]) + np.nanmax(points[:, 0])) / 2, 1))

    def forward(self, geometries: NDArray[np.object_]) -> NDArray[np.object_]:
        """Project geometries from longitude and latitude to easting and northing in metres."""
        return _apply(geometries, lambda lon, lat: self._projection(lon, lat))

    def inverse(self, geometries: NDArray[np.object_]) -> NDArray[np.object_]:
        """Project geometries from metres back to longitude and latitude."""
        return _apply(geometries, lambda x, y: self._projection(x, y, inverse=True))


def _apply(geometries: NDArray[np.object_], function: Any) -> NDArray[np.object_]:
    """Map the coordinates of all geometries at once."""

    def columns(coordinates: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(function(coordinates[:, 0], coordinates[:, 1]))

    projected = shapely.transform(np.asarray(geometries, dtype=object), columns)
    return np.asarray(projected, dtype=object)
