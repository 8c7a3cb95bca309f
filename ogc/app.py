"""The ASGI application of ``/ogc``."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from gis.registry import Registry
from layers import cql2
from ogc import coverages, documents, edits, edits_changes, features, rasters, schemas, styles, tilesets
from ogc.access import AccessMiddleware, Gate
from ogc.engine import Engines
from ogc.language import LanguageMiddleware
from ogc.problems import exception_handlers
from ogc.processes import handlers as processes
from ogc.processes.runner import JobRunner
from ogc.public_url import PublicURL
from ogc.raster_turns import RasterTurns
from ogc.records import handlers as records
from ogc.records.record import CATALOGUE_ID
from ogc.state import PREFIX, OgcState
from ogc.tile_source import TileSource
from responsibility.resolver import Resolver

Lifespan = Callable[[Starlette], AbstractAsyncContextManager[None]]

_COLLECTION = "/collections/{collection}"
_TILES = f"{_COLLECTION}/tiles"
_RECORDS = f"/collections/{CATALOGUE_ID}"
_RASTER = f"/collections/{rasters.PREFIX}{{raster}}"


def create_ogc_app(
    registry: Registry,
    *,
    public_url: str | None = None,
    resolver: Resolver | None = None,
    gate: Gate | None = None,
) -> Starlette:
    """Make the application that publishes a registry's layers over OGC API.

    Parameters
    ----------
    registry : Registry
        Opened by the caller, who closes it.
    public_url : str, optional
        Root of the whole site as seen from outside; without it ``WANGGE_PUBLIC_URL``, else the
        request's host when it is loopback, our own address or one of ``WANGGE_ALLOWED_HOSTS``.
    resolver : Resolver, optional
        To answer the process ``resolve`` with; made at the first use otherwise.
    gate : Gate, optional
        Who tells who asks; by default one for a server that listens on loopback only.

    Returns
    -------
    Starlette
        To be put into the site with :func:`ogc_routes`. Whoever mounts it runs its lifespan
        (``app.router.lifespan_context(app)``) within his own.

    Raises
    ------
    UsageError
        If the public URL is not one, or a setting of edits cannot be.
    """
    edits.check_settings()
    url = PublicURL.from_environment(public_url)
    state = OgcState(registry, url, resolver)
    gate = gate or Gate(registry, public_url=url)
    jobs = JobRunner(state)
    app = Starlette(
        routes=_routes(),
        middleware=[Middleware(LanguageMiddleware), Middleware(AccessMiddleware, gate=gate)],
        exception_handlers=exception_handlers(),
        lifespan=_lifespan(state, gate, jobs),
    )
    app.state.ogc = state
    app.state.jobs = jobs
    app.state.engines = Engines(state)
    app.state.raster_turns = RasterTurns()
    app.state.tiles = TileSource(state.database)
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


def _routes() -> list[BaseRoute]:
    return [
        # Routes are tried in turn, and a map asks for hundreds of tiles
        Route(f"{_TILES}/{{tms}}/{{z}}/{{row}}/{{col}}", tilesets.tile),
        # Before the addresses of layers, none of which has this name
        Route(_RECORDS, records.collection),
        Route(f"{_RECORDS}/items", records.items),
        Route(f"{_RECORDS}/items/{{record}}", records.item),
        Route(f"{_RECORDS}/queryables", records.queryables),
        Route(f"{_RECORDS}/reports/{{edition}}", records.report),
        Route(_RASTER, rasters.collection),
        Route(f"{_RASTER}/coverage", coverages.coverage),
        Route(f"{_RASTER}/map", coverages.picture),
        # Asked for most, found first
        Route(f"{_COLLECTION}/items", features.items),
        Route(f"{_COLLECTION}/items/{{feature:path}}", features.item),
        Route(f"{_COLLECTION}/items", edits.items, methods=edits.METHODS),
        Route(f"{_COLLECTION}/items/{{feature:path}}", edits.item, methods=edits.METHODS),
        Route("/", documents.landing),
        Route("/conformance", documents.conformance),
        Route("/api", documents.description),
        Route("/collections", documents.collections),
        Route(_COLLECTION, documents.collection),
        Route(f"{_COLLECTION}/queryables", schemas.queryables),
        Route(f"{_COLLECTION}/schema", schemas.schema),
        Route(f"{_COLLECTION}/changes", edits_changes.changes),
        Route(_TILES, tilesets.tilesets),
        Route(f"{_TILES}/{{tms}}", tilesets.tileset),
        Route("/tileMatrixSets", tilesets.tile_matrix_sets),
        Route("/tileMatrixSets/{tms}", tilesets.matrix_definition),
        Route(f"{_COLLECTION}/styles", styles.collection_styles),
        Route("/styles", styles.styles),
        Route("/styles/{style}", styles.stylesheet),
        Route("/styles/{style}/metadata", styles.metadata),
        Route("/styles/{style}/legend", styles.legend),
        Route("/symbols", styles.symbols),
        Route("/symbols/{symbol}.svg", styles.symbol),
        Route("/sprites/{sheet}", styles.sprite),
        Route("/fonts/{fontstack}/{range}.pbf", styles.font),
        Route("/processes", processes.processes),
        Route("/processes/{process}", processes.process),
        Route("/processes/{process}/execution", processes.execution, methods=["POST"]),
        Route("/jobs", processes.jobs),
        Route("/jobs/{job}", processes.job),
        Route("/jobs/{job}", processes.dismissal, methods=["DELETE"]),
        Route("/jobs/{job}/results", processes.results),
    ]


def _lifespan(state: OgcState, gate: Gate, jobs: JobRunner) -> Lifespan:
    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        await state.database.open()
        # Built by the first filter, it would hold up all other requests of the event loop
        await run_in_threadpool(cql2.prepare)
        jobs.worker.start()
        try:
            yield
        finally:
            await run_in_threadpool(jobs.worker.stop)
            await state.database.close()
            await run_in_threadpool(gate.ring.close)

    return lifespan
