"""Settle whose a component is (确权): whom to ask, and write the result back to the facility list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from gis.columns import from_json, to_json
from gis.editions import Change, Edition, commit_worked_out
from gis.errors import UsageError
from gis.models import DATASETS
from gis.read import read_frame
from gis.registry import Registry
from gis.text import t
from responsibility.duty_answers import list_answers
from responsibility.duty_subject import (
    component_called,
    day_given,
    facts_of,
    frame_of,
    text_given,
    unit_called,
)
from responsibility.model import Kind, Named, Question, Source
from responsibility.records import rows_of
from responsibility.resolver import Resolver
from responsibility.settled_records import SETTLED

DATASET = "facilities"
ROLES = ("owner", "maintainer", "authority")
Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Settlement:
    """What was found out about one component.

    Attributes
    ----------
    component : str
        Its identifier, or one that leads to it.
    evidence : str
        What it rests on.
    settled_on : str or datetime.date
        The day.
    owner, maintainer, authority : str or None
        Codes or names of units, owner or maintainer at least; what is left open stays as listed.
    documents : sequence of str
        Links or file names of further documents.
    site_record, minutes : str or None
        Link, file name or text of the record made on site (现场核实记录) and of the minutes (会议纪要).
    note : str or None
    """

    component: str
    evidence: str
    settled_on: str | date
    owner: str | None = None
    maintainer: str | None = None
    authority: str | None = None
    documents: Sequence[str] = ()
    site_record: str | None = None
    minutes: str | None = None
    note: str | None = None


def settle(registry: Registry, settlement: Settlement) -> tuple[Facts, Edition]:
    """Write who owns and maintains a component into the facility list, as an edition.

    Returns
    -------
    facts : dict
        The entry of the list.
    edition : Edition

    Raises
    ------
    UsageError
        Neither owner nor maintainer is given, a unit is not known, or the evidence is missing.
    NotFound
        The registry does not have the component.
    """
    component = component_called(registry, settlement.component)
    parties = _parties(registry, settlement)
    evidence = text_given(settlement.evidence, "evidence")
    day = day_given(settlement.settled_on)

    def work_out(_connection: Connection) -> list[Change]:
        before = _entry(registry, component)
        row = {
            **before,
            **parties,
            "code": component,
            "component_id": component,
            "ownership": SETTLED,
            "evidence": evidence,
            "evidence_date": day,
            "documents": to_json(_documents(settlement, from_json(before.get("documents")) or [])),
            "note": settlement.note or before.get("note"),
            "geometry": None,
        }
        return [Change(DATASET, frame_of(DATASET, [row]))]

    edition = commit_worked_out(registry, work_out, operation="settle", source=evidence)
    where = DATASETS[DATASET].live.c.code == component
    columns = [*DATASETS[DATASET].columns, "edition", "geometry"]
    return facts_of(read_frame(registry, DATASET, where=where, columns=columns))[0], edition


def candidates(resolver: Resolver, component: str) -> list[Facts]:
    """List the units that may be asked whose a component is: everybody that any evidence names.

    Returns
    -------
    list of dict
        ``code``, ``name``, ``why`` and ``answer`` (None, or what the unit was asked or said), in the order
        of the evidence.
    """
    registry = resolver.registry
    identifier = component_called(registry, component)
    question = Question(component_id=identifier, kind=Kind.COMPONENT, source=Source.COMPONENT)
    told = resolver.resolve(question)
    said = {one["unit_code"]: one for one in list_answers(registry, component=identifier)}
    whys: dict[str, str] = {}
    for reason in told.reasons:
        if reason.candidate is not None and reason.candidate not in said:
            whys.setdefault(reason.candidate, str(reason.why))
    if told.parties.authority is not None and told.parties.authority.code is not None:
        whys.setdefault(
            told.parties.authority.code,
            str(t("{unit} is the authority in charge", unit=told.parties.authority.name)),
        )
    asked = {code: str(one["reason"] or t("was asked already")) for code, one in said.items()}
    return [
        {**_unit(registry, code), "why": why, "answer": said[code]["answer"] if code in said else None}
        for code, why in {**asked, **whys}.items()
    ]


def _unit(registry: Registry, code: str) -> Facts:
    columns = DATASETS["organisations"].live.c
    found = read_frame(registry, "organisations", where=columns.code == code, columns=["name"])
    return {"code": code, "name": found["name"].iloc[0] if len(found) else None}


def _parties(registry: Registry, settlement: Settlement) -> Facts:
    named: dict[str, Named] = {
        role: unit_called(registry, text, role)
        for role in ROLES
        if (text := getattr(settlement, role)) is not None
    }
    if not named.keys() & {"owner", "maintainer"}:
        raise UsageError(
            t("Neither owner nor maintainer is given"),
            field="owner",
            expected=t("the code or the name of one organisation of the registry"),
        )
    return {
        f"{role}_{part}": getattr(unit, part) for role, unit in named.items() for part in ("code", "name")
    }


def _entry(registry: Registry, component: str) -> Facts:
    """Return the component's present entry in the list, empty where it has none."""
    where = DATASETS[DATASET].live.c.code == component
    rows = rows_of(read_frame(registry, DATASET, where=where, columns=DATASETS[DATASET].columns))
    return rows[0] if rows else {}


def _documents(settlement: Settlement, before: Sequence[str]) -> list[str]:
    labelled = {"现场核实记录": settlement.site_record, "会议纪要": settlement.minutes}
    given = [*settlement.documents, *(f"{label}：{text}" for label, text in labelled.items() if text)]
    return list(dict.fromkeys([*before, *given]))
