"""Put an answer together from what was located, found and decided."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace

import orjson

from components.catalogue import Catalogue
from gis.text import t
from responsibility.classes import ClassChoice
from responsibility.components_near import Near
from responsibility.deadlines import due
from responsibility.decide import decide
from responsibility.evidence_order import order_for
from responsibility.locate import Codes, Place
from responsibility.model import (
    Basis,
    ComponentRef,
    Deadline,
    Divisions,
    DueStep,
    Kind,
    LineRef,
    Location,
    Named,
    Reason,
    Resolution,
    RuleFacts,
)
from responsibility.preparing import Asked
from responsibility.records import Area, Boundary, Component, Rule
from responsibility.settings import ResolveSettings
from responsibility.settled_book import NOTHING_NEAR, SettledNear
from responsibility.situation import Case, Surroundings, Units, same_unit
from responsibility.snapshot import Snapshot, division_named

BoundariesNear = tuple[tuple[Boundary, float], ...]


@dataclass(frozen=True, slots=True)
class Found:
    """Everything found for one question.

    ``perhaps`` is the unit grid of a point outside everything if its coordinates should be GCJ-02.
    """

    asked: Asked
    lon: float
    lat: float
    place: Place
    boundaries: BoundariesNear
    components: tuple[Near, ...]
    settled: SettledNear = NOTHING_NEAR
    perhaps: str | None = None


class Composer:
    """Turn what was found into answers.

    Parameters
    ----------
    snapshot : Snapshot
        The registry's data.
    settings : ResolveSettings
        Calendar and working hours.
    basis : Basis
        What the answers rest on.
    """

    def __init__(self, snapshot: Snapshot, settings: ResolveSettings, basis: Basis) -> None:
        self._snapshot = snapshot
        self._settings = settings
        self._basis = basis
        self._units = Units(snapshot.organisations)

    def resolution(self, found: Found) -> Resolution:
        """Decide one question and give the whole answer."""
        asked, place = found.asked, found.place
        case = self._case(found)
        units = self._units_on(asked)
        verdict = decide(case, units)
        taken = found.components[0] if found.components else None
        rules, deadline, notes = self._rules(case, asked)
        acting_differs = any(
            not same_unit(decide(other, units).parties.acting, verdict.parties.acting)
            for other in _elsewhere(case, found)
        )
        return Resolution(
            answer_id=answer_id(asked, self._basis),
            question=asked.question,
            location=Location(found.lon, found.lat, asked.question.source, asked.accuracy_m, place.status),
            unit_grid=place.unit_grid,
            divisions=self._divisions(place.divisions),
            responsibility_grids=place.lines,
            areas=_area_refs(place.areas),
            differs_within_accuracy=(*place.differs, *(("acting",) if acting_differs else ())),
            component=self._component(taken) if taken else None,
            components=tuple(self._component(near) for near in found.components),
            ownership=verdict.ownership,
            parties=verdict.parties,
            decision=verdict.decision,
            alternatives=verdict.alternatives,
            reasons=verdict.reasons + notes + _perhaps(found),
            rules=rules,
            deadline=deadline,
            as_of=asked.as_of,
            basis=self._basis,
        )

    def _units_on(self, asked: Asked) -> Units:
        """Return the units there are on the day asked about."""
        organisations = self._snapshot.organisations.on(f"{asked.as_of:%Y%m%d}")
        return self._units if organisations is self._snapshot.organisations else Units(organisations)

    def _case(self, found: Found) -> Case:
        question = found.asked.question
        component = found.components[0].component if found.components else None
        choice = found.asked.choice
        if component is not None and question.kind is Kind.COMPONENT:
            choice = _class_of(component, choice, self._snapshot.catalogue)
        code = choice.code if choice else None
        info = self._snapshot.catalogue.info(choice.standard, code, choice.kind) if choice and code else None
        rules: tuple[Rule, ...] = ()
        if choice is not None and code is not None:
            rules = self._snapshot.rules.rules(choice.standard, choice.kind, code)
        return Case(
            kind=question.kind,
            choice=choice,
            place=_surroundings(found),
            component=component,
            ownerless=bool(info and info.ownerless),
            rules=rules,
            rule=question.rule,
            settled=found.settled.here(),
            order=order_for(self._settings.evidence_order, choice, question.kind),
        )

    def _divisions(self, codes: Codes) -> Divisions:
        known = self._snapshot.divisions
        return Divisions(*(Named(code, division_named(known, code)) if code else None for code in codes))

    def _component(self, near: Near) -> ComponentRef:
        component = near.component
        return ComponentRef(
            id=component.id,
            class_code=component.class_code,
            name=component.name,
            standard=component.standard,
            distance_m=near.metres,
            state=component.state,
            authority=self._units.named(component.authority),
            owner=self._units.named(component.owner),
            maintainer=self._units.named(component.maintainer),
        )

    def _rules(
        self, case: Case, asked: Asked
    ) -> tuple[tuple[RuleFacts, ...], Deadline | None, tuple[Reason, ...]]:
        applying = case.applying_rule
        facts = tuple(self._facts(rule, asked if rule is applying else None) for rule in case.rules)
        if applying is None:
            unknown = case.rule is not None and case.choice is not None
            return facts, None, (_unknown_rule(case),) if unknown else ()
        dues = [step.due for step in facts[case.rules.index(applying)].steps]
        last = None if None in dues else max((moment for moment in dues if moment), default=None)
        notes = (_no_calendar(applying),) if None in dues else ()
        return facts, Deadline(applying.limit, last), notes

    def _facts(self, rule: Rule, asked: Asked | None) -> RuleFacts:
        """Describe a rule, with the moments its steps are due when it is the one that applies."""
        steps = (
            DueStep(step.step, step.limit, due(asked.at, step, self._settings) if asked else None)
            for step in rule.steps
        )
        return RuleFacts(
            rule.number, rule.condition, rule.limit, tuple(steps), rule.closing, rule.legal_basis
        )


def answer_id(asked: Asked, basis: Basis) -> str:
    """Derive the identifier of an answer from its question and what it rests on."""
    return hashlib.sha256(identified(asked, basis)).hexdigest()[:32]


def identified(asked: Asked, basis: Basis) -> bytes:
    """Write down what the identifier of an answer is derived from."""
    document = {"question": asked.question.to_dict(), "basis": basis.to_dict()}
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)


def _class_of(component: Component, asked: ClassChoice | None, catalogue: Catalogue) -> ClassChoice:
    """Narrow the classes asked about to that of the component taken."""
    if asked is not None and asked.code == component.class_code:
        return asked
    return ClassChoice(
        text=component.class_code,
        standard=component.standard,
        kind=Kind.COMPONENT,
        codes=frozenset({component.class_code}),
        listed=catalogue.info(component.standard, component.class_code) is not None,
    )


def _surroundings(found: Found) -> Surroundings:
    county, street, community = found.place.divisions
    return Surroundings(
        status=found.place.status,
        county=county,
        street=street,
        community=community,
        areas=found.place.areas,
        boundaries=tuple(agreed for agreed, metres in found.boundaries if metres <= agreed.width_m),
    )


def _elsewhere(case: Case, found: Found) -> Iterable[Case]:
    """Yield the case as it would be at the places within the accuracy that are not like this one."""
    here = case.place
    for county, street, community in found.place.near_divisions:
        yield replace(case, place=replace(here, county=county, street=street, community=community))
    for area in found.place.near_areas:
        others = [other for other in here.areas if other.ref.line != area.ref.line]
        yield replace(case, place=replace(here, areas=_by_size([*others, area])))
    for area in found.place.edge_areas:
        yield replace(case, place=replace(here, areas=tuple(a for a in here.areas if a is not area)))
    for agreed, metres in found.boundaries:
        inside = metres <= agreed.width_m
        if abs(metres - agreed.width_m) <= found.asked.accuracy_m:
            rest = tuple(other for other in here.boundaries if other is not agreed)
            yield replace(case, place=replace(here, boundaries=rest if inside else (agreed, *rest)))
    for settled in found.settled.elsewhere(found.asked.accuracy_m):
        yield replace(case, settled=settled)


def _by_size(areas: list[Area]) -> tuple[Area, ...]:
    return tuple(sorted(areas, key=lambda area: (area.size_m2, area.ref.line, area.ref.code)))


def _area_refs(areas: tuple[Area, ...]) -> tuple[LineRef, ...]:
    return tuple(sorted((area.ref for area in areas), key=lambda ref: (ref.line, ref.code)))


def _unknown_rule(case: Case) -> Reason:
    numbers = ", ".join(str(rule.number) for rule in case.rules) or "-"
    why = t("The class has no rule {rule}; it has {numbers}", rule=case.rule, numbers=numbers)
    return Reason("rule.unknown", None, False, str(case.rule), None, why)


def _perhaps(found: Found) -> tuple[Reason, ...]:
    if found.perhaps is None:
        return ()
    why = t(
        "Read as GCJ-02, as internet maps are, the place lies in the unit grid {grid}: which is meant?",
        grid=found.perhaps,
    )
    return (Reason("location.perhaps_gcj02", None, False, found.perhaps, None, why),)


def _no_calendar(rule: Rule) -> Reason:
    why = t("The working calendar does not reach far enough to say when {limit} is over", limit=rule.limit)
    return Reason("deadline.no_calendar", None, False, str(rule.number), rule.edition, why)
