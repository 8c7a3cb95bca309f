"""In which divisions places lie, and whether these are the ones they state (P03, P07)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas
from numpy.typing import NDArray

from geocoding.checks.limits import PlaceLimits
from geocoding.checks.numbers import plain
from gis.compact_staging import CompactStaging, Rows
from gis.coverage import Coverage
from gis.findings import Severity
from gis.models import DATASETS
from gis.places import Coordinates
from gis.read import read_frame
from gis.registry import Registry
from gis.text import t
from gis.texts import Coded
from grids.codes import Level

UNKNOWN_COUNTY = "000000"
_PIECE = 1 << 18
_FIELDS = {
    Level.COMMUNITY: ("community", "community_name"),
    Level.STREET: ("street", "town_name"),
    Level.COUNTY: ("county", "district_name"),
}


@dataclass(frozen=True, slots=True)
class _Layer:
    """The divisions of one level, and the row of the one each place lies in (-1 for none)."""

    codes: NDArray[np.object_]
    names: NDArray[np.object_]
    coverage: Coverage
    found: NDArray[np.int32]

    def of_places(self) -> Coded:
        """Return the code of the division of each place."""
        return Coded.spread(self.found + 1, [None, *self.codes])

    def code_of(self, name: str) -> str | None:
        """Return the code of the only division of a name."""
        met = [code for code, own in zip(self.codes, self.names, strict=True) if own and plain(own) == name]
        return met[0] if len(met) == 1 else None


class DivisionPlaces:
    """The divisions of the registry, and in which of them the places of a delivery lie.

    Parameters
    ----------
    registry : Registry
    points : ndarray of float, shape (n, 2)
        A point in each place (longitude, latitude; EPSG:4490), not a number where there is none.
    """

    def __init__(self, registry: Registry, points: Coordinates) -> None:
        self.points = points
        self._layers = {
            level: _layer(frame, points) for level in _FIELDS if len(frame := _divisions(registry, level))
        }

    def __bool__(self) -> bool:
        return bool(self._layers)

    def prefixes(self, rows: Rows, layer: int) -> list[str]:
        """Return county, street and layer of codes: by the street rows lie in, else the only county."""
        county = self._layers.get(Level.COUNTY)
        only = str(county.codes[0]) if county is not None and len(county.codes) == 1 else UNKNOWN_COUNTY
        street = self._layers.get(Level.STREET)
        codes = [None] * len(rows) if street is None else street.of_places().take(rows).slice(0, len(rows))
        return [
            f"{code if code and len(code) == 9 and code.isdigit() else only + '000'}{layer:02d}"
            for code in codes
        ]

    def check(self, staging: CompactStaging, limits: PlaceLimits) -> None:
        """Report places outside every division of the finest level (P03) or the one they state (P07).

        Divisions that are not stated are filled in, by position.
        """
        if not self._layers:
            staging.notes.append(t("The registry has no divisions: positions are not compared with them"))
            return
        finest = next(iter(self._layers.values()))
        outside = (finest.found < 0) & ~np.isnan(self.points[:, 0]) & ~staging.refused
        staging.flag_rows(np.flatnonzero(outside), "P03", Severity.WARNING, _Outside(staging))
        for level, layer in self._layers.items():
            self._check_stated(staging, level, layer, limits)
        self._fill(staging)

    def _check_stated(
        self, staging: CompactStaging, level: Level, layer: _Layer, limits: PlaceLimits
    ) -> None:
        field, named = _FIELDS[level]
        if not staging.has(field):
            return
        stated = staging.column(field).coded()
        if staging.has(named):
            stated = stated.filled(staging.column(named).map(lambda name: layer.code_of(plain(name))))
        rows = {code: row for row, code in enumerate(layer.codes)}
        claims = np.array([rows.get(word, -1) for word in stated.words], np.int32)[stated.codes]
        apart = np.flatnonzero(
            (claims >= 0) & (claims != layer.found) & ~np.isnan(self.points[:, 0]) & ~staging.refused
        )
        metres = layer.coverage.edge_distance(self.points[apart, 0], self.points[apart, 1], claims[apart])
        far = metres > limits.boundary_m
        self._tell(staging, apart[far], metres[far], layer, claims, field)

    def _tell(
        self,
        staging: CompactStaging,
        rows: Rows,
        metres: NDArray[np.float64],
        layer: _Layer,
        claims: NDArray[np.int32],
        field: str,
    ) -> None:
        away = dict(zip(rows.tolist(), metres.tolist(), strict=True))
        here = layer.of_places()

        def tell(at: int) -> dict[str, Any]:
            claim = claims[at]
            message = t(
                "{name} states {division}, from which it is {away} m away",
                name=staging.name_of(at),
                division=layer.names[claim] or layer.codes[claim],
                away=f"{away[at]:.0f}",
            )
            return {"message": message, "field": field, "value": layer.codes[claim], "expected": here[at]}

        staging.flag_rows(rows, "P07", Severity.WARNING, tell)

    def _fill(self, staging: CompactStaging) -> None:
        """Give the divisions by position where they are not stated."""
        for level in _FIELDS:
            field = _FIELDS[level][0]
            if not staging.has(field):
                continue
            layer = self._layers.get(level)
            stated = staging.column(field).coded()
            staging.set(field, stated if layer is None else stated.filled(layer.of_places()))


class _Outside:
    """Tells of places outside every division."""

    def __init__(self, staging: CompactStaging) -> None:
        self._staging = staging

    def __call__(self, at: int) -> dict[str, Any]:
        message = t("{name} lies outside every division", name=self._staging.name_of(at))
        return {"message": message, "field": "geometry"}


def _divisions(registry: Registry, level: Level) -> pandas.DataFrame:
    where = DATASETS["divisions"].live.c.level == str(level)
    return read_frame(registry, "divisions", where=where, columns=["code", "name", "geometry"])


def _layer(frame: Any, points: Coordinates) -> _Layer:
    codes = frame["code"].to_numpy(dtype=object)
    coverage = Coverage.build(np.array(list(frame.geometry), dtype=object), codes.tolist())
    found = np.full(len(points), -1, dtype=np.int32)
    for start in range(0, len(points), _PIECE):
        part = points[start : start + _PIECE]
        present = np.flatnonzero(~np.isnan(part[:, 0]))
        found[start + present] = coverage.locate(part[present, 0], part[present, 1])
    return _Layer(codes, _names(frame["name"]), coverage, found)


def _names(names: Sequence[Any]) -> NDArray[np.object_]:
    return np.array([*(name if isinstance(name, str) else None for name in names), None], dtype=object)[:-1]
