"""``--crs`` on the command line: what fits is named, and a city's own system comes from a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely

CITY = """
name = "本市坐标系"
[similarity]
target = "EPSG:4545"
shift_east_m = 100000.0
shift_north_m = 0.0
rotation_deg = 0.0
scale = 1.0
"""


@pytest.fixture
def delivery(tmp_path: Path, wangge: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A registry with one county, and places whose ``.prj`` names the neighbouring zone."""
    monkeypatch.setenv("WANGGE_REGISTRY", str(tmp_path / "r.gpkg"))
    county = gpd.GeoDataFrame(
        {"code": ["500113"], "name": ["巴南区"], "level": ["county"]},
        geometry=[shapely.box(106.4, 29.4, 106.7, 29.7)],
        crs=4490,
    )
    county.to_file(tmp_path / "county.geojson", driver="GeoJSON")
    assert wangge("init").code == 0
    assert wangge("import", "divisions", str(tmp_path / "county.geojson")).code == 0
    points = gpd.points_from_xy([106.54, 106.55, 106.56], [29.55, 29.56, 29.57])
    places = gpd.GeoDataFrame({"name": ["甲", "乙", "丙"]}, geometry=points, crs=4490).to_crs(4545)
    places.set_crs(4544, allow_override=True).to_file(tmp_path / "places.shp", encoding="UTF-8")
    return tmp_path / "places.shp"


def test_the_option_that_fits_is_named_and_works(wangge: Any, delivery: Path) -> None:
    refused = wangge("check", "places", str(delivery), "--lang", "en")
    assert refused.code == 3
    assert "--crs EPSG:4545 (3/3)" in refused.out + refused.err
    assert wangge("check", "places", str(delivery), "--crs", "EPSG:4545").code == 0


def test_a_citys_own_system_comes_from_a_file(wangge: Any, delivery: Path) -> None:
    places = gpd.read_file(delivery)
    places.geometry = places.translate(-100000, 0)
    places.to_file(delivery, encoding="UTF-8")
    (delivery.parent / "city.toml").write_text(CITY, "utf-8")
    told = wangge("import", "places", str(delivery), "--crs", str(delivery.parent / "city.toml"))
    assert told.code == 0
    assert "本市坐标系" in told.out + told.err
    assert "100000" not in told.out + told.err
    out = delivery.parent / "out.geojson"
    assert wangge("export", "places", str(out)).code == 0
    x = sorted(gpd.read_file(out).geometry.x)
    assert x == pytest.approx([106.54, 106.55, 106.56], abs=1e-7)


def test_a_description_that_cannot_be_used_is_wrong_usage(wangge: Any, delivery: Path) -> None:
    (delivery.parent / "city.toml").write_text(CITY.replace("rotation_deg", "rotation"), "utf-8")
    told = wangge("check", "places", str(delivery), "--crs", str(delivery.parent / "city.toml"))
    assert told.code == 2
    assert "rotation" in told.out + told.err
