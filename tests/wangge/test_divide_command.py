"""``wangge grids divide`` as people run it: from the sample city's files, from a registry, and refused."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import geopandas
import pytest
import shapely

from wangge.demo.run import DemoResult


@pytest.fixture(scope="session")
def delivered(city_in_file: DemoResult, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of what the sample city's surveyors deliver."""
    folder = tmp_path_factory.mktemp("delivered")
    with zipfile.ZipFile(city_in_file.directory / "clean.zip", metadata_encoding="gbk") as archive:
        archive.extractall(folder)
    return folder


def test_the_sample_city_is_divided_and_its_import_has_nothing_to_say(
    wangge: Any, delivered: Path, tmp_path: Path
) -> None:
    told = wangge(
        "grids", "divide", "--communities", delivered / "社区.shp", "--roads", delivered / "街巷.shp",
        "--components", delivered / "部件", "--out", "proposals.gpkg", "--report", "report.html", "--json",
    )  # fmt: skip
    assert told.code == 0, told.err
    whole = told.document["whole"]
    assert told.document["grids"] == whole["grids"] > 500
    assert whole["share_in_range"] >= 0.8
    assert whole["smallest_m2"] >= 1_000
    assert whole["inner_border_on_features"] > 0.5
    assert "<svg" in (tmp_path / "report.html").read_text("utf-8")
    checked = wangge("check", "grids", "proposals.gpkg", "--json")
    severities = {finding["severity"] for finding in checked.document["findings"]}
    assert checked.code == 0
    assert severities <= {"info"}


def test_communities_and_used_numbers_come_from_the_registry(
    wangge: Any, city: DemoResult, tmp_path: Path
) -> None:
    told = wangge("grids", "divide", "--registry", city.registry_url, "--out", "proposals.geojson")
    assert told.code == 0, told.err
    assert "单元网格方案" in told.out
    proposed = geopandas.read_file(tmp_path / "proposals.geojson")
    wangge("export", "unit-grids", "live.geojson", "--registry", city.registry_url)
    live = geopandas.read_file(tmp_path / "live.geojson")
    assert not set(proposed["code"]) & set(live["code"])
    highest = live.groupby("community")["code"].max()
    lowest = proposed.groupby("community")["code"].min()
    assert (lowest > highest[lowest.index]).all()


def test_checking_proposals_against_the_registry_they_came_from_finds_only_the_grids_there(
    wangge: Any, delivered: Path, tmp_path: Path
) -> None:
    wangge("init", "--registry", "new.gpkg")
    for name in ("区.shp", "街道.shp", "社区.shp"):
        assert wangge("import", "divisions", delivered / name, "--registry", "new.gpkg").code == 0
    assert wangge("grids", "divide", "--registry", "new.gpkg", "--out", "out.gpkg").code == 0
    taken = wangge("import", "grids", "out.gpkg", "--registry", "new.gpkg", "--json")
    assert taken.code == 0
    assert {finding["severity"] for finding in taken.document["findings"]} <= {"info"}
    again = wangge("grids", "divide", "--registry", "new.gpkg", "--out", "second.gpkg")
    assert again.code == 0
    first, second = (
        geopandas.read_file(tmp_path / name, layer="unit-grids") for name in ("out.gpkg", "second.gpkg")
    )
    assert not set(first["code"]) & set(second["code"])


def _layers(folder: Path, **shapes: list[Any]) -> None:
    for name, geometries in shapes.items():
        columns = {"code": [f"500113001{at:03d}" for at in range(1, len(geometries) + 1)]}
        geopandas.GeoDataFrame(columns, geometry=geometries, crs=4490).to_file(folder / f"{name}.geojson")


def square(column: float, side: float = 0.003) -> shapely.Polygon:
    return shapely.box(106.5 + column * 0.003, 29.5, 106.5 + column * 0.003 + side, 29.503)


def test_overlapping_communities_are_refused_and_left_out_on_request(wangge: Any, tmp_path: Path) -> None:
    _layers(tmp_path, communities=[square(0, 0.0031), square(1), square(2)])
    command = ("grids", "divide", "--communities", "communities.geojson", "--out", "out.gpkg")
    told = wangge(*command)
    assert told.code == 3
    assert "500113001001" in told.err
    assert not (tmp_path / "out.gpkg").exists()
    assert wangge(*command, "--partial").code == 0
    left = geopandas.read_file(tmp_path / "out.gpkg", layer="unit-grids")
    assert set(left["community"]) == {"500113001003"}


def test_roads_elsewhere_are_refused_by_name(wangge: Any, tmp_path: Path) -> None:
    _layers(tmp_path, communities=[square(0)], roads=[shapely.LineString([(110, 30), (110.1, 30)])])
    told = wangge(
        "grids", "divide", "--communities", "communities.geojson", "--roads", "roads.geojson",
        "--out", "out.gpkg",
    )  # fmt: skip
    assert told.code == 3
    assert "roads.geojson" in told.err
    assert not (tmp_path / "out.gpkg").exists()


@pytest.mark.parametrize(
    "options",
    [
        ("--out", "out.dwg"),
        ("--out", "out.gpkg", "--report", "report.pdf"),
        ("--out", "out.gpkg", "--profile", "downtown"),
        ("--out", "out.gpkg", "--field", "level=X"),
        ("--out", "out.gpkg", "--field", "code"),
        (),
    ],
)
def test_wrong_usage_is_told_before_anything_is_read(
    wangge: Any, tmp_path: Path, options: tuple[str, ...]
) -> None:
    _layers(tmp_path, communities=[square(0)])
    told = wangge("grids", "divide", "--communities", "communities.geojson", *options)
    assert told.code == 2
    assert told.err


def test_without_communities_and_registry_it_says_so(wangge: Any) -> None:
    assert wangge("grids", "divide", "--out", "out.gpkg").code == 4


def test_a_profile_decides_the_sizes(wangge: Any, tmp_path: Path) -> None:
    _layers(tmp_path, communities=[square(0)])
    counts = {}
    for profile in ("core", "outskirts"):
        told = wangge(
            "grids", "divide", "--communities", "communities.geojson", "--profile", profile,
            "--out", "out.geojson", "--json",
        )  # fmt: skip
        counts[profile] = told.document["grids"]
    assert counts["core"] > 2 * counts["outskirts"]


def test_a_column_can_be_named(wangge: Any, tmp_path: Path) -> None:
    frame = geopandas.GeoDataFrame({"zone_id": ["SQ-3"]}, geometry=[square(0)], crs=4490)
    frame.to_file(tmp_path / "communities.geojson")
    told = wangge(
        "grids",
        "divide",
        "--communities",
        "communities.geojson",
        "--field",
        "code=zone_id",
        "--out",
        "out.gpkg",
    )
    assert told.code == 0
    assert "SQ-3" in told.out
