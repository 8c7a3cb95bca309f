"""``queryables`` (OGC API - Features Part 3) and ``schema`` (Part 5) of a collection, as JSON Schema."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from layers.column_titles import column_title
from layers.layer import Layer
from layers.queryables import SHAPE, dataset_queryables, queryables_of
from ogc.edits_schemas import edit_schema, property_schema
from ogc.negotiation import HTML, chosen_format
from ogc.pages import page_response
from ogc.parameters import COMMON, query_of
from ogc.state import state_of

SCHEMA_JSON = "application/schema+json"

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


async def queryables(request: Request) -> Response:
    """Answer ``/collections/{id}/queryables``."""
    return await _schema(request, "queryables")


async def schema(request: Request) -> Response:
    """Answer ``/collections/{id}/schema``."""
    return await _schema(request, "schema")


def queryables_schema(layer: Layer, url: str) -> dict[str, Any]:
    """Return what a layer's features can be filtered by.

    Parameters
    ----------
    layer : Layer
        Whose features.
    url : str
        Of the document.
    """
    known = queryables_of(layer)
    properties = {
        name: {"title": str(one.title), **one.schema, "x-ogc-propertySeq": place}
        for place, (name, one) in enumerate(known.items(), start=1)
    }
    if SHAPE in properties:
        properties[SHAPE] |= {"x-ogc-role": "primary-geometry"}
    return _document(layer, url, properties) | {"additionalProperties": False}


def features_schema(layer: Layer, url: str) -> dict[str, Any]:
    """Return the properties of a layer's features, those that no edit may set marked as read-only.

    Parameters
    ----------
    layer : Layer
        Whose features.
    url : str
        Of the document.
    """
    properties: dict[str, Any] = {
        name: {"title": str(column_title(name)), **property_schema(layer, name), "x-ogc-propertySeq": place}
        for place, name in enumerate(layer.properties, start=1)
    }
    shape = dataset_queryables(layer.source)[SHAPE]
    properties[SHAPE] = {"title": str(shape.title), **shape.schema, "x-ogc-role": "primary-geometry"}
    document = _document(layer, url, properties)
    key = layer.source.key
    if len(key) == 1 and key[0] in document["properties"]:
        document["properties"][key[0]]["x-ogc-role"] = "id"
    return document


async def _schema(request: Request, name: str) -> Response:
    state = state_of(request)
    _catalogue, entry = await state.entry(request)
    given = query_of(request.scope, COMMON if name == "queryables" else (*COMMON, "variant"))
    form = chosen_format(request.scope, given, _FORMS)
    url = f"{state.base(request.scope)}/collections/{entry.layer.id}/{name}"
    if "variant" in given:
        document = edit_schema(entry.layer, given["variant"], f"{url}?variant={given['variant']}")
    else:
        document = (queryables_schema if name == "queryables" else features_schema)(entry.layer, url)
    if form == HTML:
        return page_response("document.html", {"title": f"{entry.layer.title}: {name}", "document": document})
    return JSONResponse(document, media_type=SCHEMA_JSON)


_FORMS = {"json": (SCHEMA_JSON, "application/json"), "html": ("text/html",)}


def _document(layer: Layer, url: str, properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "$schema": _DIALECT,
        "$id": url,
        "type": "object",
        "title": layer.title,
        "description": layer.description,
        "properties": properties,
    }
