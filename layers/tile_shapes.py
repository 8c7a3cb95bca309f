"""Draw features into the cells of a tile, and write them as a Mapbox Vector Tile 2.1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import mapbox_vector_tile
import numpy as np
import shapely
from numpy.typing import NDArray

from gis.crs import STORED, transformer
from layers.layer import Layer
from layers.tile_address import BUFFER, EXTENT, TileAddress

#: Polygons are simplified below this zoom of WebMercatorQuad, by this many cells: half a pixel on a
#: tile of 512 pixels. Deeper tiles show what was surveyed.
SIMPLIFIED_BELOW = 14
TOLERANCE = 4.0

#: Polygons of one dataset that share borders only among those with the same value here.
_COVERAGE_OF = ("level", "line")


def is_simplified(layer: Layer, address: TileAddress) -> bool:
    """Tell whether polygons are simplified in a tile, which the database cannot do without gaps."""
    return layer.source.geometry == "MULTIPOLYGON" and address.mercator_zoom < SIMPLIFIED_BELOW


def draw(
    layer: Layer, address: TileAddress, rows: Sequence[Sequence[Any]], geometries: NDArray[np.object_]
) -> bytes:
    """Return the tile of rows (fid, properties, …) and their geometries.

    Parameters
    ----------
    layer : Layer
        Whose rows.
    address : TileAddress
        Which tile.
    rows : sequence
        ``fid`` and the layer's tile properties first.
    geometries : ndarray of shapely geometries
        EPSG:4490, longitude and latitude.

    Returns
    -------
    bytes
        Empty when nothing of them lies in the tile.
    """
    placed = _valid(_in_cells(geometries, address))
    if is_simplified(layer, address):
        placed = _valid(_simplified(placed, _coverages(layer, rows)))
    names = layer.tile_properties
    features = [
        {"geometry": shape, "id": row[0], "properties": _filled(dict(zip(names, row[1:], strict=False)))}
        for row, shape in zip(rows, _clipped(placed), strict=True)
        if shape is not None
    ]
    return encoded(layer.id, features)


def encoded(name: str, features: list[dict[str, Any]]) -> bytes:
    """Write features whose geometries are in cells from the upper left corner; empty for none."""
    if not features:
        return b""
    content: bytes = mapbox_vector_tile.encode(
        [{"name": name, "features": features}],
        default_options={"extents": EXTENT, "y_coord_down": True},
    )
    return content


def to_cells(
    lon: NDArray[np.float64], lat: NDArray[np.float64], address: TileAddress
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return where places lie in a tile, in cells to the right and down from its upper left corner."""
    left, bottom, right, top = address.frame
    x, y = transformer(STORED, f"EPSG:{address.tms.srid}")(lon, lat)
    return (x - left) * (EXTENT / (right - left)), (top - y) * (EXTENT / (top - bottom))


def _in_cells(geometries: NDArray[np.object_], address: TileAddress) -> NDArray[np.object_]:
    def cells(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(to_cells(xy[:, 0], xy[:, 1], address))

    placed: NDArray[np.object_] = shapely.transform(geometries, cells)
    return placed


def _coverages(layer: Layer, rows: Sequence[Sequence[Any]]) -> NDArray[np.intp]:
    """Return for each row the number of the coverage it belongs to."""
    for name in _COVERAGE_OF:
        if name in layer.tile_properties:
            place = 1 + layer.tile_properties.index(name)
            _values, numbers = np.unique([str(row[place]) for row in rows], return_inverse=True)
            return numbers
    return np.zeros(len(rows), dtype=np.intp)


def _simplified(shapes: NDArray[np.object_], coverages: NDArray[np.intp]) -> NDArray[np.object_]:
    """Simplify polygons so that neighbours keep one border; those that overlap are simplified each alone."""
    result = shapes.copy()
    for number in range(coverages.max(initial=-1) + 1):
        members = np.flatnonzero((coverages == number) & (shapely.get_dimensions(shapes) == 2))
        if len(members):
            result[members] = shapely.coverage_simplify(shapes[members], TOLERANCE)
    return result


def _clipped(placed: NDArray[np.object_]) -> NDArray[np.object_]:
    """Clip to the tile with its buffer and round to cells; ``None`` where nothing is left."""
    clipped = shapely.clip_by_rect(placed, -BUFFER, -BUFFER, EXTENT + BUFFER, EXTENT + BUFFER)
    snapped = shapely.set_precision(_valid(clipped), 1.0)
    dimensions = shapely.get_dimensions(placed)
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
        geometries[faulty] = shapely.make_valid(geometries[faulty], method="structure", keep_collapsed=False)
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
