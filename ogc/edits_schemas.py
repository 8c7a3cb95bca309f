"""JSON Schemas of what is taken by edits: the features of a layer to create, replace or update."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, Double, Integer

from components.class_info import STANDARDS
from gis.columns import JsonText
from gis.errors import UsageError
from gis.text import t
from layers.column_titles import column_title
from layers.edits_body import GEOMETRIES, text_length
from layers.edits_kinds import STANDARD, edit_kind, editable_properties
from layers.layer import Layer

VARIANTS = ("create", "replace", "update")

_SCALARS = ((Boolean, "boolean"), (Integer, "integer"), (Double, "number"))
_ENUMERATIONS = {STANDARD: list(STANDARDS), "taken_by": ["a", "b", "left", "right"]}
_OF_DATASET = {
    "POINT": ("Point",),
    "MULTILINESTRING": ("LineString", "MultiLineString"),
    "MULTIPOLYGON": ("Polygon", "MultiPolygon"),
}


def property_schema(layer: Layer, name: str) -> dict[str, Any]:
    """Return the JSON Schema of the values that a property has in answers.

    Parameters
    ----------
    layer : Layer
        Whose property it is.
    name : str
        One of its properties. ``readOnly`` where no edit may set it.
    """
    if isinstance(layer.column(name).type, JsonText):
        schema: dict[str, Any] = {"type": "array", "items": {"type": "string"}}
    else:
        schema = dict(layer.json_type(name))
    if name in _ENUMERATIONS:
        schema["enum"] = _ENUMERATIONS[name]
    return schema if name in editable_properties(layer) else schema | {"readOnly": True}


def edit_schema(layer: Layer, variant: str, url: str) -> dict[str, Any]:
    """Return the JSON Schema of the bodies that an edit of a layer takes.

    Parameters
    ----------
    layer : Layer
        Which can be edited.
    variant : str
        One of :data:`VARIANTS`.
    url : str
        Of the document.

    Raises
    ------
    UsageError
        There is no such variant, or the layer is not edited feature by feature.
    """
    kind = edit_kind(layer)
    if variant not in VARIANTS or kind is None:
        raise UsageError(
            t("{field} cannot be {value}", field="variant", value=repr(variant)),
            field="variant",
            value=variant,
            expected=", ".join(VARIANTS) if kind is not None else None,
        )
    required = [] if kind.issued or variant == "update" else list(layer.source.key)
    properties = {name: _taken(layer, name) for name in editable_properties(layer)}
    members = {
        "type": {"const": "Feature"},
        "id": {"type": "string", "title": str(t("Identifier"))},
        "geometry": {
            "type": "object",
            "required": ["type", "coordinates"],
            "properties": {
                "type": {"enum": list(_OF_DATASET.get(layer.source.geometry or "", GEOMETRIES))},
                "coordinates": {"type": "array"},
            },
        },
        "properties": {
            "type": "object",
            "required": required,
            "properties": properties,
        },
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": url,
        "title": layer.title,
        "type": "object",
        "required": [] if variant == "update" else ["type", "geometry", "properties"],
        "properties": members,
    }


def _taken(layer: Layer, name: str) -> dict[str, Any]:
    column = layer.column(name).type
    titled = {"title": str(column_title(name))}
    if isinstance(column, JsonText):
        return titled | {"type": ["array", "null"], "items": {"type": "string"}}
    if name in _ENUMERATIONS:
        return titled | {"enum": [*_ENUMERATIONS[name], None]}
    word = next((word for kind, word in _SCALARS if isinstance(column, kind)), None)
    if word is not None:
        return titled | {"type": [word, "null"]}
    return titled | {"type": ["string", "null"], "maxLength": text_length(layer, name)}
