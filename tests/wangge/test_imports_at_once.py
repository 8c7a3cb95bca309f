"""Two imports at once do not mix: one waits for the other, or is refused and can be repeated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from gis.editions import list_editions
from gis.errors import RegistryUnavailable
from gis.models import DATASETS
from gis.registry import Registry, open_registry
from tests.wangge.census import OPTIONS, build_county, census, write_census
from tests.wangge.killing import Order, Runner, runner
from tests.wangge.registry_state import require_sound, state_of
from wangge.deliveries import deliver

DONE, UNAVAILABLE = 0, 4
ROUNDS = 4

Race = Callable[..., None]


@pytest.fixture(scope="module")
def runners() -> Iterator[tuple[Runner, Runner]]:
    """Two processes that import."""
    with ExitStack() as stack:
        yield stack.enter_context(runner()), stack.enter_context(runner())


@pytest.fixture
def county(copied: Callable[..., Registry]) -> Registry:
    return copied(build_county)


@pytest.fixture
def race(runners: tuple[Runner, Runner], county: Registry) -> Race:
    """Return a function that imports two files at once, each again for as long as it is refused as busy."""

    def run(*paths: Path) -> None:
        before = [edition.id for edition in list_editions(county)]
        with ThreadPoolExecutor() as pool:
            list(pool.map(_until_done, runners, [Order(county.url, str(path)) for path in paths]))
        after = [edition.id for edition in list_editions(county)]
        assert after == [before[0] + 2, before[0] + 1, *before]
        require_sound(county)

    return run


def _until_done(process: Runner, order: Order) -> None:
    # Of two, one always gets through: it was refused because the other was committed.
    endings = [process.run(order).exit]
    while endings[-1] == UNAVAILABLE and len(endings) < 5:
        endings.append(process.run(order).exit)
    assert endings[-1] == DONE


def versions(registry: Registry) -> list[dict[str, Any]]:
    """Return all versions of components, live and closed ones."""
    state = state_of(registry)
    dataset = DATASETS["components"]
    return state[dataset.live.name] + state[dataset.history.name]


def test_different_components_become_two_whole_editions(county: Registry, race: Race, tmp_path: Path) -> None:
    for turn in range(ROUNDS):
        west, east = (
            write_census(census(range(first, first + 100)), tmp_path / f"{first}.shp")
            for first in (turn * 200, turn * 200 + 100)
        )
        race(west, east)
    counts = Counter(row["edition"] for row in versions(county))
    assert set(counts.values()) == {100}
    assert len(counts) == 2 * ROUNDS


def test_of_what_both_deliver_every_component_is_as_the_later_edition_says(
    county: Registry, race: Race, tmp_path: Path
) -> None:
    deliver(county, "components", [write_census(census(range(300)), tmp_path / "first.shp")], OPTIONS)
    for turn in range(ROUNDS):
        files = []
        for name, places, state in (("a", range(200), "破损"), ("b", range(100, 300), "丢失")):
            frame = census(places)
            frame["ObjState"], frame["Note"] = state, f"{name}{turn}"
            files.append(write_census(frame, tmp_path / f"{name}{turn}.shp"))
        race(*files)
        latest, earlier = (edition.id for edition in list_editions(county)[:2])
        live = state_of(county)[DATASETS["components"].live.name]
        told = Counter((row["edition"], row["note"]) for row in live)
        assert sorted(told.values()) == [100, 200]
        assert {edition: count for (edition, _), count in told.items()} == {latest: 200, earlier: 100}


def test_no_identifier_is_given_to_two_components(county: Registry, race: Race, tmp_path: Path) -> None:
    for turn in range(ROUNDS):
        files = []
        for first in (turn * 200, turn * 200 + 100):
            frame = census(range(first, first + 100))
            frame["ObjID"] = None
            files.append(write_census(frame, tmp_path / f"{first}.shp"))
        race(*files)
    rows = versions(county)
    assert len(rows) == ROUNDS * 200
    assert len({row["id"] for row in rows}) == len(rows)


def test_an_import_beside_a_writer_who_does_not_end_is_refused_and_changes_nothing(
    county: Registry, tmp_path: Path
) -> None:
    path = write_census(census(range(10)), tmp_path / "a.shp")
    before = state_of(county)
    with open_registry(county.url, busy_timeout=0.1) as impatient:
        with county.begin(), pytest.raises(RegistryUnavailable) as refused:
            deliver(impatient, "components", [path], OPTIONS)
        assert refused.value.hint is not None
        assert state_of(county) == before
        deliver(impatient, "components", [path], OPTIONS)


def test_an_import_that_another_gets_ahead_of_takes_none_of_its_identifiers(
    county: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = census(range(10))
    frame["ObjID"] = None
    path, other = (write_census(frame, tmp_path / f"{name}.shp") for name in ("a", "b"))
    begin = county.begin

    def begin_late() -> Any:
        monkeypatch.undo()
        with open_registry(county.url) as another:
            deliver(another, "components", [other], OPTIONS)
        return begin()

    monkeypatch.setattr(county, "begin", begin_late)
    try:
        deliver(county, "components", [path], OPTIONS)
        expected = 20
    except RegistryUnavailable:
        expected = 10
    rows = versions(county)
    assert len(rows) == len({row["id"] for row in rows}) == expected
