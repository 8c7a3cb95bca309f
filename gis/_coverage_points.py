"""Points as :mod:`gis.coverage` reads them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gis._coverage_polygons import TINY, frozen
from gis.degrees import metres_per_degree

Floats = NDArray[np.float64]


def readable_points(x: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
    """Return read-only coordinates, nan where they are no longitude and latitude.

    Raises
    ------
    ValueError
        These are not arrays of one length.
    """
    xs, ys = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if xs.ndim != 1 or xs.shape != ys.shape:
        raise ValueError(f"x and y must be arrays of the same length, not {xs.shape} and {ys.shape}")
    somewhere = (np.abs(xs) <= 180.0) & (np.abs(ys) <= 90.0)
    if not somewhere.all():
        xs, ys = np.where(somewhere, xs, np.nan), np.where(somewhere, ys, np.nan)
    return frozen(_without_tiny(xs)), frozen(_without_tiny(ys))


def metres_at(latitudes: Floats) -> tuple[Floats, Floats]:
    """Return read-only metres to a degree of longitude and of latitude."""
    along_parallel, along_meridian = metres_per_degree(latitudes)
    return frozen(along_parallel), frozen(along_meridian)


def _without_tiny(values: Floats) -> Floats:
    """Return 0 for what the exact tests cannot multiply (see ``TINY``)."""
    tiny: NDArray[Any] = np.abs(values) < TINY
    return np.where(tiny, 0.0, values) if tiny.any() else values
