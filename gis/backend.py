"""What differs between the two databases, behind one small interface.

Everything else about the registry is written once. SQL that differs only in spelling is in
:mod:`gis.spatial_sql`, column types in :mod:`gis.columns`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Literal

from sqlalchemy import Connection, Engine, Select, Table, event
from sqlalchemy.engine import ExceptionContext

from gis.errors import RegistryUnavailable
from gis.places import Places
from gis.text import t
from gis.texts import Texts

Batch = list["list[Any] | Texts | Places"]
"""One batch of rows, column by column; geometries are shapely's, or places."""

ACCESS = "wangge_access"
"""Execution option of an engine: ``"read"`` or ``"write"``."""


class Backend(ABC):
    """One database that can hold a registry.

    Parameters
    ----------
    busy_timeout : float
        Seconds to wait for another writer before giving up.
    """

    kind: Literal["gpkg", "postgis"]
    location: str
    """Where the database is, in words for people; never with a password."""

    def __init__(self, busy_timeout: float) -> None:
        self.busy_timeout = busy_timeout

    @abstractmethod
    def create_engine(self) -> Engine:
        """Return an engine whose read and write access is set by the option ``ACCESS``."""

    @abstractmethod
    def require(self) -> None:
        """Refuse, before connecting, what cannot be a registry.

        Raises
        ------
        RegistryUnavailable
        """

    @abstractmethod
    def creation(self, engine: Engine) -> AbstractContextManager[None]:
        """Make the database ready for a schema; undo what was made when the body fails."""

    @abstractmethod
    def readers(self, engine: Engine) -> Engine:
        """Return the engine for reading: one consistent snapshot per connection, no writes."""

    @abstractmethod
    def writers(self, engine: Engine) -> Engine:
        """Return the engine for writing."""

    @abstractmethod
    def lock(self, connection: Connection) -> None:
        """Become the only writer until the transaction ends."""

    @abstractmethod
    def prepare_schema(self, connection: Connection) -> None:
        """Make what the tables stand on: metadata tables, or the PostGIS extension."""

    @abstractmethod
    def set_up_table(
        self, connection: Connection, table: str, *, geometry: str | None, key: Sequence[str] = ()
    ) -> None:
        """Register a table just created and index its geometry.

        Parameters
        ----------
        connection : Connection
        table : str
        geometry : str or None
            Geometry type of the column ``geom``, ``None`` for a table without one.
        key : sequence of str
            Given for the live table of a dataset: what identifies a thing.
        """

    @abstractmethod
    def bulk_load(
        self, connection: Connection, table: Table, names: Sequence[str], batches: Iterable[Batch]
    ) -> None:
        """Insert batches of rows the fast way."""

    @abstractmethod
    def raw_rows(
        self, connection: Connection, statement: Select[Any], size: int
    ) -> Iterator[Sequence[tuple[Any, ...]]]:
        """Yield rows as the driver has them, so many at a time: for texts and bytes by the million."""

    @abstractmethod
    def loading(
        self, connection: Connection, table: Table, rows: int, places: Places | None = None
    ) -> AbstractContextManager[None]:
        """Keep the index of a table by the cheapest means while about so many rows change.

        Parameters
        ----------
        connection : Connection
        table : Table
        rows : int
        places : Places, optional
            Where the rows are, in order, when the table is empty and gets no others.
        """

    @abstractmethod
    def analyse(self, connection: Connection, table: Table) -> None:
        """Tell the planner about a temporary table just filled."""

    @abstractmethod
    def after_edition(self, connection: Connection, tables: Sequence[Table], rows: int) -> None:
        """Bring what the database knows about its tables up to date (extents, statistics)."""

    @abstractmethod
    def unavailable(self, error: BaseException | None) -> RegistryUnavailable | None:
        """Translate a driver's error that is about the database, not about the statement."""

    @abstractmethod
    def interruptible(self, connection: Connection) -> AbstractContextManager[Callable[[], None]]:
        """Let Ctrl-C end a transaction cleanly; the body calls what it gets between its steps."""

    def busy(self) -> RegistryUnavailable:
        """Return the error of finding another writer at work."""
        return RegistryUnavailable(
            t("Registry {location} is busy: another import or edit is written", location=self.location),
            hint=t("Try again when it has finished"),
        )

    def translate_errors(self, engine: Engine) -> Engine:
        """Make the engine raise :class:`RegistryUnavailable` for what :meth:`unavailable` knows."""

        @event.listens_for(engine, "handle_error")
        def translate(context: ExceptionContext) -> None:
            error = self.unavailable(context.original_exception)
            if error is not None:
                raise error from context.original_exception

        return engine
