"""How far from its component a photo was taken, and what may be wrong with a position that is far."""

from __future__ import annotations

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from gis.gcj import gcj02_to_wgs84
from gis.metres import LocalMetres
from gis.text import Text, t

FAR_M = 50.0
"""Metres: a surveyor stands nearer than this, and a telephone knows where it is to some ten metres."""
_PLANE_M = 20_000.0
_GEOD = pyproj.Geod(ellps="GRS80")

Floats = NDArray[np.float64]


def distances_m(geometries: NDArray[np.object_], lon: Floats, lat: Floats) -> Floats:
    """Measure how far positions are from components, each from its own.

    Parameters
    ----------
    geometries : ndarray of geometries
        Points, lines or areas, EPSG:4490, longitude and latitude.
    lon, lat : ndarray of float
        Positions, degrees of EPSG:4490.

    Returns
    -------
    ndarray of float
        Metres to the nearest point of each geometry, 0 inside an area; NaN for missing and empty ones.
    """
    metres = LocalMetres.around(geometries)
    places = np.asarray(shapely.points(lon, lat), dtype=object)
    near = shapely.distance(metres.forward(geometries), metres.forward(places))
    # Far from the meridian the plane does not measure
    far = np.flatnonzero(
        ~(near <= _PLANE_M) & ~shapely.is_missing(geometries) & ~shapely.is_empty(geometries)
    )
    bounds = shapely.bounds(geometries[far])
    middle_lon, middle_lat = (bounds[:, 0] + bounds[:, 2]) / 2, (bounds[:, 1] + bounds[:, 3]) / 2
    near[far] = _GEOD.inv(middle_lon, middle_lat, lon[far], lat[far])[2]
    return near


def why_far(geometry: shapely.Geometry, lon: float, lat: float, limit_m: float) -> Text | None:
    """Say what brings a position that is far within a limit: other hemispheres, exchanged axes, GCJ-02."""
    gcj_lon, gcj_lat = (float(value) for value in gcj02_to_wgs84(lon, lat))
    reasons: tuple[tuple[float, float, Text], ...] = (
        (abs(lon), abs(lat), t("The letters for north, south, east or west in the photo are wrong")),
        (lat, lon, t("Longitude and latitude are exchanged in the photo")),
        (gcj_lon, gcj_lat, t("It fits as GCJ-02: the telephone wrote the position of an internet map")),
    )
    for other_lon, other_lat, reason in reasons:
        if abs(other_lat) <= 90:
            away = distances_m(_one(geometry), np.array([other_lon]), np.array([other_lat]))[0]
            if away <= limit_m:
                return reason
    return None


def _one(geometry: shapely.Geometry) -> NDArray[np.object_]:
    return np.array([geometry, None], dtype=object)[:-1]
