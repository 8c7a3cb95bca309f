"""Read a shapefile: geometry through GDAL, the table by its bytes, and nothing less than all of it.

GDAL makes do with damaged shapefiles: it reads the records that are left, invents an index, guesses
encodings. Here the lengths in the headers are compared with the files first, so that a file that was
cut off is refused with the counts, and never taken for a smaller one.
"""

from __future__ import annotations

import struct
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gis.dbf import DbfTable, damaged, open_dbf, read_dbf
from gis.delivery import Item
from gis.encoding_names import Declaration, declared_in_cpg
from gis.findings import Finding, Severity
from gis.layer import RawLayer, StatedCrs
from gis.ogr import read_geometries
from gis.places import Places
from gis.table import Column, Table
from gis.text import Text, t

_HEADER_BYTES = 100
_RECORD_HEADER_BYTES = 8
_MAGIC = 9994
_NULL_SHAPE = 0
_POINT = 1
_POINT_RECORD = np.dtype([("number", ">i4"), ("words", ">i4"), ("kind", "<i4"), ("x", "<f8"), ("y", "<f8")])
_SHAPE_TYPES = frozenset({0, 1, 3, 5, 8, 11, 13, 15, 18, 21, 23, 25, 28, 31})
_PRJ_BYTES = 64 << 10
_AT_A_TIME = 1 << 18


@dataclass(frozen=True, slots=True)
class _Index:
    """Where the records of a ``.shp`` start, and how long their contents are, in bytes."""

    offsets: NDArray[np.int64]
    lengths: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.offsets)


def read_shapefile(item: Item, *, encoding: str | None, dataset: str) -> RawLayer:
    """Read one shapefile.

    Parameters
    ----------
    item : Item
        The ``.shp`` and its side files.
    encoding : str, optional
        Encoding as a person declared it.
    dataset : str
        Name put into findings.

    Returns
    -------
    RawLayer
        A missing ``.shx`` is rebuilt and a missing ``.dbf`` done without, each with a finding (F10).

    Raises
    ------
    FileProblem
        F01: damaged or cut off, with the counts; F02: the encoding cannot be told.
    """
    shown, parts = item.shown, item.parts
    table = open_dbf(parts[".dbf"], _sibling(shown, ".dbf")) if ".dbf" in parts else None
    content = np.memmap(parts[".shp"], dtype=np.uint8, mode="r") if _size(parts[".shp"]) else _NO_BYTES
    index, findings = _complete_index(content, parts.get(".shx"), table, shown, dataset)
    places, found = _places(parts[".shp"], content, index, shown, dataset)
    findings += found + _lost_shapes(content, index, places, dataset)
    columns, deleted, evidence, found = _attributes(table, parts, encoding, shown, dataset)
    rows = Table(columns, np.arange(1, len(index) + 1, dtype=np.int32), places)
    if deleted.any():
        rows = rows.take(np.flatnonzero(~deleted))
    return RawLayer(shown, item.name, rows, _stated(parts), evidence, findings + found)


_NO_BYTES = np.empty(0, dtype=np.uint8)


def _sibling(shown: str, suffix: str) -> str:
    return shown[: -len(".shp")] + suffix


def _size(file: Path) -> int:
    return file.stat().st_size


def _complete_index(
    content: NDArray[np.uint8], shx: Path | None, table: DbfTable | None, shown: str, dataset: str
) -> tuple[_Index, list[Finding]]:
    """Find every record of the ``.shp``, or refuse it."""
    declared_size = _declared_size(content, shown)
    findings: list[Finding] = []
    index = None if shx is None else _read_shx(shx)
    if index is None:
        index, findings = _rebuilt(content, declared_size, table, shown), [_no_shx(shown, dataset)]
    whole = _whole_records(content, index)
    if whole < len(index) or len(content) < declared_size:
        raise damaged(shown, t("{declared} records declared, {read} there", declared=len(index), read=whole))
    if table is not None and table.count != len(index):
        raise damaged(
            shown,
            t("{shapes} shapes, but {rows} rows in the .dbf", shapes=len(index), rows=table.count),
        )
    surplus = (len(content) - declared_size) + (0 if table is None else table.trailing_bytes)
    if surplus:
        message = t("{path} is {n} bytes longer than it says; these are not read", path=shown, n=surplus)
        findings.append(Finding("F01", Severity.WARNING, dataset, message, value=shown))
    return index, findings


def _declared_size(content: NDArray[np.uint8], shown: str) -> int:
    if len(content) < _HEADER_BYTES:
        raise damaged(shown, t("{n} bytes are too few for a header", n=len(content)))
    magic, words = struct.unpack_from(">i20xi", content[:_HEADER_BYTES].tobytes())
    shape_type = int.from_bytes(content[32:36].tobytes(), "little")
    if magic != _MAGIC or shape_type not in _SHAPE_TYPES:
        raise damaged(shown, t("it does not begin like a shapefile"))
    return max(_HEADER_BYTES, int(words) * 2)


def _read_shx(shx: Path) -> _Index | None:
    """Read the index; ``None`` when it is cut off or none."""
    raw = shx.read_bytes()
    if len(raw) < _HEADER_BYTES or struct.unpack_from(">i", raw)[0] != _MAGIC:
        return None
    words = struct.unpack_from(">i", raw, 24)[0]
    if words * 2 > len(raw) or (words * 2 - _HEADER_BYTES) % 8:
        return None
    pairs = np.frombuffer(raw[_HEADER_BYTES : words * 2], dtype=">i4").reshape(-1, 2).astype(np.int64) * 2
    return _Index(pairs[:, 0], pairs[:, 1])


def _rebuilt(content: NDArray[np.uint8], declared_size: int, table: DbfTable | None, shown: str) -> _Index:
    """Make the index anew by walking from record to record."""
    offsets: list[int] = []
    lengths: list[int] = []
    position = _HEADER_BYTES
    while position + _RECORD_HEADER_BYTES <= declared_size:
        header = content[position : position + _RECORD_HEADER_BYTES].tobytes()
        if len(header) < _RECORD_HEADER_BYTES:
            break
        length = struct.unpack_from(">i", header, 4)[0] * 2
        if length < 4:
            raise damaged(shown, t("record {n} has no length", n=len(offsets) + 1))
        offsets.append(position)
        lengths.append(length)
        position += _RECORD_HEADER_BYTES + length
    if table is not None and len(content) < declared_size:
        # Nothing but the table knows how many records there were.
        raise damaged(
            shown,
            t(
                "{declared} records declared, {read} there",
                declared=table.count,
                read=_whole_records(content, _Index(np.array(offsets), np.array(lengths))),
            ),
        )
    return _Index(np.array(offsets, dtype=np.int64), np.array(lengths, dtype=np.int64))


def _no_shx(shown: str, dataset: str) -> Finding:
    return Finding(
        "F10",
        Severity.WARNING,
        dataset,
        t("{path} has no usable index (.shx); it was rebuilt from the .shp", path=shown),
        value=shown,
    )


def _whole_records(content: NDArray[np.uint8], index: _Index) -> int:
    """Count the records from the first on that are wholly there and as long as the index says."""
    ends = index.offsets + _RECORD_HEADER_BYTES + index.lengths
    inside = (index.offsets >= _HEADER_BYTES) & (index.lengths >= 4) & (ends <= len(content))
    first_outside = int(np.argmin(inside)) if not inside.all() else len(index)
    offsets, lengths = index.offsets[:first_outside], index.lengths[:first_outside]
    own = _int32(content, offsets + 4, ">i4").astype(np.int64) * 2
    same = own == lengths
    return int(np.argmin(same)) if not same.all() else first_outside


def _int32(content: NDArray[np.uint8], offsets: NDArray[np.int64], dtype: str) -> NDArray[np.int32]:
    """Gather 4-byte integers at given places."""
    found = np.empty(len(offsets), dtype=np.int32)
    for start in range(0, len(offsets), _AT_A_TIME):
        some = slice(start, start + _AT_A_TIME)
        gathered = content[offsets[some][:, None] + np.arange(4)]
        found[some] = np.ascontiguousarray(gathered).view(dtype)[:, 0]
    return found


def _places(
    shp: Path, content: NDArray[np.uint8], index: _Index, shown: str, dataset: str
) -> tuple[Places, list[Finding]]:
    """Read the shapes: points as they stand in the file, anything else through GDAL."""
    points = _points(content, index)
    if points is not None:
        return points, []
    geometries, findings = _geometries(shp, index, shown, dataset)
    return Places.of(geometries), findings


def _points(content: NDArray[np.uint8], index: _Index) -> Places | None:
    """Read records that follow each other without gaps and are all plain points, the usual case."""
    if not len(index) or int.from_bytes(content[32:36].tobytes(), "little") != _POINT:
        return None
    size = _POINT_RECORD.itemsize
    expected = _HEADER_BYTES + size * np.arange(len(index))
    if (index.lengths != size - _RECORD_HEADER_BYTES).any() or (index.offsets != expected).any():
        return None
    records = content[_HEADER_BYTES : _HEADER_BYTES + size * len(index)].view(_POINT_RECORD)
    xy = np.column_stack([records["x"], records["y"]])
    # What is no number is left to GDAL, as everything unusual is.
    return Places(xy=xy) if (records["kind"] == _POINT).all() and not np.isnan(xy).any() else None


def _geometries(
    shp: Path, index: _Index, shown: str, dataset: str
) -> tuple[NDArray[np.object_], list[Finding]]:
    """Let GDAL read the shapes, from a folder of their own with an index that fits them."""
    if not len(index):
        return np.empty(0, dtype=object), []
    with tempfile.TemporaryDirectory() as folder:
        staged = Path(folder) / "layer.shp"
        staged.symlink_to(shp.resolve())
        staged.with_suffix(".shx").write_bytes(_shx_bytes(shp, index))
        geometries, findings = read_geometries(str(staged), shown=shown, dataset=dataset)
    if len(geometries) != len(index):
        raise damaged(
            shown, t("{declared} records declared, {read} there", declared=len(index), read=len(geometries))
        )
    return geometries, findings


def _shx_bytes(shp: Path, index: _Index) -> bytes:
    with shp.open("rb") as stream:
        header = bytearray(stream.read(_HEADER_BYTES))
    struct.pack_into(">i", header, 24, (_HEADER_BYTES + 8 * len(index)) // 2)
    pairs = np.column_stack((index.offsets // 2, index.lengths // 2)).astype(">i4")
    return bytes(header) + pairs.tobytes()


def _lost_shapes(content: NDArray[np.uint8], index: _Index, places: Places, dataset: str) -> list[Finding]:
    """Report shapes that are there and could not be read."""
    kinds = _int32(content, index.offsets + _RECORD_HEADER_BYTES, "<i4")
    lost = (kinds != _NULL_SHAPE) & (places.kinds() < 0)
    message = t("The shape of this record cannot be read")
    return [
        Finding("F01", Severity.ERROR, dataset, message, row=int(row) + 1) for row in np.flatnonzero(lost)
    ]


def _attributes(
    table: DbfTable | None,
    parts: Mapping[str, Path],
    encoding: str | None,
    shown: str,
    dataset: str,
) -> tuple[dict[str, Column], NDArray[np.bool_], Text, list[Finding]]:
    if table is None:
        message = t("{path} has no table (.dbf): only its shapes are read", path=shown)
        finding = Finding("F10", Severity.WARNING, dataset, message, value=shown)
        return {}, np.zeros(0, dtype=bool), t("no text, as there is no .dbf"), [finding]
    content = read_dbf(table, declared=_cpg(parts), given=encoding, dataset=dataset)
    return content.columns, content.deleted, content.decision.evidence, content.findings


def _cpg(parts: Mapping[str, Path]) -> Declaration | None:
    for suffix in (".cpg", ".cst"):
        if suffix in parts:
            return declared_in_cpg(parts[suffix].read_bytes())
    return None


def _stated(parts: Mapping[str, Path]) -> StatedCrs | None:
    if ".prj" not in parts:
        return None
    with parts[".prj"].open("rb") as stream:
        raw = stream.read(_PRJ_BYTES)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("gb18030", errors="replace")
    text = text.strip(" \0\t\r\n")
    return StatedCrs(text, t("the .prj says so")) if text else None
