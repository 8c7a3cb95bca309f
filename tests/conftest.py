"""Fixtures that all rooms share: registries on both databases, and the real data."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from gis.editions import Change, commit_changes
from gis.importing import ImportContext, ImportOptions, Prepare, Prepared
from gis.layer import ROW, SourceLayer
from gis.registry import Registry, open_registry
from gis.sheet import Sheet
from gis.text import t
from tests.postgis_cluster import NAMES, PostgisServer, running_cluster

ROOT = Path(__file__).resolve().parents[1]

# A shell starts background jobs with SIGINT ignored, and their children inherit that: what Ctrl-C does
# could not be tested there.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Thousands of small databases are made and dropped: in memory that takes a tenth of the time of a disk
MEMORY, ENOUGH_MEMORY = Path("/dev/shm"), 8 * 2**30
if "TMPDIR" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= ENOUGH_MEMORY:
    os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)

FIRST = ROOT / "tests" / "wangge"

GridFrame = Callable[..., gpd.GeoDataFrame]
Fill = Callable[[Registry], object]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that one process makes its sample cities and short tests end the run.

    A process without work takes over tests from the end of another's.
    """
    items.sort(key=lambda item: FIRST not in item.path.parents)


@pytest.fixture(scope="session", autouse=True)
def cache_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep what this process and those it starts would keep between processes out of the user's cache."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WANGGE_CACHE", str(folder))
        yield folder


@pytest.fixture(scope="session")
def postgis_server() -> Iterator[PostgisServer]:
    """Start a real PostgreSQL with PostGIS for the session, or skip and name what to install."""
    with running_cluster() as server:
        yield server


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
            return str(shutil.copy(source, tmp_path / f"registry-{next(NAMES)}.gpkg"))
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
