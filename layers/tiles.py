"""Vector tiles (MVT 2.1) of a layer, on either database.

PostGIS makes them itself; from a GeoPackage the rows of a tile are clipped by shapely and written by
the ``mapbox-vector-tile`` library. Either way the layer's name in the tile is that of the collection,
a feature's id is its ``fid``, and it carries the layer's label properties.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import mapbox_vector_tile
import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Double, Select, bindparam, func, literal, literal_column, select
from sqlalchemy.types import UserDefinedType

from gis.columns import binary
from gis.crs import STORED, transformer
from gis.gpkg_geometry import decode
from gis.models import GEOMETRY
from gis.registry import Registry
from gis.spatial_sql import box_candidates
from layers.layer import Layer
from layers.reference_systems import Bounds
from layers.select import Statement, layer_clauses
from layers.tilematrix import TileMatrixSet, tile_matrix_set

MVT = "application/vnd.mapbox-vector-tile"

#: Cells along the edge of a tile, and how many of them features reach beyond it.
EXTENT = 4096
BUFFER = 64

_FRAME = ("left", "bottom", "right", "top")
_SIDES = ("minx", "miny", "maxx", "maxy")


@dataclass(frozen=True, slots=True)
class TileAddress:
    """Which tile of which set.

    Attributes
    ----------
    tms : TileMatrixSet
        The set.
    zoom, row, column : int
        Row 0 is the northernmost.
    """

    tms: TileMatrixSet
    zoom: int
    row: int
    column: int

    @property
    def frame(self) -> Bounds:
        """The rectangle of the tile in the plane of its set."""
        return self.tms.bounds(self.zoom, self.row, self.column)

    @property
    def envelope(self) -> Bounds:
        """The rectangle of EPSG:4490 that holds the tile and its buffer."""
        left, bottom, right, top = self.frame
        margin = (right - left) * BUFFER / EXTENT
        corners = np.array([left - margin, right + margin]), np.array([bottom - margin, top + margin])
        x, y = corners if self.tms.srid == 4490 else transformer(f"EPSG:{self.tms.srid}", STORED)(*corners)
        return float(x[0]), float(y[0]), float(x[1]), float(y[1])

    def hides(self, layer: Layer) -> bool:
        """Tell whether the layer has no content at this zoom."""
        zoom = self.zoom + self.tms.mercator_zoom_offset
        return not layer.min_zoom <= max(zoom, 0) <= layer.max_zoom


def tile(registry: Registry, layer: Layer, tms: str, zoom: int, row: int, column: int) -> bytes:
    """Make one vector tile.

    Parameters
    ----------
    registry : Registry
        Where the features lie.
    layer : Layer
        What to draw; whether it is public is the caller's business.
    tms : str
        ``"WebMercatorQuad"`` or ``"CGCS2000Quad"``.
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
    if address.hides(layer):
        return b""
    with registry.connect() as connection:
        rows = connection.execute(statement.select, statement.values).all()
    return tile_of_rows(layer, address, rows, registry.kind)


def tile_statement(layer: Layer, address: TileAddress, kind: str) -> Statement:
    """Return the SQL of a tile, to be given to :func:`tile_of_rows` with what it finds.

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
        From PostGIS it selects the ready tile, from a GeoPackage the features.
    """
    values = dict(zip(_SIDES, address.envelope, strict=True))
    if kind == "postgis":
        values |= zip(_FRAME, address.frame, strict=True)
        return Statement(_mvt_select(layer, address.tms.srid), 0, (), values)
    return Statement(_rows_select(layer), 1, layer.tile_properties, values)


def tile_of_rows(layer: Layer, address: TileAddress, rows: Sequence[Sequence[Any]], kind: str) -> bytes:
    """Make the tile of what a tile's statement found."""
    if kind == "postgis":
        return bytes(rows[0][0] or b"")
    if not rows:
        return b""
    geometries = _in_frame(decode([row[-1] for row in rows]), address)
    features = [
        {
            "geometry": geometry,
            "id": row[0],
            "properties": _filled(dict(zip(layer.tile_properties, row[1:-1], strict=True))),
        }
        for row, geometry in zip(rows, geometries, strict=True)
        if geometry is not None
    ]
    if not features:
        return b""
    encoded: bytes = mapbox_vector_tile.encode(
        [{"name": layer.id, "features": features}],
        default_options={"extents": EXTENT, "y_coord_down": True},
    )
    return encoded


@lru_cache(maxsize=256)
def _mvt_select(layer: Layer, srid: int) -> Select[Any]:
    table = layer.source.live
    frame = func.ST_MakeEnvelope(*_bound(_FRAME), literal(srid))
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
        .where(box_candidates(table, _bound(_SIDES)), *layer_clauses(layer, table))
        .subquery("tile")
    )
    made = func.ST_AsMVT(
        literal_column("tile"),
        literal(layer.id),
        literal(EXTENT),
        literal("cells"),
        literal("fid"),
        type_=_Any(),
    )
    return select(made).select_from(cells).where(cells.c.cells.is_not(None))


@lru_cache(maxsize=256)
def _rows_select(layer: Layer) -> Select[Any]:
    table = layer.source.live
    chosen = [table.c.fid, *(table.c[name] for name in layer.tile_properties), binary(table.c[GEOMETRY])]
    found = box_candidates(table, _bound(_SIDES))
    return select(*chosen).where(found, *layer_clauses(layer, table)).order_by(table.c.fid)


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


def _in_frame(geometries: NDArray[np.object_], address: TileAddress) -> NDArray[np.object_]:
    """Clip to the tile with its buffer and count in cells from its upper left corner; else ``None``."""
    left, bottom, right, top = address.frame
    convert = transformer(STORED, f"EPSG:{address.tms.srid}")
    width, height = EXTENT / (right - left), EXTENT / (top - bottom)

    def cells(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        x, y = convert(xy[:, 0], xy[:, 1])
        return np.column_stack([(x - left) * width, (top - y) * height])

    placed = _valid(shapely.transform(geometries, cells))
    clipped = shapely.clip_by_rect(placed, -BUFFER, -BUFFER, EXTENT + BUFFER, EXTENT + BUFFER)
    snapped = shapely.set_precision(_valid(clipped), 1.0)
    dimensions = shapely.get_dimensions(geometries)
    mixed = shapely.get_type_id(snapped) == shapely.GeometryType.GEOMETRYCOLLECTION
    changed = mixed | (shapely.get_dimensions(snapped) != dimensions) | shapely.is_empty(snapped)
    for place in np.flatnonzero(changed):
        snapped[place] = _of_dimension(snapped[place], dimensions[place])
    return np.asarray(snapped, dtype=object)


def _valid(geometries: NDArray[np.object_]) -> NDArray[np.object_]:
    """Mend what is not valid: faulty polygons are kept as delivered, and clipping makes new ones."""
    faulty = ~shapely.is_valid(geometries)
    if faulty.any():
        geometries = geometries.copy()
        geometries[faulty] = shapely.make_valid(geometries[faulty])
    return geometries


def _of_dimension(geometry: shapely.Geometry, dimension: int) -> shapely.Geometry | None:
    """Drop the lines and points that clipping leaves of areas, which a tile cannot hold beside them."""
    parts = [part for part in shapely.get_parts(geometry) if shapely.get_dimensions(part) == dimension]
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else shapely.union_all(parts)


def _filled(properties: dict[str, Any]) -> dict[str, Any]:
    """Leave out what has no value, which a tile cannot hold."""
    return {name: value for name, value in properties.items() if value is not None}
