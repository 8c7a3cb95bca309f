"""Precedents (先例): disputes that were settled, recorded as data, each recording an edition."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, false, or_, select

from gis.columns import to_json
from gis.editions import Change, Edition, commit_worked_out
from gis.errors import NotFound
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
from responsibility.records import named_of, rows_of

DATASET = "precedents"
Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ruling:
    """How a dispute was settled.

    Attributes
    ----------
    subject : Subject
        What it is about.
    unit : str
        Code or name of the unit that takes it.
    evidence : str
        What it was settled on: minutes, an agreement, a site record.
    settled_on : str or datetime.date
        The day.
    documents : sequence of str
        Links or file names.
    against : sequence of str
        Codes or names of units that were heard and are not to act. Whom the component's record and the
        facility list name today is added by itself.
    name, note : str or None
        A title, a remark.
    """

    subject: Subject
    unit: str
    evidence: str
    settled_on: str | date
    documents: Sequence[str] = ()
    against: Sequence[str] = ()
    name: str | None = None
    note: str | None = None


def add_precedent(registry: Registry, ruling: Ruling) -> tuple[Facts, Edition]:
    """Record a settled dispute; it decides the next like case.

    Returns
    -------
    facts : dict
        The precedent, with its code.
    edition : Edition

    Raises
    ------
    UsageError
        Something of the ruling cannot be.
    NotFound
        The registry does not have the component.
    """
    columns = subject_columns(registry, ruling.subject)
    unit = unit_called(registry, ruling.unit)
    evidence = text_given(ruling.evidence, "evidence")
    day = day_given(ruling.settled_on)
    against = [unit_called(registry, text, "against") for text in ruling.against]
    written: list[str] = []

    def work_out(connection: Connection) -> list[Change]:
        known = [*against, *_on_record(registry, columns["component_id"])]
        code = next_code(connection, DATASET, f"P{day}-")
        written[:] = [code]
        row = {
            **columns,
            "code": code,
            "name": ruling.name,
            "unit_code": unit.code,
            "unit_name": unit.name,
            "against": to_json(_outweighed(known, unit)),
            "evidence": evidence,
            "documents": to_json(list(ruling.documents)),
            "settled_date": day,
            "note": ruling.note,
        }
        return [Change(DATASET, frame_of(DATASET, [row]))]

    edition = commit_worked_out(registry, work_out, operation="settle", source=evidence)
    return get_precedent(registry, written[0]), edition


def withdraw_precedent(registry: Registry, code: str, why: str) -> Edition:
    """Take a precedent back: it stays in the history, with the reason as the source of the edition.

    Raises
    ------
    NotFound
        There is no such precedent.
    UsageError
        No reason is given.
    """
    get_precedent(registry, code)
    return commit_worked_out(
        registry,
        lambda _connection: [Change(DATASET, frame_of(DATASET, []), [(code,)])],
        operation="withdraw",
        source=text_given(why, "why"),
    )


def get_precedent(registry: Registry, code: str) -> Facts:
    """Return a live precedent.

    Raises
    ------
    NotFound
    """
    found = _read(registry, DATASETS[DATASET].live.c.code == code)
    if not found:
        raise NotFound(
            t("There is no precedent {code}", code=code),
            field="code",
            value=code,
            hint=t("See wangge precedents list"),
        )
    return found[0]


def list_precedents(
    registry: Registry,
    *,
    component: str | None = None,
    unit: str | None = None,
    counties: Collection[str] | None = None,
) -> list[Facts]:
    """Return the live precedents by code, all or those of a component or a unit.

    With ``counties`` (six digits each) only those of components of these districts: one of a place does
    not say in which district it holds.

    Raises
    ------
    UsageError, NotFound
        The component or the unit is not known.
    """
    columns = DATASETS[DATASET].live.c
    wanted: list[ColumnElement[bool]] = []
    if component is not None:
        wanted.append(columns.component_id == component_called(registry, component))
    if unit is not None:
        wanted.append(columns.unit_code == unit_called(registry, unit).code)
    if counties is not None:
        there = DATASETS["components"].live.c
        within = or_(false(), *(there.county == county for county in sorted(counties)))
        wanted.append(columns.component_id.in_(select(there.id).where(within)))
    return _read(registry, and_(*wanted) if wanted else None)


def _read(registry: Registry, where: ColumnElement[bool] | None) -> list[Facts]:
    columns = [*DATASETS[DATASET].columns, "edition", "geometry"]
    return facts_of(read_frame(registry, DATASET, where=where, columns=columns))


def _on_record(registry: Registry, component: str | None) -> list[Named]:
    """Return whom a component's record and its entry in the facility list name."""
    if component is None:
        return []
    wanted = {"components": "id", "facilities": "component_id"}
    rows: list[Mapping[str, Any]] = []
    for dataset, column in wanted.items():
        where = DATASETS[dataset].live.c[column] == component
        columns = [f"{role}_{part}" for role in ("maintainer", "owner") for part in ("code", "name")]
        rows += rows_of(read_frame(registry, dataset, where=where, columns=columns))
    named = [named_of(row, role) for row in rows for role in ("maintainer", "owner")]
    return [unit for unit in named if unit is not None]


def _outweighed(known: Sequence[Named], unit: Named) -> list[str]:
    texts = [text for one in known for text in (one.code, one.name) if text is not None]
    return sorted({text for text in texts if text not in (unit.code, unit.name)})
