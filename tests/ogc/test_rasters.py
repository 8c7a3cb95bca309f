"""Rasters over HTTP: who sees them, parts of them in any system and size, and what is refused."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyproj import Transformer
from rasterio.errors import NotGeoreferencedWarning
from rasterio.io import MemoryFile

from gis.importing import ImportOptions, run_import
from gis.rasters import store
from gis.rasters.imports import prepare_rasters, read_rasters
from layers.classifying import classify_other
from layers.keys import add_key
from ogc import raster_views

EAST, NORTH, STEP = 360_000.0, 3_270_000.0, 2.0
WIDTH, HEIGHT = 750, 600
DEM, PHOTO = "/collections/raster:dem", "/collections/raster:photo"


def heights() -> np.ndarray:
    """Values that tell the place of every pixel: growing eastward, and a gap in the north-west."""
    values = np.add.outer(np.arange(HEIGHT), np.arange(WIDTH)).astype("int16")
    values[:100, :100] = -9999
    return values


def write(path: Path, values: np.ndarray, **more: object) -> Path:
    bands, height, width = values.shape
    profile = {"count": bands, "height": height, "width": width, "dtype": values.dtype, "crs": "EPSG:4545"}
    with rasterio.open(
        path, "w", driver="GTiff", transform=Affine(STEP, 0, EAST, 0, -STEP, NORTH), **profile, **more
    ) as target:
        target.write(values)
    return path


@pytest.fixture
def site(own_site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(store.VARIABLE, str(tmp_path / "kept"))
    monkeypatch.setattr("layers.key_ring.CHECK_EVERY", 0.0)
    photo = np.stack([np.full((HEIGHT, WIDTH), band, "uint8") for band in (200, 100, 50)])
    paths = [
        write(tmp_path / "dem.tif", heights()[np.newaxis], nodata=-9999),
        write(tmp_path / "photo.tif", photo),
    ]
    options = ImportOptions()
    run_import(own_site.registry, "rasters", paths, options, prepare_rasters, reader=read_rasters)
    for code in ("dem", "photo"):
        classify_other(own_site.registry, "raster", code, "public")
    return own_site


def pixels(site, path: str, **query: object) -> tuple[np.ndarray, dict]:
    response = site.client.get(f"/ogc{path}", params=query)
    assert response.status_code == 200, response.text
    with warnings.catch_warnings(), MemoryFile(response.content) as memory:
        # A picture does not say where it lies
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        source = memory.open()
        return source.read(), {**source.profile, "bounds": source.bounds}


def test_a_raster_is_a_collection_for_those_who_may_see_it(site) -> None:
    listed = [one["id"] for one in site.json("/collections")["collections"]]
    assert {"raster:dem", "raster:photo"} <= {*listed}
    page = site.client.get("/ogc/collections?f=html").text
    assert "raster:dem/map" in page
    assert "raster:dem/items" not in page
    assert "components/items" in page
    alone = site.json(DEM)
    assert (alone["width"], alone["height"], alone["nodata"]) == (WIDTH, HEIGHT, -9999.0)
    for link in alone["links"]:
        response = site.client.get(link["href"].removeprefix("http://localhost"))
        assert response.status_code == 200, link
    classify_other(site.registry, "raster", "dem", "内部")
    classify_other(site.registry, "raster", "photo", "秘密")
    headers = {"authorization": f"Bearer {add_key(site.registry, 'test', ('editor',))[1]}"}
    few = {"authorization": f"Bearer {add_key(site.registry, 'x', ('editor',), counties=['500113'])[1]}"}
    for path in ("", "/coverage", "/map"):
        assert site.client.get(f"/ogc{DEM}{path}").status_code == 404
        assert site.client.get(f"/ogc{DEM}{path}", headers=few).status_code == 404
        assert site.client.get(f"/ogc{DEM}{path}", headers=headers).status_code == 200
        assert site.client.get(f"/ogc{PHOTO}{path}", headers=headers).status_code == 404


def test_a_coverage_is_the_values_that_were_delivered(site) -> None:
    values, profile = pixels(site, f"{DEM}/coverage")
    assert np.array_equal(values[0], heights())
    assert profile["transform"] == Affine(STEP, 0, EAST, 0, -STEP, NORTH)
    assert profile["nodata"] == -9999


def test_a_subset_is_cut_at_pixels(site) -> None:
    subset = f"E({EAST + 400}:{EAST + 600}),N({NORTH - 1000}:{NORTH - 700})"
    values, profile = pixels(site, f"{DEM}/coverage", subset=subset)
    assert np.array_equal(values[0], heights()[350:500, 200:300])
    assert tuple(profile["bounds"]) == (EAST + 400, NORTH - 1000, EAST + 600, NORTH - 700)


SIZES = (
    ({"scale-factor": "10"}, (60, 75)),
    ({"scale-size": "E(300),N(240)"}, (240, 300)),
    ({"width": "300"}, (240, 300)),
    ({"height": "60"}, (60, 75)),
)


def test_coarser_is_the_mean_of_what_is_there(site) -> None:
    for query, shape in SIZES:
        values, _profile = pixels(site, f"{DEM}/coverage", **query)
        assert values.shape == (1, *shape)
        step = WIDTH / shape[1]
        middle = values[0, shape[0] // 2 :, shape[1] // 2 :].astype(float)
        rows, columns = np.mgrid[shape[0] // 2 : shape[0], shape[1] // 2 : shape[1]]
        expected = (rows + columns + 1) * step - 1
        assert np.abs(middle - expected)[1:-1, 1:-1].max() <= step


def test_another_system_shows_the_same_places(site) -> None:
    to_degrees = Transformer.from_crs("EPSG:4545", "EPSG:4490", always_xy=True)
    longitude, latitude = to_degrees.transform(EAST + 750.0, NORTH - 600.0)
    box = f"{longitude - 0.002},{latitude - 0.002},{longitude + 0.002},{latitude + 0.002}"
    values, profile = pixels(site, f"{DEM}/coverage", bbox=box, crs="EPSG:4490", width=200, height=200)
    assert profile["crs"].to_epsg() == 4490
    assert values[0, 100, 100] == pytest.approx(heights()[300, 375], abs=4)
    swapped = f"{latitude - 0.002},{longitude - 0.002},{latitude + 0.002},{longitude + 0.002}"
    query = {"bbox": swapped, "bbox-crs": "EPSG:4490", "crs": "EPSG:4490", "width": 200, "height": 200}
    again, _profile = pixels(site, f"{DEM}/coverage", **query)
    assert np.array_equal(again, values)


def test_a_map_is_a_picture_clear_where_nothing_is(site) -> None:
    values, _profile = pixels(site, f"{PHOTO}/map", crs="EPSG:3857", width=256, height=256)
    assert values.shape == (4, 256, 256)
    assert values[:, 128, 128].tolist() == [200, 100, 50, 255]
    nothing, _profile = pixels(site, f"{PHOTO}/map", crs="EPSG:4545", bbox="0,0,1,1", width=64)
    assert not nothing[3].any()
    white, _profile = pixels(site, f"{PHOTO}/map", f="jpeg", bbox="0,0,1,1", width=64, height=64)
    assert (white.shape, int(white.min())) == ((3, 64, 64), 255)
    grey, _profile = pixels(site, f"{DEM}/map", width=150, height=120)
    assert grey[3, 2, 2] == 0
    assert grey[0, 60, 20] < grey[0, 60, 140]


REFUSED = (
    ("coverage", {"bbox": "1,2,3"}, "bbox", 400),
    ("coverage", {"bbox": "106,29,106,29"}, "bbox", 400),
    ("coverage", {"bbox": "106,29,107,30", "subset": "E(1:2)"}, "subset", 400),
    ("coverage", {"subset": "T(1:2)"}, "subset", 400),
    ("coverage", {"subset": "E(2:1)"}, "subset", 400),
    ("coverage", {"subset": "E(nan:inf)"}, "subset", 400),
    ("coverage", {"subset": "E(1:2)"}, "subset", 400),
    ("coverage", {"scale-factor": "0"}, "scale-factor", 400),
    ("coverage", {"scale-factor": "2", "width": "3"}, "scale-factor", 400),
    ("coverage", {"scale-size": "E(3),E(4)"}, "scale-size", 400),
    ("coverage", {"scale-factor": "0.001"}, "width", 413),
    ("coverage", {"crs": "EPSG:2000"}, "crs", 400),
    ("coverage", {"f": "jpeg"}, "f", 400),
    ("map", {"width": "-1"}, "width", 400),
    ("map", {"width": "99999", "height": "99999"}, "width", 413),
    ("map", {"subset": "E(1:2)"}, "subset", 400),
    ("map", {"bbox-crs": "EPSG:4490"}, "bbox-crs", 400),
)


def test_what_is_not_understood_or_too_much_is_named(site) -> None:
    for path, query, field, status in REFUSED:
        assert site.problem(f"{DEM}/{path}", status, **query)["field"] == field, query


def test_memory_is_that_of_the_answer(site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raster_views, "MAX_VALUES", 4 * 100 * 100)
    values, _profile = pixels(site, f"{DEM}/map", width=100, height=100, bbox="-179,-80,179,80")
    assert values.shape == (4, 100, 100)


@pytest.mark.parametrize("damage", ["cut", "zeroed", "gone"])
def test_damaged_files_are_a_problem_that_is_told(site, damage: str) -> None:
    folder = store.store_of(site.registry)
    for file in folder.glob("*.tif"):
        content = file.read_bytes()
        file.unlink()
        if damage == "cut":
            file.write_bytes(content[: len(content) // 3])
        elif damage == "zeroed":
            file.write_bytes(content[:4000] + bytes(len(content) - 4000))
    status = 503 if damage == "gone" else 422
    body = site.problem(f"{DEM}/coverage", status)
    assert str(folder) not in str(body)


def test_pictures_held_by_the_client_are_not_sent_again(site) -> None:
    response = site.client.get(f"/ogc{DEM}/map?width=50")
    again = site.client.get(f"/ogc{DEM}/map?width=50", headers={"if-none-match": response.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_whatever_is_asked_is_answered_or_refused(site) -> None:
    words = st.text(st.sampled_from("0123456789.,:()-ENLatlone+ "), max_size=20)
    names = st.sampled_from((*raster_views.PLACING, "f"))

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(query=st.dictionaries(names, words, max_size=3), path=st.sampled_from(("coverage", "map")))
    def ask(query: dict[str, str], path: str) -> None:
        response = site.client.get(f"/ogc{DEM}/{path}", params=query)
        assert response.status_code in (200, 400, 413)

    ask()
