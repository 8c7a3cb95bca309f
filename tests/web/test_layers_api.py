"""``/api/layers``: layers made, changed, published and removed while the server runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest
from starlette.applications import Starlette

from gis.registry import Registry
from layers.catalogue import list_layers
from layers.keys import add_key
from web.app import create_app

LAMPS = {
    "id": "lamps",
    "collection": "components",
    "title_zh": "路灯",
    "title_en": "Lamps",
    "classes": ["2013:0137"],
}


@pytest.fixture
def client(
    city: Registry, client_of: Callable[[Starlette], httpx.Client], monkeypatch: pytest.MonkeyPatch
) -> Iterator[httpx.Client]:
    monkeypatch.setattr("layers.published.CHECK_EVERY", 0.0)
    monkeypatch.setattr("layers.key_ring.CHECK_EVERY", 0.0)
    app = create_app(city)
    yield client_of(app)
    app.state.gate.ring.close()


def admin(city: Registry, **scope: list[str]) -> dict[str, str]:
    return {"x-api-key": add_key(city, "test", ["admin"], **scope)[1]}


def test_a_layer_is_made_served_published_changed_and_removed_at_once(client, city) -> None:
    headers = admin(city)
    made = client.post("/api/layers", json=LAMPS, headers=headers)
    assert made.status_code == 201, made.text
    assert made.headers["location"] == "/api/layers/lamps"
    items = "/ogc/collections/lamps/items"
    assert client.get(items).status_code == 404
    found = client.get(items, params={"limit": 1000}, headers=headers).json()["features"]
    assert {one["properties"]["class_code"] for one in found} == {"0137"}
    change = {"public": True, "public_profile": {"properties": ["id"]}, "title_zh": "公共路灯"}
    changed = client.patch("/api/layers/lamps", json=change, headers=headers)
    assert changed.status_code == 200, changed.text
    assert changed.json() == client.get("/api/layers/lamps", headers=headers).json()
    assert set(client.get(items).json()["features"][0]["properties"]) == {"id"}
    client.patch("/api/layers/lamps", json={"public": False}, headers=headers)
    assert client.get(items).status_code == 404
    assert client.delete("/api/layers/lamps", headers=headers).status_code == 204
    assert client.get(items, headers=headers).status_code == 404


def test_managing_needs_the_role_admin(client, city) -> None:
    assert client.get("/api/layers").status_code == 200
    headers = {"x-api-key": add_key(city, "test", ["editor"])[1]}
    before = list_layers(city, public_only=False)
    for method, path in (
        ("GET", ""),
        ("POST", ""),
        ("GET", "/areas"),
        ("PATCH", "/areas"),
        ("DELETE", "/areas"),
    ):
        body = {**LAMPS} if method == "POST" else {"public": True}
        for given, status in (({}, 401), (headers, 403)):
            answer = client.request(method, f"/api/layers{path}", json=body, headers=given)
            assert answer.status_code == status, (method, path)
    of_district = admin(city, counties=["500199"])
    assert client.get("/api/layers", headers=of_district).status_code == 403
    assert list_layers(city, public_only=False) == before


def test_a_key_of_some_layers_manages_those(client, city) -> None:
    headers = admin(city, layers=["areas"])
    listed = client.get("/api/layers", headers=headers).json()["layers"]
    assert [layer["id"] for layer in listed] == ["areas"]
    assert client.patch("/api/layers/areas", json={"public": True}, headers=headers).status_code == 200
    assert client.patch("/api/layers/places", json={"public": True}, headers=headers).status_code == 403
    assert client.post("/api/layers", json=LAMPS, headers=headers).status_code == 403


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({**LAMPS, "classes": ["2013:0150"], "public": True}, 400, "classes"),
        ({**LAMPS, "id": "components"}, 400, "id"),
        ({**LAMPS, "colour": "red"}, 400, "colour"),
        ({**LAMPS, "public": "yes"}, 400, "public"),
        ({**LAMPS, "cql2": "DROP TABLE"}, 400, "cql2"),
        ([LAMPS], 400, "body"),
        ({**LAMPS, "title_zh": "长" * 100_000}, 413, "body"),
    ],
)
def test_what_makes_no_layer_is_refused_by_field(client, city, body, status: int, field: str) -> None:
    before = list_layers(city, public_only=False)
    answer = client.post("/api/layers", json=body, headers=admin(city))
    assert (answer.status_code, answer.json()["field"]) == (status, field)
    assert list_layers(city, public_only=False) == before


def test_what_is_not_there_and_what_every_registry_has(client, city) -> None:
    headers = admin(city)
    for method in ("GET", "PATCH", "DELETE"):
        answer = client.request(method, "/api/layers/unicorns", json={"public": True}, headers=headers)
        assert answer.status_code == 404
    assert client.delete("/api/layers/components", headers=headers).status_code == 400
    refused = client.patch("/api/layers/areas", json={"dataset": "places"}, headers=headers)
    assert refused.json()["field"] == "dataset"
