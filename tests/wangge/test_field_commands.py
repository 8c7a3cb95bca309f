"""Outcomes and proposed changes from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas
import pandas
import pytest
import shapely

from gis.editions import commit
from gis.registry import open_registry

COVER = "5001130101000001"


@pytest.fixture
def url(registry_url: str, grid_frame: Any) -> str:
    """Five grids with one contract and one cover, on each database in turn."""
    box = shapely.box(106.5, 29.4, 106.6, 29.6)
    area = {
        "line": "环卫",
        "code": "A1",
        "name": "一标段",
        "unit_code": "CLEAN",
        "in_scope": True,
        "geometry": box,
    }
    cover = {"id": COVER, "class_code": "0101", "standard": "2013", "name": "上水井盖", "state": "完好",
             "geometry": shapely.Point(106.5005, 29.5005)}  # fmt: skip
    with open_registry(registry_url) as registry:
        commit(registry, "grids", grid_frame(5))
        units = pandas.DataFrame([("CLEAN", "环卫公司"), ("ROADS", "市政养护中心")], columns=["code", "name"])
        commit(registry, "organisations", units)
        for dataset, row in (("areas", area), ("components", cover)):
            commit(registry, dataset, geopandas.GeoDataFrame([row], geometry="geometry", crs=4490))
    return registry_url


def test_outcomes_are_recorded_listed_and_reported(wangge: Any, url: str) -> None:
    def run(*arguments: object) -> Any:
        done = wangge(*arguments, "--registry", url, "--json")
        assert done.code == 0, done.err
        return done.document

    asked = ["106.5005", "29.5005", "--class", "0301", "--kind", "matter"]
    answer = run("resolve", *asked)
    again = [*asked, "--as-of", answer["as_of"]]
    kept = run(
        "outcomes",
        "record",
        answer["answer_id"],
        *again,
        "--result",
        "changed",
        "--to",
        "ROADS",
        "--reason",
        "路面问题",
    )
    assert kept["to"] == {"code": "ROADS", "name": "市政养护中心"}
    assert run("outcomes", "list") == run("outcomes", "list", answer["answer_id"]) == [kept]
    report = run("outcomes", "report")
    assert report["total"]["accuracy"] == 0.0
    assert report["mend"] == [
        {
            "rule": "area.contract A1",
            "answers": 1,
            "accepted": 0,
            "changed": 1,
            "returned": 0,
            "accuracy": 0.0,
            "to": [{"unit": "市政养护中心", "count": 1}],
        }
    ]
    told = wangge("outcomes", "report", "--registry", url).out
    assert "派遣准确率" in told
    assert "area.contract A1" in told
    assert run("outcomes", "report", "--since", "2126-01-01")["total"] is None


def test_past_cases_are_judged_too(wangge: Any, url: str, tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    path.write_text(
        "案件编号,经度,纬度,小类代码,问题类型,处置单位\nC1,106.5005,29.5005,0301,事件,环卫公司\n"
        "C2,106.5005,29.5005,0301,事件,市政养护中心\n",
        "utf-8",
    )
    assert wangge("import", "cases", path, "--registry", url).code == 0

    report = wangge("outcomes", "report", "--cases", "--registry", url, "--json").document

    assert (report["total"]["answers"], report["total"]["accuracy"]) == (2, 0.5)


@pytest.mark.parametrize(
    "arguments",
    [
        ["outcomes", "record", "x"],
        ["outcomes", "record", "x", "106.5"],
        ["outcomes", "record"],
        ["outcomes", "record", "x", "106.5", "29.5", "--as-of", "2026-01-01", "--result", "lost"],
        ["outcomes", "list", "x", "y"],
        ["changes", "accept"],
        ["changes", "list", "1"],
        ["changes", "add", "--change", "stolen"],
    ],
)
def test_what_is_not_understood_is_wrong_usage(wangge: Any, url: str, arguments: list[str]) -> None:
    assert wangge(*arguments, "--registry", url).code == 2


def test_changes_are_added_reviewed_and_become_an_edition(wangge: Any, url: str) -> None:
    add = ["changes", "add", "--registry", url, "--json"]
    new = ["--change", "new", "--class", "0101", "--lon", "106.5015", "--lat", "29.5005", "--note", "未登记"]
    first = wangge(*add, *new).document[0]["id"]
    second = wangge(*add, "--change", "gone", "--component", COVER).document[0]["id"]

    listed = wangge("changes", "--registry", url)
    assert (listed.code, "未登记" in listed.out, COVER in listed.out) == (0, True, True)
    rejected = wangge("changes", "reject", second, "--why", "还在", "--registry", url, "--json").document
    assert [one["id"] for one in rejected] == [second]
    edition = wangge("changes", "accept", first, "--registry", url, "--json").document
    assert (edition["operation"], edition["added"], edition["changed"]) == ("field", 1, 0)
    assert wangge("changes", "--registry", url, "--json").document == []
    every = wangge("changes", "list", "--status", "all", "--registry", url, "--json").document
    assert [one["status"] for one in every] == ["accepted", "rejected"]
    assert every[0]["component_id"] == "5001130101000002"
    shown = wangge("components", "show", "5001130101000002", "--registry", url)
    assert shown.code == 0
    assert wangge("changes", "accept", 99, "--registry", url).code == 5


def test_the_quality_of_a_batch_is_told(wangge: Any, url: str, tmp_path: Path) -> None:
    source, target, page = (tmp_path / name for name in ("in.csv", "out.csv", "quality.html"))
    source.write_text("lon,lat,class\n106.5005,29.5005,0101\n106.9,29.5005,0101\n", "utf-8")
    assert wangge("quality", "--registry", url).code == 2
    assert (
        wangge("resolve", "--in", source, "--out", target, "--class-column", "class", "--registry", url).code
        == 0
    )

    told = wangge("quality", target, "--class-column", "class", "--out", page)
    document = wangge("quality", target, "--json").document

    assert told.code == 0
    assert "定责结果 2 件" in told.out
    assert page.is_file()
    assert document["total"]["answers"] == 2
    assert document["classes"] == []
