"""Areas on the ellipsoid of CGCS2000 (GRS80)."""

from __future__ import annotations

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

_GEOD = pyproj.Geod(ellps="GRS80")
_SEMI_MAJOR_M = 6_378_137.0
_FLATTENING = 1 / 298.257222101
_E2 = _FLATTENING * (2 - _FLATTENING)
_E = np.sqrt(_E2)

SHORT_EDGE_DEGREES = 0.003
"""Edges up to this difference of longitude and latitude, about 300 m, are measured all at once.

A great circle of the sphere of equal area stands for the geodesic; over 300 m the two enclose less than
0.002 m². Polygons with a longer edge are measured one by one, exactly.
"""


def geodesic_area(geometries: NDArray[np.object_]) -> NDArray[np.float64]:
    """Measure areas on the ellipsoid of CGCS2000.

    Parameters
    ----------
    geometries : ndarray of shapely.Geometry
        EPSG:4490, longitude and latitude; rings may run either way.

    Returns
    -------
    ndarray of float64
        Square metres; 0 for points, lines and empty geometries, NaN for ``None``.
    """
    geometries = np.asarray(geometries, dtype=object)
    parts, owner = shapely.get_parts(geometries, return_index=True)
    polygons = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    parts, owner = parts[polygons], owner[polygons]
    areas = np.bincount(owner, weights=_polygon_areas(parts), minlength=len(geometries)).astype(float)
    areas[shapely.is_missing(geometries)] = np.nan
    return areas


def _polygon_areas(polygons: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return the area of each polygon: its shell less its holes."""
    rings, owner = shapely.get_rings(polygons, return_index=True)
    if not len(rings):
        return np.zeros(len(polygons))
    sizes = _ring_areas(rings)
    shell = np.r_[True, owner[1:] != owner[:-1]]
    return np.bincount(owner, weights=np.where(shell, sizes, -sizes), minlength=len(polygons)).astype(float)


def _ring_areas(rings: NDArray[np.object_]) -> NDArray[np.float64]:
    lonlat, ring = shapely.get_coordinates(rings, return_index=True)
    lonlat[~np.isfinite(lonlat)] = np.nan
    edge = np.flatnonzero(ring[1:] == ring[:-1])
    step = np.abs(lonlat[edge + 1] - lonlat[edge]).max(axis=1)
    # a coordinate that is no number makes no edge long, and its area no number
    sizes: NDArray[np.float64] = np.abs(
        np.bincount(ring[edge], weights=_below(lonlat)[edge], minlength=len(rings))
    )
    for at in np.unique(ring[edge[step > SHORT_EDGE_DEGREES]]):
        lon, lat = shapely.get_coordinates(rings[at]).T
        sizes[at] = abs(_GEOD.polygon_area_perimeter(lon, lat)[0])
    return sizes


def _below(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the area between the edge from each vertex to the next and the equator, westward negative.

    On the sphere of equal area (authalic latitude, Snyder 1987, formulas 3-11 to 3-18) the spherical
    excess of the quadrilateral below a great circle is
    ``tan(E / 2) = tan(Δλ / 2) · sin((β₁ + β₂) / 2) / cos((β₁ - β₂) / 2)``.
    """
    half = _authalic(lonlat[:, 1]) / 2
    east = np.tan(np.radians(np.diff(lonlat[:, 0])) / 2)
    excess = 2 * np.arctan(east * np.sin(half[:-1] + half[1:]) / np.cos(half[:-1] - half[1:]))
    return excess * _SEMI_MAJOR_M**2 * _q(np.array(1.0)) / 2


def _authalic(latitude: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the latitude on the sphere of equal area, in radians."""
    sine: NDArray[np.float64] = np.clip(_q(np.sin(np.radians(latitude))) / _q(np.array(1.0)), -1, 1)
    return np.arcsin(sine)


def _q(sine: NDArray[np.float64]) -> NDArray[np.float64]:
    part: NDArray[np.float64] = sine / (1 - _E2 * sine**2) + np.arctanh(_E * sine) / _E
    return (1 - _E2) * part
