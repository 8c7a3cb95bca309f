"""The question, and the closed lists of the public interface."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Source(StrEnum):
    """Where a position comes from; each source has a default accuracy."""

    GPS = "gps"
    MAP_CLICK = "map_click"
    ADDRESS = "address"
    COMPONENT = "component"
    CAMERA = "camera"
    VEHICLE = "vehicle"
    HOTLINE = "hotline"


class Kind(StrEnum):
    """What is reported: a component (部件) or a matter (事件, 事项)."""

    COMPONENT = "component"
    MATTER = "matter"


class Status(StrEnum):
    """How a point lies to the unit grids, or to the lines of a registry without grids."""

    INSIDE = "inside"
    NEAR_BOUNDARY = "near_boundary"
    GAP_SNAPPED = "gap_snapped"
    OVERLAP = "overlap"
    OUTSIDE = "outside"


class Ownership(StrEnum):
    """What is known of whose the component is."""

    RECORDED = "recorded"
    SETTLED = "settled"
    UNKNOWN = "unknown"
    DISPUTED = "disputed"
    NOT_SURVEYED = "not_surveyed"


class Decision(StrEnum):
    """What came of it."""

    DECIDED = "decided"
    DECIDED_WITH_ALTERNATIVES = "decided_with_alternatives"
    JOINT = "joint"
    PENDING_OWNERSHIP = "pending_ownership"
    NOT_OURS = "not_ours"
    FALLBACK = "fallback"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Question:
    """Where something is and of what class it is.

    One of ``lon`` and ``lat``, ``component_id`` or ``address`` says where.

    Attributes
    ----------
    lon, lat : float or None
        Easting or longitude and northing or latitude in ``crs``.
    crs : str
        Anything :func:`gis.crs.parse_crs` reads.
    source : Source
        Where the position comes from.
    accuracy_m : float or None
        Accuracy of the position in metres; None takes the default of the source.
    component_id : str or None
        Identifier of a component, which is then the one meant.
    address : str or None
        Full text of an address or the name of a place.
    class_text : str or None
        Class code (4 or 5 digits, or inside an identifier), major (2 digits) or group of classes.
    kind : Kind
        Component or matter: the two share numbers.
    standard : str or None
        Edition of the class code, ``"2007"``, ``"2013"`` or ``"2026"``; None takes the setting, or
        2026 for codes that only it has.
    rule : int or None
        Number of the rule that applies, where the class has several.
    as_of : datetime or None
        The registry as it was then, with a time zone; None is the moment of asking.
    at : datetime or None
        Moment the deadline counts from, with a time zone; None is the moment of asking.
    """

    lon: float | None = None
    lat: float | None = None
    crs: str = "EPSG:4490"
    source: Source = Source.MAP_CLICK
    accuracy_m: float | None = None
    component_id: str | None = None
    address: str | None = None
    class_text: str | None = None
    kind: Kind = Kind.COMPONENT
    standard: str | None = None
    rule: int | None = None
    as_of: datetime | None = None
    at: datetime | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the question under the names of the interface's parameters."""
        return {
            "lon": self.lon,
            "lat": self.lat,
            "crs": self.crs,
            "source": str(self.source),
            "accuracy": self.accuracy_m,
            "component": self.component_id,
            "address": self.address,
            "class": self.class_text,
            "kind": str(self.kind),
            "standard": self.standard,
            "rule": self.rule,
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "at": self.at.isoformat() if self.at else None,
        }
