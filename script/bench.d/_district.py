"""A district to survey: communities of 130 irregular unit grids, and the organisations of its registry."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas
import numpy as np
import shapely
from _irregular import SOUTH, SPACING, WEST, irregular_grids

from gis.credit_codes import check_character

ROWS = 20_000  # components of a community, about 150 in a unit grid
ACROSS, UP = 10, 13  # unit grids of a community
COMMUNITIES = 10  # of a street, from west to east
STREETS = 5  # of a county, from south to north: a million components
AUTHORITIES, OTHERS = 10, 120

_PLACES = ["江南", "滨河", "北城", "东湖", "西园", "龙山", "石桥", "新区", "老街", "临江", "高台", "平湖"]
_TRADES = ["市政工程", "园林绿化", "环境卫生", "供水", "排水", "电力", "燃气", "通信", "照明", "交通设施"]
_BUREAUS = (
    "城市管理局 住房和城乡建设局 交通运输局 公安局 水务局 园林局 生态环境局 应急管理局 民政局 文化旅游局"
)


@dataclass(frozen=True)
class District:
    """Where a census of so many rows takes place.

    Attributes
    ----------
    rows : int
        Components of its first census.
    first_county : int
        Code of its southernmost county; the others follow.
    east : float
        Degrees by which it lies east of where benchmarks begin.
    seed : int
    """

    rows: int
    first_county: int
    east: float
    seed: int

    @property
    def communities(self) -> int:
        """How many there are."""
        return max(1, round(self.rows / ROWS))

    @property
    def streets(self) -> int:
        """How many there are; the last may have fewer communities."""
        return -(-self.communities // COMMUNITIES)

    @property
    def columns(self) -> int:
        """Unit grids from west to east."""
        return ACROSS * min(self.communities, COMMUNITIES)

    def corner(self, street: int) -> tuple[float, float]:
        """Return longitude and latitude of the south-western corner of a street, before its jitter."""
        return WEST + self.east, SOUTH + street * UP * SPACING

    def county(self, street: int) -> str:
        """Return the county code of a street."""
        return str(self.first_county + street // STREETS)

    def grids(self) -> geopandas.GeoDataFrame:
        """Return the unit grids by code, 15 digits, with the number of their ``street`` from 0."""
        lattice = UP * self.streets * self.columns
        shapes = irregular_grids(lattice, np.random.default_rng(self.seed), self.columns)
        row, column = np.divmod(np.arange(lattice), self.columns)
        street, community = row // UP, column // ACROSS
        within = row % UP * ACROSS + column % ACROSS
        codes = [
            f"{self.county(s)}{s % STREETS + 1:03d}{c + 1:03d}{w + 1:03d}"
            for s, c, w in zip(street.tolist(), community.tolist(), within.tolist(), strict=True)
        ]
        frame = geopandas.GeoDataFrame(
            {"code": codes, "street": street},
            geometry=shapely.transform(shapes, lambda xy: np.add(xy, [self.east, 0])),
            crs="EPSG:4490",
        )
        there = street * COMMUNITIES + community < self.communities
        return frame[there].sort_values("code", ignore_index=True)


def divisions(grids: geopandas.GeoDataFrame) -> geopandas.GeoDataFrame:
    """Return counties, streets and communities: each the union of its unit grids."""
    codes, shapes = [], []
    for digits in (6, 9, 12):
        for code, rows in grids.groupby(grids["code"].str[:digits]).indices.items():
            codes.append(code)
            shapes.append(shapely.coverage_union_all(grids.geometry.to_numpy()[rows]))
    names = [f"区划{code}" for code in codes]
    return geopandas.GeoDataFrame({"QHDM": codes, "QHMC": names}, geometry=shapes, crs="EPSG:4490")


def organisations() -> list[tuple[str, str]]:
    """Return code and name of the authorities, then of the owners, then of the maintainers."""
    bureaus = [f"江州市{name}" for name in _BUREAUS.split()]
    owners = [f"江州{place}{trade}有限责任公司" for place in _PLACES for trade in _TRADES]
    maintainers = [f"{place}{trade}养护服务中心" for place in _PLACES for trade in _TRADES]
    names = bureaus + owners + maintainers
    bodies = [f"9150{number:013d}" for number in range(1, len(names) + 1)]
    return [(body + check_character(body), name) for body, name in zip(bodies, names, strict=True)]
