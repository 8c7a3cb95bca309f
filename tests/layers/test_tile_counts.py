from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import geopandas as gpd
import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.editions import commit
from layers.catalogue import get_layer, seed_layers
from layers.layer import Layer
from layers.tile_address import EXTENT, TileAddress, limits_at
from layers.tile_counts import SQUARES, Cells, Overviews, read_cells, tile_of_cells
from layers.tile_sql import MAX_FEATURES
from layers.tilematrix import TILE_MATRIX_SETS, tile_matrix_set
from layers.tiles import MAX_BYTES, tile

SETS = sorted(TILE_MATRIX_SETS)


def counted(content: bytes) -> list[tuple[int, tuple[float, float]]]:
    if not content:
        return []
    (layer,) = mapbox_vector_tile.decode(content, default_options={"y_coord_down": True}).values()
    return [(f["properties"]["count"], tuple(f["geometry"]["coordinates"])) for f in layer["features"]]


def middles(frame: gpd.GeoDataFrame) -> np.ndarray:
    bounds = shapely.bounds(np.array(list(frame.geometry), dtype=object))
    return (bounds[:, :2] + bounds[:, 2:]) / 2


@pytest.mark.parametrize("tms", SETS)
@pytest.mark.parametrize("zoom", [5, 11, 13])
def test_counts_of_all_tiles_of_a_zoom_add_up_to_the_layer(city, tms: str, zoom: int) -> None:
    layer, matrix = city.layer("components"), tile_matrix_set(tms)
    places = middles(city.frames["components"])
    zoom = matrix.zoom_of(zoom)
    limits = limits_at(zoom, (*places.min(axis=0), *places.max(axis=0)), matrix)
    total = 0
    for row in range(limits.min_row, limits.max_row + 1):
        for column in range(limits.min_column, limits.max_column + 1):
            found = counted(tile(city.registry, layer, tms, zoom, row, column))
            assert len(found) <= SQUARES**2
            total += sum(count for count, _place in found)
    assert total == len(places)


def test_squares_hold_what_brute_force_counts_in_them(city) -> None:
    """On CGCS2000Quad, where fine cells never straddle squares."""
    matrix = tile_matrix_set("CGCS2000Quad")
    places = middles(city.frames["components"])
    zoom = 12
    column = int((places[0, 0] - matrix.left) // (matrix.span / 2**zoom))
    row = int((matrix.top - places[0, 1]) // (matrix.span / 2**zoom))
    address = TileAddress(matrix, zoom, row, column)
    left, _bottom, right, top = address.frame
    expected: dict[tuple[int, int], list[tuple[float, float]]] = defaultdict(list)
    for x, y in (np.column_stack([places[:, 0] - left, top - places[:, 1]])) / (right - left) * EXTENT:
        if 0 <= x < EXTENT and 0 <= y < EXTENT:
            expected[int(x * SQUARES // EXTENT), int(y * SQUARES // EXTENT)].append((x, y))
    found = counted(tile(city.registry, city.layer("components"), "CGCS2000Quad", zoom, row, column))
    assert len(found) == len(expected)
    for count, (x, y) in found:
        members = expected[int(x * SQUARES // EXTENT), int(y * SQUARES // EXTENT)]
        assert count == len(members)
        assert (x, y) == pytest.approx(np.mean(members, axis=0), abs=1.01)


def test_counts_obey_the_layers_filter(city) -> None:
    layer = replace(city.layer("components"), filter={"state": "破损"})
    found = counted(tile(city.registry, layer, "c", 4, 2, 12))
    assert sum(count for count, _place in found) == (city.frames["components"]["state"] == "破损").sum()


def test_cells_are_read_once_for_a_version_and_again_for_the_next(own_city, make_frame) -> None:
    layer = own_city.layer("components")
    overviews = Overviews(own_city.registry)
    address = TileAddress(tile_matrix_set("c"), 4, 2, 12)
    first = overviews.tile(layer, address, 1)
    added = own_city.frames["components"].iloc[:100].copy()
    added["id"] = "9" + added["id"].str[1:]
    commit(own_city.registry, "components", added)
    assert overviews.tile(layer, address, 1) == first
    assert sum(count for count, _place in counted(overviews.tile(layer, address, 2))) == 400


def test_cells_of_other_layers_make_room(city) -> None:
    overviews = Overviews(city.registry, kept=1)
    address = TileAddress(tile_matrix_set("c"), 4, 2, 12)
    for state in ("破损", "完好"):
        overviews.tile(replace(city.layer("components"), filter={"state": state}), address, 1)
    assert len(overviews._cells) == len(overviews._reading) == 1


def test_a_registry_without_components_has_empty_tiles(registry) -> None:
    seed_layers(registry)
    layer = get_layer(registry, "components", public_only=False)
    assert tile(registry, layer, "c", 4, 2, 12) == b""


@pytest.fixture
def crowded(registry, make_frame) -> Layer:
    """More points within one tile of zoom 15 than a tile may hold."""
    rng = np.random.default_rng(5)
    number = MAX_FEATURES + 100
    points = shapely.points(106.497 + 0.003 * rng.random(number), 29.401 + 0.003 * rng.random(number))
    rows = [{"id": f"{n:016d}", "class_code": "0101", "name": "上水井盖"} for n in range(number)]
    commit(registry, "components", make_frame("components", rows, points))
    seed_layers(registry)
    return get_layer(registry, "components", public_only=False)


def test_a_tile_of_too_many_features_holds_counts(registry, crowded) -> None:
    matrix = tile_matrix_set("CGCS2000Quad")
    for zoom in (13, 15):
        limits = limits_at(zoom, (106.497, 29.401, 106.5, 29.404), matrix)
        total = 0
        for row in range(limits.min_row, limits.max_row + 1):
            for column in range(limits.min_column, limits.max_column + 1):
                content = tile(registry, crowded, "CGCS2000Quad", zoom, row, column)
                assert len(content) <= MAX_BYTES
                found = counted(content)
                total += sum(count for count, _place in found)
        assert total == MAX_FEATURES + 100


def test_a_tile_of_too_many_bytes_holds_counts(city, monkeypatch) -> None:
    monkeypatch.setattr("layers.tiles.MAX_BYTES", 100)
    matrix = tile_matrix_set("CGCS2000Quad")
    places = middles(city.frames["components"])
    limits = limits_at(15, (*places[0], *places[0]), matrix)
    found = counted(
        tile(city.registry, city.layer("components"), "CGCS2000Quad", 15, limits.min_row, limits.min_column)
    )
    assert sum(count for count, _place in found) > 0


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.floats(100, 110), st.floats(25, 35), st.integers(1, 1000)), max_size=40),
    st.sampled_from(SETS),
    st.integers(6, 9),
)
def test_every_cell_is_counted_in_exactly_one_tile(
    cells: list[tuple[float, float, int]], tms: str, zoom: int
) -> None:
    table = np.array(sorted(cells, key=lambda one: one[1]), dtype=float).reshape(-1, 3)
    held = Cells(table[:, 0], table[:, 1], table[:, 2].astype(np.int64))
    matrix = tile_matrix_set(tms)
    limits = limits_at(matrix.zoom_of(zoom), (100, 25, 110, 35), matrix)
    total = 0
    for row in range(limits.min_row, limits.max_row + 1):
        for column in range(limits.min_column, limits.max_column + 1):
            content = tile_of_cells("x", held, TileAddress(matrix, limits.zoom, row, column))
            total += sum(count for count, _place in counted(content))
    assert total == table[:, 2].sum()


def test_both_databases_and_brute_force_count_the_same_cells(city) -> None:
    edge = 0.001
    with city.registry.connect() as connection:
        cells = read_cells(connection, city.layer("components"), edge)
    places = middles(city.frames["components"])
    codes, numbers = np.unique(np.floor(places / edge), axis=0, return_counts=True)
    found = {
        tuple(np.floor(np.array(place) / edge)): n
        for *place, n in zip(cells.lon, cells.lat, cells.count, strict=True)
    }
    assert found == {tuple(code): n for code, n in zip(codes, numbers, strict=True)}
    assert (np.diff(cells.lat) >= 0).all()
