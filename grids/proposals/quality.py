"""Measure proposals: sizes, what borders follow, balance of components, compactness."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.crs import geodesic_area
from gis.text import Text, t
from grids.proposals.division import Division
from grids.proposals.faces import Borders, Indices, as_points, borders_of, touching
from grids.proposals.plane import compactness
from grids.proposals.profile import Choice, SizeRange
from grids.proposals.request import Request

ON_LINE_M = 5.0
"""A border this near to a road centre line or bank follows it: surveys of the two differ by metres."""

ON_WALL_M = 0.05

SMALLEST_M2 = 1_000.0
"""Below it a proposal has to be explained."""

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class BorderShares:
    """Lengths of border in metres, by what they follow; the first that fits counts.

    Attributes
    ----------
    line : float
        A road or bank.
    community : float
        The border of the community, or of the whole area.
    wall : float
        A building or compound.
    free : float
        None of these: open ground.
    """

    line: float
    community: float
    wall: float
    free: float

    @property
    def total(self) -> float:
        """All border."""
        return self.line + self.community + self.wall + self.free

    @property
    def on_features(self) -> float:
        """Share of border that follows something, 0 to 1."""
        return 1 - self.free / self.total if self.total else 0.0

    @property
    def inner_on_features(self) -> float:
        """The same without the borders of communities, which nobody chose here."""
        inner = self.total - self.community
        return 1 - self.free / inner if inner else 1.0


@dataclass(frozen=True, slots=True)
class CommunityQuality:
    """One row of the quality table; ``sizes`` in m²."""

    code: str | None
    name: str | None
    zone: str | None
    why: Text | None
    area_m2: float
    sizes: tuple[float, ...]
    in_range: int
    borders: BorderShares
    compactness: float
    components: tuple[int, ...] | None

    @property
    def grids(self) -> int:
        """Number of proposals."""
        return len(self.sizes)

    @property
    def share_in_range(self) -> float:
        """Share of proposals within the range of their zone."""
        return self.in_range / self.grids if self.grids else 0.0

    def size(self, quantile: float) -> float:
        """Return a quantile of the sizes."""
        return float(np.quantile(self.sizes, quantile)) if self.sizes else 0.0

    @property
    def spread(self) -> float | None:
        """Standard deviation of the counts of components over their mean; ``None`` without any."""
        if not self.components or not sum(self.components):
            return None
        return float(np.std(self.components) / np.mean(self.components))


@dataclass(frozen=True, slots=True)
class Quality:
    """Measures of proposals.

    Attributes
    ----------
    area_m2, compactness, on_features : ndarray of float
        Of each proposal; sizes are geodesic.
    components : ndarray of int or None
        Number in each proposal.
    remarks : list of Text or None
        Why a proposal is outside its range.
    communities : list of CommunityQuality
    whole : CommunityQuality
        All together.
    """

    area_m2: Values
    compactness: Values
    on_features: Values
    components: Indices | None
    remarks: list[Text | None]
    communities: list[CommunityQuality]
    whole: CommunityQuality


@dataclass(frozen=True, slots=True)
class _Measured:
    """Arrays over all proposals, and over all pieces of border."""

    area: Values
    fits: NDArray[np.bool_]
    shape: Values
    components: Indices | None
    borders: Borders
    kinds: Indices

    def row(
        self,
        grids: NDArray[np.bool_],
        pieces: NDArray[np.bool_],
        *,
        code: str | None = None,
        name: str | None = None,
        choice: Choice | None = None,
    ) -> CommunityQuality:
        """Make a row of the table of some proposals and pieces of border."""
        return CommunityQuality(
            code,
            name,
            None if choice is None else str(choice.zone),
            None if choice is None else choice.why,
            float(self.area[grids].sum()),
            tuple(self.area[grids].tolist()),
            int(self.fits[grids].sum()),
            _shares(self.borders.length[pieces], self.kinds[pieces]),
            float(np.median(self.shape[grids])) if grids.any() else 0.0,
            None if self.components is None else tuple(self.components[grids].tolist()),
        )


def measure(request: Request, division: Division) -> Quality:
    """Measure the proposals of a division."""
    area = np.asarray(geodesic_area(division.degrees))
    sizes = [request.profile.sizes[choice.zone] for choice in division.choices]
    low, high = (np.array(values) for values in zip(*((s.smallest, s.largest) for s in sizes), strict=True))
    community = division.community
    borders = borders_of(division.metres)
    measured = _Measured(
        area,
        (area >= low[community]) & (area <= high[community]),
        compactness(division.metres),
        _count_components(request, division),
        borders,
        _kinds(borders, division),
    )
    return Quality(
        area,
        measured.shape,
        _shares_of_grids(borders, measured.kinds, len(area)),
        measured.components,
        _remarks(division, area, measured.fits, sizes),
        [_community_row(request, division, measured, at) for at in range(len(request.communities))],
        measured.row(np.ones(len(area), dtype=bool), np.ones(len(measured.kinds), dtype=bool)),
    )


def _community_row(request: Request, division: Division, measured: _Measured, at: int) -> CommunityQuality:
    mine, borders = division.community == at, measured.borders
    here = mine[borders.left] | ((borders.right >= 0) & mine[borders.right])
    code, name = str(request.communities.codes[at]), request.communities.names[at]
    return measured.row(mine, here, code=code, name=name, choice=division.choices[at])


_LINE, _COMMUNITY, _WALL, _FREE = range(4)


def _kinds(borders: Borders, division: Division) -> Indices:
    """Say of each straight piece of border what it follows."""
    features = division.ground.features
    middle = borders.middle
    other = np.where(borders.right >= 0, division.community[borders.right], -1)
    kinds = np.full(len(middle), _FREE)
    kinds[touching(middle, shapely.boundary(features.obstacles), ON_WALL_M)] = _WALL
    kinds[other != division.community[borders.left]] = _COMMUNITY
    kinds[touching(middle, features.lines, ON_LINE_M)] = _LINE
    return kinds


def _shares(length: Values, kinds: Indices) -> BorderShares:
    return BorderShares(*(float(length[kinds == kind].sum()) for kind in (_LINE, _COMMUNITY, _WALL, _FREE)))


def _shares_of_grids(borders: Borders, kinds: Indices, count: int) -> Values:
    """Return the share of each proposal's own border that follows something."""
    length, total, free = borders.length, np.zeros(count), np.zeros(count)
    for side in (borders.left, borders.right):
        there = side >= 0
        np.add.at(total, side[there], length[there])
        np.add.at(free, side[there & (kinds == _FREE)], length[there & (kinds == _FREE)])
    return np.asarray(1 - free / total)


def _count_components(request: Request, division: Division) -> Indices | None:
    """Count components, each in the first proposal it touches."""
    if not len(request.components):
        return None
    counts = np.zeros(len(division.metres), dtype=np.intp)
    points = as_points(division.ground.features.points)
    point, grid = shapely.STRtree(division.metres).query(points, predicate="intersects")
    order = np.lexsort((grid, point))
    first = np.unique(point[order], return_index=True)[1]
    np.add.at(counts, grid[order][first], 1)
    return counts


def _remarks(
    division: Division, area: Values, fits: NDArray[np.bool_], sizes: list[SizeRange]
) -> list[Text | None]:
    """Explain the proposals outside their range."""
    remarks: list[Text | None] = [None] * len(area)
    part_area = shapely.area(division.ground.parts)
    obstacles = division.ground.features.obstacles
    standing = shapely.STRtree(obstacles)
    for at in np.flatnonzero(~fits):
        wanted = sizes[division.community[at]]
        inside = standing.query(division.metres[at], predicate="intersects")
        largest = float(shapely.area(obstacles[inside]).max()) if len(inside) else 0.0
        if area[at] < wanted.smallest:
            alone = part_area[division.part[at]] < wanted.smallest * 1.01
            remarks[at] = (
                t("this part of the community is no larger")
                if alone
                else t("nothing beside it could be joined or moved without a worse result")
            )
        elif largest > wanted.largest / 2:
            size = f"{largest:.0f}"
            remarks[at] = t("a building or compound of {size} m² stands on it, which is not cut", size=size)
        else:
            remarks[at] = t("no way round what stands on it was found to cut it")
    return remarks
