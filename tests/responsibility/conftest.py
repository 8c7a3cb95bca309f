"""Cases and registries made by hand, for the tests of responsibility."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import geopandas
import pandas
import pytest
import shapely

from gis.crs import STORED, transformer
from gis.editions import commit
from gis.registry import Registry, open_registry
from responsibility import decide as deciding
from responsibility.classes import choose_classes
from responsibility.decide import Verdict
from responsibility.limits import parse_limit
from responsibility.model import Kind, LineRef, Named, Status
from responsibility.organisations import Organisation, Organisations
from responsibility.records import Area, Component, Rule
from responsibility.roles import Party
from responsibility.situation import Case, Surroundings, Units

UNITS = Units(
    Organisations(
        [
            Organisation("MAINT", "排水养护公司"),
            Organisation("OWNER", "排水集团"),
            Organisation("AUTH", "市政局"),
            Organisation("BUILD", "建设公司"),
            Organisation("CLEAN", "环卫公司"),
            Organisation("PARK", "公园管理处"),
            Organisation("STREET", "河东街道办", types=("street",), division_code="500199001"),
            Organisation("TEAM", "河东执法队", types=("enforcement",), division_code="500199001"),
            Organisation("GOV", "盐河区政府", types=("government",), division_code="500199"),
            Organisation("RAIL", "铁路局"),
            Organisation("OLD", "老养护所", active=False, successor_code="MAINT"),
            Organisation("GONE", "撤销单位", active=False),
        ]
    )
)
COVER = choose_classes("0101", None, Kind.COMPONENT, "2013")
PLACE = Surroundings(Status.INSIDE, county="500199", street="500199001", community="500199001002")


def area(code: str, unit: str | None, **changes: Any) -> Area:
    made = Area(
        ref=LineRef("市政", code, f"{code}片区"),
        unit=Named(unit, None) if unit else None,
        classes=(),
        handover=None,
        in_scope=True,
        valid_from=None,
        valid_to=None,
        size_m2=1000.0,
        edition=4,
    )
    return replace(made, **changes)


def component(**changes: Any) -> Component:
    made = Component(
        id="5001990101000001",
        class_code="0101",
        standard="2013",
        name="上水井盖",
        state="完好",
        authority=Named("AUTH", "市政局"),
        owner=Named("OWNER", "排水集团"),
        maintainer=Named("MAINT", "排水养护公司"),
        edition=3,
    )
    return replace(made, **changes)


def rule(
    *parties: Party, mode: str = "ordered", number: int = 1, supervising: tuple[Party, ...] = ()
) -> Rule:
    return Rule(number, "破损", "2紧急工作时", (), "修复", None, parties, mode, supervising, 5)


def case(**changes: Any) -> Case:
    made = Case(kind=Kind.COMPONENT, choice=COVER, place=PLACE, component=component())
    return replace(made, **changes)


def decide(units: Units | None = None, **changes: Any) -> Verdict:
    return deciding.decide(case(**changes), units or UNITS)


def at(*areas: Area, **changes: Any) -> Surroundings:
    return replace(PLACE, areas=areas, **changes)


def acting(verdict: Verdict) -> str | None:
    return verdict.parties.acting.code if verdict.parties.acting else None


def taken(verdict: Verdict) -> list[str]:
    return [reason.code for reason in verdict.reasons if reason.taken]


def codes(verdict: Verdict) -> list[str]:
    return [reason.code for reason in verdict.reasons]


def others(verdict: Verdict) -> list[str | None]:
    return [alternative.unit.code for alternative in verdict.alternatives]


FIXED = Party("fixed", "环卫公司", "CLEAN")
NOBODYS = component(owner=None, maintainer=None)


@pytest.fixture
def hand() -> SimpleNamespace:
    """Return what cases are made with by hand, and what verdicts are read with."""
    return SimpleNamespace(
        UNITS=UNITS,
        PLACE=PLACE,
        FIXED=FIXED,
        NOBODYS=NOBODYS,
        area=area,
        component=component,
        rule=rule,
        case=case,
        decide=decide,
        at=at,
        acting=acting,
        taken=taken,
        codes=codes,
        others=others,
    )


# A town of one district around 106.5, 29.4, in cells of 0.001 degrees (97 m by 111 m):
#
#     column 0    column 1    column 2    column 3   gap of 4 m, then E, and F, which overlaps E
#     ...001001   ...001001   ...001002   ...002001  ...002001
X0, Y0, CELL = 106.5, 29.4, 0.001


def xy(column: float, row: float = 0.5) -> tuple[float, float]:
    """Return longitude and latitude of a place counted in cells."""
    return X0 + column * CELL, Y0 + row * CELL


def cells(west: float, east: float, south: float = 0.0, north: float = 1.0) -> shapely.Polygon:
    return shapely.box(*xy(west, south), *xy(east, north))


def frame(rows: list[dict[str, Any]]) -> geopandas.GeoDataFrame:
    return geopandas.GeoDataFrame(rows, geometry="geometry", crs="EPSG:4490")


def divisions() -> geopandas.GeoDataFrame:
    rows = [
        ("500199", "盐河区", "county", None, cells(0, 6)),
        ("500199001", "河东街道", "street", "500199", cells(0, 3)),
        ("500199002", "河西街道", "street", "500199", cells(3, 6)),
        ("500199001001", "桥头社区", "community", "500199001", cells(0, 2)),
        ("500199001002", "柳林社区", "community", "500199001", cells(2, 3)),
        ("500199002001", "西岸社区", "community", "500199002", cells(3, 6)),
    ]
    names = ("code", "name", "level", "parent_code", "geometry")
    return frame([dict(zip(names, row, strict=True)) for row in rows])


def grids() -> geopandas.GeoDataFrame:
    rows = [
        ("500199001001001", cells(0, 1)),
        ("500199001001002", cells(1, 2)),
        ("500199001002001", cells(2, 3)),
        ("500199002001001", cells(3, 4)),
        ("500199002001002", cells(4.04, 5)),
        ("500199002001003", cells(4.9, 6)),
        ("500199002001009", cells(3, 4)),
    ]
    states = {"500199002001009": "作废"}
    return frame(
        [
            {"code": code, "name": f"网格{code[-3:]}", "state": states.get(code, "有效"), "geometry": shape}
            for code, shape in rows
        ]
    )


def organisations() -> pandas.DataFrame:
    rows = [
        ("MAINT", "排水养护公司", [], None),
        ("OWNER", "排水集团", ["owner"], None),
        ("AUTH", "市政局", ["authority"], None),
        ("BUILD", "建设公司", [], None),
        ("CLEAN", "环卫公司", [], None),
        ("EAST", "河东街道办", ["street"], "500199001"),
        ("WEST", "河西街道办", ["street"], "500199002"),
        ("GOV", "盐河区政府", ["government"], "500199"),
    ]
    names = ("code", "name", "types", "division_code")
    return pandas.DataFrame([dict(zip(names, row, strict=True)) for row in rows])


def pieces() -> geopandas.GeoDataFrame:
    """Return components: covers in columns 0 to 3, one without owner, a removed one, a line."""

    def piece(number: int, column: float, row: float = 0.5, **changes: Any) -> dict[str, Any]:
        made = {
            "id": f"5001990101{number:06d}",
            "class_code": "0101",
            "standard": "2013",
            "name": "上水井盖",
            "state": "完好",
            "authority_code": "AUTH",
            "authority_name": "市政局",
            "owner_code": "OWNER",
            "owner_name": "排水集团",
            "maintainer_code": "MAINT",
            "maintainer_name": "排水养护公司",
            "geometry": shapely.Point(*xy(column, row)),
        }
        return made | changes

    nobody = dict.fromkeys(
        ("owner_code", "owner_name", "maintainer_code", "maintainer_name"),
    )
    return frame(
        [
            piece(1, 0.5),
            piece(2, 0.51),
            piece(3, 0.5, 0.9),
            piece(4, 0.5, 0.9),
            piece(5, 1.5, **nobody),
            piece(6, 2.5, state="移除"),
            piece(7, 3.5, id="5001990102000001", class_code="0102", name="污水井盖"),
            piece(8, 2.5, id="5001990123000001", class_code="0123", name="不明井盖"),
            piece(
                9,
                0,
                id="5001990201000001",
                class_code="0201",
                name="线",
                geometry=shapely.LineString([xy(0.2, 0.1), xy(0.8, 0.1)]),
            ),
        ]
    )


def rules() -> pandas.DataFrame:
    def made(kind: str, code: str, number: int, limit: str, *parties: dict[str, Any], **changes: Any) -> Any:
        steps = [step.to_dict() for step in parse_limit(limit)]
        authority = Party("authority", "主管部门").to_dict()
        row = {
            "standard": "2013", "kind": kind, "class_code": code, "class_name": code, "rule_no": number,
            "condition": f"条件{number}", "limit_text": limit, "steps": steps, "closing": "修复",
            "acting": list(parties), "mode": "ordered", "supervising": [authority],
        }  # fmt: skip
        return row | changes

    owner, street = Party("owner", "各产权单位").to_dict(), Party("street", "所属街办").to_dict()
    clean = Party("fixed", "环卫公司", "CLEAN").to_dict()
    return pandas.DataFrame(
        [
            made("component", "0101", 1, "2紧急工作时", owner, street),
            made("component", "0101", 2, "5工作日", owner, street),
            made("component", "0102", 1, "停工4工作时; 拆除20工作日", owner),
            made("component", "0123", 1, "1工作日", street),
            made("matter", "0101", 1, "4工作时", clean, street, mode="joint"),
        ]
    )


@pytest.fixture(scope="session")
def town() -> SimpleNamespace:
    """Return the town's tables and a function that writes them, or some of them, into a registry."""
    tables = {
        "divisions": divisions,
        "grids": grids,
        "organisations": organisations,
        "components": pieces,
        "rules": rules,
    }

    def build(registry: Registry, *names: str) -> Registry:
        for name in names or tables:
            commit(registry, name, tables[name]())
        return registry

    return SimpleNamespace(build=build, xy=xy, cells=cells, frame=frame, pieces=pieces, tables=tables)


@pytest.fixture(scope="session", params=["gpkg", "postgis"])
def blank_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], str]:
    """Return a function that makes an empty registry, on each database in turn."""

    def make() -> str:
        if request.param == "gpkg":
            template = request.getfixturevalue("gpkg_template")
            return str(shutil.copy(template, tmp_path_factory.mktemp("town") / "town.gpkg"))
        server = request.getfixturevalue("postgis_server")
        url: str = server.create_database(request.getfixturevalue("postgis_template"))
        return url

    return make


@pytest.fixture(scope="session")
def city(blank_url: Callable[[], str], town: SimpleNamespace) -> Iterator[Registry]:
    """Open a registry with the whole town, for reading only, on each database in turn."""
    with open_registry(blank_url()) as opened:
        yield town.build(opened)


@pytest.fixture(scope="session")
def full_city(
    blank_url: Callable[[], str], town: SimpleNamespace, area_row: Callable[..., dict[str, Any]]
) -> Iterator[Registry]:
    """Open a town that has areas, lines and an agreement too, for reading only."""
    areas = [
        area_row("A1", cells(0, 1.5)),
        area_row("A2", cells(1.5, 3), unit_code="BUILD", handover="质保期"),
        area_row("A3", cells(3.2, 3.8, 0.2, 0.8), unit_code="AUTH", in_scope=False),
        area_row("P1", cells(0, 2.5), line="公安", classes=["-"]),
        area_row("P2", cells(2.5, 6), line="公安", classes=["-"]),
    ]
    lines = [{"line": "市容", "code": code, "geometry": shape} for code, shape in (
        ("R1", cells(0, 3)), ("R2", cells(3, 6)),
    )]  # fmt: skip
    street = shapely.LineString([xy(0, 0.5), xy(3, 0.5)])
    agreed = {"code": "B1", "unit_a_code": "BUILD", "unit_b_code": "CLEAN", "taken_by": "b", "width_m": 6.0}
    with open_registry(blank_url()) as opened:
        town.build(opened)
        commit(opened, "areas", frame(areas))
        commit(opened, "responsibility-grids", frame(lines))
        commit(opened, "boundaries", frame([agreed | {"classes": ["0102"], "geometry": street}]))
        yield opened


@pytest.fixture
def own_city(copied: Callable[..., Registry], town: SimpleNamespace) -> Registry:
    """Return a registry with the whole town that a test may write to, on each database in turn."""
    return copied(town.build)


@pytest.fixture(scope="session")
def area_row() -> Callable[..., dict[str, Any]]:
    """Return a function that makes a row of ``areas``."""

    def made(code: str, shape: shapely.Geometry, **changes: Any) -> dict[str, Any]:
        row = {"line": "环卫", "code": code, "name": f"{code}片", "unit_code": "CLEAN", "classes": []}
        return row | {"in_scope": True, "geometry": shape} | changes

    return made


@pytest.fixture(scope="session")
def from_stored() -> Callable[[str, float, float], tuple[float, float]]:
    """Return a function that converts longitude and latitude to another system."""

    def convert(crs: str, lon: float, lat: float) -> tuple[float, float]:
        x, y = transformer(STORED, crs)([lon], [lat])
        return float(x[0]), float(y[0])

    return convert
