"""A small county and censuses of it, written as a surveyor delivers them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis.credit_codes import check_character
from gis.importing import ImportOptions
from gis.registry import Registry
from wangge.deliveries import deliver

# Five columns and four rows of unit grids of a thousandth of a degree, each with ten times ten places.
COLUMNS, ROWS, PLACES = 5, 4, 10
STEP = 0.001
WEST, SOUTH = 106.5, 29.4
CLASSES = (("0101", "上水井盖"), ("0103", "雨水井盖"), ("0137", "路灯"), ("0402", "行道树"))
CITY, WATER, LIGHTING = (
    body + check_character(body) for body in ("115001130093YD081", "91500113203YD0740", "915001130093YD082")
)
NAMES = {CITY: "云渡区城市管理局", WATER: "云渡供水有限公司", LIGHTING: "云渡照明有限公司"}
OPTIONS = ImportOptions(standard="2013")


def build_county(registry: Registry) -> None:
    """Import a county with a street, a community, twenty unit grids and three organisations."""
    with TemporaryDirectory() as folder:
        _build_county(registry, Path(folder))


def _build_county(registry: Registry, folder: Path) -> None:
    ground = shapely.box(WEST, SOUTH, WEST + COLUMNS * STEP, SOUTH + ROWS * STEP)
    divisions = {"code": ["500113", "500113001", "500113001002"], "name": ["云渡区", "云渡街道", "江边社区"]}
    _import(registry, "divisions", gpd.GeoDataFrame(divisions, geometry=[ground] * 3, crs=4490), folder)
    boxes = [
        shapely.box(*corner, *(edge + STEP for edge in corner))
        for corner in ((WEST + at % COLUMNS * STEP, SOUTH + at // COLUMNS * STEP) for at in range(20))
    ]
    codes = {"code": [f"500113001002{number:03d}" for number in range(1, len(boxes) + 1)]}
    _import(registry, "grids", gpd.GeoDataFrame(codes, geometry=boxes, crs=4490), folder)
    table = folder / "organisations.csv"
    named = {"统一社会信用代码": NAMES.keys(), "单位名称": NAMES.values()}
    pd.DataFrame(named).to_csv(table, index=False, encoding="utf-8-sig")
    deliver(registry, "organisations", [table], ImportOptions())


def census(places: Sequence[int] | range) -> gpd.GeoDataFrame:
    """Return a faultless census with a component at each of some places, numbered from 0 to 1 999."""
    at = np.asarray(places)
    wide = COLUMNS * PLACES
    column, row = at % wide, at // wide
    kinds = [CLASSES[place % len(CLASSES)] for place in at]
    grid = row // PLACES * COLUMNS + column // PLACES + 1
    rows = {
        "ObjID": [f"500113{code}{place + 1:06d}" for (code, _), place in zip(kinds, at, strict=True)],
        "ObjName": [name for _, name in kinds],
        "DeptCode1": CITY,
        "DeptName1": NAMES[CITY],
        "DeptCode2": WATER,
        "DeptName2": NAMES[WATER],
        "DeptCode3": WATER,
        "DeptName3": NAMES[WATER],
        "BGID": [f"500113001002{number:03d}" for number in grid],
        "ObjState": "完好",
        "ORDate": "20230915",
        "CHDate": None,
        "DataSource": "普查",
        "Note": [f"第{place}件" for place in at],
    }
    shift = STEP / PLACES
    geometry = shapely.points(WEST + (column + 0.5) * shift, SOUTH + (row + 0.5) * shift)
    return gpd.GeoDataFrame(rows, geometry=geometry, crs=4490)


def write_census(frame: gpd.GeoDataFrame, path: Path) -> Path:
    """Write a census as a shapefile in GBK."""
    frame.to_file(path, encoding="GBK")
    return path


def _import(registry: Registry, kind: str, frame: gpd.GeoDataFrame, folder: Path) -> None:
    path = folder / f"{kind}.gpkg"
    frame.to_file(path)
    deliver(registry, kind, [path], ImportOptions())
