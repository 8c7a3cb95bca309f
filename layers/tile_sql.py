"""The SQL of vector tiles: ready tiles from PostGIS, rows to be drawn here, and counts of many."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Double,
    Integer,
    Select,
    bindparam,
    func,
    literal,
    literal_column,
    select,
)
from sqlalchemy.types import UserDefinedType

from gis.columns import binary
from gis.models import GEOMETRY
from gis.spatial_sql import box_candidates
from layers.layer import Layer
from layers.select import layer_clauses
from layers.tile_address import BUFFER, EXTENT

#: More features than this are not drawn one by one in one tile.
MAX_FEATURES = 20_000

FRAME = ("left", "bottom", "right", "top")
SIDES = ("minx", "miny", "maxx", "maxy")


@lru_cache(maxsize=256)
def mvt_select(layer: Layer, srid: int, *, limited: bool) -> Select[Any]:
    """Return the SQL that makes a tile in PostGIS and tells how many rows it is made of.

    Parameters
    ----------
    layer : Layer
        What to draw.
    srid : int
        Of the frame.
    limited : bool
        Stop where there are too many; it costs a third of the time of a small tile, so that deep tiles, in
        which few things have room, do without.
    """
    table = layer.source.live
    frame = func.ST_MakeEnvelope(*_bound(FRAME), literal(srid))
    shape = func.ST_AsMVTGeom(
        _projected(table.c[GEOMETRY], srid),
        frame,
        literal(EXTENT),
        literal(BUFFER),
        literal(True),
        type_=_Any(),
    )
    cells = (
        select(table.c.fid, *(table.c[name] for name in layer.tile_properties), shape.label("cells"))
        .where(box_candidates(table, _bound(SIDES)), *layer_clauses(layer, table))
        .limit(literal(MAX_FEATURES + 1) if limited else None)
        .subquery("tile")
    )
    # What lies outside has no shape, and no feature is made of it
    made = func.ST_AsMVT(
        literal_column("tile"),
        literal(layer.id),
        literal(EXTENT),
        literal("cells"),
        literal("fid"),
        type_=_Any(),
    )
    return select(made, func.count()).select_from(cells)


@lru_cache(maxsize=256)
def rows_select(layer: Layer) -> Select[Any]:
    """Return the SQL of the features of a tile, to be drawn here: fid, properties, stored geometry."""
    table = layer.source.live
    return (
        select(table.c.fid, *(table.c[name] for name in layer.tile_properties), binary(table.c[GEOMETRY]))
        .where(box_candidates(table, _bound(SIDES)), *layer_clauses(layer, table))
        .order_by(table.c.fid)
        .limit(literal(MAX_FEATURES + 1))
    )


def places_select(layer: Layer, *, boxed: bool) -> Select[Any]:
    """Return the SQL of all stored geometries of a layer, or of those in a box."""
    table = layer.source.live
    statement = select(binary(table.c[GEOMETRY])).where(*layer_clauses(layer, table))
    return statement.where(box_candidates(table, _bound(SIDES))) if boxed else statement


def counts_select(layer: Layer, *, boxed: bool) -> Select[Any]:
    """Return the SQL that counts the middles of geometries by square cells of ``edge`` degrees, in PostGIS.

    Each row is the number and the sums of longitude and latitude.
    """
    table = layer.source.live
    shape = table.c[GEOMETRY]
    places = select(
        ((func.ST_XMin(shape) + func.ST_XMax(shape)) / 2).label("x"),
        ((func.ST_YMin(shape) + func.ST_YMax(shape)) / 2).label("y"),
    ).where(shape.is_not(None), *layer_clauses(layer, table))
    if boxed:
        places = places.where(box_candidates(table, _bound(SIDES)))
    of = places.subquery("places")
    edge: ColumnElement[float] = bindparam("edge", type_=Double())
    column, row = func.floor(of.c.x / edge, type_=Integer()), func.floor(of.c.y / edge, type_=Integer())
    sums: list[ColumnElement[Any]] = [func.count(), func.sum(of.c.x), func.sum(of.c.y)]
    return select(*sums).group_by(column, row)


def _projected(geometry: ColumnElement[Any], srid: int) -> ColumnElement[Any]:
    """Project in the database; CGCS2000 is WGS 84 by identity, PROJ would call it ballpark."""
    if srid == 4490:
        return geometry
    return func.ST_Transform(
        func.ST_SetSRID(geometry, literal(4326), type_=_Any()), literal(srid), type_=_Any()
    )


class _Any(UserDefinedType[Any]):
    """A value of the database that is passed on as it is."""

    cache_ok = True


def _bound(names: tuple[str, ...]) -> list[ColumnElement[float]]:
    return [bindparam(name, type_=Double()) for name in names]
