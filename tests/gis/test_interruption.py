"""An import that is interrupted at any moment leaves the registry as it was."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import geopandas as gpd
import pandas as pd
import pytest
from sqlalchemy import Connection

from gis.editions import commit, list_editions
from gis.gpkg_interrupt import interruptible
from gis.models import DATASETS
from gis.read import read_frame
from gis.registry import Registry

Make = Callable[..., gpd.GeoDataFrame]

# A second delivery that changes half of the grids and adds as many, once per place: a forked process
# says that it has come to the place and waits there to be killed, then its exit is told. Sizes that
# matter are made small, so that batches and the bulk path of the RTree take part.
CHILD = """
import os, select, signal, sys
import pandas as pd
from gis import backend_gpkg, editions, rows, versions
from gis.registry import open_registry

url, path, *places = sys.argv[1:]
rows.BATCH, backend_gpkg._REBUILD_FROM = 1000, 500

def stop(here):
    if here == place:
        print(os.getpid(), here, flush=True)
        select.select([woken], [], [], 60)

def stopping(function, here):
    def stopped(*args, **kwargs):
        result = function(*args, **kwargs)
        stop(here)
        return result
    return stopped

versions.load_stage = stopping(versions.load_stage, "staged")
versions.compare = stopping(versions.compare, "compared")
versions._close = stopping(versions._close, "closed")
versions._write_followers = stopping(versions._write_followers, "followers")
versions._write_new = stopping(versions._write_new, "new")
editions._finish = stopping(editions._finish, "finished")
frame = pd.read_pickle(path)
for place in places:
    process = os.fork()
    if process == 0:
        # A signal that is only noted does not end a wait: it wakes it by a byte in this pipe
        woken, waking = os.pipe()
        os.set_blocking(waking, False)
        signal.set_wakeup_fd(waking)
        try:
            with open_registry(url) as registry:
                editions.commit(registry, "grids", frame, progress=lambda done, total: stop(f"sent {done}"))
        except KeyboardInterrupt:
            os._exit(130)
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), flush=True)
"""
PLACES = ["sent 1000", "sent 1200", "staged", "compared", "closed", "followers", "new", "finished"]


@pytest.fixture
def delivery(registry: Registry, grid_frame: Make, tmp_path: Path) -> Path:
    """Commit 1 200 grids; return the path of a delivery that changes half of them and adds as many."""
    commit(registry, "grids", grid_frame(1200))
    path = tmp_path / "delivery.pickle"
    grid_frame(1200, first=600, name="新").to_pickle(path)
    return path


def state(registry: Registry) -> tuple[Any, ...]:
    with registry.connect() as connection:
        tables = [connection.execute(t.select().order_by(t.c.fid)).all() for t in tables_of_grids()]
        sound = "ok"
        if registry.kind == "gpkg":
            sound = connection.exec_driver_sql("PRAGMA integrity_check").scalar_one()
            for table in tables_of_grids():
                rtree = f"rtree_{table.name}_geom"
                assert connection.exec_driver_sql("SELECT rtreecheck(?)", (rtree,)).scalar_one() == "ok"
    return sound, list_editions(registry), tables


def tables_of_grids() -> tuple[Any, Any]:
    return DATASETS["grids"].live, DATASETS["grids"].history


@contextmanager
def imports(registry: Registry, delivery: Path, places: list[str]) -> Iterator[TextIO]:
    """Run the imports; yield what they say, and require that they say nothing about errors."""
    arguments = [
        sys.executable,
        "-W",
        "ignore::DeprecationWarning",
        "-c",
        CHILD,
        registry.url,
        delivery,
        *places,
    ]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            yield process.stdout
            assert process.stderr.read() == ""
        finally:
            process.kill()


def test_killing_an_import_anywhere_leaves_the_registry_as_it_was(registry: Registry, delivery: Path) -> None:
    before = state(registry)
    with imports(registry, delivery, PLACES) as said:
        for place in PLACES:
            process, _, here = said.readline().strip().partition(" ")
            assert here == place
            os.kill(int(process), signal.SIGKILL)
            assert said.readline() == f"{-signal.SIGKILL}\n"
            assert state(registry) == before, place
    edition = commit(registry, "grids", pd.read_pickle(delivery))
    assert (edition.id, edition.added, edition.changed, edition.unchanged) == (2, 600, 600, 0)
    assert len(read_frame(registry, "grids", columns=["fid"])) == 1800


def test_ctrl_c_ends_an_import_cleanly(registry: Registry, delivery: Path) -> None:
    before = state(registry)
    with imports(registry, delivery, PLACES) as said:
        for place in PLACES:
            process, _, here = said.readline().strip().partition(" ")
            assert here == place
            os.kill(int(process), signal.SIGINT)
            assert said.readline() == "130\n", place
            assert state(registry) == before, place


def interrupting(connection: Connection) -> None:
    """Give the connection an SQL function that does what Ctrl-C does."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    driver.create_function("interrupt", 0, lambda: os.kill(os.getpid(), signal.SIGINT))


def test_ctrl_c_inside_an_sql_function_takes_effect_after_the_statement(gpkg_registry: Registry) -> None:
    with gpkg_registry.begin() as connection, interruptible(connection) as check:
        interrupting(connection)
        connection.exec_driver_sql("SELECT interrupt()")
        with pytest.raises(KeyboardInterrupt):
            check()


def test_ctrl_c_stops_a_long_statement(gpkg_registry: Registry) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT interrupt() UNION ALL SELECT 1 FROM n) SELECT count(*) FROM n"

    def run() -> None:
        with gpkg_registry.begin() as connection, interruptible(connection):
            interrupting(connection)
            connection.exec_driver_sql(endless)

    with pytest.raises(KeyboardInterrupt):
        run()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
