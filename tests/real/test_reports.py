"""Reports on real deliveries, as the command line writes them."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
from pathlib import Path

import geopandas
import pyogrio
import pytest

from gis.text import current_language, set_language
from wangge.cli import run

XIHU = "cn-hangzhou-xihu-grid/community.geojson"
COUNTIES = "cn-county-boundaries/cgcs2000-tianditu/tianditu_district.geojson.gz"
MAPPING = """
[field]
code = "xzqhbm"
name = "cunshe"
parent_code = "zj_xzqhbm"
[set]
level = "community"
"""


@pytest.fixture
def reports(real_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Check the communities of Xihu with a mapping file, and write every kind of report."""
    monkeypatch.chdir(tmp_path)
    for variable in ("WANGGE_REGISTRY", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(variable, raising=False)
    (tmp_path / "map.toml").write_text(MAPPING, "utf-8")
    before = current_language()
    wanted = [argument for kind in ("html", "gpkg", "json", "csv") for argument in ("--report", f"r.{kind}")]
    code = run(["check", "divisions", str(real_data / XIHU), "--map", "map.toml", *wanted])
    set_language(before)
    assert code == 3  # three rows without a code, one without a polygon
    return tmp_path


def test_all_kinds_of_report_hold_the_same_findings(reports: Path) -> None:
    told = json.loads((reports / "r.json").read_text("utf-8"))
    assert (told["checked"], told["accepted"], told["rejected"]) == (213, 209, 4)
    assert [(file["checked"], file["rejected"]) for file in told["files"]] == [(213, 4)]
    rows = list(csv.DictReader((reports / "r.csv").read_text("utf-8-sig").splitlines()))
    frame = geopandas.read_file(reports / "r.gpkg", layer="findings")
    assert len(told["findings"]) == len(rows) == len(frame) == sum(told["by_code"].values())
    assert [int(row["number"]) for row in rows] == frame["number"].tolist()
    assert [row["message"] for row in rows] == frame["message"].tolist()
    # The worst overlap comes first among its kind, in each of them.
    largest = max(f["area_m2"] or 0 for f in told["findings"] if f["code"] == "G03")
    first = next(row for row in rows if row["code"] == "G03")
    assert float(first["area_m2"]) == largest == pytest.approx(33_113, abs=1)
    page = (reports / "r.html").read_text("utf-8")
    section = page[page.index('<h2 id="G03"') :]
    assert section.index(f'id="n{first["number"]}"') < section.index("<td class=n>33113<")


def test_the_page_is_small_and_shows_the_delivery(reports: Path) -> None:
    page = (reports / "r.html").read_text("utf-8")
    assert len(page) < 400_000
    outlines = re.search(r'<path class="area" d="([^"]+)"', page)
    assert outlines is not None
    assert outlines[1].count("M") > 200
    assert '<path class="area refused"' in page
    assert page.count('<figure class="detail">') >= 9


def test_the_geopackage_opens_with_gdal(reports: Path) -> None:
    layers = [str(name) for name in pyogrio.list_layers(reports / "r.gpkg")[:, 0]]
    assert layers == ["findings", "findings_points", "findings_areas", "delivery", "layer_styles"]
    assert len(geopandas.read_file(reports / "r.gpkg", layer="delivery")) == 213
    ogrinfo = shutil.which("ogrinfo")
    if ogrinfo is not None:
        told = subprocess.run(
            [ogrinfo, "-al", "-so", str(reports / "r.gpkg")], capture_output=True, text=True, check=True
        )
        assert told.stderr == ""


def test_a_page_of_all_counties_of_china_stays_below_a_megabyte(
    real_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("WANGGE_REGISTRY", raising=False)
    before = current_language()
    code = run(
        ["check", "divisions", str(real_data / COUNTIES), "--set", "level=county", "--report", "r.html"]
    )
    set_language(before)
    assert code == 0
    assert (tmp_path / "r.html").stat().st_size < 1_000_000
