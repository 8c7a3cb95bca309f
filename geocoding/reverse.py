"""From points to address texts (逆地理编码): what a place is called, one point or many."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from geocoding.compose_address import Composer
from geocoding.reverse_answers import ReverseAnswer
from geocoding.reverse_candidates import find_candidates
from geocoding.reverse_index import ReverseIndex, reverse_index, reverse_index_at
from geocoding.reverse_points import stored_point
from gis.registry import Registry

ALTERNATIVES = 3
"""Further texts that are told of a point."""

PIECE = 20_000
"""Points looked at together: what one takes is shared, memory stays flat."""

COLUMNS = [
    *("status", "address", "pattern", "dataset", "code", "level", "distance_m", "direction", "accuracy_m"),
    *("place_lon", "place_lat", "county", "street", "community", "unit_grid", "alternatives"),
]
"""Of the answer to each point. ``status`` is ``found``, ``nothing``, or ``unusable`` (no point on the earth);
divisions and unit grid are codes, alternatives are texts separated by ``;``."""


def reverse(
    source: Registry | ReverseIndex,
    lon: float,
    lat: float,
    *,
    as_of: datetime | None = None,
    alternatives: int = ALTERNATIVES,
) -> ReverseAnswer | None:
    """Say what a point is called.

    Parameters
    ----------
    source : Registry or ReverseIndex
        Where to look. Of a registry what lies around the point is read; for who asks often everything is
        read once and kept until an edition changes it.
    lon, lat : float
        The point, degrees in EPSG:4490.
    as_of : datetime, optional
        Moment whose places are used; what is retired then, or does not hold yet, is not.
    alternatives : int
        Further texts wanted at most.

    Returns
    -------
    ReverseAnswer or None
        None where nothing is near and the point lies in no division.

    Raises
    ------
    UsageError
        The point is not on the earth.
    """
    lon, lat = stored_point(lon, lat)
    index = source if isinstance(source, ReverseIndex) else reverse_index_at(source, lon, lat, as_of)
    return _answered(index, np.array([lon]), np.array([lat]), alternatives)[0]


def reverse_many(
    source: Registry | ReverseIndex, lon: ArrayLike, lat: ArrayLike, *, as_of: datetime | None = None
) -> list[ReverseAnswer | None]:
    """Say what points are called, as :func:`reverse` does; None also for what is no point on the earth.

    Parameters
    ----------
    source : Registry or ReverseIndex
    lon, lat : array_like of float, shape (n,)
        Degrees in EPSG:4490.
    as_of : datetime, optional
        As for :func:`reverse`.
    """
    index = source if isinstance(source, ReverseIndex) else reverse_index(source, as_of)
    x, y = np.array(lon, dtype=np.float64), np.array(lat, dtype=np.float64)
    answers: list[ReverseAnswer | None] = [None] * len(x)
    usable = np.flatnonzero(on_earth(x, y))
    for start in range(0, len(usable), PIECE):
        piece = usable[start : start + PIECE]
        for place, answer in zip(
            piece.tolist(), _answered(index, x[piece], y[piece], ALTERNATIVES), strict=True
        ):
            answers[place] = answer
    return answers


def reverse_frame(
    source: Registry | ReverseIndex, lon: ArrayLike, lat: ArrayLike, *, as_of: datetime | None = None
) -> pd.DataFrame:
    """Say what points are called, as a frame of the columns :data:`COLUMNS` with a row for each point.

    Parameters are those of :func:`reverse_many`.
    """
    x, y = np.array(lon, dtype=np.float64), np.array(lat, dtype=np.float64)
    usable = on_earth(x, y)
    answers = reverse_many(source, x, y, as_of=as_of)
    rows = [_row(answer, bool(known)) for answer, known in zip(answers, usable, strict=True)]
    return pd.DataFrame(rows, columns=COLUMNS)


def on_earth(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell which longitudes and latitudes are a point on the earth."""
    return (np.abs(lon) <= 180.0) & (np.abs(lat) <= 90.0)


def _answered(
    index: ReverseIndex, lon: NDArray[np.float64], lat: NDArray[np.float64], alternatives: int
) -> list[ReverseAnswer | None]:
    candidates = find_candidates(index, lon, lat)
    composer = Composer(index, candidates, lon.tolist(), lat.tolist())
    return [composer.answer(point, alternatives) for point in range(len(lon))]


def _row(answer: ReverseAnswer | None, usable: bool) -> tuple[object, ...]:
    if answer is None:
        return ("nothing" if usable else "unusable", *[None] * (len(COLUMNS) - 1))
    place = answer.place
    return (
        "found",
        place.address,
        str(place.pattern),
        place.dataset,
        place.code,
        str(place.level),
        round(place.distance_m, 2),
        place.direction,
        round(place.accuracy_m, 2),
        round(place.lon, 9),
        round(place.lat, 9),
        *(one.code if one else None for one in answer.divisions.values()),
        answer.unit_grid.code if answer.unit_grid else None,
        ";".join(one.address for one in answer.alternatives) or None,
    )
