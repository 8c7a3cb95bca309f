"""Reports of findings as HTML, JSON, CSV and GeoPackage."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import geopandas
import pytest
import shapely

from gis.errors import UsageError
from gis.finding_codes import TITLES, title
from gis.findings import Finding, Report, Severity
from gis.reports import SHOWN_PER_CODE, check_report_paths, write_report
from gis.text import language, t


@pytest.fixture
def report() -> Report:
    overlap = Finding(
        "G03",
        Severity.ERROR,
        "grids",
        t("Overlap"),
        row=3,
        id="500113001001001",
        field="geometry",
        value="<b>12.5</b>",
        geometry=shapely.box(106.5, 29.5, 106.51, 29.51),
    )
    placeless = Finding("F08", Severity.INFO, "grids", t("Columns kept as attributes"))
    return Report("grids", checked=10, accepted=9, rejected=1, findings=[overlap, placeless])


def test_json_is_the_contract_shape(report: Report, tmp_path: Path) -> None:
    write_report(report, tmp_path / "r.json")
    told = json.loads((tmp_path / "r.json").read_text("utf-8"))
    assert (told["checked"], told["accepted"], told["rejected"], told["edition"]) == (10, 9, 1, None)
    assert told["by_code"] == {"F08": 1, "G03": 1}
    assert told["findings"][0]["geometry"]["type"] == "Polygon"
    names = "code severity dataset layer row id field value expected message hint geometry area_m2 width_m"
    assert set(told["findings"][0]) == set(names.split())


def test_csv_opens_in_a_spreadsheet_with_chinese(report: Report, tmp_path: Path) -> None:
    write_report(report, tmp_path / "r.csv")
    raw = (tmp_path / "r.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(raw.decode("utf-8-sig").splitlines()))
    assert [row["code"] for row in rows] == ["G03", "F08"]
    assert rows[0]["message"] == "重叠"


def test_csv_has_the_place_and_no_formula(report: Report, tmp_path: Path) -> None:
    for at, name in enumerate(("=cmd|'/c calc'!A1", "@SUM(1)", "-12.5", "+格")):
        report.findings.append(Finding("G13", Severity.INFO, "grids", t("Overlap"), row=at, id=name))
    write_report(report, tmp_path / "r.csv")
    rows = list(csv.DictReader((tmp_path / "r.csv").read_text("utf-8-sig").splitlines()))
    assert (float(rows[0]["lon"]), float(rows[0]["lat"])) == pytest.approx((106.505, 29.505), abs=0.005)
    assert (rows[1]["lon"], rows[1]["area_m2"]) == ("", "")
    assert [row["number"] for row in rows] == ["1", "2", "3", "4", "5", "6"]
    assert [row["id"] for row in rows[2:]] == ["'=cmd|'/c calc'!A1", "'@SUM(1)", "-12.5", "'+格"]


def test_geopackage_holds_every_finding_with_its_place(report: Report, tmp_path: Path) -> None:
    write_report(report, tmp_path / "r.gpkg")
    frame = geopandas.read_file(tmp_path / "r.gpkg", layer="findings")
    assert frame.crs.to_epsg() == 4490
    assert frame["code"].tolist() == ["G03", "F08"]
    assert frame.geometry.iloc[0].equals(report.findings[0].geometry)
    assert frame.geometry.iloc[1] is None


def test_html_needs_no_network_and_escapes_what_the_data_say(report: Report, tmp_path: Path) -> None:
    with language("en"):
        write_report(report, tmp_path / "r.html")
    page = (tmp_path / "r.html").read_text("utf-8")
    assert "&lt;b&gt;12.5&lt;/b&gt;" in page
    assert "http" not in page
    assert "<svg" in page
    assert "10 rows checked, 9 accepted, 1 rejected. Nothing was committed." in page


def test_html_shows_the_first_of_many(tmp_path: Path) -> None:
    many = [
        Finding("C16", Severity.WARNING, "components", t("Overlap"), row=n) for n in range(SHOWN_PER_CODE + 7)
    ]
    write_report(Report("components", findings=many), tmp_path / "r.html")
    assert "另有 7 条" in (tmp_path / "r.html").read_text("utf-8")


def test_unknown_extension_and_missing_folder_are_refused_before_work(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"\.docx"):
        check_report_paths([tmp_path / "r.docx"])
    with pytest.raises(UsageError, match="nowhere"):
        check_report_paths([tmp_path / "nowhere" / "r.html"])


def test_every_code_has_a_title_in_both_languages() -> None:
    for code, text in TITLES.items():
        assert title(code) == str(text) != text.msgid


def test_csv_and_geopackage_count_what_a_finding_stands_for(report: Report, tmp_path: Path) -> None:
    report.findings.append(Finding("C16", Severity.WARNING, "components", t("Overlap"), count=12))
    write_report(report, tmp_path / "r.csv")
    write_report(report, tmp_path / "r.gpkg")
    write_report(report, tmp_path / "r.json")
    rows = list(csv.DictReader((tmp_path / "r.csv").read_text("utf-8-sig").splitlines()))
    assert [row["count"] for row in rows] == ["1", "12", "1"]
    assert geopandas.read_file(tmp_path / "r.gpkg", layer="findings")["count"].tolist() == [1, 12, 1]
    assert json.loads((tmp_path / "r.json").read_text("utf-8"))["findings"][2]["count"] == 12
