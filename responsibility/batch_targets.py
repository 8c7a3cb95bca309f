"""Write files of answers in chunks: CSV, GeoParquet, GeoPackage, GeoJSON."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Protocol

import orjson
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pyogrio
import shapely
from pyproj import CRS

from gis.crs import STORED
from gis.errors import UsageError
from gis.text import t
from responsibility.batch_sources import check_suffix

GEOMETRY = "geometry"
_BOM = b"\xef\xbb\xbf"


class Writer(Protocol):
    """Takes tables of one schema and the points (EPSG:4490) of their rows."""

    def write(self, table: pa.Table, points: Any) -> None:
        """Append rows."""

    def close(self) -> None:
        """Finish the file."""


class Target:
    """A file of answers, which appears under its name when it is whole.

    Parameters
    ----------
    path : pathlib.Path
        ``.csv`` (UTF-8 with BOM), ``.parquet`` (GeoParquet), ``.gpkg`` or ``.geojson``.
    schema : pyarrow.Schema
        Its columns, without the geometry.

    Raises
    ------
    UsageError
        The kind of file is not known, or its folder is not there.
    """

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        check_target(path)
        self.path = path
        self._folder = TemporaryDirectory(dir=path.parent, prefix=".wangge-")
        self._part = Path(self._folder.name) / path.name
        self._writer = _WRITERS[path.suffix.lower()](self._part, schema)

    def __enter__(self) -> Writer:
        return self._writer

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._writer.close()
            if kind is None:
                self._part.replace(self.path)
        finally:
            self._folder.cleanup()


def check_target(path: Path) -> None:
    """Refuse a target that cannot be written before any work is done.

    Raises
    ------
    UsageError
        The kind of file is not known, or its folder is not there.
    """
    check_suffix(path, "--out")
    if not path.parent.is_dir():
        raise UsageError(
            t("Folder {path} is not there", path=str(path.parent)), field="--out", value=str(path)
        )


class _Csv:
    """Text in UTF-8 with a byte order mark, by which spreadsheets recognise it."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._file = path.open("wb")
        self._file.write(_BOM)
        self._writer = pa.csv.CSVWriter(self._file, schema)

    def write(self, table: pa.Table, points: Any) -> None:  # noqa: ARG002
        self._writer.write_table(table)

    def close(self) -> None:
        self._writer.close()
        self._file.close()


class _Parquet:
    """GeoParquet 1.0 with the points as WKB."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        column = {"encoding": "WKB", "geometry_types": ["Point"], "crs": CRS(STORED).to_json_dict()}
        geo = {"version": "1.0.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}
        self._schema = schema.append(pa.field(GEOMETRY, pa.binary())).with_metadata(
            {b"geo": orjson.dumps(geo)}
        )
        self._writer = pa.parquet.ParquetWriter(path, self._schema)

    def write(self, table: pa.Table, points: Any) -> None:
        self._writer.write_table(_with_points(table, points).cast(self._schema))

    def close(self) -> None:
        self._writer.close()


class _GeoPackage:
    """A layer called like the file."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._path, self._begun = path, False
        # A column of the input may have the name that is usual for the feature's number.
        names = {column.lower() for column in schema.names}
        self._fid = next(name for name in ("fid", "ogc_fid", "feature_id", "wangge_fid") if name not in names)
        self.write(schema.empty_table(), [])

    def write(self, table: pa.Table, points: Any) -> None:
        pyogrio.write_arrow(
            _with_points(table, points),
            self._path,
            layer=self._path.stem,
            driver="GPKG",
            geometry_name=GEOMETRY,
            geometry_type="Point",
            crs=STORED,
            append=self._begun,
            layer_options=None if self._begun else {"FID": self._fid},
        )
        self._begun = True

    def close(self) -> None:
        pass


class _GeoJson:
    """One collection, written at the end: the format has no place to go on from."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._path = path
        self._tables = [_with_points(schema.empty_table(), [])]

    def write(self, table: pa.Table, points: Any) -> None:
        self._tables.append(_with_points(table, points))

    def close(self) -> None:
        pyogrio.write_arrow(
            pa.concat_tables(self._tables),
            self._path,
            layer=self._path.stem,
            driver="GeoJSON",
            geometry_name=GEOMETRY,
            geometry_type="Point",
            # GeoJSON is in WGS 84, which EPSG:4490 is taken as equal to.
            crs="EPSG:4326",
            layer_options={"COORDINATE_PRECISION": "9"},
        )


_WRITERS: dict[str, Callable[[Path, pa.Schema], Writer]] = {
    ".csv": _Csv,
    ".parquet": _Parquet,
    ".gpkg": _GeoPackage,
    ".geojson": _GeoJson,
}


def _with_points(table: pa.Table, points: Any) -> pa.Table:
    wkb = pa.array(shapely.to_wkb(points) if len(points) else [], type=pa.binary())
    return table.append_column(pa.field(GEOMETRY, pa.binary()), wkb)
