"""``wangge grids code``: what a person reads, and the exit codes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gis.editions import commit, commit_changes
from gis.registry import Registry
from grids.past.retirements import Operation, Retirement, retirement_change


@pytest.fixture
def city(tmp_path: Path, grid_frame: Any) -> Path:
    """Two grids, one of which another became."""
    path = tmp_path / "wangge.gpkg"
    record = Retirement(
        "grids",
        "500113001000009",
        Operation.RECODE,
        ("500113001000001",),
        "旧格",
        reason="改码文件",
        date="2026-01-02",
    )
    with Registry.open(path, create=True) as registry:
        commit(registry, "grids", grid_frame(2, first=1))
        commit_changes(registry, [retirement_change([record])], operation="import")
    return path


def test_a_code_is_explained_in_words(wangge: Any, city: Path) -> None:
    shown = wangge("grids", "code", "500113001000001")
    assert shown.code == 0
    for words in (
        "15 位",
        "街道 001",
        "GB/T 10114",
        "状态：在用（格1）",
        "由以下代码演变而来",
        "500113001000009",
    ):
        assert words in shown.out


def test_an_old_code_leads_to_the_one_of_today(wangge: Any, city: Path) -> None:
    shown = wangge("grids", "code", "500113001000009")
    assert shown.code == 0
    for words in (
        "已停用（旧格）",
        "已于 2026-01-02 换码为 500113001000001（改码文件）",
        "现为：500113001000001",
    ):
        assert words in shown.out
    document = wangge("grids", "code", "500113001000009", "--json").document
    assert (document["state"], document["today"]) == ("retired", ["500113001000001"])


def test_a_code_without_a_successor_says_so(wangge: Any, city: Path) -> None:
    with Registry.open(city) as registry:
        gone = Retirement("divisions", "500113009", Operation.ABOLISH)
        commit_changes(registry, [retirement_change([gone])], operation="import")
    assert "没有承接" in wangge("grids", "code", "500113009").out
    assert "街道 500113009 已撤销" in wangge("grids", "code", "500113009001").out


def test_older_forms_are_taken_as_the_code_that_stands_for_them(wangge: Any, city: Path) -> None:
    for text in ("50011300100001", "01010150011300100001", "５００１１３００１０００００１"):
        shown = wangge("grids", "code", text)
        assert (shown.code, "对应现行编码 500113001000001" in shown.out) == (0, True)


def test_nothing_known_and_no_code_have_exit_codes_of_their_own(wangge: Any, city: Path) -> None:
    unknown = wangge("grids", "code", "500113001000077")
    assert (unknown.code, "状态：未知" in unknown.out) == (5, True)
    assert wangge("grids", "code", "500113001000077", "--json").document["state"] == "unknown"
    wrong = wangge("grids", "code", "SQ-3")
    assert (wrong.code, "SQ-3" in wrong.err) == (2, True)


def test_a_table_of_changes_is_imported_and_told(wangge: Any, city: Path, tmp_path: Path) -> None:
    table = tmp_path / "变更.csv"
    table.write_bytes(
        "旧代码,旧名称,新代码,变更类型,变更日期\n330103,下城区,330105,合并,2021年4月9日\n".encode("gb18030")
    )
    assert wangge("import", "retirements", table).code == 0
    shown = wangge("grids", "code", "330103")
    assert "区县 330103（下城区） 已于 2021-04-09 并入 330105" in shown.out
    assert "现为：330105（登记库中没有）" in shown.out


def test_a_table_of_valid_codes_is_imported_and_gives_names(wangge: Any, city: Path, tmp_path: Path) -> None:
    table = tmp_path / "区划.csv"
    table.write_text(
        "id,name,ext_name\n500113,巴南,巴南区\n500113001,鱼洞,鱼洞街道\n500112,渝北,渝北区\n", "utf-8"
    )
    assert wangge("import", "division-codes", table, "--set", "within=500113").code == 0
    assert "街道 001 鱼洞街道" in wangge("grids", "code", "500113001000001").out
    assert wangge("grids", "code", "500112").code == 5
