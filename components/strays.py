"""Components that lie far away from all the others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from components.plane import METRES_PER_DEGREE, Floats, Rows, first_named, shown_places, usable
from gis.compact_staging import CompactStaging
from gis.findings import Severity
from gis.ground import MARGIN_DEG, Ground, ground_of
from gis.layer import LAYER
from gis.places import Coordinates
from gis.registry import Registry
from gis.text import Text, t

FAR_M = 50_000.0
"""Nearer to the middle of its delivery nothing is far away: a large county is as wide."""
FAR_TIMES = 10.0
"""Nor is what is nearer than so many times the distance that three quarters of the delivery keep."""
MOST_STRAYS = 0.1
"""Where more lie away, they are no strays: the delivery has several places, or the registry lacks some."""
# So many of one file are told one by one, more of them together.
_TOLD_SINGLY = 20
_FEWEST = 3
# So many positions, evenly taken, tell where the middle is.
_SAMPLE = 100_000
_PIECE = 1 << 18


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where the components of a delivery are to be expected.

    Attributes
    ----------
    ground : Ground or None
        The divisions, when nearly all of the delivery lies in them or within 5 km.
    lon, lat : float
        Middle of the delivery (medians; degrees, EPSG:4490).
    reach_m : float
        How far from the middle components are expected, where there is no ground.
    """

    ground: Ground | None
    lon: float
    lat: float
    reach_m: float

    @classmethod
    def of(cls, lon: Floats, lat: Floats, ground: Ground | None) -> Surroundings:
        """Work out the surroundings of positions."""
        some = slice(None, None, max(1, len(lon) // _SAMPLE))
        middle = cls(None, float(np.median(lon[some])), float(np.median(lat[some])), 0.0)
        reach = max(FAR_M, FAR_TIMES * float(np.quantile(middle.distance(lon[some], lat[some]), 0.75)))
        if ground is not None and _are_few(~ground.inside(lon, lat, margin_deg=MARGIN_DEG)):
            return cls(ground, middle.lon, middle.lat, reach)
        return cls(None, middle.lon, middle.lat, reach)

    def distance(self, lon: Floats, lat: Floats) -> Floats:
        """Return the distances of positions from the middle on a sphere, in metres."""
        here, there = np.radians(self.lat), np.radians(lat)
        across = np.cos(here) * np.cos(there) * np.sin(np.radians(lon - self.lon) / 2) ** 2
        half = np.arcsin(np.sqrt(np.minimum(1.0, np.sin((there - here) / 2) ** 2 + across)))
        return np.asarray(2 * np.degrees(half) * METRES_PER_DEGREE)

    def hold(self, lon: Floats, lat: Floats) -> NDArray[np.bool_]:
        """Tell which positions lie where they are expected."""
        parts = [
            self._hold(lon[at : at + _PIECE], lat[at : at + _PIECE]) for at in range(0, len(lon), _PIECE)
        ]
        return np.concatenate([np.zeros(0, dtype=bool), *parts])

    def _hold(self, lon: Floats, lat: Floats) -> NDArray[np.bool_]:
        if self.ground is not None:
            return self.ground.inside(lon, lat, margin_deg=MARGIN_DEG)
        return np.asarray(self.distance(lon, lat) <= self.reach_m)


def check_strays(staging: CompactStaging, points: Coordinates, registry: Registry) -> Coordinates:
    """Report components far from the registry's divisions, without those from all the others (C26).

    Parameters
    ----------
    staging : CompactStaging
        Components.
    points : ndarray of float, shape (n, 2)
        Their positions (longitude, latitude; EPSG:4490), not a number where there is none.
    registry : Registry
        Its divisions count where nearly all of the delivery lies in or around them.

    Returns
    -------
    ndarray of float
        The positions without the strays, so that one fault is told once.
    """
    rows = usable(staging, points)
    if len(rows) < _FEWEST:
        return points
    lon, lat = points[rows].T
    around = Surroundings.of(lon, lat, ground_of(registry))
    away = ~around.hold(lon, lat)
    if not away.any() or not _are_few(away):
        return points
    strays = rows[away]
    swapped = around.hold(lat[away], lon[away])
    for kind in (True, False):
        _tell(staging, points, strays[swapped == kind], around, swapped=kind)
    kept = points.copy()
    kept[strays] = np.nan
    return kept


def _are_few(away: NDArray[np.bool_]) -> bool:
    return int(away.sum()) <= max(1, MOST_STRAYS * len(away))


def _tell(
    staging: CompactStaging, points: Coordinates, rows: Rows, around: Surroundings, *, swapped: bool
) -> None:
    hint = (
        t("Exchange longitude and latitude: then the position is among the others")
        if swapped
        else t("Correct the coordinates; a wrong digit is the usual reason")
    )
    layers = staging.column(LAYER).take(rows).objects()
    for layer in dict.fromkeys(layers):
        there = rows[layers == layer]
        if len(there) > _TOLD_SINGLY:
            _tell_together(staging, points, there, str(layer), hint)
            continue
        lon, lat = points[there].T
        for at, metres in zip(there, around.distance(lon, lat), strict=True):
            message = t(
                "{name} lies {km} km from the middle of the delivery",
                name=staging.name_of(at),
                km=f"{metres / 1000:.0f}",
            )
            staging.flag(
                at, "C26", Severity.WARNING, message, field="geometry", value=_written(points[at]), hint=hint
            )


def _tell_together(staging: CompactStaging, points: Coordinates, rows: Rows, layer: str, hint: Text) -> None:
    staging.add(
        "C26",
        Severity.WARNING,
        t(
            "{count} components of {layer} lie far from the others: {names}",
            count=len(rows),
            layer=layer,
            names=first_named(staging, rows),
        ),
        field="geometry",
        hint=hint,
        geometry=shown_places(points, rows),
    )


def _written(point: Coordinates) -> str:
    return f"{point[0]:.6f}, {point[1]:.6f}"
