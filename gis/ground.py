"""What ground a registry covers, to hold coordinates against."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.models import DATASETS
from gis.read import read_frame
from gis.registry import Registry

#: Deliveries reach beyond the borders of their district by so much, in degrees (about 5 km).
MARGIN_DEG = 0.05


# How much of a margin may be lost to a simpler outline, which is tested many times faster.
_SIMPLER = 0.2


class Ground:
    """The divisions of a registry, EPSG:4490, longitude and latitude.

    Parameters
    ----------
    divisions : ndarray of shapely.Polygon or shapely.MultiPolygon
        Those of the highest level there is.
    """

    def __init__(self, divisions: NDArray[np.object_]) -> None:
        self.divisions = divisions
        self._tree = shapely.STRtree(divisions)
        self._grown: dict[tuple[int, float], shapely.Geometry] = {}

    def inside(
        self, lon: NDArray[np.float64], lat: NDArray[np.float64], *, margin_deg: float = 0.0
    ) -> NDArray[np.bool_]:
        """Tell which positions lie in a division, or not further from one than about a margin.

        Positions that are no numbers lie nowhere.
        """
        known = np.isfinite(lon) & np.isfinite(lat)
        found = np.zeros(len(lon), dtype=bool)
        if known.any():
            x, y = lon[known], lat[known]
            edge = margin_deg + 1e-9
            near = shapely.box(x.min() - edge, y.min() - edge, x.max() + edge, y.max() + edge)
            for position in self._tree.query(near).tolist():
                found[known] |= shapely.intersects_xy(self._with_margin(position, margin_deg), x, y)
        return found

    def _with_margin(self, position: int, margin_deg: float) -> shapely.Geometry:
        """Return one division grown by a margin, prepared."""
        key = position, margin_deg
        if key not in self._grown:
            plain = self.divisions[position]
            grown = plain.simplify(_SIMPLER * margin_deg).buffer(margin_deg) if margin_deg else plain
            shapely.prepare(grown)
            self._grown[key] = grown
        return self._grown[key]


def ground_of(registry: Registry) -> Ground | None:
    """Read the ground of a registry.

    Returns
    -------
    Ground or None
        ``None`` without a division that has a shape.
    """
    column = DATASETS["divisions"].live.c.level
    for level in ("county", "street", "community"):
        frame = read_frame(registry, "divisions", where=column == level, columns=["geometry"])
        shapes = frame["geometry"].to_numpy()
        shapes = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
        if len(shapes):
            return Ground(shapely.make_valid(shapes))
    return None
