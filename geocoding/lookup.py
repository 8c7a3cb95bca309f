"""Find a place by exactly the text it is registered under: an address, or a place's name."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import shapely
from sqlalchemy import ColumnElement

from gis.columns import from_json
from gis.errors import NotFound, UsageError
from gis.models import DATASETS
from gis.read import read_frame
from gis.registry import Registry
from gis.text import t


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """A registered address or place: a point on it in EPSG:4490, and where it was found."""

    dataset: str
    code: str
    text: str
    lon: float
    lat: float


def find_place(registry: Registry, text: str, *, as_of: datetime | None = None) -> FoundPlace:
    """Return the place registered under a text.

    The full text of an address comes before the name of a place, a name before an alias. Width and
    blanks do not matter.

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
        Nothing is registered under the text.
    UsageError
        It stands for several places that are not in one spot.
    """
    found = find_places(registry, text, as_of=as_of)
    if found:
        return _only(found, text)
    raise NotFound(
        t("No address or place is registered as {text}", text=text),
        field="address",
        value=text,
        expected=t("the full text of a registered address, or the name of a place"),
    )


def find_places(registry: Registry, text: str, *, as_of: datetime | None = None) -> list[FoundPlace]:
    """Return all places registered under a text, by their codes; none when nothing is.

    See :func:`find_place`: names are looked at where there is no such address, aliases where there is no
    such name.
    """
    wanted = plain(text)
    for dataset, column in (("addresses", "address"), ("places", "name"), ("places", "aliases")):
        found = _matches(registry, dataset, column, wanted, as_of)
        if found:
            return found
    return []


def plain(text: str) -> str:
    """Return a text without what spelling varies in: width (NFKC) and blanks."""
    return "".join(unicodedata.normalize("NFKC", text).split())


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
    return [str(item) for item in from_json(value)] if value.startswith("[") else [value]


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
