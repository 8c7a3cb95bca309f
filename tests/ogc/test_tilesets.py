from __future__ import annotations

import mapbox_vector_tile
import pytest

from gis.editions import commit

# The WebMercatorQuad and CGCS2000Quad tiles of zoom 15 that hold 106.55 E, 29.56 N
HOLDING = {
    "WebMercatorQuad": (15, 13565, 26082),
    "CGCS2000Quad": (15, 11002, 52164),
    "c": (16, 11002, 52164),
}


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


def test_a_tile_below_the_zoom_of_a_layer_of_points_counts_them(site) -> None:
    response = site.client.get("/ogc/collections/components/tiles/c/7/21/101")
    assert response.status_code == 200
    features = mapbox_vector_tile.decode(response.content)["components"]["features"]
    assert sum(feature["properties"]["count"] for feature in features) == 250


def test_a_tile_within_the_limits_where_nothing_lies_has_no_content(site) -> None:
    limits = site.json("/collections/components/tiles/CGCS2000Quad")["tileMatrixSetLimits"]
    last = next(one for one in limits if one["tileMatrix"] == "20")
    for column in range(last["minTileCol"], last["minTileCol"] + 20):
        path = f"/ogc/collections/components/tiles/CGCS2000Quad/20/{last['minTileRow'] + 1}/{column}"
        response = site.client.get(path)
        if response.status_code == 204:
            break
    assert (response.status_code, response.content) == (204, b"")
    assert response.headers["etag"]
    assert site.client.get(path, headers={"If-None-Match": response.headers["etag"]}).status_code == 304


@pytest.mark.parametrize("tms", HOLDING)
def test_limits_hold_all_tiles_with_content_and_tiles_beyond_are_not_found(site, tms: str) -> None:
    limits = site.json(f"/collections/unit-grids/tiles/{tms}")["tileMatrixSetLimits"]
    one = limits[2]
    zoom, rows, columns = one["tileMatrix"], ("minTileRow", "maxTileRow"), ("minTileCol", "maxTileCol")
    first_row, last_row = (one[name] for name in rows)
    first_column, last_column = (one[name] for name in columns)
    root = f"/collections/unit-grids/tiles/{tms}/{zoom}"
    for row, column in ((first_row, first_column), (last_row, last_column)):
        assert site.client.get(f"/ogc{root}/{row}/{column}").status_code == 200
    for row, column, field in (
        (first_row - 1, first_column, "row"),
        (last_row + 1, last_column, "row"),
        (first_row, first_column - 1, "col"),
        (last_row, last_column + 1, "col"),
    ):
        problem = site.problem(f"{root}/{row}/{column}", 404)
        assert problem["field"] == field
    below = site.problem(f"/collections/unit-grids/tiles/{tms}/{int(limits[0]['tileMatrix']) - 1}/0/0", 404)
    assert below["field"] == "z"


def test_a_change_elsewhere_leaves_the_tag_of_a_tile(own_site, frames) -> None:
    path = "/ogc/collections/unit-grids/tiles/WebMercatorQuad/15/13565/26082"
    tag = own_site.client.get(path).headers["etag"]
    changed = frames["components"].copy()
    changed.loc[0, "state"] = "破损"
    commit(own_site.registry, "components", changed)
    assert own_site.client.get(path, headers={"If-None-Match": tag}).status_code == 304


def test_a_held_tile_is_the_same_and_not_made_again(own_site, monkeypatch) -> None:
    path = "/ogc/collections/components/tiles/WebMercatorQuad/15/13565/26082"
    first = own_site.client.get(path)

    def made_again(*_arguments: object) -> None:
        raise AssertionError("made again")

    monkeypatch.setattr("ogc.database.tile_statement", made_again)
    second = own_site.client.get(path)
    assert (second.status_code, second.content) == (200, first.content)


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
    assert [one["tileMatrixSetId"] for one in sets] == ["WebMercatorQuad", "CGCS2000Quad", "c"]
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
        "c",
    ]
    definition = site.json("/tileMatrixSets/CGCS2000Quad")
    assert definition["crs"] == "http://www.opengis.net/def/crs/EPSG/0/4490"
    assert len(definition["tileMatrices"]) == 23
    assert site.problem("/tileMatrixSets/none", 404)["value"] == "none"


def test_every_tileset_names_its_set_and_every_operation_on_tiles_has_the_name_of_the_standard(site) -> None:
    for tileset in site.json("/collections/components/tiles")["tilesets"]:
        assert tileset["tileMatrixSetURI"].startswith("http")
        if tileset["tileMatrixSetURI"].startswith("http://localhost"):
            assert site.client.get(tileset["tileMatrixSetURI"]).json()["id"] == tileset["tileMatrixSetId"]
    paths = site.json("/api")["paths"]
    named = [paths[path]["get"].get("operationId") for path in paths if "/tiles" in path]
    assert len(set(named)) == len(named)
    assert {name.rpartition(".")[2] for name in named} == {"getTileSetsList", "getTileSet", "getTile"}
