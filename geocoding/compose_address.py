"""Compose the text of a place (事发位置, field ``SFWZ``): upper levels, what is named, direction.

The order of preference (plate, point of interest, crossing, street and grid) and the patterns are those of
our note on geocoding, clauses 5.2 and 5.5, after GB/T 37149-2018, annex B; texts have at most 256 characters.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import islice

import shapely

from geocoding.levels import Level
from geocoding.matching.things import PLATE_ACCURACY
from geocoding.near_shapes import Near
from geocoding.reverse_answers import Basis, ComposedAddress, Pattern, ReverseAnswer
from geocoding.reverse_candidates import Candidates
from geocoding.reverse_ground import PolygonLayer
from geocoding.reverse_index import ReverseIndex
from geocoding.reverse_things import DATASETS, NamedThings
from gis.degrees import metres_per_degree

LONGEST = 256
CROSSING_ACCURACY = 20.0
"""Metres that the middle of a crossing may be from what is meant by it."""

INSIDE = "内"
GRID = "单元网格"
"""In front of the code of a unit grid that has no name."""

GRID_ENDING = "网格"
"""Behind the name of a unit grid that does not say that it is one."""

_SECTORS = ("北", "东北", "东", "东南", "南", "西南", "西", "西北")
_AT_PLACE = 1.0
"""Metres: nearer than this a point is at the place, and no direction is said."""


class Composer:
    """Compose addresses of points whose candidates are known.

    Parameters
    ----------
    index : ReverseIndex
    candidates : Candidates
        Of some points.
    lon, lat : sequence of float
        These points, degrees in EPSG:4490.
    """

    def __init__(
        self, index: ReverseIndex, candidates: Candidates, lon: Sequence[float], lat: Sequence[float]
    ) -> None:
        self._index, self._found, self._lon, self._lat = index, candidates, lon, lat
        nears = (candidates.plates, candidates.pois, candidates.crossings, candidates.streets)
        self._rows = [_by_point(near) for near in nears]
        self._levels: dict[tuple[int, int], tuple[str, ...]] = {}
        self._in_front = tuple(one for one in (index.settings.province, index.settings.prefecture) if one)

    def answer(self, point: int, alternatives: int) -> ReverseAnswer | None:
        """Return what a point is called, with so many further texts; None where nothing is near."""
        found = list(islice(self.addresses(point), 1 + alternatives))
        if not found:
            return None
        ground, rows = self._index.ground, self._found
        return ReverseAnswer(
            self._lon[point],
            self._lat[point],
            found[0],
            tuple(found[1:]),
            {
                "county": ground.county.division(int(rows.county[point])),
                "street": ground.street.division(int(rows.street[point])),
                "community": ground.community.division(int(rows.community[point])),
            },
            ground.grids.division(int(rows.grid[point])),
        )

    def addresses(self, point: int) -> Iterator[ComposedAddress]:
        """Yield the texts for a point, by the order of the rules; none where nothing is near."""
        return (address for address in self._all(point) if address is not None)

    def _all(self, point: int) -> Iterator[ComposedAddress | None]:
        plates, pois, crossings, streets = (rows.get(point, ()) for rows in self._rows)
        yield from (self._plate(row) for row in plates)
        yield from (self._poi(point, row) for row in pois)
        yield from (self._crossing(point, row) for row in crossings)
        yield from (self._street(point, row) for row in streets)
        yield self._grid(point)
        yield self._division(point)

    def _plate(self, row: int) -> ComposedAddress | None:
        near = self._found.plates
        basis, above = self._named(self._index.plates, int(near.shapes[row]))
        text = _text(above, str(basis.name))
        return (
            None
            if text is None
            else _at(near, row, text, Pattern.PLATE, Level.PLATE, (basis,), PLATE_ACCURACY)
        )

    def _poi(self, point: int, row: int) -> ComposedAddress | None:
        near, thing = self._found.pois, int(self._found.pois.shapes[row])
        basis, above = self._named(self._index.pois, thing)
        direction = self._direction(point, near, row, self._index.pois.shapes[thing])
        pattern = Pattern.POI_DIRECTION if direction else Pattern.POI
        text = _text(above, str(basis.name), direction or "")
        return (
            None
            if text is None
            else _at(near, row, text, pattern, Level.POI, (basis,), PLATE_ACCURACY, direction)
        )

    def _named(self, things: NamedThings, thing: int) -> tuple[Basis, tuple[str, ...]]:
        """Return a plate or point of interest, and the levels above it: those of its own place."""
        dataset = DATASETS[things.datasets[thing]]
        basis = Basis(dataset, things.codes[thing].as_py(), things.texts[thing].as_py())
        return basis, (*self._in_front, *things.upper_names[things.uppers[thing]])

    def _direction(self, point: int, near: Near, row: int, shape: shapely.Geometry) -> str | None:
        """Return in which of eight sectors of 45° a point lies from a place."""
        if near.metres[row] < _AT_PLACE:
            return INSIDE if near.metres[row] == 0 and shapely.get_dimensions(shape) == 2 else None
        return direction_of(float(near.lon[row]), float(near.lat[row]), self._lon[point], self._lat[point])

    def _crossing(self, point: int, row: int) -> ComposedAddress | None:
        near = self._found.crossings
        pair = self._index.crossings.pairs[near.shapes[row]].tolist()
        basis = tuple(self._street_basis(one) for one in pair)
        text = _text(self._above(point), f"{basis[0].name}与{basis[1].name}交叉口")
        return (
            None
            if text is None
            else _at(near, row, text, Pattern.CROSSING, Level.STREET, basis, CROSSING_ACCURACY)
        )

    def _street(self, point: int, row: int) -> ComposedAddress | None:
        near, street, grid = (
            self._found.streets,
            int(self._found.streets.shapes[row]),
            self._grid_basis(point),
        )
        basis: tuple[Basis, ...] = (self._street_basis(street),)
        pattern, name, reach = Pattern.STREET, str(basis[0].name), self._index.streets.reach_m[street]
        if grid is not None:
            pattern, name, basis = Pattern.STREET_GRID, name + _grid_name(grid), (*basis, grid)
            reach = self._index.ground.grids.reach_m[self._found.grid[point]]
        text = _text(self._above(point), name)
        return None if text is None else _at(near, row, text, pattern, Level.STREET, basis, float(reach))

    def _street_basis(self, street: int) -> Basis:
        streets = self._index.streets
        return Basis("streets", streets.codes[street], streets.names[street])

    def _grid(self, point: int) -> ComposedAddress | None:
        basis = self._grid_basis(point)
        if basis is None:
            return None
        layer, row = self._index.ground.grids, int(self._found.grid[point])
        name, reach = _grid_name(basis), float(layer.reach_m[row])
        return self._within(point, name, Pattern.GRID, Level.COMMUNITY, basis, reach)

    def _division(self, point: int) -> ComposedAddress | None:
        ground, found = self._index.ground, self._found
        layers: tuple[tuple[PolygonLayer, int, Level], ...] = (
            (ground.community, int(found.community[point]), Level.COMMUNITY),
            (ground.street, int(found.street[point]), Level.TOWNSHIP),
        )
        for layer, row, level in layers:
            division = layer.division(row)
            if division is not None and division.name:
                basis = Basis("divisions", division.code, division.name)
                reach = float(layer.reach_m[row])
                return self._within(point, division.name, Pattern.DIVISION, level, basis, reach)
        return None

    def _within(
        self, point: int, name: str, pattern: Pattern, level: Level, basis: Basis, reach: float
    ) -> ComposedAddress | None:
        text = _text(self._above(point), name)
        lon, lat = self._lon[point], self._lat[point]
        return (
            None
            if text is None
            else ComposedAddress(text, pattern, level, (basis,), lon, lat, 0.0, None, reach)
        )

    def _grid_basis(self, point: int) -> Basis | None:
        grid = self._index.ground.grids.division(int(self._found.grid[point]))
        return None if grid is None else Basis("grids", grid.code, grid.name)

    def _above(self, point: int) -> tuple[str, ...]:
        """Return the names of the levels in which a point lies, down to the township."""
        rows = int(self._found.county[point]), int(self._found.street[point])
        known = self._levels.get(rows)
        if known is None:
            ground = self._index.ground
            names = (ground.county.name(rows[0]), ground.street.name(rows[1]))
            known = self._levels[rows] = (*self._in_front, *(name for name in names if name))
        return known


def direction_of(lon: float, lat: float, to_lon: float, to_lat: float) -> str:
    """Return in which sector of 45 degrees, 北 东北 东 …, one point lies from another (degrees, EPSG:4490).

    Examples
    --------
    >>> direction_of(106.5, 29.4, 106.501, 29.399)
    '东南'
    """
    per_lon, per_lat = metres_per_degree(lat)
    bearing = math.degrees(math.atan2((to_lon - lon) * per_lon, (to_lat - lat) * per_lat))
    return _SECTORS[int((bearing + 22.5) // 45) % 8]


def _by_point(near: Near) -> dict[int, list[int]]:
    """Return the rows of the pairs of each point, in order."""
    rows: dict[int, list[int]] = {}
    for row, point in enumerate(near.points.tolist()):
        rows.setdefault(point, []).append(row)
    return rows


def _at(
    near: Near,
    row: int,
    text: str,
    pattern: Pattern,
    level: Level,
    basis: tuple[Basis, ...],
    accuracy_m: float,
    direction: str | None = None,
) -> ComposedAddress:
    """Return the address that one pair makes."""
    lon, lat, metres = float(near.lon[row]), float(near.lat[row]), float(near.metres[row])
    return ComposedAddress(text, pattern, level, basis, lon, lat, metres, direction, metres + accuracy_m)


def _grid_name(basis: Basis) -> str:
    if not basis.name:
        return f"{GRID}{basis.code}"
    return basis.name if GRID_ENDING in basis.name else f"{basis.name}{GRID_ENDING}"


def _text(above: Sequence[str], name: str, direction: str = "") -> str | None:
    """Put the levels a name does not say in front of it, the highest left out where it gets too long."""
    parts = [one for one in above if one not in name]
    for first in range(len(parts) + 1):
        text = "".join((*parts[first:], name, direction))
        if len(text) <= LONGEST:
            return text
    return None
