from __future__ import annotations

from datetime import UTC, datetime, timedelta
from operator import itemgetter

import numpy as np
import orjson
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from gis.editions import commit
from gis.errors import UsageError
from gis.models import DATASETS
from gis.registry import open_registry
from layers.catalogue import get_layer, seed_layers
from layers.items import count_items, query_items
from layers.query import ItemsQuery, Period, SortTerm, sort_terms
from tests.layers.conftest import frame

NAMES = (None, "", "A", "a", "Z", "甲", "乙", "\U00020000", "￥")
AREAS = (None, -1.5, 0.0, 1e-9, 7.25, 1e12)


def rows() -> list[dict[str, object]]:
    """Return grids with few names, areas and streets, some of them missing."""
    return [
        {
            "code": f"G{n:03d}",
            "name": NAMES[n * 7 % len(NAMES)],
            "area_m2": AREAS[n * 5 % len(AREAS)],
            "street": None if n % 3 else "S1",
            "community": "C",
        }
        for n in range(60)
    ]


def boxes(count: int) -> np.ndarray:
    return np.array([shapely.MultiPolygon([shapely.box(n, 0, n + 1, 1)]) for n in range(count)])


@pytest.fixture(scope="module", params=["gpkg", "postgis"])
def grids(request, tmp_path_factory):
    """Registry and layer whose grids were changed once, and when they had been as they are in ``rows``."""
    if request.param == "gpkg":
        url = str(tmp_path_factory.mktemp("sorted") / "city.gpkg")
    else:
        url = request.getfixturevalue("postgis_server").create_database()
    with open_registry(url, create=True) as registry:
        commit(registry, "grids", frame("grids", rows(), boxes(60)))
        then = datetime.now(UTC)
        later = [{**row, "community": "D"} if n % 2 else row for n, row in enumerate(rows())]
        commit(registry, "grids", frame("grids", later, boxes(60)))
        seed_layers(registry)
        yield registry, get_layer(registry, "unit-grids", public_only=False), Period(then, then)


def walk(registry, layer, query: ItemsQuery, limit: int) -> list[str]:
    found, after = [], None
    for _ in range(200):
        page = query_items(
            registry, layer, ItemsQuery(sort=query.sort, period=query.period, limit=limit, after=after)
        )
        found += [feature["id"] for feature in orjson.loads(page.features)]
        after = page.next
        if after is None:
            return found
    raise AssertionError("the pages have no end")


def in_order(terms: tuple[SortTerm, ...]) -> list[str]:
    """Sort in Python, which keeps what is alike in order; things without a value go to the end."""
    found = rows()
    for term in reversed(terms):
        valued = [row for row in found if row[term.name] is not None]
        valued.sort(key=itemgetter(term.name), reverse=term.descending)
        found = valued + [row for row in found if row[term.name] is None]
    return [str(row["code"]) for row in found]


terms = st.lists(
    st.builds(SortTerm, st.sampled_from(("name", "area_m2", "street", "code")), st.booleans()),
    min_size=1,
    max_size=4,
    unique_by=lambda term: term.name,
).map(tuple)


@given(asked=terms, limit=st.integers(1, 25), past=st.booleans())
@settings(max_examples=40, deadline=None)
def test_pages_of_any_sort_unite_to_the_table_in_that_order(grids, asked, limit: int, past: bool) -> None:
    registry, layer, then = grids
    query = ItemsQuery(sort=asked, period=then if past else None)
    assert walk(registry, layer, query, limit) == in_order(asked)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("name", (SortTerm("name"),)),
        (" name,-area_m2", (SortTerm("name"), SortTerm("area_m2", descending=True))),
        ("+code", (SortTerm("code"),)),
    ],
)
def test_sortby_is_read(grids, text: str, read: tuple[SortTerm, ...]) -> None:
    assert sort_terms(grids[1], text) == read


@pytest.mark.parametrize("text", ["", "colour", "name,,code", "name,-name", "--name", "responsible", "geom"])
def test_a_sort_by_what_is_not_there_or_twice_is_refused(grids, text: str) -> None:
    with pytest.raises(UsageError) as refusal:
        sort_terms(grids[1], text)
    assert refusal.value.field == "sortby"
    assert refusal.value.expected


@pytest.mark.parametrize(
    "after",
    [
        "1",
        "x",
        "[]",
        "{}",
        '["甲"]',
        '["甲", null]',
        "[1, 5]",
        '["甲", "5"]',
        '["甲", 1e99]',
        '["a\\u0000", 1]',
    ],
)
def test_a_cursor_of_another_order_is_refused(grids, after: str) -> None:
    registry, layer, _then = grids
    with pytest.raises(UsageError) as refusal:
        query_items(registry, layer, ItemsQuery(sort=(SortTerm("name"),), after=after))
    assert refusal.value.field == "after"


def test_what_was_replaced_within_a_millisecond_is_seen_once(registry) -> None:
    """Versions that never held are no second answer to what was there in a year."""
    start = datetime.now(UTC) - timedelta(days=1)
    for name in ("一", "二", "三"):
        commit(registry, "grids", frame("grids", [{"code": "G", "name": name}], boxes(1)))
    dataset = DATASETS["grids"]
    moment = datetime.now(UTC)
    with registry.begin() as connection:
        connection.execute(update(dataset.live).values(valid_from=moment))
        connection.execute(update(dataset.history).values(valid_from=moment, valid_to=moment))
    seed_layers(registry)
    layer = get_layer(registry, "unit-grids", public_only=False)
    page = query_items(registry, layer, ItemsQuery(period=Period(start, None)))
    assert [feature["properties"]["name"] for feature in orjson.loads(page.features)] == ["三"]
    assert count_items(registry, layer, ItemsQuery(period=Period(start, None))) == 1
