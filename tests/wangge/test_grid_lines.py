"""``wangge grids lines`` and ``wangge grids shares``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas
import pandas
import pytest

from wangge.demo.run import DemoResult


@pytest.fixture
def clean(wangge: Any, city: DemoResult) -> list[str]:
    return ["--registry", city.registry_url]


def test_lines_of_the_sample_city_cover_every_unit_grid(wangge: Any, clean: list[str]) -> None:
    (line,) = wangge("grids", "lines", "--json", *clean).document
    assert (line["line"], line["missing"], line["double"], line["without_members"]) == ("采集", 0, 0, 0)
    assert line["covered"] == 530
    told = wangge("grids", "lines", "采集", *clean)
    assert (told.code, told.out.count("\n")) == (0, 1)
    assert "责任网格 采集" in told.out
    assert wangge("grids", "lines", "绿化", *clean).code == 5


def test_a_table_of_members_is_imported_checked_and_shown(wangge: Any, city_in_file: DemoResult) -> None:
    wangge("init")
    clean = city_in_file.directory / "clean.zip"
    wangge("import", "grids", clean / "单元网格.shp")
    wangge("export", "unit-grids", "grids.csv")
    codes = pandas.read_csv("grids.csv", dtype=str)["code"]
    Path("组.csv").write_text("条线,责任网格编码,单元网格\n环卫,H-1," + "、".join(codes[:2]) + "\n", "utf-8")
    done = wangge("import", "responsibility-grids", "组.csv", "--json")
    assert done.code == 0
    assert done.document["by_code"] == {"G25": 1}
    (line,) = wangge("grids", "lines", "环卫", "--json").document
    assert (line["covered"], [fault["code"] for fault in line["faults"]]) == (2, ["G25"])
    assert "遗漏" in wangge("grids", "lines", "环卫").out
    wangge("export", "responsibility-grids", "groups.gpkg")
    (shape,) = geopandas.read_file("groups.gpkg").geometry
    assert shape.is_valid


def test_shares_are_shown_and_written(wangge: Any, clean: list[str], tmp_path: Path) -> None:
    rows = wangge("grids", "shares", "areas", "--json", *clean).document
    assert {"line", "code", "unit_grid", "area_m2", "share_of_group", "share_of_unit_grid"} == set(rows[0])
    line = rows[0]["line"]
    some = wangge("grids", "shares", "areas", "--line", line, "--json", *clean).document
    assert some == [row for row in rows if row["line"] == line]
    for suffix in ("csv", "xlsx", "parquet"):
        out = tmp_path / f"shares.{suffix}"
        told = wangge("grids", "shares", "areas", "--out", out, "--json", *clean)
        assert told.document == {"rows": len(rows), "path": str(out)}
        assert out.stat().st_size > 0
    assert len(pandas.read_csv(tmp_path / "shares.csv", dtype={"code": str})) == len(rows)
    assert rows[0]["unit_grid"] in wangge("grids", "shares", "areas", *clean).out


@pytest.mark.parametrize(
    ("arguments", "named"), [(("organisations",), "organisations"), (("areas", "--out", "x.shp"), ".shp")]
)
def test_shares_of_what_has_none_are_wrong_usage(
    wangge: Any, city_in_file: DemoResult, arguments: tuple[str, ...], named: str
) -> None:
    told = wangge("grids", "shares", *arguments, "--registry", city_in_file.registry_url)
    assert (told.code, named in told.err) == (2, True)


def test_buildings_are_compared_with_a_delivery_of_unit_grids(
    wangge: Any, city_in_file: DemoResult, tmp_path: Path
) -> None:
    grids = city_in_file.directory / "clean.zip" / "单元网格.shp"
    url = city_in_file.registry_url
    wangge("export", "unit-grids", "all.gpkg", "--registry", url)
    first = geopandas.read_file("all.gpkg").geometry.iloc[0].boundary
    site = geopandas.GeoSeries([first.interpolate(0.3, normalized=True).buffer(0.0001)], crs=4490)
    site.to_file("房屋.gpkg", layer="房屋")
    told = wangge("check", "grids", grids, "--buildings", "房屋.gpkg", "--json", "--registry", url)
    assert (told.code, told.document["by_code"]["G10"]) == (0, 1)
    (cut,) = [finding for finding in told.document["findings"] if finding["code"] == "G10"]
    assert cut["layer"].startswith("房屋.gpkg")
    assert cut["geometry"]["type"] == "MultiPolygon"
    refused = wangge("check", "places", grids, "--buildings", "房屋.gpkg")
    assert (refused.code, "--buildings" in refused.err or "建筑物" in refused.err) == (2, True)
    assert wangge("check", "grids", grids, "--buildings", "none.shp").code == 2
