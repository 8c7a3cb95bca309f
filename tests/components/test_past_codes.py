"""Components that still name a unit grid or a community of the past: the finding says what followed."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

from components.imports import prepare_components
from gis.editions import commit, commit_changes
from grids.past.retirements import Operation, Retirement, retirement_change

RECORDS = (
    Retirement("grids", "500113001002009", Operation.SPLIT, ("500113001002001",), date="2024-05-06"),
    Retirement(
        "divisions", "500113001003", Operation.MERGE, ("500113001002",), "新民社区", date="2024-05-06"
    ),
)


@pytest.mark.parametrize(
    ("columns", "code", "hint"),
    [
        (
            {"BGID": "500113001002009"},
            "C11",
            "单元网格 500113001002009 已于 2024-05-06 拆分为 500113001002001",
        ),
        (
            {"BGID": "500113001003001"},
            "C11",
            "社区 500113001003（新民社区） 已于 2024-05-06 并入 500113001002",
        ),
        (
            {"SZSQDM": "500113001003"},
            "C12",
            "社区 500113001003（新民社区） 已于 2024-05-06 并入 500113001002",
        ),
        ({"BGID": "500113001002008"}, "C11", None),
    ],
    ids=["grid", "community of a grid", "community", "unknown"],
)
def test_a_code_of_the_past_is_explained(deliveries, columns, code, hint) -> None:
    registry = deliveries.registry
    parts = {"county": "500113", "street": "500113001", "community": "500113001002"}
    cell = shapely.box(106.5, 29.4, 106.501, 29.401)
    live = gpd.GeoDataFrame({"code": ["500113001002001"], **parts}, geometry=[cell], crs=4490)
    commit(registry, "grids", live)
    divisions = {"code": ["500113001002"], "name": "新华社区", "level": "community"}
    commit(registry, "divisions", gpd.GeoDataFrame(divisions, geometry=[cell], crs=4490))
    commit_changes(registry, [retirement_change(RECORDS)], operation="import")
    row = {"ObjID": "5001130402000001", "ObjName": "行道树", "BGID": "500113001002001"} | columns
    census = deliveries.layer([row], [shapely.Point(106.5005, 29.4005)])
    prepared = deliveries.prepare(prepare_components, census, standard="2013")
    (finding,) = [f for f in prepared.report.findings if f.code == code]
    told = str(finding.hint or "")
    assert told == hint if hint else "已于" not in told
