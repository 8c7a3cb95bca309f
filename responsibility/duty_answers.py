"""What units say when they are asked whether something is their duty (非本单位职责), kept with the reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_

from gis.columns import to_json
from gis.editions import Change, Edition, commit_worked_out
from gis.errors import UsageError
from gis.models import DATASETS
from gis.read import read_frame
from gis.registry import Registry
from gis.text import t
from responsibility.duty_subject import (
    Subject,
    component_called,
    day_given,
    facts_of,
    frame_of,
    next_code,
    subject_columns,
    text_given,
    unit_called,
)
from responsibility.model import Named
from responsibility.settled_records import ASKED, CLAIMS, DECLINES

DATASET = "duty-answers"
ANSWERS = (CLAIMS, DECLINES)
Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """An answer of a unit.

    Attributes
    ----------
    subject : Subject
        What it was asked about.
    unit : str
        Code or name of the unit.
    answer : str
        ``claims`` (it is ours) or ``declines`` (it is not).
    reason : str
        Why.
    day : str or datetime.date
        When it said so.
    documents : sequence of str
        Links or file names.
    """

    subject: Subject
    unit: str
    answer: str
    reason: str
    day: str | date
    documents: Sequence[str] = ()


def record_answer(registry: Registry, said: Said) -> tuple[Facts, Edition]:
    """Record what a unit said; about one component its newest answer counts, earlier ones are history.

    Raises
    ------
    UsageError
        Something of the answer cannot be.
    NotFound
        The registry does not have the component.
    """
    if said.answer not in ANSWERS:
        raise UsageError(
            t("{word} is not understood", word=said.answer),
            field="answer",
            value=said.answer,
            expected=", ".join(ANSWERS),
        )
    reason = text_given(said.reason, "reason")
    day = day_given(said.day)
    told = {
        "answer": said.answer,
        "answer_date": day,
        "reason": reason,
        "documents": to_json(list(said.documents)),
    }
    rows, edition = _write(registry, said.subject, [unit_called(registry, said.unit)], told, said.answer, day)
    return rows[0], edition


def ask_units(
    registry: Registry, component: str, units: Sequence[str], day: str | date
) -> tuple[list[Facts], Edition]:
    """Note that units were asked whether a component is theirs.

    Raises
    ------
    UsageError
        A unit is not known, or none is given.
    NotFound
        The registry does not have the component.
    """
    if not units:
        raise UsageError(t("{field} is missing", field="unit"), field="unit", expected=t("a text"))
    named = list(dict.fromkeys(unit_called(registry, text) for text in units))
    asked = day_given(day)
    told = {"asked_date": asked}
    return _write(registry, Subject(component_id=component), named, told, "ask", asked)


def list_answers(registry: Registry, *, component: str | None = None) -> list[Facts]:
    """Return what units were asked and said, by code; all, or of one component."""
    column = DATASETS[DATASET].live.c.component_id
    where = None if component is None else column == component_called(registry, component)
    return _read(registry, where)


def _write(
    registry: Registry,
    subject: Subject,
    units: Sequence[Named],
    told: dict[str, Any],
    operation: str,
    day: str,
) -> tuple[list[Facts], Edition]:
    columns = subject_columns(registry, subject)
    codes: list[str] = []

    def work_out(connection: Connection) -> list[Change]:
        component = columns["component_id"]
        codes[:] = (
            [f"{component}:{unit.code}" for unit in units]
            if component is not None
            else [next_code(connection, DATASET, f"D{day}-")]
        )
        before = {one["code"]: one for one in _read(registry, _of(codes))}
        rows = [
            {
                **columns,
                **_kept(before.get(code, {}), operation),
                **told,
                "code": code,
                "unit_code": unit.code,
                "unit_name": unit.name,
            }
            for code, unit in zip(codes, units, strict=True)
        ]
        return [Change(DATASET, frame_of(DATASET, rows))]

    edition = commit_worked_out(registry, work_out, operation=operation)
    return _read(registry, _of(codes)), edition


def _kept(known: Facts, operation: str) -> Facts:
    """Return what stays: asked again, a unit's answer; with an answer, when it was asked."""
    if operation != "ask":
        return {"asked_date": known.get("asked_date")}
    answered = {name: known.get(name) for name in ("answer_date", "reason")}
    documents = to_json(known["documents"]) if known.get("documents") else None
    return {"answer": known.get("answer", ASKED), "documents": documents, **answered}


def _of(codes: Sequence[str]) -> ColumnElement[bool]:
    return and_(DATASETS[DATASET].live.c.code.in_(codes))


def _read(registry: Registry, where: ColumnElement[bool] | None) -> list[Facts]:
    columns = [*DATASETS[DATASET].columns, "edition", "geometry"]
    return facts_of(read_frame(registry, DATASET, where=where, columns=columns))
