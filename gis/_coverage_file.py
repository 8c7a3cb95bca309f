"""Polygons and cell index of :mod:`gis.coverage` as one file that is mapped into memory.

A block of 4 KiB tells what follows: after a mark the SHA-256 of its text, then the text, JSON. The
arrays follow as they are in memory, each from a multiple of 4 KiB. Reading maps them: what is asked
about comes from the disk, or from another process that uses the same file.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import sys
from io import FileIO
from pathlib import Path
from typing import Any

import numpy as np

from gis._coverage_cells import INLINED, Cells
from gis._coverage_jit import Lattice
from gis._coverage_polygons import Polygons
from gis.text import t

_MARK = b"wangge points 1\n"
_PAGE = 4096
_SAMPLES = 64

# What built an index is part of it: another build may lay cells or records otherwise.
_MADE_BY = f"{INLINED} {sys.byteorder}"


class Unusable(Exception):
    """The file is not the index wanted."""


def write_index(file: FileIO, key: str, polygons: Polygons, cells: Cells) -> None:
    """Write an index to an empty file and see it to the disk.

    Parameters
    ----------
    file : io.FileIO
        Open for writing and reading.
    key : str
        Says what the index was built of.
    """
    listed: list[tuple[str, tuple[int, ...], int]] = []
    for array in (*polygons, *cells[1:]):
        offset = _next_page(file.seek(0, os.SEEK_END) or _PAGE)
        file.seek(offset)
        array.tofile(file)
        listed.append((array.dtype.str, array.shape, offset))
    file.truncate(_next_page(file.seek(0, os.SEEK_END)))
    size = file.seek(0, os.SEEK_END)
    told = {"made_by": _MADE_BY, "key": key, "size": size, "samples": _samples(file, size)}
    file.seek(0)
    file.write(_head(told | {"lattice": cells.lattice, "arrays": listed}))
    os.fsync(file.fileno())


def read_index(path: Path, key: str) -> tuple[Polygons, Cells]:
    """Map an index into memory, read-only.

    Of the arrays a few pages are compared with what was written: enough to notice a file that was cut,
    copied in part or overwritten, without reading it all.

    Raises
    ------
    Unusable
        The file is damaged or foreign, or was built of something else or by another version.
    OSError
        It cannot be read.
    """
    with FileIO(path) as file:
        told = _told(file.read(_PAGE))
        size = os.fstat(file.fileno()).st_size
        for name, value in (("made_by", _MADE_BY), ("key", key), ("size", size)):
            if told[name] != value:
                raise Unusable(
                    t("{name} is {found}, not {expected}", name=name, found=told[name], expected=value)
                )
        if told["samples"] != _samples(file, size):
            raise Unusable(t("its contents are not those written"))
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    arrays: list[Any] = [
        np.ndarray(shape, dtype=dtype, buffer=mapped, offset=offset)
        for dtype, shape, offset in told["arrays"]
    ]
    parts = len(Polygons._fields)
    return Polygons(*arrays[:parts]), Cells(Lattice(*told["lattice"]), *arrays[parts:])


def _next_page(size: int) -> int:
    return -(-size // _PAGE) * _PAGE


def _head(told: dict[str, Any]) -> bytes:
    text = json.dumps(told).encode().ljust(_PAGE - len(_MARK) - 64)
    return _MARK + hashlib.sha256(text).hexdigest().encode() + text


def _told(head: bytes) -> dict[str, Any]:
    digest, text = head[len(_MARK) : len(_MARK) + 64], head[len(_MARK) + 64 :]
    if not head.startswith(_MARK) or hashlib.sha256(text).hexdigest().encode() != digest:
        raise Unusable(t("it does not begin like a point index"))
    told: dict[str, Any] = json.loads(text)
    return told


def _samples(file: FileIO, size: int) -> str:
    """Return a hash of pages spread over the arrays, the first and the last among them."""
    digest, last = hashlib.sha256(), size // _PAGE - 1
    for page in sorted({1 + (last - 1) * n // (_SAMPLES - 1) for n in range(_SAMPLES)}):
        file.seek(page * _PAGE)
        digest.update(file.read(_PAGE))
    return digest.hexdigest()
