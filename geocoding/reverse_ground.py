"""In which divisions and unit grid points lie, many at a time (所在行政区域、单元网格)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geocoding.matching.upper_levels import Division
from gis.coverage import Coverage
from gis.degrees import metres_per_degree
from gis.models import DATASETS
from gis.read import Bounds, read_frame
from gis.registry import Registry
from grids.codes import Level

Rows = NDArray[np.int64]


class PolygonLayer:
    """Polygons with code and name; immutable.

    Parameters
    ----------
    frame : DataFrame
        With ``code``, ``name`` and ``geometry`` in EPSG:4490.

    Attributes
    ----------
    reach_m : ndarray of float64
        Half the diagonal of each, metres.
    """

    def __init__(self, frame: pd.DataFrame) -> None:
        names: Sequence[object] = frame["name"].tolist()
        self._divisions = [
            Division(str(code), name if isinstance(name, str) else None)
            for code, name in zip(frame["code"].tolist(), names, strict=True)
        ]
        shapes = np.array([*frame["geometry"], None], dtype=object)[:-1]
        self.reach_m = half_diagonals(shapes)
        codes = [division.code for division in self._divisions]
        self._coverage = Coverage.build(shapes, codes) if codes else None

    def __len__(self) -> int:
        return len(self._divisions)

    def locate(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Rows:
        """Return which polygon each point lies in, -1 for none."""
        if self._coverage is None:
            return np.full(len(lon), -1, np.int64)
        return self._coverage.locate(lon, lat)

    def division(self, row: int) -> Division | None:
        """Return code and name of a polygon; None for -1."""
        return self._divisions[row] if row >= 0 else None

    def name(self, row: int) -> str | None:
        """Return the name of a polygon; None for -1, and where it has none."""
        return self._divisions[row].name if row >= 0 else None


@dataclass(frozen=True, slots=True)
class Ground:
    """The divisions by level, and the unit grids."""

    county: PolygonLayer
    street: PolygonLayer
    community: PolygonLayer
    grids: PolygonLayer

    @classmethod
    def read(cls, registry: Registry, as_of: datetime | None, bounds: Bounds | None) -> Ground:
        """Read what meets a rectangle, or everything.

        Parameters
        ----------
        registry : Registry
        as_of : datetime, optional
            Moment whose polygons are read; now by default.
        bounds : tuple of float, optional
            West, south, east, north in degrees.
        """
        table = DATASETS["divisions"].live
        columns = ("code", "name", "geometry")
        layers = {
            str(level): PolygonLayer(
                read_frame(
                    registry,
                    "divisions",
                    columns=columns,
                    bbox=bounds,
                    where=table.c.level == str(level),
                    as_of=as_of,
                )
            )
            for level in Level
        }
        return cls(
            **layers,
            grids=PolygonLayer(read_frame(registry, "grids", columns=columns, bbox=bounds, as_of=as_of)),
        )


def half_diagonals(shapes: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return half the diagonal of the rectangle around shapes (EPSG:4490) in metres, 0 of what is missing."""
    west, south, east, north = shapely.bounds(shapes).T
    per_lon, per_lat = metres_per_degree(np.nan_to_num(south))
    return np.asarray(np.nan_to_num(np.hypot((east - west) * per_lon, (north - south) * per_lat) / 2))
