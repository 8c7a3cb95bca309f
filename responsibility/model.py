"""The resolution (定责结果) in the shape of the public interface."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from gis.text import Text
from responsibility.question import Decision, Kind, Ownership, Question, Source, Status

__all__ = [
    "Alternative",
    "Basis",
    "ComponentRef",
    "Deadline",
    "Decision",
    "Divisions",
    "DueStep",
    "GridRef",
    "Kind",
    "LineRef",
    "Location",
    "Named",
    "Ownership",
    "Parties",
    "Question",
    "Reason",
    "Resolution",
    "RuleFacts",
    "Source",
    "Status",
]


@dataclass(frozen=True, slots=True)
class Location:
    """The point asked about; longitude and latitude in EPSG:4490, accuracy in metres."""

    lon: float
    lat: float
    source: Source
    accuracy_m: float
    status: Status
    crs: str = "EPSG:4490"

    def to_dict(self) -> dict[str, Any]:
        """Return the contract's ``location``."""
        return {
            "lon": self.lon,
            "lat": self.lat,
            "crs": self.crs,
            "source": str(self.source),
            "accuracy_m": self.accuracy_m,
            "status": str(self.status),
        }


@dataclass(frozen=True, slots=True)
class GridRef:
    """The unit grid (单元网格) taken, with the distance to its edge in metres."""

    code: str
    name: str | None
    edge_distance_m: float

    def to_dict(self) -> dict[str, Any]:
        """Return the contract's ``unit_grid``."""
        return {"code": self.code, "name": self.name, "edge_distance_m": self.edge_distance_m}


@dataclass(frozen=True, slots=True)
class Named:
    """A code and a name: a division, an organisation. Either may be missing in the data."""

    code: str | None
    name: str | None

    def to_dict(self) -> dict[str, Any]:
        """Return code and name."""
        return {"code": self.code, "name": self.name}


@dataclass(frozen=True, slots=True)
class LineRef:
    """A polygon of a line of business (条线): responsibility grid, governance grid or area."""

    line: str
    code: str
    name: str | None

    def to_dict(self) -> dict[str, Any]:
        """Return line, code and name."""
        return {"line": self.line, "code": self.code, "name": self.name}


@dataclass(frozen=True, slots=True)
class ComponentRef:
    """A component within reach, with the units of its record."""

    id: str
    class_code: str
    name: str | None
    standard: str
    distance_m: float
    state: str | None
    authority: Named | None = None
    owner: Named | None = None
    maintainer: Named | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the contract's ``component``."""
        return {
            "id": self.id,
            "class": self.class_code,
            "name": self.name,
            "standard": self.standard,
            "distance_m": self.distance_m,
            "state": self.state,
        }

    def to_dict_with_parties(self) -> dict[str, Any]:
        """Return an entry of the contract's ``components``."""
        parties = {name: _dict(getattr(self, name)) for name in ("authority", "owner", "maintainer")}
        return self.to_dict() | {"parties": parties}


@dataclass(frozen=True, slots=True)
class Parties:
    """Who has a part in it.

    Attributes
    ----------
    acting : Named or None
        Unit that deals with it (处置单位).
    assisting : tuple of Named
        Units that help the acting one (配合单位).
    supervising, authority, owner, maintainer : Named or None
        From the rule (监管主体) and from the component's record (主管部门, 权属单位, 养护单位).
    interim : Named or None
        Unit that acts until the ownership is settled.
    """

    acting: Named | None = None
    assisting: tuple[Named, ...] = ()
    supervising: Named | None = None
    authority: Named | None = None
    owner: Named | None = None
    maintainer: Named | None = None
    interim: Named | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the contract's ``parties``."""
        return {
            "acting": _dict(self.acting),
            "assisting": [unit.to_dict() for unit in self.assisting],
            "supervising": _dict(self.supervising),
            "authority": _dict(self.authority),
            "owner": _dict(self.owner),
            "maintainer": _dict(self.maintainer),
            "interim": _dict(self.interim),
        }


@dataclass(frozen=True, slots=True)
class Alternative:
    """A unit that other evidence points to, and which."""

    unit: Named
    why: Text

    def to_dict(self) -> dict[str, Any]:
        """Return the entry in the current language."""
        return {**self.unit.to_dict(), "why": str(self.why)}


@dataclass(frozen=True, slots=True)
class Reason:
    """One piece of evidence: whom it names, whether it was taken, and why.

    Attributes
    ----------
    code : str
        Stable: ``component.maintainer``, ``rule.street``, ``location.outside`` …
    candidate : str or None
        Code of the unit it names.
    taken : bool
        Whether the decision rests on it.
    ref : str or None
        Component identifier, area code or rule number it was read from.
    edition : int or None
        Edition that wrote the record it was read from.
    why : Text
        A sentence a dispatcher reads.
    """

    code: str
    candidate: str | None
    taken: bool
    ref: str | None
    edition: int | None
    why: Text

    def to_dict(self, rank: int) -> dict[str, Any]:
        """Return the contract's reason, in the current language."""
        return {
            "rank": rank,
            "code": self.code,
            "candidate": self.candidate,
            "taken": self.taken,
            "ref": self.ref,
            "edition": self.edition,
            "why": str(self.why),
        }


@dataclass(frozen=True, slots=True)
class DueStep:
    """A limit of a rule and when it is due, where that can be told."""

    step: str | None
    limit: str
    due: datetime | None

    def to_dict(self) -> dict[str, Any]:
        """Return step, limit and due."""
        return {"step": self.step, "limit": self.limit, "due": self.due.isoformat() if self.due else None}


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """A rule of the case table for the class: filing condition, limits, closing condition."""

    number: int
    condition: str | None
    limit: str | None
    steps: tuple[DueStep, ...]
    closing: str | None
    legal_basis: str | None

    def to_dict(self) -> dict[str, Any]:
        """Return an entry of the contract's ``rules``."""
        return {
            "rule": self.number,
            "condition": self.condition,
            "steps": [step.to_dict() for step in self.steps],
            "closing": self.closing,
            "legal_basis": self.legal_basis,
        }


@dataclass(frozen=True, slots=True)
class Deadline:
    """The limit of the rule that applies, and when its last step is due."""

    limit: str | None
    due: datetime | None

    def to_dict(self) -> dict[str, Any]:
        """Return limit and due."""
        return {"limit": self.limit, "due": self.due.isoformat() if self.due else None}


@dataclass(frozen=True, slots=True)
class Basis:
    """Everything an answer rests on besides the question."""

    editions: tuple[tuple[str, int], ...]
    config: str
    software: str

    def to_dict(self) -> dict[str, Any]:
        """Return the contract's ``basis``."""
        return {"editions": dict(self.editions), "config": self.config, "software": self.software}


@dataclass(frozen=True, slots=True)
class Divisions:
    """County (区县), street (街道) and community (社区) of a place."""

    county: Named | None = None
    street: Named | None = None
    community: Named | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the contract's ``divisions``."""
        return {
            "county": _dict(self.county),
            "street": _dict(self.street),
            "community": _dict(self.community),
        }


@dataclass(frozen=True, slots=True)
class Resolution:
    """The answer to a question (定责结果), with its reasons."""

    answer_id: str
    question: Question
    location: Location
    unit_grid: GridRef | None
    divisions: Divisions
    responsibility_grids: tuple[LineRef, ...]
    areas: tuple[LineRef, ...]
    differs_within_accuracy: tuple[str, ...]
    component: ComponentRef | None
    components: tuple[ComponentRef, ...]
    ownership: Ownership | None
    parties: Parties
    decision: Decision
    alternatives: tuple[Alternative, ...]
    reasons: tuple[Reason, ...]
    rules: tuple[RuleFacts, ...]
    deadline: Deadline | None
    as_of: datetime
    basis: Basis

    @property
    def main_reason(self) -> Reason | None:
        """The reason the decision rests on; the first one where nothing was taken."""
        return next((reason for reason in self.reasons if reason.taken), next(iter(self.reasons), None))

    def to_dict(self) -> dict[str, Any]:
        """Return the contract's shape, reasons in the current language; absent facts are None."""
        return {
            "answer_id": self.answer_id,
            "location": self.location.to_dict(),
            "unit_grid": _dict(self.unit_grid),
            "divisions": self.divisions.to_dict(),
            "responsibility_grids": [grid.to_dict() for grid in self.responsibility_grids],
            "areas": [area.to_dict() for area in self.areas],
            "differs_within_accuracy": list(self.differs_within_accuracy),
            "component": _dict(self.component),
            "components": [component.to_dict_with_parties() for component in self.components],
            "ownership": str(self.ownership) if self.ownership else None,
            "parties": self.parties.to_dict(),
            "decision": str(self.decision),
            "alternatives": [alternative.to_dict() for alternative in self.alternatives],
            "reasons": [reason.to_dict(rank) for rank, reason in enumerate(self.reasons, start=1)],
            "rules": [rule.to_dict() for rule in self.rules],
            "deadline": _dict(self.deadline),
            "as_of": self.as_of.isoformat(),
            "basis": self.basis.to_dict(),
        }

    def to_json(self) -> bytes:
        """Return :meth:`to_dict` as UTF-8 JSON, the same bytes for the same answer and language."""
        return orjson.dumps(self.to_dict())


def _dict(part: Any) -> dict[str, Any] | None:
    return None if part is None else part.to_dict()
