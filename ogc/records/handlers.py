"""``/collections/metadata``: the catalogue of records, its items and the reports of editions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import urlencode

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gis.errors import NotFound
from gis.text import t
from layers.reference_systems import CRS84
from ogc.access import principal_of
from ogc.negotiation import FEATURES, HTML, chosen_format
from ogc.pages import page_response
from ogc.parameters import COMMON, query_of
from ogc.records.documents import catalogue_collection, catalogue_queryables
from ogc.records.query import place_of, records_query
from ogc.records.reading import Records
from ogc.records.record import CATALOGUE_ID, GEOJSON, Link, instant, link, record_feature
from ogc.state import entity_tag, is_known, state_of
from ogc.time_limit import limited

SCHEMA_JSON = "application/schema+json"

_SCHEMAS = {"json": (SCHEMA_JSON, "application/json"), "html": ("text/html",)}
_HEADERS = {"Vary": "Accept, Accept-Language", "Cache-Control": "no-cache"}

_T = TypeVar("_T")


async def collection(request: Request) -> Response:
    """Answer ``/collections/metadata``."""
    form = chosen_format(request.scope, query_of(request.scope))
    state = state_of(request)
    catalogue, base = await state.catalogue(request.scope), state.base(request.scope)
    document = catalogue_collection(catalogue, base)
    if form == HTML:
        return page_response("records_collection.html", {"base": base, "document": document})
    return JSONResponse(document, headers=_HEADERS)


async def queryables(request: Request) -> Response:
    """Answer ``/collections/metadata/queryables``."""
    form = chosen_format(request.scope, query_of(request.scope), _SCHEMAS)
    document = catalogue_queryables(state_of(request).base(request.scope))
    if form == HTML:
        return page_response("document.html", {"title": t("Queryables"), "document": document})
    return JSONResponse(document, headers=_HEADERS, media_type=SCHEMA_JSON)


async def items(request: Request) -> Response:
    """Answer ``/collections/metadata/items``."""
    given = query_of(request.scope, None)
    query = records_query(given)
    form = chosen_format(request.scope, given, FEATURES)
    headers = await _tagged(request, form)
    if is_known(request.scope, headers["ETag"]):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    base = state_of(request).base(request.scope)
    page = await _read(request, lambda records: records.page(query))
    features = [record_feature(record, base) for record in page.records]
    links = _links(base, given, form, page.next)
    if form == HTML:
        onward = next((one["href"] for one in links if one["rel"] == "next"), None)
        context = {"base": base, "features": features, "next": onward, "q": given.get("q", "")}
        return page_response("records.html", context, headers=headers)
    document = {
        "type": "FeatureCollection",
        "features": features,
        "numberReturned": len(features),
        "timeStamp": instant(datetime.now(UTC)),
        "links": links,
    }
    return Response(orjson.dumps(document), headers=headers, media_type=GEOJSON)


async def item(request: Request) -> Response:
    """Answer ``/collections/metadata/items/{recordId}``."""
    given = query_of(request.scope, (*COMMON, "crs"))
    records_query(given)
    form = chosen_format(request.scope, given, FEATURES)
    headers = await _tagged(request, form)
    record_id = request.path_params["record"]
    record = await _read(request, lambda records: records.one(record_id))
    if is_known(request.scope, headers["ETag"]):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    base = state_of(request).base(request.scope)
    feature = record_feature(record, base)
    if form == HTML:
        return page_response("record.html", {"base": base, "feature": feature}, headers=headers)
    return Response(orjson.dumps(feature), headers=headers, media_type=GEOJSON)


async def report(request: Request) -> Response:
    """Answer ``/collections/metadata/reports/{edition}``."""
    form = chosen_format(request.scope, query_of(request.scope))
    name = request.path_params["edition"]
    if not (name.isascii() and name.isdecimal() and len(name) <= 9):
        raise NotFound(t("There is no record {id}", id=f"report:{name}"), field="recordId", value=name)
    number = place_of(f"report:{int(name)}").number
    document = await _read(request, lambda records: records.report(number))
    if form == HTML:
        title = t("Report on edition {number}", number=number)
        return page_response("document.html", {"title": title, "document": document}, headers=_HEADERS)
    return Response(orjson.dumps(document), headers=_HEADERS, media_type="application/json")


async def _tagged(request: Request, form: str) -> dict[str, str]:
    catalogue = await state_of(request).catalogue(request.scope)
    tag = entity_tag(catalogue, request.scope, form)
    return {**_HEADERS, "Content-Crs": f"<{CRS84.uri}>", "ETag": tag}


async def _read(request: Request, ask: Callable[[Records], _T]) -> _T:
    """Ask the records as the sender of a request sees them."""
    state = state_of(request)
    catalogue, base = await state.catalogue(request.scope), state.base(request.scope)
    principal = principal_of(request.scope)

    def read() -> _T:
        with state.registry.connect() as connection, limited(connection):
            return ask(Records(connection, catalogue, principal, base))

    return await run_in_threadpool(read)


def _links(base: str, given: Mapping[str, str], form: str, onward: str | None) -> list[Link]:
    here = f"{base}/collections/{CATALOGUE_ID}"
    other = "html" if form != HTML else "json"
    titles: list[tuple[str, str, Any, dict[str, str]]] = [
        ("self", form, t("This document"), {**given}),
        ("alternate", other, t("This document as {form}", form=other.upper()), {**given, "f": other}),
    ]
    if onward is not None:
        titles.append(("next", form, t("Next page"), {**given, "after": onward}))
    links = [
        link(rel, FEATURES[one][0], title, f"{here}/items?{urlencode(query, safe=',:/')}".rstrip("?"))
        for rel, one, title, query in titles
    ]
    return [*links, link("collection", "application/json", t("The collection"), here)]
