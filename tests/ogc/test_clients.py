"""The programs people really use, against a really running server."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
from pathlib import Path

import geopandas as gpd
import pytest
from owslib.ogcapi.features import Features


def gdal(program: str, *arguments: str) -> str:
    path = shutil.which(program)
    if path is None:
        pytest.skip(f"{program} is not installed: install gdal-bin")
    done = subprocess.run([path, *arguments], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_owslib_reads_collections_and_features(served: str) -> None:
    api = Features(f"{served}/")
    assert set(api.feature_collections()) == {"unit-grids", "components", "areas"}
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in api.conformance()["conformsTo"]
    assert api.collection("components")["storageCrs"].endswith("/4490")
    assert "class_code" in api.collection_queryables("components")["properties"]
    page = api.collection_items("components", bbox=[106.549, 29.559, 106.551, 29.561], limit=100)
    assert "5001130101000000" in [feature["id"] for feature in page["features"]]
    one = api.collection_item("components", "5001130101000000")
    assert one["geometry"]["coordinates"] == [106.55, 29.56]
    assert api.api()["openapi"].startswith("3.0")


def test_ogrinfo_lists_the_layers_and_counts_all_pages(
    served: str, frames: dict[str, gpd.GeoDataFrame]
) -> None:
    listed = gdal("ogrinfo", "-q", f"OAPIF:{served}")
    assert all(name in listed for name in ("unit-grids", "components", "areas"))
    summary = gdal("ogrinfo", "-so", "-oo", "PAGE_SIZE=40", f"OAPIF:{served}", "components")
    assert f"Feature Count: {len(frames['components'])}" in summary
    assert "class_code: String" in summary


def test_ogr2ogr_copies_a_layer_and_a_box_of_it(
    served: str, frames: dict[str, gpd.GeoDataFrame], tmp_path: Path
) -> None:
    copy = tmp_path / "copy.geojson"
    gdal("ogr2ogr", "-oo", "PAGE_SIZE=70", str(copy), f"OAPIF:{served}", "components")
    features = json.loads(copy.read_text("utf-8"))["features"]
    assert sorted(f["properties"]["id"] for f in features) == sorted(frames["components"]["id"])
    part = tmp_path / "part.geojson"
    box = ("106.52", "29.52", "106.56", "29.57")
    gdal("ogr2ogr", "-spat", *box, str(part), f"OAPIF:{served}", "components")
    west, south, east, north = map(float, box)
    inside = frames["components"].cx[west:east, south:north]
    found = json.loads(part.read_text("utf-8"))["features"]
    assert sorted(f["properties"]["id"] for f in found) == sorted(inside["id"])


def test_clients_filter_on_the_server(
    served: str, frames: dict[str, gpd.GeoDataFrame], tmp_path: Path
) -> None:
    expected = sorted(frames["components"].query("class_code == '0201'")["id"])
    page = Features(f"{served}/").collection_items("components", filter="class_code = '0201'", limit=500)
    assert sorted(feature["id"] for feature in page["features"]) == expected
    copy = tmp_path / "class.geojson"
    gdal("ogr2ogr", "-where", "class_code = '0201'", str(copy), f"OAPIF:{served}", "components")
    found = json.loads(copy.read_text("utf-8"))["features"]
    assert sorted(feature["properties"]["id"] for feature in found) == expected


def test_owslib_asks_in_another_coordinate_system(served: str) -> None:
    system = "http://www.opengis.net/def/crs/EPSG/0/3857"
    page = Features(f"{served}/").collection_items("components", limit=1, crs=system, class_code="0101")
    radius, latitude = 6378137.0, math.radians(29.56)
    expected = [radius * math.radians(106.55), radius * math.asinh(math.tan(latitude))]
    assert page["features"][0]["geometry"]["coordinates"] == pytest.approx(expected, abs=1e-3)
