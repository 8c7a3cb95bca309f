"""A registry in one file: a GeoPackage, by Python's own ``sqlite3`` and nothing else.

The file is in WAL mode: one writer at a time, readers see the state before it and are never
blocked. WAL needs shared memory, so the file has to be on a local disk; network shares are refused.
Copy a registry in use with ``wangge backup``, not with a file manager.

What happens when another program edits the file
------------------------------------------------
QGIS, GDAL and others may read it at any time. They may also write to the live tables: the RTree
triggers keep the index right, and two guard triggers per live table keep the history whole.
A row added by such a program carries edition 0; a row it changes or deletes is first copied to the
history, closed by edition 0, and the changed row carries edition 0 from then on. Such edits hold
at once, are in nobody's edition and cannot be reverted by number; the next import of the dataset
compares the delivery with the edited rows as with any other. History tables, ``editions`` and the
rest are not meant to be edited, and nothing guards them.
"""

# Names of tables and columns in statements are the schema's own, never a user's
# ruff: noqa: S608

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import URL, Connection, Engine, Select, Table, create_engine, event, text

from gis import gpkg_functions, gpkg_rtree, gpkg_schema
from gis.backend import ACCESS, Backend, Batch
from gis.columns import GeometryColumn, UtcDateTime, format_utc
from gis.errors import RegistryUnavailable, UsageError
from gis.gpkg_geometry import encode
from gis.gpkg_guard import create_guard
from gis.gpkg_interrupt import interruptible
from gis.mounts import network_filesystem
from gis.places import Places
from gis.point_blobs import gpkg_points
from gis.text import t
from gis.texts import Texts

_MAGIC = b"SQLite format 3\0"
# Fewer changed rows than this, or than this share of the table, go through the RTree's triggers
_REBUILD_FROM = 5_000
_REBUILD_SHARE = 0.05
# From this share of changed rows on an index is made faster anew than row by row
_REINDEX_SHARE = 0.5
_BUSY, _LOCKED = 5, 6
_UNUSABLE = {
    8: t("it is read-only"),
    10: t("the disk reports an error"),
    11: t("the file is damaged"),
    13: t("the disk is full"),
    14: t("it cannot be opened or created"),
    23: t("access is denied"),
    26: t("it is not a database"),
}


class GeoPackageBackend(Backend):
    """A GeoPackage file.

    Parameters
    ----------
    path : Path
    busy_timeout : float
        Seconds to wait for another writer before giving up.
    """

    kind = "gpkg"

    def __init__(self, path: Path, busy_timeout: float) -> None:
        super().__init__(busy_timeout)
        self.path = path
        self.location = str(path)

    def create_engine(self) -> Engine:
        """Return an engine on ``sqlite3`` with transactions that include DDL."""
        engine = create_engine(
            URL.create("sqlite", database=str(self.path)), connect_args={"timeout": self.busy_timeout}
        )
        event.listen(engine, "connect", _set_up_connection)
        event.listen(engine, "begin", _begin)
        return self.translate_errors(engine)

    def require(self) -> None:
        """Refuse a missing file, a file that is no SQLite database, and network shares."""
        if not self.path.exists():
            raise RegistryUnavailable(
                t("There is no registry at {path}", path=self.path),
                value=str(self.path),
                hint=t("Create one with `wangge init` and fill it with `wangge import`, "
                       "or name another with --registry"),
            )  # fmt: skip
        if not self.path.is_file():
            raise RegistryUnavailable(t("{path} is not a file", path=self.path), value=str(self.path))
        self._refuse_network()
        try:
            with self.path.open("rb") as file:
                head = file.read(len(_MAGIC))
        except OSError as error:
            raise RegistryUnavailable(
                t("File {path} cannot be read: {reason}", path=self.path, reason=error.strerror)
            ) from error
        if head != _MAGIC:
            raise self._not_a_registry(t("it is not a GeoPackage"))

    @contextmanager
    def creation(self, engine: Engine) -> Iterator[None]:
        """Create the file in WAL mode, and remove it again when it could not be filled."""
        new = not self.path.exists() or (self.path.is_file() and self.path.stat().st_size == 0)
        if new:
            self._require_folder()
        else:
            self.require()
        try:
            with engine.connect() as connection:
                self._refuse_foreign(connection, new=new)
                connection.rollback()
                self._use_wal(connection)
            yield
        except BaseException:
            engine.dispose()
            if new:
                for suffix in ("", "-wal", "-shm"):
                    Path(f"{self.path}{suffix}").unlink(missing_ok=True)
            raise

    def readers(self, engine: Engine) -> Engine:
        """Return an engine that refuses writes."""
        return engine.execution_options(**{ACCESS: "read"})

    def writers(self, engine: Engine) -> Engine:
        """Return an engine whose transactions begin as the only writer."""
        return engine.execution_options(**{ACCESS: "write"})

    def lock(self, connection: Connection) -> None:
        """Nothing to do: ``BEGIN IMMEDIATE`` is the lock."""

    def prepare_schema(self, connection: Connection) -> None:
        """Create the metadata tables of a GeoPackage where they are missing."""
        if not _has_table(connection, "gpkg_contents"):
            gpkg_schema.create_metadata(connection)

    def set_up_table(
        self, connection: Connection, table: str, *, geometry: str | None, key: Sequence[str] = ()
    ) -> None:
        """List the table in the GeoPackage; RTree for a geometry, guard for a live table."""
        if geometry:
            gpkg_schema.register_features(connection, table, geometry)
        else:
            gpkg_schema.register_attributes(connection, table)
        if key:
            create_guard(connection, table, key)

    def bulk_load(
        self, connection: Connection, table: Table, names: Sequence[str], batches: Iterable[Batch]
    ) -> None:
        """Insert rows batch by batch with prepared statements."""
        columns = ", ".join(f'"{name}"' for name in names)
        command = f'INSERT INTO "{table.name}" ({columns}) VALUES ({", ".join("?" * len(names))})'
        encoders = [_encoder(table.c[name].type) for name in names]
        for batch in batches:
            fields = [encoder(values) for encoder, values in zip(encoders, batch, strict=True)]
            connection.exec_driver_sql(command, list(zip(*fields, strict=True)))

    def raw_rows(
        self, connection: Connection, statement: Select[Any], size: int
    ) -> Iterator[Sequence[tuple[Any, ...]]]:
        """Read with a cursor of ``sqlite3``."""
        compiled = statement.compile(dialect=connection.dialect, compile_kwargs={"render_postcompile": True})
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        values = [compiled.params[name] for name in compiled.positiontup or ()]
        with closing(driver.execute(str(compiled), values)) as cursor:
            while rows := cursor.fetchmany(size):
                yield rows

    @contextmanager
    def loading(
        self, connection: Connection, table: Table, rows: int, places: Places | None = None
    ) -> Iterator[None]:
        """Lift the RTree's triggers and the indexes for a large change, and build both anew afterwards."""
        if "geom" not in table.c or not self._is_large(connection, table, rows):
            yield
            return
        indexes = (
            gpkg_schema.drop_indexes(connection, table.name) if self._is_most(connection, table, rows) else []
        )
        gpkg_schema.drop_triggers(connection, table.name)
        yield
        gpkg_rtree.rebuild(connection, table.name, places)
        gpkg_schema.create_triggers(connection, table.name)
        for statement in indexes:
            connection.exec_driver_sql(statement)

    def analyse(self, connection: Connection, table: Table) -> None:
        """Nothing to do: the stage is read in whole or by its key."""

    def after_edition(
        self,
        connection: Connection,
        tables: Sequence[Table],
        rows: int,  # noqa: ARG002
    ) -> None:
        """Set last_change and extents in ``gpkg_contents``."""
        gpkg_schema.touch_contents(connection, [table.name for table in tables])

    def interruptible(self, connection: Connection) -> AbstractContextManager[Callable[[], None]]:
        """Hold Ctrl-C back to the end of a step, or stop a long statement."""
        return interruptible(connection)

    def unavailable(self, error: BaseException | None) -> RegistryUnavailable | None:
        """Translate errors of the file and of its lock."""
        if not isinstance(error, sqlite3.Error) or not hasattr(error, "sqlite_errorcode"):
            return None
        code = error.sqlite_errorcode & 0xFF
        if code in (_BUSY, _LOCKED):
            return self.busy()
        if code not in _UNUSABLE:
            return None
        return RegistryUnavailable(
            t("Registry {location} cannot be used: {reason}", location=self.location, reason=_UNUSABLE[code])
        )

    def _is_large(self, connection: Connection, table: Table, rows: int) -> bool:
        return rows >= _REBUILD_FROM and rows >= _REBUILD_SHARE * _last(connection, table)

    def _is_most(self, connection: Connection, table: Table, rows: int) -> bool:
        return rows >= _REINDEX_SHARE * _last(connection, table)

    def _use_wal(self, connection: Connection) -> None:
        """Switch the journal, which is only possible outside a transaction."""
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        try:
            driver.execute("PRAGMA journal_mode = WAL")
        except sqlite3.Error as error:
            raise self.unavailable(error) or error from error

    def _require_folder(self) -> None:
        if self.path.suffix.lower() != ".gpkg":
            raise UsageError(
                t("A registry file is named *.gpkg, not {name}", name=self.path.name),
                field="registry",
                value=str(self.path),
                expected="*.gpkg",
            )
        if not self.path.parent.is_dir():
            raise RegistryUnavailable(
                t("Folder {folder} does not exist", folder=self.path.parent), value=str(self.path)
            )
        self._refuse_network()

    def _refuse_network(self) -> None:
        kind = network_filesystem(self.path)
        if kind:
            raise RegistryUnavailable(
                t("{path} is on a network share ({kind}), where a registry file would be damaged",
                  path=self.path, kind=kind),
                value=str(self.path),
                hint=t("Keep the file on a local disk, or use a PostGIS registry (postgresql://…)"),
            )  # fmt: skip

    def _refuse_foreign(self, connection: Connection, *, new: bool) -> None:
        if not new and not _has_table(connection, "wangge_schema"):
            raise self._not_a_registry(t("it holds other data"))

    def _not_a_registry(self, reason: Any) -> RegistryUnavailable:
        return RegistryUnavailable(
            t("{path} is not a registry of wangge: {reason}", path=self.path, reason=reason),
            value=str(self.path),
            hint=t("Name another file, or create one with `wangge init`"),
        )


def _set_up_connection(driver: sqlite3.Connection, _record: object) -> None:
    # SQLAlchemy's BEGIN is the only one: the driver would commit before DDL
    driver.isolation_level = None
    driver.execute("PRAGMA synchronous = FULL")
    driver.execute("PRAGMA cache_size = -65536")
    # A large import leaves a large WAL behind, until it is used again
    driver.execute(f"PRAGMA journal_size_limit = {1 << 26}")
    driver.execute(f"PRAGMA mmap_size = {1 << 28}")
    gpkg_functions.register(driver)


def _begin(connection: Connection) -> None:
    access = connection.get_execution_options().get(ACCESS)
    connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if access == 'read' else 'OFF'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if access == "write" else "BEGIN")


def _last(connection: Connection, table: Table) -> int:
    return int(connection.execute(text(f'SELECT max(fid) FROM "{table.name}"')).scalar() or 0)


def _has_table(connection: Connection, name: str) -> bool:
    found = connection.exec_driver_sql("SELECT 1 FROM sqlite_master WHERE name = ?", (name,)).first()
    return found is not None


def _format_instants(values: list[Any]) -> list[Any]:
    # One edition has one moment
    known = {value: None if value is None else format_utc(value) for value in set(values)}
    return [known[value] for value in values]


def _encoder(column_type: object) -> Callable[[Any], list[Any]]:
    """Return what turns the values of a column into what SQLite stores."""
    if isinstance(column_type, GeometryColumn):
        return _encode_places
    if isinstance(column_type, UtcDateTime):
        return _format_instants
    return lambda values: values.slice(0, len(values)) if isinstance(values, Texts) else values


def _encode_places(values: list[Any] | Places) -> list[bytes | None]:
    if not isinstance(values, Places):
        return encode(np.array(values, dtype=object))
    return encode(values.geometries()) if values.xy is None else gpkg_points(values.xy)
