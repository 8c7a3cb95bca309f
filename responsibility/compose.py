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
from responsibility.decide import Verdict, decide
from responsibility.evidence_order import order_for
from responsibility.locate import Codes, Place
from responsibility.model import (
    Basis,
    ComponentRef,
    Deadline,
    Divisions,
    DueStep,
    GridRef,
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

    ``perhaps`` is the unit grid of a point outside everything if its coordinates should be GCJ-02; ``notes``
    is what else is to be said of the position.
    """

    asked: Asked
    lon: float
    lat: float
    place: Place
    boundaries: BoundariesNear
    components: tuple[Near, ...]
    settled: SettledNear = NOTHING_NEAR
    perhaps: str | None = None
    notes: tuple[Reason, ...] = ()


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
        self._hashed = hashlib.sha256(_identified_basis(basis))
        self._named: dict[Named | None, Named | None] = {}

    def resolution(self, found: Found) -> Resolution:
        """Decide one question and give the whole answer."""
        described = Described(self, found.place)
        return self.composed(found, self.decided(found), described, found.place.unit_grid)

    def decided(self, found: Found) -> Decided:
        """Decide one question; the same holds wherever the same was found."""
        case = self._case(found)
        units = self._units_on(found.asked)
        verdict = decide(case, units)
        acting_differs = any(
            not same_unit(decide(other, units).parties.acting, verdict.parties.acting)
            for other in _elsewhere(case, found)
        )
        return Decided(
            verdict=verdict,
            acting_differs=acting_differs,
            component=found.components[0].component if found.components else None,
            rules=tuple(_facts(rule) for rule in case.rules),
            applying=case.applying_rule,
            position=case.rules.index(case.applying_rule) if case.applying_rule else -1,
            notes=_rule_notes(case),
        )

    def composed(
        self, found: Found, decided: Decided, described: Described, unit_grid: GridRef | None
    ) -> Resolution:
        """Give the whole answer to a question that is decided.

        Parameters
        ----------
        found : Found
            What was found for the question.
        decided : Decided
            What was decided, of this question or of one where the same was found but for a component
            whose record decides the same.
        described : Described
            The place in the words of an answer.
        unit_grid : GridRef or None
            The unit grid taken, with the distance to its edge.
        """
        asked, place, verdict = found.asked, found.place, decided.verdict
        components = tuple([self._component(near) for near in found.components])
        rules, deadline, unknown_due = self._rules(decided, asked)
        reasons = verdict.reasons
        if components and decided.component is not found.components[0].component:
            reasons = _about(reasons, decided.component, found.components[0].component)
        return Resolution(
            self._answer_id(asked),
            asked.question,
            Location(found.lon, found.lat, asked.question.source, asked.accuracy_m, place.status),
            unit_grid,
            described.divisions,
            place.lines,
            described.areas,
            (*place.differs, "acting") if decided.acting_differs else place.differs,
            components[0] if components else None,
            components,
            verdict.ownership,
            verdict.parties,
            verdict.decision,
            verdict.alternatives,
            reasons + decided.notes + unknown_due + _perhaps(found) + found.notes,
            rules,
            deadline,
            asked.as_of,
            self._basis,
        )

    def _answer_id(self, asked: Asked) -> str:
        state = self._hashed.copy()
        state.update(_identified_question(asked))
        return state.hexdigest()[:32]

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

    def divisions(self, codes: Codes) -> Divisions:
        """Return divisions with their names."""
        known = self._snapshot.divisions
        return Divisions(*(Named(code, division_named(known, code)) if code else None for code in codes))

    def _component(self, near: Near) -> ComponentRef:
        component = near.component
        return ComponentRef(
            component.id,
            component.class_code,
            component.name,
            component.standard,
            near.metres,
            component.state,
            self._unit(component.authority),
            self._unit(component.owner),
            self._unit(component.maintainer),
        )

    def _unit(self, recorded: Named | None) -> Named | None:
        if recorded not in self._named:
            self._named[recorded] = self._units.named(recorded)
        return self._named[recorded]

    def _rules(
        self, decided: Decided, asked: Asked
    ) -> tuple[tuple[RuleFacts, ...], Deadline | None, tuple[Reason, ...]]:
        """Tell the rules, with the moments at which the steps of the one that applies are due."""
        applying = decided.applying
        if applying is None:
            return decided.rules, None, ()
        steps = tuple(
            [DueStep(step.step, step.limit, due(asked.at, step, self._settings)) for step in applying.steps]
        )
        dues = [step.due for step in steps]
        last = None if None in dues else max((moment for moment in dues if moment), default=None)
        notes = (_no_calendar(applying),) if None in dues else ()
        before, after = decided.rules[: decided.position], decided.rules[decided.position + 1 :]
        return (*before, _facts(applying, steps), *after), Deadline(applying.limit, last), notes


@dataclass(frozen=True, slots=True)
class Decided:
    """What is decided, apart from where and when it is asked.

    Attributes
    ----------
    verdict : Verdict
        Who acts, and why.
    acting_differs : bool
        Whether another unit would act within the accuracy.
    component : Component or None
        The component that the reasons are about.
    rules : tuple of RuleFacts
        The rules of the class.
    applying : Rule or None
        The one that applies, and its ``position``.
    notes : tuple of Reason
        What is to be said of the rules.
    """

    verdict: Verdict
    acting_differs: bool
    component: Component | None
    rules: tuple[RuleFacts, ...]
    applying: Rule | None
    position: int
    notes: tuple[Reason, ...]


class Described:
    """A place in the words of an answer: its divisions with their names, and its areas."""

    __slots__ = ("areas", "divisions")

    def __init__(self, composer: Composer, place: Place) -> None:
        self.divisions = composer.divisions(place.divisions)
        self.areas = _area_refs(place.areas)


def answer_id(asked: Asked, basis: Basis) -> str:
    """Derive the identifier of an answer from its question and what it rests on."""
    return hashlib.sha256(identified(asked, basis)).hexdigest()[:32]


def identified(asked: Asked, basis: Basis) -> bytes:
    """Write down what the identifier of an answer is derived from: both as JSON, in the order of names."""
    return _identified_basis(basis) + _identified_question(asked)


def _identified_basis(basis: Basis) -> bytes:
    return b'{"basis":' + orjson.dumps(basis.to_dict(), option=orjson.OPT_SORT_KEYS) + b',"question":'


def _identified_question(asked: Asked) -> bytes:
    return orjson.dumps(asked.question.to_dict(), option=orjson.OPT_SORT_KEYS) + b"}"


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


def _facts(rule: Rule, steps: tuple[DueStep, ...] | None = None) -> RuleFacts:
    """Describe a rule; without the steps of a question none of its limits is due."""
    if steps is None:
        steps = tuple(DueStep(step.step, step.limit, None) for step in rule.steps)
    return RuleFacts(rule.number, rule.condition, rule.limit, steps, rule.closing, rule.legal_basis)


def _about(
    reasons: tuple[Reason, ...], decided: Component | None, component: Component
) -> tuple[Reason, ...]:
    """Say reasons of another component whose record decides the same."""
    if decided is None:
        return reasons
    return tuple(
        [
            replace(one, ref=component.id, edition=component.edition) if one.ref is decided.id else one
            for one in reasons
        ]
    )


def _rule_notes(case: Case) -> tuple[Reason, ...]:
    unknown = case.applying_rule is None and case.rule is not None and case.choice is not None
    return (_unknown_rule(case),) if unknown else ()


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
