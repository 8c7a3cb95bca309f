"""The RTree that is packed in bulk, against SQLite's own check and brute force."""

from __future__ import annotations

from collections.abc import Callable

import geopandas as gpd
import numpy as np
import pytest
import shapely
from sqlalchemy import Connection

from gis import gpkg_rtree
from gis.editions import commit, revert
from gis.models import DATASETS
from gis.read import read_frame
from gis.registry import Registry

PLACES = DATASETS["places"]


def places(count: int, seed: int = 1) -> gpd.GeoDataFrame:
    random = np.random.default_rng(seed)
    west, south = 106 + random.random(count), 29 + random.random(count)
    boxes = shapely.box(west, south, west + random.random(count) * 0.01, south + random.random(count) * 0.01)
    return gpd.GeoDataFrame({"code": [f"{i:06d}" for i in range(count)]}, geometry=boxes, crs=4490)


def check(connection: Connection, table: str = "places") -> tuple[str, int]:
    rtree = f"rtree_{table}_geom"
    result = connection.exec_driver_sql("SELECT rtreecheck(?)", (rtree,)).scalar_one()
    return result, connection.exec_driver_sql(f"SELECT count(*) FROM {rtree}").scalar_one()


@pytest.mark.parametrize("count", [0, 1, 40, 41, 51, 52, 1600, 1601, 3000])
def test_a_packed_tree_is_sound_and_finds_everything(gpkg_registry: Registry, count: int) -> None:
    frame = places(count)
    commit(gpkg_registry, "places", frame)
    with gpkg_registry.begin() as connection:
        gpkg_rtree.rebuild(connection, "places")
        assert check(connection) == ("ok", count)
    box = (106.2, 29.2, 106.5, 29.4)
    expected = frame["code"][frame.geometry.intersects(shapely.box(*box))]
    assert list(read_frame(gpkg_registry, "places", bbox=box)["code"]) == list(expected)


def test_sqlite_goes_on_inserting_and_deleting_in_a_packed_tree(gpkg_registry: Registry) -> None:
    commit(gpkg_registry, "places", places(2000))
    table = PLACES.live
    with gpkg_registry.begin() as connection:
        gpkg_rtree.rebuild(connection, "places")
    with gpkg_registry.begin() as connection:
        rows = [{"code": f"new{i}", "geom": shape} for i, shape in enumerate(places(500, seed=2).geometry)]
        connection.execute(table.insert(), rows)
        connection.execute(table.delete().where(table.c.fid % 3 == 0))
    with gpkg_registry.connect() as connection:
        left = connection.exec_driver_sql("SELECT count(*) FROM places").scalar_one()
        assert check(connection) == ("ok", left)


def test_a_packed_box_is_what_sqlite_would_have_stored(gpkg_registry: Registry) -> None:
    commit(gpkg_registry, "places", places(300))
    boxes = "SELECT * FROM rtree_places_geom ORDER BY id"
    with gpkg_registry.begin() as connection:
        inserted = connection.exec_driver_sql(boxes).all()
        gpkg_rtree.rebuild(connection, "places")
        packed = connection.exec_driver_sql(boxes).all()
    stored = np.array(packed)[:, [1, 3, 2, 4]]
    exact = shapely.bounds(places(300).geometry.values)
    assert (stored[:, :2] <= exact[:, :2]).all()
    assert (stored[:, 2:] >= exact[:, 2:]).all()
    assert np.abs(np.array(packed) - np.array(inserted)).max() < 2e-5


def test_large_and_small_editions_keep_both_trees(gpkg_registry: Registry) -> None:
    frame = places(12_000)
    steps: list[Callable[[], object]] = [
        lambda: commit(gpkg_registry, "places", frame),
        lambda: commit(gpkg_registry, "places", places(7000, seed=3)),
        lambda: commit(gpkg_registry, "places", places(30, seed=4)),
        lambda: revert(gpkg_registry, 3),
        lambda: revert(gpkg_registry, 2),
    ]
    for step in steps:
        step()
        with gpkg_registry.connect() as connection:
            for table in (PLACES.live, PLACES.history):
                rows = connection.exec_driver_sql(f"SELECT count(*) FROM {table.name}").scalar_one()
                assert check(connection, table.name) == ("ok", rows)
                triggers = connection.exec_driver_sql(
                    "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE ?",
                    (f"rtree_{table.name}_geom_%",),
                ).scalar_one()
                assert triggers == 6
    again = read_frame(gpkg_registry, "places")
    assert shapely.equals(again.geometry.values, frame.geometry.values).all()
