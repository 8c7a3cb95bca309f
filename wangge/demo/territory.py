"""The divisions and unit grids of the sample city: one noded network, cut into faces, named and numbered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
import shapely
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from wangge.demo import inputs
from wangge.demo.blocks import faces
from wangge.demo.plan import Block, Skeleton, Way, node

_SMALLEST = 2600.0
_ACROSS = 10_000.0


@dataclass(frozen=True)
class Division:
    """A county, street (街道) or community (社区); ``polygon`` in the city's system."""

    code: str
    name: str
    level: str
    parent: str
    polygon: Polygon


@dataclass(frozen=True)
class UnitGrid:
    """A unit grid (单元网格); ``use`` is ``city``, ``river`` or the kind of the site it is."""

    code: str
    name: str
    use: str
    polygon: Polygon

    @property
    def street(self) -> str:
        """Nine digits."""
        return self.code[:9]

    @property
    def community(self) -> str:
        """Twelve digits."""
        return self.code[:12]


@dataclass(frozen=True)
class Territory:
    """Unit grids in order of their codes, and the divisions they tile."""

    county: Division
    streets: tuple[Division, ...]
    communities: tuple[Division, ...]
    grids: tuple[UnitGrid, ...]


def settle(skeleton: Skeleton, cuts: list[Way]) -> Territory:
    """Node all lines once, and make the faces into numbered unit grids of named communities."""
    lines = [way.line for way in (*skeleton.ways, *cuts)]
    city_faces = faces(node([skeleton.outline.exterior, *lines]))
    homes = _homes(skeleton.blocks)
    blocks = shapely.STRtree([block.polygon for block in skeleton.blocks])
    by_community: dict[str, list[tuple[str, Polygon]]] = {}
    for face in city_faces:
        block = skeleton.blocks[int(blocks.query(face.representative_point(), predicate="within")[0])]
        by_community.setdefault(homes[block.polygon.wkb], []).append((block.kind, face))
    grids = [grid for code in sorted(by_community) for grid in _numbered(code, _merged(by_community[code]))]
    return Territory(_county(grids), *_divisions(grids), tuple(grids))


def union(polygons: Iterable[Polygon]) -> Polygon:
    """Join polygons of a coverage; every vertex of the outline is kept, so that neighbours still match."""
    joined = shapely.coverage_union_all(list(polygons))
    whole = shapely.normalize(joined)
    if not isinstance(whole, Polygon):
        raise TypeError(f"the pieces do not touch: {joined.geom_type}")
    return whole


def _homes(blocks: Sequence[Block]) -> dict[bytes, str]:
    """Give every block to a community: those with a seed first, then neighbours, the nearest seed first."""
    seeds = _seeds()
    polygons = [block.polygon for block in blocks]
    home: dict[int, str] = {}
    for code, seed in seeds.items():
        home[int(np.argmin(shapely.distance(polygons, seed)))] = code
    river = shapely.union_all([block.polygon for block in blocks if block.kind == "river"])
    borders = [[shapely.intersection(a, b).length > 1 for b in polygons] for a in polygons]
    while len(home) < len(polygons):
        steps = [
            (_cost(seeds[code], blocks[other], river), other, code)
            for owned, code in home.items()
            for other in range(len(polygons))
            if other not in home and borders[owned][other]
        ]
        _, block, code = min(steps)
        home[block] = code
    return {polygons[index].wkb: code for index, code in home.items()}


def _cost(seed: Point, block: Block, river: BaseGeometry) -> float:
    """Return how far a block is from a seed; communities do not reach across the river."""
    centre = block.polygon.centroid
    across = block.kind != "river" and LineString([seed, centre]).crosses(river)
    return seed.distance(centre) + (_ACROSS if across else 0.0)


def _seeds() -> dict[str, Point]:
    county = inputs.city().county
    return {
        county + row["street"] + row["community"]: Point(inputs.points(f"{row['x']} {row['y']}")[0])
        for row in inputs.rows("communities.csv")
    }


def _merged(pieces: list[tuple[str, Polygon]]) -> list[tuple[str, Polygon]]:
    """Join pieces too small to be a unit grid to the neighbour with the longest common border."""
    pieces = list(pieces)
    while True:
        index = min(range(len(pieces)), key=lambda i: pieces[i][1].area)
        small = pieces[index][1]
        if small.area >= _SMALLEST or len(pieces) == 1:
            return pieces
        del pieces[index]
        shared = [shapely.intersection(small, other).length for _, other in pieces]
        best = int(np.argmax(shared))
        pieces[best] = (pieces[best][0], union([pieces[best][1], small]))


def _numbered(community: str, pieces: list[tuple[str, Polygon]]) -> list[UnitGrid]:
    """Number from west to east, row by row from north to south; a row is as high as a median grid is wide."""
    height = sqrt(float(np.median([polygon.area for _, polygon in pieces])))
    places = [polygon.representative_point() for _, polygon in pieces]
    top = max(place.y for place in places)
    order = sorted(range(len(pieces)), key=lambda i: (int((top - places[i].y) // height), places[i].x))
    name = _names()[community]
    return [
        UnitGrid(f"{community}{n:03d}", f"{name}第{n}网格", pieces[i][0], shapely.normalize(pieces[i][1]))
        for n, i in enumerate(order, start=1)
    ]


def _names() -> dict[str, str]:
    county = inputs.city().county
    names = {}
    for row in inputs.rows("communities.csv"):
        names[county + row["street"]] = row["street_name"]
        names[county + row["street"] + row["community"]] = row["community_name"]
    return names


def _county(grids: list[UnitGrid]) -> Division:
    city = inputs.city()
    return Division(city.county, city.name, "county", "500100", union(grid.polygon for grid in grids))


def _divisions(grids: list[UnitGrid]) -> tuple[tuple[Division, ...], tuple[Division, ...]]:
    """Join grids to communities and streets."""
    names = _names()
    made: dict[int, list[Division]] = {9: [], 12: []}
    for digits, level in ((9, "street"), (12, "community")):
        for code in sorted({grid.code[:digits] for grid in grids}):
            polygon = union(grid.polygon for grid in grids if grid.code.startswith(code))
            made[digits].append(Division(code, names[code], level, code[: digits - 3], polygon))
    return tuple(made[9]), tuple(made[12])


def nearest(geometries: Sequence[BaseGeometry], place: Point) -> int:
    """Return the position of the geometry nearest to a place."""
    return int(np.argmin(shapely.distance(np.array(geometries), place)))
