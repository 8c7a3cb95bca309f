"""What OGC API - Maps (20-058) wants of the maps of rasters."""

from __future__ import annotations

import pytest
from pyproj import Transformer
from rasterio.io import MemoryFile

from gis.models import DATASETS
from ogc.conformance import CLASSES
from tests.ogc.test_rasters import DEM, EAST, HEIGHT, NORTH, STEP, WIDTH, site

__all__ = ["site"]

OWN = (EAST, NORTH - HEIGHT * STEP, EAST + WIDTH * STEP, NORTH)
EPSG = "http://www.opengis.net/def/crs/EPSG/0"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"


def answered(site, path: str, **query: object) -> tuple[str, list[float]]:
    """Return the coordinate system and the rectangle that an answer says of itself."""
    response = site.client.get(f"/ogc{DEM}/{path}", params=query)
    assert response.status_code == 200, response.text
    assert response.headers["content-datetime"].endswith("Z")
    crs = response.headers["content-crs"].removeprefix("<").removesuffix(">")
    return crs, [float(part) for part in response.headers["content-bbox"].split(",")]


def test_the_classes_are_declared() -> None:
    declared = {name.rpartition("/")[2] for name in CLASSES if "/ogcapi-maps-1/" in name}
    assert declared == {"core", "collection-map", "crs", "png", "jpeg"}


def test_a_collection_tells_its_own_system_and_the_others(site) -> None:
    document = site.json(DEM)
    assert document["storageCrs"] == f"{EPSG}/4545"
    assert {CRS84, f"{EPSG}/4490", f"{EPSG}/3857", f"{EPSG}/4545"} <= {*document["crs"]}
    south, west, north, east = document["extent"]["spatial"]["storageCrsBbox"][0]
    assert (west, south, east, north) == pytest.approx(OWN, abs=0.01)
    assert any(link["rel"] == "http://www.opengis.net/def/rel/ogc/1.0/map" for link in document["links"])


@pytest.mark.parametrize("path", ["map", "coverage"])
def test_by_itself_an_answer_is_in_the_system_of_the_raster(site, path: str) -> None:
    crs, box = answered(site, path)
    west, south, east, north = OWN
    assert (crs, box) == (f"{EPSG}/4545", [south, west, north, east])


def test_any_system_of_the_collection_is_answered_in_its_own_axes(site) -> None:
    for uri in site.json(DEM)["crs"]:
        crs, box = answered(site, "map", crs=uri, width=40)
        assert crs == uri
        code = "OGC:CRS84" if uri == CRS84 else f"EPSG:{uri.rpartition('/')[2]}"
        west, south, east, north = Transformer.from_crs(code, "EPSG:4545").transform_bounds(*box)
        # Axes of EPSG:4545 have the northing first
        assert (south, west, north, east) == pytest.approx(OWN, abs=60)


def test_a_box_is_what_is_shown(site) -> None:
    crs, box = answered(site, "map", bbox="106.5,29.5,106.6,29.6", crs=CRS84, width=20)
    assert (crs, box) == (CRS84, [106.5, 29.5, 106.6, 29.6])
    crs, box = answered(site, "map", bbox="106.5,29.5,106.6,29.6", crs="[EPSG:4490]", width=20)
    assert (crs, box) == (f"{EPSG}/4490", [29.5, 106.5, 29.6, 106.6])


def test_a_raster_in_a_system_that_is_not_on_offer_is_drawn_in_crs84(site) -> None:
    table = DATASETS["rasters"].live
    with site.registry.begin() as connection:
        connection.execute(table.update().values(crs="EPSG:32648 (WGS 84 / UTM zone 48N)"))
    assert "storageCrs" not in site.json(DEM)
    assert answered(site, "map", width=20)[0] == CRS84
    response = site.client.get(f"/ogc{DEM}/coverage")
    assert "content-crs" not in response.headers
    with MemoryFile(response.content) as memory, memory.open() as source:
        assert source.shape == (HEIGHT, WIDTH)
