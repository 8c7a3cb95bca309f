"""Seed faults into a copy of the door plates, and list them."""

from __future__ import annotations

from itertools import product

import shapely
from shapely.affinity import translate
from shapely.geometry.base import BaseGeometry

from wangge.demo.faults import Fault
from wangge.demo.files import Layer
from wangge.demo.territory import Territory

PLATES, STREETS = "门牌", "街巷"
FILE = f"{PLATES}.shp"
_AWAY_M, _SHIFT_M = 200.0, 400.0
_FREE_NUMBER = 9990


class PlateFaults:
    """Spoil door plates, each in one way; what follows from it is listed too.

    Parameters
    ----------
    plates, streets : Layer
        A copy of the door plates, and the streets they stand on.
    territory : Territory
        The divisions.
    """

    def __init__(self, plates: Layer, streets: Layer, territory: Territory) -> None:
        self.layer, self.territory = plates, territory
        self.faults: list[Fault] = []
        self._lines = dict(zip((row["名称"] for row in streets.rows), streets.geometries, strict=True))
        self._rows = iter(range(7, len(plates.rows), 53))

    def seed(self) -> list[Fault]:
        """Put every kind of fault in once."""
        self._repeat()
        self._drop_address()
        self._move()
        self._take_number()
        self._state_other_community()
        self._invent_street()
        self._contradict()
        return self.faults

    def _repeat(self) -> None:
        row = next(self._rows)
        copy = self.layer.rows[row] | {"代码": "50011300199900001"}
        self.layer.rows.append(copy)
        self.layer.geometries.append(self.layer.geometries[row])
        self._note("P01", len(self.layer.rows) - 1, "同一地址另编代码重复提交")

    def _drop_address(self) -> None:
        row = next(self._rows)
        self.layer.rows[row] |= {"地址全称": "", "门牌号": ""}
        self._note("P02", row, "既无地址也无门牌号")

    def _move(self) -> None:
        """Put a plate where its street is not."""
        for row in self._rows:
            place = self._far_place(row)
            if place is not None:
                self.layer.geometries[row] = place
                self.layer.rows[row]["社区代码"] = ""
                self._note("P05", row, "门牌点远离所在街巷")
                return
        raise RuntimeError("no door plate left to move")

    def _far_place(self, row: int) -> BaseGeometry | None:
        point, street = self.layer.geometries[row], self._lines[self.layer.rows[row]["街路巷"]]
        inner = self.territory.county.polygon
        assert point is not None
        for east, north in product((-_SHIFT_M, 0, _SHIFT_M), repeat=2):
            place = translate(point, east, north)
            if shapely.distance(place, street) > _AWAY_M and inner.contains(place):
                return place
        return None

    def _take_number(self) -> None:
        """Give a plate the number of another one on the same side of its street."""
        for row in self._rows:
            one = self.layer.rows[row]
            other = self._same_side(row)
            if other is not None:
                number = self.layer.rows[other]["门牌号"]
                one |= {"门牌号": number, "地址全称": f"{self.territory.county.name}{one['街路巷']}{number}"}
                self._note("P06", max(row, other), "同一街巷门牌号重复")
                self._note("P20", row, "连带：地址变更，原地址留作曾用名")
                return
        raise RuntimeError("no door plate left to renumber")

    def _same_side(self, row: int) -> int | None:
        one, spoiled = self.layer.rows[row], {fault.row for fault in self.faults}
        return next(
            (
                at
                for at, other in enumerate(self.layer.rows)
                if at != row
                and at + 1 not in spoiled
                and other["街路巷"] == one["街路巷"]
                and _is_odd(other) == _is_odd(one)
            ),
            None,
        )

    def _state_other_community(self) -> None:
        row = next(self._rows)
        own = self.layer.rows[row]["社区代码"]
        place = self.layer.geometries[row]
        far = max(self.territory.communities, key=lambda one: shapely.distance(one.polygon, place))
        self.layer.rows[row]["社区代码"] = far.code
        self._note("P07", row, f"所填社区不是实际所在的{own}")

    def _invent_street(self) -> None:
        row = next(self._rows)
        one = self.layer.rows[row]
        one["地址全称"] = one["地址全称"].replace(one["街路巷"], "子虚大道")
        one["街路巷"] = "子虚大道"
        self._note("P13", row, "街巷不在库中")
        self._note("P20", row, "连带：地址变更，原地址留作曾用名")

    def _contradict(self) -> None:
        row = next(self._rows)
        one = self.layer.rows[row]
        one["门牌号"] = f"{_FREE_NUMBER + _is_odd(one)}号"
        self._note("P16", row, "门牌号与地址全称不一致")

    def _note(self, code: str, row: int, note: str) -> None:
        self.faults.append(Fault(code, "addresses", FILE, row + 1, self.layer.rows[row]["代码"], note))


def _is_odd(row: dict[str, str]) -> bool:
    digits = "".join(one for one in row["门牌号"] if one.isdigit())
    return bool(digits) and int(digits) % 2 == 1
