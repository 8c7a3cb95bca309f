"""Edit features: ``POST``, ``PUT``, ``PATCH``, ``DELETE`` (OGC API - Features Part 4, 20-002)."""

from __future__ import annotations

import os
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from gis.errors import UsageError
from gis.text import t
from layers.edits import Edited, change_feature, create_feature, delete_feature, kind_to_edit
from layers.edits_body import DEFAULT_VERTICES, FeatureBody, read_body
from layers.edits_errors import UnknownMediaType
from layers.edits_kinds import edit_kind, instead_of_editing
from layers.published import PublishedLayer
from layers.query import ItemsQuery
from layers.reference_systems import CRS84, ReferenceSystem, reference_system
from ogc.body_limit import limited_body
from ogc.edits_access import author_of, can_edit, may_edit
from ogc.edits_etags import feature_tag, is_waived, version_given
from ogc.negotiation import JSON
from ogc.parameters import query_of
from ogc.problems import problem
from ogc.state import OgcState, state_of

#: Header that names the edition an edit made.
EDITION = "Wangge-Edition"

BODY_LIMIT, VERTEX_LIMIT = "WANGGE_EDIT_BODY_LIMIT", "WANGGE_EDIT_VERTICES"

#: Bytes of the body of an edit: a geometry of as many positions as are taken fits in.
DEFAULT_BODY = 8_000_000

GEOJSON, MERGE_PATCH = "application/geo+json", "application/merge-patch+json"

_READING = ("GET", "HEAD", "OPTIONS")
_WHOLE = (GEOJSON, "application/json")
_PATCHES = (MERGE_PATCH, *_WHOLE)
_ON_ITEMS = ("POST",)
_ON_ITEM = ("PUT", "PATCH", "DELETE")

#: Methods that the routes of this module answer, if only to say what else there is.
METHODS = ("POST", "PUT", "PATCH", "DELETE", "OPTIONS")


async def items(request: Request) -> Response:
    """Answer ``POST`` and ``OPTIONS`` of ``/collections/{id}/items``."""
    state = state_of(request)
    _catalogue, entry = await state.entry(request)
    if request.method != "POST":
        return _allowed(request, entry, _ON_ITEMS)
    if edit_kind(entry.layer) is None:
        return _not_edited(entry)
    source = author_of(may_edit(request, entry.layer))
    query_of(request.scope)
    body = await _body(request, entry, whole=True)
    edited = await run_in_threadpool(create_feature, state.registry, entry.layer, body, source=source)
    return await _answer(state, request, entry, edited, HTTPStatus.CREATED)


async def item(request: Request) -> Response:
    """Answer ``PUT``, ``PATCH``, ``DELETE`` and ``OPTIONS`` of ``/collections/{id}/items/{featureId}``."""
    state = state_of(request)
    _catalogue, entry = await state.entry(request)
    if request.method not in _ON_ITEM:
        return _allowed(request, entry, _ON_ITEM)
    if edit_kind(entry.layer) is None:
        return _not_edited(entry)
    source = author_of(may_edit(request, entry.layer))
    query_of(request.scope)
    feature_id, precondition = request.path_params["feature"], version_given(request)
    registry, layer = state.registry, entry.layer
    if request.method == "DELETE":
        edited = await run_in_threadpool(
            delete_feature, registry, layer, feature_id, source=source, precondition=precondition
        )
        state.published.look_again()
        return Response(status_code=HTTPStatus.NO_CONTENT, headers={EDITION: str(edited.edition)})
    body = await _body(request, entry, whole=request.method == "PUT")
    edited = await run_in_threadpool(
        change_feature, registry, layer, feature_id, body, source=source, precondition=precondition
    )
    return await _answer(state, request, entry, edited, HTTPStatus.OK)


def check_settings() -> None:
    """Refuse settings of edits that cannot be: when the server starts, not when somebody edits.

    Raises
    ------
    UsageError
        Names the variable.
    """
    limit_from_environment(BODY_LIMIT, DEFAULT_BODY)
    limit_from_environment(VERTEX_LIMIT, DEFAULT_VERTICES)
    is_waived()


def limit_from_environment(variable: str, default: int) -> int:
    """Read a limit of edits, a positive whole number.

    Raises
    ------
    UsageError
        If it is none.
    """
    text = os.environ.get(variable, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) <= 12 and int(text)):
        raise UsageError(
            t("{variable} cannot be {value}", variable=variable, value=repr(text[:50])),
            field=variable,
            value=text[:50],
            expected=str(default),
        )
    return int(text)


def _allowed(request: Request, entry: PublishedLayer, editing: tuple[str, ...]) -> Response:
    """Say what may be done here: to ``OPTIONS``, and to a method that is none of it."""
    methods = (*_READING, *(editing if can_edit(request, entry.layer) else ()))
    headers = {"Allow": ", ".join(methods)}
    if request.method == "OPTIONS":
        accepted = {"Accept-Post": ", ".join(_WHOLE)} if "POST" in methods else {}
        accepted |= {"Accept-Patch": ", ".join(_PATCHES)} if "PATCH" in methods else {}
        return Response(status_code=HTTPStatus.NO_CONTENT, headers=headers | accepted)
    detail = t("{path} does not take {method}", path=request.url.path, method=request.method)
    return problem(HTTPStatus.METHOD_NOT_ALLOWED, detail, headers=headers)


def _not_edited(entry: PublishedLayer) -> Response:
    """Refuse to edit a layer that is not edited feature by feature, and say what to do instead."""
    return problem(
        HTTPStatus.METHOD_NOT_ALLOWED,
        t("{layer} is not edited feature by feature", layer=entry.layer.id),
        headers={"Allow": ", ".join(_READING)},
        field="collectionId",
        value=entry.layer.id,
        hint=str(instead_of_editing(entry.layer)),
    )


async def _body(request: Request, entry: PublishedLayer, *, whole: bool) -> FeatureBody:
    kind_to_edit(entry.layer)
    _require_media_type(request, _WHOLE if whole else _PATCHES)
    limit = limit_from_environment(BODY_LIMIT, DEFAULT_BODY)
    receive = limited_body(request.scope, request.receive, limit)
    content = await Request(request.scope, receive).body()
    system = _content_crs(request, entry)
    vertices = limit_from_environment(VERTEX_LIMIT, DEFAULT_VERTICES)
    # In a thread: a large geometry takes a while
    return await run_in_threadpool(
        read_body, entry.layer, content, whole=whole, system=system, vertices=vertices
    )


def _require_media_type(request: Request, accepted: tuple[str, ...]) -> None:
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given not in accepted:
        raise UnknownMediaType(
            t("A body of type {value} is not read here", value=given or "–"),
            field="Content-Type",
            value=given or None,
            expected=", ".join(accepted),
        )


def _content_crs(request: Request, entry: PublishedLayer) -> ReferenceSystem:
    """Return the coordinate system of a body: ``Content-Crs`` in pointed brackets, else CRS84."""
    given = request.headers.get("content-crs")
    if given is None:
        return CRS84
    system = reference_system(given.strip().removeprefix("<").removesuffix(">"), field="Content-Crs")
    if system not in entry.systems:
        raise UsageError(
            t("{layer} is not offered in {crs}", layer=entry.layer.id, crs=system.uri),
            field="Content-Crs",
            value=given,
            expected=", ".join(offered.uri for offered in entry.systems),
        )
    return system


async def _answer(
    state: OgcState, request: Request, entry: PublishedLayer, edited: Edited, status: HTTPStatus
) -> Response:
    """Tell which edition was made, what the checks remarked, where the feature is, and its version."""
    state.published.look_again()
    base = f"{state.base(request.scope)}/collections/{entry.layer.id}"
    address = f"{base}/items/{quote(edited.id, safe=':')}"
    feature = await state.database.item(entry.layer, edited.id, ItemsQuery())
    headers = {
        EDITION: str(edited.edition),
        "ETag": feature_tag(feature, CRS84, JSON, base, ""),
        "Link": f'<{base}/schema>; rel="describedby"',
    }
    if status == HTTPStatus.CREATED:
        headers["Location"] = address
    return Response(orjson.dumps(_told(edited, address)), status, headers, media_type="application/json")


def _told(edited: Edited, address: str) -> dict[str, Any]:
    return {
        "id": edited.id,
        "edition": edited.edition,
        "findings": [finding.to_dict(geometries=False) for finding in edited.findings],
        "links": [{"rel": "item", "type": GEOJSON, "title": str(t("The feature")), "href": address}],
    }
