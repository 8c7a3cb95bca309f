"""Geocode a file into a file, in chunks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import shapely

from geocoding.geocode_series import COLUMNS, geocode_series
from geocoding.place_index import place_index
from gis.errors import UsageError
from gis.registry import Registry
from gis.text import t
from responsibility.batch_sources import Chunk, Source, open_source
from responsibility.batch_targets import check_target
from wangge.answered_files import Answered, answer_file

PREFIX = "geocode_"
"""In front of a column of the answers that is called like one of the source."""

_NAMES = ("address", "地址", "详细地址", "事发位置", "标准地址", "案发地址", "问题地址")
_FLOATS, _FLAGS = ("lon", "lat", "accuracy_m", "score"), ("retired",)


def geocode_file(
    registry: Registry,
    source: Path,
    target: Path,
    *,
    column: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, int]:
    """Find a place for each row of a file.

    Parameters
    ----------
    registry : Registry
        Where to look.
    source, target : pathlib.Path
        ``.csv``, ``.parquet``, ``.gpkg`` or ``.geojson``; the target appears when it is whole. The columns
        of the source come first, then those of :data:`geocoding.geocode_series.COLUMNS`.
    column : str, optional
        The column of the addresses; by default one with a usual name.
    progress : callable, optional
        Called with the rows done and the rows there are.

    Returns
    -------
    dict of str to int
        How many rows of each ``status``.

    Raises
    ------
    UsageError
        A file or column is not there or not understood; nothing is written.
    FileProblem
        The source is damaged; nothing is written.
    """
    check_target(target)
    opened = open_source(source)
    name = _column(opened, column)
    index = place_index(registry)
    schema = _schema(opened)

    def answer(chunk: Chunk) -> Answered:
        texts = [None if one is None else str(one) for one in chunk.table.column(name).to_pylist()]
        answers = geocode_series(index, pd.Series(texts))
        return Answered(answers["status"], _table(chunk, answers, schema), _points(answers))

    return answer_file(opened, target, schema, answer, progress)


def _column(source: Source, given: str | None) -> str:
    names = source.schema.names
    if given is None:
        found = [name for name in _NAMES if name in names]
        if found:
            return found[0]
    elif given in names:
        return given
    raise UsageError(
        t("There is no column {column}", column=given) if given else t("There is no column of addresses"),
        field="--column",
        value=given,
        expected=", ".join(names),
    )


def _schema(source: Source) -> pa.Schema:
    fields = list(source.schema)
    for name in COLUMNS:
        kind = pa.float64() if name in _FLOATS else pa.bool_() if name in _FLAGS else pa.string()
        fields.append(pa.field(f"{PREFIX}{name}" if name in source.schema.names else name, kind))
    return pa.schema(fields)


def _table(chunk: Chunk, answers: pd.DataFrame, schema: pa.Schema) -> pa.Table:
    new = schema.names[-len(COLUMNS) :]
    arrays = [
        pa.array(answers[name].tolist(), schema.field(field).type, from_pandas=True)
        for name, field in zip(COLUMNS, new, strict=True)
    ]
    return pa.Table.from_arrays([*chunk.table.columns, *arrays], schema=schema)


def _points(answers: pd.DataFrame) -> Any:
    lon, lat = (answers[name].astype(float).to_numpy() for name in ("lon", "lat"))
    found = ~np.isnan(lon)
    points = np.full(len(answers), None, dtype=object)
    points[found] = shapely.points(lon[found], lat[found])
    return points
