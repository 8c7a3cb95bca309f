"""Counts that are brought up to date with what changed, against counting again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely

from gis.editions import Change, commit, commit_changes, revert
from gis.models import DATASETS
from layers import tile_count_changes, tile_counts
from layers.layer import Layer
from layers.profile import Restriction
from layers.tile_address import TileAddress
from layers.tile_counts import Cells, Overviews, read_cells
from layers.tilematrix import tile_matrix_set

ADDRESS = TileAddress(tile_matrix_set("c"), 4, 2, 12)
WEST, SOUTH, SIDE = 106.50, 29.40, 0.05


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[Layer]:
    """Hold which layers are counted from all their rows."""
    layers: list[Layer] = []

    def counted(connection: object, layer: Layer, *arguments: object) -> Cells:
        layers.append(layer)
        return read_cells(connection, layer, *arguments)

    monkeypatch.setattr(tile_counts, "read_cells", counted)
    return layers


def cells_of(overviews: Overviews, layer: Layer, version: int) -> dict[tuple[int, int], tuple[float, ...]]:
    overviews.tile(layer, ADDRESS, version)
    cells = next(reversed(overviews._cells.values()))
    edge = 360.0 / 2 ** (tile_counts.OVERVIEW_ZOOM + 6)
    return {
        (int(lon // edge), int(lat // edge)): (count, round(lon, 9), round(lat, 9))
        for lon, lat, count in zip(cells.lon, cells.lat, cells.count, strict=True)
    }


def edit(own_city, rng: np.random.Generator) -> None:
    """Move some, add some, retire some, change the state of some."""
    frame = own_city.frames["components"]
    some = frame.iloc[rng.choice(len(frame), 30, replace=False)].copy()
    some.iloc[:20, some.columns.get_loc("geometry")] = shapely.points(
        WEST + SIDE * rng.random(20), SOUTH + SIDE * rng.random(20)
    )
    some["state"] = rng.choice(["破损", "完好", "丢失"], 30)
    some.iloc[:5, some.columns.get_loc("id")] = [f"8{number:015d}" for number in rng.integers(0, 10**9, 5)]
    with own_city.registry.connect() as connection:
        live = connection.exec_driver_sql("SELECT id FROM components").scalars().all()
    gone = [(name,) for name in rng.choice(sorted(set(live) - set(some["id"])), 3, replace=False)]
    commit_changes(own_city.registry, [Change("components", some, retired=gone)], operation="edit")


def test_counts_follow_every_edition_without_reading_all_again(own_city, read: list[Layer]) -> None:
    whole = own_city.layer("components")
    asked = [
        whole,
        replace(whole, filter={"state": "破损"}),
        replace(whole, restriction=Restriction(coarsen_m=200.0)),
    ]
    overviews, rng = Overviews(own_city.registry), np.random.default_rng(4)
    for layer in asked:
        cells_of(overviews, layer, 0)
    assert len(read) == len(asked)
    editions = []
    for version in range(1, 6):
        if version == 4:
            revert(own_city.registry, editions[-1])
        else:
            for _edit in range(version % 2 + 1):
                edit(own_city, rng)
        with own_city.registry.connect() as connection:
            editions.append(connection.exec_driver_sql("SELECT max(id) FROM editions").scalar_one())
        for layer in asked:
            found = cells_of(overviews, layer, version)
            assert len(read) == len(asked)
            again = cells_of(Overviews(own_city.registry), layer, version)
            read.pop()
            assert found == again


def test_what_another_program_wrote_is_counted_by_reading_all(own_city, read: list[Layer]) -> None:
    layer, overviews = own_city.layer("components"), Overviews(own_city.registry)
    cells_of(overviews, layer, 0)
    components = DATASETS["components"].live
    with own_city.registry.begin_aside() as connection:
        first = components.select().where(components.c.fid == 1)
        row = connection.execute(first).mappings().one()
        copied = {name: value for name, value in row.items() if name not in ("fid", "edition", "valid_from")}
        connection.execute(components.insert(), {**copied, "id": "other"})
    found = cells_of(overviews, layer, 1)
    assert sum(count for count, *_place in found.values()) == 301
    assert len(read) == 2


def test_many_changes_are_counted_by_reading_all(
    own_city, read: list[Layer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tile_count_changes, "MOST_CHANGED", 10)
    layer, overviews = own_city.layer("components"), Overviews(own_city.registry)
    cells_of(overviews, layer, 0)
    added = own_city.frames["components"].iloc[:11].copy()
    added["id"] = "9" + added["id"].str[1:]
    commit(own_city.registry, "components", added)
    found = cells_of(overviews, layer, 1)
    assert sum(count for count, *_place in found.values()) == 311
    assert len(read) == 2
