"""Few rasters are read at a time; who would wait behind too many is told to come again."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import anyio
import pytest

from gis.errors import UsageError
from ogc import coverages, raster_turns
from ogc.raster_turns import RasterTurns, TooBusy
from tests.ogc.test_rasters import PHOTO, site

__all__ = ["site"]

MAP = f"/ogc{PHOTO}/map"


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(raster_turns.AT_ONCE, "2")
    monkeypatch.setenv(raster_turns.WAITING, "1")


def test_no_more_are_read_at_a_time_than_said(few, site, monkeypatch: pytest.MonkeyPatch) -> None:
    picture, gate = coverages._picture, threading.Semaphore(0)
    reading, most, begun, pause = [], [], threading.Semaphore(0), threading.Event()

    def held(*given: object) -> bytes:
        reading.append(1)
        most.append(len(reading))
        begun.release()
        gate.acquire()
        reading.pop()
        return picture(*given)

    monkeypatch.setattr(coverages, "_picture", held)
    with ThreadPoolExecutor(3) as pool:
        asked = [pool.submit(site.client.get, MAP) for _ in range(2)]
        begun.acquire()
        begun.acquire()
        asked.append(pool.submit(site.client.get, MAP))
        turns = site.app.routes[0].endpoint.app.state.raster_turns
        while turns._semaphore.statistics().tasks_waiting < 1:
            pause.wait(0.01)
        refused = site.client.get(MAP)
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
        assert refused.headers["content-type"] == "application/problem+json"
        gate.release(3)
        assert [one.result().status_code for one in asked] == [200] * 3
    assert max(most) == 2
    gate.release()
    assert site.client.get(MAP).status_code == 200


def test_a_turn_is_given_back_when_its_work_fails(few) -> None:
    async def ask() -> None:
        turns = RasterTurns()
        for _ in range(5):
            with pytest.raises(TooBusy):
                async with turns.taken():
                    raise TooBusy("anything")
        async with turns.taken(), turns.taken():
            pass

    anyio.run(ask)


@pytest.mark.parametrize("text", ["0", "-1", "many", "2.5", "10000"])
def test_a_setting_that_cannot_be_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(raster_turns.AT_ONCE, text)
    with pytest.raises(UsageError) as refused:
        RasterTurns()
    assert refused.value.field == raster_turns.AT_ONCE
