"""Read files of questions in chunks: CSV, Parquet, GeoPackage, GeoJSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pyogrio
import shapely
from pyproj import CRS

from gis.crs import STORED
from gis.encoding import Sample, decide
from gis.errors import FileProblem, UsageError
from gis.text import t

SUFFIXES = (".csv", ".parquet", ".gpkg", ".geojson")
CHUNK = 20_000
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows of a file: their columns, and their geometries where the file has them."""

    table: pa.Table
    geometries: Any


@dataclass(frozen=True, slots=True)
class Source:
    """A file of questions.

    Attributes
    ----------
    schema : pyarrow.Schema
        Its columns without the geometry.
    rows : int
        How many, for progress.
    crs : str or None
        Reference system of the geometries; None when the file has none.
    chunks : callable
        Yields the rows.
    """

    schema: pa.Schema
    rows: int
    crs: str | None
    chunks: Callable[[], Iterator[Chunk]]


def open_source(path: Path) -> Source:
    """Open a file of questions.

    Raises
    ------
    UsageError
        The file is not there, or of another kind.
    FileProblem
        F01 it is damaged, F02 its encoding cannot be told, F06 it is empty.
    """
    check_suffix(path, "--in")
    if not path.is_file():
        raise UsageError(t("File {path} is not there", path=str(path)), field="--in", value=str(path))
    with _damaged(path):
        return _READERS[path.suffix.lower()](path)


def check_suffix(path: Path, field: str) -> None:
    """Refuse a kind of file that is neither read nor written."""
    if path.suffix.lower() not in SUFFIXES:
        raise UsageError(
            t("Files of the kind {suffix} cannot be used here", suffix=path.suffix or path.name),
            field=field,
            value=str(path),
            expected=", ".join(SUFFIXES),
        )


@contextmanager
def _damaged(path: Path) -> Iterator[None]:
    try:
        yield
    except (pa.ArrowException, pyogrio.errors.DataSourceError, UnicodeDecodeError, OSError) as error:
        raise FileProblem(
            t("File {path} cannot be read: {problem}", path=str(path), problem=str(error)),
            code="F01",
            field="--in",
            value=str(path),
        ) from error


def _guarded(path: Path, chunks: Iterator[Chunk]) -> Iterator[Chunk]:
    with _damaged(path):
        yield from chunks


def _open_csv(path: Path) -> Source:
    encoding, names, rows = _csv_facts(path)
    read = pa.csv.ReadOptions(encoding=encoding, block_size=4 << 20)
    parse = pa.csv.ParseOptions(newlines_in_values=True)
    # Everything stays the text it is: class codes begin with zeros.
    convert = pa.csv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()),
        strings_can_be_null=True,
        null_values=[""],
        quoted_strings_can_be_null=True,
    )

    def chunks() -> Iterator[Chunk]:
        with pa.csv.open_csv(path, read_options=read, parse_options=parse, convert_options=convert) as reader:
            for batch in reader:
                for start in range(0, batch.num_rows, CHUNK):
                    yield Chunk(pa.Table.from_batches([batch.slice(start, CHUNK)]), None)

    return Source(
        pa.schema([(name, pa.string()) for name in names]), rows, None, lambda: _guarded(path, chunks())
    )


def _csv_facts(path: Path) -> tuple[str, list[str], int]:
    """Return encoding, headings and the number of lines below them."""
    lines: list[bytes] = []
    count = 0
    with path.open("rb") as file:
        for count, line in enumerate(file):
            if count == 0 or (not line.isascii() and len(lines) < 5000):
                lines.append(line)
    if not lines:
        raise FileProblem(
            t("File {path} is empty", path=str(path)), code="F06", field="--in", value=str(path)
        )
    if lines[0].startswith(_BOM):
        encoding = "utf-8"
    else:
        encoding = decide((Sample(line.strip()) for line in lines), path=str(path)).codec
    header = lines[0].removeprefix(_BOM).decode(encoding)
    names: list[str] = pa.csv.read_csv(pa.BufferReader(header.encode())).column_names
    for name in names:
        if names.count(name) > 1:
            raise FileProblem(
                t("File {path} has the column {name} twice", path=str(path), name=name),
                code="F01",
                field="--in",
                value=name,
            )
    return encoding, names, count


def _open_parquet(path: Path) -> Source:
    file = pa.parquet.ParquetFile(path)
    geo = orjson.loads((file.schema_arrow.metadata or {}).get(b"geo", b"{}"))
    geometry = geo.get("primary_column")
    crs = None
    if geometry:
        described = geo["columns"][geometry].get("crs")
        crs = CRS.from_json_dict(described).to_string() if described else "CRS84"
    schema = pa.schema([field for field in file.schema_arrow if field.name != geometry])

    def chunks() -> Iterator[Chunk]:
        for batch in file.iter_batches(batch_size=CHUNK):
            yield _split(pa.Table.from_batches([batch]), geometry)

    return Source(schema, file.metadata.num_rows, crs, lambda: _guarded(path, chunks()))


def _open_ogr(path: Path) -> Source:
    layers = [name for name, _ in pyogrio.list_layers(path)]
    if len(layers) != 1:
        raise UsageError(
            t("File {path} has {count} layers", path=str(path), count=len(layers)),
            field="--in",
            value=", ".join(layers),
            expected=t("a file with one layer"),
        )
    info = pyogrio.read_info(path, force_feature_count=True)
    with pyogrio.open_arrow(path, use_pyarrow=True) as (meta, reader):
        name = meta["geometry_name"] or "wkb_geometry"
        geometry = name if name in reader.schema.names else None
        schema = pa.schema([field for field in reader.schema if field.name != geometry])

    def chunks() -> Iterator[Chunk]:
        with pyogrio.open_arrow(path, use_pyarrow=True, batch_size=CHUNK) as (_, batches):
            for batch in batches:
                yield _split(pa.Table.from_batches([batch]), geometry)

    crs = (info["crs"] or STORED) if geometry else None
    return Source(schema, info["features"], crs, lambda: _guarded(path, chunks()))


def _split(table: pa.Table, geometry: str | None) -> Chunk:
    if geometry is None:
        return Chunk(table, None)
    return Chunk(table.drop_columns([geometry]), shapely.from_wkb(table.column(geometry).to_numpy()))


_READERS: dict[str, Callable[[Path], Source]] = {
    ".csv": _open_csv,
    ".parquet": _open_parquet,
    ".gpkg": _open_ogr,
    ".geojson": _open_ogr,
}
