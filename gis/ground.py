"""What ground a registry covers, to hold coordinates against."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.read import read_frame
from gis.registry import Registry

#: Deliveries reach beyond the borders of their district by so much, in degrees (about 5 km).
MARGIN_DEG = 0.05


@dataclass(frozen=True, slots=True)
class Ground:
    """The divisions of a registry, EPSG:4490, longitude and latitude.

    Attributes
    ----------
    divisions : ndarray of shapely.Polygon or shapely.MultiPolygon
        Those of the highest level there is.
    """

    divisions: NDArray[np.object_]
    _tree: shapely.STRtree = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_tree", shapely.STRtree(self.divisions))

    def inside(
        self, lon: NDArray[np.float64], lat: NDArray[np.float64], *, margin_deg: float = 0.0
    ) -> NDArray[np.bool_]:
        """Tell which positions lie in a division, or not further from one than a margin.

        Positions that are no numbers lie nowhere.
        """
        known = np.isfinite(lon) & np.isfinite(lat)
        found = np.zeros(len(lon), dtype=bool)
        points = shapely.points(lon[known], lat[known])
        hits = self._tree.query(points, predicate="dwithin", distance=margin_deg)[0]
        found[np.flatnonzero(known)[np.unique(hits)]] = True
        return found


def ground_of(registry: Registry) -> Ground | None:
    """Read the ground of a registry.

    Returns
    -------
    Ground or None
        ``None`` without a division that has a shape.
    """
    levels = read_frame(registry, "divisions", columns=["level"])["level"]
    for level in ("county", "street", "community"):
        if (levels == level).any():
            break
    else:
        return None
    frame = read_frame(registry, "divisions", columns=["level", "geometry"])
    shapes = frame.loc[frame["level"] == level, "geometry"].to_numpy()
    shapes = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
    return Ground(shapely.make_valid(shapes)) if len(shapes) else None
