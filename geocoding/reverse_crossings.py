"""Where the streets of a registry meet (交叉口), worked out once for all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geocoding.reverse_things import Streets
from gis.point_index import PointIndex

TOUCH = 5e-6
"""Degrees, half a metre: lines that end so near another are taken to meet it."""


@dataclass(frozen=True, slots=True)
class Crossings:
    """Places where two streets of different names meet.

    Attributes
    ----------
    lon, lat : ndarray of float64
        Degrees, EPSG:4490.
    pairs : ndarray of int64, shape (n, 2)
        The two streets, by their positions in :class:`geocoding.reverse_things.Streets`.
    index : PointIndex
    """

    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    pairs: NDArray[np.int64]
    index: PointIndex

    def __len__(self) -> int:
        return len(self.lon)


def find_crossings(streets: Streets) -> Crossings:
    """Find where streets meet, ordered by the codes of the two, then from west to east."""
    tree = shapely.STRtree(streets.shapes)
    one, other = tree.query(streets.shapes, predicate="dwithin", distance=TOUCH)
    wanted = (one < other) & (streets.numbers[one] != streets.numbers[other])
    one, other = one[wanted], other[wanted]
    spots, of_pair = _meetings(streets.shapes[one], streets.shapes[other])
    xy = shapely.get_coordinates(spots)
    order = np.lexsort((xy[:, 1], xy[:, 0], other[of_pair], one[of_pair]))
    lon, lat = np.ascontiguousarray(xy[order, 0]), np.ascontiguousarray(xy[order, 1])
    pairs = np.column_stack((one[of_pair], other[of_pair]))[order].astype(np.int64)
    return Crossings(lon, lat, pairs, PointIndex(lon, lat, np.zeros(len(lon))))


def _meetings(
    ones: NDArray[np.object_], others: NDArray[np.object_]
) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """Return the middles of what pairs of lines have in common, and of which pair each is.

    Of lines that only come near each other it is the middle of the gap.
    """
    common = shapely.intersection(ones, others)
    apart = shapely.is_empty(common)
    common[apart] = shapely.shortest_line(ones[apart], others[apart])
    joined = np.array(
        [shapely.line_merge(one) if one.geom_type == "MultiLineString" else one for one in common], object
    )
    parts, of_pair = shapely.get_parts(joined, return_index=True)
    return shapely.centroid(parts), of_pair.astype(np.int64)
