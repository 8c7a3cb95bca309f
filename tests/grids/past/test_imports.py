"""Tables of changes: what people write, what it does to the registry, what is refused."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gis.editions import commit, revert
from gis.importing import ImportContext, ImportOptions
from gis.read import read_frame
from gis.registry import Registry
from gis.sheet import Sheet
from grids.past.imports import prepare_retirements
from grids.past.retirements import Operation, records_of
from grids.past.succession import predecessors, successors

HEADINGS = ["序号", "旧代码", "旧名称", "新代码", "新名称", "变更类型", "变更日期", "依据"]


def table(*rows: Sequence[str | None], headings: Sequence[str] = HEADINGS) -> Sheet:
    """A sheet with a title; a row is old code, old name, new code, new name, change, date, authority."""
    title = ["杭州市行政区划变更情况表"] + [None] * (len(headings) - 1)
    numbered = [
        [str(number), *row, *[None] * (len(headings) - 1 - len(row))] for number, row in enumerate(rows, 1)
    ]
    return Sheet("变更", [title, list(headings), *numbered], path="变更.xlsx")


XIACHENG = ("330103", "下城区", "330105", "拱墅区", "合并", "2021年4月9日", "国函〔2021〕35号")


def divisions(registry: Registry, **names: str) -> None:
    """Write live divisions: code with a letter before it, and name."""
    codes = [key[1:] for key in names]
    level = {6: "county", 9: "street", 12: "community"}
    columns = {
        "code": codes,
        "name": list(names.values()),
        "level": [level[len(code)] for code in codes],
        "parent_code": [code[:-3] if len(code) > 6 else None for code in codes],
    }
    boxes = [shapely.box(120 + at * 0.01, 30, 120.01 + at * 0.01, 30.01) for at in range(len(codes))]
    commit(registry, "divisions", gpd.GeoDataFrame(columns, geometry=boxes, crs=4490))


def live(registry: Registry) -> dict[str, tuple[str, str | None]]:
    frame = read_frame(registry, "divisions", columns=["code", "name", "former_names"])
    return {
        code: (name, former if isinstance(former, str) else None)
        for code, name, former in frame.itertuples(index=False)
    }


def record(registry: Registry, code: str, kind: str = "divisions"):
    with registry.connect() as connection:
        return records_of(connection, kind, [code])[code]


def test_the_merged_district_is_found_again_by_its_old_code(deliveries) -> None:
    registry = deliveries.registry
    divisions(registry, d330105="拱墅区")
    prepared = deliveries.load(prepare_retirements, table(XIACHENG))
    assert deliveries.found(prepared) == []
    assert successors(registry, "divisions", "330103") == ("330105",)
    assert predecessors(registry, "divisions", "330105") == ("330103",)
    kept = record(registry, "330103")
    assert (kept.operation, kept.name, kept.date, kept.reason) == (
        Operation.MERGE,
        "下城区",
        "2021-04-09",
        "国函〔2021〕35号",
    )


def test_a_live_division_ends_with_the_edition_that_says_so(deliveries) -> None:
    registry = deliveries.registry
    divisions(registry, d330103="下城区", d330105="拱墅区", d330103001="天水街道", d330103001001="体东社区")
    before = live(registry)
    street = ("330103001", "天水街道", "330105011", None, "换码", "2021-04-09")
    prepared = deliveries.load(prepare_retirements, table(XIACHENG, street))
    assert deliveries.found(prepared) == [("G32", "warning", 3), ("G32", "warning", 4), ("G32", "warning", 4)]
    assert list(live(registry)) == ["330103001001", "330105"]
    revert(registry, 2)
    assert live(registry) == before
    assert successors(registry, "divisions", "330103") == ("330103",)


def test_grids_left_under_a_retired_community_are_counted(deliveries, grid_frame) -> None:
    registry = deliveries.registry
    divisions(registry, d500113001001="旧社区", d500113001009="新社区")
    commit(registry, "grids", grid_frame(3, first=1001))
    row = ("500113001001", "旧社区", "500113001009", None, "并入", None)
    prepared = deliveries.load(prepare_retirements, table(row))
    (finding,) = [f for f in prepared.report.findings if f.severity == "warning"]
    assert "3 个单元网格" in str(finding.message)
    assert "recode 500113001001 500113001009" in str(finding.hint)
    assert len(read_frame(registry, "grids")) == 3


def test_a_renaming_keeps_the_old_name_and_the_code(deliveries) -> None:
    registry = deliveries.registry
    divisions(registry, d330105001="米市巷街道", d330105002="和睦街道")
    rows = [
        ("330105001", "米市巷街道", None, "运河街道", "更名", "2020-01-01"),
        ("330105002", "老和睦镇", None, None, "更名", "1998"),
    ]
    assert deliveries.found(deliveries.load(prepare_retirements, table(*rows))) == []
    assert live(registry) == {
        "330105001": ("运河街道", '["米市巷街道"]'),
        "330105002": ("和睦街道", '["老和睦镇"]'),
    }
    assert record(registry, "330105002").date == "1998"
    assert successors(registry, "divisions", "330105001") == ("330105001",)


def test_names_of_all_times_stay_with_a_code_that_ends(deliveries) -> None:
    registry = deliveries.registry
    divisions(registry, d330105001="甲街道", d330105002="乙街道")
    deliveries.load(prepare_retirements, table(("330105001", "甲镇", None, "甲街道", "更名", "1990-01-01")))
    deliveries.load(prepare_retirements, table(("330105001", None, "330105002", None, "并入", "2001-01-01")))
    assert record(registry, "330105001").names == ("甲街道", "甲镇")
    deliveries.load(prepare_retirements, table(("330105001", "甲乡", None, None, "更名", "1980-01-01")))
    kept = record(registry, "330105001")
    assert (kept.names, kept.operation, kept.successors) == (
        ("甲街道", "甲镇", "甲乡"),
        Operation.MERGE,
        ("330105002",),
    )


def test_several_codes_in_one_cell_and_several_rows_of_one_code(deliveries) -> None:
    registry = deliveries.registry
    divisions(registry, d330105003="丙街道", d330105004="丁街道")
    rows = [
        ("330105001、330105002", "甲街道、乙街道", "330105003", "丙街道", "撤并", "2001-01-01"),
        ("330105009", "戊街道", "330105003", None, "拆分", "2002-01-01"),
        ("330105009", "戊街道", "330105004000", None, "拆分", "2002-01-01"),
    ]
    assert deliveries.found(deliveries.load(prepare_retirements, table(*rows))) == []
    assert successors(registry, "divisions", "330105001") == ("330105003",)
    assert record(registry, "330105002").name == "乙街道"
    assert successors(registry, "divisions", "330105009") == ("330105003", "330105004")


def test_other_headings_words_and_rows_about_something_new_are_understood(deliveries) -> None:
    headings = [
        "编号",
        "变更前代码",
        "变更前名称",
        "变更后代码",
        "变更后名称",
        "调整方式",
        "批准日期",
        "批准文号",
    ]
    rows = [
        ("330103", "下城区", "330105", None, "撤并", "20210409"),
        (None, None, "330113", "临平区", "设立", "2021-04-09"),
        ("110108011004008", None, "110108011004019", None, "作废", "2020"),
    ]
    prepared = deliveries.load(prepare_retirements, table(*rows, headings=headings))
    assert any("1 行为新设或边界调整" in str(note) for note in prepared.report.notes)
    kinds = read_frame(deliveries.registry, "retirements")[["kind", "operation"]].to_numpy().tolist()
    assert kinds == [["divisions", "merge"], ["grids", "retire"]]


@pytest.mark.parametrize(
    "rows",
    [
        [("330110", "余杭区", "330110、330113", "余杭区、临平区", "拆分", "2021-04-09")],
        [("330110", "余杭区", "330110", None, "拆分"), ("330110", "余杭区", "330113", "临平区", "拆分")],
        [("330110、330119", None, "330110", "余杭区", "合并")],
    ],
)
def test_a_code_that_goes_on_is_not_retired(deliveries, rows) -> None:
    registry = deliveries.registry
    divisions(registry, d330110="余杭区", d330113="临平区")
    prepared = deliveries.load(prepare_retirements, table(*rows))
    assert [severity for _, severity, _ in deliveries.found(prepared) if severity == "error"] == []
    assert list(live(registry)) == ["330110", "330113"]
    assert set(read_frame(registry, "retirements")["code"]) <= {"330119"}


def test_a_town_that_became_a_street_got_a_new_code(deliveries) -> None:
    rows = [("330105101", "半山镇", "330105008", "半山街道", "更名", "2003")]
    prepared = deliveries.load(prepare_retirements, table(*rows))
    assert deliveries.found(prepared)[0] == ("G32", "warning", 3)
    assert record(deliveries.registry, "330105101").operation is Operation.RECODE


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([(None, "下城区", "330105", None, "合并")], [("G13", "error", 3)]),
        ([("330103", "下城区", "330105", None, "合体")], [("R11", "error", 3)]),
        ([("330103", "下城区", "330105", None, None)], [("R11", "error", 3)]),
        ([("330103", "下城区", "330105", None, "边界调整")], [("R11", "error", 3)]),
        ([("330106", "西湖区", None, None, "边界调整")], []),
        ([("330106", "西湖区", "330106", None, "边界调整")], []),
        ([("330103", "下城区", "330105", None, "合并", "2021-02-30")], [("G32", "error", 3)]),
        ([("330103", "下城区", "330105", None, "合并", "去年")], [("G32", "error", 3)]),
        ([("330103", "下城区", "330103", None, "合并")], [("G32", "warning", 3)]),
        (
            [("330103", None, "330104", None, "合并"), ("330104", None, "330103", None, "合并")],
            [("G32", "error", 3), ("G32", "error", 4)],
        ),
        (
            [("330103", None, "330105", None, "合并"), ("330103", None, "330106", None, "撤销")],
            [("G08", "error", 4)],
        ),
        ([("330103", None, None, None, "合并")], [("G32", "warning", 3)]),
        ([("330103", None, "330199", None, "合并")], [("G32", "warning", 3)]),
        ([("330103", None, "330105001", None, "合并")], [("G32", "warning", 3), ("G32", "warning", 3)]),
        ([("XC-1", None, "330105", None, "合并")], [("G14", "warning", 3), ("G32", "warning", 3)]),
        ([("330103", None, None, None, "撤销")], []),
    ],
)
def test_what_a_table_does_not_say_clearly(deliveries, rows, expected) -> None:
    divisions(deliveries.registry, d330105="拱墅区", d330106="西湖区")
    assert deliveries.found(deliveries.prepare(prepare_retirements, table(*rows))) == expected


def test_a_circle_through_earlier_records_is_refused(deliveries) -> None:
    first = table(("330103", None, "330104", None, "合并"), ("330104", None, "330107", None, "改码"))
    deliveries.load(prepare_retirements, first)
    prepared = deliveries.prepare(prepare_retirements, table(("330107", None, "330103", None, "改码")))
    assert ("G32", "error", 3) in deliveries.found(prepared)
    assert prepared.frame.empty


OLD = [f"33010{number}" for number in range(1, 7)]


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(OLD), st.lists(st.sampled_from(OLD), min_size=1, max_size=3)))
def test_exactly_the_codes_that_reach_themselves_are_refused(
    gpkg_registry: Registry, following: dict[str, list[str]]
) -> None:
    rows = [(code, None, "、".join(new), None, "合并") for code, new in following.items()]
    context = ImportContext(gpkg_registry, "retirements", ImportOptions())
    prepared = prepare_retirements([table(*rows)], context)

    def reaches(code: str, wanted: str, steps: int) -> bool:
        ahead = [new for new in following.get(code, []) if code not in following[code]]
        return steps > 0 and (wanted in ahead or any(reaches(new, wanted, steps - 1) for new in ahead))

    going_on = {code for code in following if code in following[code]}
    refused = {code for code in following if code not in going_on and reaches(code, code, len(OLD))}
    assert set(prepared.frame["code"]) == following.keys() - refused - going_on
    assert prepared.report.rejected == len(refused)


def test_old_codes_nothing_knows_are_told_and_recorded(deliveries) -> None:
    prepared = deliveries.prepare(prepare_retirements, table(("330103", None, None, None, "撤销")))
    assert deliveries.found(prepared, infos=True)[-1] == ("G32", "info", 3)
    assert prepared.frame["code"].tolist() == ["330103"]


def test_a_live_unit_grid_of_the_table_is_retired(deliveries, grid_frame) -> None:
    registry = deliveries.registry
    commit(registry, "grids", grid_frame(2, first=1))
    row = ("500113001000001", None, "500113001000002", None, "合并", "2020-01-01")
    assert deliveries.found(deliveries.load(prepare_retirements, table(row))) == [("G32", "warning", 3)]
    assert read_frame(registry, "grids")["code"].tolist() == ["500113001000002"]
    assert successors(registry, "grids", "500113001000001") == ("500113001000002",)


def test_groups_have_what_follows_a_grid_that_the_table_retires(deliveries, grid_frame) -> None:
    registry = deliveries.registry
    commit(registry, "grids", grid_frame(3, first=1))
    group = {"kind": "management-grids", "line": "", "code": "M1", "member": ["500113001000001"]}
    commit(registry, "memberships", pd.DataFrame(group))
    row = ("500113001000001", None, "500113001000002、500113001000003", None, "拆分", "2020-01-01")
    deliveries.load(prepare_retirements, table(row))
    assert read_frame(registry, "memberships")["member"].tolist() == ["500113001000002", "500113001000003"]


def test_the_streets_of_xiacheng_end_with_their_district(deliveries, real_data: Path) -> None:
    """The real streets under codes of the old district; the table moves them to the one it joined."""
    registry = deliveries.registry
    frame = gpd.read_file(real_data / "cn-hangzhou-xiacheng-grid" / "street.geojson").to_crs(4490)
    names = frame["街道"].tolist()
    old = [f"330103{number:03d}" for number in range(1, len(names) + 1)]
    columns = {"code": old, "name": names, "level": "street", "parent_code": "330103"}
    commit(registry, "divisions", gpd.GeoDataFrame(columns, geometry=frame.geometry, crs=4490))
    new = [f"330105{number:03d}" for number in range(11, len(names) + 11)]
    moved = [(o, name, n, name, "改码", "2021-04-09") for o, name, n in zip(old, names, new, strict=True)]
    prepared = deliveries.load(prepare_retirements, table(XIACHENG, *moved))
    assert len(prepared.frame) == len(names) + 1
    assert live(registry) == {}
    assert successors(registry, "divisions", old[0]) == ()
    columns |= {"code": new, "parent_code": "330105"}
    commit(registry, "divisions", gpd.GeoDataFrame(columns, geometry=frame.geometry, crs=4490))
    assert [successors(registry, "divisions", code) for code in old] == [(code,) for code in new]
    assert record(registry, old[0]).name == names[0]
