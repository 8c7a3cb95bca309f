"""Points as they are given: in any coordinate system, one or many."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gis.crs import STORED, transformer
from gis.errors import UsageError
from gis.text import t

Floats = NDArray[np.float64]


def stored_points(x: Floats, y: Floats, crs: str = STORED) -> tuple[Floats, Floats]:
    """Return longitude and latitude (degrees, EPSG:4490) of points; not finite where they are none.

    Parameters
    ----------
    x, y : ndarray of float64
        Longitude and latitude, or easting and northing, in this order whatever the axes of the system.
    crs : str
        Of these.

    Raises
    ------
    UsageError
        The system is unknown or refused.
    """
    if crs == STORED:
        return x, y
    lon, lat = transformer(crs, STORED)(x, y)
    return np.asarray(lon), np.asarray(lat)


def stored_point(x: float, y: float, crs: str = STORED) -> tuple[float, float]:
    """Return longitude and latitude (degrees, EPSG:4490) of one point; see :func:`stored_points`.

    Raises
    ------
    UsageError
        Also where the point is not on the earth; what is wrong is named as ``lon`` or ``lat``.
    """
    lon, lat = stored_points(np.array([x]), np.array([y]), crs)
    # An exchanged pair is wrong by its latitude, whatever becomes of the other
    for field, value, given, most in (("lat", lat[0], y, 90.0), ("lon", lon[0], x, 180.0)):
        if not -most <= value <= most:
            raise UsageError(
                t("{field} is {text}", field=field, text=given),
                field=field,
                value=given,
                expected=t("a point on the earth in {crs}, longitude or easting first", crs=crs),
            )
    return float(lon[0]), float(lat[0])
