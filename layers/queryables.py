"""By what features can be filtered: the queryables of a layer, with their types and titles.

Dates are kept as ``YYYYMMDD`` (GB/T 47678.5, type 日期型); in a filter they are days of the calendar.
What a delivery wrote in another way and is no day of the calendar has no place before or after any.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import Boolean, Column, Double, Integer

from gis.columns import GeometryColumn, JsonText, UtcDateTime
from gis.dates import compact, parse_date
from gis.errors import UsageError
from gis.models import DATASETS, GEOMETRY, Dataset
from gis.text import Text, t
from layers.column_titles import column_title
from layers.layer import Layer

#: Name of the geometry in filters.
SHAPE = "geometry"

#: When the version of a feature that is shown began to hold.
VALID_FROM = "valid_from"

_FURTHER_DATES = frozenset({"warranty_to"})
_WORDS = {"true": True, "1": True, "false": False, "0": False}
_INTEGER_LIMIT = 2**63
_GEOMETRY_FORMATS = {
    "POINT": "point",
    "MULTIPOINT": "multipoint",
    "LINESTRING": "linestring",
    "MULTILINESTRING": "multilinestring",
    "POLYGON": "polygon",
    "MULTIPOLYGON": "multipolygon",
}


class Kind(StrEnum):
    """Of what kind a value is."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP = "timestamp"
    GEOMETRY = "geometry"


@dataclass(frozen=True, slots=True)
class Queryable:
    """One thing that features can be filtered by.

    Attributes
    ----------
    name : str
        As filters call it.
    kind : Kind
        Of its values.
    whole : bool
        Whether its numbers are whole.
    column : str
        Of the dataset's tables.
    schema : mapping
        JSON Schema of its values.
    """

    name: str
    kind: Kind
    whole: bool
    column: str
    schema: Mapping[str, str]

    @property
    def title(self) -> Text:
        """What people call it."""
        return column_title(self.name)


Queryables = Mapping[str, Queryable]


def queryables_of(layer: Layer) -> Queryables:
    """Return by what the features of a layer can be filtered, as its asker sees it.

    Parameters
    ----------
    layer : Layer
        Its published properties but for lists and objects, its geometry, and since when a version
        holds. Places that are shown coarsened cannot be found out by filters: ``bbox`` alone finds
        them, as they are shown.

    Returns
    -------
    mapping
        By name, in order.
    """
    return _queryables(layer.dataset, layer.properties, geometry=layer.coarsen_m is None)


def dataset_queryables(dataset: Dataset) -> Queryables:
    """Return by what the rows of a dataset can be filtered by somebody who may read all of it."""
    return _queryables(dataset.name, dataset.columns, geometry=dataset.geometry is not None)


def equal_value(layer: Layer, name: str, text: str) -> Any:
    """Read the value a property is to have.

    Parameters
    ----------
    layer : Layer
        Whose property it is.
    name : str
        A queryable of the layer, not its geometry.
    text : str
        As it was written; a date in any form of :func:`gis.dates.parse_date`.

    Returns
    -------
    str, bool, int, float or datetime
        What its column holds.

    Raises
    ------
    UsageError
        If the layer has no such queryable, or the text is not a value of its type.
    """
    known = {one.name: one for one in queryables_of(layer).values() if one.kind != Kind.GEOMETRY}
    if name not in known:
        raise UsageError(
            t("{layer} has no property {name}", layer=layer.id, name=name),
            field=name,
            value=name,
            expected=", ".join(known),
        )
    try:
        return _read(known[name], text)
    except (ValueError, KeyError, OverflowError):
        schema = known[name].schema
        raise UsageError(
            t("{value} is not a value of {name}", value=text, name=name),
            field=name,
            value=text,
            expected=schema.get("format", schema["type"]),
        ) from None


@lru_cache(maxsize=1024)
def _queryables(name: str, names: tuple[str, ...], *, geometry: bool) -> Queryables:
    dataset = DATASETS[name]
    table = dataset.live
    plain = [name for name in names if not isinstance(table.c[name].type, JsonText)]
    found = {name: _of_column(table.c[name]) for name in (*plain, VALID_FROM)}
    if geometry:
        form = _GEOMETRY_FORMATS.get(dataset.geometry or "", "any")
        schema = {"format": f"geometry-{form}"}
        found[SHAPE] = Queryable(SHAPE, Kind.GEOMETRY, False, GEOMETRY, schema)
    return MappingProxyType(found)


def _of_column(column: Column[Any]) -> Queryable:
    kind, whole, schema = _kind(column)
    return Queryable(column.name, kind, whole, column.name, schema)


def _kind(column: Column[Any]) -> tuple[Kind, bool, dict[str, str]]:
    assert not isinstance(column.type, GeometryColumn)
    if isinstance(column.type, Boolean):
        return Kind.BOOLEAN, False, {"type": "boolean"}
    if isinstance(column.type, Integer):
        return Kind.NUMBER, True, {"type": "integer"}
    if isinstance(column.type, Double):
        return Kind.NUMBER, False, {"type": "number"}
    if isinstance(column.type, UtcDateTime):
        return Kind.TIMESTAMP, False, {"type": "string", "format": "date-time"}
    if column.name.endswith("_date") or column.name in _FURTHER_DATES:
        return Kind.DATE, False, {"type": "string", "format": "date"}
    return Kind.TEXT, False, {"type": "string"}


def _read(queryable: Queryable, text: str) -> Any:
    if queryable.kind == Kind.BOOLEAN:
        return _WORDS[text.lower()]
    if queryable.kind == Kind.NUMBER:
        return _number(text, whole=queryable.whole)
    if queryable.kind == Kind.DATE:
        day = parse_date(text)
        if day is None:
            raise ValueError(text)
        return compact(day)
    if queryable.kind == Kind.TIMESTAMP:
        # A plus sign that was not escaped arrives as a blank
        moment = datetime.fromisoformat(text.replace(" ", "+"))
        if moment.tzinfo is None or moment.microsecond % 1000:
            raise ValueError(text)
        return moment
    return text


def _number(text: str, *, whole: bool) -> int | float:
    value = int(text) if whole else float(text)
    if not abs(value) < (_INTEGER_LIMIT if whole else float("inf")):
        raise ValueError(text)
    return value
