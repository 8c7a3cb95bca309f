"""Where a tile lies, and which tiles of a set a layer has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from gis.crs import STORED, transformer
from layers.layer import Layer
from layers.reference_systems import Bounds
from layers.tilematrix import TileMatrixSet

#: Cells along the edge of a tile, and how many of them features reach beyond it.
EXTENT = 4096
BUFFER = 64

#: As far north and south as the square of WebMercatorQuad reaches, in degrees.
_MERCATOR_LATITUDE = 85.05112877980659

#: Kinds of geometry that are drawn as counts where single ones would be too many.
_COUNTED = ("POINT", "GEOMETRY")


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
    def mercator_zoom(self) -> int:
        """The zoom of WebMercatorQuad whose tiles are as wide."""
        return self.zoom + self.tms.mercator_zoom_offset

    @property
    def frame(self) -> Bounds:
        """The rectangle of the tile in the plane of its set."""
        return self.tms.bounds(self.zoom, self.row, self.column)

    @property
    def rectangle(self) -> Bounds:
        """The rectangle of EPSG:4490 the tile covers."""
        return self._in_degrees(0.0)

    @property
    def envelope(self) -> Bounds:
        """The rectangle of EPSG:4490 that holds the tile and its buffer."""
        return self._in_degrees(BUFFER / EXTENT)

    def _in_degrees(self, margin: float) -> Bounds:
        left, bottom, right, top = self.frame
        beyond = (right - left) * margin
        x, y = np.array([left - beyond, right + beyond]), np.array([bottom - beyond, top + beyond])
        if self.tms.srid != 4490:
            x, y = transformer(f"EPSG:{self.tms.srid}", STORED)(x, y)
        return float(x[0]), float(y[0]), float(x[1]), float(y[1])


@dataclass(frozen=True, slots=True)
class TileLimits:
    """Rows and columns of one zoom outside of which a layer has nothing (17-083r4); ends belong to them."""

    zoom: int
    min_row: int
    max_row: int
    min_column: int
    max_column: int

    def hold(self, row: int, column: int) -> bool:
        """Tell whether a tile of the zoom lies within."""
        return self.min_row <= row <= self.max_row and self.min_column <= column <= self.max_column

    def to_dict(self) -> dict[str, object]:
        """Return the JSON of OGC 17-083r4."""
        return {
            "tileMatrix": str(self.zoom),
            "minTileRow": self.min_row,
            "maxTileRow": self.max_row,
            "minTileCol": self.min_column,
            "maxTileCol": self.max_column,
        }


def is_counted(layer: Layer) -> bool:
    """Tell whether a layer has tiles with counts below the zoom from which its features are drawn."""
    return layer.source.geometry in _COUNTED


def zooms_of(layer: Layer, tms: TileMatrixSet) -> tuple[int, int]:
    """Return the lowest and the highest zoom at which a layer has tiles."""
    lowest = tms.first_zoom if is_counted(layer) else tms.zoom_of(layer.min_zoom)
    return lowest, tms.zoom_of(layer.max_zoom)


def limits_of(layer: Layer, extent: Bounds | None, tms: TileMatrixSet) -> Iterator[TileLimits]:
    """Yield the limits of each zoom at which a layer has tiles.

    Parameters
    ----------
    layer : Layer
        Whose tiles.
    extent : Bounds or None
        Where its data lie, EPSG:4490, longitude and latitude; without any, all tiles are within.
    tms : TileMatrixSet
        The set.
    """
    lowest, highest = zooms_of(layer, tms)
    for zoom in range(lowest, highest + 1):
        yield limits_at(zoom, extent, tms)


@lru_cache(maxsize=4096)
def limits_at(zoom: int, extent: Bounds | None, tms: TileMatrixSet) -> TileLimits:
    """Return the limits of one zoom, see :func:`limits_of`."""
    rows, columns = tms.rows(zoom), tms.columns * 2**zoom
    if extent is None:
        return TileLimits(zoom, 0, rows - 1, 0, columns - 1)
    left, bottom, right, top = _in_plane(extent, tms)
    edge = tms.span / 2**zoom
    first_row, last_row = (_place((tms.top - y) / edge, rows) for y in (top, bottom))
    first_column, last_column = (_place((x - tms.left) / edge, columns) for x in (left, right))
    return TileLimits(zoom, first_row, last_row, first_column, last_column)


def _in_plane(extent: Bounds, tms: TileMatrixSet) -> Bounds:
    if tms.srid == 4490:
        return extent
    west, south, east, north = extent
    latitudes = np.clip([south, north], -_MERCATOR_LATITUDE, _MERCATOR_LATITUDE)
    x, y = transformer(STORED, f"EPSG:{tms.srid}")(np.array([west, east]), latitudes)
    return float(x[0]), float(y[0]), float(x[1]), float(y[1])


def _place(position: float, count: int) -> int:
    return min(max(int(np.floor(position)), 0), count - 1)
