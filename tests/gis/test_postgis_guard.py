"""What other programs change in PostGIS goes to the history."""

from __future__ import annotations

from collections.abc import Callable

import geopandas as gpd
import psycopg
import pytest

from gis.editions import commit, revert
from gis.errors import DataRefused
from gis.models import DATASETS
from gis.read import read_frame
from gis.registry import Registry

Make = Callable[..., gpd.GeoDataFrame]


def closed(registry: Registry) -> list[tuple[str, int]]:
    history = DATASETS["grids"].history
    with registry.connect() as connection:
        return [
            (row.name, row.closed_by) for row in connection.execute(history.select().order_by(history.c.fid))
        ]


def test_changes_and_deletions_are_recorded(postgis_registry: Registry, grid_frame: Make) -> None:
    first = commit(postgis_registry, "grids", grid_frame(4))
    with psycopg.connect(postgis_registry.url) as connection:
        connection.execute("UPDATE unit_grids SET name = '外改' WHERE fid = 1")
        connection.execute("DELETE FROM unit_grids WHERE fid IN (2, 3)")
    live = read_frame(postgis_registry, "grids", columns=["name", "edition"])
    assert list(live.itertuples(index=False, name=None)) == [("外改", 0), ("格3", 1)]
    assert closed(postgis_registry) == [("格0", 0), ("格1", 0), ("格2", 0)]
    before = read_frame(postgis_registry, "grids", as_of=first.committed_at)
    assert list(before["name"]) == ["格0", "格1", "格2", "格3"]
    with pytest.raises(DataRefused):
        revert(postgis_registry, 1)
    again = commit(postgis_registry, "grids", grid_frame(4))
    assert (again.added, again.changed, again.unchanged) == (2, 1, 1)


def test_our_own_editions_do_not_trip_the_guard(postgis_registry: Registry, grid_frame: Make) -> None:
    commit(postgis_registry, "grids", grid_frame(1))
    commit(postgis_registry, "grids", grid_frame(1, name="x"))
    revert(postgis_registry, 2)
    assert closed(postgis_registry) == [("格0", 2), ("x0", 3)]


def test_rows_added_by_others_carry_edition_0(postgis_registry: Registry) -> None:
    with psycopg.connect(postgis_registry.url) as connection:
        connection.execute("INSERT INTO unit_grids (code) VALUES ('a')")
    frame = read_frame(postgis_registry, "grids", columns=["code", "edition", "valid_from"])
    assert frame["edition"].tolist() == [0]
    assert frame["valid_from"].notna().all()
