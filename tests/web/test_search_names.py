"""Searching with names in memory: what is found, by whom, and how new it is."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import geopandas as gpd
import httpx
import pandas as pd
import pytest
from shapely.geometry import Point, box
from sqlalchemy import ColumnElement, Table
from starlette.applications import Starlette

from gis.editions import Change, commit, commit_changes, revert
from gis.read import read_frame
from gis.registry import Registry
from layers.access import LOCAL
from layers.keys import add_key
from web import search_names
from web.app import create_app
from web.scope import SearchScope
from web.search import search
from web.search_names import SearchNames

EAST = (106.506, 29.4021)
COUNTY = "500199"


@pytest.fixture
def names(city: Registry) -> SearchNames:
    made = SearchNames(city)
    made.read()
    return made


Found = list[tuple[str, str | None]]


def found(names: SearchNames, city: Registry, text: str, **options: object) -> Found:
    results = search(city, text, names=names, **options)  # type: ignore[arg-type]
    return [(result.kind, result.code) for result in results]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("songtangjiedao", ("division", "500199001")),
        ("stjd", ("division", "500199001")),
        ("st街道", ("division", "500199001")),
        ("ＳＴＪＤ", ("division", "500199001")),
        ("松塘街道", ("division", "500199001")),
        ("smgc", ("place", "P1")),
        ("qsl7", ("address", "A7")),
        ("青杉路7号", ("address", "A7")),
        ("7号", ("address", "A7")),
        ("石亭100%", ("street", "S2")),
        ("五〇零一九九", None),
        ("500199001001", ("division", "500199001001")),
        ("5001990101000015", ("component", "5001990101000015")),
        ("\x00松\x07塘\u200b街道", ("division", "500199001")),
        ("🙂", None),
        ("%", ("street", "S2")),
        ("_", None),
        ("'", None),
        ('"', None),
        ("'; DROP TABLE unit_grids; --", None),
        ("青" * 100, None),
    ],
)
def test_the_first_found(
    names: SearchNames, city: Registry, text: str, first: tuple[str, str] | None
) -> None:
    assert [*found(names, city, text), None][0] == first


def test_names_in_memory_find_what_the_database_finds(names: SearchNames, city: Registry) -> None:
    for text in ("青杉", "青", "社区", "路", "1号", "500199", "松塘街办", "0001", "园林"):
        in_memory, in_database = (
            {(result.kind, result.code) for result in search(city, text, 50, names=kept)}
            for kept in (names, None)
        )
        assert in_memory == in_database, text


def test_of_equal_matches_those_near_the_middle_of_the_map_come_first(
    names: SearchNames, city: Registry
) -> None:
    west = [code for kind, code in found(names, city, "qsl", centre=(106.5, 29.4021)) if kind == "address"]
    east = [code for kind, code in found(names, city, "qsl", centre=EAST) if kind == "address"]
    assert west == sorted(west) == list(reversed(east))
    assert len(west) > 5


def test_components_are_found_by_their_class_those_nearby_first(names: SearchNames, city: Registry) -> None:
    results = search(city, "行道树", 5, centre=EAST, names=names)
    assert {(result.kind, result.name) for result in results} == {("component", "行道树")}
    distances = [Point(result.lon, result.lat).distance(Point(EAST)) for result in results]
    assert distances == sorted(distances)
    frame = read_frame(city, "components")
    trees = frame.geometry[frame.name == "行道树"]
    assert distances[0] == pytest.approx(min(tree.distance(Point(EAST)) for tree in trees))
    assert found(names, city, "xingdaosh")[0][0] == "component"


def test_components_of_a_class_are_found_without_a_middle_and_far_from_it(
    names: SearchNames, city: Registry
) -> None:
    for centre in (None, (110.0, 20.0)):
        assert [kind for kind, _ in found(names, city, "行道树", limit=4, centre=centre)] == ["component"] * 4


def test_areas_are_found(city: Registry, names: SearchNames) -> None:
    rows = {
        "line": ["保洁"],
        "code": ["T1"],
        "name": ["青杉环卫一标段"],
        "geometry": [box(*EAST, 106.6, 29.5)],
    }
    commit(city, "areas", gpd.GeoDataFrame(rows, geometry="geometry", crs="EPSG:4490"))
    (result,) = search(city, "hwybd", names=names)
    assert (result.kind, result.code, result.detail) == ("area", "T1", "保洁")


def renamed(city: Registry, name: str) -> None:
    commit(city, "places", read_frame(city, "places").assign(name=name))


def test_an_edition_is_seen_by_the_next_search(city: Registry, names: SearchNames) -> None:
    renamed(city, "云渡码头")
    assert found(names, city, "ydmt") == [("place", "P1")]
    assert found(names, city, "青杉广场") == []
    none = read_frame(city, "places").iloc[:0]
    edition = commit_changes(city, [Change("places", none, retired=[("P1",)])], operation="edit")
    assert found(names, city, "ydmt") == []
    revert(city, edition.id)
    assert found(names, city, "ydmt") == [("place", "P1")]
    renamed(city, "青杉广场")
    assert found(names, city, "青杉广场") == [("place", "P1")]
    assert found(names, city, "ydmt") == []


def test_after_small_editions_only_their_rows_are_read(
    city: Registry, names: SearchNames, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = []
    original = search_names.read_book
    monkeypatch.setattr(
        search_names, "read_book", lambda *a, **k: read.append(k["since"]) or original(*a, **k)
    )
    renamed(city, "云渡码头")
    for _ in range(3):
        found(names, city, "ydmt")
    assert [list(since) for since in read] == [["places"]]


def test_rows_that_changed_do_not_take_the_place_of_others(city: Registry, names: SearchNames) -> None:
    frame = read_frame(city, "addresses")
    rows = pd.concat([frame.iloc[[0]]] * 300, ignore_index=True)
    rows["code"] = [f"B{number:03}" for number in range(300)]
    rows["address"] = [f"栗园路{number}号" for number in range(300)]
    commit(city, "addresses", pd.concat([frame, rows], ignore_index=True))
    names.read()
    rows.loc[:289, "address"] = "改"
    commit(city, "addresses", pd.concat([frame, rows], ignore_index=True))
    assert {code for _, code in found(names, city, "栗园路")} == {f"B{number}" for number in range(290, 300)}


def test_while_much_has_changed_the_database_is_asked(
    city: Registry, names: SearchNames, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_names, "SMALL", 0)
    renamed(city, "云渡码头")
    assert found(names, city, "云渡码头") == [("place", "P1")]
    assert found(names, city, "ydmt") == []
    names.read()
    assert found(names, city, "ydmt") == [("place", "P1")]


def test_names_are_read_when_somebody_searches_while_the_site_runs(city: Registry) -> None:
    made = SearchNames(city)

    async def use() -> Found:
        async with made.running():
            for _ in range(600):
                if made.nbytes and (hits := found(made, city, "stjd")):
                    return hits
                found(made, city, "青杉")
                await asyncio.sleep(0.05)
        return []

    assert made.nbytes == 0
    assert found(made, city, "青杉")
    assert asyncio.run(use())[0] == ("division", "500199001")


def test_names_are_read_once_the_map_is_opened(
    city: Registry, client_of: Callable[[Starlette], httpx.Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.page.libraries_are_built", lambda: True)
    app = create_app(city)
    client, made = client_of(app), app.state.search_names

    async def open_map() -> None:
        async with made.running():
            await asyncio.to_thread(client.get, "/")
            for _ in range(600):
                if made.nbytes:
                    return
                await asyncio.sleep(0.05)

    asyncio.run(open_map())
    assert made.nbytes > 0
    app.state.gate.ring.close()


def test_a_site_that_stops_does_not_wait_for_names(city: Registry) -> None:
    made = SearchNames(city)

    async def use() -> None:
        async with made.running():
            found(made, city, "青杉")

    asyncio.run(use())
    assert found(made, city, "松塘街道")[0] == ("division", "500199001")


@pytest.fixture
def site(
    city: Registry, client_of: Callable[[Starlette], httpx.Client], monkeypatch: pytest.MonkeyPatch
) -> Iterator[httpx.Client]:
    """Return a client of the site over the city, whose names are in memory."""
    monkeypatch.setattr("layers.published.CHECK_EVERY", 0.0)
    monkeypatch.setattr("layers.key_ring.CHECK_EVERY", 0.0)
    app = create_app(city)
    app.state.search_names.read()
    yield client_of(app)
    app.state.gate.ring.close()


def kinds(site: httpx.Client, text: str, headers: dict[str, str]) -> set[str]:
    answer = site.get("/api/search", params={"q": text, "limit": 50}, headers=headers)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert len(body["marks"]) == len(body["results"])
    return {result["kind"] for result in body["results"]}


def test_what_a_key_may_not_see_is_not_found(site: httpx.Client, city: Registry) -> None:
    def key(*roles: str, **scope: list[str]) -> dict[str, str]:
        return {"x-api-key": add_key(city, "test", roles, **scope)[1]}

    everything = {"division", "street", "organisation", "place", "address"}
    assert kinds(site, "qs", {}) == kinds(site, "青杉", {}) == everything
    ours, others = (key("editor", counties=[code]) for code in (COUNTY, "500114"))
    assert kinds(site, "qs", ours) == {"division", "address"}
    assert kinds(site, "st", ours) >= {"organisation"}
    assert kinds(site, "qs", others) == kinds(site, "1", others) == kinds(site, "行道树", others) == set()
    assert kinds(site, "行道树", ours) == {"component"}
    assert kinds(site, "qs", key("editor", layers=["streets"])) == {"street"}


def test_what_a_key_may_see_is_not_crowded_out_by_what_it_may_not(
    site: httpx.Client, city: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geocoding.names_index_lists.OWNERS", 2)
    monkeypatch.setattr("geocoding.names_index.MOST", 12)
    token = add_key(city, "test", ("editor",), layers=["places"])[1]
    assert kinds(site, "广场", {"x-api-key": token}) == {"place"}


def test_scopes_are_told_apart_and_forgotten_in_time(
    city: Registry, names: SearchNames, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.search_book._SCOPES", 2)

    @dataclass(frozen=True)
    class Only(SearchScope):
        code: str = ""

        def clauses(self, dataset: str, table: Table) -> list[ColumnElement[bool]]:
            return [table.c.code == self.code] if "code" in table.c else []

    for code in ("P1", "S1", "A1", "P1", "S1"):
        scope = Only(LOCAL, None, code)
        assert {result.code for result in search(city, "qs", scope=scope, names=names)} == {code}


def test_the_answer_marks_what_was_met(site: httpx.Client) -> None:
    body = site.get("/api/search", params={"q": "qsl7", "limit": 1}).json()
    assert set(body["results"][0]) == {"kind", "code", "name", "detail", "lon", "lat", "bbox"}
    (start, end), name = body["marks"][0], body["results"][0]["name"]
    assert name[start:end] == "青杉路7"
    by_code = site.get("/api/search", params={"q": "5001990101000015"}).json()
    assert by_code["marks"] == [None]


@pytest.mark.parametrize(
    ("query", "field", "value"),
    [
        ({"q": "青", "lon": "106.5"}, "lat", ""),
        ({"q": "青", "lat": "29"}, "lon", ""),
        ({"q": "青", "lon": "abc", "lat": "29"}, "lon", "abc"),
        ({"q": "青", "lon": "nan", "lat": "29"}, "lon", "nan"),
        ({"q": "青", "lon": "106.5", "lat": "91"}, "lat", "91"),
        ({"q": " ", "lon": "106.5", "lat": "29"}, "q", " "),
        ({"q": "a" * 10_000}, "q", "a" * 10_000),
    ],
)
def test_a_wrong_parameter_is_named(
    site: httpx.Client, query: dict[str, str], field: str, value: str
) -> None:
    answer = site.get("/api/search", params=query)
    assert answer.status_code == 400
    problem = json.loads(answer.content)
    assert (problem["field"], problem["value"]) == (field, value)
    assert problem["expected"]
