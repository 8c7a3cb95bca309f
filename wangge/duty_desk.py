"""Precedents and the settling of ownership for Python users: ``city.precedents``, ``city.ownership``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from gis.editions import Edition
from gis.registry import Registry
from responsibility.duty_answers import Said, ask_units, list_answers, record_answer
from responsibility.duty_subject import Subject
from responsibility.ownership import Settlement, candidates, settle
from responsibility.ownership_pool import Unsettled, pool
from responsibility.ownership_report import Share, shares
from responsibility.precedents import Ruling, add_precedent, list_precedents, withdraw_precedent
from responsibility.resolver import Resolver
from responsibility.settled_records import CLAIMS, DECLINES
from wangge.grid_options import today

Facts = dict[str, Any]


class PrecedentDesk:
    """Settled disputes that decide like cases; each change is one edition.

    Parameters
    ----------
    registry : Registry
    """

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def list(self, *, component: str | None = None, unit: str | None = None) -> list[Facts]:
        """Return the precedents that hold, see :func:`responsibility.precedents.list_precedents`."""
        return list_precedents(self._registry, component=component, unit=unit)

    def add(
        self, subject: Subject, unit: str, evidence: str, *, day: str | date | None = None, **given: Any
    ) -> Facts:
        """Record how a dispute was settled, see :class:`responsibility.precedents.Ruling`."""
        return add_precedent(self._registry, Ruling(subject, unit, evidence, day or today(), **given))[0]

    def withdraw(self, code: str, why: str) -> Edition:
        """Take a precedent back."""
        return withdraw_precedent(self._registry, code, why)

    def decline(
        self,
        subject: Subject,
        unit: str,
        reason: str,
        *,
        day: str | date | None = None,
        documents: Sequence[str] = (),
    ) -> Facts:
        """Record that a unit says something is not its duty; it is shown and decides nothing."""
        said = Said(subject, unit, DECLINES, reason, day or today(), documents)
        return record_answer(self._registry, said)[0]


class OwnershipDesk:
    """Ownerless and disputed components: whom to ask, what was said, what came of it.

    Parameters
    ----------
    registry : Registry
    resolver : Resolver
        Names the units that evidence points to.
    """

    def __init__(self, registry: Registry, resolver: Resolver) -> None:
        self._registry, self._resolver = registry, resolver

    def pool(self, **wanted: Any) -> Iterator[Unsettled]:
        """Yield what is to be settled, see :func:`responsibility.ownership_pool.pool`."""
        return pool(self._registry, **wanted)

    def candidates(self, component: str) -> list[Facts]:
        """Return whom to ask about a component."""
        return candidates(self._resolver, component)

    def ask(self, component: str, *units: str, day: str | date | None = None) -> list[Facts]:
        """Note that units were asked."""
        return ask_units(self._registry, component, units, day or today())[0]

    def answer(
        self, component: str, unit: str, reason: str, *, ours: bool, day: str | date | None = None
    ) -> Facts:
        """Record what a unit says of a component."""
        told = CLAIMS if ours else DECLINES
        said = Said(Subject(component_id=component), unit, told, reason, day or today())
        return record_answer(self._registry, said)[0]

    def answers(self, component: str | None = None) -> list[Facts]:
        """Return what units were asked and said."""
        return list_answers(self._registry, component=component)

    def settle(self, component: str, evidence: str, *, day: str | date | None = None, **given: Any) -> Facts:
        """Write whose a component is into the list, see :class:`responsibility.ownership.Settlement`."""
        return settle(self._registry, Settlement(component, evidence, day or today(), **given))[0]

    def report(self, by: str = "class") -> list[Share]:
        """Return the share that is settled, by ``class`` or ``street``."""
        return shares(self._registry, by)
