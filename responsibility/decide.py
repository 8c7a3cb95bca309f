"""Weigh the evidence of a case and say who acts, with every reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gis.text import Text, t
from responsibility import evidence, settled_evidence
from responsibility.model import Alternative, Decision, Kind, Named, Ownership, Parties, Reason, Status
from responsibility.records import REMOVED, Component
from responsibility.settled_records import DISPUTED, SETTLED, UNKNOWN
from responsibility.situation import Candidate, Case, Units, same_unit

_KINDS = {
    "boundary": (evidence.boundary,),
    "handover": (settled_evidence.facility_handover, evidence.handover),
    "precedent": (settled_evidence.precedent,),
    "facility": (settled_evidence.facility,),
    "record": (settled_evidence.record,),
    "contract": (evidence.contract,),
    "table": (evidence.table,),
}
# Evidence for what has no owner on record, and for what belongs to a class of such things.
_WITHOUT_OWNER = ("boundary", "handover", "precedent", "contract")
_OWNERLESS = ("precedent",)
# Who is named here is heard when an ownership is settled, and decides nothing before.
_HEARD = (settled_evidence.facility, settled_evidence.record, evidence.table)
_OF_LIST = {
    SETTLED: Ownership.SETTLED,
    UNKNOWN: Ownership.UNKNOWN,
    DISPUTED: Ownership.DISPUTED,
}
_OF_MODE = {"joint": Decision.JOINT, "alternatives": Decision.DECIDED_WITH_ALTERNATIVES}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The part of a resolution that is decided rather than located."""

    decision: Decision
    ownership: Ownership | None
    parties: Parties
    alternatives: tuple[Alternative, ...]
    reasons: tuple[Reason, ...]


def decide(case: Case, units: Units) -> Verdict:
    """Decide who acts.

    Parameters
    ----------
    case : Case
        What is known.
    units : Units
        The organisations.

    Returns
    -------
    Verdict
        By the strongest evidence that names a unit able to act; every other unit that evidence
        names is a reason not taken.
    """
    ownership = ownership_of(case, units)
    notes = (*_notes(case), *settled_evidence.answers_told(case))
    if case.choice is None:
        missing = t("No class is given: who acts depends on what it is")
        return _undecided(case, units, ownership, (*notes, _told("class.missing", missing)))
    not_ours = list(evidence.scope(case, units))
    if not_ours:
        return _not_ours(case, units, ownership, not_ours[0], notes)
    if case.place.status is Status.OUTSIDE:
        return _undecided(case, units, ownership, notes)
    if ownership is Ownership.UNKNOWN or _listed(case) == DISPUTED:
        return _without_owner(case, units, ownership, notes)
    return _by_evidence(case, units, ownership, notes)


def ownership_of(case: Case, units: Units) -> Ownership | None:
    """Say what is known of whose it is; None for matters and where no class is given.

    What the facility list says comes first. A precedent that is followed settles it, see :func:`decide`.
    """
    if case.kind is not Kind.COMPONENT or case.choice is None:
        return None
    listed = _listed(case)
    if listed is not None:
        return _OF_LIST[listed]
    if case.component is None and _nobody(case):
        return Ownership.NOT_SURVEYED
    on_list = any(entry.owner or entry.maintainer for entry in case.facilities)
    if _nobody(case) or (case.ownerless and not on_list):
        return Ownership.UNKNOWN
    return Ownership.DISPUTED if settled_evidence.is_declined(case, units) else Ownership.RECORDED


def _listed(case: Case) -> str | None:
    """Return what the facility list says of the ownership."""
    return next((entry.ownership for entry in case.facilities if entry.ownership), None)


def _nobody(case: Case) -> bool:
    return case.owner is None and case.maintainer is None


def _notes(case: Case) -> Iterable[Reason]:
    """Name what is missing before any evidence is weighed."""
    if case.place.status is Status.OUTSIDE:
        yield _told("location.outside", t("The place lies outside everything the registry covers"))
    if case.choice is not None and not case.choice.listed:
        why = t(
            "The catalogue {standard}, which is not complete, does not list the class {text}",
            standard=case.choice.standard,
            text=case.choice.text,
        )
        yield _told("class.unknown", why)
    component = case.component
    if component is not None and component.state == REMOVED:
        why = t("The component {id} is recorded as removed", id=component.id)
        yield Reason("component.removed", None, False, component.id, component.edition, why)
    if case.kind is Kind.COMPONENT and case.choice is not None and component is None:
        yield _told("component.not_found", t("No component of the class is recorded within reach"))
        if case.choice.code is None:
            why = t("“{text}” is more than one class: the case table cannot be asked", text=case.choice.text)
            yield _told("class.ambiguous", why)


def _not_ours(
    case: Case, units: Units, ownership: Ownership | None, found: Candidate, notes: tuple[Reason, ...]
) -> Verdict:
    whose = found.unit or found.recorded
    alternatives = (Alternative(whose, found.why),) if whose else ()
    reasons = (*notes, _reason(found, taken=True))
    return Verdict(Decision.NOT_OURS, ownership, _parties(case, units), alternatives, reasons)


def _undecided(case: Case, units: Units, ownership: Ownership | None, reasons: tuple[Reason, ...]) -> Verdict:
    return Verdict(Decision.UNDECIDED, ownership, _parties(case, units), (), reasons)


def _weighed(case: Case, units: Units, order: Iterable[str]) -> list[Candidate]:
    return [found for name in order for kind in _KINDS[name] for found in kind(case, units)]


def _without_owner(
    case: Case, units: Units, ownership: Ownership | None, notes: tuple[Reason, ...]
) -> Verdict:
    """Let a place or precedent decide where it can; else an interim unit acts until it is settled."""
    usable = _OWNERLESS if case.ownerless else _WITHOUT_OWNER
    candidates = _weighed(case, units, [name for name in case.order if name in usable])
    heard = (evidence.table,) if case.ownerless else _HEARD
    named = [found for kind in heard for found in kind(case, units) if found.unit]
    taken = _first_able(candidates)
    if taken is not None:
        return _taken(case, units, ownership, taken, candidates + named, notes)
    interim = next(evidence.territorial(case, units, "interim"), None)
    told = _interim_reason(case, interim, disputed=ownership is Ownership.DISPUTED)
    waiting = [
        _reason(found, why=t("{why}; the ownership has to be settled first", why=found.why))
        for found in [*candidates, *named]
    ]
    parties = _parties(case, units, interim=interim.unit if interim else None)
    alternatives = _alternatives(named, None)
    reasons = (*notes, told, *waiting)
    return Verdict(Decision.PENDING_OWNERSHIP, ownership, parties, alternatives, reasons)


def _interim_reason(case: Case, interim: Candidate | None, *, disputed: bool) -> Reason:
    unit = interim.unit if interim else None
    ref = case.component or next(iter(case.facilities), None)
    return Reason(
        code="ownership.disputed" if disputed else "ownership.unknown",
        candidate=unit.code if unit else None,
        taken=True,
        ref=None if ref is None else ref.id if isinstance(ref, Component) else ref.code,
        edition=ref.edition if ref else None,
        why=_interim_words(unit, disputed=disputed),
    )


def _interim_words(unit: Named | None, *, disputed: bool) -> Text:
    if disputed and unit:
        return t("Whose the component is, is disputed; {unit} acts until it is settled", unit=unit.name)
    if disputed:
        return t("Whose the component is, is disputed")
    if unit:
        return t("Whose the component is, is not known; {unit} acts until it is settled", unit=unit.name)
    return t("Whose the component is, is not known")


def _by_evidence(case: Case, units: Units, ownership: Ownership | None, notes: tuple[Reason, ...]) -> Verdict:
    candidates = _weighed(case, units, case.order)
    taken = _first_able(candidates)
    if taken is not None:
        return _taken(case, units, ownership, taken, candidates, notes)
    last = list(evidence.fallback(case, units))
    taken = _first_able(last)
    reasons = (*notes, *_rule_notes(case), *(_reason(found) for found in candidates))
    if taken is None:
        nobody = _told("fallback.none", t("No unit is recorded that answers for the place"))
        reasons += (*(_reason(found) for found in last), nobody)
        return Verdict(Decision.UNDECIDED, ownership, _parties(case, units), (), reasons)
    # Of the fallback only what was tried before the unit taken is told.
    reasons += tuple(_reason(found, taken=found is taken) for found in last[: last.index(taken) + 1])
    parties = _parties(case, units, acting=taken.unit)
    return Verdict(Decision.FALLBACK, ownership, parties, (), reasons)


def _taken(
    case: Case,
    units: Units,
    ownership: Ownership | None,
    taken: Candidate,
    candidates: list[Candidate],
    notes: tuple[Reason, ...],
) -> Verdict:
    place = candidates.index(taken)
    if taken.order == settled_evidence.PRECEDENT and ownership is not None:
        ownership = Ownership.SETTLED
    others = _others(candidates[place + 1 :], taken)
    able = [found for found in others if found.unit is not None]
    decision = _decision(case, taken, able)
    beside = able if decision is Decision.JOINT else []
    reasons = (
        *notes,
        *(_reason(found) for found in candidates[:place]),
        _reason(taken, taken=True),
        *(_assisting(found, taken) if found in beside else _beaten(found, taken) for found in others),
    )
    assisting = tuple(alternative.unit for alternative in _alternatives(beside, taken.unit))
    parties = _parties(case, units, acting=taken.unit, assisting=assisting)
    alternatives = () if beside else _alternatives(others, taken.unit)
    return Verdict(decision, ownership, parties, alternatives, reasons)


def _decision(case: Case, taken: Candidate, able: list[Candidate]) -> Decision:
    rule = case.duty_rule
    mode = rule.mode if rule is not None and taken.order == evidence.TABLE and able else "ordered"
    return _OF_MODE.get(mode, Decision.DECIDED)


def _others(later: list[Candidate], taken: Candidate) -> list[Candidate]:
    """Keep who is named after the unit taken and is another unit, each unit once per reason code."""
    others: list[Candidate] = []
    for found in later:
        known = found.unit or found.recorded
        if known is None or same_unit(known, taken.unit):
            continue
        if not any(
            other.code == found.code and same_unit(other.recorded, found.recorded) for other in others
        ):
            others.append(found)
    return others


def _assisting(found: Candidate, taken: Candidate) -> Reason:
    why = t("{why}; it assists {unit}", why=found.why, unit=_name(taken))
    return _reason(found, taken=True, why=why)


def _beaten(found: Candidate, taken: Candidate) -> Reason:
    why = t("{why}; stronger evidence names {unit}", why=found.why, unit=_name(taken))
    return _reason(found, why=why if found.unit else None)


def _name(found: Candidate) -> str | None:
    return (found.unit.name or found.unit.code) if found.unit else None


def _rule_notes(case: Case) -> Iterable[Reason]:
    if not case.rules and case.choice is not None and case.choice.code is not None:
        yield _told("rule.none", t("The case table has no rule for the class {code}", code=case.choice.code))


def _first_able(candidates: list[Candidate]) -> Candidate | None:
    return next((found for found in candidates if found.unit is not None), None)


def _alternatives(candidates: list[Candidate], acting: Named | None) -> tuple[Alternative, ...]:
    """List the able units that evidence 5 to 8 names besides the acting one, each once."""
    found: list[Alternative] = []
    for candidate in candidates:
        unit = candidate.unit
        if unit is None or candidate.order < settled_evidence.FACILITY or same_unit(unit, acting):
            continue
        if not any(same_unit(unit, other.unit) for other in found):
            found.append(Alternative(unit, candidate.why))
    return tuple(found)


def _reason(found: Candidate, *, taken: bool = False, why: Text | None = None) -> Reason:
    unit = found.unit or found.recorded
    return Reason(
        code=found.code,
        candidate=unit.code if unit else None,
        taken=taken,
        ref=found.ref,
        edition=found.edition,
        why=why or found.why,
    )


def _told(code: str, why: Text) -> Reason:
    return Reason(code, None, False, None, None, why)


def _parties(
    case: Case,
    units: Units,
    *,
    acting: Named | None = None,
    assisting: tuple[Named, ...] = (),
    interim: Named | None = None,
) -> Parties:
    return Parties(
        acting=acting,
        assisting=assisting,
        supervising=evidence.supervising(case, units),
        authority=units.named(case.authority),
        owner=units.named(case.owner),
        maintainer=units.named(case.maintainer),
        interim=interim,
    )
