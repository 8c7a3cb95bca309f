"""A small invented city, published, asked in process and over a real server."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

import anyio.from_thread
import geopandas as gpd
import httpx
import numpy as np
import pytest
import shapely
import uvicorn
from starlette.applications import Starlette

from gis.editions import commit
from gis.models import DATASETS
from gis.registry import Registry, open_registry
from layers.catalogue import publish, seed_layers
from ogc.app import create_ogc_app, ogc_routes

PUBLISHED = ("unit-grids", "components", "areas")


def frame(
    dataset: str, rows: list[dict[str, object]], geometries: list[shapely.Geometry]
) -> gpd.GeoDataFrame:
    columns = list(DATASETS[dataset].columns)
    values = {name: [row.get(name) for row in rows] for name in columns}
    return gpd.GeoDataFrame(values, geometry=geometries, crs="EPSG:4490")[[*columns, "geometry"]]


@pytest.fixture(scope="session")
def frames() -> dict[str, gpd.GeoDataFrame]:
    """What is committed; the first component stands where the golden coordinates are known."""
    rng = np.random.default_rng(3)
    points = shapely.points(106.5 + 0.1 * rng.random(250), 29.5 + 0.1 * rng.random(250))
    points[0] = shapely.Point(106.55, 29.56)
    components = [
        {
            "id": f"5001130101{n:06d}",
            "class_code": ("0101", "0201")[n % 2],
            "name": f"<b>部件</b> {n}",
            "state": "完好",
            "attributes": json.dumps({"officer": "张某 13800000000"}, ensure_ascii=False),
        }
        for n in range(250)
    ]
    squares = [
        shapely.MultiPolygon(
            [shapely.box(106.5 + i * 0.05, 29.5 + j * 0.05, 106.55 + i * 0.05, 29.55 + j * 0.05)]
        )
        for j in range(2)
        for i in range(2)
    ]
    grids = [{"code": f"50011300100100{n}", "name": f"网格{n}", "responsible": "李某"} for n in range(1, 5)]
    areas = [
        {"line": line, "code": "A/1", "name": line, "in_scope": True, "classes": json.dumps(["01"])}
        for line in ("环卫", "路灯")
    ]
    return {
        "components": frame("components", components, list(points)),
        "grids": frame("grids", grids, squares),
        "areas": frame("areas", areas, squares[:2]),
        "divisions": frame("divisions", [{"code": "500113", "name": "某区", "level": "county"}], squares[:1]),
    }


class Client:
    """Ask an application in process, all questions in the event loop its lifespan runs in."""

    def __init__(self, app: Starlette, portal: anyio.from_thread.BlockingPortal) -> None:
        self._app = app
        self._portal = portal

    def get(self, path: str, **details: object) -> httpx.Response:
        return self.request("GET", path, **details)

    def post(self, path: str, **details: object) -> httpx.Response:
        return self.request("POST", path, **details)

    def request(self, method: str, path: str, **details: object) -> httpx.Response:
        return self._portal.call(self._ask, method, path, details)

    async def _ask(self, method: str, path: str, details: dict) -> httpx.Response:
        transport = httpx.ASGITransport(self._app, raise_app_exceptions=details.pop("raising", True))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.request(method, path, **details)


@dataclass(frozen=True)
class Site:
    """The application, the registry behind it and a client that stays in one event loop."""

    registry: Registry
    app: Starlette
    client: Client

    def json(self, path: str, **parameters: object) -> dict:
        response = self.client.get(f"/ogc{path}", params=parameters)
        assert response.status_code == 200, response.text
        return response.json()

    def problem(self, path: str, status: int, **parameters: object) -> dict:
        response = self.client.get(f"/ogc{path}", params=parameters)
        assert response.status_code == status, response.text
        assert response.headers["content-type"] == "application/problem+json"
        body = response.json()
        assert body["status"] == status
        assert body["detail"]
        return body


def _fill(registry: Registry, frames: dict[str, gpd.GeoDataFrame]) -> None:
    for dataset, table in frames.items():
        commit(registry, dataset, table, source="test")
    seed_layers(registry)
    for layer_id in PUBLISHED:
        publish(registry, layer_id)


@contextmanager
def _asked(registry: Registry) -> Iterator[Site]:
    ogc = create_ogc_app(registry)
    app = Starlette(routes=ogc_routes(ogc), lifespan=lambda _app: ogc.router.lifespan_context(ogc))
    with (
        anyio.from_thread.start_blocking_portal() as portal,
        portal.wrap_async_context_manager(app.router.lifespan_context(app)),
    ):
        yield Site(registry, app, Client(app, portal))


@pytest.fixture(scope="session", params=["gpkg", "postgis"])
def shared_registry(
    request: pytest.FixtureRequest,
    frames: dict[str, gpd.GeoDataFrame],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Registry]:
    """Registry with committed data and three public layers, which no test changes."""
    if request.param == "gpkg":
        url = str(tmp_path_factory.mktemp("shared") / "city.gpkg")
    else:
        url = request.getfixturevalue("postgis_server").create_database()
    with open_registry(url, create=True) as registry:
        _fill(registry, frames)
        yield registry


@pytest.fixture(scope="session")
def site(shared_registry: Registry) -> Iterator[Site]:
    """Application asked in process, for tests that only read."""
    with _asked(shared_registry) as asked:
        yield asked


@pytest.fixture
def own_site(
    registry: Registry, frames: dict[str, gpd.GeoDataFrame], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Site]:
    """Application over a registry of the test's own, that notices every change at once."""
    monkeypatch.setattr("layers.published.CHECK_EVERY", 0.0)
    _fill(registry, frames)
    with _asked(registry) as asked:
        yield asked


@pytest.fixture(scope="session")
def served(shared_registry: Registry) -> Iterator[str]:
    """URL of ``/ogc`` of a really running server."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        ogc = create_ogc_app(shared_registry)
        app = Starlette(routes=ogc_routes(ogc), lifespan=lambda _app: ogc.router.lifespan_context(ogc))
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{port}/ogc"
        for _ in range(200):
            try:
                httpx.get(f"{url}/conformance", timeout=5)
                break
            except httpx.TransportError:
                time.sleep(0.05)
        yield url
        server.should_exit = True
        thread.join(10)


@pytest.fixture
def asked_over(
    frames: dict[str, gpd.GeoDataFrame], monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], AbstractContextManager[Site]]:
    """Return a function that fills the database of a URL and asks an application over it."""
    monkeypatch.setattr("layers.published.CHECK_EVERY", 0.0)

    @contextmanager
    def ask(url: str) -> Iterator[Site]:
        with open_registry(url, create=True) as registry:
            _fill(registry, frames)
            with _asked(registry) as asked:
                yield asked

    return ask
