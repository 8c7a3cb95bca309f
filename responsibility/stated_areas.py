"""Hold the area that a report states against the one its place lies in, and tell why they differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from responsibility.default_places import DefaultPlace, default_places_at
from responsibility.layers import PolygonLayer
from responsibility.place_notes import on_borders
from responsibility.proximity import Floats, Rows


class Standing(StrEnum):
    """How a stated area stands to a place; the first that holds.

    ``agrees``: the place lies in it. ``unknown_area``: there is no area of that name. ``outside``: the
    place lies in no area. ``default_coordinate``: the place is none of its own. ``on_centre_line``: on the
    border of the two. ``near_boundary``: the stated area comes within the accuracy of the place.
    ``elsewhere``: it does not; the report contradicts itself, however exact the place is.
    """

    AGREES = "agrees"
    UNKNOWN_AREA = "unknown_area"
    OUTSIDE = "outside"
    DEFAULT_COORDINATE = "default_coordinate"
    ON_CENTRE_LINE = "on_centre_line"
    NEAR_BOUNDARY = "near_boundary"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class Compared:
    """What came of comparing.

    Attributes
    ----------
    own : ndarray of int64, shape (n,)
        The area that each place lies in, -1 for none.
    metres : ndarray of float, shape (n,)
        From the place to the boundary of the stated area, where the two differ; NaN otherwise.
    standing : ndarray of Standing, shape (n,)
        How they stand to each other.
    """

    own: Rows
    metres: Floats
    standing: NDArray[np.object_]


def compare(
    layer: PolygonLayer[Any],
    lon: Floats,
    lat: Floats,
    stated: Rows,
    accuracy_m: Floats,
    *,
    border_m: float,
    default_places: Sequence[DefaultPlace] = (),
) -> Compared:
    """Compare stated areas with places.

    Parameters
    ----------
    layer : PolygonLayer
        The areas of one kind.
    lon, lat, accuracy_m : ndarray of float, shape (n,)
        Places in EPSG:4490 and how exact they are, in metres.
    stated : ndarray of int64, shape (n,)
        Row of the stated area in the layer, -1 for one that is not in it.
    border_m : float
        A place within this distance of two areas is on their border, in metres.
    default_places : sequence of DefaultPlace
        Those of the settings.

    Returns
    -------
    Compared
    """
    coverage = layer.coverage
    own = coverage.locate(lon, lat)
    offsets, containing = coverage.overlaps(lon, lat)
    inside = _among(offsets, containing, stated)
    differs = ~inside & (stated >= 0)
    metres = np.full(len(lon), np.nan)
    metres[differs] = coverage.edge_distance(lon[differs], lat[differs], stated[differs])
    is_default = default_places_at(default_places, lon, lat) >= 0
    on_border = on_borders(layer, lon, lat, border_m)
    told = {
        Standing.AGREES: inside,
        Standing.UNKNOWN_AREA: stated < 0,
        Standing.DEFAULT_COORDINATE: is_default,
        Standing.ON_CENTRE_LINE: _among(*on_border, stated),
        Standing.NEAR_BOUNDARY: metres <= accuracy_m,
        Standing.OUTSIDE: own < 0,
    }
    names = [*told, Standing.ELSEWHERE]
    first = np.select(list(told.values()), list(range(len(told))), len(told))
    standing = np.array(names, dtype=object)[first]
    return Compared(own, metres, standing)


def _among(offsets: Rows, rows: Rows, wanted: Rows) -> NDArray[np.bool_]:
    """Tell which points have the row wanted of them among theirs."""
    points = np.repeat(np.arange(len(wanted)), np.diff(offsets))
    found = np.zeros(len(wanted), dtype=bool)
    found[points[rows == wanted[points]]] = True
    return found
