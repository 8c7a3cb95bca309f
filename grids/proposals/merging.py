"""Join pieces that are too small, or too narrow, with the neighbour they fit best."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from grids.proposals.faces import Borders, Indices, borders_of, dissolve, touching
from grids.proposals.plane import Geometries
from grids.proposals.profile import SizeRange

NARROWEST_M = 25.0
"""What is narrower on average is no place to walk round: the strip between two carriageways."""

_FEATURE_WEIGHT, _MAIN_WEIGHT = 0.35, 0.05
"""How much a metre of border along a road or bank, or a main road, counts when a neighbour is chosen."""

ON_FEATURE_M = 0.01
ON_MAIN_ROAD_M = 1.0
"""Roads move by up to half a metre when ends are brought together."""


@dataclass(slots=True)
class _Ground:
    """The pieces while they are joined: measures by number, neighbours with the border they share."""

    area: NDArray[np.float64]
    perimeter: NDArray[np.float64]
    shared: list[dict[int, float]]
    weighted: list[dict[int, float]]
    label: Indices

    def is_small(self, at: int, smallest: float) -> bool:
        narrow = 2 * self.area[at] < NARROWEST_M * self.perimeter[at]
        return bool(self.area[at] < smallest or narrow)


def merge_small(
    faces: Geometries, features: Geometries, main_roads: Geometries, sizes: SizeRange
) -> Geometries:
    """Join faces that are too small or too narrow with a neighbour, the smallest first.

    Parameters
    ----------
    faces : ndarray of Polygon
        Matched, all of one part of one community.
    features : ndarray of lines
        Roads and banks: borders there are given up late.
    main_roads : ndarray of lines
        Main roads: borders there are given up last.
    sizes : SizeRange
        What is below its minimum is too small.

    Returns
    -------
    ndarray of Polygon
        Matched; a face stays small only where it has no neighbour.
    """
    if len(faces) < 2:
        return faces
    ground = _ground(faces, features, main_roads)
    queue = [(ground.area[at], at) for at in range(len(faces)) if ground.is_small(at, sizes.smallest)]
    heapq.heapify(queue)
    while queue:
        area, at = heapq.heappop(queue)
        if ground.label[at] != at or area != ground.area[at] or not ground.shared[at]:
            continue
        into = _best_neighbour(ground, at, sizes)
        _join(ground, at, into)
        if ground.is_small(into, sizes.smallest):
            heapq.heappush(queue, (ground.area[into], into))
    return dissolve(faces, np.array([_root(ground.label, at) for at in range(len(faces))], dtype=np.intp))


def _ground(faces: Geometries, features: Geometries, main_roads: Geometries) -> _Ground:
    borders = borders_of(faces)
    weight = np.where(touching(borders.middle, features, ON_FEATURE_M), _FEATURE_WEIGHT, 1.0)
    weight[touching(borders.middle, main_roads, ON_MAIN_ROAD_M)] = _MAIN_WEIGHT
    return _Ground(
        shapely.area(faces),
        shapely.length(faces),
        neighbours(borders, borders.length, len(faces)),
        neighbours(borders, borders.length * weight, len(faces)),
        np.arange(len(faces)),
    )


def neighbours(borders: Borders, measure: NDArray[np.float64], count: int) -> list[dict[int, float]]:
    """Add up a measure of borders by pair of neighbours; one mapping for each face."""
    found: list[dict[int, float]] = [defaultdict(float) for _ in range(count)]
    for left, right, size in zip(
        borders.left.tolist(), borders.right.tolist(), measure.tolist(), strict=True
    ):
        if right >= 0 and left != right:
            found[left][right] += size
            found[right][left] += size
    return found


def _best_neighbour(ground: _Ground, at: int, sizes: SizeRange) -> int:
    """Return the neighbour with which the union is best: long border, compact, not too large."""

    def score(other: int) -> tuple[float, int]:
        area = ground.area[at] + ground.area[other]
        perimeter = ground.perimeter[at] + ground.perimeter[other] - 2 * ground.shared[at][other]
        shape = float(np.sqrt(4 * np.pi * area) / perimeter)
        border = ground.weighted[at][other] / float(ground.perimeter[at])
        crowded = 0.5 if area > sizes.largest else 0.0
        return border + shape - crowded, -other

    return max(ground.shared[at], key=score)


def _join(ground: _Ground, at: int, into: int) -> None:
    """Let a piece become part of another."""
    ground.perimeter[into] += ground.perimeter[at] - 2 * ground.shared[at][into]
    ground.area[into] += ground.area[at]
    ground.label[at] = into
    for table in (ground.shared, ground.weighted):
        for other, size in table[at].items():
            del table[other][at]
            if other != into:
                table[into][other] += size
                table[other][into] += size
        table[at] = {}


def _root(label: Indices, at: int) -> int:
    while label[at] != at:
        at = int(label[at])
    return at


def components(members: Indices, near: list[dict[int, float]]) -> Iterator[list[int]]:
    """Yield the connected groups of some faces, each in ascending order, by their first member."""
    left = set(members.tolist())
    for start in sorted(left):
        if start not in left:
            continue
        left.discard(start)
        group, edge = [start], [start]
        while edge:
            for other in near[edge.pop()]:
                if other in left:
                    left.discard(other)
                    group.append(other)
                    edge.append(other)
        yield sorted(group)
