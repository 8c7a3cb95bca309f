"""Write a shapefile of points by its bytes, any part of it at any time, so that no size needs much memory."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

HEADER = 100
_POINT = 1
_RECORD = np.dtype([("number", ">i4"), ("words", ">i4"), ("type", "<i4"), ("x", "<f8"), ("y", "<f8")])
_INDEX = np.dtype([("offset", ">i4"), ("words", ">i4")])
_CONTENT_WORDS = (_RECORD.itemsize - 8) // 2
_SURVEYED = (123, 10, 20)  # 2023-10-20, as a .dbf has it
CGCS2000 = (
    'GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",'
    'SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]'
)


@dataclass(frozen=True)
class Field:
    """A column of the table: ``type`` is ``C`` or ``D``, ``width`` in bytes."""

    name: str
    type: str
    width: int


def padded(texts: Sequence[str], width: int) -> np.ndarray:
    """Return texts as GBK bytes filled up with blanks, as a ``.dbf`` has them."""
    encoded = [text.encode("gbk").ljust(width) for text in texts]
    if any(len(one) > width for one in encoded):
        raise ValueError(f"a text is longer than {width} bytes")
    return np.array(encoded, dtype=f"S{width}")


class PointShapefile:
    """A shapefile in GBK (``.cpg``) and CGCS2000, being written.

    Parameters
    ----------
    path : Path
        The ``.shp``.
    rows : int
        How many records it gets.
    fields : sequence of Field
    bounds : sequence of float
        West, south, east, north.
    """

    def __init__(self, path: Path, rows: int, fields: Sequence[Field], bounds: Sequence[float]) -> None:
        self._paths = [path.with_suffix(suffix) for suffix in (".shp", ".shx", ".dbf")]
        self._row = np.dtype([("deleted", "S1"), *((field.name, f"S{field.width}") for field in fields)])
        heads = [
            _shape_header(rows * _RECORD.itemsize, bounds),
            _shape_header(rows * _INDEX.itemsize, bounds),
            _table_header(rows, fields, self._row.itemsize),
        ]
        self._starts = [len(head) for head in heads]
        for file, head in zip(self._paths, heads, strict=True):
            file.write_bytes(head)
        with self._paths[2].open("r+b") as table:
            table.seek(self._starts[2] + rows * self._row.itemsize)
            table.write(b"\x1a")
        path.with_suffix(".cpg").write_text("GBK", "ascii")
        path.with_suffix(".prj").write_text(CGCS2000, "ascii")

    def write(self, first: int, x: np.ndarray, y: np.ndarray, columns: Mapping[str, np.ndarray]) -> None:
        """Write records from number ``first`` (from 0); the columns are :func:`padded` bytes."""
        numbers = np.arange(first, first + len(x))
        shapes, index = np.empty(len(x), _RECORD), np.empty(len(x), _INDEX)
        shapes["number"], shapes["words"], shapes["type"] = numbers + 1, _CONTENT_WORDS, _POINT
        shapes["x"], shapes["y"] = x, y
        index["offset"], index["words"] = (HEADER + numbers * _RECORD.itemsize) // 2, _CONTENT_WORDS
        table = np.empty(len(x), self._row)
        table["deleted"] = b" "
        for name, values in columns.items():
            table[name] = values
        for file, start, records in zip(self._paths, self._starts, (shapes, index, table), strict=True):
            with file.open("r+b") as stream:
                stream.seek(start + first * records.itemsize)
                stream.write(records.tobytes())


def _shape_header(content: int, bounds: Sequence[float]) -> bytes:
    head = struct.pack(">i20xi", 9994, (HEADER + content) // 2) + struct.pack("<ii", 1000, _POINT)
    return head + struct.pack("<8d", *bounds, 0, 0, 0, 0)


def _table_header(rows: int, fields: Sequence[Field], width: int) -> bytes:
    length = 32 + 32 * len(fields) + 1
    head = struct.pack("<B3BIHH20x", 3, *_SURVEYED, rows, length, width)
    described = [struct.pack("<11sc4xB15x", f.name.encode(), f.type.encode(), f.width) for f in fields]
    return head + b"".join(described) + b"\r"
