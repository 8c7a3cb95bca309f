"""Points as databases take them, written for many at once."""

from __future__ import annotations

import binascii
from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from gis.columns import SRID
from gis.places import Coordinates

# Magic, version, flags (little endian, no envelope), srs_id; then WKB: GeoPackage 1.3, clause 2.1.3.
_GPKG = np.dtype([("head", "S8"), ("order", "u1"), ("kind", "<u4"), ("x", "<f8"), ("y", "<f8")])
_GPKG_HEAD = b"GP\x00\x01" + SRID.to_bytes(4, "little")
_WKB = np.dtype([("order", "u1"), ("kind", "<u4"), ("x", "<f8"), ("y", "<f8")])
# PostGIS' extended WKB: the type with the flag of a reference system, which follows.
_EWKB = np.dtype([("order", "u1"), ("kind", "<u4"), ("srid", "<u4"), ("x", "<f8"), ("y", "<f8")])
_WITH_SRID = 0x20000001

_Blob = TypeVar("_Blob", bytes, str)


def gpkg_points(xy: Coordinates) -> list[bytes | None]:
    """Write points as blobs of a GeoPackage; ``None`` for those that are no numbers."""
    records = np.zeros(len(xy), dtype=_GPKG)
    # The last bytes of the head are zeros, which NumPy's bytes drop and fill up again.
    records["head"], records["order"], records["kind"] = _GPKG_HEAD, 1, 1
    records["x"], records["y"] = xy[:, 0], xy[:, 1]
    content, size = records.tobytes(), _GPKG.itemsize
    blobs: list[bytes | None] = [content[at : at + size] for at in range(0, len(content), size)]
    return _without(blobs, xy)


def ewkb_points(xy: Coordinates) -> list[str | None]:
    """Write points in PostGIS' extended WKB, hexadecimal; ``None`` for those that are no numbers."""
    records = np.zeros(len(xy), dtype=_EWKB)
    records["order"], records["kind"], records["srid"] = 1, _WITH_SRID, SRID
    records["x"], records["y"] = xy[:, 0], xy[:, 1]
    content, size = binascii.hexlify(records.tobytes()).decode("ascii").upper(), 2 * _EWKB.itemsize
    blobs: list[str | None] = [content[at : at + size] for at in range(0, len(content), size)]
    return _without(blobs, xy)


def points_of_gpkg(blobs: Sequence[bytes | None]) -> Coordinates | None:
    """Read the coordinates of blobs that are all plain points as written here; ``None`` otherwise."""
    records = _records(blobs, _GPKG)
    if records is None:
        return None
    plain = (records["head"] == _GPKG_HEAD.rstrip(b"\0")) & (records["order"] == 1) & (records["kind"] == 1)
    return np.column_stack([records["x"], records["y"]]) if plain.all() else None


def points_of_ewkb(blobs: Sequence[bytes | None]) -> Coordinates | None:
    """Do the same for PostGIS' extended WKB."""
    records = _records(blobs, _EWKB)
    if records is None:
        return None
    plain = (records["order"] == 1) & (records["kind"] == _WITH_SRID)
    return np.column_stack([records["x"], records["y"]]) if plain.all() else None


def points_of_wkb(stored: Sequence[bytes | None]) -> Coordinates | None:
    """Do the same for WKB as PostGIS gives it out."""
    records = _records(stored, _WKB)
    if records is None:
        return None
    plain = (records["order"] == 1) & (records["kind"] == 1) & ~np.isnan(records["x"])
    return np.column_stack([records["x"], records["y"]]) if plain.all() else None


def _records(blobs: Sequence[bytes | None], kind: np.dtype[Any]) -> NDArray[np.void] | None:
    """Put blobs one behind the other, if each has the size of a record."""
    if any(blob is None or len(blob) != kind.itemsize for blob in blobs):
        return None
    return np.frombuffer(b"".join(filter(None, blobs)), dtype=kind)


def _without(blobs: list[_Blob | None], xy: Coordinates) -> list[_Blob | None]:
    for at in np.flatnonzero(np.isnan(xy[:, 0])).tolist():
        blobs[at] = None
    return blobs
