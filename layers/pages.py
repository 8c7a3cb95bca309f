"""Cut pages of features out of what the database finds.

:class:`PageReader` says which statement to run and is fed the rows, so that the same code serves a
blocking and an asynchronous driver.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.crs import STORED, transform_geometries
from gis.gpkg_geometry import decode
from layers.features import features_as_json
from layers.layer import Layer
from layers.ordering import ordering_of
from layers.query import BoundingBox, ItemsQuery
from layers.select import Statement, page_statement

Row = Sequence[Any]

#: Rows to ask for beyond a page within a box: the index works in single precision.
SPARE = 4


@dataclass(frozen=True, slots=True)
class Page:
    """Features of one page.

    Attributes
    ----------
    features : bytes
        JSON array of GeoJSON features.
    count : int
        How many there are.
    next : str or None
        Cursor of the next page; ``None`` on the last one.
    """

    features: bytes
    count: int
    next: str | None


class PageReader:
    """Read one page.

    Parameters
    ----------
    layer : Layer
        What is asked.
    query : ItemsQuery
        The question.
    kind : str
        ``"gpkg"`` or ``"postgis"``: how the stored bytes of geometries are written.

    Examples
    --------
    ::

        reader = PageReader(layer, query, registry.kind)
        while not reader.done:
            reader.feed(run(reader.statement()))
        page = reader.page()
    """

    def __init__(self, layer: Layer, query: ItemsQuery, kind: str) -> None:
        self.layer = layer
        self.query = query
        self.kind = kind
        self.done = False
        self._ordering = ordering_of(layer, query)
        # One more than the page, to know if another follows; a few for those the index found wrongly
        self._wanted = query.limit + (1 if query.bbox is None else 1 + SPARE + query.limit // 50)
        self._after = query.after
        self._rows: list[Row] = []
        self._geometries: list[NDArray[np.object_]] = []
        self._last: Statement | None = None

    def statement(self) -> Statement:
        """Return the statement to run next."""
        self._last = page_statement(self.layer, self.query, after=self._after, rows=self._wanted)
        return self._last

    def feed(self, rows: Sequence[Row]) -> None:
        """Take the rows of the statement; those the index found wrongly are dropped."""
        assert self._last is not None
        geometries = decode_geometries([row[-1] for row in rows], self.kind)
        kept = rows
        if self.query.bbox is not None:
            touched = intersecting(geometries, self.query.bbox)
            kept = [row for row, keep in zip(rows, touched, strict=True) if keep]
            geometries = geometries[touched]
        self._rows.extend(kept)
        self._geometries.append(geometries)
        if len(rows) < self._wanted or len(self._rows) > self.query.limit:
            self.done = True
        else:
            self._after = self._ordering.cursor(rows[-1])

    def page(self) -> Page:
        """Return what was read."""
        assert self._last is not None
        limit = self.query.limit
        rows = self._rows[:limit]
        geometries = np.concatenate(self._geometries)[:limit]
        features = features_as_json(self.layer, self.query, self._last, rows, geometries)
        more = len(self._rows) > limit
        return Page(features, len(rows), self._ordering.cursor(rows[-1]) if more else None)


def decode_geometries(stored: list[bytes | None], kind: str) -> NDArray[np.object_]:
    """Decode the stored bytes of geometries.

    Parameters
    ----------
    stored : list of bytes or None
        GeoPackage blobs, or WKB from PostGIS.
    kind : str
        ``"gpkg"`` or ``"postgis"``.

    Returns
    -------
    ndarray of shapely geometries
        EPSG:4490, longitude and latitude; ``None`` stays ``None``.
    """
    if kind == "gpkg":
        return decode(stored)
    decoded: NDArray[np.object_] = shapely.from_wkb(np.array(stored, dtype=object))
    return decoded


def intersecting(geometries: NDArray[np.object_], box: BoundingBox) -> NDArray[np.bool_]:
    """Tell which geometries touch a box, exactly, in the box's own coordinate system.

    Parameters
    ----------
    geometries : ndarray of shapely geometries
        EPSG:4490, longitude and latitude.
    box : BoundingBox
        Closed: what lies on its outline touches it.

    Returns
    -------
    ndarray of bool
    """
    if not box.system.is_stored:
        geometries = transform_geometries(geometries, STORED, f"EPSG:{box.system.srid}")
    rectangle = _rectangle(box)
    shapely.prepare(rectangle)
    touched: NDArray[np.bool_] = shapely.intersects(rectangle, geometries)
    return touched


def _rectangle(box: BoundingBox) -> shapely.Geometry:
    """Return the box as a geometry, a line or a point when it has no area."""
    left, bottom, right, top = box.bounds
    if left == right and bottom == top:
        return shapely.Point(left, bottom)
    if left == right or bottom == top:
        return shapely.LineString([(left, bottom), (right, top)])
    return shapely.box(left, bottom, right, top)
