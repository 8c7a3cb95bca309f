"""``/api/geocode`` and ``/api/reverse``: what they answer, what they refuse, and to whom."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import geopandas
import httpx
import pytest
import shapely
from starlette.applications import Starlette

from geocoding.geocode import LONGEST_TEXT
from gis.registry import Registry
from layers.keys import add_key
from tests.web.conftest import COUNTY, SOUTH, WEST
from web.app import create_app

PLATE = {"lon": WEST + 0.0008, "lat": SOUTH + 0.0021}
SQUARE = {"lon": WEST + 0.0024, "lat": SOUTH + 0.0015}
TEXT = "青杉区松塘街道青杉路2号"


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


def asked(client: httpx.Client, path: str, headers: dict[str, str] | None = None, **params: Any) -> Any:
    answer = client.get(f"/api/{path}", params=params, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_an_address_is_found(client: httpx.Client) -> None:
    told = asked(client, "geocode", q="青杉路二號")
    assert told["query"] == "青杉路二號"
    best = told["results"][0]
    assert (best["address"], best["code"], best["level_number"]) == (TEXT, "A2", 8)
    assert len(asked(client, "geocode", q="青杉路2号", limit=1)["results"]) == 1
    assert asked(client, "geocode", q="今天天气很好我们出去玩")["results"] == []
    assert asked(client, "geocode", q=TEXT, as_of="2001-01-01")["results"] == []


def test_a_point_has_an_address(client: httpx.Client) -> None:
    told = asked(client, "reverse", **PLATE)
    assert (told["address"], told["pattern"], told["code"]) == (TEXT, "a", "A2")
    assert told["divisions"]["street"]["name"] == "松塘街道"
    projected = (
        geopandas.GeoSeries([shapely.Point(PLATE["lon"], PLATE["lat"])], crs=4490).to_crs(4524).iloc[0]
    )
    assert asked(client, "reverse", lon=projected.x, lat=projected.y, crs="EPSG:4524")["code"] == "A2"
    nothing = client.get("/api/reverse", params={"lon": 0, "lat": 0})
    assert (nothing.status_code, nothing.json()["field"]) == (404, "lon")


@pytest.mark.parametrize(
    ("path", "params", "field"),
    [
        ("geocode", {}, "q"),
        ("geocode", {"q": " \n"}, "q"),
        ("geocode", {"q": "x" * 10_000}, "q"),
        ("geocode", {"q": "x", "limit": "0"}, "limit"),
        ("geocode", {"q": "x", "limit": "51"}, "limit"),
        ("geocode", {"q": "x", "limit": "9" * 5000}, "limit"),
        ("geocode", {"q": "x", "limit": "١"}, "limit"),
        ("geocode", {"q": "x", "as_of": "gestern"}, "as_of"),
        ("geocode", {"q": "x", "quer": "y"}, "quer"),
        ("reverse", {}, "lon"),
        ("reverse", {"lon": "106.5"}, "lat"),
        ("reverse", {"lon": "north", "lat": "29"}, "lon"),
        ("reverse", {"lon": "29.4", "lat": "106.5"}, "lat"),
        ("reverse", {"lon": "nan", "lat": "29"}, "lon"),
        ("reverse", {"lon": "106.5", "lat": "29", "crs": "EPSG:1"}, "crs"),
        ("reverse", {"lon": "106.5", "lat": "29", "as_of": "2026-13-01"}, "as_of"),
        ("reverse", {"lon": "106.5", "lat": "29", "class": "0101"}, "class"),
        ("reverse", {"component": "1"}, "component"),
    ],
)
def test_what_is_wrong_is_named(client: httpx.Client, path: str, params: dict[str, str], field: str) -> None:
    refused = client.get(f"/api/{path}", params=params)
    assert refused.status_code == 400, refused.text
    assert refused.headers["content-type"] == "application/problem+json"
    problem = refused.json()
    assert problem["field"] == field
    assert problem["expected"]
    assert len(refused.content) < 2000


@pytest.mark.parametrize(
    "text", ["😀🚧", "'; DROP TABLE addresses; --", "%_\\", "\x00", "长" * LONGEST_TEXT, "<img src=x>"]
)
def test_any_other_text_is_looked_for(client: httpx.Client, text: str) -> None:
    assert asked(client, "geocode", q=text)["results"] == []
    assert asked(client, "geocode", q=TEXT)["results"][0]["code"] == "A2"


@pytest.mark.parametrize(("path", "params"), [("geocode", {"q": TEXT}), ("reverse", PLATE)])
def test_without_a_key_nothing_is_told_once_one_was_made(
    client: httpx.Client, city: Registry, path: str, params: dict[str, Any]
) -> None:
    assert client.get(f"/api/{path}", params=params).status_code == 200
    key(city, "admin")
    assert client.get(f"/api/{path}", params=params).status_code == 401


def test_who_may_not_read_addresses_or_places_is_told_none(client: httpx.Client, city: Registry) -> None:
    def texts(point: dict[str, float], **scope: list[str]) -> list[str]:
        told = asked(client, "reverse", key(city, "read-restricted", **scope), **point)
        assert len(told["alternatives"]) <= 3
        return [told["pattern"], *(one["pattern"] for one in told["alternatives"])]

    assert texts(PLATE)[0] == "a"
    assert texts(SQUARE)[0] == "d"
    assert texts(PLATE, layers=["places"]) == ["grid", "division"]
    assert texts(SQUARE, layers=["places"])[0] == "d"
    assert not {"a", "c", "d"} & set(texts(SQUARE, layers=["streets"]))
    assert asked(client, "geocode", key(city, "read-restricted", layers=["places"]), q=TEXT)["results"] == []
    seen = asked(client, "geocode", key(city, "read-restricted", counties=[COUNTY]), q=TEXT)["results"]
    assert [one["code"] for one in seen][:1] == ["A2"]


def test_a_key_of_another_district_is_told_nothing(client: httpx.Client, city: Registry) -> None:
    other = key(city, "read-restricted", counties=["500198"])
    assert client.get("/api/reverse", params=PLATE, headers=other).status_code == 403
    assert asked(client, "geocode", other, q=TEXT)["results"] == []
    own = asked(client, "reverse", key(city, "read-restricted", counties=[COUNTY]), **PLATE)
    assert own["code"] == "A2"
