"""Ask a question per row of a table, and keep of the answers only their flattened columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import shapely

from gis.crs import STORED, transformer
from gis.errors import UsageError, WanggeError
from responsibility.bulk_rows import AskedRows, answers_in_bulk, spread
from responsibility.default_places import DefaultPlace, default_places_at
from responsibility.flatten import NUMBERS, columns_for, flatten
from responsibility.model import Kind, Question, Resolution, Source
from responsibility.numbering import distinct
from responsibility.preparing import complete
from responsibility.proximity import Floats
from responsibility.questions import choice, number, question_from_params

if TYPE_CHECKING:
    from responsibility.resolver import Resolver

OPTIONAL = ("class_column", "kind_column", "source_column", "accuracy_column")
"""What may differ from row to row besides the coordinates."""

# Whole answers are kept for so many rows at a time only: each is about a hundred small objects.
_AT_A_TIME = 4096
# From this many rows on it pays to read all polygons and components and to work with columns.
BULK = 1000


@dataclass(frozen=True, slots=True)
class AnsweredRows:
    """The answers of some rows.

    Attributes
    ----------
    columns : dict of str to pyarrow.ChunkedArray
        By the names of :func:`responsibility.flatten.columns_for`: numbers, texts, or texts by codes.
    lon, lat : ndarray of float
        In EPSG:4490; NaN for a row that could not be answered.
    invalid : int
        How many these are.
    """

    columns: dict[str, pa.ChunkedArray]
    lon: Floats
    lat: Floats
    invalid: int

    @property
    def points(self) -> np.ndarray[Any, Any]:
        """The points, None for a row that could not be answered."""
        there = ~np.isnan(self.lon)
        points: np.ndarray[Any, Any] = np.full(len(self.lon), None, dtype=object)
        points[there] = shapely.points(self.lon[there], self.lat[there])
        return points


def row_template(resolver: Resolver, params: Mapping[str, str | None]) -> Question:
    """Make the question that every row is a variant of; all are asked at one moment.

    Raises
    ------
    UsageError
        A parameter cannot be understood.
    """
    template = question_from_params({**params, "lon": "0", "lat": "0"})
    now = resolver.moment_of_asking()
    complete(template, now, resolver.settings, resolver.catalogue)
    return replace(template, as_of=template.as_of or now, at=template.at or now)


def answer_rows(
    resolver: Resolver,
    x: Sequence[float],
    y: Sequence[float],
    values: Mapping[str, Sequence[str | None]],
    template: Question,
    lines: Sequence[str],
) -> AnsweredRows:
    """Answer rows given as columns.

    Parameters
    ----------
    resolver : Resolver
        Who answers.
    x, y : sequence of float
        Coordinates in the template's reference system; NaN gives an error for the row.
    values : mapping of str to sequence of (str or None)
        By the names of :data:`OPTIONAL`; an accuracy is metres or a kind of address of the settings.
    template : Question
        What holds for all rows.
    lines : sequence of str
        Lines of business that get columns.
    """
    xs, ys = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    values = in_metres(values, resolver.settings.address_accuracy_m)

    def make(row: Mapping[str, str | None]) -> Question:
        return _question(template, 0.0, 0.0, row)

    found = None
    if len(xs) > BULK:
        own = _of_their_own(xs, ys, template.crs, resolver.settings.default_places)
        found = answers_in_bulk(resolver, AskedRows(own, ys, values, template, make), lines)
    if found is None:
        return _one_by_one(resolver, xs, ys, values, template, lines)
    lon, lat = np.full(len(xs), np.nan), np.full(len(xs), np.nan)
    rest = np.setdiff1d(np.arange(len(xs)), found.rows, assume_unique=True)
    some = {name: [column[row] for row in rest.tolist()] for name, column in values.items()}
    alone = _one_by_one(resolver, xs[rest], ys[rest], some, template, lines)
    lon[found.rows], lat[found.rows] = found.lon, found.lat
    lon[rest], lat[rest] = alone.lon, alone.lat
    columns = spread(found.columns, found.rows, alone.columns, rest)
    return AnsweredRows(columns, lon, lat, alone.invalid)


def in_metres(
    values: Mapping[str, Sequence[str | None]], by_kind: Mapping[str, float]
) -> Mapping[str, Sequence[str | None]]:
    """Write metres for accuracies that are said by the kind of address: 门牌号, 道路交叉路口."""
    column = values.get("accuracy_column")
    if column is None:
        return values
    metres = {kind.casefold(): repr(float(accuracy)) for kind, accuracy in by_kind.items()}
    return {
        **values,
        "accuracy_column": [text and metres.get(text.strip().casefold(), text) for text in column],
    }


def _of_their_own(x: Floats, y: Floats, crs: str, places: Sequence[DefaultPlace]) -> Floats:
    """Return x without that of rows at a default place, whose answer depends on where they are."""
    if not places:
        return x
    try:
        lon, lat = transformer(crs, STORED)(x, y)
    except UsageError:
        return x
    return np.where(default_places_at(places, lon, lat) < 0, x, np.nan)


def _one_by_one(
    resolver: Resolver,
    x: Floats,
    y: Floats,
    values: Mapping[str, Sequence[str | None]],
    template: Question,
    lines: Sequence[str],
) -> AnsweredRows:
    """Answer rows as single questions, those that ask the same once."""
    if not len(x):
        return _different_rows(resolver, x, y, values, template, lines)
    # By their bits: numbers that are equal need not be written alike.
    coordinates = [np.ascontiguousarray(column).view(np.int64) for column in (x, y)]
    others = [pd.factorize(np.array(column, dtype=object))[0] for column in values.values()]
    which, first = distinct([*coordinates, *(codes.astype(np.int64) + 1 for codes in others)])
    some = {name: [column[row] for row in first.tolist()] for name, column in values.items()}
    found = _different_rows(resolver, x[first], y[first], some, template, lines)
    columns = {name: column.take(pa.array(which)) for name, column in found.columns.items()}
    lon, lat = found.lon[which], found.lat[which]
    return AnsweredRows(columns, lon, lat, int(np.isnan(lon).sum()))


def _different_rows(
    resolver: Resolver,
    x: Floats,
    y: Floats,
    values: Mapping[str, Sequence[str | None]],
    template: Question,
    lines: Sequence[str],
) -> AnsweredRows:
    columns: dict[str, list[Any]] = {name: [] for name in columns_for(lines)}
    lon, lat = np.full(len(x), np.nan), np.full(len(x), np.nan)
    for start in range(0, len(x), _AT_A_TIME):
        part = slice(start, start + _AT_A_TIME)
        some = {name: column[part] for name, column in values.items()}
        for position, answer in enumerate(
            _answers(resolver, x[part].tolist(), y[part].tolist(), some, template), start
        ):
            for name, value in flatten(answer, lines).items():
                columns[name].append(value)
            if isinstance(answer, Resolution):
                lon[position], lat[position] = answer.location.lon, answer.location.lat
    arrays = {
        name: pa.chunked_array([pa.array(column, pa.float64() if name in NUMBERS else pa.string())])
        for name, column in columns.items()
    }
    return AnsweredRows(arrays, lon, lat, int(np.isnan(lon).sum()))


def _answers(
    resolver: Resolver,
    x: Sequence[float],
    y: Sequence[float],
    values: Mapping[str, Sequence[str | None]],
    template: Question,
) -> list[Resolution | WanggeError]:
    asked: list[Question | WanggeError] = []
    for position, (lon, lat) in enumerate(zip(x, y, strict=True)):
        row = {name: column[position] for name, column in values.items()}
        try:
            asked.append(_question(template, float(lon), float(lat), row))
        except UsageError as error:
            asked.append(error)
    found = iter(resolver.answers([question for question in asked if isinstance(question, Question)]))
    return [next(found) if isinstance(question, Question) else question for question in asked]


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
