"""Find the one place that a text means: what is registered under it, else what it clearly means."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import shapely
from sqlalchemy import ColumnElement

from geocoding.answers import GeocodeAnswer, Match
from geocoding.geocode import LONGEST_TEXT, geocode
from geocoding.geocode_series import is_clear
from geocoding.names import read_names
from gis.errors import NotFound, UsageError
from gis.models import DATASETS
from gis.read import read_frame
from gis.registry import Registry
from gis.text import t

_SURE = 0.8
"""Probability from which a case is sent to a place nobody wrote exactly."""

_CLOSE = 150.0
"""Metres within which the point must be right to say who is responsible."""


_SEARCHED = (
    ("addresses", "address"),
    ("places", "name"),
    ("places", "aliases"),
    ("addresses", "former_names"),
    ("places", "former_names"),
)


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """A registered address or place: a point on it in EPSG:4490, and where it was found."""

    dataset: str
    code: str
    text: str
    lon: float
    lat: float


def find_place(registry: Registry, text: str, *, as_of: datetime | None = None) -> FoundPlace:
    """Return the place registered under a text, else the one that the text clearly means.

    The full text of an address comes before the name of a place, a name before an alias. Width and
    blanks do not matter. A text that nothing is registered under is geocoded; it is taken where one place is
    sure and no other is likely.

    Parameters
    ----------
    registry : Registry
        Where to look.
    text : str
        ``尚文大道1398号`` or the name of a place.
    as_of : datetime, optional
        Moment whose places are searched.

    Raises
    ------
    NotFound
        Nothing is registered under the text or like it.
    UsageError
        It stands for several places that are not in one spot, or it is not sure which it means; the message
        names them.
    """
    found = find_places(registry, text, as_of=as_of)
    return _only(found, text) if found else _meant(registry, text, as_of)


def find_places(registry: Registry, text: str, *, as_of: datetime | None = None) -> list[FoundPlace]:
    """Return all places registered under a text, by their codes; none when nothing is.

    See :func:`find_place`: names are looked at where there is no such address, aliases where there is no
    such name.
    """
    wanted = plain(text)
    for dataset, column in _SEARCHED:
        found = _matches(registry, dataset, column, wanted, as_of)
        if found:
            return found
    return []


def plain(text: str) -> str:
    """Return a text without what spelling varies in: width (NFKC) and blanks."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def _meant(registry: Registry, text: str, as_of: datetime | None) -> FoundPlace:
    """Return the place that a text clearly means."""
    usable = len(text.strip()) > 0 and len(text) <= LONGEST_TEXT
    answers = geocode(registry, text, as_of=as_of) if usable else []
    if not answers:
        raise NotFound(
            t("No address or place is registered as {text}", text=text),
            field="address",
            value=text,
            expected=t("the full text of a registered address, or the name of a place"),
        )
    if answers[0].match is Match.PART:
        raise UsageError(
            t("{text} holds two addresses", text=text),
            field="address",
            value=text,
            expected=t("one address at a time"),
            hint=t("They may be {places}", places=_named(answers)),
        )
    first = sure_place(text, answers)
    if first is None:
        raise UsageError(
            t("It is not sure which place {text} means", text=text),
            field="address",
            value=text,
            expected=t("a text that stands for one place"),
            hint=t("It may be {places}", places=_named(answers)),
        )
    return FoundPlace(first.dataset, first.code or "", first.address, first.lon, first.lat)


def sure_place(text: str, answers: Sequence[GeocodeAnswer]) -> GeocodeAnswer | None:
    """Return the place that a text clearly means, so that a case may be sent there; else None.

    Parameters
    ----------
    text : str
        What was geocoded.
    answers : sequence of GeocodeAnswer
        The places it may mean, most likely first.
    """
    if not answers:
        return None
    first = answers[0]
    # A street alone is none of its plates
    without_plate = re.search(rf"{re.escape(plain(text))}\d", plain(first.address)) is not None
    unsure = first.score < _SURE or first.accuracy_m > _CLOSE
    return None if unsure or without_plate or not is_clear(answers) else first


def _named(answers: Sequence[GeocodeAnswer]) -> str:
    return "、".join(answer.address for answer in answers)


def _matches(
    registry: Registry, dataset: str, column: str, wanted: str, as_of: datetime | None
) -> list[FoundPlace]:
    columns = ("code", column, "geometry")
    frame = read_frame(registry, dataset, columns=columns, where=_like(dataset, column, wanted), as_of=as_of)
    rows = [
        FoundPlace(dataset, str(code), text, *_point(geometry))
        for code, stored, geometry in zip(frame["code"], frame[column], frame["geometry"], strict=True)
        for text in _texts(stored)
        if plain(text) == wanted and geometry is not None
    ]
    return sorted(rows, key=lambda row: row.code)


def _like(dataset: str, column: str, wanted: str) -> ColumnElement[bool]:
    """Narrow the search to rows that hold every Chinese character wanted.

    Blanks, and letters and digits of another width, may be stored differently; these may not.
    """
    stored = DATASETS[dataset].live.c[column]
    condition: ColumnElement[bool] = stored.is_not(None)
    for character in dict.fromkeys(wanted):
        if "\u4e00" <= character <= "\u9fff":
            condition &= stored.contains(character)
    return condition


def _texts(value: Any) -> list[str]:
    if not isinstance(value, str):
        return []
    return [one.name for one in read_names(value)] if value.startswith("[") else [value]


def _point(geometry: shapely.Geometry) -> tuple[float, float]:
    point = shapely.point_on_surface(geometry)
    return float(shapely.get_x(point)), float(shapely.get_y(point))


def _only(found: list[FoundPlace], text: str) -> FoundPlace:
    first = found[0]
    if any((place.lon, place.lat) != (first.lon, first.lat) for place in found):
        raise UsageError(
            t("{text} stands for {count} places", text=text, count=len(found)),
            field="address",
            value=text,
            expected=t("a text that stands for one place"),
            hint=t(
                "Give longitude and latitude, or one of {codes}", codes=", ".join(p.code for p in found[:9])
            ),
        )
    return first
