"""The facility list (设施清单), precedents (先例) and units' answers as the resolver needs them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from gis.columns import from_json
from responsibility.model import Named
from responsibility.records import NOT_HANDED_OVER, day_of, named_of

SETTLED, UNKNOWN, DISPUTED = "settled", "unknown", "disputed"
ASKED, CLAIMS, DECLINES = "asked", "claims", "declines"
IN_WARRANTY = "质保期"


@dataclass(frozen=True, slots=True)
class Facility:
    """An entry of the facility list: a component, or a place with everything of some classes in it.

    Attributes
    ----------
    classes : tuple of str
        Class codes and major classes, empty for all.
    builder : Named or None
        Who answers until it is handed over (建设单位).
    ownership : str or None
        ``settled``, ``unknown`` or ``disputed`` where the list says so.
    dated, handed_over, warranty_to, valid_from, valid_to : str or None
        Days, YYYYMMDD: of the evidence, of the handover, last one of the warranty, first and last one
        of the entry.
    radius_m : float
        How far the entry reaches round its place, in metres.
    """

    code: str
    component_id: str | None = None
    name: str | None = None
    classes: tuple[str, ...] = ()
    authority: Named | None = None
    owner: Named | None = None
    maintainer: Named | None = None
    builder: Named | None = None
    ownership: str | None = None
    evidence: str | None = None
    dated: str | None = None
    handover: str | None = None
    handed_over: str | None = None
    warranty_to: str | None = None
    radius_m: float = 0.0
    valid_from: str | None = None
    valid_to: str | None = None
    edition: int | None = None

    def is_valid_on(self, day: str) -> bool:
        """Tell whether the entry holds on a day, written YYYYMMDD."""
        return (self.valid_from or day) <= day <= (self.valid_to or day)

    def is_builders_on(self, day: str) -> bool:
        """Tell whether the builder still answers on a day: not handed over yet, or in warranty."""
        if self.handover not in NOT_HANDED_OVER:
            return False
        if self.handover == IN_WARRANTY:
            return self.warranty_to is None or day <= self.warranty_to
        return self.handed_over is None or day < self.handed_over


@dataclass(frozen=True, slots=True)
class Precedent:
    """A settled dispute: what unit takes like cases.

    Attributes
    ----------
    kind : str
        ``component`` or ``matter``.
    standard : str or None
        Edition of the class codes.
    component_id : str or None
        The component it is about; else a place with ``radius_m`` round it.
    against : tuple of str
        Codes or names of units whose records were known and outweighed when it was settled.
    settled_on : str
        YYYYMMDD.
    """

    code: str
    kind: str
    settled_on: str
    unit: Named
    standard: str | None = None
    classes: tuple[str, ...] = ()
    component_id: str | None = None
    name: str | None = None
    radius_m: float = 0.0
    against: tuple[str, ...] = ()
    evidence: str | None = None
    edition: int | None = None


@dataclass(frozen=True, slots=True)
class DutyAnswer:
    """What a unit said when it was asked whether something is its duty."""

    code: str
    kind: str
    unit: Named
    answer: str
    standard: str | None = None
    classes: tuple[str, ...] = ()
    component_id: str | None = None
    radius_m: float = 0.0
    answered_on: str | None = None
    reason: str | None = None
    edition: int | None = None


Settlement: TypeAlias = Facility | Precedent | DutyAnswer


@dataclass(frozen=True, slots=True)
class Settled:
    """What lists and precedents say of one case on one day; component before place, then by distance.

    Attributes
    ----------
    day : str
        YYYYMMDD.
    """

    day: str = ""
    facilities: tuple[Facility, ...] = ()
    precedents: tuple[Precedent, ...] = ()
    answers: tuple[DutyAnswer, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing at all."""
        return not (self.facilities or self.precedents or self.answers)


NOTHING_SETTLED = Settled()


def facility_of(row: Mapping[str, Any]) -> Facility:
    """Read a row of ``facilities``."""
    return Facility(
        code=row["code"],
        component_id=row["component_id"],
        name=row["name"],
        classes=tuple(from_json(row["classes"]) or ()),
        authority=named_of(row, "authority"),
        owner=named_of(row, "owner"),
        maintainer=named_of(row, "maintainer"),
        builder=named_of(row, "builder"),
        ownership=row["ownership"],
        evidence=row["evidence"],
        dated=day_of(row["evidence_date"]) or day_of(row["valid_from_date"]),
        handover=row["handover"],
        handed_over=day_of(row["handover_date"]),
        warranty_to=day_of(row["warranty_to"]),
        radius_m=row["radius_m"] or 0.0,
        valid_from=day_of(row["valid_from_date"]),
        valid_to=day_of(row["valid_to_date"]),
        edition=row["edition"],
    )


def precedent_of(row: Mapping[str, Any]) -> Precedent:
    """Read a row of ``precedents``."""
    return Precedent(
        code=row["code"],
        kind=row["kind"],
        settled_on=row["settled_date"],
        unit=Named(row["unit_code"], row["unit_name"]),
        standard=row["standard"],
        classes=tuple(from_json(row["classes"]) or ()),
        component_id=row["component_id"],
        name=row["name"],
        radius_m=row["radius_m"] or 0.0,
        against=tuple(from_json(row["against"]) or ()),
        evidence=row["evidence"],
        edition=row["edition"],
    )


def answer_of(row: Mapping[str, Any]) -> DutyAnswer:
    """Read a row of ``duty_answers``."""
    return DutyAnswer(
        code=row["code"],
        kind=row["kind"],
        unit=Named(row["unit_code"], row["unit_name"]),
        answer=row["answer"],
        standard=row["standard"],
        classes=tuple(from_json(row["classes"]) or ()),
        component_id=row["component_id"],
        radius_m=row["radius_m"] or 0.0,
        answered_on=row["answer_date"],
        reason=row["reason"],
        edition=row["edition"],
    )
