"""Vector tiles (MVT 2.1) of a layer, on either database.

PostGIS makes them itself; from a GeoPackage the rows of a tile are clipped by shapely and written by
the ``mapbox-vector-tile`` library, as are polygons of low zooms from either. The layer's name in the
tile is that of the collection, a feature's id is its ``fid``, and it carries the layer's label
properties.

No tile holds more than :data:`~layers.tile_sql.MAX_FEATURES` features or :data:`MAX_BYTES`: where
there would be more, and below the lowest zoom of a layer of points, it holds counts
(:mod:`layers.tile_counts`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gis.registry import Registry
from layers.coarsening import reach, shown
from layers.layer import Layer
from layers.select import Statement, shows_all
from layers.shapes import Shapes, decode_geometries
from layers.tile_address import TileAddress, is_counted, zooms_of
from layers.tile_counts import Overviews
from layers.tile_shapes import draw, is_simplified
from layers.tile_sql import FRAME, MAX_FEATURES, SIDES, mvt_select, rows_select
from layers.tilematrix import tile_matrix_set

MVT = "application/vnd.mapbox-vector-tile"

#: A tile of features that is larger than this holds counts instead.
MAX_BYTES = 500_000


#: From this zoom on a tile of WebMercatorQuad is cut from degrees without projecting: within it the
#: projection is straight to a fifth of a cell (sin latitude / 5 at this zoom, half of that at the next).
STRAIGHT_FROM = 14


def tile(registry: Registry, layer: Layer, tms: str, zoom: int, row: int, column: int) -> bytes:
    """Make one vector tile.

    Parameters
    ----------
    registry : Registry
        Where the features lie.
    layer : Layer
        What to draw; whether it is public is the caller's business.
    tms : str
        ``"WebMercatorQuad"``, ``"CGCS2000Quad"`` or ``"c"``.
    zoom, row, column : int
        Row 0 is the northernmost.

    Returns
    -------
    bytes
        Empty when nothing lies there, or the zoom is not one of the layer's.

    Raises
    ------
    NotFound
        If there is no such tile matrix set.
    UsageError
        If it has no such tile.
    """
    address = TileAddress(tile_matrix_set(tms), zoom, row, column)
    statement = tile_statement(layer, address, registry.kind)
    lowest, highest = zooms_of(layer, address.tms)
    if not lowest <= zoom <= highest:
        return b""
    made = None
    if not holds_counts(layer, address):
        with registry.connect() as connection:
            rows = connection.execute(statement.select, statement.values).all()
        made = tile_of_rows(layer, address, rows, registry.kind)
    return Overviews(registry).tile(layer, address, None) if made is None else made


def holds_counts(layer: Layer, address: TileAddress) -> bool:
    """Tell whether a tile holds counts whatever lies in it."""
    return is_counted(layer) and address.mercator_zoom < layer.min_zoom


def made_in_database(layer: Layer, address: TileAddress, kind: str) -> bool:
    """Tell whether the database makes the tile, and nothing is left to do."""
    return kind == "postgis" and layer.coarsen_m is None and not is_simplified(layer, address)


def tile_statement(layer: Layer, address: TileAddress, kind: str) -> Statement:
    """Return the SQL of a tile of features, to be given to :func:`tile_of_rows` with what it finds.

    Parameters
    ----------
    layer : Layer
        What to draw.
    address : TileAddress
        Where.
    kind : str
        ``"gpkg"`` or ``"postgis"``.

    Returns
    -------
    Statement
        It selects the ready tile where the database makes it, else the features.
    """
    values = dict(zip(SIDES, reach(layer, address.envelope), strict=True))
    if made_in_database(layer, address, kind):
        deep = address.mercator_zoom >= STRAIGHT_FROM
        straight = deep or address.tms.srid == 4490
        values |= zip(FRAME, address.rectangle if straight else address.frame, strict=True)
        select = mvt_select(layer, 4490 if straight else address.tms.srid, limited=not deep)
        # Deep tiles are small boxes, for which one plan serves
        return Statement(select, 0, (), values, steady=deep and shows_all(layer))
    return Statement(rows_select(layer), 1, layer.tile_properties, values)


def tile_of_rows(
    layer: Layer, address: TileAddress, rows: Sequence[Sequence[Any]], kind: str
) -> bytes | None:
    """Make the tile of what a tile's statement found; ``None`` when it would be too large."""
    if made_in_database(layer, address, kind):
        content, count = bytes(rows[0][0] or b""), rows[0][1]
    else:
        count = len(rows)
        if not 0 < count <= MAX_FEATURES:
            return None if count else b""
        stored = decode_geometries([row[-1] for row in rows], kind)
        content = draw(layer, address, rows, shown(layer, Shapes(geometries=stored)).as_geometries())
    return None if count > MAX_FEATURES or len(content) > MAX_BYTES else content
