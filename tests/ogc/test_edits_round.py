"""An outside system does a whole round with edits, and is told what changed since an edition."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pandas as pd
import pytest
import shapely

from gis.editions import Change, commit, commit_changes, revert
from gis.registry import Registry, open_registry
from layers.catalogue import add_layer, get_layer, publish, seed_layers
from layers.edits_changes import read_changes
from layers.keys import add_key
from tests.ogc.conftest import _asked, frame

STATES = ("完好", "破损", "丢失")


def components(numbers: range, state: Callable[[int], str] = lambda _n: "完好"):
    rows = [
        {
            "id": f"5001130101{n:06d}",
            "class_code": "0101",
            "standard": "2013",
            "name": "上水井盖",
            "county": "500113",
            "state": state(n),
        }
        for n in numbers
    ]
    return frame("components", rows, [shapely.Point(106.5 + n * 0.001, 29.5) for n in numbers])


@pytest.fixture
def site(registry, monkeypatch: pytest.MonkeyPatch) -> Iterator:
    monkeypatch.setattr("layers.published.CHECK_EVERY", 0.0)
    monkeypatch.setattr("layers.key_ring.CHECK_EVERY", 0.0)
    commit(registry, "components", components(range(1, 41)), source="test")
    seed_layers(registry)
    publish(registry, "components")
    with _asked(registry) as asked:
        yield asked


def link(document: dict, rel: str) -> str | None:
    return next((one["href"] for one in document["links"] if one["rel"] == rel), None)


def all_changes(site, since: int, **query: object) -> dict[str, tuple[str, int]]:
    page = site.json("/collections/components/changes", since=since, **query)
    told = {one["id"]: (one["change"], one["edition"]) for one in page["changes"]}
    while onward := link(page, "next"):
        page = site.client.get(onward).json()
        more = {one["id"]: (one["change"], one["edition"]) for one in page["changes"]}
        assert not told.keys() & more.keys()
        told |= more
    return told


def test_an_outside_system_does_a_whole_round(site) -> None:
    headers = {"authorization": f"Bearer {add_key(site.registry, 'outside', ['editor'])[1]}"}

    def get(url: str, **query: str):
        answer = site.client.get(url, params=query or None, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer

    found = {one["id"]: one for one in get("/ogc/collections").json()["collections"]}
    items = link(found["components"], "items")
    assert items is not None
    page = get(items.partition("?")[0], filter="state = '完好' AND id > '5001130101000030'", limit="4").json()
    seen = [one["id"] for one in page["features"]]
    while onward := link(page, "next"):
        page = get(onward).json()
        seen += [one["id"] for one in page["features"]]
    assert seen == [f"5001130101{n:06d}" for n in range(31, 41)]

    feed = link(found["components"], "related")
    assert feed is not None
    start = get(feed, since="0", limit="1").json()["edition"]
    address = f"/ogc/collections/components/items/{seen[0]}"
    options = site.client.request("OPTIONS", address, headers=headers)
    assert set(re.split(", ", options.headers["allow"])) == {
        *("GET", "HEAD", "OPTIONS"),
        *("PUT", "PATCH", "DELETE"),
    }
    edited = site.client.request(
        "PATCH",
        address,
        content=json.dumps({"properties": {"state": "破损"}}),
        headers={
            **headers,
            "content-type": "application/merge-patch+json",
            "if-match": get(address).headers["etag"],
        },
    )
    assert edited.status_code == 200, edited.text
    assert get(address).json()["properties"]["state"] == "破损"
    assert get(address).headers["etag"] == edited.headers["etag"]
    changes = get(feed, since=str(start)).json()
    edition = int(edited.headers["wangge-edition"])
    assert changes["edition"] == edition == start + 1
    assert changes["changes"] == [{"id": seen[0], "change": "updated", "edition": edition}]
    assert get(feed, since=str(edition)).json()["changes"] == []


def test_changes_are_told_as_from_then_to_now(site) -> None:
    registry = site.registry
    name = "5001130101{:06d}".format
    second = commit(registry, "components", components(range(1, 4), lambda n: STATES[n % 3])).id
    new = commit(registry, "components", components(range(50, 53))).id
    gone = commit_changes(
        registry,
        [Change("components", components(range(0)), [(name(50),), (name(5),)])],
        operation="retire",
    ).id
    assert all_changes(site, 1) == {
        name(1): ("updated", second),
        name(2): ("updated", second),
        name(5): ("retired", gone),
        name(51): ("created", new),
        name(52): ("created", new),
    }
    assert all_changes(site, new) == {name(50): ("retired", gone), name(5): ("retired", gone)}
    undone = revert(registry, gone).id
    assert all_changes(site, new) == {name(50): ("updated", undone), name(5): ("updated", undone)}
    everything = all_changes(site, 0, limit=7)
    assert len(everything) == 43
    assert {change for change, _edition in everything.values()} == {"created"}


def test_what_comes_to_fit_or_no_longer_fits_the_filter_is_created_or_retired(site) -> None:
    whole = get_layer(site.registry, "components")
    add_layer(site.registry, replace(whole, id="broken", cql2="state = '破损'"))
    commit(site.registry, "components", components(range(1, 3), lambda _n: "破损"))
    told = site.json("/collections/broken/changes", since=1)["changes"]
    assert [(one["id"][-1], one["change"]) for one in told] == [("1", "created"), ("2", "created")]
    later = commit(site.registry, "components", components(range(2, 4))).id
    told = site.json("/collections/broken/changes", since=2)["changes"]
    assert told == [{"id": "5001130101000002", "change": "retired", "edition": later}]
    assert [one["id"][-1] for one in site.json("/collections/broken/changes", since=1)["changes"]] == ["1"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"since": "2"}, "since"),
        ({"since": "-1"}, "since"),
        ({"since": "x"}, "since"),
        ({"limit": "0"}, "limit"),
        ({"after": "x"}, "after"),
        ({"after": '["a","b"]'}, "after"),
        ({"after": "[1]"}, "after"),
        ({"until": "1"}, "until"),
    ],
)
def test_what_is_asked_wrongly_of_changes_is_named(site, query: dict[str, str], field: str) -> None:
    assert site.problem("/collections/components/changes", 400, **query)["field"] == field


def test_while_another_writes_an_edit_is_told_to_come_again(registry: Registry) -> None:
    commit(registry, "components", components(range(1, 3)), source="test")
    seed_layers(registry)
    publish(registry, "components")
    address = "/ogc/collections/components/items/5001130101000001"
    headers = {"if-match": "*", "content-type": "application/merge-patch+json"}
    with open_registry(registry.url, busy_timeout=0.2) as other, _asked(other) as site, registry.begin():
        body = json.dumps({"properties": {"state": "破损"}})
        response = site.client.request("PATCH", address, content=body, headers=headers)
        assert response.status_code == 503, response.text
        assert int(response.headers["retry-after"]) > 0
        assert site.client.get(address).json()["properties"]["state"] == "完好"


def test_changes_are_those_of_a_plain_record_of_states(registry: Registry) -> None:
    draw = random.Random(8)
    seed_layers(registry)
    layer = replace(get_layer(registry, "components", public_only=False), cql2="state <> '丢失'")
    states: list[dict[int, str]] = [{}]
    touched: dict[int, int] = {}
    for edition in range(1, 25):
        after = dict(states[-1])
        gone = draw.sample(sorted(after), draw.randint(0, min(2, len(after))))
        given = {
            n: draw.choice(STATES) for n in draw.sample(range(1, 13), draw.randint(1, 4)) if n not in gone
        }
        for n in gone:
            del after[n]
        touched |= dict.fromkeys(
            [*gone, *(n for n, state in given.items() if after.get(n) != state)], edition
        )
        after |= given
        states.append(after)
        rows = (
            pd.concat([components(range(n, n + 1), given.get) for n in given])
            if given
            else components(range(0))
        )
        change = Change("components", rows, [(f"5001130101{n:06d}",) for n in gone])
        assert commit_changes(registry, [change], operation="test").id == edition
    for since, before in enumerate(states):
        then, now = ({n for n, state in one.items() if state != "丢失"} for one in (before, states[-1]))
        expected = dict.fromkeys(now - then, "created") | dict.fromkeys(then - now, "retired")
        expected |= {n: "updated" for n in now & then if touched[n] > since}
        found: dict[int, tuple[str, int]] = {}
        after_key = None
        while True:
            with registry.connect() as connection:
                page = read_changes(connection, layer, since, limit=3, after=after_key)
            assert page.edition == 24
            found |= {int(one.id[-6:]): (one.change, one.edition) for one in page.changes}
            after_key = page.next
            if after_key is None:
                break
        assert found == {n: (change, touched[n]) for n, change in expected.items()}, since
