"""Pages of a box over HTTP, once an index of boxes has been made."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from layers import pages
from layers.box_select import chosen_statement
from ogc import database
from ogc.promptness import CAUTION, TOO_LONG, Promptness

BOX = "106.5,29.5,106.6,29.6"
ITEMS = "/collections/components/items"


@pytest.fixture
def chosen(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Make indexes of small tables too and wait for them; hold how many rows were read by their numbers."""
    counts: list[int] = []
    monkeypatch.setattr("layers.box_indexes.LEAST", 1)
    get = database.BoxIndexes.get

    def waited(self: object, dataset: str) -> object:
        get(self, dataset)
        self.wait()
        return get(self, dataset)

    def counted(*arguments: object) -> object:
        counts.append(len(arguments[2]))
        return chosen_statement(*arguments)

    monkeypatch.setattr(database.BoxIndexes, "get", waited)
    monkeypatch.setattr(pages, "chosen_statement", counted)
    return counts


@pytest.mark.parametrize("limit", [1, 10, 100, 101, 1_000])
def test_a_page_of_a_box_reads_the_rows_it_shows_and_a_few(site, chosen: list[int], limit: int) -> None:
    page = site.json(ITEMS, bbox=BOX, limit=limit)
    assert page["numberReturned"] == min(limit, 250)
    assert len(chosen) == 1
    assert chosen[0] <= limit + limit // 50 + 5
    whole = site.json(ITEMS, limit=1_000)["features"]
    assert page["features"] == whole[:limit]


def test_a_new_feature_is_on_the_next_page_that_is_asked(own_site, chosen: list[int]) -> None:
    before = own_site.json(ITEMS, bbox=BOX, limit=1_000)["numberReturned"]
    assert chosen
    body = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [106.56, 29.57]},
        "properties": {
            "class_code": "0101",
            "standard": "2013",
            "county": "500113",
            "name": "新",
            "state": "完好",
        },
    }
    headers = {"content-type": "application/geo+json"}
    made = own_site.client.post(f"/ogc{ITEMS}", content=json.dumps(body).encode(), headers=headers)
    assert made.status_code == 201, made.text
    for _again in range(2):
        assert own_site.json(ITEMS, bbox=BOX, limit=1_000)["numberReturned"] == before + 1


@pytest.mark.parametrize("prompt", [True, False])
def test_a_few_rows_of_a_file_take_a_thread_only_when_it_is_slow(
    site, chosen: list[int], monkeypatch: pytest.MonkeyPatch, prompt: bool
) -> None:
    threads: list[Callable[..., object]] = []

    async def in_thread(function: Callable[..., object], *arguments: object) -> object:
        threads.append(function)
        return function(*arguments)

    monkeypatch.setattr(database, "run_in_threadpool", in_thread)
    monkeypatch.setattr(Promptness, "__bool__", lambda _self: prompt)
    embedded = site.registry.kind == "gpkg"
    site.json(ITEMS, bbox=BOX, limit=100)
    site.json(f"{ITEMS}/5001130101000010")
    assert len(threads) == (2 if embedded and not prompt else 0)
    site.json(ITEMS, bbox=BOX, limit=101)
    assert len(threads) == (0 if not embedded else 1 if prompt else 3)


def test_an_answer_held_up_by_chance_counts_little_and_slow_ones_are_remembered() -> None:
    now = [0.0]
    prompt = Promptness(clock=lambda: now[0])

    def answer(seconds: float) -> bool:
        with prompt.watched():
            now[0] += seconds
        return bool(prompt)

    assert answer(4 * TOO_LONG)
    assert all(answer(0.0002) for _ in range(20))
    assert not all(answer(2 * TOO_LONG) for _ in range(20))
    assert not prompt
    now[0] += CAUTION
    assert prompt
    assert not answer(1.0)
