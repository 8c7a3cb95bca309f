"""``/api/layers``: the catalogue of layers for those who manage it; changes hold at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from typing import Any

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gis.errors import UsageError
from gis.registry import Registry
from gis.text import t
from layers.access import Action, demand
from layers.catalogue import add_layer, change_layer, get_layer, list_layers, remove_layer
from layers.definitions import changed_layer, document_of, new_layer
from layers.layer import Layer
from ogc.access import require
from web.field import read_body

_DEFINITION = '{"id": "…", "dataset": "…", "title_zh": "…"}'
_PATH = "/api/layers/{layer}"


def layer_routes() -> list[Route]:
    """Return the routes of the catalogue."""
    return [
        Route("/api/layers", _listed, methods=["GET"]),
        Route("/api/layers", _created, methods=["POST"]),
        Route(_PATH, _shown, methods=["GET"]),
        Route(_PATH, _changed, methods=["PATCH"]),
        Route(_PATH, _removed, methods=["DELETE"]),
    ]


async def _listed(request: Request) -> Response:
    """Answer with all layers, public or not."""
    principal = require(request.scope, Action.MANAGE, None)
    found = await run_in_threadpool(list_layers, _registry(request), public_only=False)
    allowed = [one for one in found if principal.layers is None or one.id in principal.layers]
    return _json({"layers": [document_of(layer) for layer in allowed]})


async def _shown(request: Request) -> Response:
    layer = await _managed(request)
    return _json(document_of(layer))


async def _created(request: Request) -> Response:
    """Enter a layer; a key of some layers may enter those."""
    principal = require(request.scope, Action.MANAGE, None)
    body = dict(await read_body(request, _DEFINITION))
    public = _public(body)
    layer = replace(new_layer(body), public=bool(public))
    demand(principal, Action.MANAGE, layer)
    await run_in_threadpool(add_layer, _registry(request), layer)
    headers = {"Location": f"{request.url.path}/{layer.id}"}
    return _json(document_of(layer), HTTPStatus.CREATED, headers)


async def _changed(request: Request) -> Response:
    """Change members of a layer; ``public`` publishes or withdraws it."""
    layer = await _managed(request)
    body = dict(await read_body(request, '{"title_zh": "…", "public": true}'))
    public = _public(body)

    def change(held: Layer) -> Layer:
        return replace(changed_layer(held, body), public=held.public if public is None else public)

    changed = await run_in_threadpool(change_layer, _registry(request), layer.id, change)
    return _json(document_of(changed))


async def _removed(request: Request) -> Response:
    layer = await _managed(request)
    await run_in_threadpool(remove_layer, _registry(request), layer.id)
    return Response(status_code=HTTPStatus.NO_CONTENT)


async def _managed(request: Request) -> Layer:
    """Return the layer a request is about when its sender may manage it."""
    principal = require(request.scope, Action.MANAGE, None)
    find: Callable[..., Layer] = get_layer
    layer = await run_in_threadpool(find, _registry(request), request.path_params["layer"], public_only=False)
    demand(principal, Action.MANAGE, layer)
    return layer


def _public(body: dict[str, Any]) -> bool | None:
    """Take out of a body whether the layer is to be public."""
    public = body.pop("public", None)
    if public is not None and not isinstance(public, bool):
        raise UsageError(
            t("{name} is neither true nor false", name="public"),
            field="public",
            value=public,
            expected="true, false",
        )
    return public


def _registry(request: Request) -> Registry:
    registry: Registry = request.app.state.registry
    return registry


def _json(
    document: Any, status: HTTPStatus = HTTPStatus.OK, headers: dict[str, str] | None = None
) -> Response:
    return Response(orjson.dumps(document), status, headers, media_type="application/json")
