from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import orjson
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.editions import commit
from gis.errors import UsageError
from gis.registry import Registry, open_registry
from layers.catalogue import get_layer, seed_layers
from layers.items import count_items, query_items
from layers.query import ItemsQuery
from layers.searching import MAX_LENGTH, MAX_TERMS, search_terms, searched_properties
from tests.layers.conftest import frame

NAMES = (
    "龙洲湾 Park",
    "龙洲湾",
    "100%",
    "1000",
    "a_b",
    "aXb",
    "back\\slash",
    "Straße",
    "ÄRGER",
    "甲'乙\"丙",
    "",
)


@pytest.fixture(scope="module", params=["gpkg", "postgis"])
def places(request, tmp_path_factory) -> Iterator[Registry]:
    """Registry with places of all names, the last one without."""
    if request.param == "gpkg":
        url = str(tmp_path_factory.mktemp("search") / "city.gpkg")
    else:
        url = request.getfixturevalue("postgis_server").create_database()
    rows = [{"code": f"p{n}", "name": name} for n, name in enumerate(NAMES)]
    rows[0] |= {"aliases": '["老地名"]', "address": "龙洲大道1号", "attributes": '{"secret":"hidden"}'}
    points = np.array([shapely.Point(106, 29)] * len(rows))
    with open_registry(url, create=True) as registry:
        commit(registry, "places", frame("places", rows, points))
        seed_layers(registry)
        yield registry


def found(registry: Registry, text: str) -> list[int]:
    layer = get_layer(registry, "places", public_only=False)
    query = ItemsQuery(terms=search_terms(text), limit=100)
    features = orjson.loads(query_items(registry, layer, query).features)
    assert count_items(registry, layer, query) == len(features)
    return [int(feature["id"][1:]) for feature in features]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("龙洲湾", [0, 1]),
        ("PARK", [0]),
        ("湾  pArk", [0]),
        ("洲大", [0]),
        ("老地", [0]),
        ("100%", [2]),
        ("_", [4]),
        ("\\", [6]),
        ("丙,park", [0, 9]),
        ("P1", [1, 10]),
        ("'", [9]),
        ("hidden", []),
        ("' OR 1=1 --", []),
    ],
)
def test_terms_are_found_anywhere_whatever_their_case(places, text: str, expected: list[int]) -> None:
    assert found(places, text) == expected


@given(term=st.text(st.sampled_from("aBbÄß龙洲%_\\'\"1 0x"), min_size=1, max_size=3).filter(str.strip))
@settings(max_examples=60, deadline=None)
def test_both_databases_find_what_a_plain_look_finds(places, term: str) -> None:
    wanted = ascii_lower(" ".join(term.split()))
    texts = [f"p{n} {name}" if n else f"p0\n{name}\n老地名\n龙洲大道1号" for n, name in enumerate(NAMES)]
    looked = [
        n
        for n, text in enumerate(texts)
        if any(wanted in ascii_lower(part) for part in (text.split("\n") if n == 0 else [f"p{n}", NAMES[n]]))
        or (n == 0 and wanted in '["老地名"]')
    ]
    assert found(places, term) == looked


def ascii_lower(text: str) -> str:
    return "".join(c.lower() if c.isascii() else c for c in text)


def test_only_published_texts_are_searched(places) -> None:
    layer = get_layer(places, "places", public_only=False)
    assert searched_properties(layer) == ("code", "name", "aliases", "former_names", "address", "street_name")


@pytest.mark.parametrize("text", ["", " , ,", ",".join("abcdefghi"), "x" * (MAX_LENGTH + 1), "y" * 10_000])
def test_a_search_without_bounds_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as refusal:
        search_terms(text)
    assert refusal.value.field == "q"
    assert len(refusal.value.value) <= 2 * MAX_LENGTH


def test_terms_are_read_once_each() -> None:
    assert search_terms(" a  b ,c,c,") == ("a b", "c")
    assert len(search_terms(",".join("abcdefgh"))) == MAX_TERMS
