"""``changes``: what became of the features of a collection since an edition."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gis.errors import UsageError
from gis.registry import Registry
from gis.text import t
from layers.edits_changes import ChangesPage, read_changes
from layers.layer import Layer
from layers.query import MAX_LIMIT
from ogc.negotiation import HTML, chosen_format
from ogc.pages import page_response
from ogc.parameters import COMMON, query_of
from ogc.state import state_of
from ogc.time_limit import limited

#: Changes on a page unless asked otherwise.
DEFAULT_CHANGES = 1_000

PARAMETERS = ("since", "limit", "after")


async def changes(request: Request) -> Response:
    """Answer ``/collections/{id}/changes``."""
    state = state_of(request)
    _catalogue, entry = await state.entry(request)
    given = query_of(request.scope, (*COMMON, *PARAMETERS))
    form = chosen_format(request.scope, given)
    since, limit = _number(given, "since", 0, 0), _number(given, "limit", DEFAULT_CHANGES, 1)
    page = await run_in_threadpool(
        _read, state.registry, entry.layer, since, min(limit, MAX_LIMIT), given.get("after")
    )
    base = f"{state.base(request.scope)}/collections/{entry.layer.id}"
    document = _document(entry.layer.id, since, page, base, given)
    headers = {"Vary": "Accept, Accept-Language", "Cache-Control": "no-cache"}
    if form == HTML:
        title = t("Changes of {layer}", layer=entry.layer.title)
        return page_response("document.html", {"title": title, "document": document}, headers=headers)
    return JSONResponse(document, headers=headers)


def _read(registry: Registry, layer: Layer, since: int, limit: int, after: str | None) -> ChangesPage:
    with registry.connect() as connection, limited(connection):
        return read_changes(connection, layer, since, limit=limit, after=after)


def _document(
    collection: str, since: int, page: ChangesPage, base: str, given: dict[str, str]
) -> dict[str, Any]:
    def link(rel: str, title: object, query: dict[str, str]) -> dict[str, str]:
        href = f"{base}/changes?{urlencode(query)}" if query else f"{base}/changes"
        return {"rel": rel, "type": "application/json", "title": str(title), "href": href}

    links = [link("self", t("This document"), given)]
    if page.next is not None:
        links.append(link("next", t("Next page"), {**given, "after": page.next}))
    links.append(
        {
            "rel": "collection",
            "type": "application/json",
            "title": str(t("The collection")),
            "href": base,
        }
    )
    return {
        "collection": collection,
        "since": since,
        "edition": page.edition,
        "numberReturned": len(page.changes),
        "changes": [asdict(change) for change in page.changes],
        "links": links,
    }


def _number(given: dict[str, str], name: str, default: int, least: int) -> int:
    text = given.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) <= 9 and int(text) >= least):
        raise UsageError(
            t("{field} cannot be {value}", field=name, value=repr(text)),
            field=name,
            value=text,
            expected=t("A whole number from {least}", least=least),
        )
    return int(text)
