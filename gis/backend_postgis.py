"""A registry in PostgreSQL with PostGIS.

Rows are loaded by COPY. Writers take one advisory lock, so that editions are numbered and
compared one after the other; readers see one snapshot and are never blocked. What other programs
change in live tables goes to the history, closed by edition 0, as it does in a GeoPackage.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np
import psycopg
import shapely
from sqlalchemy import URL, Column, Connection, Engine, Select, Table, create_engine, text
from sqlalchemy.exc import DBAPIError

from gis.backend import ACCESS, Backend, Batch
from gis.columns import SRID, GeometryColumn
from gis.errors import RegistryUnavailable
from gis.places import Places
from gis.point_blobs import ewkb_points
from gis.postgis_guard import announce, create_guard
from gis.text import t
from gis.texts import Coded, Texts

# Any constant will do, as long as every writer of a database takes the same
_WRITER_LOCK = 0x77616E67
_ROOM = {"work_mem": "128MB", "maintenance_work_mem": "256MB"}
# Below this share of changed rows autovacuum's own judgement is good enough
_ANALYZE_FROM = 1000
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class PostgisBackend(Backend):
    """PostgreSQL 15 or later with PostGIS 3.3 or later."""

    kind = "postgis"

    def __init__(self, url: URL, busy_timeout: float) -> None:
        super().__init__(busy_timeout)
        self.database_url = url
        host = url.host or url.query.get("host") or "localhost"
        self.location = f"{host}:{url.port or 5432}/{url.database or ''}"

    def create_engine(self) -> Engine:
        """Return an engine on psycopg 3."""
        options = {} if "connect_timeout" in self.database_url.query else {"connect_timeout": 5}
        engine = create_engine(
            self.database_url.set(drivername="postgresql+psycopg"),
            connect_args=options,
            pool_pre_ping=True,
            pool_size=10,
            max_overflow=20,
        )
        return self.translate_errors(engine)

    def require(self) -> None:
        """Nothing can be told before connecting."""

    def creation(self, engine: Engine) -> AbstractContextManager[None]:  # noqa: ARG002
        """The database itself is the administrator's to create."""
        return nullcontext()

    def readers(self, engine: Engine) -> Engine:
        """Return an engine of read-only snapshots."""
        return engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True, **{ACCESS: "read"}
        )

    def writers(self, engine: Engine) -> Engine:
        """Return an engine that writes."""
        return engine.execution_options(**{ACCESS: "write"})

    def lock(self, connection: Connection) -> None:
        """Take the advisory lock of writers, or give up after the busy timeout."""
        connection.execute(
            text("SELECT set_config('lock_timeout', :wait, true)"),
            {"wait": f"{max(1, round(self.busy_timeout * 1000))}ms"},
        )
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITER_LOCK})
        # There is one writer, and it joins and sorts whole deliveries.
        for setting, size in _ROOM.items():
            connection.execute(text("SELECT set_config(:name, :size, true)"), {"name": setting, "size": size})
        announce(connection)

    def prepare_schema(self, connection: Connection) -> None:
        """Create the PostGIS extension where it is missing."""
        if connection.scalar(text("SELECT 1 FROM pg_extension WHERE extname = 'postgis'")):
            return
        try:
            with connection.begin_nested():
                connection.execute(text("CREATE EXTENSION postgis"))
        except (RegistryUnavailable, DBAPIError) as error:
            raise RegistryUnavailable(
                t("Database {location} has no PostGIS and it could not be added: {reason}",
                  location=self.location, reason=_first_line(error.__cause__)),
                hint=t("Install PostGIS on the server, then let its administrator run in this database: "
                       "CREATE EXTENSION postgis"),
            ) from error  # fmt: skip

    def set_up_table(
        self,
        connection: Connection,
        table: str,
        *,
        geometry: str | None,
        key: Sequence[str] = (),
    ) -> None:
        """Index the geometry with GiST; guard a live table."""
        if geometry:
            connection.execute(text(f"CREATE INDEX ix_{table}_geom ON {table} USING gist (geom)"))
        if key:
            create_guard(connection, table)

    def bulk_load(
        self, connection: Connection, table: Table, names: Sequence[str], batches: Iterable[Batch]
    ) -> None:
        """Insert rows by COPY."""
        quote = connection.dialect.identifier_preparer.quote
        columns = ", ".join(quote(name) for name in names)
        command = f"COPY {quote(table.name)} ({columns}) FROM STDIN"
        driver = connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        writers = [_writer(table.c[name]) for name in names]
        try:
            with driver.cursor() as cursor, cursor.copy(command) as copy:
                for batch in batches:
                    fields = [write(values) for write, values in zip(writers, batch, strict=True)]
                    copy.write("\n".join(map("\t".join, zip(*fields, strict=True))) + "\n")
        except psycopg.Error as error:
            # COPY goes past SQLAlchemy and its translation of errors
            raise self.unavailable(error) or error from error

    def raw_rows(
        self, connection: Connection, statement: Select[Any], size: int
    ) -> Iterator[Sequence[tuple[Any, ...]]]:
        """Read with a cursor of the server."""
        compiled = statement.compile(dialect=connection.dialect, compile_kwargs={"render_postcompile": True})
        driver = connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        with driver.cursor(name="wangge_raw_rows", binary=True) as cursor:
            cursor.execute(str(compiled), compiled.params)
            while rows := cursor.fetchmany(size):
                yield rows

    def loading(
        self,
        connection: Connection,  # noqa: ARG002
        table: Table,  # noqa: ARG002
        rows: int,  # noqa: ARG002
        places: Places | None = None,  # noqa: ARG002
    ) -> AbstractContextManager[None]:
        """GiST looks after itself; dropping it would lock readers out."""
        return nullcontext()

    def analyse(self, connection: Connection, table: Table) -> None:
        """Count and sample the rows; autovacuum never sees temporary tables."""
        connection.execute(text(f"ANALYZE {table.name}"))

    def after_edition(self, connection: Connection, tables: Sequence[Table], rows: int) -> None:
        """Let the planner know about a large change at once."""
        if rows >= _ANALYZE_FROM:
            for table in tables:
                self.analyse(connection, table)
                _summarise(connection, table)

    def interruptible(
        self,
        connection: Connection,  # noqa: ARG002
    ) -> AbstractContextManager[Callable[[], None]]:
        """The driver cancels its statement on Ctrl-C by itself."""
        return nullcontext(lambda: None)

    def unavailable(self, error: BaseException | None) -> RegistryUnavailable | None:
        """Translate errors of connecting, of a server going away and of locks."""
        if not isinstance(error, psycopg.Error):
            return None
        state = error.sqlstate
        if state in ("55P03", "40P01"):
            return self.busy()
        if state == "42501":
            return RegistryUnavailable(
                t("The database user may not do this in {location}: {reason}",
                  location=self.location, reason=_first_line(error)),
            )  # fmt: skip
        if not _is_about_the_server(error):
            return None
        return RegistryUnavailable(
            t("Database {location} is not available: {reason}",
              location=self.location, reason=_first_line(error)),
            hint=t("Check that the server runs, and host, port, database name, user and password"),
        )  # fmt: skip


def _is_about_the_server(error: psycopg.Error) -> bool:
    """Tell errors of the server and of the way to it from errors of a statement.

    Classes of SQLSTATE: 08 connection, 28 authorisation, 53 resources, 57P shut down, 58 system; no
    state: never connected. 25006 is a standby, 3D000 a database that does not exist.
    """
    if error.sqlstate is None:
        return isinstance(error, psycopg.OperationalError)
    return error.sqlstate.startswith(("08", "28", "53", "57P", "58", "25006", "3D000"))


def _first_line(error: BaseException | None) -> str:
    return str(error).strip().split("\n")[0]


def _writer(column: Column[Any]) -> Callable[[Any], list[str]]:
    """Return what writes the values of a column in COPY's text format."""
    if isinstance(column.type, GeometryColumn):
        return _write_geometries
    if column.type.python_type is bool:
        return lambda values: ["\\N" if v is None else "t" if v else "f" for v in values]
    if column.type.python_type is str:
        return _write_texts
    return lambda values: ["\\N" if v is None else str(v) for v in values]


def _write_texts(values: list[Any] | Texts) -> list[str]:
    if isinstance(values, Coded):
        # Every text is written once.
        written: list[str] = np.array(_write_texts(values.words.tolist()), dtype=object)[
            values.codes
        ].tolist()
        return written
    values = values.slice(0, len(values)) if isinstance(values, Texts) else values
    everything = "".join(filter(None, values))
    if any(special in everything for special in "\\\t\n\r"):
        return ["\\N" if v is None else v.translate(_ESCAPES) for v in values]
    return ["\\N" if v is None else v for v in values]


def _write_geometries(values: list[Any] | Places) -> list[str]:
    if isinstance(values, Places):
        if values.xy is not None:
            return ["\\N" if v is None else v for v in ewkb_points(values.xy)]
        values = values.geometries().tolist()
    flat = shapely.set_srid(shapely.force_2d(np.array(values, dtype=object)), SRID)
    written = shapely.to_wkb(flat, hex=True, include_srid=True, byte_order=1)
    return ["\\N" if v is None else v for v in written]


def _summarise(connection: Connection, table: Table) -> None:
    """Tell indexes of ranges of pages what is in new ones; vacuum would, later."""
    for index in table.indexes:
        if index.dialect_options["postgresql"]["using"] == "brin":
            summary = text("SELECT brin_summarize_new_values(CAST(:name AS regclass))")
            connection.execute(summary, {"name": index.name})
