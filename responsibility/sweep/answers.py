"""Ask who acts, for every class on every kind of ground; report where nobody does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from components.catalogue import Catalogue
from components.class_info import KINDS
from gis.findings import Finding, Severity
from gis.text import t
from responsibility import evidence
from responsibility.classes import ClassChoice
from responsibility.decide import decide
from responsibility.model import Decision, Kind
from responsibility.records import Rule, RuleBook, concerns
from responsibility.roles import Party
from responsibility.situation import Case, Units
from responsibility.sweep.ground import Ground, Progress

# Filled by the component's record, which a sample point does not have.
_OF_COMPONENTS = ("owner", "maintainer", "authority")


@dataclass(frozen=True, slots=True)
class Asked:
    """A class that is asked about."""

    standard: str
    kind: str
    code: str
    name: str | None
    ownerless: bool
    rules: tuple[Rule, ...]

    @property
    def choice(self) -> ClassChoice:
        """The class as a caller says it."""
        return ClassChoice(self.code, self.standard, Kind(self.kind), frozenset({self.code}))

    def case(self, ground: Ground) -> Case:
        """Return the question about it on some ground, where no component is recorded."""
        return Case(Kind(self.kind), self.choice, ground.place, ownerless=self.ownerless, rules=self.rules)

    def decided_by(self, lists: Sequence[tuple[str, ...]]) -> tuple[Any, ...]:
        """Return all of it that a decision without a component rests on: classes alike in it are asked once.

        Parameters
        ----------
        lists : sequence of tuple of str
            The lists of classes that areas and agreements hold for.
        """
        duty = self.rules[0].acting if self.rules else None
        choice = self.choice
        return self.kind, self.ownerless, duty, tuple(concerns(classes, choice) for classes in lists)


@dataclass(slots=True)
class _Gap:
    """Where nobody is told, by street."""

    grids: int = 0
    streets: set[str | None] = field(default_factory=set)
    examples: list[tuple[str, Any]] = field(default_factory=list)

    def add(self, ground: Ground) -> None:
        self.grids += ground.grids
        self.streets.add(ground.place.street)
        self.examples = sorted([*self.examples, *ground.examples], key=lambda one: one[0])[:3]


def asked_classes(book: RuleBook, keys: Sequence[tuple[str, str, str]], catalogue: Catalogue) -> list[Asked]:
    """Return the classes that have rules, and those of the same editions that have none."""
    standards = sorted({standard for standard, _, _ in keys})
    known = {
        (standard, kind, code)
        for standard in standards
        for kind in KINDS
        for code in catalogue.classes(standard, kind)
    }
    return [_asked(key, book, catalogue) for key in sorted(known | set(keys))]


def _asked(key: tuple[str, str, str], book: RuleBook, catalogue: Catalogue) -> Asked:
    standard, kind, code = key
    info = catalogue.info(standard, code, kind)
    return Asked(
        *key, info.name if info else None, bool(info and info.ownerless), book.rules(standard, kind, code)
    )


def unanswered(
    classes: Sequence[Asked], grounds: Sequence[Ground], units: Units, progress: Progress
) -> Iterator[Finding]:
    """Yield a finding for every class that nobody answers for somewhere (R24), and those without rule (R25).

    Parameters
    ----------
    classes, grounds
        Every class is asked about on every kind of ground once, however many grids are of it.
    units : Units
        The organisations.
    progress : callable
        Called with how many classes were asked about, and how many there are.
    """
    everywhere = sum(ground.grids for ground in grounds)
    lists = _class_lists(grounds)
    gaps: dict[Any, _Gap] = {}
    for done, one in enumerate(classes, start=1):
        alike = one.decided_by(lists)
        if alike not in gaps:
            gaps[alike] = _gap_of(one, grounds, units)
        if gaps[alike].grids:
            yield _nobody(one, gaps[alike], everywhere)
        if not one.rules:
            message = t(
                "The case table has no rule for the class {code} {name}", code=one.code, name=one.name
            )
            yield Finding("R25", Severity.INFO, "rules", message, id=one.code, value=one.kind)
        progress(done, len(classes))


def _class_lists(grounds: Sequence[Ground]) -> list[tuple[str, ...]]:
    """Return the lists of classes that areas and agreements hold for."""
    of_areas = {area.classes for ground in grounds for area in ground.place.areas}
    return sorted(of_areas | {agreed.classes for ground in grounds for agreed in ground.place.boundaries})


def _gap_of(one: Asked, grounds: Sequence[Ground], units: Units) -> _Gap:
    gap = _Gap()
    for ground in grounds:
        if decide(one.case(ground), units).decision is Decision.UNDECIDED:
            gap.add(ground)
    return gap


def _nobody(one: Asked, gap: _Gap, everywhere: int) -> Finding:
    code, point = gap.examples[0]
    message = t(
        "Nobody answers for {class_code} {name} in {grids} of {all} unit grids, such as {example}",
        class_code=one.code,
        name=one.name or "",
        grids=gap.grids,
        all=everywhere,
        example=", ".join(example for example, _ in gap.examples),
    )
    hint = t("Enter a rule with a unit, an area, or the street office: {streets}", streets=_streets(gap))
    return Finding(
        "R24",
        Severity.ERROR,
        "rules",
        message,
        id=one.code,
        field=one.kind,
        value=code,
        hint=hint,
        geometry=point,
        count=gap.grids,
    )


def unfilled_roles(classes: Sequence[Asked], grounds: Sequence[Ground], units: Units) -> Iterator[Finding]:
    """Yield the roles of rules that nobody fills, anywhere (warning) or in some places (R26).

    Roles of components' records are left out: a sample point has none.
    """
    parties: dict[Party, tuple[Asked, Rule]] = {}
    for one in classes:
        for rule in one.rules:
            for party in (*rule.acting, *rule.supervising):
                if party.role not in _OF_COMPONENTS:
                    parties.setdefault(party, (one, rule))
    for party, (one, rule) in parties.items():
        gap = _Gap()
        for ground in grounds:
            if not _is_filled(party, one, rule, ground, units):
                gap.add(ground)
        if gap.grids and not (party.role == "district" and party.code):
            yield _unfilled(party, one, gap, sum(ground.grids for ground in grounds))


def _is_filled(party: Party, one: Asked, rule: Rule, ground: Ground, units: Units) -> bool:
    alone = Rule(rule.number, None, None, (), None, None, (party,), "ordered", (), rule.edition)
    case = Case(Kind(one.kind), None, ground.place, rules=(alone,))
    return any(candidate.unit is not None for candidate in evidence.table(case, units))


def _unfilled(party: Party, one: Asked, gap: _Gap, everywhere: int) -> Finding:
    nowhere = gap.grids == everywhere
    message = (
        t("“{wording}” is nobody anywhere", wording=party.text)
        if nowhere
        else t(
            "“{wording}” is nobody in {grids} of {all} unit grids: {streets}",
            wording=party.text,
            grids=gap.grids,
            all=everywhere,
            streets=_streets(gap),
        )
    )
    code, point = gap.examples[0]
    severity = Severity.WARNING if nowhere else Severity.INFO
    return Finding(
        "R26",
        severity,
        "rules",
        message,
        id=one.code,
        field=party.role,
        value=code,
        geometry=point,
        count=gap.grids,
    )


def _streets(gap: _Gap) -> str:
    return ", ".join(sorted(street or "–" for street in gap.streets))
