"""Ask about past cases as they stand in the registry or a frame."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
import shapely

from gis.errors import NotFound, WanggeError
from gis.read import read_chunks
from gis.registry import Registry
from responsibility.model import Kind, Named, Question, Resolution, Source
from responsibility.records import columns_of
from responsibility.resolver import Answer, Resolver

CHUNK = 4096
"""Cases asked about at a time: whole answers are kept for so many only."""

CASE_COLUMNS = (
    "id", "class_code", "standard", "kind", "component_id", "reported_at", "source", "accuracy_m", "rule_no",
    "acting_code", "acting_name", "outcome",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PastCase:
    """A past case (历史案件) as a question.

    Attributes
    ----------
    id : str
        Its number.
    question : Question
        By its component where it names one, else by its place.
    lon, lat : float or None
        Its place, EPSG:4490.
    acted : Named or None
        The unit that dealt with it.
    outcome : str or None
        ``accepted``, ``changed`` or ``returned``.
    """

    id: str
    question: Question
    lon: float | None
    lat: float | None
    acted: Named | None
    outcome: str | None


def case_frames(registry: Registry, frame: pd.DataFrame | None = None) -> Iterator[pd.DataFrame]:
    """Yield cases piece by piece.

    Parameters
    ----------
    registry : Registry
        Whose cases are read when no frame is given; memory does not grow with their number.
    frame : GeoDataFrame, optional
        Rows of the dataset ``cases``.
    """
    columns = [*CASE_COLUMNS, "geometry"]
    if frame is None:
        yield from read_chunks(registry, "cases", columns=columns, size=CHUNK)
        return
    for start in range(0, len(frame), CHUNK):
        yield frame.iloc[start : start + CHUNK][columns]


def cases_of(frame: pd.DataFrame, as_of: datetime) -> list[PastCase]:
    """Turn rows of the dataset ``cases`` into questions about the registry at a moment.

    Parameters
    ----------
    frame : GeoDataFrame
        Columns :data:`CASE_COLUMNS` and points in EPSG:4490.
    as_of : datetime
        With a time zone. Deadlines count from the time of the case, where it has one.
    """
    geometries = frame["geometry"].to_numpy()
    lons, lats = (
        [None if np.isnan(value) else float(value) for value in of(geometries)]
        for of in (shapely.get_x, shapely.get_y)
    )
    columns = columns_of(frame[list(CASE_COLUMNS)])
    rows = zip(*(columns[name] for name in CASE_COLUMNS), strict=True)
    return [
        _case(dict(zip(CASE_COLUMNS, row, strict=True)), lon, lat, as_of)
        for row, lon, lat in zip(rows, lons, lats, strict=True)
    ]


def answers_to(resolver: Resolver, cases: Sequence[PastCase]) -> list[Answer]:
    """Answer cases; one whose component is no longer there is asked about by its place, if it has one."""
    answers = resolver.answers([case.question for case in cases])
    again = [
        at
        for at, (case, answer) in enumerate(zip(cases, answers, strict=True))
        if isinstance(answer, NotFound) and case.question.component_id and case.lon is not None
    ]
    placed = [replace(cases[at].question, component_id=None, **_place(cases[at])) for at in again]
    for at, answer in zip(again, resolver.answers(placed) if placed else (), strict=True):
        answers[at] = answer
    return answers


def answered(answer: Answer) -> Resolution | None:
    """Return an answer unless it is an error."""
    return None if isinstance(answer, WanggeError) else answer


def _case(row: dict[str, Any], lon: float | None, lat: float | None, as_of: datetime) -> PastCase:
    component = row["component_id"]
    question = Question(
        lon=None if component else lon,
        lat=None if component else lat,
        component_id=component,
        source=Source(row["source"])
        if row["source"]
        else Source.COMPONENT
        if component
        else Source.MAP_CLICK,
        accuracy_m=row["accuracy_m"],
        class_text=row["class_code"],
        kind=Kind(row["kind"] or Kind.COMPONENT),
        standard=row["standard"],
        rule=None if row["rule_no"] is None else int(row["rule_no"]),
        as_of=as_of,
        at=datetime.fromisoformat(row["reported_at"]) if row["reported_at"] else as_of,
    )
    named = row["acting_code"] or row["acting_name"]
    acted = Named(row["acting_code"], row["acting_name"]) if named else None
    return PastCase(row["id"], question, lon, lat, acted, row["outcome"])


def _place(case: PastCase) -> dict[str, Any]:
    source = case.question.source
    return {
        "lon": case.lon,
        "lat": case.lat,
        "source": Source.MAP_CLICK if source is Source.COMPONENT else source,
    }
