"""What can be asked of the catalogue of records (20-004r1, record core query parameters)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from gis.errors import UsageError
from gis.text import LANGUAGES, Text, language, t
from layers.query import BoundingBox, Period
from layers.reference_systems import CRS84, Bounds, reference_system
from layers.searching import search_terms
from ogc.parameters import COMMON, box_of, limit_of, period_of, unknown_parameter
from ogc.records.record import TYPES, Record

#: Properties that can be asked for by name and value.
EQUAL: dict[str, Text] = {
    "title": t("title"),
    "dataset": t("data set"),
    "edition": t("edition"),
    "operation": t("operation"),
    "classification": t("classification"),
    "source": t("source"),
    "producer": t("producer"),
    "date": t("date"),
}

PARAMETERS = ("limit", "after", "bbox", "bbox-crs", "crs", "datetime", "q", "type", "ids", "externalIds")

#: Values in one list.
MAX_VALUES = 100

_PLACE = re.compile(r"(?P<kind>layer|raster|edition|report):(?P<name>[a-z0-9_-]{1,63})")
_NUMBERED = ("edition", "report")
#: What comes first, what next, and editions last.
LAYERS, RASTERS, EDITIONS = range(3)


class Place(NamedTuple):
    """Where a record stands: layers and rasters by name, then each edition with its report behind it."""

    group: int
    name: str
    number: int
    behind: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsQuery:
    """One page of records.

    Attributes
    ----------
    limit : int
        Records on a page.
    after : Place or None
        Where the page before ended.
    bbox : Bounds or None
        Longitude and latitude; what is nowhere is not within.
    period : Period or None
        What has no time is within.
    terms : tuple of str
        Of which one has to be found.
    types, ids, external_ids : frozenset of str or None
        Of which one has to be the record's; an external identifier as ``scheme:value``, ``value`` or
        ``scheme:``.
    equal : tuple of (str, str)
        Property and value.
    """

    limit: int
    after: Place | None = None
    bbox: Bounds | None = None
    period: Period | None = None
    terms: tuple[str, ...] = ()
    types: frozenset[str] | None = None
    ids: frozenset[str] | None = None
    external_ids: frozenset[str] | None = None
    equal: tuple[tuple[str, str], ...] = ()

    def finds(self, record: Record) -> bool:
        """Tell whether a record is what was asked for."""
        return (
            (self.types is None or record.type in self.types)
            and (self.ids is None or record.id in self.ids)
            and (self.external_ids is None or bool(self.external_ids.intersection(_named(record))))
            and _within(record, self.bbox)
            and _during(record, self.period)
            and all(_equals(record, name, value) for name, value in self.equal)
            and (not self.terms or _holds(record, self.terms))
        )


def records_query(given: Mapping[str, str]) -> RecordsQuery:
    """Make the question of the parameters of ``items``.

    Raises
    ------
    UsageError
        If a parameter is unknown or not understood.
    """
    known = (*COMMON, *PARAMETERS, *EQUAL)
    for name, value in given.items():
        if name not in known:
            raise unknown_parameter(name, value, known)
    for name in ("crs", "bbox-crs"):
        if name in given and reference_system(given[name], field=name) != CRS84:
            raise _not_read(name, given[name], CRS84.uri)
    types = _values(given, "type")
    for name in types or ():
        if name not in TYPES:
            raise _not_read("type", given["type"], ", ".join(TYPES))
    return RecordsQuery(
        limit=limit_of(given),
        after=None if "after" not in given else place_of(given["after"]),
        bbox=BoundingBox(box_of(given["bbox"], CRS84)).envelope() if "bbox" in given else None,
        period=period_of(given["datetime"]) if "datetime" in given else None,
        terms=tuple(term.casefold() for term in search_terms(given["q"])) if "q" in given else (),
        types=types,
        ids=_values(given, "ids"),
        external_ids=_values(given, "externalIds"),
        equal=tuple((name, given[name]) for name in EQUAL if name in given),
    )


def place_of(record_id: str, field: str = "after") -> Place:
    """Return where a record stands.

    Raises
    ------
    UsageError
        If that is no identifier of a record.
    """
    match = _PLACE.fullmatch(record_id)
    if match is None:
        raise _not_read(field, record_id, "layer:…, raster:…, edition:…, report:…")
    kind, name = match["kind"], match["name"]
    if kind not in _NUMBERED:
        return Place(RASTERS if kind == "raster" else LAYERS, name, 0, False)
    if not name.isdecimal() or len(name) > 9 or str(int(name)) != name:
        raise _not_read(field, record_id, f"{kind}:1")
    return Place(EDITIONS, "", int(name), kind == "report")


def _values(given: Mapping[str, str], name: str) -> frozenset[str] | None:
    if name not in given:
        return None
    values = frozenset(part.strip() for part in given[name].split(","))
    if "" in values or len(values) > MAX_VALUES:
        expected = t("1 to {count} values separated by commas", count=MAX_VALUES)
        raise _not_read(name, given[name], expected)
    return values


def _named(record: Record) -> set[str]:
    """Return every way an external identifier of a record can be asked for."""
    return {
        form for scheme, value in record.external_ids for form in (f"{scheme}:{value}", value, f"{scheme}:")
    }


def _within(record: Record, box: Bounds | None) -> bool:
    if box is None:
        return True
    if record.bounds is None:
        return False
    west, south, east, north = record.bounds
    return west <= box[2] and east >= box[0] and south <= box[3] and north >= box[1]


def _during(record: Record, period: Period | None) -> bool:
    if period is None or record.start is None:
        return True
    late = period.end is not None and record.start > period.end
    return not late and not (period.start and record.end and record.end < period.start)


def _equals(record: Record, name: str, value: str) -> bool:
    if name != "title":
        return str(record.facts.get(name, "")) == value
    for spoken in LANGUAGES:
        with language(spoken):
            if str(record.title) == value:
                return True
    return False


def _holds(record: Record, terms: tuple[str, ...]) -> bool:
    words = tuple(record.words())
    return any(term in word for term in terms for word in words)


def _not_read(field: str, value: str, expected: Text | str) -> UsageError:
    return UsageError(
        t("{field} cannot be {value}", field=field, value=repr(value[:200])),
        field=field,
        value=value[:200],
        expected=expected,
    )
