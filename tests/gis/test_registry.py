"""Opening, creating and refusing registries."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import psycopg
import pytest
import shapely
from sqlalchemy import insert, text

from gis import backend_gpkg, schema
from gis.errors import RegistryUnavailable, UsageError
from gis.models import DATASETS, settings
from gis.mounts import network_filesystem
from gis.registry import Registry, open_registry
from gis.text import language


@pytest.fixture(autouse=True)
def _english() -> Any:
    with language("en"):
        yield


def count_settings(registry: Registry) -> int:
    with registry.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM settings")).scalar_one())


def test_an_empty_registry_has_every_table(registry: Registry) -> None:
    with registry.connect() as connection:
        for dataset in DATASETS.values():
            for table in (dataset.live, dataset.history):
                assert connection.execute(table.select()).all() == []


def test_kind_and_location_tell_the_database(registry: Registry) -> None:
    assert registry.kind in ("gpkg", "postgis")
    assert registry.location in repr(registry)


def test_a_file_is_created_and_creating_it_again_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "巴南 城市?#.gpkg"
    open_registry(path, create=True).close()
    before = path.read_bytes()
    open_registry(path, create=True).close()
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


def test_init_is_idempotent(registry: Registry) -> None:
    registry.init()
    assert count_settings(registry) == 0


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(RegistryUnavailable, match=r"There is no registry at .*city\.gpkg") as caught:
        open_registry(tmp_path / "city.gpkg")
    assert "wangge init" in str(caught.value.hint)
    assert "wangge import" in str(caught.value.hint)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "content", [b"", b"GP", b"<html>not a database</html>"], ids=["empty", "short", "html"]
)
def test_a_file_that_is_no_database_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "city.gpkg"
    path.write_bytes(content)
    with pytest.raises(RegistryUnavailable, match="is not a registry of wangge"):
        open_registry(path)
    assert path.read_bytes() == content


def test_a_damaged_file_is_refused(gpkg_template: Path, tmp_path: Path) -> None:
    path = tmp_path / "city.gpkg"
    content = gpkg_template.read_bytes()
    path.write_bytes(content[:100] + b"\xff" * 20_000 + content[20_100:])
    with pytest.raises(RegistryUnavailable, match=r"damaged|not a database"):
        open_registry(path)


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RegistryUnavailable, match="is not a file"):
        open_registry(tmp_path)


@pytest.mark.parametrize("create", [False, True], ids=["open", "create"])
def test_a_geopackage_of_something_else_is_refused_and_left_alone(tmp_path: Path, create: bool) -> None:
    path = tmp_path / "other.gpkg"
    gpd.GeoDataFrame({"a": [1]}, geometry=[shapely.Point(1, 2)], crs=4490).to_file(
        path, layer="a", engine="pyogrio"
    )
    before = path.read_bytes()
    with pytest.raises(RegistryUnavailable, match="is not a registry of wangge"):
        open_registry(path, create=create)
    assert path.read_bytes() == before


def test_a_new_file_must_be_named_gpkg(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"\*\.gpkg"):
        open_registry(tmp_path / "city.db", create=True)


def test_a_new_file_needs_its_folder(tmp_path: Path) -> None:
    with pytest.raises(RegistryUnavailable, match=r"Folder .*missing does not exist"):
        open_registry(tmp_path / "missing" / "city.gpkg", create=True)


def test_a_creation_that_fails_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RegistryUnavailable("no")

    monkeypatch.setattr(schema, "upgrade", fail)
    with pytest.raises(RegistryUnavailable):
        open_registry(tmp_path / "city.gpkg", create=True)
    assert list(tmp_path.iterdir()) == []


def test_a_network_share_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts = f"nas:/data {tmp_path} nfs4 rw 0 0\n"
    monkeypatch.setattr(backend_gpkg, "network_filesystem", lambda path: network_filesystem(path, mounts))
    with pytest.raises(RegistryUnavailable, match=r"network share \(nfs4\)"):
        open_registry(tmp_path / "city.gpkg", create=True)


@pytest.mark.parametrize(("version", "hint"), [("0000", "wangge init"), ("9999", "Upgrade wangge")])
def test_another_schema_version_is_refused(registry: Registry, version: str, hint: str) -> None:
    with registry.begin() as connection:
        connection.execute(text(f"UPDATE {schema.VERSION_TABLE} SET version_num = :v"), {"v": version})
    with pytest.raises(RegistryUnavailable, match=version) as caught:
        open_registry(registry.url)
    assert hint in str(caught.value.hint)


def test_a_newer_schema_is_not_downgraded(registry: Registry) -> None:
    with registry.begin() as connection:
        connection.execute(text(f"UPDATE {schema.VERSION_TABLE} SET version_num = '9999'"))
    with pytest.raises(RegistryUnavailable, match="newer"):
        open_registry(registry.url, create=True)


@pytest.mark.parametrize(
    "url", ["mysql://me:secret@host/db", "sqlite:///x.gpkg", "", "postgresql://me:secret@h:port/d"]
)
def test_an_unknown_url_is_refused_without_showing_its_password(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        open_registry(url)
    assert "secret" not in f"{caught.value} {caught.value.value}"


def test_a_server_that_is_down_names_host_and_port_but_no_password() -> None:
    with pytest.raises(RegistryUnavailable, match=r"127\.0\.0\.1:1/city") as caught:
        open_registry("postgresql://me:secret@127.0.0.1:1/city")
    assert "secret" not in f"{caught.value} {caught.value.hint} {caught.value.value}"


def test_a_database_that_does_not_exist_is_unavailable(postgis_server: Any) -> None:
    with pytest.raises(RegistryUnavailable, match="no_such_city"):
        open_registry(postgis_server.url("no_such_city"))


def test_a_database_without_a_registry_says_how_to_make_one(postgis_server: Any) -> None:
    with pytest.raises(RegistryUnavailable, match="is not a registry") as caught:
        open_registry(postgis_server.create_database())
    assert "wangge init" in str(caught.value.hint)


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgis", "postgresql+psycopg2"])
def test_all_spellings_of_a_postgresql_url_open(new_registry: Callable[[str], str], scheme: str) -> None:
    url = new_registry("postgis").replace("postgresql", scheme, 1)
    with open_registry(url) as registry:
        assert registry.kind == "postgis"


def test_missing_postgis_that_may_not_be_added_says_what_to_run(postgis_server: Any) -> None:
    url = postgis_server.create_database()
    name = url.rsplit("/", 1)[1]
    postgis_server.execute(f"CREATE ROLE owner_{name} LOGIN")
    postgis_server.execute(f"ALTER DATABASE {name} OWNER TO owner_{name}")
    with pytest.raises(RegistryUnavailable, match="has no PostGIS") as caught:
        open_registry(url.replace("postgres@", f"owner_{name}@"), create=True)
    assert "CREATE EXTENSION postgis" in str(caught.value.hint)


def test_a_user_without_rights_is_told_so(new_registry: Callable[[str], str], postgis_server: Any) -> None:
    url = new_registry("postgis")
    role = f"guest_{url.rsplit('/', 1)[1]}"
    postgis_server.execute(f"CREATE ROLE {role} LOGIN")
    with pytest.raises(RegistryUnavailable, match="permission denied"):
        open_registry(url.replace("postgres@", f"{role}@"))


def test_a_failed_creation_leaves_a_database_empty(postgis_server: Any) -> None:
    url = postgis_server.create_database()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE streets (a integer)")
    with pytest.raises(Exception, match="streets"):
        open_registry(url, create=True)
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    assert found == (1,)


def test_a_second_writer_is_told_that_the_registry_is_busy(registry: Registry) -> None:
    with (
        open_registry(registry.url, busy_timeout=0.1) as other,
        registry.begin(),
        pytest.raises(RegistryUnavailable, match="is busy"),
        other.begin(),
    ):
        pass
    with open_registry(registry.url, busy_timeout=0.1) as other, other.begin():
        pass


def test_readers_see_the_state_before_a_writer_commits(registry: Registry) -> None:
    with registry.begin() as connection:
        connection.execute(insert(settings).values(key="a", value="1"))
        assert count_settings(registry) == 0
    assert count_settings(registry) == 1


def test_a_reader_keeps_its_snapshot(registry: Registry) -> None:
    with registry.connect() as reader:
        assert reader.execute(settings.select()).all() == []
        with registry.begin() as connection:
            connection.execute(insert(settings).values(key="a", value="1"))
        assert reader.execute(settings.select()).all() == []


def test_a_reader_cannot_write(registry: Registry) -> None:
    with registry.connect() as connection, pytest.raises(RegistryUnavailable):
        connection.execute(insert(settings).values(key="a", value="1"))
    assert count_settings(registry) == 0


def test_an_exception_rolls_a_writer_back(registry: Registry) -> None:
    def write_and_fail() -> None:
        with registry.begin() as connection:
            connection.execute(insert(settings).values(key="a", value="1"))
            connection.execute(text("CREATE TABLE half_done (a INTEGER)"))
            raise KeyError("stop")

    with pytest.raises(KeyError):
        write_and_fail()
    assert count_settings(registry) == 0
    with registry.begin() as connection:
        connection.execute(text("CREATE TABLE half_done (a INTEGER)"))


def test_the_file_is_in_wal_mode_and_closing_leaves_one_file(gpkg_registry: Registry) -> None:
    path = Path(gpkg_registry.url)
    with gpkg_registry.begin() as connection:
        connection.execute(insert(settings).values(key="a", value="1"))
    gpkg_registry.close()
    assert not Path(f"{path}-wal").exists()
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()
