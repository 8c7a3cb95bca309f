"""GCJ-02 and BD-09, the shifted longitudes and latitudes of Chinese internet maps.

Neither is a datum, has an EPSG number or a published definition: the formulas are the ones in
general circulation and reproduce the published samples to all digits. They hold for WGS 84 and,
by the identity used throughout, for CGCS2000 (EPSG:4490). Positions that came through here are
good to some ten metres at best, and never count as survey data.

All functions take and return longitude, latitude in degrees, as scalars or arrays.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

Degrees = NDArray[np.float64]
Forward = Callable[[Degrees, Degrees], tuple[Degrees, Degrees]]


class ChinaShift(StrEnum):
    """The shifted systems that are understood."""

    GCJ02 = "GCJ02"
    BD09LL = "BD09LL"


#: West, south, east, north of the rectangle outside which nothing is shifted. It contains all of
#: China's neighbours; pass a polygon of the country where that matters.
SHIFTED_RECTANGLE = (72.004, 0.8293, 137.8347, 55.8271)

_A = 6378245.0
_E2 = 0.00669342162296594323
_BD_K = 3000.0 * np.pi / 180.0
# Five rounds reach 1e-9 degrees everywhere in China; the rest is for the edges.
_MAX_ROUNDS = 12
_TOLERANCE_DEG = 1e-11


def wgs84_to_gcj02(
    lon: ArrayLike, lat: ArrayLike, *, area: shapely.Geometry | None = None
) -> tuple[Degrees, Degrees]:
    """Shift WGS 84 or CGCS2000 positions to GCJ-02.

    Parameters
    ----------
    lon, lat : array_like
        Degrees.
    area : shapely.Geometry, optional
        Where positions are shifted (longitude, latitude); by default :data:`SHIFTED_RECTANGLE`.

    Returns
    -------
    lon, lat : ndarray of float64
        GCJ-02; unchanged outside ``area``.
    """
    x, y = _arrays(lon, lat)
    shifted_x, shifted_y = _shift(x, y)
    inside = _inside(x, y, area)
    return np.where(inside, shifted_x, x), np.where(inside, shifted_y, y)


def gcj02_to_wgs84(
    lon: ArrayLike, lat: ArrayLike, *, area: shapely.Geometry | None = None
) -> tuple[Degrees, Degrees]:
    """Undo :func:`wgs84_to_gcj02` by iteration, to less than a micrometre.

    A position within the shift of the edge of ``area`` may belong to either side; it is taken as
    shifted when it lies inside.
    """
    x, y = _arrays(lon, lat)
    inside = _inside(x, y, area)
    back_x, back_y = _invert(_shift, x, y, x, y)
    return np.where(inside, back_x, x), np.where(inside, back_y, y)


def gcj02_to_bd09(lon: ArrayLike, lat: ArrayLike) -> tuple[Degrees, Degrees]:
    """Add Baidu's second shift to GCJ-02 positions."""
    x, y = _arrays(lon, lat)
    r = np.hypot(x, y) + 0.00002 * np.sin(_BD_K * y)
    theta = np.arctan2(y, x) + 0.000003 * np.cos(_BD_K * x)
    return r * np.cos(theta) + 0.0065, r * np.sin(theta) + 0.006


def bd09_to_gcj02(lon: ArrayLike, lat: ArrayLike) -> tuple[Degrees, Degrees]:
    """Undo :func:`gcj02_to_bd09`: the closed form, then iteration to less than a micrometre."""
    x, y = _arrays(lon, lat)
    plain_x, plain_y = x - 0.0065, y - 0.006
    r = np.hypot(plain_x, plain_y) - 0.00002 * np.sin(_BD_K * plain_y)
    theta = np.arctan2(plain_y, plain_x) - 0.000003 * np.cos(_BD_K * plain_x)
    return _invert(gcj02_to_bd09, x, y, r * np.cos(theta), r * np.sin(theta))


def to_shifted(system: ChinaShift, lon: ArrayLike, lat: ArrayLike) -> tuple[Degrees, Degrees]:
    """Take EPSG:4490 positions to a shifted system."""
    x, y = wgs84_to_gcj02(lon, lat)
    return (x, y) if system is ChinaShift.GCJ02 else gcj02_to_bd09(x, y)


def from_shifted(system: ChinaShift, lon: ArrayLike, lat: ArrayLike) -> tuple[Degrees, Degrees]:
    """Take positions of a shifted system to EPSG:4490."""
    if system is ChinaShift.BD09LL:
        lon, lat = bd09_to_gcj02(lon, lat)
    return gcj02_to_wgs84(lon, lat)


def _arrays(lon: ArrayLike, lat: ArrayLike) -> tuple[Degrees, Degrees]:
    return np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)


def _inside(x: Degrees, y: Degrees, area: shapely.Geometry | None) -> NDArray[np.bool_]:
    if area is not None:
        return np.asarray(shapely.intersects_xy(area, x, y))
    west, south, east, north = SHIFTED_RECTANGLE
    return np.asarray((x >= west) & (x <= east) & (y >= south) & (y <= north))


def _shift(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """Shift without asking where the positions are."""
    x, y = lon - 105.0, lat - 35.0
    pi = np.pi
    common = 20.0 * np.sin(6.0 * pi * x) + 20.0 * np.sin(2.0 * pi * x)
    d_lat = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x))
    d_lat += 2.0 / 3.0 * (common + 20.0 * np.sin(pi * y) + 40.0 * np.sin(pi * y / 3.0))
    d_lat += 2.0 / 3.0 * (160.0 * np.sin(pi * y / 12.0) + 320.0 * np.sin(pi * y / 30.0))
    d_lon = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x))
    d_lon += 2.0 / 3.0 * (common + 20.0 * np.sin(pi * x) + 40.0 * np.sin(pi * x / 3.0))
    d_lon += 2.0 / 3.0 * (150.0 * np.sin(pi * x / 12.0) + 300.0 * np.sin(pi * x / 30.0))
    phi = np.radians(lat)
    m = 1.0 - _E2 * np.sin(phi) ** 2
    metres_per_lat = _A * (1.0 - _E2) / (m * np.sqrt(m))
    metres_per_lon = _A * np.cos(phi) / np.sqrt(m)
    return lon + np.degrees(d_lon / metres_per_lon), lat + np.degrees(d_lat / metres_per_lat)


def _invert(
    forward: Forward, x: Degrees, y: Degrees, start_x: Degrees, start_y: Degrees
) -> tuple[Degrees, Degrees]:
    """Solve ``forward(q) == (x, y)`` by ``q <- q - (forward(q) - p)``."""
    q_x, q_y = start_x, start_y
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        for _ in range(_MAX_ROUNDS):
            f_x, f_y = forward(q_x, q_y)
            off_x, off_y = f_x - x, f_y - y
            q_x, q_y = q_x - off_x, q_y - off_y
            worst = np.nanmax(np.maximum(np.abs(off_x), np.abs(off_y)), initial=0.0)
            if worst < _TOLERANCE_DEG:
                break
    return q_x, q_y
