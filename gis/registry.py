"""Open a registry: one city in one database, a GeoPackage file or PostGIS."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection


class Registry:
    """One city in one database."""

    url: str

    @classmethod
    def open(cls, url: str | Path, *, create: bool = False) -> Registry:
        """Open a registry; with ``create`` make it, or upgrade its schema."""
        raise NotImplementedError

    @property
    def kind(self) -> str:
        """``"gpkg"`` or ``"postgis"``."""
        raise NotImplementedError

    def init(self) -> None:
        """Create or upgrade the schema."""
        raise NotImplementedError

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """Read in one consistent snapshot."""
        raise NotImplementedError
        yield

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """Write in one transaction; one writer at a time."""
        raise NotImplementedError
        yield

    def close(self) -> None:
        """Give all connections back."""
        raise NotImplementedError


def open_registry(url: str | Path, *, create: bool = False) -> Registry:
    """Open a registry, see :meth:`Registry.open`."""
    return Registry.open(url, create=create)
