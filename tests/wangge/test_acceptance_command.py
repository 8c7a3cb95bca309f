"""The commands of an acceptance, from cutting sheets to the report."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely

from gis.editions import commit
from gis.read import read_frame
from gis.registry import open_registry

DISTRICT = shapely.box(106.5, 29.4, 106.51, 29.405)


@pytest.fixture
def registry_of_components(registry_url: str, monkeypatch: pytest.MonkeyPatch, wangge: Any) -> str:
    """A county with components along a street, on each database in turn."""
    monkeypatch.setenv("WANGGE_REGISTRY", registry_url)
    lon = [106.5005 + 0.0003 * n for n in range(30)]
    rows = {
        "id": [f"5001130101{n:06d}" for n in range(1, 31)],
        "class_code": "0101",
        "standard": "2013",
        "name": "上水井盖",
        "state": "完好",
    }
    county = {"code": ["500113"], "name": ["巴南区"], "level": ["county"]}
    with open_registry(registry_url) as registry:
        commit(
            registry,
            "divisions",
            gpd.GeoDataFrame(county, geometry=[shapely.MultiPolygon([DISTRICT])], crs=4490),
        )
        commit(
            registry,
            "components",
            gpd.GeoDataFrame(rows, geometry=gpd.points_from_xy(lon, [29.402] * 30), crs=4490),
        )
    return registry_url


def write_points(path: Path, sheet: shapely.MultiPolygon, *, leave_out: int = 0) -> Path:
    """Write a check point for each component in a sheet but the first few."""
    inside = [106.5005 + 0.0003 * n for n in range(30)]
    inside = [lon for lon in inside if sheet.contains(shapely.Point(lon, 29.402))]
    with path.open("w", encoding="utf-8-sig", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(["小类代码", "经度", "纬度"])
        writer.writerows(["0101", lon, 29.402] for lon in inside[leave_out:])
    return path


def test_from_sheets_to_report(
    wangge: Callable[..., Any], registry_of_components: str, tmp_path: Path
) -> None:
    made = wangge("acceptance", "sheets", "--store", "--out", "sheets.gpkg", "--json")
    assert made.code == 0
    assert made.document["zone"] == "EPSG:4545"
    with open_registry(registry_of_components) as registry:
        stored = read_frame(registry, "sheets")
    assert len(stored) == made.document["sheets"] == len(gpd.read_file("sheets.gpkg"))
    sample = wangge("acceptance", "sample", "--seed", "7", "--number", "2", "--out", "sample.gpkg", "--json")
    assert sample.code == 0
    assert sample.document["seed"] == "7"
    drawn = {row["code"]: row["components"] for row in sample.document["drawn"]}
    assert len(drawn) == 2
    busy = max(drawn, key=lambda code: drawn[code])
    assert drawn[busy] > 1
    shape = stored.set_index("code").loc[busy, "geometry"]
    points = write_points(tmp_path / "points.csv", shape, leave_out=1)
    others = [option for code in drawn if code != busy for option in ("--inspected", code)]
    told = wangge(
        "acceptance",
        "report",
        points,
        "--sample",
        "sample.gpkg",
        *others,
        "--out",
        "r.html",
        "--out",
        "r.gpkg",
        "--json",
    )
    assert told.code == 0
    by_code = {sheet["code"]: sheet for sheet in told.document["sheets"]}
    assert by_code[busy]["rates"]["surplus"] == {
        "count": 1,
        "base": drawn[busy],
        "share": pytest.approx(1 / drawn[busy]),
    }
    assert "检查者" in Path("r.html").read_text("utf-8")
    lines = wangge("acceptance", "report", points, "--sample", "sample.gpkg", *others)
    assert lines.code == 0
    assert lines.out.startswith("批成果：不合格")


def test_a_delivery_is_judged_without_a_registry(wangge: Callable[..., Any], tmp_path: Path) -> None:
    lon = [106.5005 + 0.0003 * n for n in range(10)]
    rows = {"NUMBER": [f"5001130101{n:06d}" for n in range(1, 11)], "ObjName": "上水井盖"}
    (tmp_path / "map.toml").write_text('[field]\nid = "NUMBER"\n', "utf-8")
    census = gpd.GeoDataFrame(rows, geometry=gpd.points_from_xy(lon, [29.402] * 10), crs=4490)
    census.to_file(tmp_path / "0101上水井盖.shp", encoding="UTF-8")
    area = gpd.GeoDataFrame(geometry=[DISTRICT], crs=4490)
    area.to_file(tmp_path / "area.geojson")
    assert (
        wangge(
            "acceptance", "sheets", "--district", "area.geojson", "--scale", "1000", "--out", "s.gpkg"
        ).code
        == 0
    )
    delivery = ("--delivery", "0101上水井盖.shp", "--standard", "2013", "--delivery-map", "map.toml")
    sample = wangge(
        "acceptance",
        "sample",
        "--sheets",
        "s.gpkg",
        "--scale",
        "1000",
        *delivery,
        "--percent",
        "100",
        "--out",
        "x.gpkg",
        "--json",
    )
    assert sample.code == 0
    assert sum(row["components"] for row in sample.document["drawn"]) == 10
    points = write_points(
        tmp_path / "points.csv", shapely.MultiPolygon([shapely.box(106.5, 29.4, 106.5031, 29.41)])
    )
    told = wangge("acceptance", "report", points, "--sample", "x.gpkg", *delivery, "--json")
    assert told.code == 0
    assert told.document["rates"]["missed"]["count"] == 0
    assert told.document["rates"]["surplus"]["base"] == 10
    assert [fault["component"] for fault in told.document["faults"]] == ["5001130101000010"]
    assert not (tmp_path / "wangge.gpkg").exists()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("sheets",), 2),
        (("sheets", "--out", "x.pdf"), 2),
        (("sheets", "--out", "x.gpkg"), 5),
        (("sheets", "--district", "area.geojson", "--zone", "EPSG:3857", "--out", "x.gpkg"), 2),
        (("sample",), 5),
        (("sample", "--out", "x.pdf"), 2),
        (("report", "points.csv", "--sample", "area.geojson"), 3),
        (("report", "points.csv", "--sample", "s.gpkg", "--out", "x.pdf"), 2),
        (("report", "points.csv", "--sample", "s.gpkg", "--settings", "no.toml"), 2),
        (("report", "points.csv", "--sample", "s.gpkg", "--inspected", "7"), 2),
        (("report", "bad.csv", "--sample", "s.gpkg"), 3),
    ],
)
def test_what_cannot_be_done_is_refused_and_nothing_is_written(
    wangge: Callable[..., Any], tmp_path: Path, words: tuple[str, ...], code: int
) -> None:
    gpd.GeoDataFrame(geometry=[DISTRICT], crs=4490).to_file(tmp_path / "area.geojson")
    sheet = shapely.MultiPolygon([shapely.box(106.5, 29.4, 106.51, 29.41)])
    named = {"code": ["10.00-21.00"], "scale": ["500"]}
    gpd.GeoDataFrame(named, geometry=[sheet], crs=4490).to_file(tmp_path / "s.gpkg")
    write_points(tmp_path / "points.csv", sheet)
    (tmp_path / "bad.csv").write_text("小类代码,经度,纬度\n0101,106.5,29.4\n,106.5,29.4\n", "utf-8")
    before = {path.name for path in tmp_path.iterdir()}
    told = wangge("acceptance", *words)
    assert told.code == code, told.err
    assert told.err
    assert {path.name for path in tmp_path.iterdir()} == before


def test_settings_of_a_city_are_marked_as_such(wangge: Callable[..., Any], tmp_path: Path) -> None:
    sheet = shapely.MultiPolygon([shapely.box(106.5, 29.4, 106.51, 29.41)])
    named = {"code": ["10.00-21.00"], "scale": ["500"]}
    gpd.GeoDataFrame(named, geometry=[sheet], crs=4490).to_file(tmp_path / "s.gpkg")
    points = write_points(tmp_path / "points.csv", sheet)
    (tmp_path / "a.toml").write_text("[acceptance.limits]\nmissed = 1.0\n", "utf-8")
    told = wangge(
        "acceptance",
        "report",
        points,
        "--sample",
        "s.gpkg",
        "--settings",
        "a.toml",
        "--out",
        "r.json",
        "--json",
    )
    assert told.code == 0
    assert told.document["settings"]["changed"] == ["limits"]
    assert told.document["sheets"][0]["outcome"] == "qualified"
    assert json.loads(Path("r.json").read_bytes())["rates"]["missed"]["share"] == 1.0
