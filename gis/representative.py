"""One point that stands for a geometry."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

Points = NDArray[np.object_]


def representative_points(geometries: NDArray[np.object_]) -> Points:
    """Return a point in each geometry: itself, the middle of a line, a point inside an area.

    Where coordinates are too large or too small to reckon with, the point is not finite, or empty.
    """
    points = np.full(len(geometries), None, dtype=object)
    present = ~(shapely.is_missing(geometries) | shapely.is_empty(geometries))
    single = present & (shapely.get_type_id(geometries) == 0)
    points[single] = geometries[single]
    lines = present & (shapely.get_dimensions(geometries) == 1)
    rest = np.flatnonzero(present & ~single & ~lines)
    with np.errstate(over="ignore", invalid="ignore"):
        points[lines] = shapely.line_interpolate_point(
            shapely.get_geometry(shapely.line_merge(geometries[lines]), 0), 0.5, normalized=True
        )
        points[rest] = shapely.point_on_surface(geometries[rest])
    return points
