"""Open a registry (网格登记库): one city in one database, a GeoPackage file or PostGIS."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar, Literal

from sqlalchemy import Connection
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from gis import schema
from gis.backend import Backend
from gis.errors import UsageError
from gis.text import t

BUSY_TIMEOUT = 5.0
"""Seconds to wait for another writer: long enough for an edit, not for an import."""

_POSTGRESQL = re.compile(r"^(postgresql|postgres|postgis)(\+\w+)?://", re.IGNORECASE)


class Registry:
    """One city in one database.

    Use :meth:`open`. Safe to share between threads; not between processes (each opens its own).

    Attributes
    ----------
    url : str
        As it was given, perhaps with a password: for opening it again, never for showing.
    location : str
        Where it is, for people.
    backend : Backend
    commits : int
        How many transactions of this process have written in any registry: while it stays the same, only
        another process can have changed one.
    """

    commits: ClassVar[int] = 0

    def __init__(self, url: str, backend: Backend) -> None:
        self.url = url
        self.backend = backend
        self.location = backend.location
        self._engine = backend.create_engine()
        self._readers = backend.readers(self._engine)
        self._writers = backend.writers(self._engine)

    @classmethod
    def open(cls, url: str | Path, *, create: bool = False, busy_timeout: float = BUSY_TIMEOUT) -> Registry:
        """Open a registry.

        Parameters
        ----------
        url : str or Path
            A ``.gpkg`` path, or ``postgresql://user@host:port/database``.
        create : bool
            Create the registry where there is none, or upgrade its schema.
        busy_timeout : float
            Seconds to wait for another writer.

        Raises
        ------
        UsageError
            The URL is of no known kind.
        RegistryUnavailable
            The file is missing or is not a registry, the database is down, the schema is older or
            newer than this version of wangge.
        """
        backend = _backend(str(url), busy_timeout)
        if not create:
            backend.require()
        registry = cls(str(url), backend)
        try:
            if create:
                registry.init()
            else:
                with registry.connect() as connection:
                    schema.require_head(connection, backend)
        except BaseException:
            registry.close()
            raise
        return registry

    @property
    def kind(self) -> Literal["gpkg", "postgis"]:
        """``"gpkg"`` or ``"postgis"``."""
        return self.backend.kind

    def init(self) -> None:
        """Create the schema, or upgrade it; nothing is changed when it is up to date.

        Raises
        ------
        RegistryUnavailable
            The file holds other data, or the schema is newer than this version of wangge.
        """
        with self.backend.creation(self._engine), self.begin() as connection:
            schema.upgrade(connection, self.backend)

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """Read in one consistent snapshot; writing is refused by the database.

        Raises
        ------
        RegistryUnavailable
            The database cannot be reached.
        """
        with self._readers.connect() as connection:
            yield connection

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """Write in one transaction as the only writer; committed when the body ends well.

        Raises
        ------
        RegistryUnavailable
            The database cannot be reached, or another writer is at work.
        """
        with self._writers.begin() as connection:
            self.backend.lock(connection)
            yield connection
        Registry.commits += 1

    @contextmanager
    def begin_aside(self) -> Iterator[Connection]:
        """Write rows that no edition depends on, in one transaction.

        PostGIS does not wait for whoever writes an edition; a file has one writer at a time.

        Raises
        ------
        RegistryUnavailable
            The database cannot be reached, or another writer is at work on the file.
        """
        with self._writers.begin() as connection:
            yield connection

    def close(self) -> None:
        """Give all connections back."""
        self._engine.dispose()

    def __enter__(self) -> Registry:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Registry({self.location!r})"


def open_registry(url: str | Path, *, create: bool = False, busy_timeout: float = BUSY_TIMEOUT) -> Registry:
    """Open a registry, see :meth:`Registry.open`."""
    return Registry.open(url, create=create, busy_timeout=busy_timeout)


def _backend(url: str, busy_timeout: float) -> Backend:
    """Choose the database by the form of the URL."""
    if _POSTGRESQL.match(url):
        from gis.backend_postgis import PostgisBackend

        try:
            return PostgisBackend(make_url(_POSTGRESQL.sub("postgresql://", url)), busy_timeout)
        except (ArgumentError, ValueError) as error:
            raise _bad_url(url) from error
    if "://" in url or not url.strip():
        raise _bad_url(url)
    from gis.backend_gpkg import GeoPackageBackend

    return GeoPackageBackend(Path(url).expanduser(), busy_timeout)


def _bad_url(url: str) -> UsageError:
    shown = re.sub(r"//[^/]*@", "//***@", url)
    return UsageError(
        t("The registry {url} is neither a file nor a PostgreSQL address", url=shown),
        field="registry",
        value=shown,
        expected="city.gpkg, postgresql://user@host:5432/database",
    )
