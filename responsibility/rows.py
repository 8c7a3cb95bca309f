"""Ask a question per row of a table, and keep of the answers only their flattened columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gis.errors import UsageError, WanggeError
from responsibility.flatten import columns_for, flatten
from responsibility.model import Kind, Question, Resolution, Source
from responsibility.preparing import complete
from responsibility.questions import choice, number, question_from_params

if TYPE_CHECKING:
    from responsibility.resolver import Resolver

OPTIONAL = ("class_column", "kind_column", "source_column", "accuracy_column")
"""What may differ from row to row besides the coordinates."""

# Whole answers are kept for so many rows at a time only: each is about a hundred small objects.
_AT_A_TIME = 4096


@dataclass(slots=True)
class AnsweredRows:
    """The answers of some rows.

    Attributes
    ----------
    columns : dict of str to list
        By the names of :func:`responsibility.flatten.columns_for`.
    points : ndarray of shapely.Point or None
        In EPSG:4490; None for a row that could not be answered.
    invalid : int
        How many these are.
    """

    columns: dict[str, list[Any]]
    points: np.ndarray[Any, Any]
    invalid: int


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
        By the names of :data:`OPTIONAL`.
    template : Question
        What holds for all rows.
    lines : sequence of str
        Lines of business that get columns.
    """
    answered = AnsweredRows({name: [] for name in columns_for(lines)}, np.full(len(x), None, dtype=object), 0)
    for start in range(0, len(x), _AT_A_TIME):
        part = slice(start, start + _AT_A_TIME)
        some = {name: column[part] for name, column in values.items()}
        _append(answered, _answers(resolver, x[part], y[part], some, template), start, lines)
    return answered


def _append(
    answered: AnsweredRows, answers: Sequence[Resolution | WanggeError], start: int, lines: Sequence[str]
) -> None:
    for position, answer in enumerate(answers, start):
        for name, value in flatten(answer, lines).items():
            answered.columns[name].append(value)
        if isinstance(answer, Resolution):
            answered.points[position] = shapely.Point(answer.location.lon, answer.location.lat)
        else:
            answered.invalid += 1


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
