"""One record: what is said of a layer, an edition or a report, and how it is written as GeoJSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from gis.text import LANGUAGES, Text, current_language, language, t
from layers.reference_systems import Bounds

CATALOGUE_ID = "metadata"
CONFORMS_TO = "http://www.opengis.net/spec/ogcapi-records-1/1.0/conf/record-core"
GEOJSON = "application/geo+json"

#: What a record can be of.
TYPES = ("dataset", "raster", "edition", "report")

Link = dict[str, str]


@dataclass(frozen=True, slots=True)
class Both:
    """A text somebody wrote in both languages, or in one; shown in the current one where it is there."""

    zh: str
    en: str

    def __str__(self) -> str:
        first, second = (self.en, self.zh) if current_language() == "en" else (self.zh, self.en)
        return first or second


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record.

    Attributes
    ----------
    id : str
        ``layer:…``, ``raster:…``, ``edition:…`` or ``report:…``.
    type : str
        One of :data:`TYPES`.
    title, description : Text or Both
        In both languages.
    keywords : tuple
        Texts in both languages, or names that are the same in both.
    bounds : Bounds or None
        EPSG:4490, longitude and latitude.
    start, end : datetime or None
        Equal for a moment; without an end it still holds; without a start nothing is known.
    created, updated : datetime or None
        Of what the record is about.
    external_ids : tuple of (str, str)
        Scheme and value.
    facts : mapping
        Further properties, those without a value are left out.
    links : tuple of Link
        To what the record is about.
    """

    id: str
    type: str
    title: Text | Both
    description: Text | Both
    keywords: tuple[Text | Both | str, ...] = ()
    bounds: Bounds | None = None
    start: datetime | None = None
    end: datetime | None = None
    created: datetime | None = None
    updated: datetime | None = None
    external_ids: tuple[tuple[str, str], ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    links: tuple[Link, ...] = ()

    def words(self) -> Iterator[str]:
        """Return everything free text is looked for in, in both languages, in lower case."""
        for name in LANGUAGES:
            with language(name):
                yield from (
                    _plain(part) for part in (self.title, self.description, *self.keywords) if str(part)
                )
        yield from (_plain(value) for value in self.facts.values() if isinstance(value, str))


def record_feature(record: Record, base: str) -> dict[str, Any]:
    """Write a record as GeoJSON, in the current language.

    Parameters
    ----------
    record : Record
        What is written.
    base : str
        Absolute URL of ``/ogc``.
    """
    catalogue = f"{base}/collections/{CATALOGUE_ID}"
    own = f"{catalogue}/items/{record.id}"
    return {
        "id": record.id,
        "type": "Feature",
        "conformsTo": [CONFORMS_TO],
        "time": _time(record),
        "geometry": None if record.bounds is None else _rectangle(record.bounds),
        "extent": record_extent(record.bounds, record.start, record.end),
        "properties": _properties(record),
        "links": [
            link("self", GEOJSON, t("This document"), f"{own}?f=json"),
            link("alternate", "text/html", t("This document as {form}", form="HTML"), f"{own}?f=html"),
            link("collection", "application/json", t("The collection"), catalogue),
            *record.links,
        ],
    }


def record_extent(bounds: Bounds | None, start: datetime | None, end: datetime | None) -> dict[str, Any]:
    """Return an extent as collections and records state it; what is not known is left out."""
    extent: dict[str, Any] = {}
    if bounds is not None:
        extent["spatial"] = {"bbox": [list(bounds)]}
    if start is not None:
        extent["temporal"] = {"interval": [[instant(start), None if end is None else instant(end)]]}
    return extent


def link(rel: str, media_type: str, title: object, href: str) -> Link:
    """Return a link, its title in the current language."""
    return {"rel": rel, "type": media_type, "title": str(title), "href": href}


def instant(moment: datetime) -> str:
    """Write a moment as RFC 3339, in UTC."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _properties(record: Record) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "type": record.type,
        "title": str(record.title),
        "description": str(record.description) or None,
        "keywords": list(dict.fromkeys(str(one) for one in record.keywords)),
        "language": {"code": current_language()},
        "languages": [{"code": name} for name in LANGUAGES],
        "created": record.created and instant(record.created),
        "updated": record.updated and instant(record.updated),
        "externalIds": [{"scheme": scheme, "value": value} for scheme, value in record.external_ids],
        **record.facts,
    }
    return {name: value for name, value in properties.items() if value not in (None, [], {}, "")}


def _time(record: Record) -> dict[str, Any] | None:
    if record.start is None:
        return None
    if record.start == record.end:
        return {"timestamp": instant(record.start)}
    return {"interval": [instant(record.start), ".." if record.end is None else instant(record.end)]}


def _rectangle(bounds: Bounds) -> dict[str, Any]:
    west, south, east, north = bounds
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def _plain(text: object) -> str:
    return " ".join(str(text).split()).casefold()
