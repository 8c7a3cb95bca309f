"""Read where many things are, without making geometries of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from sqlalchemy import select

from gis.columns import binary
from gis.gpkg_geometry import decode
from gis.models import GEOMETRY, dataset_named
from gis.places import Coordinates, Places
from gis.point_blobs import points_of_ewkb, points_of_gpkg
from gis.registry import Registry
from gis.spatial_sql import Bounds, bbox_clause

_SIZE = 50_000


@dataclass(frozen=True, slots=True)
class PlacedRows:
    """Some rows of a dataset.

    Attributes
    ----------
    columns : tuple of tuple
        The values of each column asked for.
    xy : ndarray of float, shape (n, 2)
        A point in each (longitude, latitude; EPSG:4490), not a number where there is none.
    """

    columns: tuple[tuple[Any, ...], ...]
    xy: Coordinates


def read_places(
    registry: Registry, dataset: str, *, bbox: Bounds, columns: Sequence[str]
) -> Iterator[PlacedRows]:
    """Read the live things in a rectangle piece by piece, in no particular order.

    Parameters
    ----------
    registry : Registry
    dataset : str
        One with geometries.
    bbox : tuple of float
        West, south, east, north in degrees; a few things beside it may be among them.
    columns : sequence of str
        What else to read, at least one column.
    """
    live = dataset_named(dataset).live
    statement = select(*(live.c[name] for name in columns), binary(live.c[GEOMETRY]))
    statement = statement.where(bbox_clause(live, bbox, exact=False))
    with registry.connect() as connection:
        for rows in registry.backend.raw_rows(connection, statement, _SIZE):
            *values, blobs = zip(*rows, strict=True)
            yield PlacedRows(tuple(values), _points(blobs, registry.kind))


def _points(blobs: Sequence[bytes | None], kind: str) -> Coordinates:
    if kind == "gpkg":
        present = [blob for blob in blobs if blob is not None]
        xy = points_of_gpkg(present) if len(present) == len(blobs) else None
        return Places.of(decode(blobs)).representative() if xy is None else xy
    xy = points_of_ewkb(blobs)
    return Places.of(shapely.from_wkb(np.array(blobs, dtype=object))).representative() if xy is None else xy
