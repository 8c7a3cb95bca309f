"""Column types that mean the same in a GeoPackage and in PostGIS.

============== =============================== ================================
type           GeoPackage                      PostgreSQL
============== =============================== ================================
GeometryColumn GeoPackage blob, srs_id 4490    ``geometry(<type>, 4490)``
UtcDateTime    ``DATETIME`` text, ms, ``Z``    ``timestamp with time zone``
plain_text     ``TEXT`` (binary collation)     ``text COLLATE "C"``
json_text      ``TEXT`` holding JSON           ``text`` holding JSON
============== =============================== ================================

Text sorts by code point in both, so that pages and tie-breaks come out the same.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
import shapely
from geoalchemy2 import Geometry
from shapely.geometry.base import BaseGeometry
from sqlalchemy import DateTime, Text
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.elements import BindParameter, ColumnElement
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.types import LargeBinary, TypeDecorator, TypeEngine, UserDefinedType

from gis.gpkg_geometry import decode, encode_one

SRID = 4490
"""CGCS2000, geographic, the one coordinate system of the registry (longitude, latitude)."""


class _GeoPackageBlob(UserDefinedType[bytes]):
    """The storage of a geometry in SQLite: a blob under a plain geometry type name."""

    cache_ok = True

    def __init__(self, geometry_type: str) -> None:
        self.geometry_type = geometry_type

    def get_col_spec(self, **_: Any) -> str:
        return self.geometry_type


class GeometryColumn(TypeDecorator[BaseGeometry]):
    """Hold two-dimensional geometries in EPSG:4490, longitude before latitude.

    Shapely geometries go in and come out on either database.

    Parameters
    ----------
    geometry_type : str
        GeoPackage / PostGIS name of the type: ``"POINT"``, ``"MULTIPOLYGON"``, ``"GEOMETRY"`` …
    """

    impl = Geometry
    cache_ok = True

    def __init__(self, geometry_type: str) -> None:
        super().__init__(geometry_type, srid=SRID, spatial_index=False)
        self.geometry_type = geometry_type

    def load_dialect_impl(self, dialect: Dialect | None) -> TypeEngine[Any]:
        """Return the storage type of a database."""
        if dialect is not None and dialect.name == "sqlite":
            return dialect.type_descriptor(_GeoPackageBlob(self.geometry_type))
        return Geometry(self.geometry_type, srid=SRID, spatial_index=False)

    def bind_expression(self, bindparam: BindParameter[BaseGeometry]) -> ColumnElement[Any]:
        """Turn bound bytes into the database's geometry."""
        return _FromBytes(bindparam, type_=self)

    def column_expression(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """Turn the database's geometry into bytes."""
        return _ToBytes(column, type_=self)

    def bind_processor(self, dialect: Dialect) -> Any:
        """Encode shapely geometries as GeoPackage blobs or EWKB."""
        encode = encode_one if dialect.name == "sqlite" else _encode_ewkb
        return lambda value: None if value is None else encode(value)

    def result_processor(self, dialect: Dialect, coltype: Any) -> Any:  # noqa: ARG002
        """Decode GeoPackage blobs or WKB to shapely geometries."""
        if dialect.name == "sqlite":
            return lambda value: None if value is None else decode([value])[0]
        return lambda value: None if value is None else shapely.from_wkb(bytes(value))


class _FromBytes(GenericFunction[Any]):
    """Read bound bytes as a geometry; nothing to do in a GeoPackage."""

    inherit_cache = True
    name = "wangge_geometry_from_bytes"


class _ToBytes(GenericFunction[Any]):
    """Write a geometry as bytes; nothing to do in a GeoPackage."""

    inherit_cache = True
    name = "wangge_geometry_to_bytes"


@compiles(_FromBytes, "sqlite")
@compiles(_ToBytes, "sqlite")
def _as_it_is(element: GenericFunction[Any], compiler: Any, **kw: Any) -> str:
    return str(compiler.process(element.clauses, **kw))


@compiles(_FromBytes, "postgresql")
def _from_ewkb(element: GenericFunction[Any], compiler: Any, **kw: Any) -> str:
    return f"ST_GeomFromEWKB({compiler.process(element.clauses, **kw)}::bytea)"


@compiles(_ToBytes, "postgresql")
def _to_wkb(element: GenericFunction[Any], compiler: Any, **kw: Any) -> str:
    return f"ST_AsBinary({compiler.process(element.clauses, **kw)})"


def _encode_ewkb(geometry: BaseGeometry) -> bytes:
    flat = shapely.set_srid(shapely.force_2d(geometry), SRID)
    return bytes(shapely.to_wkb(flat, include_srid=True, byte_order=1))


class _GeoPackageDateTime(UserDefinedType[str]):
    """ISO 8601 text with milliseconds and ``Z``, the only form GeoPackage allows."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "DATETIME"


class UtcDateTime(TypeDecorator[datetime]):
    """Hold an instant to the millisecond; aware datetimes only, UTC when read back."""

    impl = DateTime
    cache_ok = True

    def __init__(self) -> None:
        super().__init__(timezone=True)

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the storage type of a database."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(_GeoPackageDateTime())
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Refuse a datetime without a zone; cut to milliseconds."""
        if value is None:
            return None
        instant = to_milliseconds(value)
        return format_utc(instant) if dialect.name == "sqlite" else instant

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return an aware datetime in UTC."""
        if value is None:
            return None
        instant = datetime.fromisoformat(value) if isinstance(value, str) else value
        assert isinstance(instant, datetime)
        return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


def to_milliseconds(value: datetime) -> datetime:
    """Return an instant in UTC, cut to the milliseconds that both databases keep.

    Raises
    ------
    ValueError
        The datetime has no time zone.
    """
    if value.tzinfo is None:
        raise ValueError(f"{value!r} has no time zone")
    utc = value.astimezone(UTC)
    return utc.replace(microsecond=utc.microsecond // 1000 * 1000)


def format_utc(value: datetime) -> str:
    """Format an instant as GeoPackage text: ``2026-11-20T01:30:00.000Z``."""
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


class utc_now(GenericFunction[datetime]):  # noqa: N801
    """The database's clock, as a default of rows that something else than wangge inserts."""

    inherit_cache = True
    name = "wangge_utc_now"
    type = UtcDateTime()


@compiles(utc_now, "sqlite")
def _now_sqlite(element: utc_now, compiler: Any, **kw: Any) -> str:  # noqa: ARG001
    return "strftime('%Y-%m-%dT%H:%M:%fZ','now')"


@compiles(utc_now, "postgresql")
def _now_postgresql(element: utc_now, compiler: Any, **kw: Any) -> str:  # noqa: ARG001
    return "date_trunc('milliseconds', now())"


class JsonText(Text):
    """Mark text that holds a JSON list or object; it is read back as ``str``."""


def plain_text() -> Text:
    """Return the type of text columns: sorted by code point in both databases."""
    return Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def json_text() -> JsonText:
    """Return the type of text columns that hold JSON."""
    return JsonText().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def to_json(value: Any) -> str | None:
    """Write a value as JSON in its one form (keys sorted, no spaces); ``None`` stays ``None``."""
    if value is None:
        return None
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def from_json(text: str | None) -> Any:
    """Read a JSON column; missing (``None`` or NaN of a frame) gives ``None``."""
    return orjson.loads(text) if isinstance(text, str) else None


def binary(column: ColumnElement[Any]) -> ColumnElement[bytes]:
    """Select a geometry's stored bytes undecoded: a GeoPackage blob, or WKB from PostGIS."""
    return _ToBytes(column, type_=LargeBinary())


def same(left: ColumnElement[Any], right: ColumnElement[Any]) -> ColumnElement[bool]:
    """Compare two columns, null equal to null and geometries by their bytes."""
    if isinstance(left.type, GeometryColumn):
        return binary(left).is_not_distinct_from(binary(right))
    return left.is_not_distinct_from(right)
