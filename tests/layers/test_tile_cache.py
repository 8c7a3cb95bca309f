from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.errors import UsageError
from layers.tile_cache import CAPACITY, TileCache, cache_from_environment


def test_a_tile_asked_for_last_stays_and_the_others_make_room() -> None:
    cache = TileCache(3000)
    for key in "abc":
        cache.put(key, b"x" * 500)
    assert cache.get("a") is not None
    cache.put("d", b"x" * 500)
    assert [cache.get(key) is not None for key in "abcd"] == [True, False, True, True]


def test_a_tile_that_is_too_large_is_not_held_and_an_empty_one_is() -> None:
    cache = TileCache(1000)
    cache.put("large", b"x" * 1000)
    cache.put("empty", b"")
    assert cache.get("large") is None
    assert cache.get("empty") == b""


@settings(deadline=None, max_examples=100)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 900)), max_size=60), st.integers(0, 4000))
def test_it_never_holds_more_than_it_may_and_knows_what_it_holds(
    puts: list[tuple[int, int]], capacity: int
) -> None:
    cache, last = TileCache(capacity), {}
    for key, size in puts:
        cache.put(key, bytes(size))
        last[key] = size
        assert cache.nbytes <= capacity
    held = {key: cache.get(key) for key in last if cache.get(key) is not None}
    assert len(cache) == len(held)
    assert cache.nbytes == sum(len(content) + 400 for content in held.values())


def test_its_size_comes_from_the_environment(monkeypatch) -> None:
    monkeypatch.setenv(CAPACITY, "3")
    assert cache_from_environment().capacity == 3 * 2**20
    monkeypatch.setenv(CAPACITY, "lots")
    with pytest.raises(UsageError) as refusal:
        cache_from_environment()
    assert refusal.value.field == CAPACITY
