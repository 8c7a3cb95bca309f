"""Tile matrix sets: how the plane of a coordinate system is cut into tiles.

OGC Two Dimensional Tile Matrix Set 2.0 (17-083r4). ``WebMercatorQuad`` is the registered one.
``CGCS2000Quad`` is the pyramid of WorldCRS84Quad on EPSG:4490: two tiles of 180 degrees at zoom 0.
``c`` is the same pyramid as Tianditu (天地图) and map services of Chinese cities number it: its
coarsest tiles, 0.703125 degrees a pixel, are those of zoom 1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from gis.errors import NotFound, UsageError
from gis.text import t

TILE_PIXELS = 256
MAX_ZOOM = 22

#: Size of a standardised rendering pixel in metres (17-083r4, 6.1).
PIXEL_METRES = 0.00028

_EARTH_RADIUS = 6_378_137.0
_DEFINITIONS = "http://www.opengis.net/def"


@dataclass(frozen=True, slots=True)
class TileMatrixSet:
    """One way to cut the world into square tiles of 256 pixels.

    Attributes
    ----------
    id : str
        Name in URLs.
    srid : int
        EPSG code of the plane the tiles lie in.
    left, top : float
        Corner of tile 0/0, in units of the plane, easting or longitude first.
    span : float
        Edge of a tile at zoom 0, whether the set has that zoom or not.
    columns : int
        Tiles in a row at zoom 0.
    first_zoom : int
        The coarsest zoom; it has one row.
    metres_per_unit : float
        For scale denominators.
    mercator_zoom_offset : int
        What to add to a zoom to find the WebMercatorQuad zoom whose tiles are as wide.
    """

    id: str
    title: str
    srid: int
    uri: str | None
    ordered_axes: tuple[str, str]
    north_first: bool
    left: float
    top: float
    span: float
    columns: int
    metres_per_unit: float
    mercator_zoom_offset: int
    first_zoom: int = 0

    def bounds(self, zoom: int, row: int, column: int) -> tuple[float, float, float, float]:
        """Return the rectangle of a tile in units of the plane.

        Parameters
        ----------
        zoom, row, column : int
            Address of the tile; row 0 is the northernmost.

        Returns
        -------
        tuple of float
            ``(min_x, min_y, max_x, max_y)``, x being easting or longitude.

        Raises
        ------
        UsageError
            If there is no such zoom, row or column.
        """
        self._require("z", zoom, self.first_zoom, MAX_ZOOM)
        self._require("row", row, 0, self.rows(zoom) - 1)
        self._require("col", column, 0, self.columns * 2**zoom - 1)
        edge = self.span / 2**zoom
        left, top = self.left + column * edge, self.top - row * edge
        return left, top - edge, left + edge, top

    def rows(self, zoom: int) -> int:
        """Return how many rows of tiles a zoom has."""
        return int(2 ** (zoom - self.first_zoom))

    def zoom_of(self, mercator_zoom: int) -> int:
        """Return the zoom whose tiles are as wide as those of a WebMercatorQuad zoom, within the set."""
        return min(max(mercator_zoom - self.mercator_zoom_offset, self.first_zoom), MAX_ZOOM)

    def _require(self, field: str, value: int, first: int, last: int) -> None:
        if not first <= value <= last:
            raise UsageError(
                t("{field} is {value}, which {tms} does not have", field=field, value=value, tms=self.id),
                field=field,
                value=value,
                expected=f"{first}..{last}",
            )

    def to_dict(self) -> dict[str, Any]:
        """Return the definition in the JSON of OGC 17-083r4, clause 7.3."""
        definition: dict[str, Any] = {"id": self.id, "title": self.title}
        if self.uri:
            definition["uri"] = self.uri
        definition |= {
            "crs": f"{_DEFINITIONS}/crs/EPSG/0/{self.srid}",
            "orderedAxes": list(self.ordered_axes),
            "tileMatrices": [self._matrix(zoom) for zoom in range(self.first_zoom, MAX_ZOOM + 1)],
        }
        return definition

    def _matrix(self, zoom: int) -> dict[str, Any]:
        cell = self.span / TILE_PIXELS / 2**zoom
        origin = [self.top, self.left] if self.north_first else [self.left, self.top]
        return {
            "id": str(zoom),
            "scaleDenominator": cell * self.metres_per_unit / PIXEL_METRES,
            "cellSize": cell,
            "cornerOfOrigin": "topLeft",
            "pointOfOrigin": origin,
            "tileWidth": TILE_PIXELS,
            "tileHeight": TILE_PIXELS,
            "matrixWidth": self.columns * 2**zoom,
            "matrixHeight": self.rows(zoom),
        }


_HALF_EQUATOR = math.pi * _EARTH_RADIUS

TILE_MATRIX_SETS: dict[str, TileMatrixSet] = {
    tms.id: tms
    for tms in (
        TileMatrixSet(
            id="WebMercatorQuad",
            title="Google Maps Compatible for the World",
            srid=3857,
            uri=f"{_DEFINITIONS}/tilematrixset/OGC/1.0/WebMercatorQuad",
            ordered_axes=("X", "Y"),
            north_first=False,
            left=-_HALF_EQUATOR,
            top=_HALF_EQUATOR,
            span=2 * _HALF_EQUATOR,
            columns=1,
            metres_per_unit=1.0,
            mercator_zoom_offset=0,
        ),
        TileMatrixSet(
            id="CGCS2000Quad",
            title="CGCS2000 for the World",
            srid=4490,
            uri=None,
            ordered_axes=("Lat", "Lon"),
            north_first=True,
            left=-180.0,
            top=90.0,
            span=180.0,
            columns=2,
            metres_per_unit=math.radians(1.0) * _EARTH_RADIUS,
            mercator_zoom_offset=1,
        ),
        TileMatrixSet(
            id="c",
            title="CGCS2000, numbered as by Tianditu",
            srid=4490,
            uri=None,
            ordered_axes=("Lat", "Lon"),
            north_first=True,
            left=-180.0,
            top=90.0,
            span=360.0,
            columns=1,
            metres_per_unit=math.radians(1.0) * _EARTH_RADIUS,
            mercator_zoom_offset=0,
            first_zoom=1,
        ),
    )
}


def tile_matrix_set(name: str) -> TileMatrixSet:
    """Return a tile matrix set by its name.

    Parameters
    ----------
    name : str
        ``"WebMercatorQuad"``, ``"CGCS2000Quad"`` or ``"c"``.

    Returns
    -------
    TileMatrixSet

    Raises
    ------
    NotFound
        If there is no such set.
    """
    try:
        return TILE_MATRIX_SETS[name]
    except KeyError:
        raise NotFound(
            t("There is no tile matrix set {name}", name=name),
            field="tileMatrixSetId",
            value=name,
            expected=", ".join(TILE_MATRIX_SETS),
        ) from None
