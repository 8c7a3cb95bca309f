"""The unit grids of a registry as they will be after a delivery."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.read import Bounds, read_frame
from gis.registry import Registry
from gis.staging import Staging
from grids.groups.units import Units, sound_areas, units_of

_MARGIN_DEGREES = 0.001


@dataclass(frozen=True)
class ResultingGrids:
    """Unit grids in and around a delivery: its accepted rows, and live grids that it does not replace.

    Attributes
    ----------
    units : Units
        The grids.
    bounds : tuple of float or None
        West, south, east, north of all ground that the delivered grids cover or covered before, and a
        hundred metres around; None when they cover none.
    delivered : frozenset of str
        Codes in the delivery, whether accepted or not, and those that it ends.
    """

    units: Units
    bounds: Bounds | None
    delivered: frozenset[str]

    @cached_property
    def tree(self) -> shapely.STRtree:
        """Index of the valid copies of the grids."""
        return shapely.STRtree(self.units.sound)


def resulting_grids(staging: Staging, registry: Registry, ended: Iterable[str | None] = ()) -> ResultingGrids:
    """Put the accepted rows of a delivery in the place of the grids that it replaces.

    A live grid whose row is refused stays as it is.

    Parameters
    ----------
    staging : Staging
        Checked rows of unit grids.
    registry : Registry
        Has the other grids.
    ended : iterable of str or None
        Codes of grids that the delivery ends.
    """
    codes = staging.values("code")
    own = np.flatnonzero(~staging.refused & (codes != None))  # noqa: E711 - elementwise
    gone = {*codes[own], *ended}
    delivered = frozenset(code for code in (*codes, *ended) if code is not None)
    frame = read_frame(registry, "grids", columns=["code", "geometry"])
    live = np.array([*frame.geometry, None], dtype=object)[:-1]
    labels = frame["code"].to_numpy(dtype=object)
    old = np.array([code in delivered for code in labels], dtype=bool)
    bounds = _bounds(staging.geometries[own], live[old])
    kept = np.array([code not in gone for code in labels], dtype=bool)
    near = kept & (shapely.intersects(shapely.box(*bounds), sound_areas(live)) if bounds else False)
    units = units_of(
        "grids",
        np.concatenate([codes[own], labels[near]]),
        np.concatenate([staging.geometries[own], live[near]]),
    )
    return ResultingGrids(units, bounds, delivered)


def _bounds(*layers: NDArray[np.object_]) -> Bounds | None:
    present = np.concatenate(layers)
    west, south, east, north = shapely.total_bounds(present).tolist() if len(present) else [np.nan] * 4
    if not np.isfinite([west, south, east, north]).all():
        return None
    margin = _MARGIN_DEGREES
    return west - margin, south - margin, east + margin, north + margin
