"""What a decision is made from, apart from where it was read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gis.text import Text, t
from responsibility.classes import ClassChoice
from responsibility.evidence_order import DEFAULT
from responsibility.model import Kind, Named, Status
from responsibility.organisations import Organisation, Organisations
from responsibility.records import Area, Boundary, Component, Rule, concerns
from responsibility.settled_records import NOTHING_SETTLED, Facility, Settled


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What holds at a point.

    Attributes
    ----------
    status : Status
        How the point lies to the grids.
    county, street, community : str or None
        Division codes.
    areas : tuple of Area
        Areas that cover the point, smallest first.
    boundaries : tuple of Boundary
        Agreements whose strip covers the point, nearest first.
    """

    status: Status
    county: str | None = None
    street: str | None = None
    community: str | None = None
    areas: tuple[Area, ...] = ()
    boundaries: tuple[Boundary, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """A question with everything known about it.

    Attributes
    ----------
    choice : ClassChoice or None
        Classes meant: that of the component where one is taken, else those asked about.
    ownerless : bool
        The class is one of things whose owner cannot be told (不明井盖).
    component : Component or None
        The component taken.
    rules : tuple of Rule
        The rules of the class.
    rule : int or None
        Number of the rule that applies, where that was said.
    settled : Settled
        What the facility list, precedents and answers of units say of it.
    order : tuple of str
        In which order evidence is weighed, see :mod:`responsibility.evidence_order`.
    """

    kind: Kind
    choice: ClassChoice | None
    place: Surroundings
    component: Component | None = None
    ownerless: bool = False
    rules: tuple[Rule, ...] = ()
    rule: int | None = None
    settled: Settled = NOTHING_SETTLED
    order: tuple[str, ...] = DEFAULT

    @property
    def facilities(self) -> tuple[Facility, ...]:
        """Entries of the facility list for the component or what of its class is at the place."""
        choice = self.choice
        if choice is None or self.kind is not Kind.COMPONENT or not self.settled.facilities:
            return ()
        return tuple(entry for entry in self.settled.facilities if concerns(entry.classes, choice))

    @property
    def authority(self) -> Named | None:
        """The authority in charge by the facility list, else by the component's record."""
        return next(self._parties("authority"), None)

    @property
    def owner(self) -> Named | None:
        """The owner by the facility list, else by the component's record."""
        return next(self._parties("owner"), None)

    @property
    def maintainer(self) -> Named | None:
        """The maintainer by the facility list, else by the component's record."""
        return next(self._parties("maintainer"), None)

    def _parties(self, role: str) -> Iterator[Named]:
        sources: tuple[Facility | Component | None, ...] = (*self.facilities, self.component)
        parties = (getattr(source, role) for source in sources if source is not None)
        return (party for party in parties if party is not None)

    @property
    def applying_rule(self) -> Rule | None:
        """The rule asked for, or the only one."""
        if self.rule is not None:
            return next((rule for rule in self.rules if rule.number == self.rule), None)
        return self.rules[0] if len(self.rules) == 1 else None

    @property
    def duty_rule(self) -> Rule | None:
        """The rule that says who acts: all rules of a class normally say the same."""
        return self.applying_rule or next(iter(self.rules), None)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit that a piece of evidence names.

    Attributes
    ----------
    order : int
        Place of the evidence in the order of evidence, 1 to 9.
    code : str
        Code of the reason.
    recorded : Named or None
        The unit as recorded; None where a role fits nobody here.
    unit : Named or None
        The unit that can act: the recorded one or its successor; None when there is none.
    ref, edition
        Where it was read, see :class:`responsibility.model.Reason`.
    why : Text
        What the evidence says.
    """

    order: int
    code: str
    recorded: Named | None
    unit: Named | None
    ref: str | None
    edition: int | None
    why: Text


class Units:
    """Tell which unit can act for a recorded one.

    Parameters
    ----------
    organisations : Organisations
        When the registry has none at all, units are taken as they are recorded: there is nothing
        to hold them against.
    """

    def __init__(self, organisations: Organisations) -> None:
        self.organisations = organisations

    def named(self, recorded: Named | None) -> Named | None:
        """Return a recorded unit with the code and name of the table, where it is there."""
        if recorded is None:
            return None
        unit = self.organisations.lookup(recorded.code, recorded.name)
        return recorded if unit is None else _as_named(unit)

    def candidate(
        self, order: int, code: str, recorded: Named, ref: str | None, edition: int | None, why: Text
    ) -> Candidate:
        """Find who can act for a recorded unit, and say so in the reason."""
        unit = self.organisations.lookup(recorded.code, recorded.name)
        if unit is None:
            unlisted = recorded if len(self.organisations) == 0 else None
            said = why if unlisted else t("{why}, which is not in the table of organisations", why=why)
            return Candidate(order, code, recorded, unlisted, ref, edition, said)
        acting = self.organisations.running(unit)
        if acting is None:
            why = t("{why}, which has been closed", why=why)
            return Candidate(order, code, _as_named(unit), None, ref, edition, why)
        if acting.code != unit.code:
            why = t("{why}, which has been closed; {unit} succeeded it", why=why, unit=acting.name)
        return Candidate(order, code, _as_named(unit), _as_named(acting), ref, edition, why)

    def in_charge(self, duty: str, division_code: str | None) -> Organisation | None:
        """Return the active unit of a type for a division."""
        return self.organisations.in_charge(duty, division_code)


def _as_named(unit: Organisation) -> Named:
    return Named(unit.code, unit.name)


def same_unit(left: Named | None, right: Named | None) -> bool:
    """Tell whether two are the same unit: by code, by name where one has no code."""
    if left is None or right is None:
        return left is right
    return left.code == right.code if left.code and right.code else left.name == right.name
