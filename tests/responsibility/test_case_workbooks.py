"""Case tables as cities send them: workbooks with merged cells, lines between the rows, odd headings."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pandas
import pytest

from gis.editions import commit
from gis.errors import UsageError
from gis.models import DATASETS
from gis.workbook import read_workbook
from responsibility.rule_import import prepare_rules

Row = Sequence[Any]

UNITS = {
    "CENTRE": ("云渡区市政设施管理中心", ["市政中心"], []),
    "BUREAU": ("云渡区城市管理局", ["区城管局"], []),
    "GARDENS": ("云渡区园林处", ["园林处"], []),
    "CLEAN": ("云渡区环卫所", ["环卫所"], []),
}


@pytest.fixture
def city(deliveries: Any) -> Any:
    frame = pandas.DataFrame({name: [None] * 4 for name in DATASETS["organisations"].columns}, dtype=object)
    frame["code"] = list(UNITS)
    frame["name"] = [name for name, _, _ in UNITS.values()]
    frame["short_names"] = [json.dumps(short, ensure_ascii=False) for _, short, _ in UNITS.values()]
    frame["state"] = "active"
    commit(deliveries.registry, "organisations", frame)
    return deliveries


@pytest.fixture
def imported(city: Any, tmp_path: Path) -> Callable[..., SimpleNamespace]:
    """Return a function that writes sheets to a workbook and prepares what is read from it."""

    def prepare(sheets: dict[str, tuple[list[Row], list[str]]], **options: Any) -> SimpleNamespace:
        book = openpyxl.Workbook()
        book.remove(book.active)
        for name, (rows, merges) in sheets.items():
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(list(row))
            for block in merges:
                sheet.merge_cells(block)
        path = tmp_path / "table.xlsx"
        book.save(path)
        prepared = city.prepare(prepare_rules, *read_workbook(path, path.name, "rules"), **options)
        rules = prepared.frame.to_dict("records")
        return SimpleNamespace(
            prepared=prepared,
            rules=rules,
            told=[
                (rule["kind"], rule["class_code"], rule["rule_no"], rule["condition"], rule["limit_text"])
                for rule in rules
            ],
            findings=city.found(prepared, infos=True),
        )

    return prepare


def units(rule: dict[str, Any], column: str = "acting") -> list[str]:
    return [party["code"] or party["role"] for party in json.loads(rule[column])]


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


def test_a_sheet_of_components_and_matters_with_lines_between(imported: Any) -> None:
    """Lines of the kind and of the major class stand above their rows, and there is no column for them."""
    rows = [
        ["城市管理部件、事件立案结案标准", *[None] * 5],
        ["序号", "小类代码", "小类名称", "立案条件", "处置时限", "责任单位"],
        ["第一部分 部件", *[None] * 5],
        ["一、公用设施类（01）", *[None] * 5],
        [1, "01", "上水井盖", "缺失", "2紧急工作时", "各产权单位"],
        ["二、园林绿化类（04）", *[None] * 5],
        [2, "2", "行道树", "枯死", "15工作日", "园林处"],
        ["第二部分 事件", *[None] * 5],
        ["一、市容环境", *[None] * 5],
        [3, "10", "暴露垃圾", "有垃圾", "4工作时", "各环卫部门"],
    ]
    table = imported(
        {"标准": (rows, ["A1:F1", "A3:F3", "A4:F4", "A6:F6", "A8:F8", "A9:F9"])}, standard="2013"
    )
    assert [rule[:2] for rule in table.told] == [
        ("component", "0101"),
        ("component", "0402"),
        ("matter", "0110"),
    ]
    assert all("序号" not in (rule["note"] or "") for rule in table.rules)


def test_a_column_says_which_rows_are_matters(imported: Any) -> None:
    head = ["类型", "大类名称", "小类编码", "小类名称", "立案标准", "处置时限", "责任部门", "扣分"]
    rows = [
        head,
        ["部件", "公用设施", "01-01", "上水井盖", "缺失", "2紧急工作时", "各产权单位", 2],
        ["事件", "市容环境", "01-10", "暴露垃圾", "有垃圾", "4工作时", "环卫所", None],
    ]
    table = imported({"Sheet1": (rows, [])}, standard="2013")
    assert [rule[:2] for rule in table.told] == [("component", "0101"), ("matter", "0110")]
    assert [rule["note"] for rule in table.rules] == ["扣分：2", None]


def test_names_of_classes_tell_components_from_matters_major_by_major(imported: Any) -> None:
    rows = [
        ["大类名称", "小类代码", "小类名称", "立案标准", "处置时限", "责任部门"],
        ["公用设施", "01", "上水井盖", "缺失", "2紧急工作时", "各产权单位"],
        ["公用设施", "66", "自设井盖", "缺失", "2紧急工作时", "各产权单位"],
        ["市容环境", "10", "暴露垃圾", "有垃圾", "4工作时", "环卫所"],
    ]
    table = imported({"Sheet1": (rows, [])}, standard="2013")
    assert [rule[:2] for rule in table.told] == [
        ("component", "0101"),
        ("component", "0166"),
        ("matter", "0110"),
    ]


def test_rows_of_which_nothing_tells_the_kind_are_refused(imported: Any) -> None:
    rows = [
        ["大类代码", "小类代码", "小类名称", "立案标准", "处置时限", "责任部门"],
        ["77", "01", "自设类别", "缺失", "2紧急工作时", "各产权单位"],
    ]
    table = imported({"Sheet1": (rows, [])}, standard="2013")
    assert (table.told, [f for f in table.findings if f[0] == "R07"]) == ([], [("R07", "error", 2)])
    table = imported({"Sheet1": (rows, [])}, standard="2013", constants={"kind": "matter"})
    assert [rule[:2] for rule in table.told] == [("matter", "7701")]
    with pytest.raises(UsageError):
        imported({"Sheet1": (rows, [])}, standard="2013", constants={"kind": "案件"})


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


def test_codes_and_names_in_one_cell_or_names_alone(imported: Any) -> None:
    rows = [
        ["大类", "小类", "立案条件", "处置时限", "责任单位"],
        ["01 公用设施", "01 上水井盖", "缺失", "2紧急工作时", "市政中心"],
        ["01 公用设施", "污水井盖（0102）", "缺失", "2紧急工作时", "市政中心"],
        ["04 园林绿化", "行道树", "枯死", "15工作日", "园林处"],
    ]
    table = imported({"部件": (rows, [])}, standard="2013")
    assert [rule[1] for rule in table.told] == ["0101", "0102", "0402"]


def test_a_row_with_as_many_limits_as_conditions_is_as_many_rules(imported: Any) -> None:
    rows = [
        ["小类代码", "小类名称", "立案条件", "处置时限", "结案条件", "责任单位"],
        [
            "0101",
            "上水井盖",
            "1.缺失；\n2.破损；\n3.响动",
            "1.2紧急工作时\n2.1工作日\n3.2工作日",
            "①补齐②更换③消除",
            "市政中心",
        ],
        ["0102", "污水井盖", "1.缺失\n2.破损", "1工作日", "恢复", "市政中心"],
    ]
    table = imported({"部件": (rows, [])}, standard="2013")
    assert [(no, condition, limit) for _, _, no, condition, limit in table.told] == [
        (1, "缺失", "2紧急工作时"),
        (2, "破损", "1工作日"),
        (3, "响动", "2工作日"),
        (1, "1.缺失\n2.破损", "1工作日"),
    ]
    assert [rule["closing"] for rule in table.rules] == ["补齐", "更换", "消除", "恢复"]


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


def test_what_is_told_twice_or_of_which_nothing_is_said_is_found(imported: Any) -> None:
    rows = [
        ["小类代码", "小类名称", "立案条件", "处置时限", "责任单位"],
        ["0101", "上水井盖", "缺失", "2紧急工作时", "市政中心"],
        ["0101", "上水井盖", "缺失", "2紧急工作时", "市政中心"],
        ["0101", "上水井盖", "缺失", "2紧急工作时", "园林处"],
        ["0102", "污水井盖", None, None, "市政中心等单位"],
        ["0103", "雨水井盖", "缺失", "1工作日", "市政中心等单位"],
    ]
    table = imported({"部件": (rows, [])}, standard="2013")
    assert len(table.told) == 3
    assert table.findings == [
        ("R04", "info", 6),
        ("R20", "warning", 5),
        ("R21", "warning", 3),
        ("R21", "warning", 4),
    ]
