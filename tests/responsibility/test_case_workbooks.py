"""Case tables as cities send them: lines between the rows, kinds and codes told in odd ways."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas
import pytest

from gis.errors import UsageError
from gis.importing import ImportContext, ImportOptions
from gis.staging import stage_frames
from responsibility.case_table import take_codes_apart
from responsibility.import_fields import RULE_FIELDS
from tests.responsibility.case_workbook import prepare_workbook, with_units


@pytest.fixture
def imported(deliveries: Any, tmp_path: Path) -> Callable[..., SimpleNamespace]:
    """Return a function that prepares a workbook of sheets."""
    return partial(prepare_workbook, with_units(deliveries), tmp_path / "table.xlsx")


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


@pytest.mark.parametrize(
    ("cell", "apart"),
    [
        ("01 上水井盖", ("01", "上水井盖")),
        ("1、上水井盖", ("1", "上水井盖")),
        ("01-01上水井盖", ("0101", "上水井盖")),
        ("０１０１ 上水井盖", ("0101", "上水井盖")),
        ("上水井盖(0101)", ("0101", "上水井盖")),
        ("5G基站", None),
        ("110kV电力井盖", None),
        ("4号井盖", None),
    ],
)
def test_codes_are_parted_from_names_and_names_left_alone(
    deliveries: Any, cell: str, apart: tuple[str, str] | None
) -> None:
    frame = pandas.DataFrame({"小类": [cell], "_row": [2]}, dtype=object)
    context = ImportContext(deliveries.registry, "rules", ImportOptions())
    staging = stage_frames([("t", frame)], RULE_FIELDS, context, dataset="rules", key="minor_code")

    take_codes_apart(staging)

    found = staging.values("minor_code")[0], staging.values("minor_name")[0]
    assert found == (apart or (None, cell))
