"""Tables of organisations on their way into the registry."""

from __future__ import annotations

import json

import pytest
import shapely

from gis.credit_codes import check_character
from gis.editions import commit
from gis.errors import DataRefused
from gis.read import read_frame
from gis.sheet import Sheet
from grids.division_imports import prepare_divisions
from responsibility.organisation_import import prepare_organisations

HEADINGS = [
    "统一社会信用代码",
    "名称",
    "简称",
    "曾用名",
    "类型",
    "条线",
    "状态",
    "上级代码",
    "辖区代码",
    "继任代码",
]


def code(body: str) -> str:
    first = (body + "0" * 17)[:17]
    return first + check_character(first)


DISTRICT, OFFICE, OLD = code("115001130093YD01"), code("115001130093YD11"), code("915001130093YD51")

ROWS = [
    [DISTRICT, "云渡区人民政府", "区政府", None, "政府", None, "在用", None, "500113", None],
    [
        OFFICE,
        "云岚街道办事处",
        "云岚街办、云岚街道办",
        None,
        "街道办",
        None,
        "在用",
        DISTRICT,
        "500113001000",
        None,
    ],
    [OLD, "云渡环卫所", None, "区环卫所", "养护单位、权属单位", "环卫", "注销", None, None, DISTRICT],
]


def sheet(*rows: list[str | None], above: tuple[str, ...] = ()) -> Sheet:
    titles = [[title] * len(HEADINGS) for title in above]
    return Sheet("组织机构", [*titles, HEADINGS, *map(list, rows)], path="organisations.xlsx")


def changed(at: int, column: int, value: str | None) -> list[list[str | None]]:
    rows = [list(row) for row in ROWS]
    rows[at][column] = value
    return rows


def test_a_clean_table_has_no_findings_and_is_translated(deliveries) -> None:
    prepared = deliveries.prepare(prepare_organisations, sheet(*ROWS))
    assert deliveries.found(prepared, infos=True) == []
    commit(deliveries.registry, "organisations", prepared.frame)
    stored = read_frame(deliveries.registry, "organisations").set_index("code")
    office, old = stored.loc[OFFICE], stored.loc[OLD]
    assert (office["division_code"], office["parent_code"], office["state"]) == (
        "500113001",
        DISTRICT,
        "active",
    )
    assert json.loads(office["short_names"]) == ["云岚街办", "云岚街道办"]
    assert json.loads(office["types"]) == ["street"]
    assert (old["state"], old["successor_code"]) == ("closed", DISTRICT)
    assert json.loads(old["types"]) == ["maintainer", "owner"]
    assert json.loads(old["lines"]) == ["环卫"]


def test_titles_empty_rows_and_repeated_headings_are_passed_over(deliveries) -> None:
    table = sheet(ROWS[0], [None] * 10, HEADINGS, *ROWS[1:], above=("云渡区责任单位一览表",))
    prepared = deliveries.prepare(prepare_organisations, table)
    assert deliveries.found(prepared) == []
    assert prepared.report.checked == 3


@pytest.mark.parametrize(
    ("at", "column", "value", "expected"),
    [
        (1, 0, OFFICE[:17] + ("1" if OFFICE[17] != "1" else "2"), ("R01", "error", 3)),
        (1, 0, None, ("R01", "error", 3)),
        (1, 0, "JB-007", ("R01", "warning", 3)),
        (1, 1, None, ("R01", "error", 3)),
        (1, 0, DISTRICT, ("R02", "error", 3)),
        (1, 1, "云渡区人民政府", ("R02", "warning", 3)),
        (1, 7, code("115001130093YD99"), ("R10", "warning", 3)),
        (2, 9, code("115001130093YD99"), ("R10", "warning", 4)),
        (1, 4, "派出机构", ("R11", "warning", 3)),
        (1, 6, "筹建", ("R11", "warning", 3)),
    ],
)
def test_each_fault_is_one_finding(deliveries, at, column, value, expected) -> None:
    prepared = deliveries.prepare(prepare_organisations, sheet(*changed(at, column, value)))
    assert deliveries.found(prepared, infos=True) == [expected]


def test_one_code_for_two_names_refuses_both_and_a_repeated_row_is_kept_once(deliveries) -> None:
    both = deliveries.prepare(prepare_organisations, sheet(*changed(1, 0, DISTRICT)))
    assert both.frame["code"].tolist() == [OLD]
    once = deliveries.prepare(prepare_organisations, sheet(*ROWS, ROWS[0]))
    assert deliveries.found(once) == [("R02", "error", 5)]
    assert len(once.frame) == 3


def test_divisions_are_looked_up_where_the_registry_has_some(deliveries) -> None:
    area = shapely.box(106.5, 29.4, 106.51, 29.41)
    deliveries.load(prepare_divisions, deliveries.layer([{"code": "500113"}], [area]))
    prepared = deliveries.prepare(prepare_organisations, sheet(*ROWS))
    assert deliveries.found(prepared) == [("R10", "warning", 3)]


def test_a_parent_may_be_in_the_registry(deliveries) -> None:
    deliveries.load(prepare_organisations, sheet(ROWS[0]))
    assert deliveries.found(deliveries.prepare(prepare_organisations, sheet(*ROWS[1:]))) == []


def test_a_sheet_without_headings_is_refused(deliveries) -> None:
    with pytest.raises(DataRefused, match="表头") as caught:
        deliveries.prepare(prepare_organisations, Sheet("说明", [["本表由城管局提供"]], path="a.xlsx"))
    assert "说明" in str(caught.value.value)
