"""Case tables, in the layouts that cities use, on their way into the registry."""

from __future__ import annotations

import json

import pandas
import pytest

from gis.credit_codes import check_character
from gis.editions import commit
from gis.errors import DataRefused, UsageError
from gis.models import DATASETS
from gis.read import read_frame
from gis.sheet import Sheet
from gis.sheet_tables import heading_row, table_of
from responsibility.import_fields import RULE_FIELDS
from responsibility.rule_import import prepare_rules

CENTRE = "115001130093YD041" + check_character("115001130093YD041")

HEADINGS = [
    "大类代码",
    "大类名称",
    "小类代码",
    "小类名称",
    "立案条件",
    "处置时限",
    "结案条件",
    "监管主体",
    "责任主体",
]
TITLE = ["云渡区部件立案、处置和结案标准"] * 9

# What a reader gives for merged cells: the value in every cell of the block.
ROWS = [
    ["1", "公用设施", "1", "上水井盖", "盖板缺失", "2紧急工作时", "复位", "区城管局", "各产权单位、所属街办"],
    ["1", "公用设施", "1", "上水井盖", "盖板破损", "1工作日", "更换", "区城管局", "各产权单位、所属街办"],
    ["1", "公用设施", "37", "路灯", "不亮", "停工 4 工作时; 处罚 7 工作日", "修复", "区城管局", "市政中心"],
    ["04", "园林绿化", "02", "行道树", "枯死", "种植季节15工作日", "补栽", "区城管局", "各绿化养护管理部门"],
]


@pytest.fixture
def city(deliveries):
    """A registry with the two organisations the table names."""
    frame = pandas.DataFrame({name: [None] * 2 for name in DATASETS["organisations"].columns}, dtype=object)
    frame["code"] = [CENTRE, "JG-01"]
    frame["name"] = ["云渡区市政设施管理中心", "云渡区城市管理局"]
    frame["short_names"] = ['["市政中心"]', '["区城管局"]']
    frame["state"] = "active"
    commit(deliveries.registry, "organisations", frame)
    return deliveries


def sheet(rows, name="部件", headings=HEADINGS, above=(TITLE,)) -> Sheet:
    return Sheet(name, [*map(list, above), list(headings), *map(list, rows)], path="case-table.xlsx")


def rules(prepared) -> list[list[object]]:
    columns = ["standard", "kind", "class_code", "class_name", "rule_no", "condition", "limit_text"]
    return prepared.frame[columns].to_numpy().tolist()


def test_every_row_with_a_condition_is_a_rule(city) -> None:
    prepared = city.prepare(prepare_rules, sheet(ROWS))
    assert city.found(prepared, infos=True) == []
    assert rules(prepared) == [
        ["2013", "component", "0101", "上水井盖", 1, "盖板缺失", "2紧急工作时"],
        ["2013", "component", "0101", "上水井盖", 2, "盖板破损", "1工作日"],
        ["2013", "component", "0137", "路灯", 1, "不亮", "停工 4 工作时; 处罚 7 工作日"],
        ["2013", "component", "0402", "行道树", 1, "枯死", "种植季节15工作日"],
    ]
    commit(city.registry, "rules", prepared.frame)
    stored = read_frame(city.registry, "rules").set_index(["class_code", "rule_no"])
    lamp = stored.loc[("0137", 1)]
    assert [(step["step"], step["limit"], step["unit"]) for step in json.loads(lamp["steps"])] == [
        ("停工", "4工作时", "work_hour"),
        ("处罚", "7工作日", "work_day"),
    ]
    assert [party["code"] for party in json.loads(lamp["acting"])] == [CENTRE]
    cover = json.loads(stored.loc[("0101", 2)]["acting"])
    assert [party["role"] for party in cover] == ["owner", "street"]
    assert [party["code"] for party in json.loads(lamp["supervising"])] == ["JG-01"]


def test_empty_cells_are_filled_from_the_rows_above(city) -> None:
    rows = [
        ROWS[0],
        [None, None, None, None, "盖板破损", "1工作日", "更换", None, None],
        [None, None, "37", "路灯", "不亮", "1工作日", "修复", "区城管局", "市政中心"],
        [None, None, None, None, "倾斜", "2紧急工作时", "扶正", None, None],
        ROWS[3],
    ]
    prepared = city.prepare(prepare_rules, sheet(rows))
    assert city.found(prepared) == []
    assert [row[2:5] for row in rules(prepared)] == [
        ["0101", "上水井盖", 1],
        ["0101", "上水井盖", 2],
        ["0137", "路灯", 1],
        ["0137", "路灯", 2],
        ["0402", "行道树", 1],
    ]
    acting = [json.loads(text)[0]["role"] for text in prepared.frame["acting"]]
    assert acting == ["owner", "owner", "fixed", "fixed", "area"]


def test_titles_and_repeated_headings_are_passed_over(city) -> None:
    rows = [ROWS[0], [None] * 9, TITLE, HEADINGS, *ROWS[1:]]
    prepared = city.prepare(prepare_rules, sheet(rows))
    assert city.found(prepared) == []
    assert prepared.report.checked == 4


def test_headings_under_stages_of_the_procedure_are_found(city) -> None:
    headings = [
        "大类代码",
        "大类名称",
        "小类代码",
        "小类名称",
        "信息采集阶段：立案标准",
        "完成时限",
        "核查结案阶段：结案标准",
        "监管主体",
        "责任单位",
    ]
    assert len(city.prepare(prepare_rules, sheet(ROWS, headings=headings)).frame) == 4
    group = [
        "大类代码",
        "大类名称",
        "小类代码",
        "小类名称",
        "信息采集阶段",
        "信息采集阶段",
        "核查结案阶段",
        "监管主体",
        "责任单位",
    ]
    below = [
        "大类代码",
        "大类名称",
        "小类代码",
        "小类名称",
        "立案标准",
        "完成时限",
        "结案标准",
        "监管主体",
        "责任单位",
    ]
    table = sheet(ROWS, headings=below, above=(TITLE, group))
    assert heading_row(table, RULE_FIELDS) == 2
    assert table_of(table, RULE_FIELDS)["_row"].tolist() == [4, 5, 6, 7]
    assert len(city.prepare(prepare_rules, table).frame) == 4


def test_whole_class_codes_and_names_of_majors_will_do(city) -> None:
    headings = ["大类名称", "小类代码", "小类名称", "责任单位", "立案条件", "处置时限", "结案条件"]
    rows = [
        ["公用设施", "0101", "上水井盖", "各产权单位", "盖板缺失", "2紧急工作时", "复位"],
        ["公用设施", "37", "路灯", "市政中心", "不亮", "1天", "修复"],
    ]
    prepared = city.prepare(prepare_rules, sheet(rows, headings=headings, above=()))
    assert [row[2] for row in rules(prepared)] == ["0101", "0137"]


def test_sheets_of_components_and_matters_are_told_apart(city) -> None:
    matters = [
        ["01", "市容环境", "10", "暴露垃圾", "有垃圾", "4工作时", "清理", "区城管局", "所属街办"],
        ["01", "市容环境", "12", "道路不洁", "不洁", "2工作时", "清扫", "区城管局", "各环卫部门"],
    ]
    by_name = city.prepare(prepare_rules, sheet(ROWS), sheet(matters, name="事件", above=()))
    by_class = city.prepare(
        prepare_rules, sheet(ROWS, "Sheet1", above=()), sheet(matters, "Sheet2", above=())
    )
    assert rules(by_name) == rules(by_class)
    assert [row[1] for row in rules(by_name)] == ["component"] * 4 + ["matter"] * 2
    said = city.prepare(prepare_rules, sheet(matters, "Sheet1", above=()), constants={"kind": "matter"})
    assert [row[2] for row in rules(said)] == ["0110", "0112"]
    with pytest.raises(UsageError, match="案件"):
        city.prepare(prepare_rules, sheet(ROWS), constants={"kind": "案件"})


def test_minor_codes_of_three_digits_are_those_of_2026(city) -> None:
    rows = [
        ["01", "市政公用设施", "001", "供水井盖", "缺失", "2紧急工作时", "复位", "区城管局", "各产权单位"]
    ]
    assert rules(city.prepare(prepare_rules, sheet(rows)))[0][:4] == [
        "2026",
        "component",
        "01001",
        "供水井盖",
    ]


def changed(at: int, column: int, value: str | None) -> list[list[str | None]]:
    rows = [list(row) for row in ROWS]
    rows[at][column] = value
    return rows


@pytest.mark.parametrize(
    ("at", "column", "value", "expected"),
    [
        (0, 5, "尽快处置", ("R03", "error", 3)),
        (0, 5, None, ("R03", "error", 3)),
        (2, 8, "相关工作专班", ("R04", "error", 5)),
        (2, 8, None, ("R04", "warning", 5)),
        (2, 2, "66", ("R05", "info", 5)),
        (2, 3, "照明灯", ("R05", "info", 5)),
        (2, 8, "云渡照明有限公司", ("R06", "warning", 5)),
        (2, 2, "路灯", ("R07", "error", 5)),
    ],
)
def test_each_fault_is_one_finding(city, at, column, value, expected) -> None:
    prepared = city.prepare(prepare_rules, sheet(changed(at, column, value)), standard="2013")
    assert city.found(prepared, infos=True) == [expected]
    assert len(prepared.frame) == 4 - (expected[1] == "error")


def test_a_wording_that_is_not_understood_refuses_all_rules_of_the_class_with_one_finding(city) -> None:
    rows = changed(0, 8, "相关工作专班")
    rows[1][8] = "相关工作专班"
    prepared = city.prepare(prepare_rules, sheet(rows))
    assert city.found(prepared) == [("R04", "error", 3)]
    assert prepared.report.rejected == 2


def test_without_organisations_names_are_kept_without_codes(deliveries) -> None:
    prepared = deliveries.prepare(prepare_rules, sheet(ROWS))
    assert deliveries.found(prepared) == []
    lamp = json.loads(prepared.frame["acting"].iloc[2])
    assert lamp == [{"code": None, "line": None, "role": "fixed", "text": "市政中心"}]


def test_a_class_that_leaves_the_table_is_retired_and_others_stay(city) -> None:
    commit(city.registry, "rules", city.prepare(prepare_rules, sheet(ROWS)).frame)
    shorter = city.prepare(prepare_rules, sheet([ROWS[0], ROWS[2]]))
    commit(city.registry, "rules", shorter.frame)
    left = read_frame(city.registry, "rules")[["class_code", "rule_no"]].to_numpy().tolist()
    assert left == [["0101", 1], ["0137", 1], ["0402", 1]]


def test_a_workbook_without_a_case_table_is_refused(city) -> None:
    with pytest.raises(DataRefused, match="表头"):
        city.prepare(prepare_rules, Sheet("说明", [["本表由城管局提供"]], path="a.xlsx"))
