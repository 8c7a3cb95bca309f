"""Case tables in the layouts that cities are known to use."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.responsibility.case_workbook import prepare_workbook, units, with_units


@pytest.fixture
def imported(deliveries: Any, tmp_path: Path) -> Callable[..., SimpleNamespace]:
    """Return a function that prepares a workbook of sheets."""
    return partial(prepare_workbook, with_units(deliveries), tmp_path / "table.xlsx")


def test_the_table_of_duties_of_yuncheng(imported: Any) -> None:
    """Class cells merged over their rows, units below one another, numbers without zeros, notes, totals."""
    head = ["大类代码", "大类名称", "小类代码", "小类名称", "处置单位", "主管部门", "立案条件"]
    head += ["结案条件", "处置时限"]
    rows = [
        ["云渡区城市管理部件处置单位及职责划分表", *[None] * 8],
        head,
        [
            1,
            "公用设施",
            1,
            "上水井盖",
            "各产权单位、\n所属街办",
            "区城管局",
            "缺失、移位",
            "补齐",
            "2紧急工作时",
        ],
        [None, None, None, None, None, None, "破损", "更换", "1工作日"],
        [None, None, 2, "污水井盖", "市政中心", "区城管局", "缺失", "补齐", "2 个紧急\n工作时"],
        [None, None, None, None, None, None, "响动", "消除", "2天"],
        ["小计", None, None, None, None, None, "4条", None, None],
        ["云渡区城市管理部件处置单位及职责划分表", *[None] * 8],
        head,
        [2, "交通设施", 1, "停车场", "各产权单位", "区城管局", "占用", "恢复", "1工作日"],
        ["注：产权不明的，由属地街办先行处置。", *[None] * 8],
        ["制表人：张三", None, None, None, "审核：李四", None, None, None, None],
    ]
    merges = [
        "A1:I1",
        "A3:A6",
        "B3:B6",
        "C3:C4",
        "D3:D4",
        "E3:E4",
        "F3:F4",
        "C5:C6",
        "D5:D6",
        "A8:I8",
        "A11:I11",
    ]
    table = imported({"部件": (rows, merges)}, standard="2013")
    assert table.told == [
        ("component", "0101", 1, "缺失、移位", "2紧急工作时"),
        ("component", "0101", 2, "破损", "1工作日"),
        ("component", "0102", 1, "缺失", "2 个紧急\n工作时"),
        ("component", "0102", 2, "响动", "2天"),
        ("component", "0201", 1, "占用", "1工作日"),
    ]
    assert [units(rule) for rule in table.rules] == [["owner", "street"]] * 2 + [["CENTRE"]] * 2 + [["owner"]]
    assert [units(rule, "supervising") for rule in table.rules] == [["BUREAU"]] * 5
    assert [found for found in table.findings if found[0] == "R20"] == [
        ("R20", "info", 11),
        ("R20", "info", 12),
        ("R20", "info", 7),
    ]


def test_headings_over_two_rows_with_code_and_name_below_each_level(imported: Any) -> None:
    rows = [
        ["部件立案、处置和结案标准", *[None] * 8],
        ["大类", None, "小类", None, "信息采集阶段", None, "核查结案阶段", "责任单位", None],
        ["代码", "名称", "代码", "名称", "立案标准", "完成时限", "结案标准", "牵头单位", "配合单位"],
        ["01", "公用设施", "01", "上水井盖", "缺失", "2紧急工作时", "补齐", "市政中心", "所属街办、园林处"],
        [None, None, None, None, "破损", "1工作日", "更换", None, None],
    ]
    merges = ["A1:I1", "A2:B2", "C2:D2", "E2:F2", "H2:I2"]
    table = imported({"Sheet1": (rows, merges)}, standard="2013")
    assert table.told == [
        ("component", "0101", 1, "缺失", "2紧急工作时"),
        ("component", "0101", 2, "破损", "1工作日"),
    ]
    assert [(units(rule), rule["mode"]) for rule in table.rules] == [
        (["CENTRE", "street", "GARDENS"], "joint")
    ] * 2


def test_limits_of_several_columns_are_steps_with_their_headings(imported: Any) -> None:
    rows = [
        ["小类代码", "小类名称", "立案条件", "处置时限（工作时）", None, None, "结案条件", "责任单位"],
        [None, None, None, "一类区域", "二类区域", "三类区域", None, None],
        ["0110", "暴露垃圾", "有垃圾", "2工作时", "4工作时", "8工作时", "清理", "各环卫部门"],
        ["0112", "道路不洁", "不洁", "2工作时", "2工作时", "2工作时", "清扫", "环卫所和园林处"],
    ]
    merges = ["A1:A2", "B1:B2", "C1:C2", "D1:F1", "G1:G2", "H1:H2"]
    table = imported({"事件": (rows, merges)}, standard="2013")
    steps = [[(step["step"], step["n"]) for step in json.loads(rule["steps"])] for rule in table.rules]
    assert steps == [[("一类区域", 2), ("二类区域", 4), ("三类区域", 8)], [(None, 2)]]
    assert [units(rule) for rule in table.rules] == [["area"], ["CLEAN", "GARDENS"]]


def test_a_unit_in_the_heading_is_that_of_bare_numbers(imported: Any) -> None:
    rows = [
        ["小类代码", "小类名称", "立案条件", "处置时限（工作日）", "结案条件", "责任单位（部门）"],
        ["0101", "上水井盖", "缺失", 2, "补齐", "各产权单位"],
        ["0102", "污水井盖", "缺失", "4工作时", "补齐", "各产权单位"],
    ]
    table = imported({"部件": (rows, [])}, standard="2013")
    assert [rule[-1] for rule in table.told] == ["2工作日", "4工作时"]


def test_sheets_per_major_class_need_no_column_for_it(imported: Any) -> None:
    head = ["小类代码", "小类名称", "立案条件", "处置时限", "责任单位"]
    sheets = {
        "01公用设施": (
            [["部件标准", *[None] * 4], head, [1, "上水井盖", "缺失", "2紧急工作时", "市政中心"]],
            ["A1:E1"],
        ),
        "04园林绿化": (
            [["部件标准", *[None] * 4], head, [2, "行道树", "枯死", "15工作日", "园林处"]],
            ["A1:E1"],
        ),
        "封面": ([["2026年版"]], []),
    }
    table = imported(sheets, standard="2013")
    assert [rule[:2] for rule in table.told] == [("component", "0101"), ("component", "0402")]


def test_a_second_table_below_has_its_own_headings(imported: Any) -> None:
    rows = [
        ["小类代码", "小类名称", "立案条件", "处置时限", "责任单位"],
        ["0101", "上水井盖", "缺失", "2紧急工作时", "市政中心"],
        [None] * 5,
        ["小类代码", "小类名称", "责任单位", "立案条件", "处置时限"],
        ["0102", "污水井盖", "市政中心", "缺失", "1工作日"],
    ]
    table = imported({"部件": (rows, [])}, standard="2013")
    assert table.told == [
        ("component", "0101", 1, "缺失", "2紧急工作时"),
        ("component", "0102", 1, "缺失", "1工作日"),
    ]


def test_the_layout_of_jiyuan_with_stages_above_and_a_margin(imported: Any) -> None:
    """A blank column and row in front, a date below the title, units merged over classes, remarks."""
    rows = [
        [None] * 9,
        [None, "济源市城市管理事件立案结案标准", *[None] * 7],
        [None, "（2026年3月修订）", *[None] * 7],
        [
            None,
            "大类名称",
            "小类代码",
            "小类名称",
            "责任单位",
            "信息收集阶段",
            "任务处理阶段",
            "核查结案阶段",
            "备注",
        ],
        [None, None, None, None, None, "立案条件", "处置时限", "结案条件", None],
        [
            None,
            "市容\n环境",
            1,
            "私搭乱建",
            "属地行政\n执法部门\n（所属街办配合）",
            "正在搭建",
            "2 紧急\n工作日",
            "停止",
            "拍照",
        ],
        [None, None, None, None, None, "已建成", "停工4工作时；处罚7工作日；拆除20工作日", "拆除", None],
        [None, None, 10, "暴露垃圾", "环卫所、\n各物业服务企业", "有垃圾", "4小时", "清理", None],
        [None, None, 12, "道路不洁", None, "不洁", "5工作时", "清扫", None],
        [None, "说明：1.时限自派遣起算；", *[None] * 7],
        [None, "2.夜间顺延。", *[None] * 7],
    ]
    merges = [
        "B2:I2",
        "B3:I3",
        "B4:B5",
        "C4:C5",
        "D4:D5",
        "E4:E5",
        "I4:I5",
        "B6:B9",
        "C6:C7",
        "D6:D7",
        "E6:E7",
    ]
    table = imported({"Sheet1": (rows, [*merges, "E8:E9", "B10:I10", "B11:I11"])}, standard="2013")
    assert [rule[:3] for rule in table.told] == [
        ("matter", "0101", 1),
        ("matter", "0101", 2),
        ("matter", "0110", 1),
        ("matter", "0112", 1),
    ]
    assert [(units(rule), rule["mode"]) for rule in table.rules] == [
        (["enforcement", "street"], "joint"),
        (["enforcement", "street"], "joint"),
        (["CLEAN", "area"], "ordered"),
        (["CLEAN", "area"], "ordered"),
    ]
    assert [step["step"] for step in json.loads(table.rules[1]["steps"])] == ["停工", "处罚", "拆除"]
    assert [found for found in table.findings if found[0] == "R20"] == [
        ("R20", "info", 10),
        ("R20", "info", 11),
    ]


def test_the_full_layout_of_yuncheng_with_laws_and_two_columns_of_remarks(imported: Any) -> None:
    head = [
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
    head += ["法律法规依据", "法律法规具体条款", "采集要求", "采集要求"]
    row = ["01", "公用设施", "37", "路灯", "不亮", "24小时内", "修复", "区城管局", "市政中心或各产权单位"]
    row += ["《城市道路照明设施管理规定》", "第二十八条", "夜间采集", "拍远近景"]
    table = imported({"部件立案标准": ([head, row], [])}, standard="2013")
    (rule,) = table.rules
    assert (units(rule), rule["mode"]) == (["CENTRE", "owner"], "alternatives")
    assert rule["legal_basis"] == "《城市道路照明设施管理规定》 第二十八条"
    assert rule["note"] == "夜间采集；采集要求 (2)：拍远近景"
    assert [found for found in table.findings if found[1] != "info"] == []
