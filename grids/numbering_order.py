"""In which order unit grids of a community are numbered: rows from north to south, west to east in a row.

The rules say that numbers run from west to east, then from north to south; for irregular polygons that is no
unique order. This one follows section 2.2 of the notes on unit grids: an inside point of each
polygon, rows as high as the square root of the median area, counted from the northernmost point.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray


def numbering_order(geometries: NDArray[np.object_]) -> NDArray[np.intp]:
    """Return the order in which polygons are numbered.

    Parameters
    ----------
    geometries : ndarray of Polygon or MultiPolygon
        Of one community, in plane metres, easting before northing.

    Returns
    -------
    ndarray of int
        Positions: the first is that of number 001. It depends on the polygons alone, not on the order in
        which they were given.

    Raises
    ------
    ValueError
        A geometry is missing or has no area.
    """
    geometries = np.asarray(geometries, dtype=object)
    if not len(geometries):
        return np.zeros(0, dtype=np.intp)
    if shapely.is_missing(geometries).any() or (shapely.area(geometries) <= 0).any():
        raise ValueError("every geometry needs an area to be numbered")
    plain = shapely.normalize(geometries)
    area = shapely.area(plain)
    east, north = shapely.get_coordinates(shapely.point_on_surface(plain)).T
    row = np.floor((north.max() - north) / np.sqrt(np.median(area))).astype(int)
    bytes_of = np.unique(shapely.to_wkb(plain), return_inverse=True)[1]
    return np.asarray(np.lexsort((bytes_of, area, -north, east, row)), dtype=np.intp)
