"""Vector tiles of collections and the tile matrix sets (OGC API - Tiles Part 1, 20-057)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gis.errors import UsageError
from gis.text import t
from layers.layer import Layer
from layers.published import PublishedLayer
from layers.tilematrix import MAX_ZOOM, TILE_MATRIX_SETS, TileMatrixSet, tile_matrix_set
from layers.tiles import MVT, TileAddress
from ogc.negotiation import DOCUMENTS, HTML, chosen_format
from ogc.pages import page_response
from ogc.parameters import query_of
from ogc.state import entity_tag, is_known, state_of

#: Says why a tile is empty although the layer has data there.
EMPTY_BECAUSE = "Wangge-Tile-Empty"

_TILE_FORMS = {"mvt": (MVT,)}
_REGISTER = "http://www.opengis.net/def"


async def tile(request: Request) -> Response:
    """Answer ``/collections/{id}/tiles/{tms}/{z}/{row}/{col}``."""
    state = state_of(request)
    catalogue, entry = await state.entry(request)
    form = chosen_format(request.scope, query_of(request.scope), _TILE_FORMS)
    address = _address(request)
    tag = entity_tag(catalogue, request.scope, form)
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    if is_known(request.scope, tag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    if address.hides(entry.layer):
        lowest, highest = _zooms(entry.layer, address.tms)
        headers[EMPTY_BECAUSE] = f"zoom; min={lowest}; max={highest}"
        return Response(b"", headers=headers, media_type=MVT)
    return Response(await state.database.tile(entry.layer, address), headers=headers, media_type=MVT)


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


def _tileset(entry: PublishedLayer, matrix: TileMatrixSet, base: str, *, brief: bool) -> dict[str, Any]:
    """Return tileset metadata (OGC 17-083r4, clause 9)."""
    layer = entry.layer
    address = f"{base}/collections/{layer.id}/tiles/{matrix.id}"
    document: dict[str, Any] = {
        "title": layer.title,
        "dataType": "vector",
        "crs": f"{_REGISTER}/crs/EPSG/0/{matrix.srid}",
        "tileMatrixSetId": matrix.id,
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
    if matrix.uri:
        document["tileMatrixSetURI"] = matrix.uri
    if not brief:
        document |= _content(layer, matrix)
        if entry.extent is not None:
            west, south, east, north = entry.extent
            document["boundingBox"] = {
                "lowerLeft": [west, south],
                "upperRight": [east, north],
                "crs": f"{_REGISTER}/crs/OGC/1.3/CRS84",
            }
    return document


def _content(layer: Layer, matrix: TileMatrixSet) -> dict[str, Any]:
    lowest, highest = _zooms(layer, matrix)
    described = {
        "id": layer.id,
        "title": layer.title,
        "dataType": "vector",
        "minTileMatrix": str(lowest),
        "maxTileMatrix": str(highest),
        "propertiesSchema": {
            "type": "object",
            "properties": {name: layer.json_type(name) for name in layer.tile_properties},
        },
    }
    return {"layers": [described]}


def _zooms(layer: Layer, matrix: TileMatrixSet) -> tuple[int, int]:
    """Return the zooms of a set between which a layer has content."""
    offset = matrix.mercator_zoom_offset
    return max(layer.min_zoom - offset, 0), min(layer.max_zoom - offset, MAX_ZOOM)


def _link(rel: str, media_type: str, href: str) -> dict[str, Any]:
    return {"rel": rel, "type": media_type, "href": href}
