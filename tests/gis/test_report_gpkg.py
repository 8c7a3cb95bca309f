"""The GeoPackage of a report: layers a desktop GIS can open, numbers as numbers, and styles."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import geopandas
import numpy as np
import pyogrio
import pytest
import shapely

from gis.delivered import DeliveredAreas
from gis.findings import Finding, Report, Severity
from gis.reports import write_report
from gis.text import t


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """Write a report with findings of every kind of place."""
    places = [
        shapely.Point(106.5, 29.5),
        shapely.MultiPoint([(106.5, 29.5), (106.51, 29.51)]),
        shapely.LineString([(106.5, 29.5), (106.6, 29.6)]),
        shapely.box(106.5, 29.5, 106.6, 29.6),
        shapely.GeometryCollection([shapely.box(106.7, 29.7, 106.8, 29.8), shapely.Point(106.9, 29.9)]),
        None,
    ]
    kinds = [*Severity, *Severity]
    findings = [
        Finding(
            f"G0{n}", kinds[n], "grids", t("Overlap"), row=n + 1, layer="g.shp", geometry=place, area_m2=n / 3
        )
        for n, place in enumerate(places)
    ]
    areas = DeliveredAreas(
        np.array(["g.shp"] * 3, dtype=object),
        np.arange(1, 4),
        np.array(["a", "b", None], dtype=object),
        np.array([True, False, False]),
        np.array(
            [
                shapely.box(106, 29, 107, 30),
                shapely.Polygon(),
                shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]),
            ]
        ),
    )
    write_report(Report("grids", 3, 2, 1, findings, areas=areas), tmp_path / "r.gpkg")
    return tmp_path / "r.gpkg"


def test_layers_are_split_by_kind_of_geometry(written: Path) -> None:
    layers = dict(pyogrio.list_layers(written).tolist())
    assert layers == {
        "findings": "Unknown",
        "findings_points": "Point",
        "findings_lines": "MultiLineString",
        "findings_areas": "MultiPolygon",
        "delivery": "MultiPolygon",
        "layer_styles": None,
    }
    counts = {name: len(geopandas.read_file(written, layer=name)) for name in list(layers)[:5]}
    assert counts == {
        "findings": 6,
        "findings_points": 5,
        "findings_lines": 1,
        "findings_areas": 2,
        "delivery": 3,
    }


def test_numbers_are_numbers(written: Path) -> None:
    frame = geopandas.read_file(written, layer="findings")
    assert frame["number"].tolist() == [1, 2, 3, 4, 5, 6]
    assert frame["code"].tolist() == ["G00", "G03", "G01", "G04", "G02", "G05"]
    assert frame["source_row"].tolist() == [1, 4, 2, 5, 3, 6]
    assert frame["area_m2"].dtype == frame["width_m"].dtype == frame["lon"].dtype == np.float64
    assert frame["area_m2"].tolist()[1] == 1.0
    assert frame["width_m"].isna().all()
    assert frame["title"].tolist()[1] == "重叠"
    points = geopandas.read_file(written, layer="findings_points")
    assert points.geometry.x.tolist() == points["lon"].tolist()
    assert set(points["number"]) == set(frame["number"][frame["lon"].notna()])


def test_delivery_is_there_as_delivered_with_what_was_found_in_it(written: Path) -> None:
    delivery = geopandas.read_file(written, layer="delivery")
    assert delivery["state"].tolist() == ["rejected", "accepted", "accepted"]
    assert delivery["errors"].tolist() == [1, 0, 0]
    assert delivery["warnings"].tolist() == [0, 1, 0]
    assert delivery.geometry.iloc[1] is None
    assert not delivery.geometry.iloc[2].is_valid


def test_each_layer_has_a_style_that_qgis_takes_by_default(written: Path) -> None:
    styles = pyogrio.read_dataframe(written, layer="layer_styles").set_index("f_table_name")
    assert list(styles.index) == ["findings_points", "findings_lines", "findings_areas", "delivery"]
    assert set(styles["f_geometry_column"]) == {"geom"}
    assert set(styles["f_table_catalog"]) == set(styles["f_table_schema"]) == {""}
    assert styles["useAsDefault"].all()
    # What QGIS asks for, as SQL: without the column it would find nothing.
    wanted = (
        "useAsDefault = 1 AND f_table_schema = '' AND f_table_name = 'delivery' ORDER BY update_time DESC"
    )
    assert len(pyogrio.read_dataframe(written, sql=f"SELECT * FROM layer_styles WHERE {wanted}")) == 1
    for layer, kind in (
        ("findings_points", "marker"),
        ("findings_lines", "line"),
        ("findings_areas", "fill"),
    ):
        root = ElementTree.fromstring(styles.loc[layer, "styleQML"])
        renderer = root.find("renderer-v2")
        assert renderer is not None
        assert (root.tag, renderer.get("type"), renderer.get("attr")) == (
            "qgis",
            "categorizedSymbol",
            "severity",
        )
        categories = {c.get("value"): c.get("symbol") for c in renderer.iter("category")}
        assert list(categories) == ["error", "warning", "info"]
        symbols = {s.get("name"): s.get("type") for s in renderer.iter("symbol")}
        assert symbols == dict.fromkeys(categories.values(), kind)
        assert {c.get("label") for c in renderer.iter("category")} == {"错误", "警告", "提示"}


def test_a_delivery_of_several_kinds_of_geometry_is_kept_whole(tmp_path: Path) -> None:
    shapes = np.array([shapely.box(0, 0, 1, 1), shapely.LineString([(0, 0), (1, 1)]), None], dtype=object)
    names = np.array(["a", "b", "c"], dtype=object)
    areas = DeliveredAreas(names, np.arange(1, 4), names, np.array([False, True, True]), shapes)
    write_report(Report("grids", areas=areas), tmp_path / "r.gpkg")
    assert dict(pyogrio.list_layers(tmp_path / "r.gpkg").tolist())["delivery"] == "Unknown"
    delivery = geopandas.read_file(tmp_path / "r.gpkg", layer="delivery")
    assert delivery.geom_type[:2].tolist() == ["MultiPolygon", "LineString"]
    assert delivery.geometry[2] is None


def test_gdal_finds_nothing_wrong_with_the_file(written: Path) -> None:
    ogrinfo = shutil.which("ogrinfo")
    if ogrinfo is None:
        pytest.skip("ogrinfo is not installed: install gdal-bin")
    told = subprocess.run([ogrinfo, "-al", "-so", written], capture_output=True, text=True, check=True)
    assert told.stderr == ""
    assert told.stdout.count("CGCS2000") >= 5


def test_a_report_without_findings_is_an_empty_layer(tmp_path: Path) -> None:
    write_report(Report("grids"), tmp_path / "r.gpkg")
    assert pyogrio.list_layers(tmp_path / "r.gpkg").tolist() == [["findings", "Unknown"]]


def test_an_older_report_is_replaced_whole(written: Path) -> None:
    write_report(Report("grids"), written)
    assert len(pyogrio.list_layers(written)) == 1
    assert [path.name for path in written.parent.iterdir()] == ["r.gpkg"]
