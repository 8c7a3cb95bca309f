"""What-if (调整预演): which past cases would go elsewhere after changes that nobody has committed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

import pandas as pd

from gis.editions import Change
from gis.errors import UsageError, WanggeError
from gis.registry import Registry
from gis.text import t
from responsibility.cases.asking import PastCase, answered, answers_to, case_frames, cases_of
from responsibility.cases.proposed import ProposedResolver
from responsibility.model import Named, Resolution
from responsibility.resolver import Resolver
from responsibility.settings import ResolveSettings
from responsibility.situation import same_unit
from responsibility.snapshot import History

EXAMPLES = 500
"""Differences kept for a page; all of them go to ``on_difference``."""

Unit = tuple[str | None, str | None]


class Different(StrEnum):
    """In what the answer to a case would differ, the weightiest that applies."""

    UNIT = "unit"
    DECISION = "decision"
    LIMIT = "limit"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of a case: who acts, by what decision, and why.

    Attributes
    ----------
    code, name : str or None
        The acting unit.
    assisting : str or None
        Units that assist, joined by ``;``.
    decision, reason_code, ref, reason : str or None
        The decision and what it rests on; None and the error's message where there is no answer.
    limits : str or None
        Rules with their time limits, joined by ``;``.
    """

    code: str | None
    name: str | None
    assisting: str | None
    decision: str | None
    reason_code: str | None
    ref: str | None
    reason: str | None
    limits: str | None

    @property
    def unit(self) -> Unit:
        """Code and name of the acting unit."""
        return self.code, self.name


@dataclass(frozen=True, slots=True)
class Difference:
    """A case whose answer would differ; ``lon`` and ``lat`` in EPSG:4490."""

    case: str
    lon: float | None
    lat: float | None
    class_code: str | None
    street: str | None
    street_name: str | None
    different: Different
    before: Fate
    after: Fate
    acted: Named | None
    outcome: str | None

    def to_dict(self) -> dict[str, Any]:
        """Return the difference as JSON types."""
        document = asdict(self)
        return document | {"different": str(self.different)}


@dataclass(slots=True)
class WhatIf:
    """How past cases would be answered after changes, against how they are answered now.

    Attributes
    ----------
    cases : int
        Cases asked about.
    not_answered : int
        Those without an answer before and after.
    different : Counter of str
        Cases by what differs, see :class:`Different`.
    transfers : Counter of (Unit, Unit)
        Cases by the acting unit before and after, where it differs.
    classes, streets : Counter of (str or None)
        Cases whose acting unit differs.
    known, right_before, right_after, gained, lost : int
        Of the cases whose acting unit is on record and was not sent back: how many go there now, would
        go there, would only then, and would no longer.
    differences : list of Difference
        The first :data:`EXAMPLES`.
    """

    cases: int = 0
    not_answered: int = 0
    different: Counter[str] = field(default_factory=Counter)
    transfers: Counter[tuple[Unit, Unit]] = field(default_factory=Counter)
    classes: Counter[str | None] = field(default_factory=Counter)
    streets: Counter[str | None] = field(default_factory=Counter)
    known: int = 0
    right_before: int = 0
    right_after: int = 0
    gained: int = 0
    lost: int = 0
    differences: list[Difference] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """Return the totals as JSON types, the largest first."""
        return {
            "cases": self.cases,
            "not_answered": self.not_answered,
            "different": dict(sorted(self.different.items())),
            "transfers": [
                {"from": _unit(before), "to": _unit(after), "cases": count}
                for (before, after), count in ordered(self.transfers)
            ],
            "classes": [{"class": code, "cases": count} for code, count in ordered(self.classes)],
            "streets": [{"street": code, "cases": count} for code, count in ordered(self.streets)],
            "on_record": {
                "known": self.known,
                "right_before": self.right_before,
                "right_after": self.right_after,
                "gained": self.gained,
                "lost": self.lost,
            },
        }


def what_if(
    registry: Registry,
    changes: Sequence[Change],
    *,
    cases: pd.DataFrame | None = None,
    as_of: datetime | None = None,
    settings: ResolveSettings | None = None,
    on_difference: Callable[[Difference], None] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> WhatIf:
    """Answer past cases as the registry is and as it would be; nothing is written.

    Parameters
    ----------
    registry : Registry
    changes : sequence of Change
        Rule tables, areas, agreements … that would be committed, at most one per dataset.
    cases : GeoDataFrame, optional
        Rows of the dataset ``cases``; by default those of the registry, read piece by piece.
    as_of : datetime, optional
        Day whose areas count, with a time zone, not before the newest edition: a contract that begins
        next year is tried out as of then. By default the moment of asking.
    settings : ResolveSettings, optional
        By default those of the configuration file.
    on_difference : callable, optional
        Given every difference as it is found.
    progress : callable, optional
        Called with the cases done and all cases (0 when not known).

    Returns
    -------
    WhatIf

    Raises
    ------
    UsageError
        The changes cannot be tried out, or the day is before the newest edition.
    DataRefused
        The changes could not be committed.
    RegistryUnavailable
        The registry was changed by somebody meanwhile.
    """
    before = Resolver(registry, settings=settings, preload=True)
    after = ProposedResolver(registry, changes, settings=settings)
    moment = _moment(before, as_of)
    found = WhatIf()
    for frame in case_frames(registry, cases):
        asked = cases_of(frame, moment)
        pairs = zip(asked, answers_to(before, asked), answers_to(after, asked), strict=True)
        for case, was, would in pairs:
            difference = _compare(found, case, was, would)
            if difference is not None and on_difference is not None:
                on_difference(difference)
        if progress is not None:
            progress(found.cases, 0 if cases is None else len(cases))
    after.require_unchanged()
    return found


def ordered(counts: Counter[Any]) -> list[tuple[Any, int]]:
    """Return counts, the largest first and equal ones in a fixed order."""
    return sorted(counts.items(), key=lambda entry: (-entry[1], str(entry[0])))


def _moment(resolver: Resolver, as_of: datetime | None) -> datetime:
    if as_of is None:
        return resolver.moment_of_asking()
    newest = History(resolver.registry).last_commit
    if newest is not None and as_of < newest:
        raise UsageError(
            t("What would change is asked of the registry as it is: {day} is before its newest edition",
              day=as_of.isoformat()),
            field="as_of",
            value=as_of.isoformat(),
        )  # fmt: skip
    return as_of


def _compare(
    found: WhatIf, case: PastCase, was: Resolution | WanggeError, would: Resolution | WanggeError
) -> Difference | None:
    """Count a case, and return the difference if there is one."""
    found.cases += 1
    left, right = answered(was), answered(would)
    if left is None and right is None:
        found.not_answered += 1
        return None
    _count_record(found, case, left, right)
    before, after = _fate(was), _fate(would)
    different = _different(before, after, left, right)
    if different is None:
        return None
    located = left or right
    street = located.divisions.street if located else None
    difference = Difference(
        case.id, case.lon, case.lat, case.question.class_text,
        street.code if street else None, street.name if street else None,
        different, before, after, case.acted, case.outcome,
    )  # fmt: skip
    found.different[str(different)] += 1
    if different is Different.UNIT:
        found.transfers[before.unit, after.unit] += 1
        found.classes[case.question.class_text] += 1
        found.streets[difference.street] += 1
    if len(found.differences) < EXAMPLES:
        found.differences.append(difference)
    return difference


def _count_record(found: WhatIf, case: PastCase, left: Resolution | None, right: Resolution | None) -> None:
    if case.acted is None or case.outcome == "returned":
        return
    was, would = (
        answer is not None and same_unit(answer.parties.acting, case.acted) for answer in (left, right)
    )
    found.known += 1
    found.right_before += was
    found.right_after += would
    found.gained += would and not was
    found.lost += was and not would


def _different(
    before: Fate, after: Fate, left: Resolution | None, right: Resolution | None
) -> Different | None:
    if left is None or right is None:
        return Different.ANSWERED
    if not same_unit(left.parties.acting, right.parties.acting):
        return Different.UNIT
    if (before.decision, before.assisting) != (after.decision, after.assisting):
        return Different.DECISION
    return None if before.limits == after.limits else Different.LIMIT


def _fate(answer: Resolution | WanggeError) -> Fate:
    if isinstance(answer, WanggeError):
        return Fate(None, None, None, None, None, None, str(answer), None)
    acting, reason = answer.parties.acting, answer.main_reason
    assisting = ";".join(unit.code or unit.name or "" for unit in answer.parties.assisting)
    limits = ";".join(f"{rule.number} {rule.limit or ''}".strip() for rule in answer.rules)
    return Fate(
        code=acting.code if acting else None,
        name=acting.name if acting else None,
        assisting=assisting or None,
        decision=str(answer.decision),
        reason_code=reason.code if reason else None,
        ref=reason.ref if reason else None,
        reason=str(reason.why) if reason else None,
        limits=limits or None,
    )


def _unit(unit: Unit) -> dict[str, str | None]:
    return {"code": unit[0], "name": unit[1]}
