"""Read where many things are, without making geometries of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
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
_KEYS = 5_000


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


def read_columns(
    registry: Registry, dataset: str, *, bbox: Bounds, columns: Sequence[str]
) -> Iterator[tuple[tuple[Any, ...], ...]]:
    """Read columns of the live things in a rectangle piece by piece, in no particular order.

    Parameters
    ----------
    registry : Registry
    dataset : str
        One with geometries.
    bbox : tuple of float
        West, south, east, north in degrees; a few things beside it may be among them.
    columns : sequence of str
        What to read.

    Yields
    ------
    tuple of tuple
        The values of each column.
    """
    live = dataset_named(dataset).live
    statement = select(*(live.c[name] for name in columns)).where(bbox_clause(live, bbox, exact=False))
    with registry.connect() as connection:
        for rows in registry.backend.raw_rows(connection, statement, _SIZE):
            yield tuple(zip(*rows, strict=True))


def places_of(registry: Registry, dataset: str, keys: Collection[str]) -> Iterator[PlacedRows]:
    """Read where some live things are; their keys are the only column.

    Parameters
    ----------
    registry : Registry
    dataset : str
        One with geometries, whose key is one column.
    keys : collection of str
    """
    live = dataset_named(dataset).live
    key = live.c[dataset_named(dataset).key[0]]
    every = sorted(keys)
    with registry.connect() as connection:
        for start in range(0, len(every), _KEYS):
            some = key.in_(every[start : start + _KEYS])
            statement = select(key, binary(live.c[GEOMETRY])).where(some)
            for rows in registry.backend.raw_rows(connection, statement, _SIZE):
                found, blobs = zip(*rows, strict=True)
                yield PlacedRows((found,), _points(blobs, registry.kind))


def _points(blobs: Sequence[bytes | None], kind: str) -> Coordinates:
    if kind == "gpkg":
        present = [blob for blob in blobs if blob is not None]
        xy = points_of_gpkg(present) if len(present) == len(blobs) else None
        return Places.of(decode(blobs)).representative() if xy is None else xy
    xy = points_of_ewkb(blobs)
    return Places.of(shapely.from_wkb(np.array(blobs, dtype=object))).representative() if xy is None else xy
