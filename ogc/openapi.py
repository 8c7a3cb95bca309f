"""The description of the interface (OpenAPI 3.0), made from the catalogue."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from gis.text import t
from layers.cql2 import LANGUAGES
from layers.layer import Layer
from layers.published import Catalogue, PublishedLayer
from layers.query import DEFAULT_LIMIT, MAX_LIMIT
from layers.queryables import SHAPE, queryables_of
from layers.reference_systems import CRS84
from layers.styles.glyphs import GLYPHS
from layers.styles.symbols import symbol_names
from layers.tilematrix import TILE_MATRIX_SETS
from layers.tiles import MVT
from ogc import edits_openapi
from ogc.access import SECURITY_SCHEMES
from ogc.coverages import COVERAGES, MAP_PLACING, MAPS
from ogc.edits_schemas import VARIANTS
from ogc.negotiation import DOCUMENTS, FEATURES, HTML, JSON
from ogc.processes.openapi import process_paths
from ogc.raster_views import PLACING
from ogc.records.documents import records_parameters
from ogc.records.record import CATALOGUE_ID
from ogc.schemas import SCHEMA_JSON
from ogc.styles import LEGENDS, STYLESHEETS, SVG

OPENAPI_JSON = "application/vnd.oai.openapi+json;version=3.0"

Document = dict[str, Any]

SHEETS = {"json": "application/json", "png": "image/png"}

_SCHEMAS = {JSON: SCHEMA_JSON, HTML: "text/html"}
_PROBLEM = {"$ref": "#/components/responses/Problem"}


def openapi_document(catalogue: Catalogue, base: str) -> Document:
    """Describe every address under ``/ogc``, in the current language.

    Parameters
    ----------
    catalogue : Catalogue
        What is published.
    base : str
        Absolute URL of ``/ogc``.

    Returns
    -------
    dict
        OpenAPI 3.0, without references to outside.
    """
    paths: Document = {
        "/": _get(t("Landing page")),
        "/conformance": _get(t("Conformance classes")),
        "/api": _get(t("This description"), answers={JSON: OPENAPI_JSON, HTML: "text/html"}),
        "/collections": _get(t("Collections")),
        "/tileMatrixSets": _get(t("Tile matrix sets")),
        "/tileMatrixSets/{tileMatrixSetId}": _get(t("A tile matrix set"), [_tms()]),
        **process_paths(),
    }
    paths |= _style_paths(catalogue) | _record_paths() | _raster_paths()
    for entry in catalogue.layers.values():
        paths |= _of_collection(entry)
    return {
        "openapi": "3.0.3",
        "info": {
            "title": str(t("Spatial registry of city management")),
            "version": version("wangge"),
        },
        "servers": [{"url": base}],
        "paths": paths,
        "security": [{}, *({name: []} for name in SECURITY_SCHEMES)],
        "components": {
            "responses": {"Problem": _problem()},
            "schemas": _schemas(),
            "securitySchemes": SECURITY_SCHEMES,
        },
    }


def _raster_paths() -> Document:
    """Describe rasters, by their pattern: which there are depends on who asks."""
    root = "/collections/raster:{raster}"
    raster, text = _path("raster"), {"type": "string"}
    placed = [_query(name, text) for name in PLACING]
    on_map = [one for one in placed if one["name"] in MAP_PLACING]
    coverages = {form: types[0] for form, types in COVERAGES.items()}
    maps = {form: types[0] for form, types in MAPS.items()}
    return {
        root: _get(t("A raster"), [raster]),
        f"{root}/coverage": _get(t("Pixels as GeoTIFF"), [raster, *placed], coverages),
        f"{root}/map": _get(t("Map"), [raster, *on_map], maps),
    }


def _record_paths() -> Document:
    """Describe the catalogue of records."""
    root = f"/collections/{CATALOGUE_ID}"
    answers = {form: types[0] for form, types in FEATURES.items()}
    return {
        root: _get(t("Records")),
        f"{root}/items": _get(t("Records"), records_parameters(), answers, "FeatureCollection"),
        f"{root}/items/{{recordId}}": _get(t("A record"), [_path("recordId")], answers, "Feature"),
        f"{root}/queryables": _get(t("Queryables"), answers=_SCHEMAS),
        f"{root}/reports/{{edition}}": _get(t("Report of an edition"), [_path("edition", "integer")]),
    }


def _style_paths(catalogue: Catalogue) -> Document:
    """Describe the styles of all layers, and what they are made of."""
    style = _path("styleId") | {"schema": _enum(catalogue.layers)}
    symbol = _path("symbol") | {"schema": _enum(symbol_names())}
    sheet = _path("sheet") | {
        "schema": _enum(f"symbols{size}.{form}" for size in ("", "@2x") for form in SHEETS)
    }
    sheets, legends = (
        {form: types[0] for form, types in offered.items()} for offered in (STYLESHEETS, LEGENDS)
    )
    return {
        "/styles": _get(t("Styles")),
        "/styles/{styleId}": _get(t("A style"), [style], sheets),
        "/styles/{styleId}/metadata": _get(t("What a style draws"), [style]),
        "/styles/{styleId}/legend": _get(t("Legend of a style"), [style], legends),
        "/symbols": _get(t("Symbols")),
        "/symbols/{symbol}.svg": _get(t("A symbol"), [symbol], {"svg": SVG}),
        "/sprites/{sheet}": _get(t("All symbols in one picture, and where each is"), [sheet], SHEETS),
        "/fonts/{fontstack}/{range}.pbf": _get(
            t("Glyphs of letters and digits"), [_path("fontstack"), _path("range")], {"pbf": GLYPHS}
        ),
    }


def _of_collection(entry: PublishedLayer) -> Document:
    layer = entry.layer
    root = f"/collections/{layer.id}"
    crs = _query("crs", _enum(system.uri for system in entry.systems))
    feature = _path("featureId")
    answers = {form: types[0] for form, types in FEATURES.items()}
    address = [_tms(), *(_path(name, "integer") for name in ("tileMatrix", "tileRow", "tileCol"))]
    return {
        root: _get(layer.title),
        f"{root}/items": _get(layer.title, _items_parameters(entry), answers, "FeatureCollection")
        | edits_openapi.on_items(entry),
        f"{root}/items/{{featureId}}": _get(layer.title, [feature, crs], answers, "Feature")
        | edits_openapi.on_item(entry),
        f"{root}/changes": _get(
            t("Changes of {layer}", layer=layer.title), edits_openapi.changes_parameters()
        ),
        f"{root}/queryables": _get(t("Queryables of {layer}", layer=layer.title), answers=_SCHEMAS),
        f"{root}/schema": _get(
            t("Schema of {layer}", layer=layer.title), [_query("variant", _enum(VARIANTS))], _SCHEMAS
        ),
        f"{root}/styles": _get(t("Style of {layer}", layer=layer.title)),
        f"{root}/tiles": _tiles_operation(layer, "getTileSetsList", []),
        f"{root}/tiles/{{tileMatrixSetId}}": _tiles_operation(layer, "getTileSet", [_tms()]),
        f"{root}/tiles/{{tileMatrixSetId}}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}": _tiles_operation(
            layer, "getTile", address, {"mvt": MVT}
        ),
    }


def _tiles_operation(
    layer: Layer, name: str, parameters: list[Document], answers: dict[str, str] | None = None
) -> Document:
    """Describe an operation on vector tiles under the name the standard gives it (20-057, Table 11)."""
    described = _get(t("Vector tiles of {layer}", layer=layer.title), parameters, answers)
    described["get"]["operationId"] = f"{layer.id}.collection.vector.{name}"
    return described


def _items_parameters(entry: PublishedLayer) -> list[Document]:
    systems = _enum(system.uri for system in entry.systems)
    limit = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}
    box = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6}
    names = {"type": "array", "items": _enum(entry.layer.properties)}
    return [
        _query("limit", limit),
        _query("after", {"type": "string"}),
        _query("bbox", box),
        _query("bbox-crs", systems),
        _query("crs", systems),
        _query("datetime", {"type": "string"}),
        _query("q", {"type": "string"}),
        _query("sortby", {"type": "array", "items": _enum(_sortings(entry.layer))}),
        _query("properties", names),
        _query("skipGeometry", {"type": "boolean", "default": False}),
        _query("counts", _enum(("exact", "none"))),
        _query("filter", {"type": "string"}),
        _query("filter-lang", _enum(LANGUAGES) | {"default": LANGUAGES[0]}),
        _query("filter-crs", systems | {"default": CRS84.uri}),
        *_queryables(entry.layer),
    ]


def _sortings(layer: Layer) -> list[str]:
    return [sign + name for name in layer.queryables for sign in ("", "-")]


def _queryables(layer: Layer) -> list[Document]:
    known = queryables_of(layer)
    return [
        _query(name, dict(one.schema)) | {"description": str(one.title)}
        for name, one in known.items()
        if name != SHAPE
    ]


def _get(
    summary: object,
    parameters: list[Document] | None = None,
    answers: dict[str, str] | None = None,
    schema: str | None = None,
) -> Document:
    forms = answers or {form: types[0] for form, types in DOCUMENTS.items()}
    content: Document = {media_type: {} for media_type in forms.values()}
    if schema:
        content["application/geo+json"] = {"schema": {"$ref": f"#/components/schemas/{schema}"}}
    common = [_query("f", _enum(forms)), _query("lang", _enum(("zh", "en")))]
    operation = {
        "summary": str(summary),
        "parameters": [*(parameters or []), *common],
        "responses": {
            "200": {"description": str(summary), "content": content},
            "400": _PROBLEM,
            "401": _PROBLEM,
            "404": _PROBLEM,
            "429": _PROBLEM,
            "503": _PROBLEM,
        },
    }
    return {"get": operation}


def _query(name: str, schema: Document) -> Document:
    written = {"style": "form", "explode": False}
    return {"name": name, "in": "query", "required": False, **written, "schema": schema}


def _path(name: str, kind: str = "string") -> Document:
    return {"name": name, "in": "path", "required": True, "schema": {"type": kind}}


def _tms() -> Document:
    return _path("tileMatrixSetId") | {"schema": _enum(TILE_MATRIX_SETS)}


def _enum(values: Any) -> Document:
    return {"type": "string", "enum": list(values)}


def _problem() -> Document:
    members = {name: {"type": "string"} for name in ("type", "title", "detail", "field", "expected", "hint")}
    schema = {"type": "object", "properties": {**members, "status": {"type": "integer"}, "value": {}}}
    return {
        "description": str(t("What is wrong, by field and value")),
        "content": {"application/problem+json": {"schema": schema}},
    }


def _schemas() -> Document:
    feature = {
        "type": "object",
        "required": ["type", "geometry", "properties"],
        "properties": {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": {"type": "string"},
            "geometry": {"type": "object", "nullable": True},
            "properties": {"type": "object"},
            "links": {"type": "array", "items": {"type": "object"}},
        },
    }
    collection = {
        "type": "object",
        "required": ["type", "features"],
        "properties": {
            "type": {"type": "string", "enum": ["FeatureCollection"]},
            "features": {"type": "array", "items": {"$ref": "#/components/schemas/Feature"}},
            "links": {"type": "array", "items": {"type": "object"}},
            "timeStamp": {"type": "string", "format": "date-time"},
            "numberReturned": {"type": "integer"},
            "numberMatched": {"type": "integer"},
        },
    }
    return {"Feature": feature, "FeatureCollection": collection}
