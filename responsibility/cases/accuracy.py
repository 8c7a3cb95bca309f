"""Accuracy of dispatch (派遣准确率) by rule, unit and class, and which rule to mend."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import func, select

from gis.models import outcomes
from gis.registry import Registry
from responsibility.cases.asking import PastCase, answered, answers_to, case_frames, cases_of
from responsibility.cases.fields import ACCEPTED, RETURNED
from responsibility.model import Kind, Resolution
from responsibility.resolver import Resolver
from responsibility.situation import same_unit

# What these were read from is one component or one place, not a row that somebody would mend.
_OF_ONE_THING = ("component.", "facility.", "location.", "ownership.")


@dataclass(frozen=True, slots=True)
class Judged:
    """Some answers that agree in what they said and in what became of them.

    Attributes
    ----------
    rule : str
        What the decision rests on: the code of the reason, and the rule, area or agreement.
    unit, class_code, street : str or None
        Acting unit, class and street.
    result : str
        ``accepted``, ``changed`` or ``returned``.
    to : str or None
        The unit that took it instead.
    count : int
        How many.
    """

    rule: str
    unit: str | None
    class_code: str | None
    street: str | None
    result: str
    to: str | None
    count: int = 1


@dataclass(slots=True)
class Tally:
    """Outcomes of the answers that have something in common.

    Attributes
    ----------
    results : Counter of str
        Answers by result.
    to : Counter of str
        Units that took over, where the outcome says which.
    """

    results: Counter[str] = field(default_factory=Counter)
    to: Counter[str] = field(default_factory=Counter)

    @property
    def answers(self) -> int:
        """All of them."""
        return self.results.total()

    @property
    def wrong(self) -> int:
        """Those that were changed or returned."""
        return self.answers - self.results[ACCEPTED]

    @property
    def rate(self) -> float:
        """Share of those accepted."""
        return self.results[ACCEPTED] / self.answers

    def add(self, judged: Judged) -> None:
        """Count some answers."""
        self.results[judged.result] += judged.count
        if judged.to is not None:
            self.to[judged.to] += judged.count

    def to_dict(self) -> dict[str, Any]:
        """Return counts, rate, and the units that took over, the most frequent first."""
        return {
            "answers": self.answers,
            "accepted": self.results[ACCEPTED],
            "changed": self.results["changed"],
            "returned": self.results[RETURNED],
            "accuracy": round(self.rate, 4),
            "to": [{"unit": unit, "count": count} for unit, count in _first(self.to)],
        }


@dataclass(slots=True)
class Accuracy:
    """How often the unit found was the right one.

    Attributes
    ----------
    total : Tally
    rules, units, classes, streets : dict of str to Tally
        By what the decision rests on, by acting unit, class and street.
    untraced : int
        Outcomes of answers that can no longer be derived, or cases without an answer.
    """

    total: Tally = field(default_factory=Tally)
    rules: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    units: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    classes: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    streets: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    untraced: int = 0

    def add(self, judged: Judged) -> None:
        """Count some answers in all the ways."""
        self.total.add(judged)
        for tallies, key in (
            (self.rules, judged.rule),
            (self.units, judged.unit),
            (self.classes, judged.class_code),
            (self.streets, judged.street),
        ):
            tallies[key or "-"].add(judged)

    def to_mend(self) -> list[tuple[str, Tally]]:
        """Return what wrong decisions rest on, that with the most of them first."""
        return [(rule, tally) for rule, tally in worst(self.rules) if tally.wrong]

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as JSON types, the worst first."""
        return {
            "total": self.total.to_dict() if self.total.answers else None,
            "untraced": self.untraced,
            **{
                name: [{"key": key} | tally.to_dict() for key, tally in worst(getattr(self, name))]
                for name in ("rules", "units", "classes", "streets")
            },
            "mend": [{"rule": rule} | tally.to_dict() for rule, tally in self.to_mend()],
        }


def worst(tallies: dict[str, Tally]) -> list[tuple[str, Tally]]:
    """Return tallies, that with the most wrong answers first."""
    return sorted(tallies.items(), key=lambda entry: (-entry[1].wrong, -entry[1].answers, entry[0]))


def accuracy_of_outcomes(registry: Registry, *, since: datetime | None = None) -> Accuracy:
    """Judge answers by the last outcome recorded of each; counted in the database.

    Parameters
    ----------
    registry : Registry
    since : datetime, optional
        Outcomes recorded from then on, with a time zone.
    """
    found = Accuracy()
    for row, count in _grouped(registry, since):
        if row["decision"] is None:
            found.untraced += count
            continue
        rule = rule_key(
            row["kind"], row["standard"], row["class_code"], row["reason_code"], row["reason_ref"]
        )
        unit, to = row["acting_name"] or row["acting_code"], row["to_name"] or row["to_code"]
        found.add(Judged(rule, unit, row["class_code"], row["street"], row["result"], to, count))
    return found


def accuracy_of_cases(
    registry: Registry,
    cases: pd.DataFrame | None = None,
    *,
    progress: Callable[[int, int], None] | None = None,
) -> Accuracy:
    """Judge the answers that past cases would get now by the units that dealt with them.

    A case counts as accepted when the unit on record is the acting one, as changed when it is another;
    cases without a unit on record, or that were sent back, say nothing.

    Parameters
    ----------
    registry : Registry
    cases : GeoDataFrame, optional
        Rows of the dataset ``cases``; by default those of the registry, read piece by piece.
    progress : callable, optional
        Called with the cases done and all (0 when not known).
    """
    resolver, found, done = Resolver(registry, preload=True), Accuracy(), 0
    moment = resolver.moment_of_asking()
    for frame in case_frames(registry, cases):
        asked = [case for case in cases_of(frame, moment) if case.acted and case.outcome != RETURNED]
        for case, answer in zip(asked, answers_to(resolver, asked), strict=True):
            known = answered(answer)
            found.untraced += known is None
            if known is not None:
                found.add(_judged(case, known))
        done += len(frame)
        if progress is not None:
            progress(done, 0 if cases is None else len(cases))
    return found


def rule_key(
    kind: str | None, standard: str | None, class_code: str | None, code: str | None, ref: str | None
) -> str:
    """Name what a decision rests on: a row of the case table, an area, an agreement, a kind of evidence.

    Rows of the case table are ``kind standard class #rule``; evidence of single components is one row
    per class.
    """
    said = code or "-"
    if said.startswith("rule."):
        return f"{said} {kind} {standard} {class_code} #{ref or '-'}"
    if said.startswith(_OF_ONE_THING) or ref is None:
        return f"{said} {kind} {standard} {class_code}"
    return f"{said} {ref}"


def _grouped(registry: Registry, since: datetime | None) -> Iterator[tuple[Any, int]]:
    latest = select(func.max(outcomes.c.fid)).group_by(outcomes.c.answer_id)
    columns = [
        outcomes.c[name]
        for name in ("decision", "kind", "standard", "class_code", "reason_code", "reason_ref", "acting_code",
                     "acting_name", "street", "result", "to_code", "to_name")
    ]  # fmt: skip
    statement = select(*columns, func.count().label("n")).where(outcomes.c.fid.in_(latest))
    if since is not None:
        statement = statement.where(outcomes.c.recorded_at >= since)
    with registry.connect() as connection:
        for row in connection.execute(statement.group_by(*columns)).mappings():
            yield row, row["n"]


def _judged(case: PastCase, answer: Resolution) -> Judged:
    acting, reason, street = answer.parties.acting, answer.main_reason, answer.divisions.street
    question, acted = answer.question, case.acted
    assert acted is not None
    code = question.class_text
    if answer.component is not None and question.kind is Kind.COMPONENT:
        code = answer.component.class_code
    right = same_unit(acting, acted)
    return Judged(
        rule=rule_key(
            str(question.kind),
            answer.component.standard if answer.component else question.standard,
            code,
            reason.code if reason else None,
            reason.ref if reason else None,
        ),
        unit=(acting.name or acting.code) if acting else None,
        class_code=code,
        street=street.code if street else None,
        result=ACCEPTED if right else "changed",
        to=None if right else acted.name or acted.code,
    )


def _first(counts: Counter[str], most: int = 3) -> Iterable[tuple[str, int]]:
    return sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))[:most]
