"""Pages whose rows an index of boxes has found: always those of the table as it is."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import orjson
import psycopg
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.editions import Change, commit, commit_changes, revert
from gis.errors import RegistryUnavailable
from gis.gpkg_functions import register
from gis.gpkg_rtree import packed_boxes
from gis.models import DATASETS
from gis.registry import Registry
from layers import box_indexes, box_reading
from layers.box_index import BoxIndex
from layers.box_indexes import BoxIndexes
from layers.box_reading import read_stamp
from layers.items import query_items, read_all
from layers.layer import Layer
from layers.pages import Page, PageReader
from layers.profile import Restriction
from layers.query import BoundingBox, ItemsQuery

WEST, SOUTH, SIDE = 106.50, 29.40, 0.05
EVERYWHERE = BoundingBox((106.0, 29.0, 107.0, 30.0))
COMPONENTS = DATASETS["components"]


@pytest.fixture(autouse=True)
def _small_tables_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(box_indexes, "LEAST", 1)
    monkeypatch.setattr(box_reading, "_RANGE", 100)


def made(registry: Registry, boxes: BoxIndexes | None = None) -> BoxIndex:
    boxes = boxes or BoxIndexes(registry)
    boxes.get("components")
    boxes.wait()
    index = boxes.get("components")
    assert index is not None
    return index


def page_of(
    city, query: ItemsQuery, index: BoxIndex | None, layer: Layer | None = None
) -> tuple[Page, PageReader]:
    reader = PageReader(layer or city.layer("components"), query, city.registry.kind, index)
    with city.registry.connect() as connection:
        read_all(connection, reader)
    return reader.page(), reader


@contextmanager
def another_program(registry: Registry) -> Iterator[object]:
    """Open the database as any program does."""
    if registry.kind == "postgis":
        with psycopg.connect(registry.url) as connection:
            yield connection
        return
    connection = sqlite3.connect(registry.url)
    register(connection)
    try:
        yield connection
        connection.commit()
    finally:
        connection.close()


@pytest.fixture(scope="module")
def of_city(city) -> BoxIndex:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(box_indexes, "LEAST", 1)
        return made(city.registry)


@settings(max_examples=60, deadline=None)
@given(
    west=st.floats(WEST - 0.01, WEST + SIDE),
    south=st.floats(SOUTH - 0.01, SOUTH + SIDE),
    size=st.sampled_from([0.0, 0.0005, 0.01, 0.03, 0.2]),
    limit=st.sampled_from([1, 7, 100, 400]),
    geometry=st.booleans(),
    coarsen_m=st.sampled_from([None, None, 500.0]),
)
def test_pages_are_those_the_database_finds(
    city, of_city, west: float, south: float, size: float, limit: int, geometry: bool, coarsen_m: float | None
) -> None:
    restriction = None if coarsen_m is None else Restriction(coarsen_m=coarsen_m)
    layer = replace(city.layer("components"), restriction=restriction)
    box = BoundingBox((west, south, west + size, south + size))
    query = ItemsQuery(limit=limit, bbox=box, geometry=geometry, properties=None if geometry else ("name",))
    for _page in range(1 + 400 // limit):
        page, reader = page_of(city, query, of_city, layer)
        assert reader.knows_rows
        assert not reader.outdated
        assert page == query_items(city.registry, layer, query)
        if page.next is None:
            return
        query = replace(query, after=page.next)
    raise AssertionError("the pages have no end")


@pytest.mark.parametrize(
    "asked",
    [{"filters": (("state", "完好"),)}, {"terms": ("部件",)}, {"bbox": None}],
    ids=["filter", "words", "no box"],
)
def test_other_questions_go_to_the_database(city, of_city, asked: dict[str, object]) -> None:
    query = ItemsQuery(**{"limit": 5, "bbox": EVERYWHERE, **asked})
    page, reader = page_of(city, query, of_city)
    assert not reader.knows_rows
    assert page == query_items(city.registry, city.layer("components"), query)


def test_an_index_holds_each_row_with_a_place(city, of_city) -> None:
    with city.registry.connect() as connection:
        fids = connection.exec_driver_sql("SELECT fid FROM components ORDER BY fid").scalars().all()
    assert of_city.find((106.0, 29.0, 107.0, 30.0), after=None, most=1_000) == fids


def move_one(city) -> None:
    changed = city.frames["components"].iloc[[3]].copy()
    changed.geometry = [shapely.Point(WEST + 0.9, SOUTH + 0.3)]
    commit(city.registry, "components", changed)


def add_one(city) -> None:
    added = city.frames["components"].iloc[[3]].copy()
    added["id"] = "5001130101999999"
    commit(city.registry, "components", added)


def retire_one(city) -> None:
    gone = [(city.frames["components"]["id"].iloc[4],)]
    nothing = city.frames["components"].iloc[:0]
    commit_changes(city.registry, [Change("components", nothing, retired=gone)], operation="retire")


def revert_all(city) -> None:
    move_one(city)
    with city.registry.connect() as connection:
        latest = connection.exec_driver_sql("SELECT max(id) FROM editions").scalar_one()
    revert(city.registry, latest)


def move_outside(city) -> None:
    shape = "ST_SetSRID(ST_MakePoint(107.4, 29.7), 4490)"
    with another_program(city.registry) as connection:
        if city.registry.kind == "gpkg":
            blob = connection.execute("SELECT geom FROM components WHERE fid = 8").fetchone()[0]
            connection.execute("UPDATE components SET geom = ? WHERE fid = 9", (blob,))
        else:
            connection.execute(f"UPDATE components SET geom = {shape} WHERE fid = 9")


def delete_outside(city) -> None:
    with another_program(city.registry) as connection:
        connection.execute("DELETE FROM components WHERE fid = 9")


def copy_outside(city) -> None:
    copied = [column.name for column in COMPONENTS.live.c if column.name not in ("fid", "id")]
    names = ", ".join(f'"{name}"' for name in copied)
    with another_program(city.registry) as connection:
        connection.execute(
            f"INSERT INTO components (id, {names}) SELECT 'copy', {names} FROM components WHERE fid = 9"
        )


@pytest.mark.parametrize(
    "change",
    [move_one, add_one, retire_one, revert_all, move_outside, delete_outside, copy_outside],
)
def test_a_change_is_seen_at_once_whoever_made_it_and_the_index_follows(own_city, change) -> None:
    boxes = BoxIndexes(own_city.registry)
    old = made(own_city.registry, boxes)
    change(own_city)
    query = ItemsQuery(limit=1_000, bbox=BoundingBox((105.0, 28.0, 109.0, 31.0)))
    expected = query_items(own_city.registry, own_city.layer("components"), query)
    page, reader = page_of(own_city, query, old)
    assert reader.outdated
    assert page == expected
    boxes.renew("components")
    boxes.wait()
    new = boxes.get("components")
    assert new is not None
    assert new.packed is old.packed
    assert len(new.fids) <= 2
    page, reader = page_of(own_city, query, new)
    assert not reader.outdated
    assert page == expected
    asked = (106.0, 29.0, 107.0, 30.0)
    found = new.find(asked, after=None, most=1_000)
    seen = query_items(
        own_city.registry, own_city.layer("components"), ItemsQuery(limit=1_000, bbox=EVERYWHERE)
    )
    assert found is not None
    assert len(found) >= seen.count


@pytest.mark.parametrize("limit", [1, 4, 50])
def test_rows_that_are_there_no_more_make_no_gaps(own_city, limit: int) -> None:
    """Removed rows stay in an index; a page is filled from what comes behind them."""
    boxes = BoxIndexes(own_city.registry)
    made(own_city.registry, boxes)
    with another_program(own_city.registry) as connection:
        connection.execute("DELETE FROM components WHERE fid BETWEEN 20 AND 180 OR fid % 3 = 0")
    boxes.renew("components")
    boxes.wait()
    query, seen = ItemsQuery(limit=limit, bbox=EVERYWHERE), []
    while True:
        page, reader = page_of(own_city, query, boxes.get("components"))
        assert not reader.outdated
        seen += [feature["id"] for feature in orjson.loads(page.features)]
        if page.next is None:
            break
        assert page.count == limit
        query = replace(query, after=page.next)
    left = [at for at in range(300) if not (19 <= at < 180 or at % 3 == 2)]
    assert seen == list(own_city.frames["components"]["id"].iloc[left])


def test_many_changes_are_read_anew(own_city, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(box_reading, "MOST_CHANGED", 1)
    boxes = BoxIndexes(own_city.registry)
    old = made(own_city.registry, boxes)
    move_one(own_city)
    add_one(own_city)
    boxes.renew("components")
    boxes.wait()
    new = made(own_city.registry, boxes)
    assert new.packed is not old.packed
    assert not len(new.fids)


def test_a_table_somebody_writes_to_is_left_alone(own_city) -> None:
    """His rows have numbers already that nobody sees yet."""
    if own_city.registry.kind == "gpkg":
        pytest.skip("a file has one writer at a time, and his numbers are given when they are seen")
    with psycopg.connect(own_city.registry.url) as connection:
        connection.execute("DELETE FROM components WHERE fid = 9")
        with own_city.registry.connect() as reading:
            assert read_stamp(reading, COMPONENTS) is None
        now = [0.0]
        boxes = BoxIndexes(own_city.registry, clock=lambda: now[0])
        boxes.get("components")
        boxes.wait()
        assert boxes.get("components") is None
        now[0] = box_indexes.BREATH
        connection.rollback()
    assert made(own_city.registry, boxes)


def test_small_tables_and_failures_are_tried_again_later(
    own_city, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    now = [0.0]
    boxes = BoxIndexes(own_city.registry, clock=lambda: now[0])
    tried = []

    def unavailable(*_: object) -> None:
        tried.append(1)
        raise RegistryUnavailable("gone")

    with monkeypatch.context() as patch:
        patch.setattr(box_indexes, "read_stamp", unavailable)
        for _ in range(3):
            assert boxes.get("components") is None
            boxes.wait()
    assert len(tried) == 1
    assert "components" in caplog.text
    now[0] = box_indexes.PAUSE
    with monkeypatch.context() as patch:
        patch.setattr(box_indexes, "LEAST", 10_000)
        assert boxes.get("components") is None
        boxes.wait()
        assert boxes.get("components") is None
    now[0] = 2 * box_indexes.PAUSE
    assert made(own_city.registry, boxes)


def test_nothing_is_begun_after_closing_and_what_runs_ends(city, monkeypatch: pytest.MonkeyPatch) -> None:
    boxes = BoxIndexes(city.registry)
    begun, reads = threading.Event(), box_indexes.read_index

    def slow(*arguments: object) -> BoxIndex | None:
        begun.set()
        while arguments[-1]():
            pass
        return reads(*arguments)

    monkeypatch.setattr(box_indexes, "read_index", slow)
    boxes.get("components")
    begun.wait()
    boxes.close()
    assert boxes.get("components") is None or city.registry.kind == "gpkg"
    assert not [thread for thread in threading.enumerate() if thread.name == "boxes components"]


@pytest.mark.parametrize("count", [0, 1, 51, 52, 3_000])
def test_the_boxes_of_a_file_are_those_of_its_rtree(gpkg_registry: Registry, make_frame, count: int) -> None:
    rng = np.random.default_rng(count)
    shapes = shapely.points(106 + rng.random(count), 29 + rng.random(count))
    rows = [{"id": f"{n:06d}", "class_code": "0101", "standard": "2013"} for n in range(count)]
    table = COMPONENTS.live
    with gpkg_registry.begin() as connection:
        if count:  # one after the other, as SQLite builds its tree
            frame = make_frame("components", rows, shapes)
            values = [{**row, "geom": shape} for row, shape in zip(rows, frame.geometry, strict=True)]
            connection.execute(table.insert(), values)
    with gpkg_registry.connect() as connection:
        fids, boxes = packed_boxes(connection, "components")
        told = connection.exec_driver_sql("SELECT * FROM rtree_components_geom ORDER BY id").all()
    order = np.argsort(fids)
    assert [(int(fid), *map(float, box)) for fid, box in zip(fids[order], boxes[order], strict=True)] == [
        tuple(row) for row in told
    ]
