"""Tiles that say how many features lie where, for zooms at which single ones would be far too many.

A tile is cut into 16 x 16 squares; each that is not empty becomes one point with the property
``count``, at the mean place of the middles of what lies in it. What lies on the edge of two tiles
is counted in one of them, so that the counts of all tiles of a zoom add up to the layer.

All data of a layer are read once for all such tiles, into fine cells that are kept: how many there
are depends on the area a city covers, not on how many components stand in it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import Connection

from gis.registry import Registry
from layers.coarsening import middles, reach
from layers.layer import Layer
from layers.reference_systems import Bounds
from layers.shapes import decode_geometries
from layers.tile_address import EXTENT, TileAddress
from layers.tile_count_changes import Changes, edition_of, read_changes
from layers.tile_shapes import encoded, to_cells
from layers.tile_sql import SIDES, counts_select, places_select

#: Squares along the edge of a tile.
SQUARES = 16

#: Tiles up to this zoom of WebMercatorQuad are made from the kept cells of the whole layer, whose edge
#: is a quarter of the smallest square; deeper ones look for what lies in them.
OVERVIEW_ZOOM = 13
_FINER = 6

#: Bytes of cells that are kept for all layers together.
KEPT = 256 * 2**20

_BATCH = 50_000


@dataclass(frozen=True, slots=True)
class Cells:
    """How many features lie in each cell that is not empty, and where on average.

    Attributes
    ----------
    lon, lat : ndarray of float
        Mean place, EPSG:4490 in degrees; ``lat`` ascends.
    count : ndarray of int
        Features.
    """

    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    count: NDArray[np.int64]

    @property
    def nbytes(self) -> int:
        """Memory they take."""
        return self.lon.nbytes + self.lat.nbytes + self.count.nbytes

    def between(self, south: float, north: float) -> Cells:
        """Return the cells between two latitudes."""
        part = slice(np.searchsorted(self.lat, south), np.searchsorted(self.lat, north, "right"))
        return Cells(self.lon[part], self.lat[part], self.count[part])


@dataclass(frozen=True, slots=True)
class _Counted:
    """The cells of a layer as they were at an edition of its dataset."""

    edition: int
    cells: Cells


_Key = tuple[str, Hashable, Hashable]
"""Dataset, what restricts the layer, and the version of the data."""


class Overviews:
    """Make tiles of counts, and keep what they are made of.

    Parameters
    ----------
    registry : Registry
        Where the features lie.
    kept : int
        Bytes to keep at most, besides those of the layer asked for last.
    """

    def __init__(self, registry: Registry, kept: int = KEPT) -> None:
        self._registry = registry
        self._kept = kept
        self._cells: OrderedDict[_Key, Cells] = OrderedDict()
        self._latest: dict[Hashable, _Counted] = {}
        self._reading: dict[Hashable, threading.Lock] = {}
        self._lock = threading.Lock()

    def tile(self, layer: Layer, address: TileAddress, version: Hashable) -> bytes:
        """Return a tile of counts.

        Parameters
        ----------
        layer : Layer
            What to count.
        address : TileAddress
            Where.
        version : hashable
            Another one whenever the data of the layer changed.

        Returns
        -------
        bytes
            Empty when nothing lies there.
        """
        if address.mercator_zoom <= OVERVIEW_ZOOM:
            return tile_of_cells(layer.id, self._whole(layer, version), address)
        edge = _edge(address.mercator_zoom)
        with self._registry.connect() as connection:
            return tile_of_cells(layer.id, read_cells(connection, layer, edge, address.envelope), address)

    def _whole(self, layer: Layer, version: Hashable) -> Cells:
        """Return the cells of all of a layer; only one asker at a time reads them."""
        filtered = (repr(sorted(layer.filter.items())), layer.classes, layer.cql2, layer.restriction)
        key = (layer.dataset, filtered, version)
        with self._lock:
            reading = self._reading.setdefault(key, threading.Lock())
        with reading:
            with self._lock:
                found = self._cells.get(key)
                if found is not None:
                    self._cells.move_to_end(key)
                    return found
            cells = self._counted(layer, key[:2])
            with self._lock:
                self._keep(key, cells)
        return cells

    def _counted(self, layer: Layer, what: Hashable) -> Cells:
        """Count a layer, or bring up to date what was counted of it before."""
        before = self._latest.get(what)
        with self._registry.connect() as connection:
            edition = edition_of(connection, layer.source)
            changes = None if before is None else read_changes(connection, layer, before.edition)
            if before is None or changes is None:
                cells = read_cells(connection, layer, _edge(OVERVIEW_ZOOM))
            else:
                cells = _changed(before.cells, changes, layer, self._registry.kind)
        self._latest[what] = _Counted(edition, cells)
        return cells

    def _keep(self, key: _Key, cells: Cells) -> None:
        self._cells[key] = cells
        while len(self._cells) > 1 and sum(one.nbytes for one in self._cells.values()) > self._kept:
            self._cells.popitem(last=False)
        kept = {key[:2] for key in self._cells}
        self._latest = {what: one for what, one in self._latest.items() if what in kept}
        self._reading = {
            one: lock for one, lock in self._reading.items() if one in self._cells or lock.locked()
        }


def read_cells(connection: Connection, layer: Layer, edge: float, envelope: Bounds | None = None) -> Cells:
    """Count the features of a layer by square cells.

    Parameters
    ----------
    connection : Connection
        To the registry.
    layer : Layer
        Whose live features; each counts where the middle of its bounding box lies.
    edge : float
        Of a cell, in degrees.
    envelope : Bounds, optional
        Rectangle to look in, EPSG:4490; features near it may be counted too.
    """
    values: dict[str, Any] = {}
    if envelope is not None:
        values = dict(zip(SIDES, reach(layer, envelope), strict=True))
    boxed = envelope is not None
    in_database = connection.dialect.name == "postgresql"
    if in_database and layer.coarsen_m is None:
        rows = connection.execute(counts_select(layer, boxed=boxed), {**values, "edge": edge}).all()
        table = np.array([tuple(row) for row in rows], dtype=np.float64).reshape(-1, 3)
        return _cells(table)
    result = connection.execution_options(yield_per=_BATCH).execute(places_select(layer, boxed=boxed), values)
    merged = np.empty((0, 3))
    kind = "postgis" if in_database else "gpkg"
    for part in result.partitions():
        merged = _merged(merged, _ones(_places(layer, [row[0] for row in part], kind)), edge)
    return _cells(merged)


def _changed(cells: Cells, changes: Changes, layer: Layer, kind: str) -> Cells:
    """Add to the counts of cells what came, and take off what went."""
    came, went = (_ones(_places(layer, shapes, kind)) for shapes in (changes.added, changes.removed))
    sums = np.column_stack([cells.count, cells.count * cells.lon, cells.count * cells.lat])
    sums = _merged(sums, np.vstack([came, -went]), _edge(OVERVIEW_ZOOM))
    return _cells(sums[sums[:, 0] > 0])


def tile_of_cells(name: str, cells: Cells, address: TileAddress) -> bytes:
    """Return the tile of cells, whichever there are besides those in it."""
    _west, south, _east, north = address.envelope
    cells = cells.between(south, north)
    x, y = to_cells(cells.lon, cells.lat, address)
    inside = (x >= 0) & (x < EXTENT) & (y >= 0) & (y < EXTENT)
    x, y, count = x[inside], y[inside], cells.count[inside]
    side = EXTENT // SQUARES
    squares = (y // side).astype(np.int64) * SQUARES + (x // side).astype(np.int64)
    numbers = np.bincount(squares, count, SQUARES**2)
    filled = np.flatnonzero(numbers)
    mean = [np.bincount(squares, value * count, SQUARES**2)[filled] / numbers[filled] for value in (x, y)]
    places = np.asarray(shapely.points(np.floor(mean[0]), np.floor(mean[1])))
    features = [
        {"geometry": place, "properties": {"count": int(number)}}
        for place, number in zip(places, numbers[filled], strict=True)
    ]
    return encoded(name, features)


def _edge(mercator_zoom: int) -> float:
    return float(360.0 / 2 ** (mercator_zoom + _FINER))


def _places(layer: Layer, stored: Sequence[bytes | None], kind: str) -> NDArray[np.float64]:
    """Return where features are counted."""
    places = _middles(decode_geometries(stored, kind))
    return places if layer.coarsen_m is None else middles(places, layer.coarsen_m)


def _middles(geometries: NDArray[np.object_]) -> NDArray[np.float64]:
    bounds = shapely.bounds(geometries)
    places = (bounds[:, :2] + bounds[:, 2:]) / 2
    return np.asarray(places[np.isfinite(places).all(axis=1)], dtype=np.float64)


def _ones(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return places as rows of cells that hold one feature each."""
    return np.column_stack([np.ones(len(places)), places])


def _merged(sums: NDArray[np.float64], more: NDArray[np.float64], edge: float) -> NDArray[np.float64]:
    """Put rows of cells together: number, sum of longitudes, sum of latitudes."""
    together = np.vstack([sums, more])
    column, row = np.floor(together[:, 1:].T / together[:, 0] / edge).astype(np.int64)
    _codes, cell = np.unique(row * 2**32 + column, return_inverse=True)
    return np.column_stack([np.bincount(cell, together[:, number]) for number in range(3)])


def _cells(sums: NDArray[np.float64]) -> Cells:
    count = sums[:, 0]
    lon, lat = sums[:, 1] / count, sums[:, 2] / count
    order = np.argsort(lat, kind="stable")
    return Cells(lon[order], lat[order], count[order].astype(np.int64))
