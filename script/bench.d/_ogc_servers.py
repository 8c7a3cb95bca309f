"""The servers that are compared, each as its own documentation starts it, with the same number of workers."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from _ogc_data import HEIGHT, SOUTH, WEST, WIDTH

#: Of the peers, in an environment of their own.
PACKAGES = ("tipg", "asyncpg", "uvicorn", "uvloop", "httptools")


@dataclass(frozen=True)
class Server:
    """A running server.

    Attributes
    ----------
    collection : str
        URL of the collection of components.
    process : int
        Its first process.
    """

    collection: str
    process: int

    def items(self, box: str, limit: int) -> str:
        """Return the URL of a page of features."""
        return f"{self.collection}/items?f={self._form()}&limit={limit}&bbox={box}"

    def _form(self) -> str:
        return "geojson" if self.collection.endswith("wgs84") else "json"

    def memory(self, measure: str = "VmRSS:") -> list[int]:
        """Return the resident bytes of each worker, now or (``VmHWM:``) at most so far."""
        children = Path(f"/proc/{self.process}/task/{self.process}/children").read_text("utf-8").split()
        sizes = []
        for process in children or [str(self.process)]:
            status = Path(f"/proc/{process}/status").read_text("utf-8")
            sizes.append(int(status.partition(measure)[2].split()[0]) * 1024)
        return [size for size in sizes if size > 50 << 20]  # without multiprocessing's own


def peers(folder: Path) -> Path:
    """Return the Python of an environment with the peers, made where there is none."""
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
    return python


@contextmanager
def ours(url: str, workers: int) -> Iterator[Server]:
    """Serve a registry as ``wangge serve`` does."""
    port = free_port()
    command: list[object] = [sys.executable, "-c", "from wangge.cli import main; main()"]
    command += ["serve", "--registry", url]
    command += ["--port", str(port), "--workers", str(workers)]
    base = f"http://127.0.0.1:{port}/ogc"
    with served(command, {"WANGGE_RATE_LIMIT": "off"}, f"{base}/conformance") as process:
        yield Server(f"{base}/collections/components", process)


@contextmanager
def tipg(url: str, python: Path, workers: int) -> Iterator[Server]:
    """Serve the copy of the table with tipg's own application."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    command = [python, "-m", "uvicorn", "tipg.main:app", "--port", str(port), "--workers", str(workers)]
    settings = {"DATABASE_URL": url, "TIPG_DB_TABLES": '["public.components_wgs84"]'}
    settings |= {"TIPG_DB_FUNCTIONS": "[]", "TIPG_DB_SPATIAL_EXTENT": "false"}
    with served([*command, "--log-level", "error"], settings, f"{base}/conformance") as process:
        yield Server(f"{base}/collections/public.components_wgs84", process)


@contextmanager
def bare(workers: int) -> Iterator[Server]:
    """Serve nothing but bytes, with the HTTP server and the event loop that ours runs on."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "_bare_server:app", "--port", str(port)]
    base = f"http://127.0.0.1:{port}"
    settings = {"PYTHONPATH": str(Path(__file__).parent)}
    workers_given = ["--workers", str(workers), "--log-level", "error"]
    with served([*command, *workers_given], settings, f"{base}/bytes/1") as process:
        yield Server(base, process)


@contextmanager
def prototype(url: str, python: Path, workers: int) -> Iterator[Server]:
    """Serve the registry's table with the least that answers."""
    port = free_port()
    command = [python, "-m", "uvicorn", "_ogc_prototype:app", "--port", str(port), "--workers", str(workers)]
    base = f"http://127.0.0.1:{port}"
    settings = {"DATABASE_URL": url, "PYTHONPATH": str(Path(__file__).parent)}
    with served([*command, "--log-level", "error"], settings, f"{base}/items/none") as process:
        yield Server(base, process)


PROVIDER = """
from pygeoapi.provider.sql import GenericSQLProvider, PostgreSQLProvider


class Provider(PostgreSQLProvider):
    def __init__(self, provider_def):
        arguments = {"client_encoding": "utf8", "application_name": "pygeoapi"}
        GenericSQLProvider.__init__(self, provider_def, "postgresql+psycopg", arguments)
"""


@contextmanager
def stock(url: str, folder: Path, workers: int) -> Iterator[Server]:
    """Serve the copy of the table with pygeoapi's own application and PostgreSQL provider."""
    port = free_port()
    config, openapi = folder / "config.json", folder / "openapi.json"
    config.write_text(json.dumps(_stock_config(url, port)), "utf-8")
    (folder / "stock_provider.py").write_text(PROVIDER, "utf-8")
    environment = {"PYGEOAPI_CONFIG": str(config), "PYGEOAPI_OPENAPI": str(openapi)}
    environment["PYTHONPATH"] = str(folder)
    program = Path(sys.executable).with_name("pygeoapi")
    generate = [program, "openapi", "generate", config, "--format", "json", "--output-file", openapi]
    subprocess.run(generate, env={**os.environ, **environment}, check=True, stdout=subprocess.DEVNULL)
    command = [sys.executable, "-m", "uvicorn", "pygeoapi.starlette_app:APP", "--port", str(port)]
    command += ["--log-level", "error", "--workers", str(workers)]
    base = f"http://127.0.0.1:{port}"
    with served(command, environment, f"{base}/conformance") as process:
        yield Server(f"{base}/collections/components", process)


def _stock_config(url: str, port: int) -> dict[str, object]:
    """Configure pygeoapi as its documentation does."""
    host, database_port = url.split("@")[1].split("/")[0].split(":")
    data = {"host": host, "port": int(database_port), "dbname": "bench", "user": "postgres"}
    data |= {"password": "", "search_path": ["public"]}
    base = f"http://127.0.0.1:{port}"
    texts = {"title": "Components", "description": "Components", "keywords": ["components"], "links": []}
    person = {"name": "x", "url": base}

    def resource(id_field: str) -> dict[str, object]:
        provider = {"type": "feature", "name": "stock_provider.Provider", "data": data}
        provider |= {"id_field": id_field, "table": "components_wgs84", "geom_field": "geom"}
        extents = {"spatial": {"bbox": [WEST, SOUTH, WEST + WIDTH, SOUTH + HEIGHT]}}
        return {"type": "collection", **texts, "extents": extents, "providers": [provider]}

    return {
        "server": {
            "bind": {"host": "127.0.0.1", "port": port},
            "url": base,
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
            "identification": {**texts, "keywords_type": "theme", "terms_of_service": "", "url": base},
            "license": person,
            "provider": person,
            "contact": {"name": "x", "email": "x@example.org"},
        },
        "resources": {
            "components": resource("fid"),
            # Its provider compares a number of the address as text, which psycopg 3 does not
            "components-by-id": resource("id"),
        },
    }


@contextmanager
def served(command: list[object], environment: dict[str, str], probe: str) -> Iterator[int]:
    """Run a server until the end of the block."""
    process = subprocess.Popen([str(part) for part in command], env={**os.environ, **environment})
    try:
        for _ in range(300):
            if process.poll() is not None:
                raise SystemExit(f"{probe} did not start")
            try:
                httpx.get(probe, timeout=10)
                break
            except httpx.TransportError:
                time.sleep(0.2)
        time.sleep(2)  # the other workers come a little later
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
