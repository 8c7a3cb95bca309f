from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings

from layers.cql2 import filter_condition
from layers.cql2.tree import Node
from layers.items import count_items, query_items
from layers.query import ItemsQuery
from tests.layers.cql2.brute_force import holds
from tests.layers.cql2.conftest import Facilities
from tests.layers.cql2.trees import filters
from tests.layers.cql2.writing import as_json, as_text


def found(facilities: Facilities, text: str, *, limit: int = 1000, **language: str) -> list[str]:
    """Return the codes of all pages."""
    codes: list[str] = []
    after = None
    condition = filter_condition(facilities.layer, text, **language)
    while True:
        query = ItemsQuery(where=condition, limit=limit, after=after, properties=("code",))
        page = query_items(facilities.registry, facilities.layer, query)
        codes += [feature["id"] for feature in json.loads(page.features)]
        after = page.next
        if after is None:
            assert count_items(facilities.registry, facilities.layer, query) == len(codes)
            return codes


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tree=filters)
def test_a_filter_finds_what_plain_python_finds(facilities: Facilities, tree: Node) -> None:
    expected = [code for code, row in facilities.rows.items() if holds(tree, row) is True]
    assert found(facilities, as_text(tree)) == expected
    written = json.dumps(as_json(tree))
    if "\\" not in written:
        assert found(facilities, written, language="cql2-json") == expected


@pytest.mark.parametrize(
    "text",
    [
        "S_INTERSECTS(geometry, BBOX(106.5,29.4,106.503,29.403))",
        "S_WITHIN(geometry, BBOX(106.5,29.4,106.503,29.403)) OR radius_m > 3",
        "NOT S_DISJOINT(geometry, POINT(106.503 29.403)) AND name IS NOT NULL",
    ],
)
def test_pages_of_a_filter_unite_to_one(facilities: Facilities, text: str) -> None:
    whole = found(facilities, text)
    assert len(whole) > 5
    for limit in (1, 2, 5):
        assert found(facilities, text, limit=limit) == whole
