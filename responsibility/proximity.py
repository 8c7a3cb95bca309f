"""Distances in metres from points to the few geometries near them, and finding these."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.degrees import metres_per_degree

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]


def boxes_around(lon: Floats, lat: Floats, radius_m: Floats | float) -> tuple[Floats, Floats, Floats, Floats]:
    """Return west, south, east and north of boxes that hold everything within a radius."""
    per_lon, per_lat = metres_per_degree(np.minimum(np.abs(lat) + 0.1, 89.9))
    across, up = np.asarray(radius_m) / per_lon * 1.01, np.asarray(radius_m) / per_lat * 1.01
    return lon - across, lat - up, lon + across, lat + up


def distances_m(lon: Floats, lat: Floats, geometries: NDArray[np.object_]) -> Floats:
    """Measure from each point to the geometry at the same position.

    Parameters
    ----------
    lon, lat : ndarray of float, shape (n,)
        EPSG:4490.
    geometries : ndarray of shapely.Geometry, shape (n,)
        EPSG:4490, near their points. A point inside a polygon has the distance 0.

    Returns
    -------
    ndarray of float, shape (n,)
        Metres.
    """
    per_lon, per_lat = metres_per_degree(lat)
    if (shapely.get_type_id(geometries) == shapely.GeometryType.POINT).all():
        east = (shapely.get_x(geometries) - lon) * per_lon
        north = (shapely.get_y(geometries) - lat) * per_lat
        return np.asarray(np.sqrt(east * east + north * north), dtype=np.float64)
    coordinates, owner = shapely.get_coordinates(geometries, return_index=True)
    plane = np.column_stack(
        ((coordinates[:, 0] - lon[owner]) * per_lon[owner], (coordinates[:, 1] - lat[owner]) * per_lat[owner])
    )
    shifted = shapely.set_coordinates(np.array(geometries, dtype=object), plane)
    return np.asarray(shapely.distance(shifted, shapely.Point(0.0, 0.0)), dtype=np.float64)


def rounded(metres: Floats, decimals: int = 2) -> Floats:
    """Round like Python's own ``round``, which goes by the exact value of a number; NaN stays NaN."""
    scaled = metres * 10.0**decimals
    found = np.round(metres, decimals)
    # Scaling may have moved what is next to a half onto it or across it.
    for place in np.flatnonzero(np.abs(scaled - np.floor(scaled) - 0.5) < 1e-6):
        found[place] = round(float(metres[place]), decimals)
    return found


class NearIndex:
    """Find geometries within a distance of points.

    Parameters
    ----------
    geometries : ndarray of shapely.Geometry
        EPSG:4490.
    """

    def __init__(self, geometries: NDArray[np.object_]) -> None:
        self._geometries = np.asarray(geometries, dtype=object)
        self._tree = shapely.STRtree(self._geometries)

    def may_reach(self, lon: float, lat: float, radius_m: float) -> bool:
        """Tell whether a geometry may be within a radius of one point: none is when this says no."""
        per_lon, per_lat = metres_per_degree(min(abs(lat) + 0.1, 89.9))
        across, up = radius_m / per_lon * 1.01, radius_m / per_lat * 1.01
        return len(self._tree.query(shapely.box(lon - across, lat - up, lon + across, lat + up))) > 0

    def within(self, lon: Floats, lat: Floats, radius_m: Floats) -> tuple[Rows, Rows, Floats]:
        """Return all pairs of a point and a geometry not farther from it than its radius.

        Parameters
        ----------
        lon, lat, radius_m : ndarray of float, shape (n,)
            Points in EPSG:4490 and a radius for each in metres.

        Returns
        -------
        points, rows : ndarray of int
            Positions in ``lon`` and in the geometries, ordered by point and row.
        metres : ndarray of float
            Their distances.
        """
        found, rows = self._tree.query(shapely.box(*boxes_around(lon, lat, radius_m)))
        order = np.lexsort((rows, found))
        found, rows = found[order], rows[order]
        metres = distances_m(lon[found], lat[found], self._geometries[rows])
        near = metres <= radius_m[found]
        return found[near], rows[near], metres[near]
