"""What geocoding answers: a place, how sure that is, and which part of the text it rests on."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from geocoding.levels import Level
from geocoding.matching.hints import Hint
from geocoding.matching.upper_levels import Division
from gis.degrees import metres_per_degree


class Match(StrEnum):
    """How a text led to a place."""

    EXACT = "exact"
    """The standard text has all the query says, in order; it may say more."""
    ALIAS = "alias"
    FORMER = "former"
    FUZZY = "fuzzy"
    """Characters differ, stand in another order, or are too many."""
    INTERPOLATED = "interpolated"
    """The plate is not registered; it lies between two that are."""
    STREET = "street"
    """The plate is not registered, its street is."""
    CROSSING = "crossing"
    PART = "part"
    """The text holds several addresses; this is one of them."""


@dataclass(frozen=True, slots=True)
class GeocodeAnswer:
    """A place that a text may mean.

    Attributes
    ----------
    address : str
        Its standard text, whatever name the query used.
    dataset, code : str
        Where it is registered; the code is None for what plates imply: a street, a plate between two.
    level : Level
        What it is.
    lon, lat : float
        Degrees, EPSG:4490.
    accuracy_m : float
        How far the place meant may be from the point.
    score : float
        Probability that this is the place meant, 0 to 1.
    match : Match
        How it was found.
    spans : tuple of tuple of int
        The parts of the query that it rests on: start and end in characters.
    hint : Hint or None
        Where the query says it lies from the place; the point is that of the place.
    retired : bool
        Whether it holds no more.
    divisions : dict
        ``county``, ``street``, ``community``: where the point lies; None where the registry has none.
    unit_grid : Division or None
    """

    address: str
    dataset: str
    code: str | None
    level: Level
    lon: float
    lat: float
    accuracy_m: float
    score: float
    match: Match
    spans: tuple[tuple[int, int], ...]
    hint: Hint | None
    retired: bool
    divisions: dict[str, Division | None]
    unit_grid: Division | None

    def metres_to(self, other: GeocodeAnswer) -> float:
        """Return how far another answer's point is, in metres."""
        per_lon, per_lat = metres_per_degree(self.lat)
        return float(math.hypot((self.lon - other.lon) * per_lon, (self.lat - other.lat) * per_lat))

    def to_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        return {
            "address": self.address,
            "dataset": self.dataset,
            "code": self.code,
            "level": str(self.level),
            "level_number": self.level.number,
            "lon": round(self.lon, 7),
            "lat": round(self.lat, 7),
            "crs": "EPSG:4490",
            "accuracy_m": round(self.accuracy_m, 1),
            "score": round(self.score, 3),
            "match": str(self.match),
            "spans": [list(span) for span in self.spans],
            "hint": self.hint.to_dict() if self.hint else None,
            "retired": self.retired,
            "divisions": {level: one.to_dict() if one else None for level, one in self.divisions.items()},
            "unit_grid": self.unit_grid.to_dict() if self.unit_grid else None,
        }
