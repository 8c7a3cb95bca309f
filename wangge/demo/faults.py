"""Seed faults into a copy of the delivery, and list them: what a check has to find, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from shapely.geometry import LineString, Point, Polygon

from wangge.demo.files import Layer
from wangge.demo.territory import Territory, UnitGrid

GRIDS = "单元网格"
_WEDGE_M2 = 3.0


@dataclass(frozen=True)
class Fault:
    """A seeded fault: ``row`` is the 1-based position in ``file``."""

    code: str
    dataset: str
    file: str
    row: int | None
    id: str
    note: str

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
        self._lasts = iter(list(lasts.values())[2::3])
        self._inner = iter(
            [row for row, grid in enumerate(territory.grids) if grid.use == "city" and row % 37 == 5]
        )

    def seed(self) -> list[Fault]:
        """Put every kind of fault in once."""
        self._bend("G03", 1.0, "与相邻网格重叠约3平方米")
        self._bend("G04", -1.0, "与相邻网格之间有约3平方米空隙")
        self._state_wrong_area()
        self._curl()
        self._recode("G07", self._of_other_community, "标识码前缀属于另一社区")
        self._recode("G08", lambda row: self.territory.grids[row - 1].code, "标识码与前一网格重复")
        self._recode("G13", lambda _: "", "标识码缺失")
        self._recode("G14", lambda row: self.territory.grids[row].code[:13] + "O1", "标识码含字母")
        return self.faults

    def _bend(self, code: str, outward: float, note: str) -> None:
        """Move the middle of a straight border, of one of the two grids only."""
        row, (start, end) = self._next_inner_edge()
        step = end - start
        length = float(np.hypot(*step))
        middle = (start + end) / 2 + self._outward(row, start, end) * outward * 2 * _WEDGE_M2 / length
        self._insert(row, start, end, [middle])
        self._note(code, row, note)

    def _curl(self) -> None:
        """Let a border cross itself in a loop of a few centimetres, too small to overlap anything."""
        row, (start, end) = self._next_inner_edge()
        along = (end - start) / float(np.hypot(*(end - start)))
        out, middle = self._outward(row, start, end), (start + end) / 2
        loop = [(-0.1, 0.0), (0.03, 0.02), (0.0, 0.06), (-0.03, 0.02), (0.1, 0.0)]
        self._insert(row, start, end, [middle + along * a + out * b for a, b in loop])
        self._note("G01", row, "边界自相交（蝴蝶结）")

    def _state_wrong_area(self) -> None:
        row = next(self._inner)
        self.layer.rows[row]["MJ"] = round(self.layer.rows[row]["MJ"] * 1.08, 2)
        self._note("G06", row, "登记面积比图形大8%")

    def _recode(self, code: str, change: Callable[[int], str], note: str) -> None:
        row = next(self._lasts)
        self.layer.rows[row]["DYWGBSM"] = change(row)
        self._note(code, row, note)

    def _of_other_community(self, row: int) -> str:
        """Return the next free number of the community that comes after this one in the file."""
        grids = self.territory.grids
        other = grids[row + 1].community
        count = len([grid for grid in grids if grid.community == other])
        return f"{other}{count + 1:03d}"

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

    def _insert(self, row: int, start: Any, end: Any, between: list[Any]) -> None:
        points = shapely.get_coordinates(self.layer.geometries[row])
        place = next(i for i, pair in enumerate(pairwise(points)) if _same(pair, start, end))
        ring = np.vstack([points[: place + 1], np.round(between, 3), points[place + 1 :]])
        self.layer.geometries[row] = Polygon(LineString(ring))

    def _note(self, code: str, row: int, note: str) -> None:
        identifier = self.layer.rows[row]["DYWGBSM"]
        self.faults.append(Fault(code, "grids", f"{GRIDS}.shp", row + 1, identifier, note))


def _same(pair: tuple[Any, Any], start: Any, end: Any) -> bool:
    return bool((pair[0] == start).all() and (pair[1] == end).all())
