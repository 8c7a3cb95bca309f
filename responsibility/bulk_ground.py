"""Locate many points at once, as numbers of what they share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from responsibility.bulk_looks import ArrayLook, ending_within, look
from responsibility.layers import LEVELS, PolygonLayer
from responsibility.locate import NOWHERE, Codes, divisions_at, filled
from responsibility.model import Status
from responsibility.numbering import Lists, Numbering, distinct
from responsibility.proximity import Floats, Rows, rounded
from responsibility.records import Area, Boundary, Grid
from responsibility.snapshot import Snapshot

STATUSES = tuple(Status)
_NUMBER = {status: number for number, status in enumerate(STATUSES)}
_UNIT_GRID = 1
_MOST_LINES = 58  # a bit each, beside those of the unit grid and the levels

AgreedAt = dict[int, tuple[tuple[Boundary, float], ...]]
"""The agreements within reach of points that have any, nearest first, by point."""


@dataclass(frozen=True, slots=True)
class Looks:
    """What was seen of all layers from some points, see :meth:`Ground.look`."""

    grids: ArrayLook
    edges_m: Floats
    lon: Floats
    lat: Floats
    lines: list[ArrayLook]
    areas: list[ArrayLook]
    ending: list[Lists]
    agreed: AgreedAt


@dataclass(frozen=True, slots=True)
class Located:
    """Where some points lie, one number per point.

    Attributes
    ----------
    grid : ndarray of int
        Row of the unit grid taken, -1 for none.
    edges_m : ndarray of float
        Metres to its edge, rounded to centimetres.
    status : ndarray of int
        Position in :data:`STATUSES`.
    divisions : ndarray of int
        Position in :attr:`Ground.divisions`.
    pair, near : ndarray of int
        Position in :attr:`Ground.pairs` of county and street, and in ``near_sets`` of those within the
        accuracy that are others.
    differs : ndarray of int
        What differs within the accuracy, a bit each, see :meth:`Ground.names_of`.
    lines, areas : list of ndarray of int
        For each layer the number of the polygons that cover the point.
    around : ndarray of int
        Number of all areas that matter there: by layer those that cover, come near and end near.
    agreed : ndarray of int
        Number of the agreements within reach.
    """

    grid: Rows
    edges_m: Floats
    status: Rows
    divisions: Rows
    pair: Rows
    near: Rows
    differs: Rows
    lines: list[Rows]
    areas: list[Rows]
    around: Rows
    agreed: Rows


@dataclass
class _Names:
    """Numbers of codes."""

    codes: list[Codes] = field(default_factory=list)
    _numbers: dict[Codes, int] = field(default_factory=dict)

    def of(self, codes: Codes) -> int:
        number = self._numbers.setdefault(codes, len(self.codes))
        if number == len(self.codes):
            self.codes.append(codes)
        return number


class Ground:
    """The unit grids, lines and areas of a registry that has unit grids, valid on one day.

    Parameters
    ----------
    snapshot : Snapshot
        All of the registry's data.
    day : str
        Written YYYYMMDD.
    snap_m : float
        A point in no unit grid takes what is nearest within this distance.
    """

    def __init__(self, snapshot: Snapshot, day: str, snap_m: float) -> None:
        layers = snapshot.layers(day)
        if layers.grids is None:
            raise ValueError("there are no unit grids")
        self._snapshot, self._snap_m = snapshot, snap_m
        self.grids: PolygonLayer[Grid] = layers.grids
        self.lines, self.areas = layers.lines, layers.areas
        self.line_of = [layer.records[0].line for layer in self.lines]
        self.area_line_of = [layer.records[0].ref.line for layer in self.areas]
        self._line_bits = sorted({*self.line_of, *self.area_line_of})
        self._levels = layers.divisions
        self._divisions, self._pairs = _Names(), _Names()
        self._unknown = self._divisions.of(NOWHERE)
        self.near_sets, self.around_sets = Numbering(), Numbering()
        self.line_sets = [Numbering() for _ in self.lines]
        self.area_sets = [[Numbering() for _ in range(3)] for _ in self.areas]
        self._agreed_numbers: dict[tuple[tuple[int, bool, bool], ...], int] = {(): 0}
        self._divisions_of_grid = np.array(
            [self._divisions.of((grid.county, grid.street, grid.community)) for grid in self.grids.records]
        )
        self._neighbours: dict[tuple[int, int], tuple[int, int]] = {}
        self._pair_of_divisions: list[int] = []

    @staticmethod
    def serves(snapshot: Snapshot, day: str) -> bool:
        """Tell whether points can be located here: there are unit grids, and not too many lines."""
        layers = snapshot.layers(day)
        return layers.grids is not None and len(layers.lines) + len(layers.areas) <= _MOST_LINES

    @property
    def divisions(self) -> list[Codes]:
        """Codes of county, street and community by number."""
        return self._divisions.codes

    @property
    def pairs(self) -> list[Codes]:
        """Codes of county and street by number; there is None for the community."""
        return self._pairs.codes

    def look(self, lon: Floats, lat: Floats, accuracy_m: Floats) -> Looks:
        """Look at all layers; may be done by several threads at once.

        Parameters
        ----------
        lon, lat, accuracy_m : ndarray of float, shape (n,)
            Points in EPSG:4490 and how exact each is, in metres.
        """
        points = (lon, lat, accuracy_m)
        grids = look(self.grids, *points, snap_m=self._snap_m)
        areas = [look(layer, *points) for layer in self.areas]
        return Looks(
            grids=grids,
            lon=lon,
            lat=lat,
            edges_m=rounded(self.grids.edge_distance(lon, lat, grids.own.firsts())),
            lines=[look(layer, *points) for layer in self.lines],
            areas=areas,
            ending=[ending_within(seen, *points) for seen in areas],
            agreed=self._snapshot.boundaries_by_point(*points),
        )

    def located(self, looks: Looks, accuracy_m: Floats) -> Located:
        """Number what was seen; one thread at a time."""
        grid = looks.grids.own.firsts()
        divisions = self._divisions_at(looks, grid)
        near, levels = self._near(looks.grids.others, divisions)
        lines = [
            numbers.of_lists(seen.own) for numbers, seen in zip(self.line_sets, looks.lines, strict=True)
        ]
        areas = [
            [numbers.of_lists(lists) for numbers, lists in zip(sets, _parts(seen, ending), strict=True)]
            for sets, seen, ending in zip(self.area_sets, looks.areas, looks.ending, strict=True)
        ]
        every = [column for of_layer in areas for column in of_layer]
        return Located(
            grid=grid,
            edges_m=looks.edges_m,
            status=_statuses(looks.grids),
            divisions=divisions,
            pair=self._pairs_of(divisions),
            near=near,
            differs=levels | self._differing(looks),
            lines=lines,
            areas=[own for own, _, _ in areas],
            around=self.around_sets.of_table(np.column_stack(every)) if every else np.zeros_like(grid),
            agreed=self._agreed(looks.agreed, accuracy_m),
        )

    def names_of(self, differs: int) -> list[str]:
        """Return what differs by its bits."""
        names = ["unit_grid", *LEVELS, *(f"line:{line}" for line in self._line_bits)]
        return [name for bit, name in enumerate(names) if differs >> bit & 1]

    def areas_around(self, number: int) -> tuple[list[Area], list[Area], list[Area]]:
        """Return the areas that cover a point, come within its accuracy, and end within it."""
        found: tuple[list[Area], list[Area], list[Area]] = ([], [], [])
        members = self.around_sets.members[number]
        for position, of_layer in enumerate(members):
            layer, part = divmod(position, 3)
            rows = self.area_sets[layer][part].members[of_layer]
            found[part].extend(self.areas[layer].records[row] for row in rows)
        return found

    def _divisions_at(self, looks: Looks, grid: Rows) -> Rows:
        """Take the divisions of the unit grid; what it does not say is looked for level by level."""
        numbers = np.where(grid < 0, self._unknown, self._divisions_of_grid[grid])
        complete = np.array([None not in codes for codes in self.divisions])
        rest = np.flatnonzero(~complete[numbers])
        if not len(rest):
            return numbers
        lon, lat = looks.lon[rest], looks.lat[rest]
        nowhere = np.full(len(rest), -1, dtype=np.int64)
        found = [
            layer.coverage.locate(lon, lat) if layer else nowhere
            for layer in (self._levels.get(level) for level in LEVELS)
        ]
        which, first = distinct([numbers[rest], (grid[rest] >= 0).astype(np.int64), *found])
        told = [
            self._looked_up(
                int(numbers[rest[one]]), bool(grid[rest[one]] >= 0), [rows[one] for rows in found]
            )
            for one in first.tolist()
        ]
        numbers[rest] = np.array(told, dtype=np.int64)[which]
        return numbers

    def _looked_up(self, number: int, has_grid: bool, rows: Sequence[int]) -> int:
        found = {
            level: self._levels[level].records[row]
            for level, row in zip(LEVELS, rows, strict=True)
            if row >= 0
        }
        of_grid = self.divisions[number] if has_grid else None
        return self._divisions.of(divisions_at(of_grid, found, self._snapshot.divisions))

    def _pairs_of(self, divisions: Rows) -> Rows:
        for county, street, _ in self.divisions[len(self._pair_of_divisions) :]:
            self._pair_of_divisions.append(self._pairs.of((county, street, None)))
        return np.array(self._pair_of_divisions)[divisions]

    def _near(self, others: Lists, divisions: Rows) -> tuple[Rows, Rows]:
        """Number the other counties and streets within the accuracy, and tell which levels differ."""
        points, theirs = others.points, self._divisions_of_grid[others.rows]
        levels = np.zeros(len(divisions), dtype=np.int64)
        unlike = np.flatnonzero(theirs != divisions[points])
        points, theirs = points[unlike], theirs[unlike]
        which, first = distinct([divisions[points], theirs])
        found = [
            self._neighbour(int(own), int(other))
            for own, other in zip(divisions[points[first]], theirs[first], strict=True)
        ]
        pairs, bits = (np.array([one[part] for one in found], dtype=np.int64)[which] for part in (0, 1))
        np.bitwise_or.at(levels, points, bits)
        elsewhere = pairs >= 0
        table = np.unique(np.column_stack((points[elsewhere], pairs[elsewhere])), axis=0)
        sizes = np.bincount(table[:, 0], minlength=len(divisions))
        lists = Lists(np.concatenate([[0], np.cumsum(sizes)]), table[:, 1])
        return self.near_sets.of_lists(lists), levels

    def _neighbour(self, own: int, other: int) -> tuple[int, int]:
        """Return county and street of a neighbour (-1 when the own ones), and the levels that differ."""
        if (own, other) not in self._neighbours:
            here = self.divisions[own]
            there = filled(self.divisions[other], here)
            bits = sum(2 << place for place in range(3) if there[place] != here[place])
            elsewhere = there[:2] != here[:2]
            pair = self._pairs.of((*there[:2], None)) if elsewhere else -1
            self._neighbours[own, other] = (pair, bits)
        return self._neighbours[own, other]

    def _differing(self, looks: Looks) -> Rows:
        bits = np.where(looks.grids.others.counts > 0, _UNIT_GRID, 0)
        for line, seen in zip(self.line_of, looks.lines, strict=True):
            bits |= self._bit(line, seen.others.counts > 0)
        for line, seen, ending in zip(self.area_line_of, looks.areas, looks.ending, strict=True):
            bits |= self._bit(line, (seen.others.counts > 0) | (ending.counts > 0))
        return bits

    def _bit(self, line: str, there: NDArray[np.bool_]) -> Rows:
        place = 1 + len(LEVELS) + self._line_bits.index(line)
        return np.where(there, np.int64(1) << place, 0)

    def _agreed(self, agreed: AgreedAt, accuracy_m: Floats) -> Rows:
        """Number the agreements near points by which they are and how their strips lie to the point."""
        numbers = np.zeros(len(accuracy_m), dtype=np.int64)
        for point, found in agreed.items():
            numbers[point] = self._agreed_number(found, float(accuracy_m[point]))
        return numbers

    def _agreed_number(self, found: tuple[tuple[Boundary, float], ...], accuracy_m: float) -> int:
        key = tuple(
            (id(one), metres <= one.width_m, abs(metres - one.width_m) <= accuracy_m) for one, metres in found
        )
        return self._agreed_numbers.setdefault(key, len(self._agreed_numbers))


def _parts(seen: ArrayLook, ending: Lists) -> tuple[Lists, Lists, Lists]:
    return seen.own, seen.others, ending


def _statuses(grids: ArrayLook) -> Rows:
    counts = grids.own.counts
    near = np.where(grids.others.counts > 0, _NUMBER[Status.NEAR_BOUNDARY], _NUMBER[Status.INSIDE])
    seldom = (
        (counts == 0, Status.OUTSIDE),
        (counts > 1, Status.OVERLAP),
        (grids.snapped, Status.GAP_SNAPPED),
    )
    told: Rows = np.select([there for there, _ in seldom], [_NUMBER[status] for _, status in seldom], near)
    return told
