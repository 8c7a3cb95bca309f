"""Resolve a file into a file, in chunks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from gis.errors import UsageError
from gis.registry import Registry
from gis.text import t
from responsibility.batch_sources import Chunk, Source, open_source
from responsibility.batch_targets import Target, check_target
from responsibility.flatten import NUMBERS, columns_for
from responsibility.frames import guess, renamed
from responsibility.model import Question
from responsibility.resolver import MANY, Resolver
from responsibility.rows import OPTIONAL, AnsweredRows, answer_rows, row_template
from responsibility.settings import ResolveSettings

COLUMNS = ("lon_column", "lat_column", *OPTIONAL)


@dataclass(frozen=True, slots=True)
class BatchResult:
    """How many rows were answered, and how many could not be (``question.invalid``)."""

    answered: int
    invalid: int


def resolve_file(
    registry: Registry,
    source: Path,
    target: Path,
    *,
    columns: Mapping[str, str | None] | None = None,
    params: Mapping[str, str] | None = None,
    settings: ResolveSettings | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> BatchResult:
    """Answer every row of a file.

    Parameters
    ----------
    registry : Registry
        What is resolved on.
    source : pathlib.Path
        ``.csv``, ``.parquet``, ``.gpkg`` or ``.geojson``.
    target : pathlib.Path
        Of any of these kinds; written beside itself and put in place when it is whole. The columns of
        the source come first, in order, then those of :func:`responsibility.flatten.columns_for`. A
        column of the source called like one of these is kept as ``<name>_input``.
    columns : mapping of str to str, optional
        Columns of the source by the names of :data:`COLUMNS`. Without ``lon_column`` and
        ``lat_column`` the usual names are looked for, then the points of the source are taken.
    params : mapping of str to str, optional
        What holds for all rows (``class``, ``kind``, ``crs`` …).
    settings : ResolveSettings, optional
        By default those of the configuration file.
    progress : callable, optional
        Called with the rows done and the rows there are.

    Returns
    -------
    BatchResult
        A row that cannot be answered is written with ``reason_code`` ``question.invalid``.

    Raises
    ------
    UsageError
        A file, a column or a parameter is not there or not understood; nothing is written.
    FileProblem
        The source is damaged; nothing is written.
    """
    check_target(target)
    opened = open_source(source)
    named = _columns(opened, columns or {})
    resolver = Resolver(registry, settings=settings, preload=opened.rows > MANY)
    by_columns = {"lon_column", "lat_column"} <= named.keys()
    template = row_template(resolver, {**({} if by_columns else {"crs": opened.crs}), **(params or {})})
    lines = resolver.line_names(template.as_of)
    schema = _schema(opened, target, lines)
    done = invalid = 0
    with Target(target, schema) as writer:
        for chunk in opened.chunks():
            answered = _answers(resolver, chunk, named, template, lines)
            writer.write(_table(chunk, answered, schema), answered.points)
            done += len(answered.lon)
            invalid += answered.invalid
            if progress is not None:
                progress(done, max(done, opened.rows))
    return BatchResult(done - invalid, invalid)


def _columns(source: Source, given: Mapping[str, str | None]) -> dict[str, str]:
    """Check the columns that were named, and guess those of the coordinates."""
    names = source.schema.names
    columns = {role: name for role, name in given.items() if name is not None}
    for role, name in columns.items():
        if role not in COLUMNS or name not in names:
            raise UsageError(
                t("There is no column {column}", column=name),
                field=role,
                value=name,
                expected=", ".join(names),
            )
    for role, field in (("lon_column", "lon"), ("lat_column", "lat")):
        guessed = guess(names, field)
        if role not in columns and guessed is not None:
            columns[role] = guessed
    if not {"lon_column", "lat_column"} <= columns.keys() and source.crs is None:
        raise UsageError(
            t("There is no column of coordinates"),
            field="lon",
            value=", ".join(names),
            expected=t("columns such as lon and lat, or --lon COL --lat COL"),
        )
    return columns


def _schema(source: Source, target: Path, lines: Sequence[str]) -> pa.Schema:
    new_names = renamed(source.schema.names, lines)
    fields = [field.with_name(new_names.get(field.name, field.name)) for field in source.schema]
    if source.crs is not None and target.suffix.lower() == ".csv":
        fields += [pa.field(name, pa.float64()) for name in _point_columns(source)]
    fields += [
        pa.field(name, pa.float64() if name in NUMBERS else pa.string()) for name in columns_for(lines)
    ]
    return pa.schema(fields)


def _point_columns(source: Source) -> list[str]:
    """Name the columns a CSV gets in place of the points, which it has no way to hold."""
    return [name for name in ("lon", "lat") if name not in source.schema.names]


def _answers(
    resolver: Resolver, chunk: Chunk, columns: Mapping[str, str], template: Question, lines: Sequence[str]
) -> AnsweredRows:
    if "lon_column" in columns and "lat_column" in columns:
        x, y = (_numbers(chunk.table.column(columns[role])) for role in ("lon_column", "lat_column"))
    else:
        x, y = shapely.get_x(chunk.geometries).tolist(), shapely.get_y(chunk.geometries).tolist()
    values = {
        role: [_text(value) for value in chunk.table.column(columns[role]).to_pylist()]
        for role in OPTIONAL
        if role in columns
    }
    return answer_rows(resolver, x, y, values, template, lines)


def _table(chunk: Chunk, answered: AnsweredRows, schema: pa.Schema) -> pa.Table:
    arrays = list(chunk.table.columns)
    coordinates = {"lon": answered.lon, "lat": answered.lat}
    names = schema.names[len(schema.names) - len(answered.columns) :]
    extra = schema.names[len(arrays) : len(schema.names) - len(names)]
    arrays += [pa.array(coordinates[name], from_pandas=True) for name in extra]
    arrays += [answered.columns[name].cast(schema.field(name).type) for name in names]
    return pa.Table.from_arrays(arrays, schema=schema)


def _numbers(column: Any) -> list[float]:
    """Read coordinates; what is no number is NaN, which is reported for its row."""
    return [_number(value) for value in column.to_pylist()]


def _number(value: Any) -> float:
    try:
        return np.nan if value is None else float(value)
    except (TypeError, ValueError):
        return np.nan


def _text(value: Any) -> str | None:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return None if value is None else str(value).strip() or None
