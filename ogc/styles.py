"""Styles, legends, symbols and glyphs (draft OGC API - Styles, 20-009).

Each layer has one style, called as the layer. Whoever may see a layer may see its style.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gis.errors import NotFound
from gis.text import t
from layers.published import PublishedLayer
from layers.styles.documents import MAPLIBRE, maplibre_style, own_maplibre
from layers.styles.glyphs import GLYPHS, glyphs
from layers.styles.legend import legend_png, legend_svg
from layers.styles.qml import QML, qml_document
from layers.styles.sld import SLD, sld_document
from layers.styles.sources import geometry_of, style_of
from layers.styles.symbols import sprite_index, sprite_sheet, symbol_names, symbol_svg
from ogc.negotiation import DOCUMENTS, HTML, chosen_format
from ogc.pages import page_response
from ogc.parameters import query_of
from ogc.state import entity_tag, is_known, state_of

PNG, SVG = "image/png", "image/svg+xml"

#: Value of ``f`` -> media types, as the draft calls them; ``qml`` is ours.
STYLESHEETS: Mapping[str, tuple[str, ...]] = {
    "mbs": (MAPLIBRE, "application/json"),
    "sld11": (SLD, "application/vnd.ogc.sld+xml", "application/xml"),
    "qml": (QML,),
}
LEGENDS: Mapping[str, tuple[str, ...]] = {"png": (PNG,), "svg": (SVG,)}

_TITLES = {"mbs": "MapLibre / Mapbox", "sld11": "OGC SLD 1.1", "qml": "QGIS"}
_VERSIONS = {"mbs": "8", "sld11": "1.1.0", "qml": "3"}
_LEGEND_REL = "http://www.opengis.net/def/rel/ogc/1.0/legend"
#: What never changes with the data may be kept for a while.
_KEPT = {"Cache-Control": "max-age=3600"}


async def styles(request: Request) -> Response:
    """Answer ``/styles``."""
    state = state_of(request)
    catalogue = await state.catalogue(request.scope)
    return _list(request, list(catalogue.layers.values()), state.base(request.scope), "styles")


async def collection_styles(request: Request) -> Response:
    """Answer ``/collections/{id}/styles``."""
    state = state_of(request)
    _catalogue, entry = await state.entry(request)
    address = f"collections/{entry.layer.id}/styles"
    return _list(request, [entry], state.base(request.scope), address, default=entry.layer.id)


async def stylesheet(request: Request) -> Response:
    """Answer ``/styles/{id}``: the style as MapLibre style, SLD or QML."""
    entry, form, headers = await _asked(request, STYLESHEETS)
    if _unchanged(request, headers):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    base = state_of(request).base(request.scope)
    if form == "mbs":
        return JSONResponse(maplibre_style(entry, base), headers=headers, media_type=MAPLIBRE)
    style, geometry = style_of(_with_rules(entry).layer), geometry_of(entry.layer)
    if form == "qml":
        return Response(qml_document(style, geometry), headers=headers, media_type=QML)
    content = sld_document(style, entry.layer.id, geometry, f"{base}/symbols")
    return Response(content, headers=headers, media_type=SLD)


async def metadata(request: Request) -> Response:
    """Answer ``/styles/{id}/metadata``."""
    state = state_of(request)
    entry = await _styled(request)
    base = state.base(request.scope)
    layer = entry.layer
    address = f"{base}/styles/{layer.id}"
    document = {
        "id": layer.id,
        "title": layer.title,
        "description": layer.description,
        "scope": "style",
        "stylesheets": [
            {
                "title": _TITLES[form],
                "version": _VERSIONS[form],
                "native": False,
                "link": _link("stylesheet", STYLESHEETS[form][0], f"{address}?f={form}"),
            }
            for form in _forms(entry)
        ],
        "layers": [
            {
                "id": layer.id,
                "type": geometry_of(layer),
                "sampleData": _link("data", "application/json", f"{base}/collections/{layer.id}"),
            }
        ],
        "links": [
            _link("self", "application/json", f"{address}/metadata"),
            *_legend_links(entry, address),
        ],
    }
    return _answer(request, t("Style of {layer}", layer=layer.title), document)


async def legend(request: Request) -> Response:
    """Answer ``/styles/{id}/legend`` with a picture, its text in the language asked for."""
    entry, form, headers = await _asked(request, LEGENDS)
    if _unchanged(request, headers):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    style, geometry = style_of(_with_rules(entry).layer), geometry_of(entry.layer)
    if form == "svg":
        return Response(legend_svg(style, geometry), headers=headers, media_type=SVG)
    content = await run_in_threadpool(legend_png, style, geometry)
    return Response(content, headers=headers, media_type=PNG)


async def symbols(request: Request) -> Response:
    """Answer ``/symbols``."""
    base = state_of(request).base(request.scope)
    names = symbol_names()
    document = {
        "symbols": [
            {"id": name, "links": [_link("item", SVG, f"{base}/symbols/{name}.svg")]} for name in names
        ]
    }
    return _answer(request, t("Symbols"), document)


async def symbol(request: Request) -> Response:
    """Answer ``/symbols/{name}.svg``."""
    return Response(symbol_svg(request.path_params["symbol"]), headers=_KEPT, media_type=SVG)


async def sprite(request: Request) -> Response:
    """Answer ``/sprites/symbols``, ``.json`` or ``.png``, with or without ``@2x``."""
    ratios = {"symbols": 1, "symbols@2x": 2}
    name, _, form = request.path_params["sheet"].rpartition(".")
    if name not in ratios or form not in ("json", "png"):
        raise NotFound(
            t("There is no sprite sheet {name}", name=request.path_params["sheet"]),
            field="sheet",
            value=request.path_params["sheet"],
            expected="symbols.json, symbols.png, symbols@2x.json, symbols@2x.png",
        )
    if form == "json":
        return JSONResponse(sprite_index(ratios[name]), headers=_KEPT)
    content = await run_in_threadpool(sprite_sheet, ratios[name])
    return Response(content, headers=_KEPT, media_type=PNG)


async def font(request: Request) -> Response:
    """Answer ``/fonts/{fontstack}/{range}.pbf``."""
    content = glyphs(request.path_params["fontstack"], request.path_params["range"])
    return Response(content, headers=_KEPT, media_type=GLYPHS)


async def _styled(request: Request) -> PublishedLayer:
    """Return the layer whose style is asked for."""
    catalogue = await state_of(request).catalogue(request.scope)
    name = request.path_params["style"]
    if name not in catalogue.layers:
        raise NotFound(
            t("There is no style {name}", name=name),
            field="styleId",
            value=name,
            expected=", ".join(catalogue.layers) or None,
        )
    return catalogue.layers[name]


async def _asked(
    request: Request, offered: Mapping[str, tuple[str, ...]]
) -> tuple[PublishedLayer, str, dict[str, str]]:
    """Return the layer, the form and the headers of an answer."""
    entry = await _styled(request)
    form = chosen_format(request.scope, query_of(request.scope), offered)
    catalogue = await state_of(request).catalogue(request.scope)
    tag = entity_tag(catalogue, request.scope, form)
    return entry, form, {"ETag": tag, "Cache-Control": "no-cache", "Vary": "Accept, Accept-Language"}


def _unchanged(request: Request, headers: Mapping[str, str]) -> bool:
    return is_known(request.scope, headers["ETag"])


def _with_rules(entry: PublishedLayer) -> PublishedLayer:
    """Refuse a layer whose style is a MapLibre style and nothing else."""
    if own_maplibre(entry.layer) is not None:
        raise NotFound(
            t("Style {name} is a MapLibre style and has no other form", name=entry.layer.id),
            field="f",
            value=entry.layer.id,
            expected="mbs",
        )
    return entry


def _forms(entry: PublishedLayer) -> tuple[str, ...]:
    return ("mbs",) if own_maplibre(entry.layer) is not None else tuple(STYLESHEETS)


def _list(
    request: Request, entries: list[PublishedLayer], base: str, address: str, default: str | None = None
) -> Response:
    document: dict[str, Any] = {
        "styles": [_described(entry, base) for entry in entries],
        "links": [_link("self", "application/json", f"{base}/{address}")],
    }
    if default is not None:
        document["default"] = default
    return _answer(request, t("Styles"), document)


def _described(entry: PublishedLayer, base: str) -> dict[str, Any]:
    layer = entry.layer
    address = f"{base}/styles/{layer.id}"
    sheets = [_link("stylesheet", STYLESHEETS[form][0], f"{address}?f={form}") for form in _forms(entry)]
    described = _link("describedby", "application/json", f"{address}/metadata")
    return {
        "id": layer.id,
        "title": layer.title,
        "links": [*sheets, described, *_legend_links(entry, address)],
    }


def _legend_links(entry: PublishedLayer, address: str) -> list[dict[str, Any]]:
    if own_maplibre(entry.layer) is not None:
        return []
    return [_link(_LEGEND_REL, types[0], f"{address}/legend?f={form}") for form, types in LEGENDS.items()]


def _answer(request: Request, title: object, document: dict[str, Any]) -> Response:
    form = chosen_format(request.scope, query_of(request.scope), DOCUMENTS)
    if form == HTML:
        return page_response("document.html", {"title": title, "document": document})
    return JSONResponse(document)


def _link(rel: str, media_type: str, href: str) -> dict[str, Any]:
    return {"rel": rel, "type": media_type, "href": href}
