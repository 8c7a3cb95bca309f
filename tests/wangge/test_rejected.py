"""Refused rows are mended in their file and imported again, as if they had been right at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from gis.files import read_layers
from gis.findings import Finding, Severity
from gis.layer import LAYER, ROW
from gis.read import read_frame
from gis.registry import open_registry
from gis.text import t
from tests.wangge.census import build_county, census, write_census
from wangge.rejected import write_rejected

NOTES = ["_why", "_in_layer", "_in_row"]


@pytest.fixture(params=["gpkg", "postgis"])
def counties(
    request: pytest.FixtureRequest,
    new_registry: Callable[..., str],
    filled_template: Callable[..., str],
) -> tuple[str, str]:
    """Two registries of one county on one database."""
    kind, county = request.param, filled_template(request.param, build_county)
    return new_registry(kind, county), new_registry(kind, county)


def stored(url: str, dataset: str = "components") -> list[dict[str, Any]]:
    with open_registry(url) as registry:
        frame = read_frame(registry, dataset)
    frame = pd.DataFrame(frame).assign(geometry=shapely.to_wkb(frame.geometry))
    return [
        {name: None if pd.isna(value) else value for name, value in row.items()}
        for row in frame.to_dict("records")
    ]


def delivery() -> dict[str, gpd.GeoDataFrame]:
    """Layers of a census whose columns differ, one with its class in nothing but its name."""
    covers = census(range(0, 120, 4)).assign(编号="井", 口径=[None, 700, 800] * 10)
    covers = covers.drop(columns=["ObjName"]).assign(ObjID=None)
    lamps = census(range(2, 122, 4)).assign(灯高=[4.5, None, 6.0] * 10, 安装日期=pd.Timestamp("2021-05-06"))
    lamps["geometry"] = [
        place if at % 5 else shapely.LineString([(place.x, place.y), (place.x + 1e-5, place.y)])
        for at, place in enumerate(lamps.geometry)
    ]
    covers["ObjID"] = [f"5001130101{number:06d}" for number in range(1, 31)]
    covers = covers.rename(columns={"DeptCode2": "权属单位代码", "DeptName2": "权属单位"})
    return {"0101上水井盖": covers, "路灯": lamps}


def spoilt(layers: dict[str, gpd.GeoDataFrame]) -> dict[str, gpd.GeoDataFrame]:
    """Return the delivery with faults that refuse rows."""
    covers, lamps = (frame.copy() for frame in layers.values())
    covers.loc[3, "ObjID"] = "50011301010000X4"
    covers.loc[8, "ObjID"] = covers.loc[7, "ObjID"]
    covers.loc[11, "geometry"] = None
    lamps.loc[[0, 29], "ObjID"] = ["500113", "路灯30号"]
    lamps.loc[6, "geometry"] = shapely.Point(0, 0)
    return dict(zip(layers, (covers, lamps), strict=True))


def write(layers: dict[str, gpd.GeoDataFrame], path: Path) -> Path:
    for name, frame in layers.items():
        frame.to_file(path, layer=name)
    return path


def mended(file: Path, right: dict[str, gpd.GeoDataFrame]) -> Path:
    """Do what a surveyor does: open the file, look up what is wrong, put it right, save it."""
    for layer, _ in pyogrio.list_layers(file):
        frame = gpd.read_file(file, layer=layer)
        assert frame["_why"].str.match(r"[CF]\d\d ").all()
        good = right[layer.rpartition("/")[2]].iloc[frame["_in_row"] - 1].reset_index(drop=True)
        frame["ObjID"], frame["geometry"] = good["ObjID"], good["geometry"].array
        frame.to_file(file, layer=layer)
    return file


def test_a_faulty_delivery_mended_and_imported_again_is_like_a_faultless_one(
    wangge: Any, counties: tuple[str, str], tmp_path: Path
) -> None:
    url, twin = counties
    layers = delivery()
    clean, dirty = write(layers, tmp_path / "right.gpkg"), write(spoilt(layers), tmp_path / "wrong.gpkg")
    assert wangge("import", "components", clean, "--standard", "2013", "--registry", twin).code == 0
    arguments = ("--standard", "2013", "--partial", "--report", "r.json", "--json", "--registry", url)
    told = wangge("import", "components", dirty, *arguments)
    report = told.document
    assert (told.code, report["checked"], report["rejected"]) == (0, 60, 7)
    assert report["checked"] == report["accepted"] + report["rejected"]
    again = wangge("import", "components", mended(tmp_path / "r.rejected.gpkg", layers), *arguments).document
    assert (again["checked"], again["accepted"], again["rejected"]) == (7, 7, 0)
    assert stored(url) == stored(twin)


def test_the_file_of_rejected_rows_has_all_columns_and_why_each_row_is_in_it(
    wangge: Any, counties: tuple[str, str], tmp_path: Path
) -> None:
    url, _ = counties
    dirty = write(spoilt(delivery()), tmp_path / "wrong.gpkg")
    wangge(
        "import", "components", dirty, "--standard", "2013", "--partial", "--lang", "en", "--registry", url
    )
    for layer, source in delivery().items():
        kept = gpd.read_file(tmp_path / "components.rejected.gpkg", layer=f"wrong/{layer}")
        assert set(kept.columns) == {*NOTES, *source.columns}
        assert set(kept["_in_layer"]) == {f"wrong.gpkg/{layer}"}
    assert kept.set_index("_in_row")["_why"].str[:3].to_dict() == {1: "C01", 7: "C15", 30: "C01"}


def test_nothing_accepted_is_kept_too_and_a_delivery_is_not_written_over(
    wangge: Any, counties: tuple[str, str], tmp_path: Path
) -> None:
    url, _ = counties
    frame = census(range(3)).assign(ObjID="x")
    path = write_census(frame, tmp_path / "a.shp")
    arguments = ("--standard", "2013", "--partial", "--registry", url)
    assert wangge("import", "components", path, *arguments).code == 3
    first = tmp_path / "components.rejected.gpkg"
    assert len(gpd.read_file(first)) == 3
    half = gpd.read_file(first)
    half.loc[0, "ObjID"] = census([0])["ObjID"][0]
    half.to_file(first, layer="a")
    assert wangge("import", "components", first, *arguments).code == 0
    assert len(gpd.read_file(first)) == 3
    left = gpd.read_file(tmp_path / "components.rejected-2.gpkg")
    assert list(left.columns) == [*NOTES, *frame.columns]
    assert left["_in_row"].tolist() == [2, 3]


ODD = {
    "fid": ["甲", "乙", None],
    "FID": [3, 3, 1],
    "geom": [1.5, None, -2.0],
    "OGC_FID": [True, None, False],
    "一个写得很长很长、装不进形文件字段的中文表头（含括号、顿号与 空格）": ["x", "", "z"],
    "name": ["a", "b", "c"],
    "Name": ["A", "B", "C"],
    "整数": pd.array([2**60, None, -1], dtype="Int64"),
    "混": np.array([1, "二", 3.5], dtype=object),
    "空": np.array([None, None, None], dtype=object),
    "表": np.array([[1, 2], {"a": None}, None], dtype=object),
    "日期": pd.to_datetime(["2021-05-06", None, "1999-12-31"]),
    "a\"b';--": ["1", "2", "3"],
    "_why": ["own", "own", "own"],
    "attributes": ['{"k": 1}', None, None],
}


def test_columns_of_any_name_and_kind_survive(tmp_path: Path) -> None:
    shapes = [shapely.Point(106.5, 29.4), None, shapely.LineString([(106.5, 29.4, 3), (106.6, 29.4, 4)])]
    frame = gpd.GeoDataFrame(ODD, geometry=shapes, crs=4490).assign(**{ROW: [1, 2, 3], LAYER: "a.shp"})
    path = write_rejected(frame, "components", [tmp_path / "r.html"])
    assert path is not None
    assert shapely.to_wkb(gpd.read_file(path).geometry).tolist() == shapely.to_wkb(shapes).tolist()
    (layer,) = read_layers([path], dataset="components")
    got = layer.frame
    assert got["fid"].fillna("").tolist() == ["甲", "乙", ""]
    assert got["FID_2"].tolist() == [3, 3, 1]
    assert got["整数"].astype(object).where(got["整数"].notna(), None).tolist() == [2**60, None, -1]
    assert got["混"].tolist() == ["1", "二", "3.5"]
    assert got["表"].fillna("").tolist() == ["[1,2]", '{"a":null}', ""]
    assert got["空"].isna().all()
    assert [str(value)[:10] for value in got["日期"].fillna("")] == ["2021-05-06", "", "1999-12-31"]
    assert got["_why_2"].tolist() == ["own"] * 3
    known = {"fid", "FID_2", "geom", "OGC_FID", "name", "Name_2", "_why_2", *list(ODD)[4:5], *list(ODD)[7:13]}
    assert known <= set(got.columns)


def test_why_a_row_is_in_the_file_is_what_was_found_at_it_else_in_its_layer(tmp_path: Path) -> None:
    frame = census(range(4)).assign(**{ROW: [1, 2, 1, 2], LAYER: ["a.shp", "a.shp", "b.shp", "b.shp"]})

    def found(code: str, row: int | None, layer: str | None, severity: Severity = Severity.ERROR) -> Finding:
        return Finding(code, severity, "components", t("row {row}", row=str(row)), row=row, layer=layer)

    findings = [
        found("C04", 1, "a.shp"),
        found("C01", 1, "a.shp"),
        found("C05", 1, "a.shp", Severity.WARNING),
        found("C02", 2, "b.shp"),
        found("F05", None, None),
        found("F01", 2, None),
    ]
    path = write_rejected(frame, "components", [tmp_path / "r.json"], findings=findings)
    assert path is not None
    codes = {
        name: [[part[:3] for part in why.split("; ")] for why in gpd.read_file(path, layer=name)["_why"]]
        for name in ("a", "b")
    }
    assert codes == {"a": [["C04", "C01"], ["F01"]], "b": [["F05"], ["C02", "F01"]]}


def test_a_table_is_mended_as_a_table(wangge: Any, counties: tuple[str, str], tmp_path: Path) -> None:
    url, twin = counties
    columns = {
        "编号体系": "管线",
        "其他编号": ["A1", "A2"],
        "部件标识码": ["5001130101000001", "5001130103000002"],
    }
    for registry in counties:
        path = write_census(census(range(2)), tmp_path / "c.shp")
        wangge("import", "components", path, "--standard", "2013", "--registry", registry)
    right, wrong = pd.DataFrame(columns), pd.DataFrame(columns)
    wrong.loc[1, "部件标识码"] = "5001130103999999"
    for name, frame in (("right", right), ("wrong", wrong)):
        frame.to_csv(tmp_path / f"{name}.csv", index=False)
    assert wangge("import", "component-aliases", tmp_path / "right.csv", "--registry", twin).code == 0
    told = wangge("import", "component-aliases", tmp_path / "wrong.csv", "--partial", "--registry", url)
    assert told.code == 0
    file = tmp_path / "component-aliases.rejected.csv"
    left = pd.read_csv(file, dtype=str)
    assert list(left.columns) == [*NOTES, *columns]
    left["部件标识码"] = columns["部件标识码"][1]
    left.to_csv(file, index=False)
    assert wangge("import", "component-aliases", file, "--registry", url).code == 0
    assert aliases(url) == aliases(twin)


def aliases(url: str) -> list[Any]:
    with open_registry(url) as registry:
        return read_frame(registry, "component-aliases").fillna("").to_dict("records")


def test_rows_in_several_parts_are_one_file(tmp_path: Path) -> None:
    frames = [
        census(range(first, first + 2)).assign(**{ROW: [1, 2], LAYER: f"0{first}/路灯.shp"})
        for first in (0, 4)
    ]
    path = write_rejected(iter(frames), "components", [tmp_path / "r.json"])
    assert path is not None
    assert {name for name, _ in pyogrio.list_layers(path)} == {"00/路灯", "04/路灯"}
    assert write_rejected(iter(()), "components", []) is None


@pytest.mark.parametrize("name", ["saved.shp", "saved.geojson", "saved.csv"])
def test_saved_in_another_format_the_notes_are_passed_over_too(
    wangge: Any, counties: tuple[str, str], tmp_path: Path, name: str
) -> None:
    url, _ = counties
    path = write_census(census(range(3)).assign(ObjID="x", 高="3"), tmp_path / "a.shp")
    wangge("import", "components", path, "--standard", "2013", "--partial", "--registry", url)
    kept = gpd.read_file(tmp_path / "components.rejected.gpkg")
    kept["ObjID"] = census(range(3))["ObjID"]
    if name.endswith(".csv"):
        table = kept.drop(columns="geometry").assign(经度=kept.geometry.x, 纬度=kept.geometry.y)
        table.to_csv(tmp_path / name, index=False, encoding="utf-8-sig")
    else:
        kept.to_file(tmp_path / name, encoding="UTF-8")
    told = wangge("import", "components", tmp_path / name, "--standard", "2013", "--json", "--registry", url)
    assert told.code == 0
    (others,) = (finding["value"] for finding in told.document["findings"] if finding["code"] == "F08")
    assert others == ("高, 经度, 纬度" if name.endswith(".csv") else "高")
