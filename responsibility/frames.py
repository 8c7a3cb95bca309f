"""Ask and answer with frames: one question per row, the answers as columns behind the row's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import shapely

from gis.crs import STORED
from gis.errors import UsageError
from gis.text import t
from responsibility.flatten import NUMBERS, columns_for
from responsibility.rows import AnsweredRows, answer_rows, row_template

if TYPE_CHECKING:
    from responsibility.resolver import Resolver

GUESSES: Mapping[str, tuple[str, ...]] = {
    "lon": ("lon", "longitude", "lng", "x", "经度"),
    "lat": ("lat", "latitude", "y", "纬度"),
}


def resolve_frame(
    resolver: Resolver,
    frame: pd.DataFrame,
    *,
    lon: str | None = None,
    lat: str | None = None,
    class_column: str | None = None,
    kind_column: str | None = None,
    source_column: str | None = None,
    accuracy_column: str | None = None,
    **params: str | None,
) -> gpd.GeoDataFrame:
    """Answer every row of a frame.

    Parameters
    ----------
    resolver : Resolver
        Who answers.
    frame : DataFrame or GeoDataFrame
        One question per row.
    lon, lat : str, optional
        Columns of the coordinates. By default the usual names (``lon``, ``longitude``, ``经度`` …),
        else the points of a GeoDataFrame.
    class_column, kind_column, source_column, accuracy_column : str, optional
        Columns of what else differs by row; where blank, the parameter of the same name holds.
    **params : str
        What holds for all rows: ``class_`` (or ``class``), ``kind``, ``standard``, ``crs``, ``source``,
        ``accuracy``, ``rule``, ``as_of``, ``at``. The reference system of a GeoDataFrame's points is its own.

    Returns
    -------
    GeoDataFrame
        The frame's columns in order, then those of :func:`responsibility.flatten.columns_for`; geometry
        is the point in EPSG:4490, None for a row that could not be answered. A column of the frame with
        the name of an answer's column is kept as ``<name>_input``.

    Raises
    ------
    UsageError
        A column is not there, or a parameter cannot be understood.
    """
    columns = {
        "class_column": class_column,
        "kind_column": kind_column,
        "source_column": source_column,
        "accuracy_column": accuracy_column,
    }
    x, y, crs = _coordinates(frame, lon, lat)
    constants = {name.rstrip("_"): value for name, value in params.items()}
    asked_by_points = {"crs": crs} if crs else {}
    template = row_template(resolver, {**asked_by_points, **constants})
    values = {
        name: [_text(value) for value in frame[_column(frame, column, name)]]
        for name, column in columns.items()
        if column is not None
    }
    lines = resolver.line_names(template.as_of)
    answered = answer_rows(resolver, x.tolist(), y.tolist(), values, template, lines)
    return _joined(frame, answered, lines)


def _coordinates(
    frame: pd.DataFrame, lon: str | None, lat: str | None
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any], str | None]:
    """Return x, y and, for the points of a GeoDataFrame, their reference system."""
    names = {"lon": lon or guess(frame.columns, "lon"), "lat": lat or guess(frame.columns, "lat")}
    if names["lon"] and names["lat"]:
        x, y = (
            pd.to_numeric(frame[_column(frame, name, field)], errors="coerce").to_numpy(dtype=np.float64)
            for field, name in names.items()
        )
        return x, y, None
    if not isinstance(frame, gpd.GeoDataFrame):
        raise UsageError(
            t("There is no column of coordinates"),
            field="lon",
            expected=t("columns such as lon and lat, or --lon COL --lat COL"),
        )
    points = frame.geometry.to_numpy()
    if not set(shapely.get_type_id(points)) <= {-1, int(shapely.GeometryType.POINT)}:
        raise UsageError(t("Locations have to be points"), field="geometry", expected="Point")
    crs = frame.crs.to_string() if frame.crs is not None else STORED
    return shapely.get_x(points), shapely.get_y(points), crs


def guess(columns: Iterable[Any], field: str) -> str | None:
    """Return the column with one of the usual names of a coordinate, if there is one."""
    by_name = {str(column).strip().lower(): str(column) for column in columns}
    return next((by_name[name] for name in GUESSES[field] if name in by_name), None)


def _column(frame: pd.DataFrame, column: str | None, field: str) -> str:
    if column not in frame.columns:
        raise UsageError(
            t("There is no column {column}", column=column),
            field=field,
            value=column,
            expected=", ".join(map(str, frame.columns)),
        )
    return str(column)


def _joined(frame: pd.DataFrame, rows: AnsweredRows, lines: Sequence[str]) -> gpd.GeoDataFrame:
    """Put the answers behind the frame's own columns."""
    types = {name: pa.float64() if name in NUMBERS else pa.string() for name in columns_for(lines)}
    table = pa.table({name: rows.columns[name].cast(kind) for name, kind in types.items()})
    answered = table.to_pandas().set_index(frame.index)
    own = pd.DataFrame(
        frame.drop(columns=frame.geometry.name) if isinstance(frame, gpd.GeoDataFrame) else frame
    )
    own = own.rename(columns=renamed(own.columns, lines))
    both = pd.concat([own, answered], axis=1)
    return gpd.GeoDataFrame(both, geometry=rows.points, crs=STORED)


def renamed(columns: Iterable[Any], lines: Sequence[str]) -> dict[Any, str]:
    """Return new names for input columns that are called like an answer's column."""
    taken = {*columns_for(lines), "geometry"}
    return {column: f"{column}_input" for column in columns if column in taken}


def _text(value: Any) -> str | None:
    """Return a cell as text: a class code that was read as a number keeps its digits."""
    if value is None or pd.isna(value):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip() or None
