"""Walking through pages while others write."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np
import orjson
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert

from gis.editions import commit
from gis.models import DATASETS
from gis.read import read_frame
from gis.registry import Registry, open_registry
from layers.catalogue import get_layer, seed_layers
from layers.items import count_items, query_items
from layers.query import BoundingBox, ItemsQuery, Period, SortTerm
from tests.layers.conftest import frame

LIVE = DATASETS["places"].live
EVERYWHERE = BoundingBox((106.0, 29.0, 107.0, 30.0))
QUESTIONS = {
    "all": {},
    "in a box": {"bbox": EVERYWHERE},
    "sorted": {"sort": (SortTerm("name", descending=True), SortTerm("type"))},
    "sorted in a box": {"sort": (SortTerm("type"),), "bbox": EVERYWHERE},
    "searched": {"terms": ("点",)},
}


@pytest.fixture(scope="module", params=["gpkg", "postgis"])
def registry_of_places(request, tmp_path_factory) -> Iterator[Registry]:
    if request.param == "gpkg":
        url = str(tmp_path_factory.mktemp("walks") / "city.gpkg")
    else:
        url = request.getfixturevalue("postgis_server").create_database()
    with open_registry(url, create=True) as registry:
        seed_layers(registry)
        yield registry


def row(number: int) -> dict[str, object]:
    """Return a place whose name and type are shared by others, or missing."""
    return {
        "code": f"P{number:03d}",
        "name": f"点{number % 4}",
        "type": None if number % 3 else f"T{number % 5}",
        "geom": shapely.Point(106.5 + number / 1000, 29.5),
    }


def write(registry: Registry, *, added: set[int] = frozenset(), removed: set[int] = frozenset()) -> None:
    with registry.begin() as connection:
        for number in sorted(removed):
            connection.execute(delete(LIVE).where(LIVE.c.code == f"P{number:03d}"))
        if added:
            connection.execute(insert(LIVE), [row(number) for number in sorted(added)])


steps = st.lists(
    st.tuples(st.sampled_from(("page", "add", "remove")), st.sets(st.integers(0, 79), max_size=6)),
    max_size=12,
)


@pytest.mark.parametrize("question", QUESTIONS)
@given(steps=steps, limit=st.integers(1, 12), first=st.sets(st.integers(0, 79), min_size=5, max_size=30))
@settings(max_examples=12, deadline=None)
def test_what_was_there_all_the_while_is_seen_once_whatever_others_write(
    registry_of_places, question: str, steps, limit: int, first: set[int]
) -> None:
    registry = registry_of_places
    layer = get_layer(registry, "places", public_only=False)
    write(registry, removed=set(range(80)))
    write(registry, added=first)
    there, always, ever, seen, after, ended = set(first), set(first), set(first), [], None, False
    for step, numbers in [*steps, *[("page", set())] * 80]:
        if step == "add":
            write(registry, added=numbers - ever)
            there |= numbers - ever
            ever |= numbers
        elif step == "remove":
            write(registry, removed=numbers & there)
            there -= numbers
            always -= numbers if not ended else set()
        elif not ended:
            page = query_items(registry, layer, ItemsQuery(limit=limit, after=after, **QUESTIONS[question]))
            found = [int(feature["id"][1:]) for feature in orjson.loads(page.features)]
            assert there.issuperset(found)
            seen += found
            after, ended = page.next, page.next is None
    assert ended
    assert len(seen) == len(set(seen))
    assert always <= set(seen) <= ever


def versions() -> list[list[dict[str, object]]]:
    """Return deliveries of grids: names change, some come later, some are left out."""
    return [
        [
            {"code": f"G{n:02d}", "name": f"{delivery if n % 3 == delivery % 3 else 0}"}
            for n in range(24)
            if n < 12 + 4 * delivery
        ]
        for delivery in range(4)
    ]


@pytest.fixture(scope="module", params=["gpkg", "postgis"])
def past(request, tmp_path_factory) -> Iterator[tuple[Registry, list[datetime]]]:
    """Registry with four deliveries of grids, and the moments after each of them."""
    if request.param == "gpkg":
        url = str(tmp_path_factory.mktemp("past") / "city.gpkg")
    else:
        url = request.getfixturevalue("postgis_server").create_database()
    with open_registry(url, create=True) as registry:
        moments = [datetime.now(UTC) - timedelta(days=1)]
        for delivered in versions():
            squares = [shapely.MultiPolygon([shapely.box(n, 0, n + 1, 1)]) for n in range(len(delivered))]
            commit(registry, "grids", frame("grids", delivered, np.array(squares)))
            with registry.begin() as connection:
                connection.execute(delete(DATASETS["grids"].live).where(DATASETS["grids"].live.c.name == "2"))
            moments.append(datetime.now(UTC))
        seed_layers(registry)
        yield registry, moments


def walk(registry: Registry, limit: int, **asked: object) -> list[tuple[str, str]]:
    layer, found, after = get_layer(registry, "unit-grids", public_only=False), [], None
    while True:
        page = query_items(registry, layer, ItemsQuery(limit=limit, after=after, **asked))
        found += [(f["id"], f["properties"]["name"]) for f in orjson.loads(page.features)]
        after = page.next
        if after is None:
            return found


@pytest.mark.parametrize("limit", [1, 5, 100])
def test_pages_of_a_moment_are_what_the_registry_held_then(past, limit: int) -> None:
    registry, moments = past
    for moment in moments:
        held = read_frame(registry, "grids", as_of=moment)
        expected = list(zip(held["code"], held["name"], strict=True))
        assert walk(registry, limit, period=Period(moment, moment)) == expected
        wanted = sorted(expected, key=lambda pair: pair[1], reverse=True)
        sort = (SortTerm("name", descending=True),)
        assert walk(registry, limit, period=Period(moment, moment), sort=sort) == wanted


@pytest.mark.parametrize("limit", [1, 100])
@pytest.mark.parametrize(("start", "end"), [(0, 4), (1, 2), (2, None), (None, 3), (None, None)])
def test_pages_of_an_interval_show_each_thing_as_it_was_last(past, start, end, limit: int) -> None:
    registry, moments = past
    period = Period(None if start is None else moments[start], None if end is None else moments[end])
    last: dict[str, str] = {}
    for moment in moments[start or 0 : len(moments) if end is None else end + 1]:
        held = read_frame(registry, "grids", as_of=moment)
        last |= dict(zip(held["code"], held["name"], strict=True))
    found = walk(registry, limit, period=period)
    assert [code for code, _name in found] == sorted(code for code, _name in found)
    assert {code for code, _name in found} >= set(last)
    assert all(last.get(code, name) == name for code, name in found if name != "2")
    layer = get_layer(registry, "unit-grids", public_only=False)
    assert count_items(registry, layer, ItemsQuery(period=period)) == len(found)
