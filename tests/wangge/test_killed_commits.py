"""Imports and reverts that are killed at any moment leave the old edition or the new one, whole."""

from __future__ import annotations

import random
import shutil
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from gis.editions import list_editions
from gis.registry import open_registry
from tests.wangge.census import LIGHTING, NAMES, build_county, census, write_census
from tests.wangge.killing import CLOSED, COMMIT, DONE, START, Order, Runner, runner
from tests.wangge.registry_state import State, require_sound, state_of, without_clock

ANYWHERE, ABOUT_THE_COMMIT = 3, 5


class Shelf:
    """Copies of registries on one database."""

    def __init__(self, kind: str, folder: Path, new_registry: Callable[[str], str], server: Any) -> None:
        self.kind, self.folder, self.new_registry, self.server = kind, folder, new_registry, server
        self.count = 0

    def empty(self) -> str:
        return self.new_registry(self.kind)

    def copy(self, url: str) -> str:
        """Copy a registry nobody is connected to."""
        if self.kind == "postgis":
            copied: str = self.server.create_database(url.rsplit("/", 1)[1])
            return copied
        self.count += 1
        assert not Path(f"{url}-wal").exists()
        return str(shutil.copy(url, self.folder / f"copy-{self.count}.gpkg"))

    def drop(self, url: str) -> None:
        if self.kind == "postgis":
            self.server.drop_database(url)


@pytest.fixture(params=["gpkg", "postgis"])
def shelf(request: pytest.FixtureRequest, tmp_path: Path, new_registry: Callable[[str], str]) -> Shelf:
    server = request.getfixturevalue("postgis_server") if request.param == "postgis" else None
    return Shelf(request.param, tmp_path, new_registry, server)


@pytest.fixture(scope="module")
def killer() -> Iterator[Runner]:
    with runner() as started:
        yield started


def deliveries(folder: Path) -> tuple[str, str, str]:
    """Write a census, a second one of the same ground with changes, and one with faults and changes."""
    first = census(range(400))
    second = census(range(440)).drop(index=range(5, 400, 40)).reset_index(drop=True)
    second["井盖编号"] = [f"J{place}" if place % 7 == 0 else None for place in second.index]
    second.loc[second.index % 10 == 0, "geometry"] = second.geometry.translate(0.00003, 0.00001)
    owned = second.index % 10 == 1
    second.loc[owned, ["DeptCode2", "DeptName2"]] = [LIGHTING, NAMES[LIGHTING]]
    second.loc[second.index >= 420, "ObjID"] = None
    third = census(range(100, 500))
    third.loc[third.index % 50 == 7, "ObjID"] = "50011301010000X1"
    third["ObjState"] = "破损"
    frames = {"first.shp": first, "second.shp": second, "third.shp": third}
    one, two, three = (str(write_census(frame, folder / name)) for name, frame in frames.items())
    return one, two, three


@dataclass
class Step:
    """One step of a registry's life, killed again and again, between the registry before and after it.

    Parameters
    ----------
    base : str
        URL of the registry before the step.
    order : Order
        What is done; its registry is the one after the step, where it was done undisturbed.
    """

    killer: Runner
    shelf: Shelf
    base: str
    order: Order

    def __post_init__(self) -> None:
        self.before = whole_state(self.base)
        ending = self.killer.run(self.order)
        assert (ending.exit, list(ending.told)) == (0, [START, COMMIT, DONE, CLOSED])
        self.told = ending.told
        self.after = without_clock(whole_state(self.order.url))
        self.url = self.shelf.copy(self.base)

    def kill_all_over(self, chance: random.Random) -> list[bool]:
        """Kill it before its commit, after it, anywhere, and ever closer to where one becomes the other.

        Returns
        -------
        list of bool
            Whether the edition was there, each time.
        """
        assert self.is_done_when_killed(COMMIT, held=True) is False
        assert self.is_done_when_killed(DONE, held=True) is True
        done = [False, True]
        moments = [chance.uniform(0, self.told[CLOSED]) for _ in range(ANYWHERE)]
        done += [self.is_done_when_killed(START, moment) for moment in moments]
        early, late = 0.0, self.told[CLOSED] - self.told[COMMIT]
        for _ in range(ABOUT_THE_COMMIT):
            moment = early + (late - early) * chance.uniform(0.1, 0.9)
            done.append(self.is_done_when_killed(COMMIT, moment))
            early, late = (early, moment) if done[-1] else (moment, late)
        return done

    def is_done_when_killed(self, mark: str, after: float = 0.0, *, held: bool = False) -> bool:
        """Kill it so long after it told a mark; tell whether the edition is there, whole or not at all."""
        ending = self.killer.run(replace(self.order, url=self.url), mark=mark, after=after, held=held)
        assert ending.exit in (0, -signal.SIGKILL)
        state = whole_state(self.url)
        if state == self.before:
            return False
        assert without_clock(state) == self.after
        self.shelf.drop(self.url)
        self.url = self.shelf.copy(self.base)
        return True

    def finish(self) -> None:
        """Do it at last in the registry in which it was killed."""
        self.is_done_when_killed(COMMIT, held=True)
        assert self.killer.run(replace(self.order, url=self.url)).exit == 0
        assert without_clock(whole_state(self.url)) == self.after


def whole_state(url: str) -> State:
    with open_registry(url) as registry:
        require_sound(registry)
        return state_of(registry)


@pytest.mark.timeout(900)
def test_a_killed_import_or_revert_leaves_the_old_edition_or_the_new_one(
    shelf: Shelf, killer: Runner, tmp_path: Path
) -> None:
    url = shelf.empty()
    with open_registry(url) as registry:
        build_county(registry)
    first, second, third = deliveries(tmp_path)
    chance = random.Random(f"killed {shelf.kind}")
    for order in (
        Order("", first),
        Order("", second),
        Order("", reverts=5),
        Order("", third, partial=True),
        Order("", second),
    ):
        step = Step(killer, shelf, url, replace(order, url=shelf.copy(url)))
        step.kill_all_over(chance)
        step.finish()
        url = step.order.url
    with open_registry(url) as registry:
        assert [edition.id for edition in list_editions(registry)] == [8, 7, 6, 5, 4, 3, 2, 1]
