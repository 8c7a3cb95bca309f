"""Changes in a written report: page, JSON, layers of the GeoPackage, and the words for all of them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import geopandas
import orjson
import pyogrio
import pytest
from playwright.sync_api import Browser, sync_playwright

from gis.change_kinds import ChangeKind as Kind
from gis.change_moves import Moves
from gis.change_report import ChangeReport, ClassChanges, Undelivered
from gis.change_things import ChangedThing, Transfer, Value
from gis.change_words import metres_text, sides_of, summary_line, told_of
from gis.findings import Report
from gis.reports import write_report
from gis.text import language

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
HOSTILE = "</td><script>alert(1)</script>"
DRAINS = Transfer("owner", Value("A", "重庆市排水公司"), Value("B", "南岸区市政局"), 123)

MOVED = ChangedThing(
    (Kind.MOVED, Kind.REOWNED),
    "5001130101000001",
    "上水井盖",
    "2013",
    "0101",
    (replace(DRAINS, count=1),),
    ("owner_code", "owner_name", "note", "geometry"),
    3.2,
    (106.5, 29.5),
    (106.50003, 29.5),
)
THINGS = {
    Kind.ADDED: ChangedThing((Kind.ADDED,), "2", HOSTILE, "2013", "0102", place=(106.6, 29.6)),
    Kind.MOVED: MOVED,
    Kind.REOWNED: MOVED,
    Kind.RETIRED: ChangedThing((Kind.RETIRED,), "3", None, "2013", "0102", old_place=(106.7, 29.7)),
}
CHANGES = ChangeReport(
    "components",
    2,
    None,
    (
        ClassChanges("2013", "0101", {Kind.MOVED: 5, Kind.REOWNED: 7}, 9, "上水井盖", (1, 1, 2, 0)),
        ClassChanges("2013", "0102", {Kind.ADDED: 12, Kind.RETIRED: 1}, 0, None),
    ),
    Moves({("2013", "0101"): [1, 1, 2, 0]}, 1, farthest=[(3.2, ("5001130101000001",))]),
    (DRAINS, Transfer("class", Value("0101", "上水井盖", "2013"), Value("01001", None, "2026"), 2)),
    4,
    {"owner_name": 7, "note": 3},
    {kind: [thing] for kind, thing in THINGS.items()},
    311,
    (Undelivered({"county": "500113", "standard": "2013", "class_code": "0101"}, 37, ("9",), "上水井盖"),),
    (MOVED, THINGS[Kind.RETIRED], THINGS[Kind.ADDED], ChangedThing((Kind.STATE,), "4")),
)


def page_of(folder: Path, changes: ChangeReport | None, name: str = "zh") -> str:
    with language(name):
        write_report(Report("components", 12, 12, 0, edition=2, changes=changes), folder / "r.html")
    return (folder / "r.html").read_text("utf-8")


def test_the_page_tells_changes_by_class_and_from_whom_to_whom(tmp_path: Path) -> None:
    page = page_of(tmp_path, CHANGES)
    line = "新增 12，移位 5（最远 3.20 米），权属变更 7，作废 1，未变 311"
    assert f'<a href="#changes">变更：{line}</a>' in page
    assert "<th>类别<th>新增<th>移位<th>权属变更<th>作废</thead>" in page
    assert "<tr><td class=term>0101 上水井盖<td class=n><td class=n>5<td class=n>7<td class=n>" in page
    assert "<tr class=sum><td class=term>合计<td class=n>12<td class=n>5<td class=n>7<td class=n>1" in page
    assert "<td class=term>重庆市排水公司<td class=term>南岸区市政局<td class=n>123" in page
    assert "<td class=term>0101 (2013) 上水井盖<td class=term>01001 (2026)<td class=n>2" in page
    assert "<th>类别<th>不超过 0.5 米<th>0.5 至 2 米<th>2 至 10 米<th>超过 10 米</thead>" in page
    assert (
        "<tr><td class=term>0101 上水井盖<td class=n>1<td class=n>1<td class=n>2<td class=n><tr class=sum>"
        in page
    )
    assert "新获得位置或失去位置的：1 个" in page
    assert "登记库中有、本次成果接受的行中没有：37 个。未经要求，不作废。" in page
    assert "<td class=term>500113 0101 上水井盖<td class=term>9<td class=n>37" in page
    assert "另有其他此类变更 4 个" in page
    assert "最远的 1 个" in page
    assert "权属单位：重庆市排水公司 → 南岸区市政局；备注" in page
    assert "位移小于 1 厘米的不算移位" in page
    assert "<script" not in page


def test_a_check_says_what_an_import_would_change(tmp_path: Path) -> None:
    write_report(Report("components", 12, 12, 0, changes=CHANGES), tmp_path / "r.html")
    assert (tmp_path / "r.html").read_text("utf-8").count("如果导入，将变更：新增 12") == 2


def test_the_page_speaks_english_too(tmp_path: Path) -> None:
    page = page_of(tmp_path, CHANGES, "en")
    assert "12 added, 5 moved (farthest 3.20 m), 7 with other units, 1 retired, 311 unchanged" in page
    assert "Owner: 重庆市排水公司 → 南岸区市政局; note on it" in page


def test_a_page_without_changes_says_so_or_nothing(tmp_path: Path) -> None:
    assert "changes" not in page_of(tmp_path, None)
    none = ChangeReport("grids", 2, None, (), Moves())
    page = page_of(tmp_path, none)
    assert "没有变更" in page
    assert "<table" not in page


def test_a_dataset_without_classes_has_one_row_of_sums(tmp_path: Path) -> None:
    grids = ChangeReport(
        "grids", 2, None, (ClassChanges(None, None, {Kind.MOVED: 3}, 3),), Moves({(): [0, 3, 0, 0]})
    )
    page = page_of(tmp_path, grids)
    assert "<thead><tr><th>移位</thead><tbody><tr class=sum><td class=n>3</tbody>" in page


def test_json_has_the_changes_beside_the_findings(tmp_path: Path) -> None:
    write_report(Report("components", changes=CHANGES), tmp_path / "r.json")
    document = orjson.loads((tmp_path / "r.json").read_bytes())
    assert document["changes"]["counts"]["added"] == 12
    assert document["changes"]["transfers"][0] == {
        "aspect": "owner",
        "from": {"code": "A", "name": "重庆市排水公司", "standard": None},
        "to": {"code": "B", "name": "南岸区市政局", "standard": None},
        "count": 123,
    }
    assert document["changes"]["classes"][0]["moved_bands"] == [1, 1, 2, 0]
    assert document["changes"]["undelivered"][0]["count"] == 37
    assert document["changes"]["things"]["moved"][0]["metres"] == 3.2
    write_report(Report("components"), tmp_path / "r.json")
    assert orjson.loads((tmp_path / "r.json").read_bytes())["changes"] is None


def test_the_geopackage_draws_moves_as_lines_and_the_rest_as_points(tmp_path: Path) -> None:
    write_report(Report("components", changes=CHANGES), tmp_path / "r.gpkg")
    layers = dict(pyogrio.list_layers(tmp_path / "r.gpkg").tolist())
    assert layers == {
        "findings": "Unknown",
        "changes": "Unknown",
        "changes_points": "Point",
        "changes_lines": "LineString",
        "layer_styles": None,
    }
    frame = geopandas.read_file(tmp_path / "r.gpkg", layer="changes")
    assert frame["key"].tolist() == ["5001130101000001", "3", "2", "4"]
    assert frame["kind"].tolist() == ["moved", "retired", "added", "state"]
    assert frame["kinds"].tolist()[0] == "moved;reowned"
    assert frame["metres"].tolist()[0] == 3.2
    assert frame[["before", "after"]].iloc[0].tolist() == ["重庆市排水公司", "南岸区市政局"]
    assert frame.geom_type.tolist()[:3] == ["LineString", "Point", "Point"]
    assert frame.geometry[3] is None
    assert list(frame.geometry[0].coords) == [(106.5, 29.5), (106.50003, 29.5)]
    points = geopandas.read_file(tmp_path / "r.gpkg", layer="changes_points")
    assert points.geometry.x.tolist() == [106.50003, 106.7, 106.6]
    styles = pyogrio.read_dataframe(tmp_path / "r.gpkg", layer="layer_styles")
    assert styles["f_table_name"].tolist() == ["changes_points", "changes_lines"]
    assert all(
        'attr="kind"' in qml and 'value="reowned"' in qml and "权属变更" in qml for qml in styles["styleQML"]
    )


def test_changes_leave_the_csv_as_it_is(tmp_path: Path) -> None:
    write_report(Report("components"), tmp_path / "a.csv")
    write_report(Report("components", changes=CHANGES), tmp_path / "b.csv")
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


@pytest.mark.parametrize(
    ("metres", "text"),
    [(None, ""), (0.004, "不足 0.01 米"), (3.2, "3.20 米"), (250.4, "250 米"), (3_999, "4.0 千米")],
)
def test_distances_have_the_digits_that_mean_something(metres: float | None, text: str) -> None:
    assert metres_text(metres) == text


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (Value("A", "甲"), Value("B", "乙"), ("甲", "乙")),
        (Value("A", "甲"), Value("B", "甲"), ("甲 (A)", "甲 (B)")),
        (Value("A", "甲"), Value(None, "甲"), ("甲 (A)", "甲 (无代码)")),
        (Value("A"), Value(), ("A", "未登记")),
    ],
)
def test_codes_are_told_only_where_names_do_not_differ(
    before: Value, after: Value, told: tuple[str, str]
) -> None:
    assert sides_of(Transfer("owner", before, after)) == told


def test_columns_are_called_what_people_call_them() -> None:
    thing = ChangedThing((Kind.ATTRIBUTES,), "1", columns=("street", "legal_basis", "geometry", "state"))
    assert told_of(thing) == "街道；legal_basis"
    assert str(summary_line(replace(CHANGES, classes=(), unchanged=0))) == "没有变更"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        quiet = ["--no-sandbox", "--headless", "--disable-gpu", "--disable-background-networking"]
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=quiet, handle_sigint=False)
        yield chromium
        chromium.close()


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed: install chromium")
@pytest.mark.parametrize("width", [1250, 400])
def test_the_section_is_as_wide_as_the_window(browser: Browser, tmp_path: Path, width: int) -> None:
    page_of(tmp_path, CHANGES)
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto((tmp_path / "r.html").as_uri())
    page.locator("a[href='#changes']").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    beyond = """() => [...document.querySelectorAll("#changes > *, .facts > div")].filter(
      (element) => element.getBoundingClientRect().right > innerWidth + 1).length"""
    assert page.evaluate(beyond) == 0
    page.close()
