"""Who may ask the interfaces behind the map, and what of the registry he is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import geopandas as gpd
import httpx
import pandas as pd
import pytest
from shapely.geometry import Point
from starlette.applications import Starlette

from gis.editions import commit
from gis.read import read_frame
from gis.registry import Registry
from layers.catalogue import publish
from layers.keys import add_key
from layers.profile import PublicProfile
from responsibility.cases.proposals import read_proposals
from web.app import create_app

COUNTY, COVER = "500199", "5001990101000001"
INSIDE = {"lon": "106.5005", "lat": "29.4005", "class": "0101"}
OUTSIDE = {"lon": "107.5", "lat": "29.4005", "class": "0101"}
GONE = {"change": "gone", "component": COVER, "source": "gps"}

Ask = Callable[..., httpx.Response]


@pytest.fixture
def client(
    city: Registry, client_of: Callable[[Starlette], httpx.Client], monkeypatch: pytest.MonkeyPatch
) -> Iterator[httpx.Client]:
    monkeypatch.setattr("layers.published.CHECK_EVERY", 0.0)
    monkeypatch.setattr("layers.key_ring.CHECK_EVERY", 0.0)
    app = create_app(city)
    yield client_of(app)
    app.state.gate.ring.close()


def key(city: Registry, *roles: str, **scope: list[str]) -> dict[str, str]:
    return {"x-api-key": add_key(city, "test", roles, **scope)[1]}


def kinds(client: httpx.Client, text: str, headers: dict[str, str]) -> set[str]:
    answer = client.get("/api/search", params={"q": text, "limit": 50}, headers=headers)
    assert answer.status_code == 200, answer.text
    return {result["kind"] for result in answer.json()["results"]}


ASKED: tuple[tuple[str, str, Any], ...] = (
    ("GET", "/api/search?q=青杉", None),
    ("GET", "/api/resolve?lon=106.5005&lat=29.4005", None),
    ("POST", "/api/resolve", {"cases": [INSIDE]}),
    ("POST", "/api/resolve/x/outcome", {"question": INSIDE, "result": "accepted"}),
    ("POST", "/api/changes", GONE),
    ("GET", "/api/precedents", None),
)


@pytest.mark.parametrize(("method", "path", "body"), ASKED)
def test_without_a_key_nothing_is_answered_once_one_was_made(client, city, method, path, body) -> None:
    assert client.request(method, path, json=body).status_code != 401
    key(city, "admin")
    refused = client.request(method, path, json=body)
    assert refused.status_code == 401
    assert refused.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(("method", "path", "body"), ASKED)
def test_a_server_that_others_reach_asks_for_a_key_from_the_start(
    city, client_of, method, path, body
) -> None:
    for app in (create_app(city, host="0.0.0.0"), create_app(city, public_url="https://city.example")):
        assert client_of(app).request(method, path, json=body).status_code == 401


def test_what_a_role_is_not_for_is_forbidden(client: httpx.Client, city: Registry) -> None:
    surveyor, dispatcher = key(city, "surveyor"), key(city, "dispatcher")
    assert client.get("/api/precedents", headers=surveyor).status_code == 403
    assert client.get("/api/precedents", headers=dispatcher).status_code == 200
    outcome = {"question": INSIDE, "result": "accepted"}
    assert client.post("/api/resolve/x/outcome", json=outcome, headers=surveyor).status_code == 403
    assert client.post("/api/changes", json=GONE, headers=key(city, "read-restricted")).status_code == 403
    assert list(read_proposals(city)) == []
    assert client.post("/api/changes", json=GONE, headers=surveyor).status_code == 201


def test_a_key_of_a_district_gets_answers_about_it_alone(client: httpx.Client, city: Registry) -> None:
    ours, others = (key(city, "dispatcher", counties=[code]) for code in (COUNTY, "500114"))
    assert client.get("/api/resolve", params=INSIDE, headers=ours).status_code == 200
    assert client.get("/api/resolve", params=INSIDE, headers=others).status_code == 403
    assert client.get("/api/resolve", params=OUTSIDE, headers=ours).status_code == 403
    many = client.post("/api/resolve", json={"cases": [INSIDE, OUTSIDE]}, headers=ours).json()["resolutions"]
    assert many[0]["unit_grid"]["code"].startswith(COUNTY)
    assert set(many[1]) == {"problem"}
    assert many[1]["problem"]["status"] == 403


@pytest.mark.parametrize(
    "change",
    [
        GONE,
        {"change": "moved", "component": COVER, "lon": 106.5005, "lat": 29.4005},
        {"change": "new", **INSIDE},
    ],
    ids=["gone", "moved", "new"],
)
def test_a_key_of_a_district_proposes_changes_there_alone(client, city, change) -> None:
    ours, others = (key(city, "surveyor", counties=[code]) for code in (COUNTY, "500114"))
    assert client.post("/api/changes", json=change, headers=others).status_code == 403
    away = {**change, "lon": 107.5, "lat": 29.4}
    if change["change"] != "gone":
        assert client.post("/api/changes", json=away, headers=ours).status_code == 403
    assert list(read_proposals(city)) == []
    assert client.post("/api/changes", json=change, headers=ours).status_code == 201


def test_a_key_of_a_district_records_outcomes_there_alone(client: httpx.Client, city: Registry) -> None:
    ours, others = (key(city, "dispatcher", counties=[code]) for code in (COUNTY, "500114"))
    answer = client.get("/api/resolve", params=INSIDE, headers=ours).json()
    outcome = {"question": {**INSIDE, "as_of": answer["as_of"]}, "result": "accepted"}
    path = f"/api/resolve/{answer['answer_id']}/outcome"
    assert client.post(path, json=outcome, headers=others).status_code == 403
    assert client.post(path, json=outcome, headers=ours).status_code == 201


def test_the_search_finds_what_the_key_may_read(client: httpx.Client, city: Registry) -> None:
    assert kinds(client, "青杉", {}) == {"division", "street", "organisation", "place", "address"}
    assert kinds(client, "青杉", key(city, "editor")) == kinds(client, "青杉", key(city, "read-restricted"))
    ours, others = (key(city, "editor", counties=[code]) for code in (COUNTY, "500114"))
    # Streets and places do not say in which district they lie
    assert kinds(client, "青杉", ours) == {"division", "address"}
    assert kinds(client, "松塘", ours) >= {"organisation"}
    assert kinds(client, COUNTY, ours) == {"grid", "component", "division"}
    assert kinds(client, "青杉", others) == kinds(client, COUNTY, others) == set()
    assert kinds(client, COUNTY, key(city, "editor", layers=["unit-grids"])) == {"grid"}


def test_the_search_finds_by_aliases_only_what_the_key_may_read(client: httpx.Client, city: Registry) -> None:
    alias = {"scheme": ["manhole"], "identifier": ["JG-0001"], "component_id": [COVER], "note": [None]}
    commit(city, "component-aliases", pd.DataFrame(alias))
    ours, others = (key(city, "editor", counties=[code]) for code in (COUNTY, "500114"))
    assert kinds(client, "JG-0001", ours) == {"component"}
    assert kinds(client, "JG-0001", others) == set()


def test_a_key_of_other_layers_than_components_resolves_nothing(client: httpx.Client, city: Registry) -> None:
    refused = client.get("/api/resolve", params=INSIDE, headers=key(city, "admin", layers=["unit-grids"]))
    assert refused.status_code == 403
    allowed = client.get("/api/resolve", params=INSIDE, headers=key(city, "admin", layers=["components"]))
    assert allowed.status_code == 200


def test_precedents_of_other_districts_are_not_told(client: httpx.Client, city: Registry) -> None:
    frame = read_frame(city, "precedents")
    rows = [
        {"code": f"P{number}", "kind": "component", "component_id": component, "unit_name": "某单位"}
        for number, component in enumerate((COVER, None), start=1)
    ]
    table = pd.DataFrame(rows).reindex(columns=frame.columns.drop("geometry"))
    commit(city, "precedents", gpd.GeoDataFrame(table, geometry=[None, Point(106.5, 29.4)], crs=4490))

    def told(headers: dict[str, str]) -> list[str]:
        answer = client.get("/api/precedents", headers=headers)
        return [one["code"] for one in answer.json()["precedents"]]

    assert told(key(city, "dispatcher")) == ["P1", "P2"]
    assert told(key(city, "dispatcher", counties=[COUNTY])) == ["P1"]
    assert told(key(city, "dispatcher", counties=["500114"])) == []


def test_the_map_learns_the_layers_its_reader_may_see(client: httpx.Client, city: Registry) -> None:
    headers = key(city, "read-restricted")

    def listed(**details: Any) -> set[str]:
        return {layer["id"] for layer in client.get("/api/map", **details).json()["layers"]}

    assert "areas" not in listed()
    assert "areas" in listed(headers=headers)
    labels = "/api/labels/areas?bbox=106,29,107,30"
    assert client.get(labels).status_code == 404
    assert client.get(labels, headers=headers).status_code == 200


def test_the_map_shows_under_which_approval_a_layer_is_published(client, city) -> None:
    publish(city, "places", PublicProfile(approval_number="渝S(2026)001号"))
    layers = {layer["id"]: layer for layer in client.get("/api/map?lang=zh").json()["layers"]}
    assert layers["places"]["attribution"] == "审图号：渝S(2026)001号"
    assert layers["streets"]["attribution"] is None
    page = client.get("/ogc/collections/places?f=html&lang=zh")
    assert "审图号：渝S(2026)001号" in page.text


def test_health_is_told_to_everybody_even_without_a_database(city, client_of, monkeypatch) -> None:
    client = client_of(create_app(city, host="0.0.0.0"))
    key(city, "admin")
    assert client.get("/healthz", headers={"x-api-key": "wk_wrong"}).status_code == 200
