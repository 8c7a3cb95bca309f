"""Rasters and their editions in the catalogue of records, each for those who may see them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine

from gis.importing import ImportOptions, run_import
from gis.rasters import store
from gis.rasters.imports import prepare_rasters, read_rasters
from layers.classifying import classify_other
from layers.keys import add_key
from tests.ogc.test_records import HERE, found


@pytest.fixture
def site(own_site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Two rasters, of which everybody sees the elevation model."""
    monkeypatch.setenv(store.VARIABLE, str(tmp_path / "kept"))
    monkeypatch.setattr("layers.key_ring.CHECK_EVERY", 0.0)
    paths = []
    for name, count in (("dem", 1), ("photo", 3)):
        paths.append(tmp_path / f"{name}.tif")
        profile = {"count": count, "height": 40, "width": 50, "dtype": "uint8", "crs": "EPSG:4545"}
        place = Affine(2.0, 0, 360_000.0, 0, -2.0, 3_270_000.0)
        with rasterio.open(paths[-1], "w", driver="GTiff", transform=place, **profile) as target:
            target.write(np.ones((count, 40, 50), "uint8"))
    options = ImportOptions(source="survey office")
    run_import(own_site.registry, "rasters", paths, options, prepare_rasters, reader=read_rasters)
    classify_other(own_site.registry, "raster", "dem", "public")
    return own_site


def key(site, *roles: str, **scope: list[str]) -> dict[str, str]:
    return {"authorization": f"Bearer {add_key(site.registry, 'test', roles, **scope)[1]}"}


def test_a_raster_and_its_edition_have_records(site) -> None:
    assert found(site)[3:5] == ["raster:dem", "edition:1"]
    assert found(site, type="raster") == ["raster:dem"]
    assert found(site, externalIds="raster:dem") == ["raster:dem"]
    assert found(site, bbox="106.5,29.5,106.6,29.6", type="raster") == ["raster:dem"]
    assert found(site, bbox="0,0,1,1", type="raster") == []
    record = site.json(f"{HERE}/items/raster:dem", lang="en")
    said = record["properties"]
    assert (said["title"], said["dataset"], said["edition"]) == ("dem", "rasters", 5)
    assert (said["classification"], said["resolution_m"]) == ("public", 2.0)
    west, south, east, north = record["extent"]["spatial"]["bbox"][0]
    assert 106.5 < west < east < 106.6
    assert 29.5 < south < north < 29.6
    edition = site.json(f"{HERE}/items/edition:5", lang="en")
    assert edition["properties"]["title"] == "Edition 5: rasters, import"
    # Everybody sees that there is one, not of how many rasters that he may not see
    assert not {"added", "source"} & edition["properties"].keys()
    assert edition["geometry"] == record["geometry"]
    for link in (*record["links"], *edition["links"]):
        path = link["href"].removeprefix("http://localhost")
        assert site.client.get(path).status_code == 200, path
    assert "raster:photo" not in str(edition)


def test_who_reads_everything_sees_all_rasters_and_counts(site) -> None:
    admin = key(site, "admin")
    district = key(site, "editor", counties=["500113"])
    assert found(site, admin, type="raster") == ["raster:dem", "raster:photo"]
    assert found(site, district, type="raster") == ["raster:dem"]
    told = site.client.get(f"/ogc{HERE}/items/edition:5", headers=admin).json()["properties"]
    assert (told["added"], told["source"]) == (2, "survey office")
    # One that nobody may see is not counted for anybody
    classify_other(site.registry, "raster", "photo", "秘密")
    assert found(site, admin, type="raster") == ["raster:dem"]
    told = site.client.get(f"/ogc{HERE}/items/edition:5", headers=admin).json()["properties"]
    assert not {"added", "source"} & told.keys()


def test_without_rasters_that_are_seen_there_is_no_edition_of_them(site) -> None:
    classify_other(site.registry, "raster", "dem", "内部")
    assert found(site) == [
        *("layer:areas", "layer:components", "layer:unit-grids"),
        *("edition:1", "edition:2", "edition:3"),
    ]
    site.problem(f"{HERE}/items/edition:5", 404)


@pytest.mark.parametrize("size", [1, 2, 3])
def test_pages_go_over_rasters(site, size: int) -> None:
    headers = key(site, "admin")
    expected, seen = found(site, headers), []
    path = f"/ogc{HERE}/items?limit={size}"
    while path:
        page = site.client.get(path, headers=headers).json()
        seen += [feature["id"] for feature in page["features"]]
        onward = [link["href"] for link in page["links"] if link["rel"] == "next"]
        path = onward[0].removeprefix("http://localhost") if onward else ""
    assert seen == expected
    assert {"raster:dem", "raster:photo", "edition:5"} <= {*seen}
