"""A hand-made corner of an invented city: two streets, three communities, 24 crooked grids."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterable, Callable, Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import httpx
import pandas as pd
import pytest
from shapely.geometry import LineString, MultiLineString, MultiPolygon, Point, Polygon
from shapely.ops import unary_union
from starlette.applications import Starlette

from gis.credit_codes import check_character
from gis.editions import commit
from gis.registry import Registry
from layers.catalogue import publish, seed_layers

WEST, SOUTH, STEP = 106.5, 29.4, 0.001
COLUMNS, ROWS = 6, 4
COUNTY = "500199"


def _credit_code(number: int) -> str:
    body = f"11{COUNTY}{number:09d}"
    return body + check_character(body)


ROADS, WATER, PARKS, OFFICE = (_credit_code(number) for number in range(1, 5))
UNITS = {
    ROADS: ("青杉区市政养护中心", ["maintainer"]),
    WATER: ("青杉供水有限公司", ["owner", "maintainer"]),
    PARKS: ("青杉区园林绿化所", ["owner", "maintainer"]),
    OFFICE: ("松塘街道办事处", ["street"]),
}


def _corner(column: int, row: int) -> tuple[float, float]:
    """Crooked, the same for every grid that shares the corner."""
    east = ((column * 7 + row * 13) % 5 - 2) * 0.00006 if 0 < column < COLUMNS else 0.0
    north = ((column * 11 + row * 5) % 5 - 2) * 0.00006 if 0 < row < ROWS else 0.0
    return WEST + column * STEP + east, SOUTH + row * STEP + north


def _community(column: int) -> str:
    return f"{COUNTY}001001" if column < 2 else f"{COUNTY}001002" if column < 4 else f"{COUNTY}002001"


def _grid_rows() -> list[dict[str, Any]]:
    rows, numbers = [], dict.fromkeys(map(_community, range(COLUMNS)), 0)
    for row in reversed(range(ROWS)):
        for column in range(COLUMNS):
            community = _community(column)
            numbers[community] += 1
            corners = [_corner(column + i, row + j) for i, j in ((0, 0), (1, 0), (1, 1), (0, 1))]
            rows.append(
                {
                    "code": f"{community}{numbers[community]:03d}",
                    "county": COUNTY,
                    "street": community[:9],
                    "community": community,
                    "state": "有效",
                    "geometry": MultiPolygon([Polygon(corners)]),
                }
            )
    return rows


def _division_rows(grids: list[dict[str, Any]]) -> list[dict[str, Any]]:
    names = {
        COUNTY: ("青杉区", "county"),
        f"{COUNTY}001": ("松塘街道", "street"),
        f"{COUNTY}002": ("栗坪街道", "street"),
        f"{COUNTY}001001": ("柳桥社区", "community"),
        f"{COUNTY}001002": ("石亭社区", "community"),
        f"{COUNTY}002001": ("栗园社区", "community"),
    }
    rows = []
    for code, (name, level) in names.items():
        united = unary_union([grid["geometry"] for grid in grids if grid["code"].startswith(code)])
        parent = {"county": None, "street": code[:6], "community": code[:9]}[level]
        multi = united if isinstance(united, MultiPolygon) else MultiPolygon([united])
        rows.append({"code": code, "name": name, "level": level, "parent_code": parent, "geometry": multi})
    return rows


_CLASSES = (
    ("0101", "上水井盖", WATER),
    ("0103", "雨水井盖", ROADS),
    ("0137", "路灯", ROADS),
    ("0212", "路名牌", ROADS),
    ("0305", "垃圾箱", None),
    ("0402", "行道树", PARKS),
)


def _component_rows(grids: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for index, grid in enumerate(grids):
        west, south, east, north = grid["geometry"].bounds
        for number, (class_code, name, unit) in enumerate(_CLASSES):
            point = Point(
                west + (east - west) * (0.2 + 0.12 * number),
                south + (north - south) * (0.3 + 0.07 * (index % 5)),
            )
            rows.append(
                {
                    "id": f"{COUNTY}{class_code}{index + 1:06d}",
                    "class_code": class_code,
                    "standard": "2013",
                    "name": name,
                    "county": COUNTY,
                    "maintainer_code": unit,
                    "maintainer_name": UNITS[unit][0] if unit else None,
                    "unit_grid": grid["code"],
                    "street": grid["street"],
                    "community": grid["community"],
                    "state": "完好",
                    "geometry": point,
                }
            )
    return rows


def _street_rows() -> list[dict[str, Any]]:
    lines = {
        "青杉路": LineString([_corner(column, 2) for column in range(COLUMNS + 1)]),
        "石亭100%街": LineString([_corner(3, row) for row in range(ROWS + 1)]),
    }
    return [
        {"code": f"S{number}", "name": name, "aliases": json.dumps([]), "geometry": MultiLineString([line])}
        for number, (name, line) in enumerate(lines.items(), start=1)
    ]


def _spatial(rows: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(rows, geometry="geometry", crs="EPSG:4490")


def city_frames() -> dict[str, pd.DataFrame]:
    """Everything the small city has, by dataset."""
    grids = _grid_rows()
    organisations = [
        {
            "code": code,
            "name": name,
            "types": json.dumps(types),
            "short_names": json.dumps(["松塘街办"] if code == OFFICE else [], ensure_ascii=False),
            "division_code": f"{COUNTY}001" if code == OFFICE else None,
            "state": "active",
        }
        for code, (name, types) in UNITS.items()
    ]
    places = [
        {
            "code": "P1",
            "name": "青杉广场",
            "type": "兴趣点",
            "aliases": json.dumps(["市民广场"], ensure_ascii=False),
            "geometry": Point(WEST + 0.0023, SOUTH + 0.0017),
        }
    ]
    addresses = [
        {
            "code": f"A{number}",
            "address": f"青杉区松塘街道青杉路{number}号",
            "street_name": "青杉路",
            "number": str(number),
            "community": _community(number % 4),
            "geometry": Point(WEST + 0.0004 * number, SOUTH + 0.0021),
        }
        for number in range(1, 8)
    ]
    return {
        "divisions": _spatial(_division_rows(grids)),
        "grids": _spatial(grids),
        "organisations": pd.DataFrame(organisations),
        "components": _spatial(_component_rows(grids)),
        "streets": _spatial(_street_rows()),
        "places": _spatial(places),
        "addresses": _spatial(addresses),
    }


def _fill(registry: Registry) -> Registry:
    seed_layers(registry)
    for dataset, frame in city_frames().items():
        commit(registry, dataset, frame, source="hand-made")
    for layer in ("divisions", "unit-grids", "components", "streets", "places"):
        publish(registry, layer)
    return registry


@pytest.fixture(scope="session")
def city_template(gpkg_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of the small city, to be read or copied."""
    path = tmp_path_factory.mktemp("city") / "city.gpkg"
    shutil.copy(gpkg_template, path)
    with Registry.open(path) as registry:
        _fill(registry)
    return path


@pytest.fixture
def city_file(city_template: Path, tmp_path: Path) -> str:
    """Return the URL of a copy of the small city in a file."""
    return str(shutil.copy(city_template, tmp_path / "city.gpkg"))


@pytest.fixture(scope="session")
def city_database(postgis_server: Any, postgis_template: str) -> str:
    """Return the name of a database with the small city, to be copied."""
    url: str = postgis_server.create_database(postgis_template)
    with Registry.open(url) as registry:
        _fill(registry)
    return url.rsplit("/", 1)[1]


@pytest.fixture
def city(registry_kind: str, request: pytest.FixtureRequest) -> Iterator[Registry]:
    """Return a copy of the small city, on each database in turn."""
    if registry_kind == "gpkg":
        url = request.getfixturevalue("city_file")
    else:
        url = request.getfixturevalue("new_registry")("postgis", request.getfixturevalue("city_database"))
    with Registry.open(url) as opened:
        yield opened


@pytest.fixture(params=["gpkg", "postgis"])
def registry_kind(request: pytest.FixtureRequest) -> str:
    """Name each database in turn."""
    return str(request.param)


class _InProcess(httpx.BaseTransport):
    """Hand requests of a plain client to an application of this process."""

    def __init__(self, app: Starlette) -> None:
        self.app = app

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return asyncio.run(self._answer(request))

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        answer = await httpx.ASGITransport(self.app).handle_async_request(request)
        assert isinstance(answer.stream, AsyncIterable)
        content = b"".join([part async for part in answer.stream])
        return httpx.Response(answer.status_code, headers=answer.headers, content=content)


@pytest.fixture
def client_of() -> Callable[[Starlette], httpx.Client]:
    """Return a function that makes a client of an application."""
    return lambda app: httpx.Client(transport=_InProcess(app), base_url="http://127.0.0.1")
