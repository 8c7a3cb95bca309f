"""The layers of a delivery under the headings that surveyors use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from wangge.demo import inputs
from wangge.demo.areas import Agreement, Area, Beat
from wangge.demo.components import MAJORS, Component, parties
from wangge.demo.files import Layer, Row
from wangge.demo.gazetteer import RANKS, Place, Plate, Street, line_of
from wangge.demo.organisations import Organisation
from wangge.demo.territory import Division, Territory, UnitGrid

Organisations = Mapping[str, Organisation]

_DIVISION = ("QHDM", "QHMC", "SJDM")
_GRID = ("DYWGBSM", "DYWGMC", "MJ", "CSRQ", "BGRQ", "ZT", "BZ")
_COMPONENT = (
    "ObjID",
    "ObjName",
    "DeptCode1",
    "DeptName1",
    "DeptCode2",
    "DeptName2",
    "DeptCode3",
    "DeptName3",
    "BGID",
    "ObjPos",
    "ObjState",
    "ORDate",
    "CHDate",
    "DataSource",
    "Note",
)
_AREA = (
    "条线",
    "代码",
    "名称",
    "单位代码",
    "单位名称",
    "适用类别",
    "移交状态",
    "是否管辖",
    "合同编号",
    "起始日期",
    "终止日期",
)
_BEAT = _AREA[:5]
_AGREEMENT = ("代码", "名称", "甲方代码", "乙方代码", "承担方", "半宽", "适用类别", "协议文号")
_STREET = ("代码", "名称", "别名", "起点", "止点", "等级", "宽度")
_PLATE = ("代码", "地址全称", "街路巷", "门牌号", "社区代码")
_PLACE = ("代码", "名称", "类型", "别名", "地址")


@dataclass(frozen=True)
class City:
    """Everything the sample city consists of."""

    territory: Territory
    components: tuple[Component, ...]
    organisations: Organisations
    areas: tuple[Area, ...]
    agreements: tuple[Agreement, ...]
    beats: tuple[Beat, ...]
    streets: tuple[Street, ...]
    plates: tuple[Plate, ...]
    places: tuple[Place, ...]


def layers(city: City) -> list[Layer]:
    """Return all layers of the delivery."""
    territory = city.territory
    return [
        _divisions("区", [territory.county]),
        _divisions("街道", territory.streets),
        _divisions("社区", territory.communities),
        _grids(territory),
        *component_layers(city.components, city.organisations),
        _beats(city),
        _areas(city),
        _agreements(city),
        *_gazetteer(city),
    ]


def component_layers(components: tuple[Component, ...], organisations: Organisations) -> list[Layer]:
    """Return one layer per component class, in folders by major class."""
    by_class: dict[str, list[Component]] = {}
    for component in components:
        by_class.setdefault(component.code, []).append(component)
    made = []
    for code, members in sorted(by_class.items()):
        path = f"部件/{code[:2]}{MAJORS[code[:2]]}/{code}{members[0].name}"
        rows = [_component_row(member, organisations) for member in members]
        geometries: list[BaseGeometry | None] = [member.geometry for member in members]
        made.append(Layer(path, members[0].geometry.geom_type, _COMPONENT, rows, geometries))
    return made


def outward(polygon: BaseGeometry) -> BaseGeometry:
    """Turn rings the way a shapefile wants them: shells clockwise."""
    return shapely.orient_polygons(polygon, exterior_cw=True)


def _divisions(path: str, divisions: tuple[Division, ...] | list[Division]) -> Layer:
    rows: list[Row] = [{"QHDM": d.code, "QHMC": d.name, "SJDM": d.parent} for d in divisions]
    return Layer(path, "Polygon", _DIVISION, rows, [outward(d.polygon) for d in divisions])


def _grids(territory: Territory) -> Layer:
    rows = [_grid_row(grid) for grid in territory.grids]
    return Layer("单元网格", "Polygon", _GRID, rows, [outward(grid.polygon) for grid in territory.grids])


def _grid_row(grid: UnitGrid) -> Row:
    note = {"river": "水域", "park": "公园", "station": "铁路站区"}.get(grid.use, "")
    return {
        "DYWGBSM": grid.code,
        "DYWGMC": grid.name,
        "MJ": stated_area(grid.polygon),
        "CSRQ": inputs.city().surveyed,
        "BGRQ": "",
        "ZT": "有效",
        "BZ": note,
    }


def stated_area(polygon: Polygon) -> float:
    """Return the area a surveyor states: in the plane of the city's system, to the square decimetre."""
    return round(polygon.area, 2)


def _component_row(component: Component, organisations: Organisations) -> Row:
    units = parties(component, organisations)
    row: Row = {"ObjID": component.id, "ObjName": component.name}
    for number, (code, name) in enumerate(units, start=1):
        row |= {f"DeptCode{number}": code, f"DeptName{number}": name}
    return row | {
        "BGID": component.grid,
        "ObjPos": component.position,
        "ObjState": component.state,
        "ORDate": component.first_date,
        "CHDate": component.change_date,
        "DataSource": "实测",
        "Note": component.note,
    }


def _areas(city: City) -> Layer:
    rows: list[Row] = [
        {
            "条线": area.line,
            "代码": area.code,
            "名称": area.name,
            "单位代码": city.organisations[area.unit].code,
            "单位名称": city.organisations[area.unit].name,
            "适用类别": "、".join(area.classes),
            "移交状态": area.handover,
            "是否管辖": "是" if area.in_scope else "否",
            "合同编号": area.contract,
            "起始日期": area.start,
            "终止日期": "",
        }
        for area in city.areas
    ]
    return Layer("责任区", "Polygon", _AREA, rows, [outward(area.geometry) for area in city.areas])


def _beats(city: City) -> Layer:
    rows: list[Row] = [
        {
            "条线": beat.line,
            "代码": beat.code,
            "名称": beat.name,
            "单位代码": city.organisations[beat.unit].code,
            "单位名称": city.organisations[beat.unit].name,
        }
        for beat in city.beats
    ]
    return Layer("责任网格", "Polygon", _BEAT, rows, [outward(beat.geometry) for beat in city.beats])


def _agreements(city: City) -> Layer:
    rows: list[Row] = [
        {
            "代码": agreed.code,
            "名称": agreed.name,
            "甲方代码": city.organisations[agreed.unit_a].code,
            "乙方代码": city.organisations[agreed.unit_b].code,
            "承担方": {"a": "甲方", "b": "乙方"}[agreed.taken_by],
            "半宽": agreed.width,
            "适用类别": "、".join(agreed.classes),
            "协议文号": agreed.agreement,
        }
        for agreed in city.agreements
    ]
    return Layer("边界协议", "LineString", _AGREEMENT, rows, [agreed.line for agreed in city.agreements])


def _gazetteer(city: City) -> list[Layer]:
    streets: list[Row] = [
        {
            "代码": street.code,
            "名称": street.way.name,
            "别名": "",
            "起点": street.start,
            "止点": street.end,
            "等级": RANKS[street.way.rank],
            "宽度": street.way.width,
        }
        for street in city.streets
    ]
    plates: list[Row] = [
        {
            "代码": p.code,
            "地址全称": p.address,
            "街路巷": p.street,
            "门牌号": p.number,
            "社区代码": p.community,
        }
        for p in city.plates
    ]
    places: list[Row] = [
        {"代码": p.code, "名称": p.name, "类型": p.type, "别名": p.alias, "地址": p.address}
        for p in city.places
    ]
    return [
        Layer("街巷", "LineString", _STREET, streets, [line_of(s) for s in city.streets], "GBK"),
        Layer("门牌", "Point", _PLATE, plates, [p.place for p in city.plates], "GBK"),
        Layer("兴趣点", "Point", _PLACE, places, [p.place for p in city.places], "GBK"),
    ]


def bounds(territory: Territory) -> list[float]:
    """Return west, south, east and north of the district in metres of the city's system."""
    return [float(edge) for edge in np.round(territory.county.polygon.bounds, 3)]
