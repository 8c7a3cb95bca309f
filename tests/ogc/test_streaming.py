"""Long pages leave piece by piece."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from gis.errors import RegistryUnavailable
from ogc.database import Database

PAGE = "/collections/components/items"


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Make pieces small, and return the list of those that are read: features asked for."""
    for place in ("ogc.features.PIECE", "ogc.database.PIECE"):
        monkeypatch.setattr(place, 40)
    monkeypatch.setattr("ogc.database.FOUND_PIECE", 70)
    read: list[int] = []
    page = Database.page

    async def noted(self: Database, layer: Any, query: Any) -> Any:
        read.append(query.limit)
        return await page(self, layer, query)

    monkeypatch.setattr(Database, "page", noted)
    return read


def without_time(page: dict) -> dict:
    return {name: value for name, value in page.items() if name != "timeStamp"}


@pytest.mark.parametrize(
    ("asked", "pieces"),
    [
        ({"limit": 200}, [40] * 5),
        ({"limit": 90}, [40, 40, 10]),
        ({"limit": 10_000}, [40] * 7),
        ({"limit": 200, "sortby": "-name,state"}, [70, 70, 60]),
        (
            {
                "limit": 120,
                "bbox": "106.5,29.5,106.6,29.6",
                "crs": "http://www.opengis.net/def/crs/EPSG/0/4490",
            },
            [40] * 3,
        ),
        ({"limit": 100, "q": "部件", "counts": "exact"}, [70, 30]),
        ({"limit": 80, "datetime": "2500-01-01T00:00:00Z"}, [40, 40]),
        ({"limit": 100, "skipGeometry": "true", "properties": "name"}, [40, 40, 20]),
    ],
)
def test_a_page_is_the_same_in_pieces_and_in_one(
    site, monkeypatch, asked: dict[str, object], pieces: list[int], request
) -> None:
    whole = site.json(PAGE, **asked)
    read = request.getfixturevalue("small_pieces")
    assert without_time(site.json(PAGE, **asked)) == without_time(whole)
    assert read == pieces


def test_what_goes_wrong_with_the_first_piece_is_a_problem(site, small_pieces, monkeypatch) -> None:
    async def fails(self: Database, layer: object, query: object) -> None:
        raise RegistryUnavailable("no")

    monkeypatch.setattr(Database, "page", fails)
    site.problem(PAGE, 503, limit=200)


def test_nothing_more_is_read_once_the_client_is_gone(site, small_pieces) -> None:
    gone = asyncio.Event()
    sent: list[dict] = []

    async def receive() -> dict:
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict) -> None:
        sent.append(message)
        if len(sent) == 3:  # the head and two pieces
            gone.set()
        await asyncio.sleep(0.02)

    scope = {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1",
        "method": "GET", "scheme": "http", "path": f"/ogc{PAGE}", "raw_path": f"/ogc{PAGE}".encode(),
        "query_string": b"limit=10000", "root_path": "", "headers": [(b"host", b"localhost")],
        "client": ("127.0.0.1", 1), "server": ("localhost", 80),
    }  # fmt: skip
    site.client._portal.call(site.app, scope, receive, send)
    assert sent[0]["status"] == 200
    assert len(small_pieces) <= 4


def test_the_embedded_database_gives_up_in_time(site, monkeypatch) -> None:
    if site.registry.kind != "gpkg":
        pytest.skip("PostgreSQL has its own limit")
    monkeypatch.setattr("ogc.time_limit.STATEMENT_LIMIT", -1)
    monkeypatch.setattr("ogc.time_limit._STEPS", 1)
    problem = site.problem(PAGE, 503, q="部件</b> 7", sortby="name")
    assert problem["hint"]
    monkeypatch.undo()
    assert site.json(PAGE, q="部件</b> 7", sortby="name")["features"]


def test_geometries_are_left_out_when_nobody_wants_them(site) -> None:
    page = site.json(PAGE, skipGeometry="true", bbox="106.549,29.559,106.551,29.561")
    assert page["features"]
    assert all(feature["geometry"] is None and feature["properties"]["name"] for feature in page["features"])


def test_features_are_sorted_and_searched_over_their_links(site, frames) -> None:
    table = frames["components"]
    asked = {"q": "部件</b> 1", "sortby": "-id", "limit": 40}
    page, found = site.json(PAGE, **asked), []
    while True:
        found += [feature["id"] for feature in page["features"]]
        onward = [link["href"] for link in page["links"] if link["rel"] == "next"]
        if not onward:
            break
        page = site.client.get(onward[0]).json()
    assert found == list(table[table["name"].str.contains("部件</b> 1")]["id"])[::-1]
