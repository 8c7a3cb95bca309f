"""Pages of features: our /ogc against stock pygeoapi, on the same table, machine and run.

Both are asked ``items?limit=100&bbox=`` with the same random boxes of 500 to 3000 metres on 500 000
components in PostGIS, in turns, by the same client over eight kept connections. Stock pygeoapi is
its own Starlette application with its PostgreSQL provider; both run under one uvicorn process.

Two kindnesses to it, because otherwise it cannot answer at all: it reads a copy of the table, rows,
indexes and order the same, that is declared EPSG:4326 (it looks for boxes in EPSG:4490 with axes
swapped), and its provider, which names psycopg2, runs on the psycopg 3 that is installed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import geopandas as gpd
import httpx
import numpy as np
import psycopg
import shapely
from _cluster import cluster

from gis.editions import commit
from gis.models import DATASETS
from gis.registry import open_registry
from layers.catalogue import publish, seed_layers

WEST, SOUTH, WIDTH, HEIGHT = 106.40, 29.30, 0.45, 0.40
TARGET = 10.0
CONNECTIONS = 8


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--components", type=int, default=500_000)
    parser.add_argument("--seconds", type=float, default=8.0, help="length of one turn")
    parser.add_argument("--turns", type=int, default=3)
    options = parser.parse_args()
    with cluster() as url, tempfile.TemporaryDirectory() as folder:
        fill(url, options.components)
        with ours(url) as our_url, stock(url, Path(folder)) as stock_url:
            compare(our_url, stock_url)
            rates = asyncio.run(alternate({"wangge": our_url, "pygeoapi": stock_url}, options))
    for name, turns in rates.items():
        print(f"{name:9} {statistics.median(turns):8.1f} requests/s   turns: {[round(r, 1) for r in turns]}")
    ratio = statistics.median(rates["wangge"]) / statistics.median(rates["pygeoapi"])
    print(f"ratio     {ratio:8.1f}   target >= {TARGET:g}: {'reached' if ratio >= TARGET else 'MISSED'}")
    return 0 if ratio >= TARGET else 1


PROVIDER = """
from pygeoapi.provider.sql import GenericSQLProvider, PostgreSQLProvider


class Provider(PostgreSQLProvider):
    def __init__(self, provider_def):
        arguments = {"client_encoding": "utf8", "application_name": "pygeoapi"}
        GenericSQLProvider.__init__(self, provider_def, "postgresql+psycopg", arguments)
"""
COPY = """
CREATE TABLE components_wgs84 AS SELECT * FROM components ORDER BY fid;
ALTER TABLE components_wgs84 ALTER geom TYPE geometry(Geometry, 4326) USING ST_SetSRID(geom, 4326);
ALTER TABLE components_wgs84 ADD PRIMARY KEY (fid);
CREATE INDEX ON components_wgs84 USING gist (geom);
VACUUM ANALYZE components, components_wgs84
"""


def fill(url: str, count: int) -> None:
    """Commit invented components, clustered as in a city and in the order of a survey: by class and cell."""
    rng = np.random.default_rng(20261120)
    centres = rng.random((400, 2))
    places = centres[rng.integers(0, 400, count)] + rng.normal(0, 0.03, (count, 2))
    places = np.abs(places) % 1.0
    classes = rng.integers(0, 200, count)
    cells = np.floor(places * 80) @ (80, 1)
    order = np.lexsort((cells, classes))
    places, classes = places[order], classes[order]
    lon, lat = WEST + WIDTH * places[:, 0], SOUTH + HEIGHT * places[:, 1]
    given = {
        "id": [f"500113{n % 90:04d}{n:08d}" for n in range(count)],
        "class_code": [f"{1 + number // 40:02d}{1 + number % 40:02d}" for number in classes],
        "name": "上水井盖",
        "standard": "2013",
        "county": "500113",
        "authority_code": "11500113MB1234567X",
        "authority_name": "区城市管理局",
        "owner_code": "91500113MA5U123456",
        "owner_name": "自来水有限公司",
        "maintainer_code": "91500113MA5U654321",
        "maintainer_name": "市政养护有限公司",
        "unit_grid": [f"500113{n % 900:09d}" for n in range(count)],
        "street": "500113001",
        "community": "500113001002",
        "state": "完好",
        "initial_date": "20240601",
        "change_date": "20250601",
        "source": "普查",
        "position_text": [f"龙洲大道{n % 2000}号门前" for n in range(count)],
    }
    dataset = DATASETS["components"]
    frame = gpd.GeoDataFrame(
        {name: given.get(name) for name in dataset.columns},
        geometry=shapely.points(lon, lat),
        crs="EPSG:4490",
        index=range(count),
    )
    with open_registry(url, create=True) as registry:
        commit(registry, "components", frame, source="benchmark")
        seed_layers(registry)
        publish(registry, "components")
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in COPY.split(";"):
            connection.execute(statement.encode())


@contextmanager
def ours(url: str) -> Iterator[str]:
    """Serve the registry as ``wangge serve`` does, in one process."""
    port = free_port()
    code = (
        "import uvicorn; from gis.registry import open_registry; from web.app import create_app;"
        f"uvicorn.run(create_app({url!r}), port={port}, log_level='error')"
    )
    with served([sys.executable, "-c", code], {}, f"http://127.0.0.1:{port}/ogc") as base:
        yield base


@contextmanager
def stock(url: str, folder: Path) -> Iterator[str]:
    """Serve the same table with pygeoapi's own application and PostgreSQL provider."""
    port = free_port()
    config, openapi = folder / "config.json", folder / "openapi.json"
    config.write_text(json.dumps(stock_config(url, port)), "utf-8")
    (folder / "stock_provider.py").write_text(PROVIDER, "utf-8")
    environment = {
        "PYGEOAPI_CONFIG": str(config),
        "PYGEOAPI_OPENAPI": str(openapi),
        "PYTHONPATH": str(folder),
    }
    program = Path(sys.executable).with_name("pygeoapi")
    generate = [program, "openapi", "generate", config, "--format", "json", "--output-file", openapi]
    subprocess.run(generate, env={**os.environ, **environment}, check=True, stdout=subprocess.DEVNULL)
    command = [sys.executable, "-m", "uvicorn", "pygeoapi.starlette_app:APP", "--port", str(port)]
    with served([*command, "--log-level", "error"], environment, f"http://127.0.0.1:{port}") as base:
        yield base


def stock_config(url: str, port: int) -> dict[str, object]:
    """Configure pygeoapi as its documentation does."""
    host, database_port = url.split("@")[1].split("/")[0].split(":")
    data = {"host": host, "port": int(database_port), "dbname": "bench", "user": "postgres"}
    data |= {"password": "", "search_path": ["public"]}
    texts = {"title": "Components", "description": "Components", "keywords": ["components"], "links": []}
    person = {"name": "x", "url": f"http://127.0.0.1:{port}"}
    return {
        "server": {
            "bind": {"host": "127.0.0.1", "port": port},
            "url": f"http://127.0.0.1:{port}",
            "mimetype": "application/json; charset=UTF-8",
            "encoding": "utf-8",
            "gzip": False,
            "languages": ["en-US"],
            "limits": {"default_items": 10, "max_items": 10_000},
            "map": {"url": "", "attribution": ""},
            "admin": False,
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": {
                **texts,
                "keywords_type": "theme",
                "terms_of_service": "",
                "url": f"http://127.0.0.1:{port}",
            },
            "license": person,
            "provider": person,
            "contact": {"name": "x", "email": "x@example.org"},
        },
        "resources": {
            "components": {
                "type": "collection",
                **texts,
                "extents": {"spatial": {"bbox": [WEST, SOUTH, WEST + WIDTH, SOUTH + HEIGHT]}},
                "providers": [
                    {
                        "type": "feature",
                        "name": "stock_provider.Provider",
                        "data": data,
                        "id_field": "fid",
                        "table": "components_wgs84",
                        "geom_field": "geom",
                    }
                ],
            }
        },
    }


@contextmanager
def served(command: list[str], environment: dict[str, str], base: str) -> Iterator[str]:
    """Run a server until the end of the block."""
    process = subprocess.Popen(command, env={**os.environ, **environment})
    try:
        for _ in range(300):
            if process.poll() is not None:
                raise SystemExit(f"{base} did not start")
            try:
                httpx.get(f"{base}/conformance", timeout=10).raise_for_status()
                break
            except httpx.TransportError:
                time.sleep(0.2)
        yield base
    finally:
        process.terminate()
        process.wait(30)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def boxes(seed: int) -> Iterator[str]:
    """Yield boxes of 0.5 to 3 km, the same for everybody."""
    chance = random.Random(seed)
    while True:
        size = chance.uniform(0.005, 0.03)
        west = WEST + chance.random() * (WIDTH - size)
        south = SOUTH + chance.random() * (HEIGHT - size)
        yield f"{west:.6f},{south:.6f},{west + size:.6f},{south + size:.6f}"


def compare(our_url: str, stock_url: str) -> None:
    """Make sure that both give the same answers to the questions that are timed."""
    chosen, features = boxes(-1), 0
    for _ in range(20):
        box = next(chosen)
        answers = []
        for base in (our_url, stock_url):
            page = httpx.get(items(base, box), timeout=60).json()
            answers.append([tuple(np.round(f["geometry"]["coordinates"], 9)) for f in page["features"]])
        if answers[0] != answers[1]:
            raise SystemExit(
                f"the answers differ for {box}: {len(answers[0])} and {len(answers[1])} features"
            )
        features += len(answers[0])
    print(f"20 boxes answered alike, {features / 20:.0f} features each on average")


def items(base: str, box: str) -> str:
    return f"{base}/collections/components/items?f=json&limit=100&bbox={box}"


async def alternate(bases: dict[str, str], options: argparse.Namespace) -> dict[str, list[float]]:
    """Ask one after the other, turn by turn."""
    rates: dict[str, list[float]] = {name: [] for name in bases}
    for base in bases.values():
        await ask(base, 0, 1.0)
    for turn in range(options.turns):
        for name, base in bases.items():
            rates[name].append(await ask(base, turn, options.seconds))
    return rates


async def ask(base: str, seed: int, seconds: float) -> float:
    """Return requests per second over eight kept connections."""
    chosen, answered, end = boxes(seed), 0, time.perf_counter() + seconds
    address = urlsplit(base)

    async def worker() -> None:
        nonlocal answered
        reader, writer = await asyncio.open_connection(address.hostname, address.port, limit=1 << 22)
        while time.perf_counter() < end:
            path = items(address.path, next(chosen))
            writer.write(f"GET {path} HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200"):
                raise SystemExit(head.decode())
            length = re.search(rb"(?i)content-length: (\d+)", head)
            await reader.readexactly(int(length[1]) if length else 0)
            answered += 1
        writer.close()

    started = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(CONNECTIONS)))
    return answered / (time.perf_counter() - started)


if __name__ == "__main__":
    sys.exit(main())
