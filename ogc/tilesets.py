"""Vector tiles of collections and the tile matrix sets (OGC API - Tiles Part 1, 20-057)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gis.errors import NotFound, UsageError
from gis.text import t
from layers.layer import Layer
from layers.published import PublishedLayer
from layers.tile_address import TileAddress, limits_at, limits_of, zooms_of
from layers.tile_versions import tile_tag
from layers.tilematrix import MAX_ZOOM, TILE_MATRIX_SETS, TileMatrixSet, tile_matrix_set
from layers.tiles import MVT
from ogc.negotiation import DOCUMENTS, HTML, chosen_format
from ogc.pages import page_response
from ogc.parameters import query_of
from ogc.state import is_known, state_of
from ogc.tile_source import TileRequest, tile_source_of

_TILE_FORMS = {"mvt": (MVT,)}
_REGISTER = "http://www.opengis.net/def"
_DIMENSIONS = {
    "POINT": {"geometryDimension": 0},
    "MULTILINESTRING": {"geometryDimension": 1},
    "MULTIPOLYGON": {"geometryDimension": 2},
}


async def tile(request: Request) -> Response:
    """Answer ``/collections/{id}/tiles/{tms}/{z}/{row}/{col}``."""
    state = state_of(request)
    catalogue, entry = await state.entry(request)
    chosen_format(request.scope, query_of(request.scope), _TILE_FORMS)
    address = _address(request)
    _require_within(entry, address)
    source = tile_source_of(request)
    version = await source.version(catalogue, entry.layer)
    tag = tile_tag(entry.layer, address, version)
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    if is_known(request.scope, tag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    content = await source.tile(TileRequest(entry.layer, address, version, tag))
    if not content:
        return Response(status_code=HTTPStatus.NO_CONTENT, headers=headers)
    return Response(content, headers=headers, media_type=MVT)


async def tilesets(request: Request) -> Response:
    """Answer ``/collections/{id}/tiles``."""
    state = state_of(request)
    _catalogue, entry = await state.entry(request)
    base = state.base(request.scope)
    sets = [_tileset(entry, matrix, base, brief=True) for matrix in TILE_MATRIX_SETS.values()]
    address = f"{base}/collections/{entry.layer.id}/tiles"
    document = {"tilesets": sets, "links": [_link("self", "application/json", address)]}
    return _answer(request, t("Vector tiles of {layer}", layer=entry.layer.title), document)


async def tileset(request: Request) -> Response:
    """Answer ``/collections/{id}/tiles/{tms}``."""
    state = state_of(request)
    _catalogue, entry = await state.entry(request)
    matrix = tile_matrix_set(request.path_params["tms"])
    document = _tileset(entry, matrix, state.base(request.scope), brief=False)
    return _answer(request, t("Vector tiles of {layer}", layer=entry.layer.title), document)


async def tile_matrix_sets(request: Request) -> Response:
    """Answer ``/tileMatrixSets``."""
    base = state_of(request).base(request.scope)
    sets = [
        {
            "id": matrix.id,
            "title": matrix.title,
            **({"uri": matrix.uri} if matrix.uri else {}),
            "crs": f"{_REGISTER}/crs/EPSG/0/{matrix.srid}",
            "links": [_link("self", "application/json", f"{base}/tileMatrixSets/{matrix.id}")],
        }
        for matrix in TILE_MATRIX_SETS.values()
    ]
    return _answer(request, t("Tile matrix sets"), {"tileMatrixSets": sets})


async def matrix_definition(request: Request) -> Response:
    """Answer ``/tileMatrixSets/{tms}``."""
    matrix = tile_matrix_set(request.path_params["tms"])
    return _answer(request, matrix.id, matrix.to_dict())


def _answer(request: Request, title: object, document: dict[str, Any]) -> Response:
    form = chosen_format(request.scope, query_of(request.scope), DOCUMENTS)
    if form == HTML:
        return page_response("document.html", {"title": title, "document": document})
    return JSONResponse(document)


def _address(request: Request) -> TileAddress:
    """Read the address of a tile; one that its set does not have is refused."""
    matrix = tile_matrix_set(request.path_params["tms"])
    numbers = []
    for name in ("z", "row", "col"):
        text = request.path_params[name]
        if not (text.isascii() and text.isdecimal() and len(text) < 10):
            raise UsageError(
                t("{field} cannot be {value}", field=name, value=repr(text)),
                field=name,
                value=text,
                expected=f"0..{MAX_ZOOM}" if name == "z" else "0..",
            )
        numbers.append(int(text))
    address = TileAddress(matrix, *numbers)
    matrix.bounds(address.zoom, address.row, address.column)
    return address


def _require_within(entry: PublishedLayer, address: TileAddress) -> None:
    """Refuse a tile outside the limits of its set that the tileset states (20-057, requirement tc-error)."""
    lowest, highest = zooms_of(entry.layer, address.tms)
    if not lowest <= address.zoom <= highest:
        raise _outside(entry, "z", address.zoom, lowest, highest)
    limits = limits_at(address.zoom, entry.extent, address.tms)
    if not limits.min_row <= address.row <= limits.max_row:
        raise _outside(entry, "row", address.row, limits.min_row, limits.max_row)
    if not limits.min_column <= address.column <= limits.max_column:
        raise _outside(entry, "col", address.column, limits.min_column, limits.max_column)


def _outside(entry: PublishedLayer, field: str, value: int, first: int, last: int) -> NotFound:
    return NotFound(
        t("{layer} has no tiles where {field} is {value}", layer=entry.layer.id, field=field, value=value),
        field=field,
        value=value,
        expected=f"{first}..{last}",
    )


def _tileset(entry: PublishedLayer, matrix: TileMatrixSet, base: str, *, brief: bool) -> dict[str, Any]:
    """Return tileset metadata (OGC 17-083r4, clause 9)."""
    layer = entry.layer
    address = f"{base}/collections/{layer.id}/tiles/{matrix.id}"
    document: dict[str, Any] = {
        "title": layer.title,
        "dataType": "vector",
        "crs": f"{_REGISTER}/crs/EPSG/0/{matrix.srid}",
        "tileMatrixSetId": matrix.id,
        # A set that is in no register is named by where it is defined
        "tileMatrixSetURI": matrix.uri or f"{base}/tileMatrixSets/{matrix.id}",
        "links": [
            _link("self", "application/json", address),
            _link(
                f"{_REGISTER}/rel/ogc/1.0/tiling-scheme",
                "application/json",
                f"{base}/tileMatrixSets/{matrix.id}",
            ),
            {
                **_link("item", MVT, f"{address}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}?f=mvt"),
                "templated": True,
            },
        ],
    }
    if not brief:
        limits = limits_of(layer, entry.extent, matrix)
        document |= {"tileMatrixSetLimits": [limit.to_dict() for limit in limits]} | _content(layer, matrix)
        if entry.extent is not None:
            west, south, east, north = entry.extent
            document["boundingBox"] = {
                "lowerLeft": [west, south],
                "upperRight": [east, north],
                "crs": f"{_REGISTER}/crs/OGC/1.3/CRS84",
            }
    return document


def _content(layer: Layer, matrix: TileMatrixSet) -> dict[str, Any]:
    lowest, highest = zooms_of(layer, matrix)
    described = {
        "id": layer.id,
        "title": layer.title,
        "dataType": "vector",
        **_DIMENSIONS.get(layer.source.geometry or "", {}),
        "minTileMatrix": str(lowest),
        "maxTileMatrix": str(highest),
        "propertiesSchema": {
            "type": "object",
            "properties": _properties(layer),
        },
    }
    return {"layers": [described]}


def _properties(layer: Layer) -> dict[str, Any]:
    counted = {"type": "integer", "title": str(t("How many features, where they are not drawn singly"))}
    return {name: layer.json_type(name) for name in layer.tile_properties} | {"count": counted}


def _link(rel: str, media_type: str, href: str) -> dict[str, Any]:
    return {"rel": rel, "type": media_type, "href": href}
