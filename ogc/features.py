"""``items`` and the single item (OGC API - Features Part 1, 17-069r4, and Part 2, 18-058r1)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

import orjson
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from gis.text import t
from layers.pages import Page
from layers.published import PublishedLayer
from layers.query import ItemsQuery
from layers.reference_systems import ReferenceSystem
from ogc.database import PIECE
from ogc.edits_etags import item_tag
from ogc.negotiation import FEATURES, HTML, chosen_format
from ogc.pages import page_response
from ogc.parameters import COMMON, crs_of, items_query, query_of, wants_count
from ogc.state import entity_tag, is_known, state_of

GEOJSON = "application/geo+json"

Link = dict[str, str]


async def items(request: Request) -> Response:
    """Answer ``/collections/{id}/items``."""
    state = state_of(request)
    catalogue, entry = await state.entry(request)
    given = query_of(request.scope, None)
    query = items_query(entry, given)
    counted = wants_count(given)
    form = chosen_format(request.scope, given, FEATURES)
    tag = entity_tag(catalogue, request.scope, form)
    headers = _headers(query.crs, tag)
    if is_known(request.scope, tag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    base = f"{state.base(request.scope)}/collections/{entry.layer.id}"
    total = await state.database.count(entry.layer, query) if counted else None
    if form == HTML:
        page = await state.database.page(entry.layer, query)
        return _items_page(entry, page, _page_links(base, given, form, page.next), base, headers)

    def tail(count: int, onward: str | None) -> bytes:
        return _tail(count, _page_links(base, given, form, onward), total)

    written = _written(state.database.pieces(entry.layer, query), tail)
    if query.limit <= PIECE:
        return Response(b"".join([part async for part in written]), headers=headers, media_type=GEOJSON)
    # What goes wrong with the first piece is still answered as a problem
    first = await anext(written)
    return StreamingResponse(_begun(first, written), headers=headers, media_type=GEOJSON)


async def item(request: Request) -> Response:
    """Answer ``/collections/{id}/items/{featureId}``."""
    state = state_of(request)
    _catalogue, entry = await state.entry(request)
    given = query_of(request.scope, (*COMMON, "crs"))
    form = chosen_format(request.scope, given, FEATURES)
    query = ItemsQuery(crs=crs_of(entry, given))
    base = f"{state.base(request.scope)}/collections/{entry.layer.id}"
    feature = await state.database.item(entry.layer, request.path_params["feature"], query)
    tag = item_tag(request.scope, base, feature, query.crs, form)
    headers = _headers(query.crs, tag)
    if is_known(request.scope, tag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    links = _item_links(base, request.path_params["feature"], given, form)
    if form == HTML:
        context = {"layer": entry.layer, "feature": orjson.loads(feature), "base": base, "links": links}
        return page_response("item.html", context, headers=headers)
    return Response(_with_links(feature, links), headers=headers, media_type=GEOJSON)


def _headers(crs: ReferenceSystem, tag: str) -> dict[str, str]:
    return {
        "Content-Crs": f"<{crs.uri}>",
        "ETag": tag,
        "Cache-Control": "no-cache",
        "Vary": "Accept, Accept-Language",
    }


async def _written(
    pieces: AsyncIterator[Page], tail: Callable[[int, str | None], bytes]
) -> AsyncIterator[bytes]:
    """Write the feature collection around features that are written already, piece by piece."""
    lead, count, onward = b'{"type":"FeatureCollection","features":[', 0, None
    async for piece in pieces:
        count, onward = count + piece.count, piece.next
        yield lead + piece.features[1:-1]
        lead = b","
    yield tail(count, onward)


async def _begun(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for part in rest:
        yield part


def _tail(count: int, links: list[Link], total: int | None) -> bytes:
    """Write what is known of a feature collection once its features are written."""
    members: dict[str, Any] = {
        "numberReturned": count,
        "timeStamp": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "links": links,
    }
    if total is not None:
        members["numberMatched"] = total
    return b"]," + orjson.dumps(members)[1:]


def _with_links(feature: bytes, links: list[Link]) -> bytes:
    return feature[:-1] + b',"links":' + orjson.dumps(links) + b"}"


def _page_links(base: str, given: Mapping[str, str], form: str, onward: str | None) -> list[Link]:
    links = _forms(f"{base}/items", given, form)
    if onward is not None:
        address = f"{base}/items?{_encoded({**given, 'after': onward})}"
        links.append(_link("next", FEATURES[form][0], t("Next page"), address))
    return [*links, *_about(base)]


def _item_links(base: str, feature: str, given: Mapping[str, str], form: str) -> list[Link]:
    return [*_forms(f"{base}/items/{quote(feature, safe=':')}", given, form), *_about(base)]


def _about(base: str) -> list[Link]:
    return [
        _link("collection", "application/json", t("The collection"), base),
        _link("describedby", "application/schema+json", t("Schema"), f"{base}/schema"),
    ]


def _forms(address: str, given: Mapping[str, str], form: str) -> list[Link]:
    """Return the link to the answer itself and to its other forms."""
    others = _encoded({name: value for name, value in given.items() if name != "f"})
    lead = f"{address}?{others}&" if others else f"{address}?"
    own = f"{lead}f={given['f']}" if "f" in given else lead[:-1]
    links = [_link("self", FEATURES[form][0], t("This document"), own)]
    for other in FEATURES:
        if other != form:
            title = t("This document as {form}", form=other.upper())
            links.append(_link("alternate", FEATURES[other][0], title, f"{lead}f={other}"))
    return links


def _link(rel: str, media_type: str, title: object, href: str) -> Link:
    return {"rel": rel, "type": media_type, "title": str(title), "href": href}


def _encoded(query: Mapping[str, str]) -> str:
    return urlencode(query, safe=",:/")


def _items_page(
    entry: PublishedLayer, page: Page, links: list[Link], base: str, headers: dict[str, str]
) -> Response:
    context = {
        "layer": entry.layer,
        "features": orjson.loads(page.features),
        "base": base,
        "links": links,
        "next": next((link["href"] for link in links if link["rel"] == "next"), None),
    }
    return page_response("items.html", context, headers=headers)
