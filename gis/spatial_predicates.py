"""How a stored geometry lies to a given one: the relations of simple features, on both databases.

PostGIS evaluates them itself and finds candidates by its index. In a GeoPackage the exact test is a
function written with shapely, and the RTree finds candidates where the caller says that a row that
is no candidate is not wanted. Both stand on GEOS. Of a stored polygon with faults what GEOS mends it
to is tested; null gives null.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import shapely
from sqlalchemy import ColumnElement, Double, LargeBinary, Table, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.types import Boolean

from gis.columns import SRID
from gis.gpkg_geometry import bounds, header_length
from gis.models import GEOMETRY
from gis.spatial_sql import box_candidates

#: Relation of the stored geometry to the given one -> the same seen from the given one.
CONVERSE = {
    "intersects": "intersects",
    "disjoint": "disjoint",
    "equals": "equals",
    "touches": "touches",
    "crosses": "crosses",
    "overlaps": "overlaps",
    "within": "contains",
    "contains": "within",
}
#: Given geometries that a connection keeps prepared.
_PREPARED = 16


def related(
    table: Table, relation: str, geometry: shapely.Geometry, *, narrowed: bool
) -> ColumnElement[bool]:
    """Return the condition that a row's geometry lies to another in some way.

    Parameters
    ----------
    table : Table
        A live or history table with a geometry.
    relation : str
        Key of :data:`CONVERSE`, of the stored geometry to the given one.
    geometry : shapely geometry
        Valid, EPSG:4490, longitude and latitude, not empty.
    narrowed : bool
        Whether to let the index find candidates first. Only where false and unknown come to the
        same, as under AND and OR, not under NOT.
    """
    given = bindparam(None, _ewkb(geometry), type_=LargeBinary(), unique=True)
    exact = _Related(table.c[GEOMETRY], given, relation)
    if not narrowed or relation == "disjoint":
        return exact
    sides: list[ColumnElement[float]] = [
        bindparam(None, side, type_=Double(), unique=True) for side in shapely.bounds(geometry).tolist()
    ]
    return box_candidates(table, sides) & exact


def related_to_itself(table: Table, relation: str) -> ColumnElement[bool]:
    """Return the condition that a row's geometry lies to itself in some way."""
    return _RelatedToItself(table.c[GEOMETRY], relation)


class _Relation(GenericFunction[bool]):
    """A condition as it is: SQLAlchemy would compare it with 1 for SQLite."""

    inherit_cache = False
    type = Boolean()

    def __init__(self, *clauses: Any) -> None:
        *operands, self.relation = clauses
        super().__init__(*operands)

    def self_group(self, against: Any = None) -> Any:  # noqa: ARG002
        return self


class _Related(_Relation):
    inherit_cache = False
    name = "wangge_related"


class _RelatedToItself(_Relation):
    inherit_cache = False
    name = "wangge_related_to_itself"


@compiles(_Related, "sqlite")
def _by_shapely(element: _Related, compiler: Any, **kw: Any) -> str:
    geometry, given = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"wangge_related('{element.relation}', {geometry}, {given})"


@compiles(_Related, "postgresql")
def _by_postgis(element: _Related, compiler: Any, **kw: Any) -> str:
    geometry, given = (compiler.process(clause, **kw) for clause in element.clauses)
    return _of_mended(geometry, f"ST_{element.relation}({{shape}}, ST_GeomFromEWKB({given}::bytea))")


@compiles(_RelatedToItself, "sqlite")
def _itself_by_shapely(element: _RelatedToItself, compiler: Any, **kw: Any) -> str:
    (geometry,) = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"wangge_related_to_itself('{element.relation}', {geometry})"


@compiles(_RelatedToItself, "postgresql")
def _itself_by_postgis(element: _RelatedToItself, compiler: Any, **kw: Any) -> str:
    (geometry,) = (compiler.process(clause, **kw) for clause in element.clauses)
    return _of_mended(geometry, f"ST_{element.relation}({{shape}}, {{shape}})")


def register(connection: sqlite3.Connection) -> None:
    """Give a connection the functions that the conditions call, with its own prepared geometries."""
    given = lru_cache(maxsize=_PREPARED)(_prepared)

    def related(relation: str, blob: bytes | None, ewkb: bytes) -> int | None:
        box = None if blob is None else bounds(blob)
        if blob is None or box is None:
            return None
        other, (west, south, east, north) = given(ewkb)
        if box[0] > east or box[2] < west or box[1] > north or box[3] < south:
            return int(relation == "disjoint")
        # The prepared one comes first, for what is fast with it
        return int(_RELATIONS[CONVERSE[relation]](other, _stored(blob)))

    def related_to_itself(relation: str, blob: bytes | None) -> int | None:
        if blob is None or bounds(blob) is None:
            return None
        geometry = _stored(blob)
        return int(_RELATIONS[relation](geometry, geometry))

    connection.create_function("wangge_related", 3, related, deterministic=True)
    connection.create_function("wangge_related_to_itself", 2, related_to_itself, deterministic=True)


_RELATIONS: dict[str, Callable[[Any, Any], Any]] = {name: getattr(shapely, name) for name in CONVERSE}


def _stored(blob: bytes) -> shapely.Geometry:
    geometry = shapely.from_wkb(blob[header_length(blob) :])
    return geometry if shapely.is_valid(geometry) else shapely.make_valid(geometry)


def _prepared(ewkb: bytes) -> tuple[shapely.Geometry, tuple[float, float, float, float]]:
    geometry = shapely.from_wkb(ewkb)
    shapely.prepare(geometry)
    west, south, east, north = shapely.bounds(geometry).tolist()
    return geometry, (west, south, east, north)


def _of_mended(geometry: str, relation: str) -> str:
    """Write a relation of what a geometry is mended to.

    The planner takes it to hold for half of the candidates, so that the index's estimate counts: on
    its own a relation counts for nearly nothing, and a page would be sorted out of all that is found.
    """
    return (
        f"(CASE WHEN ST_IsEmpty({geometry}) THEN NULL"
        f" WHEN ST_IsValid({geometry}) THEN {relation.format(shape=geometry)}"
        f" ELSE {relation.format(shape=f'ST_MakeValid({geometry})')} END)"
    )


def _ewkb(geometry: shapely.Geometry) -> bytes:
    flat = shapely.set_srid(shapely.force_2d(geometry), SRID)
    return bytes(shapely.to_wkb(flat, include_srid=True, byte_order=1))
