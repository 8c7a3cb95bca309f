"""The divisions and unit grid that things lie in: what stands in front of names, and what answers say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gis.coverage import Coverage
from gis.models import DATASETS
from gis.read import read_frame
from gis.registry import Registry
from grids.codes import Level

_STATED = {"county": "district_name", "street": "town_name", "community": "community_name"}
_ORDER = {str(level): position for position, level in enumerate(Level)}


@dataclass(frozen=True, slots=True)
class Division:
    """A division or a unit grid: code and name."""

    code: str
    name: str | None

    def to_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        return {"code": self.code, "name": self.name}


class UpperLevels:
    """Divisions of a registry, county to community, and its unit grids.

    Parameters
    ----------
    registry : Registry
    as_of : datetime, optional
        Moment whose divisions and grids are taken.
    """

    def __init__(self, registry: Registry, as_of: datetime | None = None) -> None:
        self._registry, self._as_of = registry, as_of
        self._layers = {str(level): self._layer("divisions", str(level)) for level in Level}
        self._grids: _Layer | None = None

    def before(
        self, dataset: str, frame: pd.DataFrame, lon: NDArray[np.float64], lat: NDArray[np.float64]
    ) -> list[list[str]]:
        """Return the names of the levels above things, highest first; stated ones before worked out ones.

        A street runs through several towns: of the levels that are not stated it has its county's alone.
        """
        columns = []
        for position, (level, layer) in enumerate(self._layers.items()):
            worked_out = layer.names_at(lon, lat)
            if dataset == "streets" and position > 0:
                worked_out = [None] * len(lon)
            if dataset == "divisions":
                below = [_ORDER.get(str(own), 0) <= position for own in frame["level"]]
                worked_out = [None if hidden else one for one, hidden in zip(worked_out, below, strict=True)]
            stated = frame[_STATED[level]] if _STATED[level] in frame else [None] * len(frame)
            columns.append(
                [
                    one if isinstance(one, str) else other
                    for one, other in zip(stated, worked_out, strict=True)
                ]
            )
        if "street_name" in frame:
            columns.append([one if isinstance(one, str) else None for one in frame["street_name"]])
        return [[name for name in names if name] for names in zip(*columns, strict=True)]

    def divisions(self, lon: float, lat: float) -> dict[str, Division | None]:
        """Return the divisions a point lies in, by level."""
        return {level: layer.at(lon, lat) for level, layer in self._layers.items()}

    def unit_grid(self, lon: float, lat: float) -> Division | None:
        """Return the unit grid a point lies in; they are read when first asked for."""
        if self._grids is None:
            self._grids = self._layer("grids", None)
        return self._grids.at(lon, lat)

    def _layer(self, dataset: str, level: str | None) -> _Layer:
        table = DATASETS[dataset].live
        where = None if level is None else table.c.level == level
        columns = ["code", "name", "geometry"]
        return _Layer(read_frame(self._registry, dataset, columns=columns, where=where, as_of=self._as_of))


class _Layer:
    """Polygons with code and name."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self._codes = [str(code) for code in frame["code"]]
        self._names = [name if isinstance(name, str) else None for name in frame["name"]]
        shapes = np.array(list(frame["geometry"]), dtype=object)
        self._coverage = Coverage.build(shapes, self._codes) if len(frame) else None

    def names_at(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> list[str | None]:
        if self._coverage is None:
            return [None] * len(lon)
        return [self._names[row] if row >= 0 else None for row in self._coverage.locate(lon, lat)]

    def at(self, lon: float, lat: float) -> Division | None:
        row = -1 if self._coverage is None else self._coverage.one(lon, lat)
        return Division(self._codes[row], self._names[row]) if row >= 0 else None
