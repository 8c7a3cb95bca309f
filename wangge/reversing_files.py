"""Say what the points of a file are called, into a file, in chunks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from geocoding.reverse import COLUMNS, on_earth, reverse_frame
from geocoding.reverse_index import reverse_index
from geocoding.reverse_points import stored_points
from gis.crs import STORED
from gis.errors import UsageError
from gis.registry import Registry
from gis.text import t
from responsibility.batch_sources import Chunk, Source, open_source
from responsibility.batch_targets import check_target
from responsibility.frames import guess
from wangge.answered_files import Answered, answer_file

PREFIX = "reverse_"
"""In front of a column of the answers that is called like one of the source."""

_FLOATS = ("distance_m", "accuracy_m", "place_lon", "place_lat")
Columns = tuple[str, str] | None


def reverse_file(
    registry: Registry,
    source: Path,
    target: Path,
    *,
    columns: tuple[str | None, str | None] = (None, None),
    crs: str | None = None,
    as_of: datetime | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, int]:
    """Say what the point of each row of a file is called.

    Parameters
    ----------
    registry : Registry
        Where to look.
    source, target : pathlib.Path
        ``.csv``, ``.parquet``, ``.gpkg`` or ``.geojson``; the target appears when it is whole. The columns of
        the source come first, then those of :data:`geocoding.reverse.COLUMNS`; points are those asked about.
    columns : tuple of str or None
        Those of longitude and latitude; by default ones with usual names, else the points of the file.
    crs : str, optional
        Of the coordinates; by default that of the file's points, of columns EPSG:4490.
    as_of : datetime, optional
        Moment whose places are used.
    progress : callable, optional
        Called with the rows done and the rows there are.

    Returns
    -------
    dict of str to int
        How many rows of each ``status``.

    Raises
    ------
    UsageError
        A file, a column or a system is not there or not understood; nothing is written.
    FileProblem
        The source is damaged; nothing is written.
    """
    check_target(target)
    opened = open_source(source)
    named = _columns(opened, columns)
    system = crs or (STORED if named else opened.crs) or STORED
    stored_points(np.empty(0), np.empty(0), system)
    index = reverse_index(registry, as_of)
    schema = _schema(opened, target)

    def answer(chunk: Chunk) -> Answered:
        lon, lat = stored_points(*_coordinates(chunk, named), system)
        answers = reverse_frame(index, lon, lat)
        return Answered(answers["status"], _table(chunk, lon, lat, answers, schema), _points(lon, lat))

    return answer_file(opened, target, schema, answer, progress)


def _columns(source: Source, given: tuple[str | None, str | None]) -> Columns:
    """Check the columns that were named, else guess usual ones; None for the points of the file."""
    names = source.schema.names
    for column, option in zip(given, ("--lon", "--lat"), strict=True):
        if column is not None and column not in names:
            raise UsageError(
                t("There is no column {column}", column=column),
                field=option,
                value=column,
                expected=", ".join(names),
            )
    lon, lat = given[0] or guess(names, "lon"), given[1] or guess(names, "lat")
    if lon is not None and lat is not None:
        return lon, lat
    if source.crs is None:
        raise UsageError(
            t("There is no column of coordinates"),
            field="--lon",
            value=", ".join(names),
            expected=t("columns such as lon and lat, or --lon COL --lat COL"),
        )
    return None


def _coordinates(chunk: Chunk, columns: Columns) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return x and y of rows, not a number where there is none; of a shape those of a point in it."""
    if columns is None:
        inside = shapely.point_on_surface(np.asarray(chunk.geometries, dtype=object))
        return shapely.get_x(inside), shapely.get_y(inside)
    x, y = (_numbers(chunk.table.column(name)) for name in columns)
    return x, y


def _numbers(column: pa.ChunkedArray) -> NDArray[np.float64]:
    values = pd.Series(column.to_pylist(), dtype=object)
    return np.asarray(pd.to_numeric(values, errors="coerce"), dtype=np.float64)


def _schema(source: Source, target: Path) -> pa.Schema:
    """Return the columns of the source and of the answers; a CSV, which holds no points, gets coordinates."""
    fields = list(source.schema)
    if source.crs is not None and target.suffix.lower() == ".csv":
        fields += [pa.field(name, pa.float64()) for name in ("lon", "lat") if name not in source.schema.names]
    for name in COLUMNS:
        kind = pa.float64() if name in _FLOATS else pa.string()
        fields.append(pa.field(f"{PREFIX}{name}" if name in source.schema.names else name, kind))
    return pa.schema(fields)


def _table(
    chunk: Chunk,
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    answers: pd.DataFrame,
    schema: pa.Schema,
) -> pa.Table:
    arrays = list(chunk.table.columns)
    coordinates = {"lon": lon, "lat": lat}
    arrays += [
        pa.array(coordinates[name], pa.float64(), from_pandas=True)
        for name in schema.names[len(arrays) : len(schema) - len(COLUMNS)]
    ]
    arrays += [
        pa.array(answers[name].tolist(), schema.field(len(schema) - len(COLUMNS) + at).type, from_pandas=True)
        for at, name in enumerate(COLUMNS)
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def _points(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Any:
    known = on_earth(lon, lat)
    points = np.full(len(lon), None, dtype=object)
    points[known] = shapely.points(lon[known], lat[known])
    return points
