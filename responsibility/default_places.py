"""Default coordinates (默认坐标): places that stand for a report whose place nobody knows.

A hotline enters its office, a geocoder the centre of the district, a form the middle of the map. Such a
position says about where, never whose: it is answered with an accuracy of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd

from gis.crs import STORED, transformer
from gis.degrees import metres_per_degree
from gis.errors import UsageError
from gis.text import t
from responsibility.numbering import distinct
from responsibility.proximity import Floats, Rows

SETTING = "default_places"
ACCURACY_M = 500.0
RADIUS_M = 1.0
LEAST_TEXTS = 5


@dataclass(frozen=True, slots=True)
class DefaultPlace:
    """A default coordinate of a city.

    Attributes
    ----------
    name : str
        What stands there, for people: 热线受理中心.
    lon, lat : float
        EPSG:4490.
    accuracy_m : float
        How far from it what is reported may be, in metres.
    radius_m : float
        Coordinates not farther from it than this are it, in metres.
    """

    name: str
    lon: float
    lat: float
    accuracy_m: float = ACCURACY_M
    radius_m: float = RADIUS_M


@dataclass(frozen=True, slots=True)
class SharedPlace:
    """Coordinates that reports of different places share; ``rows`` are theirs, ``texts`` how many places."""

    lon: float
    lat: float
    rows: Rows
    texts: int


def default_places_of(values: Any) -> tuple[DefaultPlace, ...]:
    """Read default places from a configuration file.

    Raises
    ------
    UsageError
        They are not tables of ``name``, ``lon``, ``lat`` and perhaps ``accuracy_m`` and ``radius_m``.
    """
    given = values if isinstance(values, Sequence) and not isinstance(values, str) else [values]
    return tuple(_place_of(value) for value in given)


def check_default_places(places: Sequence[DefaultPlace], most_m: float) -> None:
    """Refuse places that no report can be at.

    Parameters
    ----------
    places : sequence of DefaultPlace
        As they were set.
    most_m : float
        The worst accuracy that is answered, in metres.

    Raises
    ------
    UsageError
        Naming the place.
    """
    for place in places:
        numbers = (place.lon, place.lat, place.accuracy_m, place.radius_m)
        known = place.name.strip() and all(map(_is_number, numbers))
        # Rows of a batch are understood at longitude and latitude 0 before they are placed.
        on_earth = (
            known and abs(place.lon) <= 180 and abs(place.lat) <= 90 and (place.lon, place.lat) != (0, 0)
        )
        if not on_earth or not 0 <= place.radius_m <= place.accuracy_m <= most_m:
            raise _impossible(place)


def default_place_at(
    places: Sequence[DefaultPlace], x: float, y: float, crs: str = STORED
) -> DefaultPlace | None:
    """Return the default place that a position is, None for a position of its own.

    Parameters
    ----------
    places : sequence of DefaultPlace
        Those of the settings; the nearest counts.
    x, y : float
        Easting or longitude and northing or latitude in ``crs``.
    crs : str
        Anything :func:`gis.crs.parse_crs` reads.
    """
    if not places:
        return None
    lon, lat = transformer(crs, STORED)(np.array([x], dtype=float), np.array([y], dtype=float))
    row = int(default_places_at(places, lon, lat)[0])
    return places[row] if row >= 0 else None


def default_places_at(places: Sequence[DefaultPlace], lon: Floats, lat: Floats) -> Rows:
    """Find the default place that each position is.

    Parameters
    ----------
    places : sequence of DefaultPlace
        Those of the settings.
    lon, lat : ndarray of float, shape (n,)
        EPSG:4490; NaN is no place.

    Returns
    -------
    ndarray of int64, shape (n,)
        The nearest of the places, -1 for none.
    """
    found = np.full(len(lon), -1, dtype=np.int64)
    nearest = np.full(len(lon), np.inf)
    for row, place in enumerate(places):
        per_lon, per_lat = metres_per_degree(np.array([place.lat]))
        with np.errstate(invalid="ignore"):
            metres = np.hypot((lon - place.lon) * per_lon, (lat - place.lat) * per_lat)
            here = (metres <= place.radius_m) & (metres < nearest)
        found[here], nearest[here] = row, metres[here]
    return found


def shared_places(
    lon: Floats, lat: Floats, texts: Sequence[str | None], least: int = LEAST_TEXTS
) -> list[SharedPlace]:
    """Find coordinates that reports with different addresses have in common to the last digit.

    Reports about one address may well be many: only different addresses tell that a place stands for
    others. Blanks and case make no difference.

    Parameters
    ----------
    lon, lat : ndarray of float, shape (n,)
        Positions; NaN is none.
    texts : sequence of (str or None), length n
        Address of each report.
    least : int
        So many different addresses tell.

    Returns
    -------
    list of SharedPlace
        Those with the most addresses first.
    """
    plain = np.array(["".join((text or "").split()).casefold() for text in texts], dtype=object)
    rows = np.flatnonzero((plain != "") & ~np.isnan(lon) & ~np.isnan(lat))
    if not len(rows):
        return []
    which, _ = distinct([pd.factorize(lon[rows])[0], pd.factorize(lat[rows])[0]])
    counts = pd.Series(plain[rows]).groupby(which).nunique()
    by_place = pd.Series(rows).groupby(which).indices
    found = []
    for place, texts_there in counts[counts >= least].items():
        at = rows[by_place[place]]
        found.append(SharedPlace(float(lon[at[0]]), float(lat[at[0]]), at, int(texts_there)))
    return sorted(found, key=lambda one: (-one.texts, one.lon, one.lat))


def _place_of(value: Any) -> DefaultPlace:
    names = {item.name for item in fields(DefaultPlace)}
    if not isinstance(value, Mapping) or not {"name", "lon", "lat"} <= set(value) <= names:
        raise _impossible(value)
    numbers = {name: number for name, number in value.items() if name != "name"}
    if not isinstance(value["name"], str) or not all(map(_is_number, numbers.values())):
        raise _impossible(value)
    return DefaultPlace(value["name"], **{name: float(number) for name, number in numbers.items()})


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and bool(np.isfinite(value))


def _impossible(value: Any) -> UsageError:
    return UsageError(
        t("Setting {name} cannot be {value}", name=SETTING, value=str(value)),
        field=SETTING,
        value=str(value),
        expected='{name = "热线受理中心", lon = 106.55, lat = 29.56, accuracy_m = 500, radius_m = 1}',
    )
