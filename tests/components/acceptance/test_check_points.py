"""Check points as inspectors bring them: read with evidence, refused whole where a row is unusable."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest

from components.acceptance.check_points import CheckPoints, read_check_points
from components.catalogue import SHIPPED
from gis.errors import DataRefused
from gis.importing import ImportOptions
from gis.registry import Registry


def read(registry: Registry, *paths: Path, **options: object) -> CheckPoints:
    return read_check_points(
        registry,
        list(paths),
        ImportOptions(**options),  # type: ignore[arg-type]
        standard="2013",
        catalogue=SHIPPED,
    )


def write(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "points.csv"
    path.write_text(text, encoding)
    return path


def test_classes_are_told_by_code_by_name_or_by_the_identifier(
    gpkg_registry: Registry, tmp_path: Path
) -> None:
    text = (
        "点号,标识码,小类代码,部件名称,图幅号,经度,纬度,状态\n"
        "P1,,0101,,10.00-21.00,106.5,29.4,完好\n"
        "P2,,,雨水井盖,,106.5,29.4,\n"
        "P3,5001130102000007,,,,106.5,29.4,\n"
        "P4,5001130102000008,,路灯,,106.5,29.4,破损\n"
    )
    points = read(gpkg_registry, write(tmp_path, text, "gb18030"))
    assert points.class_codes.tolist() == ["0101", "0103", "0102", "0137"]
    assert points.identifiers.tolist() == [None, None, "5001130102000007", "5001130102000008"]
    assert points.names.tolist() == ["P1", "P2", "P3", "P4"]
    assert points.sheets.tolist() == ["10.00-21.00", None, None, None]
    assert points.attributes["state"].tolist() == ["完好", None, None, "破损"]
    assert points.attributes["owner_name"].tolist() == [None] * 4
    assert points.notes


def test_a_point_without_a_number_is_called_by_its_row(gpkg_registry: Registry, tmp_path: Path) -> None:
    points = read(gpkg_registry, write(tmp_path, "小类代码,lon,lat\n0101,106.5,29.4\n"))
    assert points.names.tolist() == ["#2"]


def test_points_come_as_shapefile_in_a_zone_too(gpkg_registry: Registry, tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"FLDM": ["0101"]}, geometry=gpd.points_from_xy([106.5], [29.4]), crs=4490)
    frame.to_crs("EPSG:4545").to_file(tmp_path / "points.shp", encoding="GBK")
    points = read(gpkg_registry, tmp_path / "points.shp")
    assert points.points[0].x == pytest.approx(106.5, abs=1e-8)
    assert points.points[0].y == pytest.approx(29.4, abs=1e-8)


@pytest.mark.parametrize(
    ("row", "code"),
    [("0101,,", "C15"), (",106.5,29.4", "C04"), ("井,106.5,29.4", "C04")],
)
def test_a_row_without_place_or_class_refuses_all(
    gpkg_registry: Registry, tmp_path: Path, row: str, code: str
) -> None:
    text = f"小类代码,lon,lat\n0101,106.5,29.4\n{row}\n"
    with pytest.raises(DataRefused) as refused:
        read(gpkg_registry, write(tmp_path, text))
    report = refused.value.report
    assert report is not None
    assert [(f.code, f.row) for f in report.findings if f.severity == "error"] == [(code, 3)]
    assert (report.checked, report.rejected) == (2, 1)


def test_columns_may_be_named(gpkg_registry: Registry, tmp_path: Path) -> None:
    path = write(tmp_path, "type,owner,lon,lat\n上水井盖,水务集团,106.5,29.4\n")
    points = read(gpkg_registry, path, fields={"class_code": "type", "owner_name": "owner"})
    assert points.class_codes.tolist() == ["0101"]
    assert points.attributes["owner_name"].tolist() == ["水务集团"]


def test_digits_in_the_name_of_a_file_are_no_class_where_one_is_written(
    gpkg_registry: Registry, tmp_path: Path
) -> None:
    path = tmp_path / "检查点-0215.csv"
    path.write_text("部件名称,小类代码,lon,lat\n上水井盖,,106.5,29.4\n,路灯,106.5,29.4\n", "utf-8")
    assert read(gpkg_registry, path).class_codes.tolist() == ["0101", "0137"]
    path.write_text("部件名称,lon,lat\n上水井盖,106.5,29.4\n井,106.5,29.4\n", "utf-8")
    with pytest.raises(DataRefused) as refused:
        read(gpkg_registry, path)
    assert refused.value.report is not None
    assert [(f.code, f.row, f.value) for f in refused.value.report.errors] == [("C04", 3, "井")]
