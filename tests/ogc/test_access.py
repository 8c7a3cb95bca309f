"""Who sees what under ``/ogc``: the public, keys of roles and scopes, and the person at the machine."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
import shapely
from sqlalchemy import insert

from gis.columns import to_json
from gis.editions import commit
from gis.models import layers, settings
from gis.registry import Registry
from layers.catalogue import publish, seed_layers, withdraw
from layers.keys import add_key
from tests.ogc.conftest import _asked, frame

ROWS = [
    {"id": "5001130101000001", "class_code": "0101", "standard": "2013", "county": "500113", "state": "完好"},
    {"id": "5001130105000001", "class_code": "0105", "standard": "2013", "county": "500113", "state": "完好"},
    {"id": "5001140137000001", "class_code": "0137", "standard": "2013", "county": "500114", "state": "破损"},
    {"id": "500114010500000101", "class_code": "010501", "standard": "2013", "county": "500114"},
    {"id": "5001130137000001", "class_code": "0137", "standard": "2007", "county": "500113"},
]
PLACES = [shapely.Point(106.55 + place * 0.001, 29.56) for place in range(len(ROWS))]
LAMP, COVER, KIOSK = "5001140137000001", "5001130101000001", "5001130137000001"


@pytest.fixture
def site(registry: Registry, frames, monkeypatch: pytest.MonkeyPatch) -> Iterator:
    monkeypatch.setattr("layers.published.CHECK_EVERY", 0.0)
    monkeypatch.setattr("layers.key_ring.CHECK_EVERY", 0.0)
    for dataset in ("divisions", "grids", "areas"):
        commit(registry, dataset, frames[dataset], source="test")
    commit(registry, "components", frame("components", ROWS, PLACES), source="test")
    seed_layers(registry)
    publish(registry, "components")
    with _asked(registry) as asked:
        yield asked


def key(site, *roles: str, **scope: list[str]) -> dict[str, str]:
    return {"authorization": f"Bearer {add_key(site.registry, 'test', roles, **scope)[1]}"}


def ids(response: httpx.Response) -> set[str]:
    assert response.status_code == 200, response.text
    return {feature["id"] for feature in response.json()["features"]}


def items(site, layer: str = "components", headers: dict[str, str] | None = None, **query: object):
    return site.client.get(f"/ogc/collections/{layer}/items", params=query, headers=headers or {})


def set_public_profile(registry: Registry, **profile: object) -> None:
    with registry.begin() as connection:
        stored = layers.update().where(layers.c.id == "components")
        connection.execute(stored.values(public_profile=to_json(profile)))
        connection.execute(insert(settings).values(key=f"touched-{profile}", value="1"))
    publish(registry, "areas")


def test_while_no_key_was_made_the_machine_itself_sees_what_is_public_whole(site) -> None:
    assert ids(items(site)) == {row["id"] for row in ROWS}
    assert items(site, "unit-grids").status_code == 404


def test_once_a_key_was_made_the_public_does_not_see_restricted_classes(site) -> None:
    key(site, "admin")
    assert ids(items(site)) == {COVER, LAMP, KIOSK}
    hidden = ROWS[1]["id"]
    assert site.client.get(f"/ogc/collections/components/items/{hidden}").status_code == 404
    assert items(site, counts="exact").json()["numberMatched"] == 3
    assert ids(items(site, bbox="106,29,107,30")) == {COVER, LAMP, KIOSK}
    assert ids(items(site, class_code="0105")) == set()
    assert ids(items(site, datetime="2000-01-01T00:00:00Z/..")) == {COVER, LAMP, KIOSK}


def test_what_is_not_public_does_not_exist_without_a_key_and_is_there_with_one(site) -> None:
    headers = key(site, "read-restricted")
    absent, hidden = items(site, "nothing"), items(site, "unit-grids")
    assert (absent.status_code, hidden.status_code) == (404, 404)
    assert absent.json()["expected"] == hidden.json()["expected"] == "components"
    assert len(ids(items(site, "unit-grids", headers))) == 4
    listed = site.client.get("/ogc/collections", headers=headers).json()["collections"]
    assert {"unit-grids", "components"} <= {one["id"] for one in listed}
    listed = site.client.get("/ogc/collections").json()["collections"]
    assert [one["id"] for one in listed] == ["components", "metadata"]
    for path in (
        "queryables",
        "schema",
        "tiles",
        "tiles/WebMercatorQuad/15/13565/26082",
        "items/500113001001001",
    ):
        address = f"/ogc/collections/unit-grids/{path}"
        assert site.client.get(address).status_code == 404, path
        assert site.client.get(address, headers=headers).status_code == 200, path


def test_a_key_in_either_header_counts_and_a_wrong_one_is_refused_everywhere(site) -> None:
    token = key(site, "editor")["authorization"].removeprefix("Bearer ")
    assert items(site, "areas", {"x-api-key": token}).status_code == 200
    assert items(site, "areas", {"authorization": f"bearer {token}"}).status_code == 200
    for headers in ({"x-api-key": "wk_none"}, {"authorization": "Bearer "}):
        refused = items(site, "components", headers)
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"].startswith("Bearer")
        assert refused.headers["content-type"] == "application/problem+json"
    both = {"x-api-key": token, "authorization": "Bearer other"}
    assert items(site, "components", both).status_code == 400
    assert items(site, "components", token=token).status_code == 400


def test_the_description_says_how_a_key_is_given(site) -> None:
    document = site.client.get("/ogc/api").json()
    schemes = document["components"]["securitySchemes"]
    assert {tuple(sorted(way)) for way in document["security"]} == {(), *((name,) for name in schemes)}
    token = key(site, "editor")["authorization"].removeprefix("Bearer ")
    assert items(site, "areas", {schemes["key"]["name"]: token}).status_code == 200


def test_a_key_of_a_district_sees_its_rows_and_of_layers_that_do_not_say_only_the_public_ones(site) -> None:
    headers = key(site, "editor", counties=["500114"])
    assert ids(items(site, "components", headers)) == {LAMP, ROWS[3]["id"]}
    assert site.client.get(f"/ogc/collections/components/items/{COVER}", headers=headers).status_code == 404
    assert ids(items(site, "unit-grids", headers)) == set()
    assert items(site, "areas", headers).status_code == 404
    publish(site.registry, "areas")
    assert len(ids(items(site, "areas", headers))) == 2


def test_a_key_of_a_layer_sees_of_the_others_what_the_public_sees(site) -> None:
    headers = key(site, "admin", layers=["unit-grids"])
    assert items(site, "unit-grids", headers).status_code == 200
    assert items(site, "divisions", headers).status_code == 404
    assert ids(items(site, "components", headers)) == {COVER, LAMP, KIOSK}


def test_the_public_profile_lists_classes_and_properties(site) -> None:
    headers = key(site, "editor")
    set_public_profile(site.registry, classes=["2013:0137"], properties=["id", "class_code"])
    (lamp,) = items(site).json()["features"]
    assert lamp["id"] == LAMP
    assert set(lamp["properties"]) == {"id", "class_code"}
    assert items(site, state="破损").status_code == 400
    assert items(site, properties="state").status_code == 400
    assert "state" not in site.client.get("/ogc/collections/components/schema").text
    assert "maintainer_name" not in site.client.get("/ogc/api").text
    assert ids(items(site, "components", headers)) == {row["id"] for row in ROWS}
    assert len(ids(items(site, "components", headers, state="破损"))) == 1


def test_tiles_hold_what_their_asker_may_see(site) -> None:
    headers = key(site, "editor")
    path = "/ogc/collections/components/tiles/WebMercatorQuad/15/13565/26082"
    public, whole = site.client.get(path), site.client.get(path, headers=headers)
    assert (public.status_code, whole.status_code) == (200, 200)
    assert COVER.encode() in public.content
    assert ROWS[1]["id"].encode() in whole.content
    assert ROWS[1]["id"].encode() not in public.content


def test_an_answer_to_a_key_is_not_taken_for_one_to_the_public(site) -> None:
    headers = key(site, "editor")
    whole = items(site, "components", headers)
    again = items(site, "components", {**headers, "if-none-match": whole.headers["etag"]})
    assert again.status_code == 304
    public = items(site, "components", {"if-none-match": whole.headers["etag"]})
    assert public.status_code == 200
    assert "private" in whole.headers["cache-control"]
    assert "private" not in public.headers["cache-control"]
    for answer in (whole, public):
        assert "Authorization" in answer.headers["vary"]


def test_a_layer_of_some_roles_is_hidden_from_others(site) -> None:
    with site.registry.begin() as connection:
        chosen = layers.update().where(layers.c.id == "unit-grids")
        connection.execute(chosen.values(roles='["dispatcher"]'))
    withdraw(site.registry, "areas")
    assert items(site, "unit-grids", key(site, "dispatcher")).status_code == 200
    assert items(site, "unit-grids", key(site, "editor")).status_code == 404


@pytest.mark.parametrize("level", ["secret", "top-secret", "forgotten"])
def test_a_layer_of_a_level_that_is_not_served_is_nobodys(site, level: str) -> None:
    with site.registry.begin() as connection:
        chosen = layers.update().where(layers.c.id == "components")
        connection.execute(chosen.values(classification=level))
    withdraw(site.registry, "areas")
    assert items(site).status_code == 404
    assert items(site, "components", key(site, "admin")).status_code == 404


EXECUTION = "/ogc/processes/resolve/execution"
INPUTS = {"inputs": {"lon": 106.51, "lat": 29.51, "class": "0101"}}


def test_the_process_resolve_wants_a_key_of_the_district(site) -> None:
    assert site.client.post(EXECUTION, json=INPUTS).status_code == 200
    headers = key(site, "dispatcher")
    assert site.client.post(EXECUTION, json=INPUTS).status_code == 401
    assert site.client.post(EXECUTION, json=INPUTS, headers=headers).status_code == 200
    of_district = key(site, "dispatcher", counties=["500113"])
    assert site.client.post(EXECUTION, json=INPUTS, headers=of_district).status_code == 200
    elsewhere = key(site, "dispatcher", counties=["500114"])
    refused = site.client.post(EXECUTION, json=INPUTS, headers=elsewhere)
    assert refused.status_code == 403
    assert "500113" in refused.json()["value"]


@pytest.mark.parametrize(
    "headers",
    [
        {"x-forwarded-for": "10.0.0.1"},
        {"forwarded": "for=10.0.0.1"},
        {"via": "1.1 proxy"},
        {"host": "city.example"},
    ],
)
def test_what_comes_through_a_proxy_or_under_another_name_is_not_local(site, headers) -> None:
    assert site.client.post(EXECUTION, json=INPUTS, headers=headers).status_code in (400, 401)


def test_pages_of_other_sites_change_nothing_at_the_machine(site) -> None:
    headers = {"origin": "https://evil.example"}
    assert site.client.post(EXECUTION, json=INPUTS, headers=headers).status_code == 403
    assert site.client.post(EXECUTION, json=INPUTS, headers={"origin": "http://localhost"}).status_code == 200
