"""Turn an edited feature into the row of its dataset, by the rules of an import."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas
import numpy
import orjson
import pandas
from shapely.geometry.base import BaseGeometry

from components.class_info import STANDARDS
from gis.columns import JsonText, to_json
from gis.enumerations import split_list
from gis.errors import DataRefused, UsageError
from gis.importing import ImportContext, ImportOptions, Prepared
from gis.layer import ROW, SourceLayer
from gis.registry import Registry
from gis.text import t
from layers.edits_body import FeatureBody
from layers.edits_kinds import STANDARD, EditKind
from layers.layer import Layer

ATTRIBUTES = "attributes"

Row = dict[str, Any]


def prepared_row(
    registry: Registry,
    layer: Layer,
    kind: EditKind,
    body: FeatureBody,
    current: Row | None = None,
    geometry: BaseGeometry | None = None,
) -> Prepared:
    """Prepare the row that a feature is to have.

    Parameters
    ----------
    registry : Registry
        What it is compared with.
    layer : Layer
        Whose properties the body may set: what the layer does not publish stays as it is.
    kind : EditKind
        Of the dataset.
    body : FeatureBody
        What is to be.
    current : dict, optional
        The row as it is now, with ``geometry``; ``None`` for a new feature.
    geometry : BaseGeometry, optional
        EPSG:4490. By default that of the body, else the current one.

    Returns
    -------
    Prepared
        With one row.

    Raises
    ------
    DataRefused
        The row is not acceptable; its report has the findings.
    UsageError
        A property that is worked out was given another value.
    """
    wanted = _wanted(layer, kind, body, current)
    place = geometry or body.geometry or (current or {}).get("geometry")
    moved = current is not None and place is not current["geometry"]
    before = current or {}
    stays = {
        name: wanted[name]
        for name in (kind.placed if moved else ())
        if wanted[name] is not None and wanted[name] == before.get(name)
    }
    sent = {name: value for name, value in wanted.items() if name in kind.fields and name not in stays}
    context = ImportContext(registry, layer.dataset, ImportOptions(standard=_standard(wanted, body)))
    prepared = _prepared(kind, _one_row(layer, sent | dict.fromkeys(stays), place), context)
    _refuse_errors(prepared)
    _complete(prepared, stays, before)
    _refuse_other_values(kind, body, prepared.frame)
    return prepared


def row_of(frame: pandas.DataFrame) -> Row:
    """Return the only row of a frame of a dataset, missing values as ``None``."""
    row = {str(name): frame[name].iloc[0] for name in frame.columns}
    return {
        name: None
        if name != "geometry" and not isinstance(value, list | dict) and pandas.isna(value)
        else value
        for name, value in row.items()
    }


def _wanted(layer: Layer, kind: EditKind, body: FeatureBody, current: Row | None) -> Row:
    """Return the values the row is to have: those given, and those that nobody can give."""
    names = kind.fields | ({STANDARD} if layer.dataset == "components" else set())
    kept = current or {}
    wanted: Row = {}
    for name in sorted(names):
        if name in body.properties:
            wanted[name] = body.properties[name]
        elif body.whole and name in layer.properties and name not in layer.source.key:
            wanted[name] = None
        else:
            wanted[name] = kept.get(name)
    return _identified(layer, body, wanted, current)


def _identified(layer: Layer, body: FeatureBody, wanted: Row, current: Row | None) -> Row:
    """Take the identifier of a new feature from wherever it stands."""
    key = layer.source.key
    if current is None and body.id is not None and len(key) == 1:
        if wanted[key[0]] not in (None, body.id):
            raise UsageError(
                t(
                    "The feature has two identifiers: {first} and {second}",
                    first=body.id,
                    second=wanted[key[0]],
                ),
                field=f"properties.{key[0]}",
                value=wanted[key[0]],
                expected=body.id,
            )
        wanted[key[0]] = body.id
    return wanted


def _prepared(kind: EditKind, row: SourceLayer, context: ImportContext) -> Prepared:
    """Prepare one row; what an import would ask for by an option is a property here."""
    try:
        return kind.prepare([row], context)
    except UsageError as error:
        asked = (error.field or "").removeprefix("--")
        raise DataRefused(
            t("The feature is not acceptable: {why}", why=error.message),
            field=f"properties.{asked}" if asked else None,
            value=error.value,
            expected=error.expected,
        ) from error


def _standard(wanted: Row, body: FeatureBody) -> str | None:
    stated = wanted.get(STANDARD)
    if body.properties.get(STANDARD) is not None and stated not in STANDARDS:
        raise UsageError(
            t("{value} is no edition of the classes", value=stated),
            field=f"properties.{STANDARD}",
            value=stated,
            expected=", ".join(STANDARDS),
        )
    return stated if stated in STANDARDS else None


def _one_row(layer: Layer, values: Mapping[str, Any], place: BaseGeometry | None) -> SourceLayer:
    columns = {
        name: pandas.Series([_as_text(layer, name, value)], dtype=object) for name, value in values.items()
    }
    frame = geopandas.GeoDataFrame({**columns, ROW: [1]}, geometry=[place], crs="EPSG:4490")
    return SourceLayer("body", "body", frame, t("as Content-Crs says"), t("UTF-8, as JSON is"))


def _as_text(layer: Layer, name: str, value: Any) -> str | None:
    """Write a value as a delivery would."""
    if value is None:
        return None
    if isinstance(layer.column(name).type, JsonText):
        return _list_text(name, orjson.loads(value) if isinstance(value, str) else value)
    if isinstance(value, str):
        return value
    if isinstance(value, bool | numpy.bool_):
        return "是" if value else "否"
    return repr(float(value))


def _list_text(name: str, values: list[str]) -> str | None:
    text = "、".join(values)
    if split_list(text) != values:
        raise UsageError(
            t("{field} cannot be {value}", field=f"properties.{name}", value=repr(values)[:100]),
            field=f"properties.{name}",
            value=repr(values)[:100],
            expected=t("texts without blanks around them and without 、 , ; / |"),
        )
    return text or None


def _refuse_errors(prepared: Prepared) -> None:
    if prepared.report.errors or not prepared.report.accepted:
        first = next(iter(prepared.report.errors), None)
        raise DataRefused(
            t("The feature is not acceptable: {why}", why=first.message if first else "–"),
            report=prepared.report,
            field=f"properties.{first.field}" if first and first.field else None,
            value=first.value if first else None,
            expected=first.expected if first else None,
        )


def _complete(prepared: Prepared, stays: Mapping[str, Any], before: Mapping[str, Any]) -> None:
    """Keep what the checks left open, and what nobody can give."""
    frame = prepared.frame.reset_index(drop=True)
    for name, value in stays.items():
        if pandas.isna(frame[name].iloc[0]):
            frame[name] = pandas.Series([value], dtype=object)
    if ATTRIBUTES in frame.columns and before.get(ATTRIBUTES) is not None:
        own = frame[ATTRIBUTES].iloc[0]
        added = orjson.loads(own) if isinstance(own, str) else {}
        merged = to_json({**orjson.loads(before[ATTRIBUTES]), **added})
        frame[ATTRIBUTES] = pandas.Series([merged], dtype=object)
    prepared.frame = frame


def _refuse_other_values(kind: EditKind, body: FeatureBody, frame: pandas.DataFrame) -> None:
    """Refuse a value for what is worked out, unless it is what was worked out."""
    row = row_of(frame)
    for name, value in body.properties.items():
        worked_out = name not in kind.fields and name != STANDARD
        if worked_out and value is not None and value != row[name]:
            raise UsageError(
                t("{field} is worked out by the registry", field=f"properties.{name}"),
                field=f"properties.{name}",
                value=value,
                expected=str(row[name]),
            )
