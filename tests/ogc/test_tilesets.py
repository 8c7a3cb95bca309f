from __future__ import annotations

import mapbox_vector_tile
import pytest

from gis.editions import commit

# The WebMercatorQuad and CGCS2000Quad tiles of zoom 15 that hold 106.55 E, 29.56 N
HOLDING = {"WebMercatorQuad": (15, 13565, 26082), "CGCS2000Quad": (15, 11002, 52164)}


@pytest.mark.parametrize("tms", HOLDING)
def test_a_tile_holds_the_golden_component(site, tms: str) -> None:
    zoom, row, column = HOLDING[tms]
    response = site.client.get(f"/ogc/collections/components/tiles/{tms}/{zoom}/{row}/{column}?f=mvt")
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    assert "content-encoding" not in response.headers
    layer = mapbox_vector_tile.decode(response.content)["components"]
    assert "5001130101000000" in [feature["properties"]["id"] for feature in layer["features"]]


def test_an_unchanged_tile_is_not_sent_again(own_site, frames) -> None:
    path = "/ogc/collections/components/tiles/WebMercatorQuad/15/13565/26082"
    tag = own_site.client.get(path).headers["etag"]
    assert own_site.client.get(path, headers={"If-None-Match": f'"other", {tag}'}).status_code == 304
    changed = frames["components"].copy()
    changed.loc[0, "state"] = "破损"
    commit(own_site.registry, "components", changed)
    fresh = own_site.client.get(path, headers={"If-None-Match": tag})
    assert fresh.status_code == 200
    states = [
        f["properties"]["state"] for f in mapbox_vector_tile.decode(fresh.content)["components"]["features"]
    ]
    assert "破损" in states


def test_a_tile_below_the_layers_zoom_is_empty_and_says_why(site) -> None:
    response = site.client.get("/ogc/collections/components/tiles/CGCS2000Quad/5/0/0")
    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["wangge-tile-empty"] == "zoom; min=13; max=21"


def test_a_tile_where_nothing_lies_is_empty_without_a_reason(site) -> None:
    response = site.client.get("/ogc/collections/components/tiles/CGCS2000Quad/15/0/0")
    assert (response.status_code, response.content) == (200, b"")
    assert "wangge-tile-empty" not in response.headers


@pytest.mark.parametrize(
    ("path", "status", "field"),
    [
        ("components/tiles/WebMercatorQuad/15/99999/1", 400, "row"),
        ("components/tiles/WebMercatorQuad/15/1/99999", 400, "col"),
        ("components/tiles/WebMercatorQuad/23/1/1", 400, "z"),
        ("components/tiles/WebMercatorQuad/x/1/1", 400, "z"),
        ("components/tiles/WebMercatorQuad/1/-1/1", 400, "row"),
        ("components/tiles/WorldCRS84Quad/1/1/1", 404, "tileMatrixSetId"),
        ("components/tiles/WorldCRS84Quad", 404, "tileMatrixSetId"),
        ("divisions/tiles/WebMercatorQuad/1/1/1", 404, "collectionId"),
    ],
)
def test_an_address_that_is_not_there_is_refused(site, path: str, status: int, field: str) -> None:
    assert site.problem(f"/collections/{path}", status)["field"] == field


def test_tilesets_describe_both_sets(site) -> None:
    sets = site.json("/collections/unit-grids/tiles")["tilesets"]
    assert [one["tileMatrixSetId"] for one in sets] == ["WebMercatorQuad", "CGCS2000Quad"]
    assert all(one["dataType"] == "vector" for one in sets)
    template = next(link["href"] for link in sets[1]["links"] if link["rel"] == "item")
    assert template == (
        "http://localhost/ogc/collections/unit-grids/tiles/CGCS2000Quad/{tileMatrix}/{tileRow}/{tileCol}?f=mvt"
    )
    one = site.json("/collections/unit-grids/tiles/CGCS2000Quad")
    assert one["layers"][0]["id"] == "unit-grids"
    assert one["layers"][0]["minTileMatrix"] == "11"
    assert one["boundingBox"]["lowerLeft"] == pytest.approx([106.5, 29.5], abs=1e-4)


def test_the_definition_of_a_set_is_served(site) -> None:
    assert [one["id"] for one in site.json("/tileMatrixSets")["tileMatrixSets"]] == [
        "WebMercatorQuad",
        "CGCS2000Quad",
    ]
    definition = site.json("/tileMatrixSets/CGCS2000Quad")
    assert definition["crs"] == "http://www.opengis.net/def/crs/EPSG/0/4490"
    assert len(definition["tileMatrices"]) == 23
    assert site.problem("/tileMatrixSets/none", 404)["value"] == "none"
