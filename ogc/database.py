"""Ask the registry without holding up other requests.

PostGIS is asked over an asynchronous pool of connections: a page of features takes no thread. The
embedded database is asked in a thread, where SQLite works without Python's lock, but for a few rows whose
numbers are known, which take less time than a thread as long as the file is in memory. PostGIS is asked in
a thread from an event loop that the pool was not opened in.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, TypeVar

import psycopg
from psycopg import AsyncConnection, AsyncCursor
from psycopg_pool import AsyncConnectionPool, PoolTimeout
from sqlalchemy import Select
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from starlette.concurrency import run_in_threadpool

from gis.backend_postgis import PostgisBackend
from gis.errors import RegistryUnavailable
from gis.registry import Registry
from gis.text import t
from layers.box_indexes import BoxIndexes
from layers.items import count_items, get_item, item_as_json, item_statements, no_such_item, read_all
from layers.layer import Layer
from layers.pages import Page, PageReader
from layers.query import ItemsQuery
from layers.select import Statement, is_plain
from layers.tile_address import TileAddress
from layers.tiles import made_in_database, tile_of_rows, tile_statement
from ogc.promptness import Promptness
from ogc.time_limit import STATEMENT_LIMIT, limited, took_too_long

Answer = TypeVar("Answer")

#: Seconds to wait for a connection.
WAIT = 5.0
CONNECTIONS = 8

#: Features that are read and written at once; longer pages leave in such pieces. Where finding them
#: means looking at the whole table, that is done less often.
PIECE, FOUND_PIECE = 1_000, 5_000

#: Stored bytes of geometries above which writing them would hold up other requests.
_HEAVY = 200_000

#: Rows of the embedded database that are read without a thread.
_FEW = 100

#: Statements that are prepared keep one plan, which is made once; a box of the right size for one plan can
#: be far too large for another, so where that matters nothing is prepared and each gets its own.
#: What lies in a box is read from memory, which makes the spatial index worth its while for boxes where
#: the planner would rather walk through the whole table. Compiling plans pays for reports, not for pages.
_SESSION = (
    "SET default_transaction_read_only = on",
    "SET plan_cache_mode = force_generic_plan",
    "SET seq_page_cost = 0.02",
    "SET random_page_cost = 0.02",
    "SET jit = off",
    f"SET statement_timeout = '{STATEMENT_LIMIT}s'",
)


class Database:
    """Read layers of one registry from asynchronous code.

    Parameters
    ----------
    registry : Registry
        Opened by the caller.
    """

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.boxes = BoxIndexes(registry)
        self._prompt = Promptness()
        self._pool: AsyncConnectionPool[AsyncConnection[Any]] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def open(self) -> None:
        """Open the pool of connections in the running event loop; it does not wait for the database."""
        backend = self.registry.backend
        if not isinstance(backend, PostgisBackend):
            return
        url = backend.database_url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._pool = AsyncConnectionPool(
            url,
            min_size=1,
            max_size=CONNECTIONS,
            open=False,
            kwargs={"autocommit": True, "connect_timeout": int(WAIT)},
            configure=_configure,
            name="ogc",
        )
        self._loop = asyncio.get_running_loop()
        await self._pool.open()

    async def close(self) -> None:
        """Close the connections, and end what is done beside the requests."""
        await run_in_threadpool(self.boxes.close)
        pool, self._pool = self._pool, None
        if pool is not None:
            await pool.close()

    async def page(self, layer: Layer, query: ItemsQuery) -> Page:
        """Read one page of features, see :func:`layers.items.query_items`."""
        reader, heavy = self._reader(layer, query), False
        if self._usable_pool is None:
            few = reader.knows_rows and query.limit <= _FEW
            return await self._blocking(self._read, reader, quick=few)
        while not reader.done:
            rows = await self._rows(reader.statement())
            heavy = heavy or sum(len(row[-1]) for row in rows if row[-1]) > _HEAVY
            if heavy:
                await run_in_threadpool(reader.feed, rows)
            else:
                reader.feed(rows)
        self._renew(reader)
        return await run_in_threadpool(reader.page) if heavy else reader.page()

    async def pieces(self, layer: Layer, query: ItemsQuery) -> AsyncIterator[Page]:
        """Read one page piece by piece, so that no more than a piece is in memory.

        Yields
        ------
        Page
            At least one; ``next`` of the last one is that of the whole. Between two pieces no connection is
            held, and like pages they unite to what was there all the while.
        """
        size = FOUND_PIECE if query.sort or query.terms or query.where is not None else PIECE
        missing, after = query.limit, query.after
        while True:
            part = replace(query, limit=min(size, missing), after=after)
            piece = await self.page(layer, part)
            missing, after = missing - piece.count, piece.next
            yield piece
            if after is None or missing == 0:
                return

    async def item(self, layer: Layer, feature_id: str, query: ItemsQuery) -> bytes:
        """Read one feature, see :func:`layers.items.get_item`."""
        if self._usable_pool is None:
            return await self._blocking(self._item, layer, feature_id, query, quick=True)
        for statement in item_statements(layer, feature_id):
            rows = await self._rows(statement)
            if rows:
                return item_as_json(layer, query, statement, rows[0], self.registry.kind)
        raise no_such_item(layer, feature_id)

    async def count(self, layer: Layer, query: ItemsQuery) -> int:
        """Count what a question finds, see :func:`layers.items.count_items`."""
        return await run_in_threadpool(count_items, self.registry, layer, query)

    async def tile(self, layer: Layer, address: TileAddress) -> bytes | None:
        """Make one vector tile of features, see :func:`layers.tiles.tile_of_rows`."""
        kind = self.registry.kind
        statement = tile_statement(layer, address, kind)
        if self._usable_pool is None:
            return await run_in_threadpool(self._tile_in_thread, layer, address, statement)
        rows = await self._rows(statement)
        if made_in_database(layer, address, kind):
            return tile_of_rows(layer, address, rows, kind)
        return await run_in_threadpool(tile_of_rows, layer, address, rows, kind)

    async def _rows(self, statement: Statement) -> Sequence[Sequence[Any]]:
        """Run a statement; once more when the connection had been cut since it was last used."""
        pool = self._usable_pool
        assert pool is not None
        try:
            return await self._fetch(pool, statement)
        except psycopg.OperationalError as error:
            if self.registry.backend.unavailable(error) is None:
                raise
        await pool.check()
        try:
            return await self._fetch(pool, statement)
        except psycopg.OperationalError as error:
            raise self.registry.backend.unavailable(error) or error from error

    async def _fetch(
        self, pool: AsyncConnectionPool[AsyncConnection[Any]], statement: Statement
    ) -> Sequence[Sequence[Any]]:
        sql, fixed = (_kept if statement.recurring else _raw)(statement.select)
        try:
            async with pool.connection(WAIT) as connection, AsyncCursor(connection) as cursor:
                values = {**fixed, **statement.values}
                await cursor.execute(sql, values, prepare=statement.steady, binary=True)
                return await cursor.fetchall()
        except PoolTimeout as error:
            raise self._unavailable() from error
        except psycopg.errors.QueryCanceled as error:
            raise took_too_long() from error

    @property
    def _usable_pool(self) -> AsyncConnectionPool[AsyncConnection[Any]] | None:
        """The pool, when there is one and it belongs to the running event loop."""
        return self._pool if self._loop is asyncio.get_running_loop() else None

    def _unavailable(self) -> RegistryUnavailable:
        return RegistryUnavailable(
            t("Database {location} gave no connection in {seconds} seconds",
              location=self.registry.location, seconds=WAIT),
            hint=t("Try again; if it stays so, look whether the server runs"),
        )  # fmt: skip

    def _reader(self, layer: Layer, query: ItemsQuery) -> PageReader:
        boxed = query.bbox is not None and is_plain(layer, query)
        index = self.boxes.get(layer.dataset) if boxed else None
        return PageReader(layer, query, self.registry.kind, index)

    def _renew(self, reader: PageReader) -> None:
        if reader.outdated:
            self.boxes.renew(reader.layer.dataset)

    async def _blocking(self, function: Callable[..., Answer], *arguments: Any, quick: bool) -> Answer:
        """Ask with a blocking driver; in a thread, unless a quick answer is to be expected."""
        if not (quick and self.registry.kind == "gpkg" and self._prompt):
            return await run_in_threadpool(function, *arguments)
        with self._prompt.watched():
            return function(*arguments)

    def _item(self, layer: Layer, feature_id: str, query: ItemsQuery) -> bytes:
        return get_item(self.registry, layer, feature_id, crs=query.crs)

    def _read(self, reader: PageReader) -> Page:
        with self.registry.connect() as connection, limited(connection):
            read_all(connection, reader)
        self._renew(reader)
        return reader.page()

    def _tile_in_thread(self, layer: Layer, address: TileAddress, statement: Statement) -> bytes | None:
        with self.registry.connect() as connection:
            rows = connection.execute(statement.select, statement.values).all()
        return tile_of_rows(layer, address, rows, self.registry.kind)


async def _configure(connection: AsyncConnection[Any]) -> None:
    for setting in _SESSION:
        await connection.execute(setting.encode())


@lru_cache(maxsize=4096)
def _kept(statement: Select[Any]) -> tuple[bytes, dict[str, Any]]:
    return _raw(statement)


def _raw(statement: Select[Any]) -> tuple[bytes, dict[str, Any]]:
    """Return the driver's own form of a statement, and the values it holds itself."""
    compiled = statement.compile(dialect=PGDialect_psycopg())  # type: ignore[no-untyped-call]
    fixed = {name: value for name, value in compiled.params.items() if value is not None}
    return str(compiled).encode(), fixed
