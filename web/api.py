"""The JSON interface of the map, under ``/api``: configuration, labels, classes, search, resolution."""

from __future__ import annotations

from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from components.catalogue import Catalogue
from responsibility.settings import load_settings
from web.classes import class_choices
from web.field import field_routes
from web.geocode_api import geocode_routes
from web.labels import label_points, read_bbox
from web.layers_api import layer_routes
from web.mapconfig import map_config
from web.precedents import precedents
from web.resolve_one import PATH, ResolveOne
from web.resolving import resolve_many
from web.scope import seen
from web.search_request import answer_search
from web.ticket_api import ticket_routes


def api_routes() -> list[Route]:
    """Return the routes under ``/api``."""
    return [
        Route("/api/map", _map),
        Route("/api/classes", _classes),
        Route("/api/labels/{layer}", _labels),
        Route("/api/search", answer_search),
        Route(PATH, ResolveOne(), methods=["GET"]),
        Route(PATH, resolve_many, methods=["POST"]),
        *field_routes(),
        *geocode_routes(),
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


def _json(document: Any) -> Response:
    return Response(orjson.dumps(document), media_type="application/json")
