"""SQL functions in Python for a GeoPackage: what its triggers need, and what queries share with PostGIS."""

from __future__ import annotations

import sqlite3

import shapely

from gis import spatial_predicates
from gis.float_sql import power_in_sql, remainder_in_sql, whole_quotient_in_sql
from gis.folding import fold_in_sql
from gis.gpkg_geometry import bounds, header_length, is_empty

Box = tuple[float, float, float, float]


def register(connection: sqlite3.Connection) -> None:
    """Give a connection the functions.

    ``ST_MinX``, ``ST_MaxX``, ``ST_MinY``, ``ST_MaxY``, ``ST_IsEmpty`` are those of the RTree
    extension; ``wangge_intersects_box(geom, minx, miny, maxx, maxy)`` is used through
    :mod:`gis.spatial_sql`, the others through :mod:`gis.spatial_predicates`, :mod:`gis.folding` and
    :mod:`gis.float_sql`.
    """
    for name, side in (("ST_MinX", 0), ("ST_MinY", 1), ("ST_MaxX", 2), ("ST_MaxY", 3)):
        connection.create_function(name, 1, _bound(side), deterministic=True)
    connection.create_function("ST_IsEmpty", 1, _st_is_empty, deterministic=True)
    connection.create_function("wangge_intersects_box", 5, _intersects_box, deterministic=True)
    connection.create_function("wangge_fold", 2, fold_in_sql, deterministic=True)
    connection.create_function("wangge_whole_quotient", 2, whole_quotient_in_sql, deterministic=True)
    connection.create_function("wangge_remainder", 2, remainder_in_sql, deterministic=True)
    connection.create_function("wangge_power", 2, power_in_sql, deterministic=True)
    spatial_predicates.register(connection)


def _bound(side: int):  # type: ignore[no-untyped-def]  # sqlite3's own callback type
    def bound(blob: bytes | None) -> float | None:
        box = None if blob is None else bounds(blob)
        return None if box is None else box[side]

    return bound


def _st_is_empty(blob: bytes | None) -> int | None:
    return None if blob is None else int(is_empty(blob))


def _intersects_box(
    blob: bytes | None, minx: float, miny: float, maxx: float, maxy: float
) -> int | None:  # fmt: skip
    """Tell whether a geometry and a closed rectangle share a point."""
    box = None if blob is None else bounds(blob)
    if blob is None or box is None:
        return 0
    if box[0] > maxx or box[2] < minx or box[1] > maxy or box[3] < miny:
        return 0
    if box[0] >= minx and box[2] <= maxx and box[1] >= miny and box[3] <= maxy:
        return 1
    geometry = shapely.from_wkb(blob[header_length(blob) :])
    return int(shapely.intersects(geometry, shapely.box(minx, miny, maxx, maxy)))
