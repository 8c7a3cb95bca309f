"""Streets as lines in metres: how far points are from them, on which line and on which side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.metres import LocalMetres

Floats = NDArray[np.float64]
_ON_LINE_M = 0.01


@dataclass(frozen=True, slots=True)
class Nearest:
    """Where some points are beside streets.

    Attributes
    ----------
    street, line : ndarray of int
        The street each point is nearest to, and which of all lines that street's pieces join to; -1 without
        any.
    distance : ndarray of float
        Metres to it, not a number without any.
    side : ndarray of int
        1 to the left of the line in the direction of its vertices, -1 to the right, 0 on it.
    """

    street: NDArray[np.int32]
    line: NDArray[np.int32]
    distance: Floats
    side: NDArray[np.int8]

    @classmethod
    def none(cls, count: int) -> Nearest:
        """Return what is known of points before anything is measured."""
        return cls(
            np.full(count, -1, np.int32),
            np.full(count, -1, np.int32),
            np.full(count, np.nan),
            np.zeros(count, np.int8),
        )

    def put(self, rows: NDArray[np.intp], other: Nearest) -> None:
        """Take over what was measured of some points."""
        for name in ("street", "line", "distance", "side"):
            getattr(self, name)[rows] = getattr(other, name)


class StreetLines:
    """The segments of streets in local metres.

    Parameters
    ----------
    lines : ndarray of geometries
        Of each street, EPSG:4490; ``None`` for streets without a line.
    """

    def __init__(self, lines: NDArray[np.object_]) -> None:
        self._metres = LocalMetres.around(lines)
        planar = self._metres.forward(shapely.force_2d(lines))
        merged = shapely.line_merge(planar)
        parts, street_of_part = shapely.get_parts(merged, return_index=True)
        coordinates, part = shapely.get_coordinates(parts, return_index=True)
        same = np.flatnonzero(part[1:] == part[:-1])
        self._start, self._end = coordinates[same], coordinates[same + 1]
        self._line = part[same].astype(np.int32)
        self._street = street_of_part[self._line].astype(np.int32)
        self._first = np.searchsorted(self._street, np.arange(len(lines) + 1))

    def has_line(self, street: int) -> bool:
        """Tell whether a street has a line."""
        return bool(self._first[street + 1] > self._first[street])

    def nearest(self, xy: Floats, streets: Sequence[int]) -> Nearest:
        """Measure points from the nearest of some streets.

        Parameters
        ----------
        xy : ndarray of float, shape (n, 2)
            Longitude and latitude, EPSG:4490.
        streets : sequence of int
            Positions of streets.
        """
        segments = np.concatenate([np.arange(self._first[s], self._first[s + 1]) for s in streets])
        if not len(segments) or not len(xy):
            return Nearest.none(len(xy))
        start, end = self._start[segments], self._end[segments]
        points = self._metres.forward(np.asarray(shapely.points(xy), dtype=object))
        tree = shapely.STRtree(np.asarray(shapely.linestrings(np.stack([start, end], axis=1)), dtype=object))
        met = tree.nearest(points)
        place = shapely.get_coordinates(points)
        distance, side = _beside(place, start[met], end[met])
        chosen = segments[met]
        return Nearest(self._street[chosen], self._line[chosen], distance, side)


def _beside(place: Floats, start: Floats, end: Floats) -> tuple[Floats, NDArray[np.int8]]:
    """Return distances of points from segments, and their sides."""
    along, to = end - start, place - start
    length = np.einsum("ij,ij->i", along, along)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(length > 0, np.einsum("ij,ij->i", to, along) / length, 0.0)
    foot = start + np.clip(share, 0, 1)[:, None] * along
    distance = np.hypot(*(place - foot).T)
    across = along[:, 0] * to[:, 1] - along[:, 1] * to[:, 0]
    side = np.sign(across).astype(np.int8)
    side[distance < _ON_LINE_M] = 0
    return distance, side
