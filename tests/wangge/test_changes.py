"""``wangge editions diff`` as a change report, and the line on changes below an import."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from gis.change_kinds import ChangeKind
from gis.change_report import change_report
from gis.editions import commit
from gis.findings import Report
from gis.registry import Registry, open_registry
from wangge.changes import changes_between
from wangge.summaries import summary


@pytest.fixture
def grown(wangge: Any, grid_frame: Callable[..., Any]) -> Any:
    """Fill the registry of the working directory: ten grids, then two renamed, one redrawn, four new."""
    wangge("init")
    with open_registry("wangge.gpkg") as registry:
        fill(registry, grid_frame)
    return wangge


def fill(registry: Registry, grid_frame: Callable[..., Any]) -> None:
    commit(registry, "grids", grid_frame(10))
    frame = grid_frame(14)
    frame.loc[:1, "name"] = "新"
    frame.loc[1, "responsible"] = "张三"
    frame.loc[2, "geometry"] = frame.geometry[2].buffer(0.0001, join_style="mitre")
    commit(registry, "grids", frame)


def test_diff_reads_like_a_report(grown: Any) -> None:
    told = grown("editions", "diff", "1", "2")
    assert told.code == 0
    lines = told.out.splitlines()
    assert lines[:3] == [
        "grids，版次 1 → 2",
        "变更：新增 4，移位 1（最远 14.73 米），权属变更 1，其他属性变更 2",
        "  责任人：未登记 → 张三：1 个",
    ]
    assert "    500113001000001  新  责任人：未登记 → 张三；名称" in lines
    assert lines[lines.index("  新增") + 1 :][:4] == [
        *(f"    5001130010000{n}  格{n}" for n in (10, 11, 12)),
        "    另有 1 个",
    ]


def test_diff_backwards_and_in_english(grown: Any) -> None:
    told = grown("editions", "diff", "2", "1", "--lang", "en").out.splitlines()
    assert (
        told[1]
        == "Changes: 1 moved (farthest 14.73 m), 1 with other units, 2 with other attributes, 4 retired"
    )


def test_diff_as_json_is_every_difference(grown: Any) -> None:
    document = grown("editions", "diff", "1", "2", "--json").document
    assert document[0] == {
        "dataset": "grids",
        "key": ["500113001000000"],
        "change": "changed",
        "columns": ["name"],
    }
    assert [one["change"] for one in document] == ["changed"] * 3 + ["added"] * 4
    assert grown("editions", "diff", "2", "2", "--json").document == []


def test_diff_without_a_difference_or_an_edition_says_so(grown: Any) -> None:
    assert grown("editions", "diff", "2", "2").out.strip() == "没有差异。"
    assert grown("editions", "diff", "1", "9").code == 5
    assert grown("editions", "diff", "1", "9", "--json").document["error"] == "NotFound"


def test_an_import_tells_its_changes_in_a_line(registry: Registry, grid_frame: Callable[..., Any]) -> None:
    fill(registry, grid_frame)
    with registry.connect() as connection:
        changes = change_report(connection, 2, "grids")
        [between] = changes_between(connection, 1, 2)
    assert changes.count(ChangeKind.ADDED) == between.count(ChangeKind.ADDED) == 4
    assert (changes.unchanged, changes.undelivered, between.unchanged) == (7, None, None)
    lines = summary(Report("grids", 14, 14, 0, edition=2, changes=changes)).splitlines()
    assert lines[1] == "变更：新增 4，移位 1（最远 14.73 米），权属变更 1，其他属性变更 2，未变 7"
    assert lines[-1] == "已写入数据版次 2。"
    assert (
        summary(Report("grids", 14, 14, 0, changes=changes))
        .splitlines()[1]
        .startswith("如果导入，将变更：新增 4")
    )
