"""Find the registered addresses and places that are nearest to a point."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas
import shapely
from numpy.typing import NDArray
from pyproj import Geod

from gis.errors import UsageError
from gis.read import read_frame
from gis.registry import Registry
from gis.text import t

MAX_RADIUS = 1_000.0
"""Metres: what is farther away says nothing of where a point is."""

_CGCS2000 = Geod(a=6378137.0, rf=298.257222101)
_METRES_PER_DEGREE = 110_000.0
"""Less than any degree of latitude has, so that a rectangle is never too small."""
_SOURCES = (("addresses", "address"), ("places", "name"))


@dataclass(frozen=True, slots=True)
class NearPlace:
    """A registered address or place near a point.

    Attributes
    ----------
    dataset, code, text : str
        What it is.
    lon, lat : float
        Its point that is nearest, in degrees of EPSG:4490.
    distance_m : float
        From there to the point, on the ellipsoid.
    """

    dataset: str
    code: str
    text: str
    lon: float
    lat: float
    distance_m: float


def nearest_places(registry: Registry, lon: float, lat: float, *, radius_m: float = 100.0) -> list[NearPlace]:
    """Return what lies around a point, nearest first.

    Parameters
    ----------
    registry : Registry
        Where to look.
    lon, lat : float
        The point, degrees of EPSG:4490.
    radius_m : float
        How far to look, at most :data:`MAX_RADIUS`. A place that is an area counts by its nearest point: one
        that the point lies in is 0 m away.

    Raises
    ------
    UsageError
        If the point is not on the earth, or the radius is not within the bounds.
    """
    _check("lon", lon, -180.0, 180.0)
    _check("lat", lat, -90.0, 90.0)
    _check("radius", radius_m, 0.0, MAX_RADIUS)
    found = [place for source in _SOURCES for place in _of_dataset(registry, *source, lon, lat, radius_m)]
    return sorted(found, key=lambda place: (place.distance_m, place.dataset, place.code))


def _check(field: str, value: float, least: float, most: float) -> None:
    if not least <= value <= most:
        raise UsageError(
            t("{field} is {text}", field=field, text=value),
            field=field,
            value=value,
            expected=f"{least:g} … {most:g}",
        )


def _of_dataset(
    registry: Registry, dataset: str, column: str, lon: float, lat: float, radius_m: float
) -> list[NearPlace]:
    box = _around(lon, lat, radius_m)
    frame = read_frame(registry, dataset, bbox=box, columns=("code", column, "geometry"))
    if not len(frame):
        return []
    geometries = np.array([*frame["geometry"], None], dtype=object)[:-1]
    points, metres = _nearest_points(geometries, lon, lat)
    near = metres <= radius_m
    return [
        NearPlace(dataset, str(code), str(text), float(x), float(y), round(float(distance), 2))
        for code, text, (x, y), distance, is_near in zip(
            frame["code"], frame[column], points, metres, near, strict=True
        )
        if is_near and not pandas.isna(text)
    ]


def _around(lon: float, lat: float, radius_m: float) -> tuple[float, float, float, float]:
    high = radius_m / _METRES_PER_DEGREE
    narrowest = math.cos(math.radians(min(90.0, abs(lat) + high)))
    wide = min(180.0, high / max(narrowest, 1e-9))
    return lon - wide, lat - high, lon + wide, lat + high


def _nearest_points(
    geometries: NDArray[np.object_], lon: float, lat: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the nearest point of each geometry (degrees) and how far it is (metres).

    The point is found in a plane whose degrees are as long as they are at the point asked about.
    """
    scale = np.array([max(math.cos(math.radians(lat)), 1e-9), 1.0])
    here = np.array([lon, lat])
    plane = shapely.transform(geometries, lambda xy: (xy - here) * scale)
    lines = shapely.shortest_line(plane, shapely.Point(0.0, 0.0))
    points = shapely.get_coordinates(shapely.get_point(lines, 0)) / scale + here
    there = points.shape[0]
    _, _, metres = _CGCS2000.inv(np.full(there, lon), np.full(there, lat), points[:, 0], points[:, 1])
    return points, np.asarray(metres)
