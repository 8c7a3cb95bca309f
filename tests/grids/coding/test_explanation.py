"""What the registry can tell of a code, whatever its form and however old it is."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from gis.editions import Change, commit, commit_changes, revert
from gis.registry import Registry
from grids.coding.explanation import STATE_TEXTS, State, explain
from grids.past.retirements import Operation, Retirement, retirement_change

GRID = "500113001000001"


@pytest.fixture
def city(registry: Registry, grid_frame) -> Registry:
    """Unit grids 1 to 3 of a community, its county with a polygon, the levels between in the table."""
    commit(registry, "grids", grid_frame(3, first=1))
    frame = gpd.GeoDataFrame(
        {"code": ["500113"], "name": ["巴南新区"], "level": ["county"]},
        geometry=[shapely.box(106, 29, 107, 30)],
        crs=4490,
    )
    commit(registry, "divisions", frame)
    table = {"50": "重庆市", "500113": "巴南区", "500113001": "鱼洞街道", "500113002": None}
    rows = {"code": list(table), "name": list(table.values()), "standard": "statistics"}
    commit(registry, "division-codes", pd.DataFrame(rows, dtype=object))
    return registry


@pytest.mark.parametrize(
    ("code", "state", "name"),
    [
        (GRID, State.LIVE, "格1"),
        ("50011300100001", State.LIVE, "格1"),
        ("01010150011300100001", State.LIVE, "格1"),
        ("500113001000999", State.UNKNOWN, None),
        ("500113", State.LIVE, "巴南新区"),
        ("500113001000", State.VALID, "鱼洞街道"),
        ("500113002", State.VALID, None),
        ("500113003", State.UNKNOWN, None),
        ("50", State.VALID, "重庆市"),
        ("50011300101A", State.UNKNOWN, None),
    ],
)
def test_the_state_of_a_code(city: Registry, code: str, state: State, name: str | None) -> None:
    found = explain(city, code)
    assert (found.state, found.name) == (state, name)
    assert set(STATE_TEXTS) == set(State)


def test_parts_have_the_names_of_the_registry_before_those_of_the_table(city: Registry) -> None:
    parts = explain(city, GRID).to_dict()["parts"]
    assert [(part["level"], part["code"], part["name"], part["range"]) for part in parts] == [
        ("province", "50", "重庆市", None),
        ("prefecture", "5001", None, None),
        ("county", "500113", "巴南新区", None),
        ("street", "500113001", "鱼洞街道", "街道"),
        ("community", "500113001000", None, None),
        ("sequence", None, None, None),
    ]


def test_an_old_grid_leads_to_what_followed_it(city: Registry, grid_frame) -> None:
    record = Retirement(
        "grids", GRID, Operation.SPLIT, ("500113001000008", "500113001000009"), date="2026-01-02"
    )
    changes = [Change("grids", grid_frame(2, first=8), [(GRID,)]), retirement_change([record])]
    commit_changes(city, changes, operation="split")
    document = explain(city, GRID).to_dict()
    assert (document["state"], document["name"]) == ("retired", "格1")
    assert document["today"] == ["500113001000008", "500113001000009"]
    assert (
        document["became"][0]["text"]
        == f"单元网格 {GRID} 已于 2026-01-02 拆分为 500113001000008、500113001000009"
    )
    assert [r["code"] for r in explain(city, "500113001000009").to_dict()["came_from"]] == [GRID]


def test_a_grid_that_was_live_once_is_retired_without_a_record(city: Registry, grid_frame) -> None:
    commit_changes(city, [Change("grids", grid_frame(0), [(GRID,)])], operation="retire")
    assert explain(city, GRID).state is State.RETIRED
    assert explain(city, GRID).name == "格1"


def test_what_a_reverted_import_brought_never_was(city: Registry, grid_frame) -> None:
    revert(city, commit(city, "grids", grid_frame(1, first=7)).id)
    assert explain(city, "500113001000007").state is State.UNKNOWN


def test_a_division_above_that_ended_is_told(city: Registry) -> None:
    record = Retirement("divisions", "500113001", Operation.MERGE, ("500113",), name="鱼洞镇")
    commit_changes(city, [retirement_change([record])], operation="import")
    found = explain(city, GRID).to_dict()
    assert found["above"] == [
        {"code": "500113001", "text": "街道 500113001（鱼洞镇） 已并入 500113", "today": ["500113"]}
    ]
    assert found["parts"][3]["name"] == "鱼洞镇"
