"""A small city for composing addresses, and random ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas
import numpy as np
import shapely

from gis.degrees import metres_per_degree
from gis.editions import commit
from gis.models import DATASETS
from gis.registry import Registry

LON, LAT = 106.5, 29.4
PER_LON, PER_LAT = metres_per_degree(LAT)


def at(east: float, north: float) -> tuple[float, float]:
    """Return longitude and latitude of a place so many metres from the south-western corner."""
    return LON + float(east / PER_LON), LAT + float(north / PER_LAT)


def point(east: float, north: float) -> shapely.Point:
    return shapely.Point(at(east, north))


def line(*places: tuple[float, float]) -> shapely.MultiLineString:
    return shapely.MultiLineString([[at(*place) for place in places]])


def box(west: float, south: float, east: float, north: float) -> shapely.MultiPolygon:
    corners = [at(*place) for place in ((west, south), (east, south), (east, north), (west, north))]
    return shapely.MultiPolygon([shapely.Polygon(corners)])


def add(registry: Registry, dataset: str, rows: list[dict[str, Any]]) -> None:
    """Commit rows, with every column that a dataset has."""
    names = [*DATASETS[dataset].columns, "geometry"]
    columns = {name: [row.get(name) for row in rows] for name in names}
    commit(registry, dataset, geopandas.GeoDataFrame(columns, geometry="geometry", crs=4490), source="test")


def division(code: str, name: str, level: str, shape: shapely.MultiPolygon) -> dict[str, Any]:
    return {"code": code, "name": name, "level": level, "parent_code": None, "geometry": shape}


def fill(registry: Registry) -> None:
    """Two townships side by side, a street from west to east through both, another across it at 500 m.

    Plates stand in the west, a hospital and a school in the east; unit grids in the west have names.
    """
    add(
        registry,
        "divisions",
        [
            division("500113", "云渡区", "county", box(0, 0, 2000, 1000)),
            division("500113001", "云岚街道", "street", box(0, 0, 1000, 1000)),
            division("500113002", "锦屏街道", "street", box(1000, 0, 2000, 1000)),
            division("500113001001", "古槐社区", "community", box(0, 0, 1000, 1000)),
        ],
    )
    grids = [
        {"code": "500113001001001", "name": "古槐社区第1网格", "geometry": box(0, 0, 500, 1000)},
        {"code": "500113001001002", "name": "甲片", "geometry": box(500, 0, 1000, 1000)},
        {"code": "500113002001001", "name": None, "geometry": box(1000, 0, 1800, 1000)},
    ]
    add(registry, "grids", grids)
    streets = [
        {"code": "S1", "name": "尚文大道", "geometry": line((0, 500), (2000, 500))},
        {"code": "S2", "name": "学府路", "geometry": line((500, 0), (500, 1000))},
        {"code": "S3", "name": "旧路", "state": "closed", "geometry": line((0, 800), (1000, 800))},
    ]
    add(registry, "streets", streets)
    add(registry, "addresses", [_plate(*row) for row in _PLATES])
    add(registry, "places", _PLACES)


_PLATES: list[tuple[str, str, str | None, float, float, Mapping[str, Any]]] = [
    ("D1", "云渡区云岚街道尚文大道1号", "尚文大道", 100, 515, {}),
    ("D2", "尚文大道2号", "尚文大道", 130, 485, {}),
    ("D3", "云渡区云岚街道学府路8号", "学府路", 480, 510, {}),
    ("D4", "云渡区云岚街道尚文大道9号", "尚文大道", 470, 512, {}),
    ("D5", "云渡区云岚街道尚文大道77号", "尚文大道", 990, 515, {}),
    ("D6", "云渡区云岚街道旧巷1号", None, 300, 700, {"state": "closed"}),
    ("D7", "云渡区云岚街道旧巷2号", None, 300, 705, {"valid_to_date": "20200101"}),
    ("D8", "云渡区云岚街道新巷3号", None, 300, 710, {"valid_from_date": "29990101"}),
]
_PLACES: list[dict[str, Any]] = [
    {"code": "P1", "name": "榕屏医院", "type": "兴趣点", "geometry": point(1300, 500)},
    {
        "code": "P2",
        "name": "竹坡小学",
        "type": "小学",
        "street_name": "尚文大道",
        "geometry": box(1500, 520, 1560, 560).geoms[0],
    },
    {"code": "P3", "name": "云岚片区", "type": "地片", "geometry": box(0, 0, 900, 900).geoms[0]},
    {"code": "P4", "name": "老茶馆", "type": "兴趣点", "state": "closed", "geometry": point(800, 500)},
    {"code": "P5", "name": "云渡区锦屏街道庙巷5号", "type": "门（楼）牌", "geometry": point(1700, 900)},
]


def _plate(
    code: str, text: str, street: str | None, east: float, north: float, more: Mapping[str, Any]
) -> dict[str, Any]:
    return {"code": code, "address": text, "street_name": street, "geometry": point(east, north), **more}


def random_city(registry: Registry, seed: int) -> None:
    """Plates, points of interest of all kinds, streets and polygons anywhere within a square kilometre."""
    rng = np.random.default_rng(seed)
    spots = lambda count: rng.uniform(-20, 1020, (count, 2))  # noqa: E731
    add(registry, "divisions", [division("500113001", "云岚街道", "street", box(0, 0, 600, 1000))])
    add(registry, "grids", [{"code": "500113001001001", "name": "一网格", "geometry": box(0, 0, 400, 900)}])
    names = ["甲路", "乙路", "丙街", "丁巷"]
    lines = [line(*map(tuple, spots(3))) for _ in range(6)]
    add(
        registry,
        "streets",
        [{"code": f"S{n}", "name": names[n % 4], "geometry": shape} for n, shape in enumerate(lines)],
    )
    add(
        registry,
        "addresses",
        [
            {
                "code": f"D{n:03d}",
                "address": f"{names[n % 4]}{n}号",
                "street_name": names[n % 4] if n % 5 else None,
                "state": "closed" if n % 11 == 0 else None,
                "geometry": point(*spot),
            }
            for n, spot in enumerate(spots(150))
        ],
    )
    shapes: list[shapely.Geometry] = []
    for number, (east, north) in enumerate(spots(40)):
        if number % 3 == 0:
            shapes.append(box(east, north, east + 30, north + 20).geoms[0])
        elif number % 3 == 1:
            shapes.append(line((east, north), (east + 25, north + 40)).geoms[0])
        else:
            shapes.append(point(east, north))
    add(
        registry,
        "places",
        [
            {"code": f"P{n:03d}", "name": f"店{n}", "type": "兴趣点", "geometry": s}
            for n, s in enumerate(shapes)
        ],
    )
