"""Evidence that a city has settled: handover of a facility, precedents, the facility list.

In the order of evidence a facility's handover state stands beside that of its area (3), precedents are 4, the
facility list is 5; see :mod:`responsibility.evidence`.
"""

from __future__ import annotations

from collections.abc import Iterator

from gis.text import Text, t
from responsibility.model import Kind, Named, Reason
from responsibility.records import REMOVED, concerns
from responsibility.settled_records import (
    CLAIMS,
    DECLINES,
    DISPUTED,
    UNKNOWN,
    DutyAnswer,
    Facility,
    Precedent,
)
from responsibility.situation import Candidate, Case, Units, same_unit

HANDOVER, PRECEDENT, FACILITY, RECORD = 3, 4, 5, 6


def facility_handover(case: Case, units: Units) -> Iterator[Candidate]:
    """Yield the builder of a listed facility that has not been handed over or is in warranty."""
    for entry in case.facilities:
        if entry.builder is None or not entry.is_builders_on(case.settled.day):
            continue
        why = t(
            "The facility list has {name} as not handed over ({state}): {unit} answers for it",
            name=_name(entry),
            state=entry.handover,
            unit=_unit(entry.builder),
        )
        yield units.candidate(
            HANDOVER, "facility.handover", entry.builder, entry.code, entry.edition, _evidenced(why, entry)
        )


def precedent(case: Case, units: Units) -> Iterator[Candidate]:
    """Yield the unit of a settled like case; where newer evidence names another unit, that one instead."""
    for settled in precedents_of(case):
        newer = _newer(settled, case, units)
        why = t(
            "A like case was settled on {date}: {unit} takes it ({evidence})",
            date=_date(settled.settled_on),
            unit=_unit(settled.unit),
            evidence=settled.evidence or settled.code,
        )
        if newer is None:
            yield units.candidate(
                PRECEDENT, "precedent.settled", settled.unit, settled.code, settled.edition, why
            )
            continue
        against = t(
            "{why}; newer evidence of {date} names {unit}, which is taken instead",
            why=why,
            date=_date(newer[0]),
            unit=_unit(newer[1].recorded),
        )
        yield Candidate(
            PRECEDENT, "precedent.outdated", settled.unit, None, settled.code, settled.edition, against
        )
        yield newer[1]


def facility(case: Case, units: Units) -> Iterator[Candidate]:
    """Yield the maintainer, then the owner, of each entry of the facility list that fits."""
    if case.kind is not Kind.COMPONENT or (case.component is not None and case.component.state == REMOVED):
        return
    for entry in case.facilities:
        yield from _of_entry(entry, units)


def precedents_of(case: Case) -> Iterator[Precedent]:
    """Yield the precedents that are about the classes meant, the first to be followed first."""
    return (one for one in case.settled.precedents if _fits(one, case))


def answers_told(case: Case) -> Iterator[Reason]:
    """Yield what units said about it when they were asked; it decides nothing by itself."""
    for said in case.settled.answers:
        if not _fits(said, case) or said.answer not in (DECLINES, CLAIMS):
            continue
        words = {"unit": _unit(said.unit), "date": _date(said.answered_on), "reason": said.reason or "-"}
        why = (
            t("{unit} said on {date} that it is not its duty: {reason}", **words)
            if said.answer == DECLINES
            else t("{unit} said on {date} that it is its duty: {reason}", **words)
        )
        yield Reason(f"duty.{said.answer}", said.unit.code, False, said.code, said.edition, why)


def is_declined(case: Case, units: Units) -> bool:
    """Tell whether a unit on record said that it is not its duty, and nothing has been settled since."""
    named = [units.named(one) for one in (case.maintainer, case.owner) if one is not None]
    return any(
        said.answer == DECLINES
        and _fits(said, case)
        and any(same_unit(units.named(said.unit), one) for one in named)
        for said in case.settled.answers
    )


def _of_entry(entry: Facility, units: Units) -> Iterator[Candidate]:
    for role, listed in (("maintainer", entry.maintainer), ("owner", entry.owner)):
        if listed is None:
            continue
        why = (
            t(
                "The facility list names {unit} as the maintainer of {name}",
                unit=_unit(listed),
                name=_name(entry),
            )
            if role == "maintainer"
            else t(
                "The facility list names {unit} as the owner of {name}", unit=_unit(listed), name=_name(entry)
            )
        )
        yield units.candidate(
            FACILITY, f"facility.{role}", listed, entry.code, entry.edition, _evidenced(why, entry)
        )


def _newer(settled: Precedent, case: Case, units: Units) -> tuple[str, Candidate] | None:
    """Return evidence that is newer than a precedent and names another unit, with its day."""
    if case.kind is not Kind.COMPONENT:
        return None
    for entry in case.facilities:
        if entry.ownership in (UNKNOWN, DISPUTED) or not entry.dated or entry.dated <= settled.settled_on:
            continue
        found = _contradiction(list(_of_entry(entry, units)), settled, units)
        if found is not None:
            return entry.dated, found
    component = case.component
    if component is None or component.changed is None or component.changed <= settled.settled_on:
        return None
    named = [one for one in record(case, units) if not _outweighed(one, settled)]
    found = _contradiction(named, settled, units)
    return None if found is None else (component.changed, found)


def record(case: Case, units: Units) -> Iterator[Candidate]:
    """Yield the maintainer, then the owner of the component's record."""
    component = case.component
    if component is None or case.kind is not Kind.COMPONENT or component.state == REMOVED:
        return
    for role, recorded in (("maintainer", component.maintainer), ("owner", component.owner)):
        if recorded is None:
            continue
        why = (
            t("The component's record names {unit} as its maintainer", unit=_unit(recorded))
            if role == "maintainer"
            else t("The component's record names {unit} as its owner", unit=_unit(recorded))
        )
        yield units.candidate(RECORD, f"component.{role}", recorded, component.id, component.edition, why)


def _contradiction(named: list[Candidate], settled: Precedent, units: Units) -> Candidate | None:
    """Return the first unit able to act that evidence names, unless it names that of the precedent too."""
    unit = units.named(settled.unit)
    if any(same_unit(one.recorded, unit) for one in named):
        return None
    return next((one for one in named if one.unit is not None), None)


def _outweighed(found: Candidate, settled: Precedent) -> bool:
    """Tell whether a precedent was settled against this unit: that it is still on record is no news."""
    unit = found.recorded
    return unit is not None and (unit.code in settled.against or unit.name in settled.against)


def _fits(one: Precedent | DutyAnswer, case: Case) -> bool:
    choice = case.choice
    return (
        choice is not None
        and one.kind == str(case.kind)
        and one.standard in (None, choice.standard)
        and concerns(one.classes, choice)
    )


def _evidenced(why: Text, entry: Facility) -> Text:
    return t("{why} ({evidence})", why=why, evidence=entry.evidence) if entry.evidence else why


def _name(entry: Facility) -> str:
    return entry.name or entry.component_id or entry.code


def _unit(unit: Named | None) -> str | None:
    return (unit.name or unit.code) if unit else None


def _date(day: str | None) -> str:
    return f"{day[:4]}-{day[4:6]}-{day[6:8]}" if day else "-"
