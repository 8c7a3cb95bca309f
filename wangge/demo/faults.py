"""Seed faults into a copy of the delivery, and list them: what a check has to find, and nothing else."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from shapely.geometry import Point, Polygon

from wangge.demo.files import Layer
from wangge.demo.territory import Territory, UnitGrid

GRIDS = "单元网格"
FILE = f"{GRIDS}.shp"
_WEDGE_M2 = 3.0
_LARGE_M2 = 100_000.0
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


@dataclass(frozen=True)
class Fault:
    """A finding to be expected: ``row`` is the 1-based position in ``file``.

    ``standing`` marks what is no seeded fault: the clean delivery has it too.
    """

    code: str
    dataset: str
    file: str
    row: int | None
    id: str
    note: str
    standing: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return the entry of ``faults.json``."""
        return asdict(self)


class GridFaults:
    """Spoil unit grids, each in one way that shows as one finding.

    Parameters
    ----------
    layer : Layer
        A copy of the unit grids.
    territory : Territory
        Where the rows came from, in the same order.
    """

    def __init__(self, layer: Layer, territory: Territory) -> None:
        self.layer, self.territory = layer, territory
        self.faults: list[Fault] = []
        self._tree = shapely.STRtree([grid.polygon for grid in territory.grids])
        lasts = {grid.community: row for row, grid in enumerate(territory.grids)}
        # The last number of a community: changing it leaves no gap in the sequence.
        self._lasts = iter([row for row in lasts.values() if territory.grids[row].use == "city"][1::2])
        self._inner = iter(
            [row for row, grid in enumerate(territory.grids) if grid.use == "city" and row % 37 == 5]
        )

    def seed(self) -> list[Fault]:
        """Put every kind of fault in once."""
        self._bend("G03", 1.0, "与相邻网格重叠约3平方米")
        self._bend("G04", -1.0, "与相邻网格之间有约3平方米空隙")
        self._state_wrong_area()
        self._knot()
        self._swap_codes()
        self._widen_code()
        self._drop_code()
        self._repeat()
        return self.faults

    def standing(self) -> list[Fault]:
        """List what a check finds in the clean delivery too: sites far larger than a usual grid."""
        note = "整体保留的大型地块，原样交付"
        large = [row for row, grid in enumerate(self.territory.grids) if grid.polygon.area > _LARGE_M2]
        return [
            Fault("G11", "grids", FILE, row + 1, self.territory.grids[row].code, note, standing=True)
            for row in large
        ]

    def _bend(self, code: str, outward: float, note: str) -> None:
        """Move the middle of a straight border, of one of the two grids only."""
        row, (start, end) = self._next_inner_edge()
        step = end - start
        length = float(np.hypot(*step))
        middle = (start + end) / 2 + self._outward(row, start, end) * outward * 2 * _WEDGE_M2 / length
        points = shapely.get_coordinates(self.layer.geometries[row])
        place = next(i for i, pair in enumerate(pairwise(points)) if _same(pair, start, end))
        self._insert(row, place, [np.round(middle, 3)])
        if code == "G04":
            # A gap belongs to no grid: it is told of the community.
            self._note_apart(code, self.territory.grids[row].community, note)
            self._note("G33", row, "连带：边界后缩，与库中现行边界不同")
        else:
            self._note(code, row, note)

    def _knot(self) -> None:
        """Let the border run through a loop at one of its corners: invalid, and yet the same ground."""
        row, place, corner = self._next_convex_corner()
        points = shapely.get_coordinates(self.layer.geometries[row])
        one, two = (_unit(points[place + step] - corner) for step in (-1, 1))
        across, inward = _unit(two - one), _unit(one + two)
        loop = [corner + inward * 3 - across, corner + inward * 3 + across]
        # Turning as the ring does, clockwise, the loop covers ground the grid has anyway.
        if shapely.is_ccw(shapely.linearrings([corner, *loop, corner])):
            loop.reverse()
        self._insert(row, place, [*loop, corner])
        self._note("G01", row, "边界打结，自相交")

    def _next_convex_corner(self) -> tuple[int, int, Any]:
        """Return a grid, the position of one of its vertices with a clear angle, and the vertex."""
        for row in self._inner:
            points = shapely.get_coordinates(self.layer.geometries[row])
            for place in range(1, len(points) - 1):
                arms = [_unit(points[place + step] - points[place]) for step in (-1, 1)]
                inside = Point(points[place] + _unit(arms[0] + arms[1]) * 4)
                if -0.7 < arms[0] @ arms[1] < 0.5 and self.territory.grids[row].polygon.contains(inside):
                    return row, place, points[place]
        raise RuntimeError("no unit grid left to spoil")

    def _state_wrong_area(self) -> None:
        row = next(self._inner)
        self.layer.rows[row]["MJ"] = round(self.layer.rows[row]["MJ"] * 1.08, 2)
        self._note("G06", row, "登记面积比图形大8%")

    def _swap_codes(self) -> None:
        """Exchange the codes of two grids of different communities."""
        pair = next(self._lasts), next(self._lasts)
        one, two = (self.layer.rows[row] for row in pair)
        one["DYWGBSM"], two["DYWGBSM"] = two["DYWGBSM"], one["DYWGBSM"]
        for row in pair:
            self._note("G07", row, "两个社区的网格标识码互换")
            self._note("G33", row, "连带：互换后与库中同码网格的边界不同")
            self._note_apart("G12", self.layer.rows[row]["DYWGBSM"], "连带：部件不在其登记的网格内")

    def _widen_code(self) -> None:
        """Write the last digits of a code as full-width characters."""
        row = next(self._lasts)
        code = self.layer.rows[row]["DYWGBSM"]
        self.layer.rows[row]["DYWGBSM"] = code[:12] + code[12:].translate(_FULL_WIDTH)
        self._note("G14", row, "标识码含全角数字")

    def _drop_code(self) -> None:
        """Leave a code out: the registry's grid of that code then lies where the nameless one lies."""
        row = next(self._lasts)
        community = self.layer.rows[row]["DYWGBSM"][:12]
        self._note_apart("G34", community, "连带：缺码网格在库中的原代码未提交")
        self.layer.rows[row]["DYWGBSM"] = ""
        self._note("G13", row, "标识码缺失")
        self._note("G03", row, "连带：缺码网格与库中原网格重叠")

    def _repeat(self) -> None:
        """Deliver a grid twice."""
        row = next(self._lasts)
        self.layer.rows.append(dict(self.layer.rows[row]))
        self.layer.geometries.append(self.layer.geometries[row])
        self._note("G08", len(self.layer.rows) - 1, "同一网格重复提交")

    def _next_inner_edge(self) -> tuple[int, tuple[Any, Any]]:
        """Return a grid and one of its borders, at least 30 m long, with a grid of the same community."""
        for row in self._inner:
            points = shapely.get_coordinates(self.layer.geometries[row])
            for start, end in pairwise(points):
                if np.hypot(*(end - start)) > 30 and self._neighbour_is_at_home(row, start, end):
                    return row, (start, end)
        raise RuntimeError("no unit grid left to spoil")

    def _neighbour_is_at_home(self, row: int, start: Any, end: Any) -> bool:
        beyond = Point((start + end) / 2 + self._outward(row, start, end))
        found = self._tree.query(beyond, predicate="within")
        mine = self.territory.grids[row]
        return len(found) == 1 and self._grid(found[0]).community == mine.community

    def _grid(self, position: Any) -> UnitGrid:
        return self.territory.grids[int(position)]

    def _outward(self, row: int, start: Any, end: Any) -> Any:
        step = (end - start) / np.hypot(*(end - start))
        normal = np.array([-step[1], step[0]])
        inside = self.territory.grids[row].polygon.contains(Point((start + end) / 2 + normal * 0.5))
        return -normal if inside else normal

    def _insert(self, row: int, place: int, vertices: list[Any]) -> None:
        """Put vertices into a ring behind a position."""
        points = shapely.get_coordinates(self.layer.geometries[row])
        self.layer.geometries[row] = Polygon(np.vstack([points[: place + 1], vertices, points[place + 1 :]]))

    def _note(self, code: str, row: int, note: str) -> None:
        self.faults.append(Fault(code, "grids", FILE, row + 1, self.layer.rows[row]["DYWGBSM"], note))

    def _note_apart(self, code: str, identifier: str, note: str) -> None:
        """List a finding that belongs to no row: it is told of a community, or of a grid in the registry."""
        self.faults.append(Fault(code, "grids", FILE, None, identifier, note))


def _same(pair: tuple[Any, Any], start: Any, end: Any) -> bool:
    return bool((pair[0] == start).all() and (pair[1] == end).all())


def _unit(vector: Any) -> Any:
    return vector / np.hypot(*vector)
