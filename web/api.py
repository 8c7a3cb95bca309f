"""The JSON interface of the map, under ``/api``: configuration, labels, classes, search, resolution."""

from __future__ import annotations

from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from components.catalogue import Catalogue
from gis.errors import UsageError
from gis.text import t
from layers.access import Action
from ogc.access import require
from responsibility.settings import load_settings
from web.classes import class_choices
from web.field import field_routes
from web.labels import label_points, read_bbox
from web.layers_api import layer_routes
from web.mapconfig import map_config
from web.precedents import precedents
from web.resolve_one import PATH, ResolveOne
from web.resolving import resolve_many
from web.scope import SearchScope, seen
from web.search import DEFAULT_LIMIT, MAX_LENGTH, MAX_LIMIT, search
from web.ticket_api import ticket_routes


def api_routes() -> list[Route]:
    """Return the routes under ``/api``."""
    return [
        Route("/api/map", _map),
        Route("/api/classes", _classes),
        Route("/api/labels/{layer}", _labels),
        Route("/api/search", _search),
        Route(PATH, ResolveOne(), methods=["GET"]),
        Route(PATH, resolve_many, methods=["POST"]),
        *field_routes(),
        *layer_routes(),
        *ticket_routes(),
        Route("/api/precedents", precedents),
    ]


def _map(request: Request) -> Response:
    return _json(map_config(request.app.state.registry, seen(request).layers.values()))


def _classes(request: Request) -> Response:
    standard = request.query_params.get("standard") or load_settings().standard
    return _json(
        {"standard": standard, "choices": class_choices(Catalogue.of(request.app.state.registry), standard)}
    )


def _labels(request: Request) -> Response:
    layer = seen(request)[request.path_params["layer"]].layer
    box = read_bbox(request.query_params.get("bbox", ""))
    return _json(label_points(request.app.state.registry, layer, box))


def _search(request: Request) -> Response:
    scope = SearchScope(require(request.scope, Action.SEARCH, None), seen(request))
    text = _text(request.query_params.get("q", ""))
    limit = _limit(request.query_params.get("limit"))
    found = search(request.app.state.registry, text, limit, scope)
    return _json({"query": text, "results": [result.to_dict() for result in found]})


def _text(text: str) -> str:
    if not text.strip():
        raise UsageError(
            t("There is nothing to search for"), field="q", value=text, expected=t("a code or a name")
        )
    if len(text) > MAX_LENGTH:
        raise UsageError(
            t("The text has {count} characters", count=len(text)),
            field="q",
            value=text,
            expected=t("at most {limit}", limit=MAX_LENGTH),
        )
    return text


def _limit(given: str | None) -> int:
    if given is None:
        return DEFAULT_LIMIT
    if not (given.isascii() and given.isdigit() and 1 <= int(given) <= MAX_LIMIT):
        raise UsageError(
            t("The limit is {value}", value=given), field="limit", value=given, expected=f"1..{MAX_LIMIT}"
        )
    return int(given)


def _json(document: Any) -> Response:
    return Response(orjson.dumps(document), media_type="application/json")
