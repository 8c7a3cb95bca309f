"""What describes the catalogue of records: its collection, its queryables, its part of the interface."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from gis.text import LANGUAGES, t
from layers.published import Catalogue
from layers.query import DEFAULT_LIMIT, MAX_LIMIT
from layers.reference_systems import CRS84, Bounds
from ogc.records.query import EQUAL, PARAMETERS
from ogc.records.record import CATALOGUE_ID, GEOJSON, TYPES, link, record_extent

_REGISTER = "http://www.opengis.net/def/rel/ogc/1.0"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_STRING = {"type": "string"}
_CRS = {"type": "string", "enum": [CRS84.uri], "default": CRS84.uri}
_LIST = {"type": "array", "items": _STRING}

_SCHEMAS: dict[str, dict[str, Any]] = {
    "limit": {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
    "bbox": {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6},
    "bbox-crs": _CRS,
    "crs": _CRS,
    "q": _LIST,
    "type": {"type": "array", "items": {"type": "string", "enum": list(TYPES)}},
    "ids": _LIST,
    "externalIds": _LIST,
}


def catalogue_collection(catalogue: Catalogue, base: str) -> dict[str, Any]:
    """Describe the catalogue as a collection of records.

    Parameters
    ----------
    catalogue : Catalogue
        As the asker sees it; its layers tell the extent.
    base : str
        Absolute URL of ``/ogc``.
    """
    here = f"{base}/collections/{CATALOGUE_ID}"
    schema = "application/schema+json"
    return {
        "id": CATALOGUE_ID,
        "type": "Collection",
        "itemType": "record",
        "title": str(t("Records")),
        "description": str(t("What there is: layers, editions and reports, with source, date and extent")),
        "language": {"code": LANGUAGES[0]},
        "languages": [{"code": name} for name in LANGUAGES],
        "crs": [CRS84.uri],
        "storageCrs": CRS84.uri,
        "extent": record_extent(_bounds(catalogue), _since(catalogue), None),
        "links": [
            link("self", "application/json", t("This document"), f"{here}?f=json"),
            link("alternate", "text/html", t("This document as {form}", form="HTML"), f"{here}?f=html"),
            link("items", GEOJSON, t("Records"), f"{here}/items?f=json"),
            link("items", "text/html", t("Records"), f"{here}/items?f=html"),
            link(f"{_REGISTER}/queryables", schema, t("Queryables"), f"{here}/queryables?f=json"),
        ],
    }


def with_catalogue(
    document: dict[str, Any], catalogue: Catalogue, base: str, rasters: list[dict[str, Any]]
) -> dict[str, Any]:
    """Return the list of collections with rasters and the catalogue of records behind the layers."""
    listed = [*document["collections"], *rasters, catalogue_collection(catalogue, base)]
    return document | {"collections": listed}


def catalogue_queryables(base: str) -> dict[str, Any]:
    """Return what records can be asked for by, as JSON Schema."""
    properties: dict[str, Any] = {
        name: {"title": str(title), "type": "integer" if name == "edition" else "string"}
        for name, title in EQUAL.items()
    }
    properties["type"] = {"title": str(t("type")), "type": "string", "enum": list(TYPES)}
    properties["geometry"] = {"x-ogc-role": "primary-geometry", "format": "geometry-polygon"}
    return {
        "$schema": _DIALECT,
        "$id": f"{base}/collections/{CATALOGUE_ID}/queryables",
        "type": "object",
        "title": str(t("Records")),
        "properties": properties,
        "additionalProperties": False,
    }


def records_parameters() -> list[dict[str, Any]]:
    """Return the parameters of the items of the catalogue, in the terms of OpenAPI 3.0."""
    return [
        {"name": name, "in": "query", "required": False, "style": "form", "explode": False}
        | {"schema": _SCHEMAS.get(name, _STRING)}
        for name in (*PARAMETERS, *EQUAL)
    ]


def _bounds(catalogue: Catalogue) -> Bounds | None:
    boxes = [entry.extent for entry in catalogue.layers.values() if entry.extent is not None]
    if not boxes:
        return None
    west, south, east, north = zip(*boxes, strict=True)
    return min(west), min(south), max(east), max(north)


def _since(catalogue: Catalogue) -> datetime | None:
    return min((entry.since for entry in catalogue.layers.values() if entry.since is not None), default=None)
