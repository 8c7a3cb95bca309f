"""The ASGI application of ``/ogc``."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from gis.registry import Registry
from layers.tilematrix import TILE_MATRIX_SETS, tile_matrix_set
from ogc.language import LanguageMiddleware
from ogc.problems import exception_handlers
from ogc.public_url import PublicURL

PREFIX = "/ogc"


def create_ogc_app(registry: Registry, *, public_url: str | None = None) -> Starlette:
    """Make the application that publishes a registry's layers over OGC API.

    Parameters
    ----------
    registry : Registry
        Opened by the caller, who closes it.
    public_url : str, optional
        Root of the whole site as seen from outside; without it ``WANGGE_PUBLIC_URL``, else the
        request's host when it is loopback, our own address or one of ``WANGGE_ALLOWED_HOSTS``.

    Returns
    -------
    Starlette
        To be put into the site with :func:`ogc_routes`. Whoever mounts it runs its lifespan
        (``app.router.lifespan_context(app)``) within his own.
    """
    app = Starlette(
        routes=[
            Route("/tileMatrixSets", _tile_matrix_sets),
            Route("/tileMatrixSets/{tms}", _tile_matrix_set),
        ],
        middleware=[Middleware(LanguageMiddleware)],
        exception_handlers=exception_handlers(),
    )
    app.state.registry = registry
    app.state.public_url = PublicURL.from_environment(public_url)
    return app


def ogc_routes(app: ASGIApp) -> list[BaseRoute]:
    """Return the routes that put the application at ``/ogc``, with and without a slash.

    Parameters
    ----------
    app : ASGI application
        Of :func:`create_ogc_app`.

    Returns
    -------
    list of BaseRoute
    """
    return [Route(PREFIX, _AtRoot(app)), Mount(PREFIX, app)]


class _AtRoot:
    """Call the application as if a slash followed its prefix."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        root = scope.get("root_path", "") + PREFIX
        await self.app({**scope, "root_path": root, "path": root + "/"}, receive, send)


async def _tile_matrix_sets(request: Request) -> JSONResponse:
    base = request.app.state.public_url.of(request.scope, PREFIX)
    return JSONResponse(
        {
            "tileMatrixSets": [
                {"id": name, "links": [{"rel": "self", "href": f"{base}/tileMatrixSets/{name}"}]}
                for name in TILE_MATRIX_SETS
            ]
        }
    )


async def _tile_matrix_set(request: Request) -> JSONResponse:
    return JSONResponse(tile_matrix_set(request.path_params["tms"]).to_dict())
