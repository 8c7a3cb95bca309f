"""Facility lists, precedents and the settling of ownership from the command line and Python."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import geopandas
import pandas
import pytest
import shapely

import wangge as front_door
from gis.editions import commit
from gis.registry import open_registry
from responsibility.duty_subject import Subject

COVER, NOBODYS = "5001130101000001", "5001130101000002"


@pytest.fixture
def url(registry_url: str, grid_frame: Any) -> str:
    """Five grids with two covers, one of which nobody owns, on each database in turn."""
    units = [
        ("CLEAN", "环卫公司", "maintainer", None),
        ("ROADS", "市政养护中心", "maintainer", None),
        ("OFFICE", "鱼洞街道办", "street", "500113001"),
    ]
    names = ["code", "name", "types", "division_code"]
    frame = pandas.DataFrame(
        [(code, name, [kind], place) for code, name, kind, place in units], columns=names
    )
    covers = [
        {"id": COVER, "maintainer_code": "CLEAN", "maintainer_name": "环卫公司"},
        {"id": NOBODYS, "maintainer_code": None, "maintainer_name": None},
    ]
    shared = {"class_code": "0101", "standard": "2013", "name": "上水井盖", "street": "500113001"}
    places = [shapely.Point(106.5005, 29.5005), shapely.Point(106.5015, 29.5005)]
    rows = [{**shared, **cover} for cover in covers]
    with open_registry(registry_url) as registry:
        commit(registry, "grids", grid_frame(5))
        commit(registry, "organisations", frame)
        commit(registry, "components", geopandas.GeoDataFrame(rows, geometry=places, crs=4490))
    return registry_url


@pytest.fixture
def run(wangge: Any, url: str) -> Any:
    def call(*arguments: object, code: int = 0) -> Any:
        done = wangge(*arguments, "--registry", url, "--json")
        assert done.code == code, done.err
        return done.document

    return call


def test_a_precedent_is_added_followed_listed_and_withdrawn(run: Any, wangge: Any, url: str) -> None:
    added = run(
        "precedents", "add", "--component", COVER, "--unit", "市政养护中心", "--evidence", "纪要3号",
        "--date", "2025-06-01", "--document", "a.pdf",
    )  # fmt: skip
    assert (added["unit_code"], added["against"]) == ("ROADS", ["CLEAN", "环卫公司"])
    answer = run("resolve", "--component", COVER)
    assert answer["parties"]["acting"]["code"] == "ROADS"
    assert answer["ownership"] == "settled"
    assert [one["code"] for one in run("precedents")] == [added["code"]]
    shown = wangge("precedents", "list", "--registry", url, "--lang", "zh").out
    assert f"部件 {COVER}：由市政养护中心负责，2025-06-01 裁定（纪要3号）" in shown
    run("precedents", "withdraw", added["code"], "--why", "改判")
    assert run("resolve", "--component", COVER)["parties"]["acting"]["code"] == "CLEAN"
    run("precedents", "list", code=5)
    run("precedents", "withdraw", added["code"], "--why", "改判", code=5)


def test_a_precedent_of_a_place(run: Any, wangge: Any, url: str) -> None:
    place = ["--at", 106.5025, 29.5005, "--radius", 30, "--class", "0301", "--kind", "matter"]
    run("precedents", "add", *place, "--unit", "ROADS", "--evidence", "纪要", "--date", "20250601")
    answer = run("resolve", 106.5025, 29.5005, "--class", "0301", "--kind", "matter")
    assert answer["parties"]["acting"]["code"] == "ROADS"
    assert "0301" in wangge("precedents", "--registry", url).out
    run("precedents", "add", "--kind", "wish", "--unit", "ROADS", "--evidence", "纪要", code=2)


def test_not_my_duty_is_recorded_and_shown(run: Any, wangge: Any, url: str) -> None:
    run("precedents", "decline", "--component", COVER, "--unit", "CLEAN", "--reason", "已移交",
        "--date", "20250601")  # fmt: skip
    answer = run("resolve", "--component", COVER)
    assert answer["ownership"] == "disputed"
    assert "环卫公司于 2025-06-01 答复“不属我单位职责”，理由：已移交" in [r["why"] for r in answer["reasons"]]
    shown = wangge("precedents", "list", "--answers", "--registry", url, "--lang", "zh").out
    assert "环卫公司答复非本单位职责，2025-06-01：已移交" in shown
    assert [one["component_id"] for one in run("ownership", "pool")] == [COVER, NOBODYS]


def test_ownership_is_settled_step_by_step(run: Any, wangge: Any, url: str, tmp_path: Path) -> None:
    assert run("resolve", "--component", NOBODYS)["decision"] == "pending_ownership"
    (entry,) = run("ownership")
    assert (entry["component_id"], entry["status"], entry["asked"]) == (NOBODYS, "unknown", 0)
    assert [one["code"] for one in run("ownership", "ask", NOBODYS)] == ["OFFICE"]
    run("ownership", "ask", NOBODYS, "--unit", "ROADS", "--unit", "CLEAN")
    run("ownership", "answer", NOBODYS, "--unit", "CLEAN", "--not-ours", "--reason", "不在标段")
    run("ownership", "answer", NOBODYS, "--unit", "ROADS", "--ours", "--reason", "道路附属")
    (entry,) = run("ownership", "pool", "--class", "0101", "--street", "500113001")
    assert (entry["asked"], entry["answered"]) == (2, 2)
    assert "登记单位：-；已征询 2 家，答复 2 家" in wangge("ownership", "--registry", url, "--lang", "zh").out
    out = tmp_path / "pool.csv"
    assert run("ownership", "pool", "--out", out)["written"] == 1
    with out.open(encoding="utf-8-sig") as table:
        assert [row["component_id"] for row in csv.DictReader(table)] == [NOBODYS]
    run("ownership", "pool", "--out", tmp_path / "pool.doc", code=2)
    assert run("ownership", "report")["total"]["share"] == 0.0
    facts = run(
        "ownership", "settle", NOBODYS, "--owner", "ROADS", "--maintainer", "ROADS", "--evidence", "现场核实",
        "--site-record", "a.jpg", "--minutes", "b.pdf",
    )  # fmt: skip
    assert facts["documents"] == ["现场核实记录：a.jpg", "会议纪要：b.pdf"]
    answer = run("resolve", "--component", NOBODYS)
    assert (answer["ownership"], answer["parties"]["acting"]["code"]) == ("settled", "ROADS")
    assert run("ownership") == []
    report = run("ownership", "report")
    assert report["total"]["share"] == report["class"][0]["share"] == report["street"][0]["share"] == 1.0
    assert "合计：确权率 100.0%" in wangge("ownership", "report", "--registry", url, "--lang", "zh").out


def test_a_facility_list_is_imported_and_decides(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "设施清单.csv"
    path.write_text(f"标识码,权属单位,养护单位,依据\n{NOBODYS},市政养护中心,环卫公司,移交协议\n", "utf-8")
    assert run("import", "facilities", path)["accepted"] == 1
    answer = run("resolve", "--component", NOBODYS)
    taken = [reason for reason in answer["reasons"] if reason["taken"]]
    assert [(one["code"], one["candidate"]) for one in taken] == [("facility.maintainer", "CLEAN")]
    assert "（依据：移交协议）" in taken[0]["why"]
    assert answer["parties"]["owner"]["code"] == "ROADS"


def test_python_has_the_same(url: str) -> None:
    with front_door.open(url) as city:
        facts = city.precedents.add(Subject(component_id=COVER), "ROADS", "纪要", day="20250601", name="井盖")
        assert [one["code"] for one in city.precedents.list(unit="ROADS")] == [facts["code"]]
        city.precedents.withdraw(facts["code"], "改判")
        city.precedents.decline(Subject(component_id=COVER), "CLEAN", "已移交", day="20250601")
        assert [one.status for one in city.ownership.pool()] == ["disputed", "unknown"]
        city.ownership.ask(NOBODYS, "ROADS", day="20250601")
        city.ownership.answer(NOBODYS, "ROADS", "属我", ours=True, day="20250602")
        assert [one["answer"] for one in city.ownership.answers(NOBODYS)] == ["claims"]
        assert city.ownership.candidates(NOBODYS)[0]["code"] == "ROADS"
        city.ownership.settle(NOBODYS, "现场核实", owner="ROADS", day="20250603")
        assert [one.settled for one in city.ownership.report("street")] == [1]
