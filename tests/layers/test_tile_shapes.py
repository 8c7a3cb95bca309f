from __future__ import annotations

import shutil

import geopandas as gpd
import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gis.editions import commit
from gis.models import DATASETS
from gis.registry import Registry, open_registry
from layers.catalogue import get_layer, seed_layers
from layers.tile_address import BUFFER, EXTENT, TileAddress, limits_at
from layers.tile_shapes import TOLERANCE
from layers.tilematrix import TILE_MATRIX_SETS, tile_matrix_set
from layers.tiles import tile

WEST, SOUTH, SIDE = 106.5, 29.4, 0.16


def decoded(content: bytes) -> dict:
    if not content:
        return {}
    (layer,) = mapbox_vector_tile.decode(content, default_options={"y_coord_down": True}).values()
    return {feature["id"]: feature for feature in layer["features"]}


def crooked_coverage(count: int = 4, seed: int = 3) -> list[shapely.Polygon]:
    """Squares whose common borders are drawn with a vertex every ten metres or so."""
    rng = np.random.default_rng(seed)
    step, vertices = SIDE / count, 300
    along = np.linspace(0, step, vertices)

    def border(x: float, y: float, *, upright: bool, straight: bool) -> np.ndarray:
        aside = np.zeros(vertices) if straight else 0.00002 * rng.standard_normal(vertices)
        aside[[0, -1]] = 0
        return np.column_stack([x + aside, y + along] if upright else [x + along, y + aside])

    across = {
        (i, j): border(WEST + i * step, SOUTH + j * step, upright=False, straight=j in (0, count))
        for i in range(count)
        for j in range(count + 1)
    }
    up = {
        (i, j): border(WEST + i * step, SOUTH + j * step, upright=True, straight=i in (0, count))
        for i in range(count + 1)
        for j in range(count)
    }
    return [
        shapely.Polygon(np.vstack([across[i, j], up[i + 1, j], across[i, j + 1][::-1], up[i, j][::-1]]))
        for j in range(count)
        for i in range(count)
    ]


@pytest.fixture
def divided(registry, make_frame) -> Registry:
    shapes = [shapely.MultiPolygon([one]) for one in crooked_coverage()]
    rows = [{"code": f"{n:09d}", "level": "street"} for n in range(len(shapes))]
    whole = shapely.MultiPolygon([shapely.box(WEST, SOUTH, WEST + SIDE, SOUTH + SIDE)])
    frame = make_frame(
        "divisions", [*rows, {"code": "500113", "level": "county"}], np.array([*shapes, whole])
    )
    commit(registry, "divisions", frame)
    seed_layers(registry)
    return registry


@pytest.mark.parametrize("zoom", [9, 11, 13])
def test_simplified_neighbours_leave_no_gap_and_no_overlap(divided, zoom: int) -> None:
    layer, matrix = get_layer(divided, "divisions", public_only=False), tile_matrix_set("CGCS2000Quad")
    middle = (WEST + 0.5 * SIDE, SOUTH + 0.5 * SIDE)
    place = limits_at(zoom, (*middle, *middle), matrix)
    address = TileAddress(matrix, zoom, place.min_row, place.min_column)
    features = decoded(tile(divided, layer, "CGCS2000Quad", zoom, address.row, address.column))
    shapes = {
        feature["properties"]["code"]: shapely.geometry.shape(feature["geometry"])
        for feature in features.values()
    }
    county = shapes.pop("500113")
    streets = np.array(list(shapes.values()), dtype=object)
    union = shapely.union_all(streets)
    assert union.area == pytest.approx(shapely.area(streets).sum(), rel=1e-12)
    assert union.symmetric_difference(county).area <= 1e-4 * county.area
    assert shapely.coverage_is_valid(streets)
    drawn = shapely.get_num_coordinates(streets).sum()
    assert drawn < shapely.get_num_coordinates(np.array(crooked_coverage(), dtype=object)).sum() / 3


def test_simplified_borders_stay_near_and_meet_at_the_edge_of_two_tiles(divided) -> None:
    layer, matrix, zoom = (
        get_layer(divided, "divisions", public_only=False),
        tile_matrix_set("CGCS2000Quad"),
        12,
    )
    limits = limits_at(zoom, (WEST, SOUTH, WEST + SIDE, SOUTH + SIDE), matrix)
    row = (limits.min_row + limits.max_row) // 2
    cuts = []
    for column, edge in ((limits.min_column, EXTENT), (limits.min_column + 1, 0)):
        seam = shapely.LineString([(edge, 0), (edge, EXTENT)])
        features = decoded(tile(divided, layer, "CGCS2000Quad", zoom, row, column))
        cuts.append(
            {
                key: shapely.geometry.shape(feature["geometry"]).intersection(seam).length
                for key, feature in features.items()
            }
        )
    meeting = {key for cut in cuts for key, length in cut.items() if length > 2}
    assert len(meeting) >= 2
    for key in meeting:
        assert cuts[0][key] == pytest.approx(cuts[1][key], abs=2)


@pytest.fixture(scope="module")
def twins(gpkg_template, postgis_server, postgis_template, tmp_path_factory):
    """Return two registries with the same points, lines and polygons among their components."""
    rng = np.random.default_rng(11)
    path = tmp_path_factory.mktemp("twins") / "twin.gpkg"
    shutil.copy(gpkg_template, path)
    places = np.column_stack([WEST + 0.02 * rng.random(240), SOUTH + 0.02 * rng.random(240)])
    shapes: list[shapely.Geometry] = []
    for number, (x, y) in enumerate(places):
        kind = number % 3
        if kind == 0:
            shapes.append(shapely.Point(x, y))
        elif kind == 1:
            shapes.append(shapely.LineString(np.array([x, y]) + 0.004 * rng.random((5, 2)).cumsum(axis=0)))
        else:
            shapes.append(shapely.Point(x, y).buffer(0.0005 + 0.002 * rng.random()))
    columns = DATASETS["components"].columns
    values = {name: [None] * len(shapes) for name in columns}
    values |= {
        "id": [f"{n:016d}" for n in range(len(shapes))],
        "class_code": ["0101"] * len(shapes),
        "name": [None if n % 7 == 0 else f"部件{n}" for n in range(len(shapes))],
    }
    frame = gpd.GeoDataFrame(values, geometry=shapes, crs="EPSG:4490")
    registries = [open_registry(url) for url in (path, postgis_server.create_database(postgis_template))]
    for one in registries:
        commit(one, "components", frame)
        seed_layers(one)
    yield registries
    for one in registries:
        one.close()


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(TILE_MATRIX_SETS)), st.integers(15, 19), st.floats(0, 1), st.floats(0, 1))
def test_both_databases_make_the_same_tile(twins, tms: str, zoom: int, right: float, up: float) -> None:
    matrix = tile_matrix_set(tms)
    place = (WEST + 0.02 * right, SOUTH + 0.02 * up)
    limits = limits_at(zoom, (*place, *place), matrix)
    ours, theirs = (
        decoded(
            tile(
                one,
                get_layer(one, "components", public_only=False),
                tms,
                zoom,
                limits.min_row,
                limits.min_column,
            )
        )
        for one in twins
    )
    rim = shapely.box(-BUFFER, -BUFFER, EXTENT + BUFFER, EXTENT + BUFFER).boundary.buffer(3)
    for key in ours.keys() ^ theirs.keys():
        lone = shapely.geometry.shape((ours.get(key) or theirs[key])["geometry"])
        assert lone.within(rim) or lone.area + lone.length < 4 * TOLERANCE
    for key in ours.keys() & theirs.keys():
        assert ours[key]["properties"] == theirs[key]["properties"]
        one, other = (shapely.geometry.shape(found[key]["geometry"]) for found in (ours, theirs))
        assert shapely.get_dimensions(one) == shapely.get_dimensions(other)
        apart = one.difference(other.buffer(2.5)), other.difference(one.buffer(2.5))
        assert all(part.is_empty or part.within(rim) for part in apart)
