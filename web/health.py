"""``/healthz``: the process lives. ``/readyz``: it can answer."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from gis.editions import basis


def health_routes() -> list[Route]:
    """Return the routes of both."""
    return [Route("/healthz", _alive), Route("/readyz", _ready)]


async def _alive(_request: Request) -> JSONResponse:
    return JSONResponse({"status": "ok"})


def _ready(request: Request) -> JSONResponse:
    """Read from the registry; when that fails the error becomes a 503."""
    registry = request.app.state.registry
    with registry.connect() as connection:
        return JSONResponse({"status": "ready", "registry": registry.kind, "editions": basis(connection)})
