"""Fixtures that all rooms share: registries on both databases, and the real data."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import psycopg
import pytest
import shapely

from gis.editions import Change, commit_changes
from gis.importing import ImportContext, ImportOptions, Prepare, Prepared
from gis.layer import ROW, SourceLayer
from gis.registry import Registry, open_registry
from gis.sheet import Sheet
from gis.text import t

ROOT = Path(__file__).resolve().parents[1]

# A shell starts background jobs with SIGINT ignored, and their children inherit that: what Ctrl-C does
# could not be tested there.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Thousands of small databases are made and dropped: in memory that takes a tenth of the time of a disk
MEMORY, ENOUGH_MEMORY = Path("/dev/shm"), 8 * 2**30
if "TMPDIR" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= ENOUGH_MEMORY:
    os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)

CLUSTER, AN_HOUR = "wangge-postgis-", 3600

_names = count(1)

GridFrame = Callable[..., gpd.GeoDataFrame]
Fill = Callable[[Registry], object]


@pytest.fixture(scope="session", autouse=True)
def cache_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep what this process and those it starts would keep between processes out of the user's cache."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WANGGE_CACHE", str(folder))
        yield folder


@dataclass(frozen=True)
class PostgisServer:
    """A private PostgreSQL cluster on a free port."""

    port: int

    def url(self, database: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def execute(self, statement: str, database: str = "postgres") -> None:
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            connection.execute(statement)

    def create_database(self, template: str | None = None) -> str:
        """Create a database, a copy of a template or empty; return its URL."""
        name = f"wangge_{next(_names)}"
        # Where nothing is made durable, files are copied several times faster than their pages are logged
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template or 'template0'} STRATEGY FILE_COPY")
        return self.url(name)

    def drop_database(self, url: str) -> None:
        """Drop a database, whoever is still connected."""
        self.execute(f"DROP DATABASE {url.rsplit('/', 1)[1]} WITH (FORCE)")


@pytest.fixture(scope="session")
def postgis_server() -> Iterator[PostgisServer]:
    """Start a real PostgreSQL with PostGIS for the session, or skip and name what to install."""
    programs = _postgresql_programs()
    _remove_abandoned_clusters()
    folder = Path(tempfile.mkdtemp(prefix=CLUSTER))
    as_user = _unprivileged(folder)
    data, log = folder / "data", (folder / "log").open("wb")
    fcntl.flock(log, fcntl.LOCK_EX)
    initialise = [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8"]
    subprocess.run([*as_user, *initialise, "--locale=C.UTF-8", "--no-sync"], check=True, capture_output=True)
    port = _free_port()
    # Nothing here outlives the session: no time is spent on making it durable
    options = {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": folder,
        "fsync": "off",
        "full_page_writes": "off",
        "synchronous_commit": "off",
        "wal_level": "minimal",
        "max_wal_senders": "0",
        "max_wal_size": "1GB",
        "autovacuum": "off",
    }
    arguments = [f"--{name}={value}" for name, value in options.items()]
    process = subprocess.Popen(
        [*as_user, programs / "postgres", "-D", data, "-p", str(port), *arguments], stdout=log, stderr=log
    )
    server = PostgisServer(port)
    try:
        _wait_for(server, process, folder / "log")
        yield server
    finally:
        process.send_signal(signal.SIGQUIT)
        process.wait(30)
        log.close()
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgis_template(postgis_server: PostgisServer) -> str:
    """Return the name of a database with an empty registry, to be copied."""
    url = postgis_server.create_database()
    open_registry(url, create=True).close()
    return url.rsplit("/", 1)[1]


@pytest.fixture(scope="session")
def gpkg_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with an empty registry, to be copied."""
    path = tmp_path_factory.mktemp("template") / "template.gpkg"
    open_registry(path, create=True).close()
    return path


@pytest.fixture(scope="session")
def filled_template(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str, Fill], str]:
    """Return a function that fills a registry of a kind, the first time, and returns what is to be copied."""

    @cache
    def template(kind: str, fill: Fill) -> str:
        if kind == "gpkg":
            empty: Path = request.getfixturevalue("gpkg_template")
            url = str(shutil.copy(empty, tmp_path_factory.mktemp("filled") / "filled.gpkg"))
        else:
            server: PostgisServer = request.getfixturevalue("postgis_server")
            url = server.create_database(request.getfixturevalue("postgis_template"))
        with open_registry(url) as registry:
            fill(registry)
        return url if kind == "gpkg" else url.rsplit("/", 1)[1]

    return template


@pytest.fixture
def new_registry(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[..., str]]:
    """Return a function that makes a registry of a kind, empty or a copy of one, and returns its URL."""
    databases: list[str] = []

    def make(kind: str, template: str | None = None) -> str:
        if kind == "gpkg":
            source = template or request.getfixturevalue("gpkg_template")
            return str(shutil.copy(source, tmp_path / f"registry-{next(_names)}.gpkg"))
        server: PostgisServer = request.getfixturevalue("postgis_server")
        source = template or request.getfixturevalue("postgis_template")
        databases.append(server.create_database(source))
        return databases[-1]

    yield make
    for url in databases:
        request.getfixturevalue("postgis_server").drop_database(url)


@pytest.fixture(params=["gpkg", "postgis"])
def copied(
    request: pytest.FixtureRequest,
    new_registry: Callable[..., str],
    filled_template: Callable[[str, Fill], str],
) -> Iterator[Callable[[Fill], Registry]]:
    """Return a function that opens a registry of the test's own, filled by a function, on each database.

    The function runs once: for further tests that name it, its registry is copied.
    """
    with ExitStack() as opened:

        def make(fill: Fill) -> Registry:
            url = new_registry(request.param, filled_template(request.param, fill))
            return opened.enter_context(open_registry(url))

        yield make


@pytest.fixture(params=["gpkg", "postgis"])
def registry_url(request: pytest.FixtureRequest, new_registry: Callable[[str], str]) -> str:
    """URL of an empty registry, on each database in turn."""
    return new_registry(request.param)


@pytest.fixture
def registry(registry_url: str) -> Iterator[Registry]:
    """Open an empty registry, on each database in turn."""
    with open_registry(registry_url) as opened:
        yield opened


@pytest.fixture
def gpkg_registry(new_registry: Callable[[str], str]) -> Iterator[Registry]:
    """Open an empty registry in a file."""
    with open_registry(new_registry("gpkg")) as opened:
        yield opened


@pytest.fixture
def postgis_registry(new_registry: Callable[[str], str]) -> Iterator[Registry]:
    """Open an empty registry in PostGIS."""
    with open_registry(new_registry("postgis")) as opened:
        yield opened


@pytest.fixture
def grid_frame() -> GridFrame:
    """Return a function that makes ``n`` unit grids of a street in a row, 0.001 degrees wide each."""

    def make(n: int, *, first: int = 0, name: str = "格", east: float = 106.5) -> gpd.GeoDataFrame:
        numbers = range(first, first + n)
        west = east + np.arange(first, first + n) * 0.001
        columns = {
            "code": [f"500113001{number:06d}" for number in numbers],
            "name": [f"{name}{number}" for number in numbers],
            "county": "500113",
            "street": "500113001",
            "community": [f"500113001{number // 1000:03d}" for number in numbers],
            "area_m2": [1000.5 + number for number in numbers],
            "attributes": [{"floor": number, "kind": None} for number in numbers],
        }
        return gpd.GeoDataFrame(columns, geometry=shapely.box(west, 29.5, west + 0.001, 29.501), crs=4490)

    return make


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Return the folder of real data: ``WANGGE_TEST_DATA``, else ``../shared/data``."""
    folder = Path(os.environ.get("WANGGE_TEST_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder}: set WANGGE_TEST_DATA to its folder")
    return folder


def _postgresql_programs() -> Path:
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda p: int(re.sub(r"\D", "", p.parts[4]) or 0),
    )
    on_path = shutil.which("initdb")
    if not found and on_path is None:
        pytest.skip("PostgreSQL is not installed: install postgresql and postgresql-<version>-postgis-3")
    programs = found[-1].parent if found else Path(on_path or "").parent
    config = subprocess.run(
        [programs / "pg_config", "--sharedir"], capture_output=True, text=True, check=True
    )
    if not (Path(config.stdout.strip()) / "extension" / "postgis.control").exists():
        pytest.skip(f"PostGIS is not installed for {programs}: install postgresql-<version>-postgis-3")
    return programs


def _remove_abandoned_clusters() -> None:
    """Remove what killed tests left: neither they nor their server hold the lock of the log any more."""
    for log in Path(tempfile.gettempdir()).glob(f"{CLUSTER}*/log"):
        with suppress(OSError), log.open("rb") as opened:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if time.time() - log.parent.stat().st_mtime > AN_HOUR:
                shutil.rmtree(log.parent)


def _unprivileged(folder: Path) -> list[str]:
    """Give the folder to a user PostgreSQL runs as; return the words that become that user."""
    if os.geteuid() != 0:
        return []
    shutil.chown(folder, "postgres", "postgres")
    # When the tests are killed the server goes with them
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--pdeathsig=INT"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _wait_for(server: PostgisServer, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        if process.poll() is not None:
            break
        try:
            server.execute("SELECT 1")
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"PostgreSQL did not start:\n{log.read_text('utf-8', errors='replace')}")


@dataclass
class Deliveries:
    """Make layers out of rows, and take them through a prepare function into a registry."""

    registry: Registry

    def layer(
        self, rows: list[dict[str, object]], geometries: Sequence[object], path: str = "delivery.shp"
    ) -> SourceLayer:
        frame = gpd.GeoDataFrame(pd.DataFrame(rows), geometry=list(geometries), crs="EPSG:4490")
        frame[ROW] = range(1, len(frame) + 1)
        return SourceLayer(path, Path(path).stem, frame, t("as given"), t("as given"))

    def prepare(
        self, prepare: Prepare, *sources: SourceLayer | Sheet, kind: str = "", **options: object
    ) -> Prepared:
        context = ImportContext(self.registry, kind, ImportOptions(**options))  # type: ignore[arg-type]
        prepared = prepare(list(sources), context)
        report = prepared.report
        assert report.checked == report.accepted + report.rejected
        assert len(prepared.rejected) == report.rejected
        return prepared

    def load(self, prepare: Prepare, *sources: SourceLayer | Sheet, **options: object) -> Prepared:
        prepared = self.prepare(prepare, *sources, **options)
        changes = [Change(prepared.dataset, prepared.rows, prepared.retired), *prepared.also]
        commit_changes(self.registry, changes, operation="import")
        return prepared

    @staticmethod
    def found(prepared: Prepared, *, infos: bool = False) -> list[tuple[str, str, int | None]]:
        """Return code, severity and row of the findings, without infos unless asked for."""
        findings = [f for f in prepared.report.findings if infos or f.severity != "info"]
        return sorted(((f.code, str(f.severity), f.row) for f in findings), key=str)


@pytest.fixture
def deliveries(registry: Registry) -> Deliveries:
    """Prepare and load deliveries into an empty registry, on each database in turn."""
    return Deliveries(registry)
