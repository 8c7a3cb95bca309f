"""Deliveries that may be features, tables, or both."""

from __future__ import annotations

from pathlib import Path

import geopandas
import pytest
import shapely

from gis.errors import FileProblem
from gis.files import read_layers_and_tables
from gis.layer import SourceLayer
from gis.sheet import Sheet

TABLE = "责任网格编码,单元网格\nJ-1,500113001002001\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.csv").write_text(TABLE, "utf-8")
    frame = geopandas.GeoDataFrame({"code": ["J-1"]}, geometry=[shapely.box(106, 29, 107, 30)], crs=4490)
    frame.to_file(tmp_path / "b.gpkg", driver="GPKG")
    return tmp_path


def test_layers_come_before_sheets(folder: Path) -> None:
    layer, sheet = read_layers_and_tables([folder], dataset="responsibility-grids")
    assert isinstance(layer, SourceLayer)
    assert layer.frame["code"].tolist() == ["J-1"]
    assert isinstance(sheet, Sheet)
    assert sheet.rows[1] == ["J-1", "500113001002001"]


def test_a_table_with_coordinates_is_a_table(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("编码,经度,纬度\nJ-1,106.5,29.5\n", "utf-8")
    (sheet,) = read_layers_and_tables([tmp_path / "c.csv"], dataset="memberships")
    assert isinstance(sheet, Sheet)


def test_an_empty_layer_beside_a_table_is_reported(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(TABLE, "utf-8")
    (tmp_path / "b.geojson").write_text('{"type": "FeatureCollection", "features": []}')
    (sheet,) = read_layers_and_tables([tmp_path], dataset="management-grids", crs="EPSG:4490")
    assert [finding.code for finding in sheet.findings] == ["F06"]


def test_nothing_but_an_empty_layer_is_refused(tmp_path: Path) -> None:
    (tmp_path / "b.geojson").write_text('{"type": "FeatureCollection", "features": []}')
    with pytest.raises(FileProblem) as refused:
        read_layers_and_tables([tmp_path / "b.geojson"], dataset="grids", crs="EPSG:4490")
    assert refused.value.code == "F06"
