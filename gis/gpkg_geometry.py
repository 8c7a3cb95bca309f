"""GeoPackage geometry blobs: a small header before ISO WKB (GeoPackage 1.3, clause 2.1.3).

The header holds the magic ``GP``, a version, flags (byte order, kind of envelope, empty), the
srs_id and the envelope ``minx, maxx, miny, maxy``. Points go without an envelope, as the
point itself is as short.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

Bounds = tuple[float, float, float, float]
"""minx, miny, maxx, maxy."""

_SRS_ID = 4490
_LITTLE, _ENVELOPE_XY, _EMPTY = 0x01, 0x02, 0x10
_HEADERS = {flags: struct.pack("<2sBBi", b"GP", 0, flags, _SRS_ID) for flags in (0x01, 0x03, 0x11)}
_ENVELOPE_BYTES = (0, 32, 48, 48, 64)
_POINT = 1


def encode(geometries: NDArray[np.object_]) -> list[bytes | None]:
    """Encode geometries; ``None`` stays ``None``.

    Parameters
    ----------
    geometries : ndarray of shapely geometries
        EPSG:4490, longitude and latitude in degrees. Heights are dropped: the registry is
        two-dimensional.

    Returns
    -------
    list of bytes or None
    """
    flat = shapely.force_2d(geometries)
    bodies = shapely.to_wkb(flat, byte_order=1, flavor="iso")
    bounds = np.ascontiguousarray(shapely.bounds(flat)[:, [0, 2, 1, 3]], dtype="<f8")
    envelopes = bounds.tobytes()
    empty = shapely.is_empty(flat)
    bare = empty | (shapely.get_type_id(flat) == 0)
    blobs: list[bytes | None] = []
    for position, body in enumerate(bodies):
        if body is None:
            blobs.append(None)
        elif bare[position]:
            blobs.append(_HEADERS[_LITTLE | (_EMPTY if empty[position] else 0)] + body)
        else:
            start = 32 * position
            blobs.append(_HEADERS[_LITTLE | _ENVELOPE_XY] + envelopes[start : start + 32] + body)
    return blobs


def encode_one(geometry: BaseGeometry) -> bytes:
    """Encode one geometry."""
    blob = encode(np.array([geometry], dtype=object))[0]
    assert blob is not None
    return blob


def decode(blobs: Sequence[bytes | None]) -> NDArray[np.object_]:
    """Decode blobs to shapely geometries; ``None`` stays ``None``.

    Raises
    ------
    ValueError
        A blob is not a GeoPackage geometry.
    """
    bodies = [None if blob is None else blob[header_length(blob) :] for blob in blobs]
    decoded: NDArray[np.object_] = shapely.from_wkb(np.array(bodies, dtype=object))
    return decoded


def header_length(blob: bytes) -> int:
    """Return where the WKB starts in a blob."""
    if blob[:2] != b"GP":
        raise ValueError("not a GeoPackage geometry: the blob does not start with 'GP'")
    return 8 + _ENVELOPE_BYTES[(blob[3] >> 1) & 0x07]


def is_empty(blob: bytes) -> bool:
    """Tell whether a blob holds an empty geometry, from its header."""
    return bool(blob[3] & _EMPTY)


def bounds(blob: bytes) -> Bounds | None:
    """Return minx, miny, maxx, maxy of a blob, ``None`` when it is empty.

    Read from the header, or from the point after it; other writers may leave the envelope out,
    then the geometry is decoded.
    """
    if blob[3] & _EMPTY:
        return None
    start = header_length(blob)
    if start > 8:
        order = "<4d" if blob[3] & _LITTLE else ">4d"
        minx, maxx, miny, maxy = struct.unpack_from(order, blob, 8)
        return minx, miny, maxx, maxy
    order = "<" if blob[start] == 1 else ">"
    if struct.unpack_from(order + "I", blob, start + 1)[0] % 1000 == _POINT:
        x, y = struct.unpack_from(order + "2d", blob, start + 5)
        return None if x != x else (x, y, x, y)
    box = shapely.bounds(shapely.from_wkb(blob[start:]))
    return None if np.isnan(box[0]) else (float(box[0]), float(box[1]), float(box[2]), float(box[3]))
