"""The operations of edits in the description of the interface (OpenAPI 3.0)."""

from __future__ import annotations

from typing import Any

from gis.text import t
from layers.edits_kinds import edit_kind
from layers.layer import Layer
from layers.published import PublishedLayer
from layers.query import MAX_LIMIT
from ogc.edits import EDITION, GEOJSON, MERGE_PATCH
from ogc.edits_changes import DEFAULT_CHANGES

Document = dict[str, Any]

_PROBLEM = {"$ref": "#/components/responses/Problem"}
_REFUSALS = ("400", "401", "403", "404", "409", "412", "413", "415", "422", "428", "503")


def on_items(entry: PublishedLayer) -> Document:
    """Return the operations on ``items`` that edit, by method."""
    if not _is_edited(entry.layer):
        return {}
    title = t("Create a feature of {layer}", layer=entry.layer.title)
    return {"post": _operation(title, [_content_crs(entry)], _body(GEOJSON), "201")}


def on_item(entry: PublishedLayer) -> Document:
    """Return the operations on a single feature that edit, by method."""
    if not _is_edited(entry.layer):
        return {}
    feature = {"name": "featureId", "in": "path", "required": True, "schema": {"type": "string"}}
    version = {
        "name": "If-Match",
        "in": "header",
        "required": True,
        "description": str(t("The ETag of the feature")),
        "schema": {"type": "string"},
    }
    given, title = [feature, version], entry.layer.title
    crs = _content_crs(entry)
    return {
        "put": _operation(
            t("Replace a feature of {layer}", layer=title), [*given, crs], _body(GEOJSON), "200"
        ),
        "patch": _operation(
            t("Update a feature of {layer}", layer=title), [*given, crs], _body(MERGE_PATCH), "200"
        ),
        "delete": _operation(t("Delete a feature of {layer}", layer=title), given, None, "204"),
    }


def changes_parameters() -> list[Document]:
    """Return the parameters of ``changes``."""
    numbers = {
        "since": {"type": "integer", "minimum": 0, "default": 0},
        "limit": {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_CHANGES},
        "after": {"type": "string"},
    }
    return [
        {"name": name, "in": "query", "required": False, "schema": schema} for name, schema in numbers.items()
    ]


def _is_edited(layer: Layer) -> bool:
    return edit_kind(layer) is not None and layer.coarsen_m is None


def _content_crs(entry: PublishedLayer) -> Document:
    systems = {"type": "string", "enum": [f"<{system.uri}>" for system in entry.systems]}
    return {"name": "Content-Crs", "in": "header", "required": False, "schema": systems}


def _body(media_type: str) -> Document:
    schema: Document = (
        {"$ref": "#/components/schemas/Feature"} if media_type == GEOJSON else {"type": "object"}
    )
    return {"required": True, "content": {media_type: {"schema": schema}}}


def _operation(summary: object, parameters: list[Document], body: Document | None, status: str) -> Document:
    edition = {"description": str(t("Number of the edition")), "schema": {"type": "integer"}}
    answer: Document = {"description": str(summary), "headers": {EDITION: edition}}
    if status != "204":
        answer["content"] = {"application/json": {"schema": {"type": "object"}}}
    return {
        "summary": str(summary),
        "parameters": parameters,
        **({} if body is None else {"requestBody": body}),
        "responses": {status: answer, **dict.fromkeys(_REFUSALS, _PROBLEM)},
    }
