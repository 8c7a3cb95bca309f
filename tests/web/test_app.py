from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx
import pandas
import pytest
from starlette.applications import Starlette

from gis.editions import commit
from gis.errors import RegistryUnavailable, UsageError
from gis.models import DATASETS, settings
from gis.registry import Registry
from layers.catalogue import publish, withdraw
from web import resolving
from web.app import create_app
from web.page import libraries_are_built

PROBLEM = "application/problem+json"


ClientOf = Callable[[Starlette], httpx.Client]
needs_libraries = pytest.mark.skipif(
    not libraries_are_built(), reason="the page's libraries are missing: run script/build-web"
)


@pytest.fixture
def client(city: Registry, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch) -> httpx.Client:
    monkeypatch.setattr("layers.published.CHECK_EVERY", 0.0)
    return client_of(create_app(city))


@needs_libraries
def test_the_page_is_chinese_unless_the_address_or_the_start_says_otherwise(
    city: Registry, client_of: ClientOf
) -> None:
    client = client_of(create_app(city))
    assert '<html lang="zh">' in client.get("/", headers={"accept-language": "en"}).text
    assert '<html lang="en">' in client.get("/?lang=en").text
    english = client_of(create_app(city, language="en"))
    assert '<html lang="en">' in english.get("/").text
    assert '<html lang="zh">' in english.get("/?lang=zh").text


@needs_libraries
def test_the_page_may_load_nothing_from_outside(client: httpx.Client) -> None:
    policy = client.get("/").headers["content-security-policy"]
    assert policy.startswith("default-src 'self'")
    assert "http" not in policy


def test_the_texts_of_the_page_are_served_by_language(client: httpx.Client) -> None:
    assert client.get("/i18n/zh.json").json()["Acting unit"] == "处置单位"
    assert client.get("/i18n/en.json").json() == {}
    assert client.get("/i18n/fr.json").status_code == 404


def test_the_page_learns_public_layers_extent_and_title(client: httpx.Client, city: Registry) -> None:
    config = client.get("/api/map").json()
    assert config["title_zh"] == "青杉区"
    assert config["extent"] == pytest.approx([106.5, 29.4, 106.506, 29.404], abs=1e-4)
    layers = {layer["id"]: layer for layer in config["layers"]}
    assert set(layers) == {"divisions", "unit-grids", "components", "streets", "places"}
    assert layers["unit-grids"]["geometry"] == "polygon"
    assert layers["unit-grids"]["visible"]
    withdraw(city, "places")
    publish(city, "areas")
    layers = {layer["id"]: layer for layer in client.get("/api/map").json()["layers"]}
    assert "places" not in layers
    assert not layers["areas"]["visible"]


def test_an_empty_registry_has_a_map_without_extent(registry: Registry, client_of: ClientOf) -> None:
    config = client_of(create_app(registry)).get("/api/map").json()
    assert (config["extent"], config["layers"], config["basemaps"]) == (None, [], [])


def test_labels_of_a_layer_that_is_not_public_are_not_given(client: httpx.Client, city: Registry) -> None:
    assert client.get("/api/labels/unit-grids?bbox=106,29,107,30").status_code == 200
    withdraw(city, "unit-grids")
    assert client.get("/api/labels/unit-grids?bbox=106,29,107,30").status_code == 404


def test_classes_are_offered_widest_first_in_the_language_of_the_caller(client: httpx.Client) -> None:
    choices = client.get("/api/classes?standard=2013").json()["choices"]
    levels = [(choice["kind"], choice["level"]) for choice in choices]
    order = [("component", "group"), ("component", "major"), ("component", "class"), ("matter", "class")]
    assert list(dict.fromkeys(levels)) == order
    assert choices[0]["code"] == "井盖"
    cover = next(choice for choice in choices if (choice["kind"], choice["code"]) == ("component", "0101"))
    assert (cover["name"], cover["major_name"]) == ("上水井盖", "公用设施")
    english = client.get("/api/classes?standard=2013&lang=en").json()["choices"]
    assert english[0]["code"] == "covers"
    assert client.get("/api/classes?standard=1999").status_code == 400


def test_a_city_s_own_classes_are_offered_too(client: httpx.Client, city: Registry) -> None:
    own = {"standard": "2013", "kind": "component", "code": "0199", "name": "共享雨伞架", "major": "公用设施"}
    frame = pandas.DataFrame([{name: own.get(name) for name in DATASETS["classes"].columns}], dtype=object)
    commit(city, "classes", frame.assign(group_names='["便民设施"]'))
    choices = client.get("/api/classes?standard=2013").json()["choices"]
    assert {"便民设施", "0199"} <= {choice["code"] for choice in choices}
    question = {"lon": 106.5, "lat": 29.4, "class": "0199", "standard": "2013"}
    assert client.get("/api/resolve", params=question).status_code == 200


def test_a_group_of_the_picker_is_a_class_the_resolver_takes(client: httpx.Client) -> None:
    for choice in client.get("/api/classes").json()["choices"]:
        if choice["level"] != "class":
            question = {"lon": 106.5, "lat": 29.4, "class": choice["code"], "kind": choice["kind"]}
            assert client.get("/api/resolve", params=question).status_code == 200, choice


def test_search_answers_with_the_query_and_its_results(client: httpx.Client) -> None:
    body = client.get("/api/search", params={"q": "500199001002005", "limit": 1}).json()
    assert body["query"] == "500199001002005"
    (result,) = body["results"]
    assert set(result) == {"kind", "code", "name", "detail", "lon", "lat", "bbox"}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("q=", "q"),
        ("", "q"),
        ("q=" + "a" * 101, "q"),
        ("q=a&limit=0", "limit"),
        ("q=a&limit=x", "limit"),
        ("q=a&limit=51", "limit"),
    ],
)
def test_a_wrong_search_is_a_problem_that_names_the_field(
    client: httpx.Client, query: str, field: str
) -> None:
    response = client.get(f"/api/search?{query}")
    assert response.status_code == 400
    assert response.headers["content-type"] == PROBLEM
    assert response.json()["field"] == field


def test_a_point_is_resolved_to_grid_divisions_component_and_unit(client: httpx.Client) -> None:
    component = client.get("/api/search?q=5001990101000015").json()["results"][0]
    answer = client.get(
        "/api/resolve",
        params={"lon": component["lon"], "lat": component["lat"], "class": "0101", "lang": "zh"},
    ).json()
    assert answer["component"]["id"] == "5001990101000015"
    assert answer["parties"]["acting"]["name"] == "青杉供水有限公司"
    assert answer["divisions"]["street"]["name"] == "松塘街道"
    by_id = client.get("/api/resolve?component=5001990101000015").json()
    assert by_id["unit_grid"] == answer["unit_grid"]


@pytest.mark.parametrize(
    ("query", "status", "field"),
    [
        ("lon=106.5", 400, "lat"),
        ("lon=x&lat=1", 400, "lon"),
        ("lon=106.5&lat=29.4&colour=red", 400, "colour"),
        ("lon=106.5&lat=29.4&class=9999999", 400, "class"),
        ("component=5001990101999999", 404, "component"),
    ],
)
def test_a_wrong_question_is_a_problem_that_names_the_field(
    client: httpx.Client, query: str, status: int, field: str
) -> None:
    response = client.get(f"/api/resolve?{query}")
    assert (response.status_code, response.headers["content-type"]) == (status, PROBLEM)
    assert response.json()["field"] == field


def test_many_cases_are_answered_in_their_order_and_a_wrong_one_has_its_problem(client: httpx.Client) -> None:
    where = {"lon": 106.5005, "lat": 29.4005}
    cases = [where, {"component": "nowhere"}, "text", {"component": "5001990402000015"}, {"lon": 1}]
    response = client.post("/api/resolve", json={"cases": cases})
    assert response.status_code == 200
    entries = response.json()["resolutions"]
    assert [("problem" in entry) for entry in entries] == [False, True, True, False, True]
    assert entries[1]["problem"]["status"] == 404
    assert entries[4]["problem"]["field"] == "lat"
    assert entries[3]["component"]["class"] == "0402"
    assert entries[0]["divisions"]["county"] == entries[3]["divisions"]["county"]


@pytest.mark.parametrize("body", ["", "{", "[]", "{}", '{"cases": 1}'])
def test_a_body_without_cases_is_a_problem(client: httpx.Client, body: str) -> None:
    response = client.post("/api/resolve", content=body)
    assert (response.status_code, response.headers["content-type"]) == (400, PROBLEM)


def test_too_many_cases_are_refused(client: httpx.Client) -> None:
    response = client.post("/api/resolve", json={"cases": [{}] * (resolving.MAX_CASES + 1)})
    assert response.status_code == 400
    assert response.json()["value"] == resolving.MAX_CASES + 1


def test_a_body_that_is_too_large_is_refused_without_reading_it_all(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resolving, "MAX_BODY", 100)
    response = client.post("/api/resolve", content=json.dumps({"cases": [{"lon": 1, "lat": 1}] * 50}))
    assert (response.status_code, response.headers["content-type"]) == (413, PROBLEM)


def test_the_language_of_a_problem_is_the_callers(client: httpx.Client) -> None:
    assert client.get("/api/search?q=&lang=en").json()["detail"] == "There is nothing to search for"
    assert client.get("/api/search?q=").json()["detail"] == "没有要查找的内容"


def test_chinese_in_an_address_that_nobody_encoded_is_understood(city: Registry) -> None:
    async def ask() -> bytes:
        query = "q=柳桥&limit=1".encode()
        scope = {"type": "http", "method": "GET", "path": "/api/search", "query_string": query}
        scope |= {"client": ("127.0.0.1", 1), "headers": [(b"host", b"localhost")]}
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request"}

        async def send(message: Any) -> None:
            sent.append(message)

        await create_app(city)(scope, receive, send)
        return b"".join(message.get("body", b"") for message in sent)

    assert json.loads(asyncio.run(ask()))["results"][0]["name"] == "柳桥社区"


def test_what_is_not_there_is_a_problem(client: httpx.Client) -> None:
    for path in ("/nothing", "/api/nothing", "/static/nothing.js", "/static/../app.py"):
        response = client.get(path)
        assert (response.status_code, response.headers["content-type"]) == (404, PROBLEM)
    assert client.delete("/api/resolve").status_code == 405


def test_health_and_readiness(client: httpx.Client, city: Registry) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    ready = client.get("/readyz").json()
    assert (ready["status"], ready["registry"]) == ("ready", city.kind)
    assert ready["editions"]["grids"] > 0


def test_a_registry_by_its_url_is_opened_and_closed_with_the_site(
    city_file: str, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[str] = []
    monkeypatch.setattr(Registry, "close", lambda registry: closed.append(registry.url))
    app = create_app(city_file)
    assert client_of(app).get("/readyz").status_code == 200

    async def live() -> None:
        async with app.router.lifespan_context(app):
            assert closed == []

    asyncio.run(live())
    assert closed == [city_file]


def test_a_missing_registry_is_refused_at_the_start(tmp_path: object) -> None:
    with pytest.raises(RegistryUnavailable):
        create_app(f"{tmp_path}/none.gpkg")


def test_a_wrong_language_or_base_map_is_refused_at_the_start(
    city: Registry, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UsageError):
        create_app(city, language="fr")
    with city.begin() as connection:
        connection.execute(settings.insert().values(key="basemap", value='{"type": "wms"}'))
    with pytest.raises(UsageError):
        create_app(city)
    monkeypatch.setenv("WANGGE_BASEMAP", '{"type": "xyz", "url": "https://tiles.example.org/{z}/{x}/{y}"}')
    client = client_of(create_app(city))
    assert client.get("/api/map").json()["basemaps"][0]["url"] == "https://tiles.example.org/{z}/{x}/{y}"
