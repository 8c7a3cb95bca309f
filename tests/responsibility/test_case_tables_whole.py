"""Whatever stands in a case table ends up in a rule or in a finding."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gis.sheet import Merge, Sheet
from responsibility.rule_import import prepare_rules

HEADINGS = {
    "major_code": "大类代码",
    "minor_code": "小类代码",
    "minor_name": "小类名称",
    "condition": "立案条件",
    "limit": "处置时限",
    "closing": "结案标准",
    "acting": "责任单位",
    "extra": "扣分标准",
}
_CLASSES = {"01": "上水井盖", "02": "污水井盖", "37": "路灯", "66": "自设井盖"}

_cell = {
    "major_code": st.sampled_from(["1", "01", None]),
    "limit": st.sampled_from(["2工作时", "停工4工作时；拆除20工作日", "尽快", None, "3-5工作日", "1工作日"]),
    "closing": st.sampled_from(["修复", None]),
    "acting": st.sampled_from(["各产权单位", "市政中心、所属街办", None, "相关专班", "甲公司（乙公司配合）"]),
    "extra": st.sampled_from(["2分", None]),
}
_row = st.one_of(
    st.fixed_dictionaries({"is": st.just("row"), "class": st.sampled_from([*_CLASSES, None, "x"]), **_cell}),
    st.sampled_from(
        [
            {"is": "aside", "text": "注：以上时限自派遣起算"},
            {"is": "aside", "text": "小计"},
            {"is": "aside", "text": "本表解释权归城管局"},
            {"is": "headings"},
            {"is": "blank"},
        ]
    ),
)


def _written(rows: list[dict[str, Any]], order: list[str], merged: bool) -> Sheet:
    """Write rows under headings in an order; the condition of a row is its own number in the sheet."""
    width = len(order)
    cells: list[list[str | None]] = [["部件立案结案标准"] * width, [HEADINGS[name] for name in order]]
    for row in rows:
        number = len(cells) + 1
        if row["is"] == "row":
            known = row["class"]
            filled = row | {
                "minor_code": known,
                "minor_name": _CLASSES.get(known or ""),
                "condition": f"情形{number}号",
            }
            cells.append([filled[name] for name in order])
        elif row["is"] == "aside":
            cells.append([row["text"]] * width if merged else [row["text"], *[None] * (width - 1)])
        else:
            cells.append([HEADINGS[name] for name in order] if row["is"] == "headings" else [None] * width)
    return Sheet("部件", cells, [Merge(0, 0, 0, width - 1)], path="table.xlsx")


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(_row, min_size=1, max_size=12),
    order=st.permutations(sorted(HEADINGS)),
    merged=st.booleans(),
)
def test_every_line_is_a_rule_or_a_finding(
    deliveries: Any, rows: list[dict[str, Any]], order: list[str], merged: bool
) -> None:
    order = sorted(order, key=lambda name: name != "major_code") if not merged else list(order)
    if not any(row["is"] == "row" for row in rows):
        rows = [*rows, {"is": "row", "class": "01", "major_code": "01"} | dict.fromkeys(_cell_names, None)]
    prepared = deliveries.prepare(prepare_rules, _written(rows, order, merged), standard="2013")
    rules = {rule["condition"]: rule for rule in prepared.frame.to_dict("records")}
    found = {finding.row for finding in prepared.report.findings}
    for number, row in enumerate(rows, start=3):
        rule = rules.get(f"情形{number}号")
        if row["is"] == "row":
            assert rule is not None or number in found or _same_wording(prepared, row)
        if row["is"] == "aside":
            assert number in found
        if rule is not None:
            assert rule["limit_text"] == row["limit"]
            assert (rule["note"] == "扣分标准：2分") is (row["extra"] == "2分")
    assert len(rules) == len(prepared.frame)


_cell_names = [
    name for name in HEADINGS if name not in ("major_code", "minor_code", "minor_name", "condition")
]


def _same_wording(prepared: Any, row: dict[str, Any]) -> bool:
    """Tell whether the units of a row were found wanting where they stand first."""
    return any(f.code == "R04" and f.severity == "error" for f in prepared.report.findings)
