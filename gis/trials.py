"""Try reference systems on coordinates, to find under which they fall into the ground of the registry.

Nothing here is applied. A system under which the positions fall where the city is has been tested, and is
named with the counts; a person reads and declares it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.crs import CrsRefused, transformer
from gis.declared_crs import declared_name
from gis.ground import MARGIN_DEG, Ground
from gis.hypotheses import Bounds, bounds_of, is_unzoned, scaled_bounds, swapped_bounds, zone_of
from gis.places import Places
from gis.text import Text, t

#: So many positions, evenly spread, tell where a layer lies.
ENOUGH = 500
#: Share of positions that fall into the ground when a system fits.
FITS = 0.9
#: Borders are drawn apart by so much, in degrees (some 50 m): positions as near to one count as inside.
BORDER_DEG = 5e-4
_WORTH_TELLING = 0.5
_SHOWN = 4
_DEGREES = ("EPSG:4490", "GCJ02", "BD09LL")
_METRES = (("", 1.0), (",mm", 0.001), (",cm", 0.01), (",ft", 0.3048))
# Gauss-Krüger zones of three degrees and UTM zones, by central meridian.
_UNZONED = {75 + 3 * n: f"EPSG:{4534 + n}" for n in range(21)}
_UTM = {6 * zone - 183: f"EPSG:{32600 + zone}" for zone in range(43, 54)}
# Neighbouring districts use a zone beyond its edges.
_REACH_DEG = 4.5


@dataclass(frozen=True, slots=True)
class Trial:
    """One system tried.

    Attributes
    ----------
    option : str
        As given to ``--crs``.
    inside, near : int
        Positions that fall into a division, and into one or not far from it.
    total : int
        Positions tried.
    """

    option: str
    inside: int
    near: int
    total: int

    @property
    def fits(self) -> bool:
        """Whether nearly all positions fall where the city is."""
        return self.near >= FITS * self.total


def positions(places: Places) -> NDArray[np.float64]:
    """Take evenly spread coordinates, finite ones only; shape (n, 2), x first."""
    xy = places.coordinates()
    xy = xy[np.isfinite(xy).all(axis=1)]
    return xy[:: max(1, -(-len(xy) // ENOUGH))]


def trials(places: Places, ground: Ground) -> list[Trial]:
    """Try every system that the numbers allow.

    Parameters
    ----------
    places : Places
        In the unknown system, x first.
    ground : Ground
        Where they should fall.

    Returns
    -------
    list of Trial
        Those that place at least half of the positions, the best first.
    """
    xy, bounds = positions(places), bounds_of(places)
    if bounds is None:
        return []
    found = [tried(option, xy, ground) for option in dict.fromkeys(_options(bounds, ground))]
    telling = [trial for trial in found if trial.near >= _WORTH_TELLING * trial.total]
    return sorted(telling, key=lambda trial: (-trial.inside, -trial.near))


def tried(option: str, xy: NDArray[np.float64], ground: Ground) -> Trial:
    """Try one system on positions."""
    try:
        lon, lat = transformer(declared_name(option))(xy[:, 0], xy[:, 1])
    except CrsRefused:
        return Trial(option, 0, 0, len(xy))
    inside = ground.inside(lon, lat, margin_deg=BORDER_DEG)
    near = ground.inside(lon, lat, margin_deg=MARGIN_DEG)
    return Trial(option, int(inside.sum()), int(near.sum()), len(xy))


def told(found: list[Trial]) -> Text:
    """Say what the trials gave, with the options to use."""
    if not found:
        return t("in no system that was tried do they fall into the divisions of the registry")
    listed = "; ".join(f"--crs {trial.option} ({trial.inside}/{trial.total})" for trial in found[:_SHOWN])
    return t("into the divisions of the registry they fall with {options}", options=listed)


def _options(bounds: Bounds, ground: Ground) -> Iterator[str]:
    """List what the numbers allow, as given to ``--crs``."""
    if max(map(abs, bounds)) <= 360:
        yield from _DEGREES
        yield from (f"{name},yx" for name in _DEGREES)
        return
    middle = float(np.mean(shapely.total_bounds(ground.divisions)[[0, 2]]))
    for suffix, factor in _METRES:
        for axes, box in (("", bounds), (",yx", swapped_bounds(bounds))):
            for name in _plane(scaled_bounds(box, factor), middle):
                yield f"{name}{axes}{suffix}"
    yield "EPSG:3857"


def _plane(bounds: Bounds, middle: float) -> Iterator[str]:
    """List the plane systems for eastings and northings in metres near a longitude."""
    zone = zone_of(bounds)
    if zone is not None:
        yield zone[0]
    if is_unzoned(bounds):
        for meridians in (_UNZONED, _UTM):
            yield from (code for at, code in meridians.items() if abs(at - middle) <= _REACH_DEG)
