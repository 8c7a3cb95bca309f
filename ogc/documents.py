"""Landing page, collections, conformance and description: documents, as JSON and pages."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gis.text import t
from layers.published import Catalogue
from ogc.access import principal_of
from ogc.conformance import CLASSES
from ogc.engine import Document, Engines
from ogc.negotiation import HTML, chosen_format
from ogc.openapi import OPENAPI_JSON, openapi_document
from ogc.pages import page_response
from ogc.parameters import query_of
from ogc.rasters import raster_collection, rasters_seen
from ogc.records.documents import with_catalogue
from ogc.state import state_of

_OPENAPI_FORMS = {"json": (OPENAPI_JSON, "application/json"), "html": ("text/html",)}


async def landing(request: Request) -> Response:
    """Answer ``/``."""
    return await _document(request, "landing.html", _engines(request).landing)


async def collections(request: Request) -> Response:
    """Answer ``/collections``."""
    listed, registry = _engines(request).collections, state_of(request).registry
    principal = principal_of(request.scope)

    def make(catalogue: Catalogue, base: str) -> Document:
        with registry.connect() as connection:
            rasters = [raster_collection(one, base) for one in rasters_seen(connection, principal)]
        return with_catalogue(listed(catalogue, base), catalogue, base, rasters)

    return await _document(request, "collections.html", make)


async def collection(request: Request) -> Response:
    """Answer ``/collections/{id}``."""
    catalogue, entry = await state_of(request).entry(request)
    del catalogue
    return await _document(request, "collection.html", _engines(request).collection, entry.layer.id)


async def conformance(request: Request) -> Response:
    """Answer ``/conformance``."""
    form = chosen_format(request.scope, query_of(request.scope))
    document = {"conformsTo": list(CLASSES)}
    return _as(form, "document.html", {"title": t("Conformance classes"), "document": document}, document)


async def description(request: Request) -> Response:
    """Answer ``/api``."""
    form = chosen_format(request.scope, query_of(request.scope), _OPENAPI_FORMS)
    state = state_of(request)
    catalogue = await state.catalogue(request.scope)
    document = openapi_document(catalogue, state.base(request.scope))
    context = {"title": t("Description of the interface"), "document": document}
    return _as(form, "document.html", context, document, media_type=OPENAPI_JSON)


async def _document(request: Request, template: str, make: Callable[..., Document], *words: str) -> Response:
    form = chosen_format(request.scope, query_of(request.scope))
    state = state_of(request)
    catalogue, base = await state.catalogue(request.scope), state.base(request.scope)
    document = await run_in_threadpool(make, catalogue, base, *words)
    return _as(form, template, {"base": base, "document": document}, document)


def _as(
    form: str,
    template: str,
    context: dict[str, Any],
    document: Document,
    *,
    media_type: str = "application/json",
) -> Response:
    headers = {"Vary": "Accept, Accept-Language"}
    if form == HTML:
        return page_response(template, context, headers=headers)
    return JSONResponse(document, HTTPStatus.OK, headers, media_type=media_type)


def _engines(request: Request) -> Engines:
    engines: Engines = request.app.state.engines
    return engines
