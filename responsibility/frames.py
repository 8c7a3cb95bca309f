"""Ask and answer with frames: one question per row, the answers as columns behind the row's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis.crs import STORED
from gis.errors import UsageError, WanggeError
from gis.text import t
from responsibility.flatten import NUMBERS, columns_for, flatten
from responsibility.model import Kind, Question, Resolution, Source
from responsibility.preparing import complete
from responsibility.questions import choice, number, question_from_params

if TYPE_CHECKING:
    from responsibility.resolver import Resolver

GUESSES: Mapping[str, tuple[str, ...]] = {
    "lon": ("lon", "longitude", "lng", "x", "经度"),
    "lat": ("lat", "latitude", "y", "纬度"),
}
OPTIONAL = ("class_column", "kind_column", "source_column", "accuracy_column")


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
    lines = resolver.line_names()
    answers = answer_rows(resolver, x.tolist(), y.tolist(), values, template)
    return _joined(frame, answers, lines)


def row_template(resolver: Resolver, params: Mapping[str, str | None]) -> Question:
    """Make the question that every row is a variant of; all are asked at one moment.

    Raises
    ------
    UsageError
        A parameter cannot be understood.
    """
    template = question_from_params({**params, "lon": "0", "lat": "0"})
    now = resolver.moment_of_asking()
    complete(template, now, resolver.settings)
    return replace(template, as_of=template.as_of or now, at=template.at or now)


def answer_rows(
    resolver: Resolver,
    x: Sequence[float],
    y: Sequence[float],
    values: Mapping[str, Sequence[str | None]],
    template: Question,
) -> list[Resolution | WanggeError]:
    """Answer rows given as columns.

    Parameters
    ----------
    x, y : sequence of float
        Coordinates in the template's reference system; NaN gives an error for the row.
    values : mapping of str to sequence of (str or None)
        By the names of :data:`OPTIONAL`.
    template : Question
        What holds for all rows.
    """
    asked: list[Question | WanggeError] = []
    for position, (lon, lat) in enumerate(zip(x, y, strict=True)):
        row = {name: column[position] for name, column in values.items()}
        try:
            asked.append(_question(template, float(lon), float(lat), row))
        except UsageError as error:
            asked.append(error)
    found = iter(resolver.answers([question for question in asked if isinstance(question, Question)]))
    return [next(found) if isinstance(question, Question) else question for question in asked]


def answer_columns(answers: Sequence[Resolution | WanggeError], lines: Sequence[str]) -> dict[str, list[Any]]:
    """Return flattened answers as columns."""
    rows = [flatten(answer, lines) for answer in answers]
    return {name: [row[name] for row in rows] for name in columns_for(lines)}


def answer_points(answers: Sequence[Resolution | WanggeError]) -> np.ndarray[Any, Any]:
    """Return the points of answers in EPSG:4490, None where there is no answer."""
    known = np.array([isinstance(answer, Resolution) for answer in answers], dtype=bool)
    where = [answer.location for answer in answers if isinstance(answer, Resolution)]
    points = np.full(len(answers), None, dtype=object)
    points[known] = shapely.points([[location.lon, location.lat] for location in where]) if where else None
    return points


def _question(template: Question, lon: float, lat: float, row: Mapping[str, str | None]) -> Question:
    changes: dict[str, Any] = {"lon": lon, "lat": lat}
    if row.get("class_column"):
        changes["class_text"] = row["class_column"]
    if (kind := row.get("kind_column")) is not None:
        changes["kind"] = choice("kind", kind, Kind)
    if (source := row.get("source_column")) is not None:
        changes["source"] = choice("source", source, Source)
    if (accuracy := row.get("accuracy_column")) is not None:
        changes["accuracy_m"] = number("accuracy", accuracy)
    return replace(template, **changes)


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


def _joined(
    frame: pd.DataFrame, answers: Sequence[Resolution | WanggeError], lines: Sequence[str]
) -> gpd.GeoDataFrame:
    """Put the answers behind the frame's own columns."""
    answered = pd.DataFrame(answer_columns(answers, lines), index=frame.index)
    for name in answered.columns:
        answered[name] = answered[name].astype("float64" if name in NUMBERS else "str")
    own = pd.DataFrame(
        frame.drop(columns=frame.geometry.name) if isinstance(frame, gpd.GeoDataFrame) else frame
    )
    own = own.rename(columns=renamed(own.columns, lines))
    both = pd.concat([own, answered], axis=1)
    return gpd.GeoDataFrame(both, geometry=answer_points(answers), crs=STORED)


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
