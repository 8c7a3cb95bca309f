"""A small invented city in a registry, and the server that publishes it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import geopandas as gpd
import httpx
import shapely

from gis.editions import commit
from gis.models import DATASETS
from gis.registry import open_registry
from layers.catalogue import publish, seed_layers

# A file there bears the name of a room, which goes first
sys.path.append(str(Path(__file__).resolve().parents[1] / "bench.d"))

from _cluster import cluster
from _ogc_data import HEIGHT, SOUTH, WEST, WIDTH, components

COMPONENTS = 1500
SIDE = 5
PUBLISHED = ("components", "unit-grids", "areas")


@contextmanager
def city(database: str, folder: Path) -> Iterator[str]:
    """Yield the URL of ``/ogc`` of a small city in ``gpkg`` or ``postgis``, served on a free port."""
    with ExitStack() as stack:
        url = stack.enter_context(registry_of(database, folder))
        fill(url)
        yield stack.enter_context(served(url))


@contextmanager
def registry_of(database: str, folder: Path) -> Iterator[str]:
    """Yield the URL of a registry that is still to be made."""
    if database == "postgis":
        with cluster() as url:
            yield url
    else:
        yield str(folder / "city.gpkg")


def fill(url: str) -> None:
    """Commit components, unit grids and areas to a new registry and publish them."""
    squares = _squares()
    grids: list[dict[str, object]] = [
        {"code": f"500113001001{n:03d}", "name": f"网格{n}"} for n in range(1, SIDE * SIDE + 1)
    ]
    areas = [
        {
            "line": line,
            "code": f"A/{n}",
            "name": f"{line}{n}",
            "in_scope": True,
            "classes": json.dumps(["01"]),
        }
        for n, line in enumerate(("环卫", "路灯", "绿化"))
    ]
    with open_registry(url, create=True) as registry:
        commit(registry, "components", components(COMPONENTS), source="conformance")
        commit(registry, "grids", _frame("grids", grids, squares), source="conformance")
        commit(registry, "areas", _frame("areas", areas, squares[: len(areas)]), source="conformance")
        seed_layers(registry)
        for layer in PUBLISHED:
            publish(registry, layer)


def _squares() -> list[shapely.MultiPolygon]:
    width, height = WIDTH / SIDE, HEIGHT / SIDE
    corners = [(WEST + i * width, SOUTH + j * height) for j in range(SIDE) for i in range(SIDE)]
    return [shapely.MultiPolygon([shapely.box(x, y, x + width, y + height)]) for x, y in corners]


def _frame(
    dataset: str, rows: list[dict[str, object]], shapes: list[shapely.MultiPolygon]
) -> gpd.GeoDataFrame:
    columns = list(DATASETS[dataset].columns)
    values = {name: [row.get(name) for row in rows] for name in columns}
    return gpd.GeoDataFrame(values, geometry=shapes, crs="EPSG:4490")[[*columns, "geometry"]]


@contextmanager
def served(url: str, **settings: str) -> Iterator[str]:
    """Serve a registry as ``wangge serve`` does, with settings, and yield the URL of its ``/ogc``."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-c", "from wangge.cli import main; main()", "serve", "--registry", url]
    environment = {**os.environ, "WANGGE_RATE_LIMIT": "off", **settings}
    process = subprocess.Popen([*command, "--port", str(port)], env=environment, stdout=subprocess.DEVNULL)
    try:
        base = f"http://127.0.0.1:{port}/ogc"
        _wait(f"{base}/conformance", process)
        yield base
    finally:
        process.terminate()
        process.wait(30)


def _wait(probe: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if process.poll() is not None:
            break
        try:
            httpx.get(probe, timeout=10).raise_for_status()
        except httpx.TransportError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit(f"{probe} did not start")
