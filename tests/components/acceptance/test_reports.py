"""The report of an acceptance: every format says the same, in both languages, and nothing is loaded."""

from __future__ import annotations

import csv
import json
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
import pyogrio
import pytest

from components.acceptance.faults import faults_of
from components.acceptance.inspection import Acceptance
from components.acceptance.positions import positions_of, shift_of
from components.acceptance.report_files import check_acceptance_paths, write_acceptance
from gis.errors import UsageError
from gis.text import language
from tests.components.acceptance.conftest import Bench, Thing

COVER, SEWER, LAMP = "0101", "0102", "0137"


@pytest.fixture
def acceptance(bench: Bench) -> Acceptance:
    """Two sheets: one with each kind of fault, one that nobody visited."""
    right: list[Thing] = [(10.0 * n, 200.0, LAMP) for n in range(1, 21)]
    field: list[Thing] = [
        *right, (10, 10, COVER), (30, 10, COVER), (50, 10, COVER), (70, 10, COVER),
    ]  # fmt: skip
    data: list[Thing] = [
        *right, (31.5, 10, COVER), (50, 10, SEWER), (70, 10, COVER), (90, 10, LAMP), (300, 10, LAMP),
    ]  # fmt: skip
    states = [None] * 20
    return bench.judge(
        field,
        data,
        sheets=bench.sheets((0, 0), (250, 0)),
        read={"state": [*states, None, None, "=1+1", "破损<b>"]},
        recorded={"state": [*states, None, "完好", "完好", None, None]},
    )


def test_every_fault_is_listed_once_the_worst_first(acceptance: Acceptance) -> None:
    faults = faults_of(acceptance)
    assert [fault.number for fault in faults] == [1, 2, 3, 4, 5]
    assert [fault.kinds for fault in faults] == [
        ("missed",),
        ("surplus",),
        ("wrong_class", "wrong_attribute"),
        ("gross",),
        ("wrong_attribute",),
    ]
    assert {fault.sheet for fault in faults} == {0}
    gross = faults[3]
    assert gross.distance_m == pytest.approx(1.5, abs=1e-3)
    assert gross.recorded is not None
    assert not gross.recorded.equals(gross.place)


def test_the_page_holds_everything_and_loads_nothing(acceptance: Acceptance, tmp_path: Path) -> None:
    write_acceptance(acceptance, tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text("utf-8")
    assert not re.search(r"(src|href)\s*=\s*[\"']?(https?:|//)|@import|<script|url\(", page)
    for words in (
        "批成果：不合格",
        "漏",
        "多",
        "点位粗差",
        "检查者",
        "复核者",
        "日期",
        "默认值，未核实",
        "待定",
    ):
        assert words in page
    assert "漏 5 %、多 5 %、类别错误 5 %" in page
    assert "破损<b>" not in page
    assert "破损&lt;b&gt;" in page
    assert page.count("class='n beyond'") == 2  # attributes, in the sheet and in all
    marks = set(re.findall(r'<g class="mark (\w+)"', page))
    assert marks == {"missed", "surplus", "wrong_class", "gross", "wrong_attribute"}
    assert set(re.findall(r'href="#(f\d+)"', page)) == set(re.findall(r'id="(f\d+)"', page))
    assert set(re.findall(r'href="#(s\d+)"', page)) == set(re.findall(r'id="(s\d+)"', page))
    for svg in re.findall(r"<svg.*?</svg>", page, re.S):
        ElementTree.fromstring(svg.replace("&nbsp;", " "))


def test_the_page_is_in_english_too(acceptance: Acceptance, tmp_path: Path) -> None:
    with language("en"):
        write_acceptance(acceptance, tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text("utf-8")
    assert '<html lang="en">' in page
    for words in ("Lot: not qualified", "Inspector", "Reviewer", "default, unverified", "pending"):
        assert words in page
    assert not re.search(
        "[\u4e00-\u9fff]",
        re.sub(r"\d{4} [\u4e00-\u9fff]+|\d\d [\u4e00-\u9fff]+|破损|完好|“|”", "", page.split("</style>")[1]),
    )


def test_json_csv_and_layers_agree(acceptance: Acceptance, tmp_path: Path) -> None:
    for suffix in (".json", ".csv", ".gpkg"):
        write_acceptance(acceptance, tmp_path / f"report{suffix}")
    document = json.loads((tmp_path / "report.json").read_bytes())
    assert document["verdict"]["outcome"] == "unqualified"
    assert [sheet["outcome"] for sheet in document["sheets"]] == ["unqualified", "pending"]
    assert document["rates"]["missed"] == {"count": 1, "base": 24, "share": pytest.approx(1 / 24)}
    assert document["settings"]["gross_factor"] == 2.0
    with (tmp_path / "report.csv").open(encoding="utf-8-sig") as source:
        rows = list(csv.DictReader(source))
    assert [row["fault"] for row in rows] == [fault["fault"] for fault in document["faults"]]
    points = pyogrio.read_dataframe(tmp_path / "report.gpkg", layer="mismatches")
    assert points["fault"].tolist() == [row["fault"] for row in rows]
    assert points.crs.to_epsg() == 4490
    lines = pyogrio.read_dataframe(tmp_path / "report.gpkg", layer="displacements")
    assert sorted(lines["number"]) == [3, 4, 5]
    positions = pyogrio.read_dataframe(tmp_path / "report.gpkg", layer="positions")
    assert positions["distance_m"].tolist() == [one["distance_m"] for one in document["positions"]]
    sheets = pyogrio.read_dataframe(tmp_path / "report.gpkg", layer="sheets")
    assert sheets["outcome"].tolist() == ["unqualified", "pending"]
    styles = pyogrio.read_dataframe(tmp_path / "report.gpkg", layer="layer_styles")
    assert set(styles["f_table_name"]) == {"sheets", "mismatches", "displacements", "positions"}
    for qml in styles["styleQML"]:
        assert ElementTree.fromstring(qml.split("\n", 1)[1]).tag == "qgis"


def test_every_measured_point_has_its_error_with_direction(bench: Bench) -> None:
    """The data is 0.3 m east and 0.4 m south of the field everywhere, and 3 m off once."""
    field: list[Thing] = [(20.0 * n, 20.0, COVER) for n in range(1, 5)]
    data: list[Thing] = [(x + 0.3, y - 0.4, code) for x, y, code in field[:3]]
    positions = positions_of(bench.judge(field, [*data, (81.8, 21.2, COVER)]))
    assert positions["dx_m"].tolist() == pytest.approx([0.3, 0.3, 0.3, 1.8], abs=0.002)
    assert positions["dy_m"].tolist() == pytest.approx([-0.4, -0.4, -0.4, 1.2], abs=0.002)
    assert positions["distance_m"].tolist() == pytest.approx([0.5, 0.5, 0.5, 2.163], abs=0.002)
    assert positions["use"].tolist() == ["kept", "kept", "kept", "gross"]


def test_a_shift_of_the_whole_is_told_and_scatter_is_not(bench: Bench, tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    field: list[Thing] = [(10.0 * (n % 20 + 1), 20.0 * (n // 20 + 1), COVER) for n in range(60)]
    noise = rng.normal(0, 0.15, (60, 2))
    for dx, dy in ((0.0, 0.0), (0.2, -0.1)):
        data = [(x + a + dx, y + b + dy, c) for (x, y, c), (a, b) in zip(field, noise, strict=True)]
        judged = bench.judge(field, data)
        shift = shift_of(positions_of(judged))
        assert (shift is not None) == (dx != 0)
        write_acceptance(judged, tmp_path / "report.html")
        assert ("整体偏移" in (tmp_path / "report.html").read_text("utf-8")) == (dx != 0)
        if shift is not None:
            assert float(shift.params["dx"]) == pytest.approx(dx, abs=0.06)
            assert float(shift.params["dy"]) == pytest.approx(dy, abs=0.06)
    assert shift_of(positions_of(bench.judge(field[:5], [(x + 0.3, y, c) for x, y, c in field[:5]]))) is None


def test_a_spreadsheet_takes_nothing_for_a_formula(acceptance: Acceptance, tmp_path: Path) -> None:
    write_acceptance(acceptance, tmp_path / "report.csv")
    with (tmp_path / "report.csv").open(encoding="utf-8-sig") as source:
        for row in csv.DictReader(source):
            assert not any(value.startswith(("=", "+", "@")) for value in row.values())


def test_only_known_formats_and_folders_are_written(tmp_path: Path) -> None:
    for path in (tmp_path / "report.pdf", tmp_path / "nowhere" / "report.html"):
        with pytest.raises(UsageError):
            check_acceptance_paths([path])
    check_acceptance_paths([tmp_path / "report.html"])
