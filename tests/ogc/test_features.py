from __future__ import annotations

import math
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from gis.editions import commit
from layers.catalogue import publish, withdraw

FIRST = "5001130101000000"

MERCATOR = (
    6378137 * math.radians(106.55),
    6378137 * math.log(math.tan(math.pi / 4 + math.radians(29.56) / 2)),
)
GOLDEN = {
    "http://www.opengis.net/def/crs/OGC/1.3/CRS84": (106.55, 29.56),
    "http://www.opengis.net/def/crs/EPSG/0/4326": (29.56, 106.55),
    "http://www.opengis.net/def/crs/EPSG/0/4490": (29.56, 106.55),
    "http://www.opengis.net/def/crs/EPSG/0/4524": (3272217.299, 36359474.087),
    "http://www.opengis.net/def/crs/EPSG/0/4544": (3272342.512, 650218.539),
    "http://www.opengis.net/def/crs/EPSG/0/3857": MERCATOR,
}


def follow(site, path: str, **parameters: object) -> list[dict]:
    """Read all pages by their links."""
    features, page = [], site.json(path, **parameters)
    while True:
        assert page["numberReturned"] == len(page["features"])
        features += page["features"]
        onward = [link["href"] for link in page["links"] if link["rel"] == "next"]
        if not onward:
            return features
        address = urlsplit(onward[0])
        assert address.netloc == "localhost"
        response = site.client.get(f"{address.path}?{address.query}")
        assert response.status_code == 200
        page = response.json()


def test_ten_features_are_returned_unless_more_are_asked_for(site) -> None:
    page = site.json("/collections/components/items")
    assert page["type"] == "FeatureCollection"
    assert page["numberReturned"] == len(page["features"]) == 10
    assert "numberMatched" not in page
    assert datetime.fromisoformat(page["timeStamp"]) <= datetime.now(UTC)
    assert site.json("/collections/components/items", limit=99999)["numberReturned"] == 250


def test_following_next_unites_to_the_table_and_keeps_the_question(site, frames) -> None:
    found = follow(site, "/collections/components/items", limit=60, class_code="0101", properties="id")
    table = frames["components"]
    assert [f["id"] for f in found] == list(table[table["class_code"] == "0101"]["id"])
    assert all(list(f["properties"]) == ["id"] for f in found)


def test_the_answer_is_geojson_with_links_to_itself_and_its_page(site) -> None:
    response = site.client.get("/ogc/collections/unit-grids/items?limit=2&lang=en")
    assert response.headers["content-type"] == "application/geo+json"
    links = {link["rel"]: link for link in response.json()["links"]}
    assert links["self"]["href"] == "http://localhost/ogc/collections/unit-grids/items?limit=2&lang=en"
    assert links["alternate"]["type"] == "text/html"
    assert parse_qs(urlsplit(links["alternate"]["href"]).query)["f"] == ["html"]
    assert links["collection"]["href"] == "http://localhost/ogc/collections/unit-grids"


@pytest.mark.parametrize("crs", GOLDEN)
def test_coordinates_are_golden_in_the_authoritys_axis_order(site, crs: str) -> None:
    response = site.client.get(f"/ogc/collections/components/items/{FIRST}", params={"crs": crs})
    assert response.headers["content-crs"] == f"<{crs}>"
    assert response.json()["geometry"]["coordinates"] == pytest.approx(GOLDEN[crs], abs=1e-3, rel=0)
    page = site.client.get("/ogc/collections/components/items", params={"crs": crs, "limit": 1})
    assert page.headers["content-crs"] == f"<{crs}>"
    assert page.json()["features"][0]["geometry"] == response.json()["geometry"]


def test_without_crs_coordinates_are_longitude_latitude(site) -> None:
    response = site.client.get(f"/ogc/collections/components/items/{FIRST}")
    assert response.headers["content-crs"] == "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>"
    assert response.json()["geometry"]["coordinates"] == [106.55, 29.56]


@pytest.mark.parametrize("crs", GOLDEN)
def test_a_box_around_the_golden_point_finds_it_alone_in_every_system(site, crs: str) -> None:
    size = 1e-6 if abs(GOLDEN[crs][0]) < 181 else 0.1
    box = ",".join(str(v) for v in (*(c - size for c in GOLDEN[crs]), *(c + size for c in GOLDEN[crs])))
    page = site.json("/collections/components/items", **{"bbox": box, "bbox-crs": crs})
    assert [f["id"] for f in page["features"]] == [FIRST]
    assert page["features"][0]["geometry"]["coordinates"] == [106.55, 29.56]


def test_a_box_of_six_numbers_is_read_without_its_heights(site) -> None:
    page = site.json("/collections/components/items", bbox="106.549,29.559,-100,106.551,29.561,9000")
    assert FIRST in [f["id"] for f in page["features"]]


@pytest.mark.parametrize(
    ("bbox", "field"),
    [
        ("1,2,3", "bbox"),
        ("1,2,3,x", "bbox"),
        ("1,2,3,nan", "bbox"),
        ("1,9,3,2", "bbox"),
        ("170,20,-170,10", "bbox"),
        ("1,2,3,4,5", "bbox"),
        ("", "bbox"),
    ],
)
def test_a_bad_box_is_refused_with_what_was_expected(site, bbox: str, field: str) -> None:
    problem = site.problem("/collections/components/items", 400, bbox=bbox)
    assert problem["field"] == field
    assert problem["value"] == bbox
    assert problem["expected"]


def test_a_box_across_the_180th_meridian_finds_what_lies_on_either_side(site, frames) -> None:
    path = "/collections/components/items"
    assert site.json(path, bbox="170,10,-170,40")["features"] == []
    found = site.json(path, limit=500, bbox="106.55,29,-170,40")["features"]
    assert [f["id"] for f in found] == list(
        frames["components"]["id"][frames["components"].geometry.x >= 106.55]
    )
    north_first = {"bbox": "29,106.55,40,-170", "bbox-crs": "http://www.opengis.net/def/crs/EPSG/0/4490"}
    assert site.json(path, limit=500, **north_first)["features"] == found
    both = site.json(path, limit=500, bbox="170,10,106.55,40", filter="class_code = '0201'")["features"]
    assert len(both) == len([f for f in both if f["properties"]["class_code"] == "0201"]) > 40


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"colour": "red"}, "colour"),
        ({"attributes": "x"}, "attributes"),
        ({"limit": "0"}, "limit"),
        ({"limit": "-1"}, "limit"),
        ({"limit": "ten"}, "limit"),
        ({"crs": "http://www.opengis.net/def/crs/EPSG/0/2381"}, "crs"),
        ({"crs": "http://www.opengis.net/def/crs/EPSG/0/4513"}, "crs"),
        ({"bbox": "1,2,3,4", "bbox-crs": "EPSG:1"}, "bbox-crs"),
        ({"bbox-crs": "EPSG:4490"}, "bbox-crs"),
        ({"datetime": "yesterday"}, "datetime"),
        ({"datetime": "2026-11-20"}, "datetime"),
        ({"datetime": "2026-11-21T00:00:00Z/2026-11-20T00:00:00Z"}, "datetime"),
        ({"properties": "id,colour"}, "properties"),
        ({"counts": "roughly"}, "counts"),
        ({"after": "somewhere"}, "after"),
        ({"f": "xml"}, "f"),
        ({"name": "a\0b"}, "name"),
    ],
)
def test_what_is_not_understood_is_refused_by_its_name(site, parameters: dict[str, str], field: str) -> None:
    problem = site.problem("/collections/components/items", 400, **parameters)
    assert problem["field"] == field


def test_an_unknown_property_is_answered_with_those_there_are(site) -> None:
    problem = site.problem("/collections/components/items", 400, colour="red")
    assert problem["value"] == "colour"
    assert "class_code" in problem["expected"]
    assert "attributes" not in problem["expected"]


def test_a_parameter_given_twice_is_refused(site) -> None:
    response = site.client.get("/ogc/collections/components/items?limit=1&limit=2")
    assert response.status_code == 400
    assert response.json()["field"] == "limit"


def test_counts_are_exact_when_asked_for(site, frames) -> None:
    asked = {"counts": "exact", "class_code": "0201", "limit": 1}
    assert site.json("/collections/components/items", **asked)["numberMatched"] == 125
    box = site.json("/collections/components/items", bbox="106.5,29.5,106.55,29.6", counts="exact", limit=1)
    assert box["numberMatched"] == int((frames["components"].geometry.x <= 106.55).sum())


def test_the_registry_can_be_asked_as_of_a_moment(own_site, frames) -> None:
    before = datetime.now(UTC).isoformat()
    changed = frames["grids"].copy()
    changed.loc[0, "name"] = "新名"
    commit(own_site.registry, "grids", changed)
    path = "/collections/unit-grids/items"
    then = own_site.json(path, datetime=before)["features"]
    assert [f["properties"]["name"] for f in then] == ["网格1", "网格2", "网格3", "网格4"]
    ever = follow(own_site, path, datetime=f"../{datetime.now(UTC).isoformat()}", limit=3)
    assert [f["properties"]["name"] for f in ever] == ["新名", "网格2", "网格3", "网格4"]
    assert own_site.json(path, datetime="2001-01-01T00:00:00Z")["features"] == []
    assert own_site.json(path, datetime="2001-01-01T00:00:00Z/2002-01-01T00:00:00Z")["features"] == []


@pytest.mark.parametrize("feature_id", ["环卫:A/1", "%E7%8E%AF%E5%8D%AB%3AA%2F1", "1"])
def test_a_feature_with_a_composite_key_is_found_by_key_and_fid(site, feature_id: str) -> None:
    feature = site.json(f"/collections/areas/items/{feature_id}")
    assert feature["id"] == "环卫:A/1"
    assert feature["properties"]["classes"] == ["01"]
    address = next(link["href"] for link in feature["links"] if link["rel"] == "self")
    assert site.client.get(address).json()["id"] == "环卫:A/1"


def test_a_missing_feature_is_404(site) -> None:
    problem = site.problem("/collections/components/items/none", 404)
    assert problem["field"] == "featureId"
    assert problem["value"] == "none"


@pytest.mark.parametrize("path", ["", "/items", "/items/500113", "/queryables", "/schema", "/tiles"])
def test_a_layer_that_is_not_public_does_not_exist(site, path: str) -> None:
    problem = site.problem(f"/collections/divisions{path}", 404)
    assert problem["field"] == "collectionId"
    assert "divisions" not in problem["expected"]


def test_nothing_unpublished_leaves_over_any_form(site) -> None:
    for path in ("/collections/components/items", "/collections/unit-grids/items"):
        for form in ("json", "html"):
            text = site.client.get(f"/ogc{path}?limit=250&f={form}").text
            assert "13800000000" not in text
            assert "李某" not in text


def test_a_layer_published_while_serving_is_served(own_site) -> None:
    own_site.problem("/collections/divisions/items", 404)
    publish(own_site.registry, "divisions")
    assert own_site.json("/collections/divisions/items")["numberReturned"] == 1
    withdraw(own_site.registry, "divisions")
    own_site.problem("/collections/divisions/items", 404)


def test_an_answer_the_client_holds_is_not_sent_again_until_the_data_change(
    own_site, frames, monkeypatch
) -> None:
    path = "/ogc/collections/unit-grids/items"
    first = own_site.client.get(path)
    tag = first.headers["etag"]
    again = own_site.client.get(path, headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert own_site.client.get(f"{path}?limit=1", headers={"If-None-Match": tag}).status_code == 200
    changed = frames["grids"].copy()
    changed.loc[0, "name"] = "新名"
    commit(own_site.registry, "grids", changed)
    after = own_site.client.get(path, headers={"If-None-Match": tag})
    assert after.status_code == 200
    assert after.headers["etag"] != tag


def test_errors_speak_the_language_of_the_request(site) -> None:
    path = "/ogc/collections/components/items?colour=red"
    chinese = site.client.get(path).json()["detail"]
    english = site.client.get(path, headers={"Accept-Language": "en-GB,en;q=0.9,zh;q=0.1"}).json()["detail"]
    assert english == "components has no property colour"
    assert chinese != english
    assert site.client.get(path + "&lang=en").json()["detail"] == english
