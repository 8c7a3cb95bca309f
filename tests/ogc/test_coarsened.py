"""A public profile that coarsens places tells them no finer by any way of asking."""

from __future__ import annotations

from collections.abc import Iterator

import mapbox_vector_tile
import numpy as np
import pytest
import shapely

from gis.editions import commit
from gis.registry import Registry
from layers.catalogue import publish, seed_layers
from layers.coarsening import middles
from layers.keys import add_key
from layers.profile import PublicProfile
from tests.ogc.conftest import _asked, frame

WIDTH = 500.0
EXACT = np.array([[106.5503, 29.5602], [106.5523, 29.5621], [106.57, 29.55]])
COARSE = middles(EXACT, WIDTH)


@pytest.fixture
def site(registry: Registry) -> Iterator:
    rows = [{"id": str(n), "class_code": "0137", "standard": "2013", "state": "完好"} for n in range(3)]
    line = shapely.LineString([EXACT[1] - 0.0001, EXACT[1] + 0.0001])
    shapes = [shapely.Point(EXACT[0]), line, shapely.Point(EXACT[2])]
    commit(registry, "components", frame("components", rows, shapes), source="test")
    seed_layers(registry)
    profile = PublicProfile(coarsen_m=WIDTH, approval_number="渝S(2026)001号")
    publish(registry, "components", profile)
    _key, token = add_key(registry, "test", ["read-restricted"])
    with _asked(registry) as asked:
        asked.client.key = {"x-api-key": token}
        yield asked


def items(site, headers: dict[str, str] | None = None, **query: object) -> dict[str, tuple[float, float]]:
    answer = site.client.get("/ogc/collections/components/items", params=query, headers=headers or {})
    assert answer.status_code == 200, answer.text
    features = answer.json()["features"]
    assert answer.json().get("numberMatched", len(features)) == len(features)
    return {one["id"]: tuple(one["geometry"]["coordinates"]) for one in features}


def box(place: np.ndarray, half: float = 1e-5) -> str:
    return ",".join(f"{side:.7f}" for side in (*(place - half), *(place + half)))


def test_coordinates_are_the_middles_of_cells_with_a_key_the_places(site) -> None:
    seen = items(site)
    np.testing.assert_allclose([seen[str(n)] for n in range(3)], COARSE, atol=1e-7)
    np.testing.assert_allclose(items(site, site.client.key)["0"], EXACT[0], atol=1e-7)
    past = items(site, datetime="../2100-01-01T00:00:00Z")
    assert past == seen


@pytest.mark.parametrize("counts", ["none", "exact"])
def test_a_box_finds_what_is_shown_in_it_and_not_what_lies_there(site, counts: str) -> None:
    for number, (exact, coarse) in enumerate(zip(EXACT, COARSE, strict=True)):
        assert str(number) in items(site, bbox=box(coarse), counts=counts)
        assert str(number) not in items(site, bbox=box(exact), counts=counts)
        assert str(number) in items(site, site.client.key, bbox=box(exact), counts=counts)


def test_a_single_feature_and_other_systems_tell_no_more(site) -> None:
    path = "/ogc/collections/components/items/0"
    one = site.client.get(path).json()["geometry"]["coordinates"]
    np.testing.assert_allclose(one, COARSE[0], atol=1e-7)
    crs = "http://www.opengis.net/def/crs/EPSG/0/4490"
    lat_lon = site.client.get(path, params={"crs": crs}).json()["geometry"]["coordinates"]
    np.testing.assert_allclose(lat_lon[::-1], COARSE[0], atol=1e-7)


def test_filters_cannot_ask_for_the_place(site) -> None:
    path = "/ogc/collections/components/items"
    text = f"S_INTERSECTS(geometry, POINT({EXACT[0][0]} {EXACT[0][1]}))"
    assert site.client.get(path, params={"filter": text}).status_code == 400
    assert site.client.get(path, params={"filter": text}, headers=site.client.key).status_code == 200


@pytest.mark.parametrize("zoom", [12, 15, 18])
def test_tiles_show_the_middles_of_cells(site, zoom: int) -> None:
    for number, coarse in enumerate(COARSE):
        x = (coarse[0] + 180) / 360 * 2**zoom
        y = (1 - np.arcsinh(np.tan(np.radians(coarse[1]))) / np.pi) / 2 * 2**zoom
        path = f"/ogc/collections/components/tiles/WebMercatorQuad/{zoom}/{int(y)}/{int(x)}"
        content = site.client.get(path).content
        options = {"y_coord_down": True}
        features = mapbox_vector_tile.decode(content, default_options=options)["components"]["features"]
        placed = [np.array(one["geometry"]["coordinates"]) for one in features]
        inside = np.array([x % 1, y % 1]) * 4096
        # Counts of low zooms stand at the mean of a square
        assert min(np.abs(place - inside).max() for place in placed) <= (1.5 if zoom > 13 else 256), number


def test_the_collection_states_approval_and_coarsening(site) -> None:
    document = site.client.get("/ogc/collections/components?lang=zh").json()
    assert document["attribution"] == "审图号：渝S(2026)001号"
    assert document["coarsened_m"] == WIDTH
    assert "500 米" in document["description"]
    assert document["classification"] == "public"
    assert "coarsened_m" not in site.client.get("/ogc/collections/components", headers=site.client.key).json()
