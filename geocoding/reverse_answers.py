"""What a point is called (事发位置): the text, what it rests on, and how far that is from the point."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from geocoding.levels import Level
from geocoding.matching.upper_levels import Division


class Pattern(StrEnum):
    """How a text is composed; ``a``, ``c`` and ``d`` are combinations of GB/T 37149-2018, annex B."""

    PLATE = "a"
    """Upper levels and a door plate."""
    POI = "c"
    """Upper levels and a point of interest, which the point is at."""
    POI_DIRECTION = "d"
    """Upper levels, a point of interest and the direction of the point from there."""
    CROSSING = "crossing"
    """Two streets and 交叉口."""
    STREET_GRID = "street_grid"
    """The street and the unit grid the point lies in."""
    STREET = "street"
    """The street alone, where no unit grid is."""
    GRID = "grid"
    """The unit grid alone."""
    DIVISION = "division"
    """The community alone, or the township."""


@dataclass(frozen=True, slots=True)
class Basis:
    """One of the things a text rests on: dataset, code, name."""

    dataset: str
    code: str
    name: str | None

    def to_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        return {"dataset": self.dataset, "code": self.code, "name": self.name}


@dataclass(frozen=True, slots=True)
class ComposedAddress:
    """A text that says where a point is.

    Attributes
    ----------
    address : str
        The text, at most 256 characters.
    pattern : Pattern
    level : Level
        The lowest level of an address that it reaches.
    basis : tuple of Basis
        What it rests on: one thing, or two streets, or a street and a unit grid.
    lon, lat : float
        The point of that which is nearest, degrees in EPSG:4490.
    distance_m : float
        From there to the point asked about, 0 in an area.
    direction : str or None
        One of eight, of the point asked about from there; ``内`` in an area; None at the place itself.
    accuracy_m : float
        How far the point may be from where the text leads.
    """

    address: str
    pattern: Pattern
    level: Level
    basis: tuple[Basis, ...]
    lon: float
    lat: float
    distance_m: float
    direction: str | None
    accuracy_m: float

    @property
    def dataset(self) -> str:
        """Where the first thing it rests on is registered."""
        return self.basis[0].dataset

    @property
    def code(self) -> str | None:
        """Code of the one thing it rests on, None where there are two."""
        return self.basis[0].code if len(self.basis) == 1 else None

    def to_dict(self) -> dict[str, Any]:
        """Return it for JSON, with the names of a geocoded place."""
        return {
            "address": self.address,
            "pattern": str(self.pattern),
            "dataset": self.dataset,
            "code": self.code,
            "level": str(self.level),
            "level_number": self.level.number,
            "lon": round(self.lon, 7),
            "lat": round(self.lat, 7),
            "crs": "EPSG:4490",
            "accuracy_m": round(self.accuracy_m, 1),
            "distance_m": round(self.distance_m, 2),
            "direction": self.direction,
            "basis": [one.to_dict() for one in self.basis],
        }


@dataclass(frozen=True, slots=True)
class ReverseAnswer:
    """What a point is called.

    Attributes
    ----------
    lon, lat : float
        The point asked about, degrees in EPSG:4490.
    place : ComposedAddress
        The text to use.
    alternatives : tuple of ComposedAddress
        The next best, in the order of the rules.
    divisions : dict
        ``county``, ``street``, ``community``: where the point lies; None where the registry has none.
    unit_grid : Division or None
    """

    lon: float
    lat: float
    place: ComposedAddress
    alternatives: tuple[ComposedAddress, ...]
    divisions: dict[str, Division | None]
    unit_grid: Division | None

    @property
    def address(self) -> str:
        """The text to use."""
        return self.place.address

    def only(self, told: Callable[[ComposedAddress], bool], alternatives: int) -> ReverseAnswer | None:
        """Return the answer made of those texts that somebody may be told; None where he may be told none."""
        kept = [one for one in (self.place, *self.alternatives) if told(one)]
        return replace(self, place=kept[0], alternatives=tuple(kept[1 : 1 + alternatives])) if kept else None

    def to_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        return {
            **self.place.to_dict(),
            "location": {"lon": round(self.lon, 9), "lat": round(self.lat, 9), "crs": "EPSG:4490"},
            "divisions": {level: one.to_dict() if one else None for level, one in self.divisions.items()},
            "unit_grid": self.unit_grid.to_dict() if self.unit_grid else None,
            "alternatives": [one.to_dict() for one in self.alternatives],
        }
