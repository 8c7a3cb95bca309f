"""Deliveries that name codes of the past, or codes that no list of valid ones has; and names that changed."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from gis.editions import commit, commit_changes
from gis.read import read_frame
from gis.registry import Registry
from grids.coding.valid_codes import unknown_codes
from grids.division_imports import prepare_divisions
from grids.past.retirements import Operation, Retirement, retirement_change

TABLE = {
    "50": "province",
    "5001": "prefecture",
    "500113": "county",
    "500112": "county",
    "500113001": "street",
    "500113002": "street",
    "500113001001": "community",
    "330105": "county",
}


def enter(registry: Registry, table: dict[str, str], standard: str = "statistics") -> None:
    columns = {"code": list(table), "level": list(table.values()), "standard": standard}
    commit(registry, "division-codes", pd.DataFrame(columns, dtype=object))


def box(at: int) -> shapely.Polygon:
    return shapely.box(120 + at * 0.01, 30, 120.01 + at * 0.01, 30.01)


def deliver(deliveries, *rows: dict[str, str | None], load: bool = False):
    layer = deliveries.layer(list(rows), [box(at) for at in range(len(rows))])
    return (deliveries.load if load else deliveries.prepare)(prepare_divisions, layer)


def found(deliveries, prepared, *codes: str) -> list[tuple[str, str, int | None]]:
    return [finding for finding in deliveries.found(prepared) if finding[0] in codes]


@pytest.mark.parametrize(
    ("codes", "unknown"),
    [
        ([], []),
        (list(TABLE), []),
        (["500113001001", "500113001", "500112"], []),
        (["500114"], ["500114"]),
        (["500113003"], ["500113003"]),
        (["500113001002"], ["500113001002"]),
        (["500113002001", "500113003001"], ["500113002001", "500113003"]),
        (["500114001001"], ["500114"]),
        # The table has no street of 500112 and no county of 5102: it does not say.
        (["500112001", "500112001001", "510203"], []),
        (["330106001"], ["330106"]),
    ],
)
def test_only_what_the_table_covers_is_said_to_be_unknown(registry: Registry, codes, unknown) -> None:
    enter(registry, {code: level for code, level in TABLE.items() if len(code) > 4})
    assert unknown_codes(registry, codes) == unknown


def test_an_empty_table_says_nothing(registry: Registry) -> None:
    assert unknown_codes(registry, TABLE) == []


def test_a_division_that_is_not_in_the_table_is_reported_once(deliveries) -> None:
    enter(deliveries.registry, TABLE)
    rows = [{"code": c} for c in ("500113001001", "500113009", "500113009001", "500113009002", "SQ-3")]
    rows[-1]["level"] = "community"
    prepared = deliver(deliveries, *rows)
    assert found(deliveries, prepared, "G30") == [("G30", "warning", 2)]
    enter(deliveries.registry, {"500113009": "street", "500113009001": "community"}, "local")
    assert found(deliveries, deliver(deliveries, *rows), "G30") == [("G30", "warning", 4)]


@pytest.mark.parametrize(
    ("statistics", "expected"),
    [
        ("500113001000", []),
        ("500113001", []),
        ("500113009", [("G30", "warning", 1)]),
        ("SQ-3", [("G14", "warning", 1)]),
        (None, []),
    ],
)
def test_statistics_codes_are_checked_beside_the_code(deliveries, statistics, expected) -> None:
    enter(deliveries.registry, TABLE)
    prepared = deliver(deliveries, {"code": "500113001", "TJDM": statistics})
    assert found(deliveries, prepared, "G14", "G30") == expected
    kept = prepared.frame["statistics_code"].iloc[0]
    assert kept == ("500113001" if statistics == "500113001000" else statistics)


def merge(registry: Registry, *pairs: tuple[str, str]) -> None:
    records = [
        Retirement("divisions", old, Operation.MERGE, (new,), name="下城区", date="2021-04-09")
        for old, new in pairs
    ]
    commit_changes(registry, [retirement_change(records)], operation="import")


def live_division(registry: Registry, code: str, **columns: str) -> None:
    frame = gpd.GeoDataFrame({"code": [code], "level": "county", **columns}, geometry=[box(50)], crs=4490)
    commit(registry, "divisions", frame)


def test_a_retired_division_is_told_with_what_followed_it(deliveries) -> None:
    registry = deliveries.registry
    enter(registry, TABLE)
    merge(registry, ("330103", "330105"))
    live_division(registry, "330105", name="拱墅区")
    prepared = deliver(deliveries, {"code": "330103", "name": "下城区"}, {"code": "330103001"})
    # Known to be retired, so it is not said to be missing from the table as well
    assert found(deliveries, prepared, "G30", "G31") == [("G31", "warning", 1)]
    (finding,) = [f for f in prepared.report.findings if f.code == "G31"]
    assert finding.expected == "330105"
    assert str(finding.hint) == "区县 330103（下城区） 已于 2021-04-09 并入 330105"


def test_a_parent_that_was_retired_is_explained(deliveries) -> None:
    registry = deliveries.registry
    merge(registry, ("330103", "330104"), ("330104", "330105"))
    live_division(registry, "330105")
    layer = deliveries.layer([{"code": "330103001"}, {"code": "330102"}], [box(50), box(51)])
    prepared = deliveries.prepare(prepare_divisions, layer)
    (finding,) = [f for f in prepared.report.findings if f.code == "G15"]
    assert str(finding.hint).endswith("并入 330104；现为 330105")


def test_a_new_name_keeps_the_old_one(deliveries) -> None:
    registry = deliveries.registry

    def name_it(name: str | None, former: str | None = None) -> list[str | None]:
        deliver(deliveries, {"code": "330105", "name": name, "CYM": former}, load=True)
        return read_frame(registry, "divisions")[["name", "former_names"]].astype(object).iloc[0].tolist()

    assert name_it("江墅区")[0] == "江墅区"
    assert name_it("拱墅区") == ["拱墅区", '["江墅区"]']
    assert name_it("拱墅区") == ["拱墅区", '["江墅区"]']
    assert name_it("新拱墅区", "拱宸区") == ["新拱墅区", '["拱宸区","拱墅区","江墅区"]']
    assert name_it("拱墅区") == ["拱墅区", '["新拱墅区","拱宸区","江墅区"]']


def test_what_followed_and_is_not_in_the_registry_is_named(deliveries) -> None:
    merge(deliveries.registry, ("330103", "330104"))
    prepared = deliver(deliveries, {"code": "330103"})
    (finding,) = [f for f in prepared.report.findings if f.code == "G31"]
    assert str(finding.hint).endswith("并入 330104；登记库中没有 330104")
    gone = Retirement("divisions", "330104", Operation.ABOLISH)
    commit_changes(deliveries.registry, [retirement_change([gone])], operation="import")
    prepared = deliver(deliveries, {"code": "330103"})
    (finding,) = [f for f in prepared.report.findings if f.code == "G31"]
    assert str(finding.hint).endswith("并入 330104；此后没有承接者")
