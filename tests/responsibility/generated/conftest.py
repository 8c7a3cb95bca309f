"""A small town with every kind of evidence, as plain data in cells, and a registry of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pandas
import pytest
import shapely

from gis.editions import commit
from gis.registry import Registry, open_registry
from responsibility.limits import parse_limit
from responsibility.roles import Party

# West, east, south, north in cells of the town; code. F overlaps E, and there is a gap before E.
GRIDS = [
    ((0, 1, 0, 1), "500199001001001"),
    ((1, 2, 0, 1), "500199001001002"),
    ((2, 3, 0, 1), "500199001002001"),
    ((3, 4, 0, 1), "500199002001001"),
    ((4.04, 5, 0, 1), "500199002001002"),
    ((4.9, 6, 0, 1), "500199002001003"),
]
# Code: name, successor ("" for a unit that goes on, None for one closed without).
UNITS = {
    "MAINT": ("排水养护公司", ""), "OWNER": ("排水集团", ""), "AUTH": ("市政局", ""),
    "BUILD": ("建设公司", ""), "CLEAN": ("环卫公司", ""), "SMALL": ("小区保洁公司", ""),
    "PARK": ("公园管理处", ""), "RAIL": ("铁路局", ""), "LIST": ("清单单位", ""),
    "OLD": ("老养护所", "MAINT"), "GONE": ("撤销单位", None),
    "EAST": ("河东街道办", ""), "WEST": ("河西街道办", ""),
    "GOV": ("盐河区政府", ""), "TEAM": ("河东执法队", ""),
}  # fmt: skip
IN_CHARGE = {
    ("street", "500199001"): "EAST", ("street", "500199002"): "WEST",
    ("government", "500199"): "GOV", ("enforcement", "500199001"): "TEAM",
}  # fmt: skip
# Line, code, box, unit, classes, handover, in scope, last day.
AREAS = [
    ("环卫", "A1", (0, 1.5, 0, 1), "CLEAN", [], None, True, None),
    ("环卫", "A2", (0.2, 0.6, 0.2, 0.8), "SMALL", ["0103"], None, True, None),
    ("市政", "A3", (1.6, 2.4, 0.1, 0.9), "BUILD", ["01"], "质保期", True, None),
    ("铁路", "A4", (3.2, 3.8, 0.2, 0.8), "RAIL", [], None, False, None),
    ("绿化", "A5", (4.2, 5.5, 0, 1), "GONE", [], None, True, None),
    ("公安", "A6", (0, 3.5, 0, 1), "PARK", ["-"], None, True, None),
    ("公安", "A7", (3.5, 6, 0, 1), "PARK", ["-"], None, True, None),
    ("旧线", "A8", (0, 6, 0, 1), "OWNER", [], None, True, "20200101"),
]
# A street along row 0.5 from column 2.5 to 3.5: classes, metres to either side, who takes it.
AGREEMENT = ("B1", 2.5, 3.5, 0.5, ["0102"], 6.0, "PARK")
# Kind, class: mode and parties (role, wording, code, line).
RULES: dict[tuple[str, str], tuple[str, list[tuple[str, str, str | None, str | None]]]] = {
    ("component", "0101"): ("ordered", [("owner", "产权单位", None, None), ("street", "街办", None, None)]),
    ("component", "0102"): ("ordered", [("maintainer", "养护单位", None, None)]),
    ("component", "0104"): (
        "alternatives", [("fixed", "环卫公司", "CLEAN", None), ("fixed", "公园管理处", "PARK", None)],
    ),
    ("component", "0105"): ("joint", [("fixed", "公园管理处", "PARK", None), ("street", "街办", None, None)]),
    ("component", "0106"): ("ordered", [("area", "环卫部门", None, "环卫")]),
    ("component", "0107"): ("ordered", [("enforcement", "执法队", None, None)]),
    ("component", "0109"): ("ordered", [("authority", "主管部门", None, None)]),
    ("component", "0123"): ("ordered", [("street", "街办", None, None)]),
    ("matter", "0101"): ("ordered", [("fixed", "老养护所", "OLD", None)]),
    ("matter", "0102"): ("ordered", [("district", "盐河区政府", "GOV", None)]),
    ("matter", "0103"): ("ordered", [("fixed", "撤销单位", "GONE", None)]),
    ("matter", "0104"): ("joint", [("enforcement", "执法队", None, None), ("street", "街办", None, None)]),
}  # fmt: skip
COMPONENT_CLASSES = ("0101", "0102", "0103", "0104", "0105", "0106", "0107", "0109", "0123")
MATTER_CLASSES = ("0101", "0102", "0103", "0104", "0105")
# What records name: owner, maintainer, authority, state.
RECORDS = [
    ("OWNER", "MAINT", "AUTH", "完好"),
    ("OWNER", "OLD", "AUTH", "完好"),
    ("OWNER", "GONE", "AUTH", "破损"),
    (None, None, "AUTH", "完好"),
    ("GONE", None, None, "丢失"),
    ("OWNER", "MAINT", "AUTH", "移除"),
    ("NOBODY", None, "AUTH", "完好"),
]
# Kind, classes, column, row, radius, unit.
PRECEDENT = ("P1", "component", ["0103", "0104"], 3.1, 0.9, 12.0, "PARK")


def components() -> list[dict[str, Any]]:
    """Return components: for each class one of each record, along the town."""
    made = []
    for place, code in enumerate(COMPONENT_CLASSES):
        for number, (owner, maintainer, authority, state) in enumerate(RECORDS):
            column = 0.15 + (5.7 * ((number * 5 + place * 3) % 17)) / 17
            made.append(
                {
                    "id": f"500199{code}{number + 1:06d}", "class_code": code,
                    "at": (column, 0.1 + place / 11), "state": state,
                    "owner": owner, "maintainer": maintainer, "authority": authority,
                }
            )  # fmt: skip
    return made


# On the facility list: code, position among the components, owner, ownership.
LISTED = [("F1", 3, "LIST", None), ("F2", 8, None, "disputed"), ("F3", 23, "LIST", "settled")]


@pytest.fixture(scope="session")
def data() -> SimpleNamespace:
    """Return the town as data."""
    return SimpleNamespace(
        **{
            name: globals()[name]
            for name in (
                "GRIDS", "UNITS", "IN_CHARGE", "AREAS", "AGREEMENT", "RULES", "COMPONENT_CLASSES",
                "MATTER_CLASSES", "PRECEDENT", "LISTED",
            )
        },
        components=components(),
    )  # fmt: skip


@pytest.fixture(scope="session")
def everything(
    blank_url: Callable[[], str], town: SimpleNamespace, data: SimpleNamespace
) -> Iterator[Registry]:
    """Open a registry of the town, for reading only, on each database in turn."""
    with open_registry(blank_url()) as opened:
        town.build(opened, "divisions", "grids")
        commit(opened, "organisations", _organisations(data))
        commit(opened, "rules", _rules(data))
        commit(opened, "components", _components(town, data))
        commit(opened, "areas", _areas(town, data))
        commit(opened, "boundaries", _boundaries(town, data))
        commit(opened, "facilities", _facilities(town, data))
        commit(opened, "precedents", _precedents(town, data))
        yield opened


def _organisations(data: SimpleNamespace) -> pandas.DataFrame:
    duties = {code: duty for duty, code in data.IN_CHARGE.items()}
    return pandas.DataFrame(
        [
            {
                "code": code, "name": name, "types": [duties[code][0]] if code in duties else [],
                "division_code": duties[code][1] if code in duties else None,
                "state": "active" if successor == "" else "closed", "successor_code": successor or None,
            }
            for code, (name, successor) in data.UNITS.items()
        ]
    )  # fmt: skip


def _rules(data: SimpleNamespace) -> pandas.DataFrame:
    return pandas.DataFrame(
        [
            {
                "standard": "2013", "kind": kind, "class_code": code, "class_name": code, "rule_no": 1,
                "condition": "条件", "limit_text": "2紧急工作时", "closing": "修复", "mode": mode,
                "steps": [step.to_dict() for step in parse_limit("2紧急工作时")],
                "acting": [Party(*party).to_dict() for party in parties],
                "supervising": [Party("authority", "主管部门").to_dict()],
            }
            for (kind, code), (mode, parties) in data.RULES.items()
        ]
    )  # fmt: skip


def _components(town: SimpleNamespace, data: SimpleNamespace) -> Any:
    rows = []
    for one in data.components:
        row = {"id": one["id"], "class_code": one["class_code"], "standard": "2013", "state": one["state"]}
        for role in ("owner", "maintainer", "authority"):
            code = one[role]
            row |= {f"{role}_code": None, f"{role}_name": None}
            if code is not None:
                row |= {f"{role}_name": data.UNITS[code][0] if code in data.UNITS else "查无此单位"}
        rows.append(row | {"name": one["class_code"], "geometry": shapely.Point(*town.xy(*one["at"]))})
    return town.frame(rows)


def _areas(town: SimpleNamespace, data: SimpleNamespace) -> Any:
    names = ("line", "code", "box", "unit_code", "classes", "handover", "in_scope", "valid_to_date")
    rows = [dict(zip(names, area, strict=True)) for area in data.AREAS]
    return town.frame([row | {"geometry": town.cells(*row.pop("box"))} for row in rows])


def _boundaries(town: SimpleNamespace, data: SimpleNamespace) -> Any:
    code, west, east, row, classes, width, unit = data.AGREEMENT
    line = shapely.LineString([town.xy(west, row), town.xy(east, row)])
    agreed = {"code": code, "unit_a_code": "BUILD", "unit_b_code": unit, "taken_by": "b"}
    return town.frame([agreed | {"width_m": width, "classes": classes, "geometry": line}])


def _facilities(town: SimpleNamespace, data: SimpleNamespace) -> Any:
    return town.frame(
        [
            {
                "code": code, "component_id": data.components[place]["id"], "classes": [],
                "owner_name": data.UNITS[owner][0] if owner else None, "ownership": ownership,
                "geometry": None,
            }
            for code, place, owner, ownership in data.LISTED
        ]
    )  # fmt: skip


def _precedents(town: SimpleNamespace, data: SimpleNamespace) -> Any:
    code, kind, classes, column, row, radius, unit = data.PRECEDENT
    settled = {"code": code, "kind": kind, "standard": "2013", "classes": classes, "radius_m": radius}
    settled |= {
        "unit_name": data.UNITS[unit][0],
        "unit_code": unit,
        "against": [],
        "settled_date": "20240101",
    }
    return town.frame([settled | {"geometry": shapely.Point(*town.xy(column, row))}])
