"""What a dataset is made of: a live table, its history, a key.

The tables themselves are in :mod:`gis.models`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    Identity,
    Index,
    Integer,
    MetaData,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeEngine

from gis.columns import GeometryColumn, UtcDateTime, json_text, plain_text, utc_now

GEOMETRY = "geom"
"""Name of the geometry column in tables; frames call it ``geometry``."""

metadata = MetaData()


@dataclass(frozen=True)
class Dataset:
    """One kind of thing that is imported, versioned and read.

    Parameters
    ----------
    name : str
        The KIND of the command line: ``"divisions"``, ``"grids"`` …
    live, history : Table
        What holds now, and what held before.
    key : tuple of str
        Columns that identify a thing for ever.
    columns : tuple of str
        Business columns, without the geometry.
    geometry : str or None
        Geometry type, ``None`` for plain tables.
    collection : str or None
        Identifier of the OGC API collection.
    scope : tuple of str
        A delivery is complete for each value of these columns that it contains: live rows with
        such a value whose key the delivery does not have are retired. Empty: nothing is retired.
    """

    name: str
    live: Table
    history: Table
    key: tuple[str, ...]
    columns: tuple[str, ...]
    geometry: str | None = None
    collection: str | None = None
    scope: tuple[str, ...] = ()

    @property
    def stored(self) -> tuple[str, ...]:
        """Names of the columns in the tables that make up a version, geometry last."""
        return (*self.columns, GEOMETRY) if self.geometry else self.columns


def fid_column() -> Column[int]:
    """Return the column that numbers the rows of a table."""
    return Column("fid", BigInteger().with_variant(Integer(), "sqlite"), Identity(), primary_key=True)


def _validity() -> list[Column[Any]]:
    return [
        Column("edition", Integer, nullable=False, server_default=text("0")),
        Column("valid_from", UtcDateTime(), nullable=False, server_default=utc_now()),
    ]


def _closing() -> list[Column[Any]]:
    return [Column("closed_by", Integer, nullable=False), Column("valid_to", UtcDateTime(), nullable=False)]


_JSON = {
    "former_names", "attributes", "short_names", "types", "lines", "aliases", "classes", "steps",
    "acting", "supervising", "successors", "group_names", "documents", "against",
}  # fmt: skip
_OTHER: dict[str, type[TypeEngine[Any]]] = {
    "area_m2": Double,
    "width_m": Double,
    "accuracy_m": Double,
    "radius_m": Double,
    "lon": Double,
    "lat": Double,
    "rule_no": Integer,
    "in_scope": Boolean,
    "ownerless": Boolean,
    "first_number": Integer,
    "last_number": Integer,
    "pixels_x": Integer,
    "pixels_y": Integer,
    "bands": Integer,
    "nodata": Double,
    "resolution_m": Double,
}


def _of_editions(table: str) -> Index:
    """Index rows by their edition: in PostGIS by ranges of pages, as rows of one edition lie together.

    A tree would add a tenth to the time of a large import.
    """
    options: dict[str, Any] = {"postgresql_using": "brin", "postgresql_with": {"pages_per_range": 32}}
    return Index(f"ix_{table}_edition", "edition", **options)


def _business(names: tuple[str, ...], key: tuple[str, ...], geometry: str | None) -> list[Column[Any]]:
    columns: list[Column[Any]] = [Column(n, _type(n), nullable=n not in key) for n in names]
    if geometry:
        columns.append(Column(GEOMETRY, GeometryColumn(geometry)))
    return columns


def _type(name: str) -> TypeEngine[Any]:
    if name in _JSON:
        return json_text()
    return _OTHER[name]() if name in _OTHER else plain_text()


def define_dataset(
    name: str,
    columns: str,
    *,
    key: tuple[str, ...] = ("code",),
    table: str | None = None,
    geometry: str | None = None,
    collection: str | None = None,
    scope: tuple[str, ...] = (),
    indexes: tuple[str, ...] = (),
    added: str = "",
) -> Dataset:
    """Define the tables of a dataset.

    Parameters
    ----------
    name : str
        Of the dataset.
    columns : str
        Its business columns, separated by blanks.
    key, geometry, collection, scope
        As for :class:`Dataset`.
    table : str, optional
        Name of the live table, by default that of the dataset.
    indexes : tuple of str
        Columns of the live table that are looked up.
    added : str
        Further business columns, which a migration added: they come last in the tables.
    """
    names, later = tuple(columns.split()), tuple(added.split())
    table = table or name
    live = Table(
        table,
        metadata,
        fid_column(),
        *_business(names, key, geometry),
        *_validity(),
        *_business(later, key, None),
        UniqueConstraint(*key, name=f"uq_{table}"),
        *(Index(f"ix_{table}_{column}", column) for column in indexes),
        _of_editions(table),
        sqlite_autoincrement=True,
    )
    history = Table(
        f"{table}_history",
        metadata,
        fid_column(),
        *_business(names, key, geometry),
        *_validity(),
        *_closing(),
        *_business(later, key, None),
        Index(f"ix_{table}_history_key", *key, "closed_by"),
        Index(f"ix_{table}_history_closed_by", "closed_by"),
        sqlite_autoincrement=True,
    )
    return Dataset(name, live, history, key, names + later, geometry, collection, scope)
