"""Seed faults into the component files of a delivery."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import shapely
from shapely.geometry import Point

from wangge.demo.components import OWNERLESS, Component
from wangge.demo.faults import Fault
from wangge.demo.files import Layer, Row
from wangge.demo.territory import Territory, nearest


class ComponentFaults:
    """Spoil component records, each in one way that shows as one finding.

    Parameters
    ----------
    layers : list of Layer
        Copies of the component layers; one is replaced.
    territory : Territory
        The unit grids.
    """

    def __init__(self, layers: list[Layer], territory: Territory) -> None:
        self.layers = {layer.path.split("/")[-1][:4]: layer for layer in layers}
        self.territory = territory
        self.faults: list[Fault] = []

    def seed(self) -> list[Fault]:
        """Put every kind of fault in once, each into another class."""
        self._change("C01", "0103", lambda row: {"ObjID": row["ObjID"][:-1]}, "标识码少一位")
        self._change("C02", "0101", self._identifier_before("0101"), "标识码与前一行重复")
        self._repeat("C03", "0137", 5.0, "500112", "标识码属于另一区县")
        self._change("C04", "0305", _unknown_class, "类别不在名录中")
        self._change("C05", "0102", lambda _: {"ObjName": "雨水井盖"}, "名称与类别不符")
        self._change("C06", "0111", lambda _: {"DeptCode1": "", "DeptName1": ""}, "主管部门缺失")
        self._change(
            "C07", "0128", lambda row: {"DeptCode2": _miscopied(row["DeptCode2"])}, "权属单位代码校验不符"
        )
        self._change("C08", "0404", lambda _: {"ObjState": "良好"}, "状态不在值域内")
        self._change("C09", "0402", lambda _: {"ORDate": "20230231"}, "日期不存在")
        self._change("C11", "0212", self._grid_beside("0212"), "登记的单元网格是相邻网格")
        self._change(
            "C16",
            "0407",
            lambda _: {f"Dept{x}{n}": "" for x in ("Code", "Name") for n in (2, 3)},
            "无权属、无养护",
        )
        self._move("C10", "0139", Point(-4000.0, 0.0), "位于所有单元网格之外")
        self._move("C15", "0131", None, "坐标为0,0")
        self._repeat("C14", "0104", 0.2, "", "同一部件重复测绘，相距0.2米")
        self._misdeclare("F09", "0154", "编码声明为UTF-8，实为GBK")
        return self.faults

    def _change(self, code: str, class_code: str, change: Callable[[Row], Row], note: str) -> None:
        row = self._row(class_code)
        layer = self.layers[class_code]
        layer.rows[row] |= change(layer.rows[row])
        self._note(code, class_code, row, note)

    def _move(self, code: str, class_code: str, by: Point | None, note: str) -> None:
        row, layer = self._row(class_code), self.layers[class_code]
        old = layer.geometries[row]
        assert old is not None
        place = old.representative_point()
        layer.geometries[row] = Point(0.0, 0.0) if by is None else Point(place.x + by.x, place.y + by.y)
        self._note(code, class_code, row, note)
        if by is None:
            file = f"{layer.path}.shp"
            self.faults.append(Fault("F12", "components", file, row + 1, "", "连带：读取时略去无效坐标"))

    def _repeat(self, code: str, class_code: str, apart: float, county: str, note: str) -> None:
        """Add a component like another, some metres away along its grid's inside."""
        row, layer = self._row(class_code), self.layers[class_code]
        old = layer.geometries[row]
        assert old is not None
        number = len(layer.rows) + 1
        same = layer.rows[row]
        identifier = f"{county or same['ObjID'][:6]}{same['ObjID'][6:10]}{number:06d}"
        layer.rows.append(same | {"ObjID": identifier})
        step = self._inward(same["BGID"], old.representative_point()) * apart
        layer.geometries.append(shapely.transform(old, lambda xy: np.round(xy + step, 3)))
        self._note(code, class_code, number - 1, note)

    def _misdeclare(self, code: str, class_code: str, note: str) -> None:
        layer = self.layers[class_code]
        self.layers[class_code] = Layer(
            layer.path,
            layer.geometry,
            layer.fields,
            layer.rows,
            layer.geometries,
            layer.encoding,
            cpg="UTF-8",
        )
        self.faults.append(Fault(code, "components", f"{layer.path}.shp", None, "", note))

    def _row(self, class_code: str) -> int:
        """Pick a sound row with an owner, somewhere in the first half of a file."""
        layer = self.layers[class_code]
        start = len(layer.rows) // 3
        return next(
            row
            for row in range(start, len(layer.rows))
            if layer.rows[row]["DeptCode2"] and layer.rows[row]["ObjState"] == "完好"
        )

    def _identifier_before(self, class_code: str) -> Callable[[Row], Row]:
        layer = self.layers[class_code]
        before = layer.rows[self._row(class_code) - 1]["ObjID"]
        return lambda _: {"ObjID": before}

    def _inward(self, grid_code: str, place: Point) -> Any:
        """Return the direction from a place to the inside of its unit grid."""
        grid = next(grid for grid in self.territory.grids if grid.code == grid_code)
        inner = grid.polygon.representative_point()
        step = np.array([inner.x - place.x, inner.y - place.y])
        return step / np.hypot(*step)

    def _grid_beside(self, class_code: str) -> Callable[[Row], Row]:
        """Name the nearest other grid of the same community."""
        row, layer = self._row(class_code), self.layers[class_code]
        mine, place = layer.rows[row]["BGID"], layer.geometries[row]
        assert place is not None
        others = [g for g in self.territory.grids if g.community == mine[:12] and g.code != mine]
        other = others[nearest([g.polygon for g in others], place.representative_point())]
        return lambda _: {"BGID": other.code}

    def _note(self, code: str, class_code: str, row: int, note: str) -> None:
        layer = self.layers[class_code]
        identifier = layer.rows[row]["ObjID"]
        self.faults.append(Fault(code, "components", f"{layer.path}.shp", row + 1, identifier, note))


def standing(components: tuple[Component, ...], layers: list[Layer]) -> list[Fault]:
    """List what a check finds in the clean delivery too: components without owner and maintainer."""
    files = {layer.path.split("/")[-1][:4]: layer for layer in layers}
    rows: dict[str, int] = {}
    found = []
    for component in components:
        rows[component.code] = rows.get(component.code, 0) + 1
        if not component.owner and not component.maintainer and component.code != OWNERLESS:
            file = f"{files[component.code].path}.shp"
            found.append(
                Fault(
                    "C16",
                    "components",
                    file,
                    rows[component.code],
                    component.id,
                    "权属待确认，原样交付",
                    standing=True,
                )
            )
    return found


def _unknown_class(row: Row) -> Row:
    return {"ObjID": f"{row['ObjID'][:6]}0366000001", "ObjName": "智能回收箱"}


def _miscopied(code: str) -> str:
    """Change the last character, so that the check fails."""
    return code[:-1] + ("1" if code[-1] != "1" else "2")
