from __future__ import annotations

import math
from dataclasses import replace

import mapbox_vector_tile
import numpy as np
import pytest
import shapely

from gis.editions import commit
from gis.errors import NotFound, UsageError
from layers.catalogue import get_layer, seed_layers
from layers.reference_systems import reference_system
from layers.tile_address import BUFFER, EXTENT, TileAddress
from layers.tilematrix import MAX_ZOOM, TILE_MATRIX_SETS, tile_matrix_set
from layers.tiles import STRAIGHT_FROM, tile

SETS = sorted(TILE_MATRIX_SETS)


def decoded(content: bytes) -> dict:
    return mapbox_vector_tile.decode(content, default_options={"y_coord_down": True}) if content else {}


def to_plane(tms: str, lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Spherical Mercator by its formula, independent of PROJ."""
    if tms != "WebMercatorQuad":
        return lon, lat
    radius = 6378137.0
    return radius * np.radians(lon), radius * np.log(np.tan(np.pi / 4 + np.radians(lat) / 2))


def address_of(tms: str, zoom: int, lon: float, lat: float) -> tuple[int, int]:
    x, y = to_plane(tms, np.array(lon), np.array(lat))
    matrix = tile_matrix_set(tms)
    edge = matrix.span / 2**zoom
    return int((matrix.top - y) // edge), int((x - matrix.left) // edge)


@pytest.mark.parametrize("tms", SETS)
@pytest.mark.parametrize("zoom", [15, 16, 18])
def test_points_of_a_tile_are_those_brute_force_puts_there(city, tms: str, zoom: int) -> None:
    frame = city.frames["components"]
    points = np.array(list(frame.geometry), dtype=object)
    single = shapely.get_type_id(points) == 0
    x, y = to_plane(tms, shapely.get_x(points), shapely.get_y(points))
    row, column = address_of(tms, zoom, points[0].x, points[0].y)
    left, bottom, right, top = tile_matrix_set(tms).bounds(zoom, row, column)
    cx, cy = (x - left) / (right - left) * EXTENT, (top - y) / (top - bottom) * EXTENT
    inside = single & (np.abs(cx - EXTENT / 2) <= EXTENT / 2) & (np.abs(cy - EXTENT / 2) <= EXTENT / 2)
    near = (np.abs(cx - EXTENT / 2) <= EXTENT / 2 + BUFFER + 1) & (
        np.abs(cy - EXTENT / 2) <= EXTENT / 2 + BUFFER + 1
    )

    layer = city.layer("components")
    content = decoded(tile(city.registry, layer, tms, zoom, row, column))
    assert list(content) == ["components"]
    assert content["components"]["extent"] == EXTENT
    features = content["components"]["features"]
    found = {f["properties"]["id"]: f for f in features if f["geometry"]["type"] == "Point"}
    assert set(frame["id"][inside]) <= set(found) <= set(frame["id"][near])
    for place in np.flatnonzero(inside):
        feature = found[frame["id"].iloc[place]]
        assert feature["geometry"]["coordinates"] == pytest.approx([cx[place], cy[place]], abs=1)
        assert feature["id"] == place + 1
        assert set(feature["properties"]) == {"id", "class_code", "standard", "name", "state"}


@pytest.mark.parametrize("tms", SETS)
def test_polygons_are_clipped_to_the_tile_and_its_buffer(city, tms: str) -> None:
    zoom = 15
    row, column = address_of(tms, zoom, 106.5251, 29.4251)
    features = decoded(tile(city.registry, city.layer("unit-grids"), tms, zoom, row, column))["unit-grids"][
        "features"
    ]
    shapes = [shapely.geometry.shape(f["geometry"]) for f in features]
    frame = city.frames["grids"]
    address = TileAddress(tile_matrix_set(tms), zoom, row, column)
    touched = shapely.intersects(np.array(list(frame.geometry), dtype=object), shapely.box(*address.envelope))
    assert {f["properties"]["code"] for f in features} == set(frame["code"][touched])
    bounds = shapely.total_bounds(np.array(shapes))
    assert (np.abs(bounds - EXTENT / 2) <= EXTENT / 2 + BUFFER).all()
    # The grids tile the plane, so their pieces fill the tile
    window = shapely.box(0, 0, EXTENT, EXTENT)
    assert sum(s.intersection(window).area for s in shapes) == pytest.approx(EXTENT**2, rel=0.01)


def test_things_of_one_code_in_several_lines_are_all_drawn(city) -> None:
    layer = city.layer("areas")
    drawn = set()
    for lon in (106.515, 106.525):
        row, column = address_of("WebMercatorQuad", 12, lon, 29.425)
        features = decoded(tile(city.registry, layer, "WebMercatorQuad", 12, row, column))["areas"][
            "features"
        ]
        assert all(f["geometry"]["type"] == "Polygon" for f in features)
        drawn |= {(f["properties"]["line"], f["properties"]["code"]) for f in features}
    assert drawn == {(line, code) for line in ("sanitation", "street:lamps") for code in "AB"}


def test_a_tile_where_nothing_lies_is_empty(city) -> None:
    assert tile(city.registry, city.layer("components"), "WebMercatorQuad", 15, 0, 0) == b""


@pytest.mark.parametrize(
    ("tms", "hidden", "shown"), [("WebMercatorQuad", 11, 12), ("CGCS2000Quad", 10, 11), ("c", 11, 12)]
)
def test_a_layer_of_polygons_has_no_content_below_its_zoom(city, tms: str, hidden: int, shown: int) -> None:
    layer = city.layer("unit-grids")
    for zoom, filled in ((hidden, False), (shown, True)):
        row, column = address_of(tms, zoom, 106.525, 29.425)
        assert bool(tile(city.registry, layer, tms, zoom, row, column)) is filled
    row, column = address_of(tms, shown, 106.525, 29.425)
    assert tile(city.registry, replace(layer, max_zoom=5, min_zoom=0), tms, shown, row, column) == b""


def test_an_invalid_polygon_is_drawn_all_the_same(registry, make_frame) -> None:
    bow = shapely.Polygon([(106.5, 29.4), (106.51, 29.41), (106.51, 29.4), (106.5, 29.41)])
    commit(
        registry,
        "divisions",
        make_frame("divisions", [{"code": "D"}], np.array([shapely.MultiPolygon([bow])])),
    )
    seed_layers(registry)
    layer = get_layer(registry, "divisions", public_only=False)
    row, column = address_of("WebMercatorQuad", 12, 106.505, 29.405)
    features = decoded(tile(registry, layer, "WebMercatorQuad", 12, row, column))["divisions"]["features"]
    assert [f["properties"] for f in features] == [{"code": "D"}]


def test_a_layers_filter_holds_in_its_tiles(city) -> None:
    layer = replace(city.layer("components"), filter={"state": "破损"})
    row, column = address_of("WebMercatorQuad", 15, 106.525, 29.425)
    features = decoded(tile(city.registry, layer, "WebMercatorQuad", 15, row, column))["components"][
        "features"
    ]
    assert {f["properties"]["state"] for f in features} == {"破损"}


def test_an_unknown_set_or_address_is_refused(city) -> None:
    layer = city.layer("components")
    with pytest.raises(NotFound) as missing:
        tile(city.registry, layer, "WorldCRS84Quad", 1, 0, 0)
    assert "CGCS2000Quad" in str(missing.value.expected)
    for address, field in (
        ((-1, 0, 0), "z"),
        ((MAX_ZOOM + 1, 0, 0), "z"),
        ((2, 4, 0), "row"),
        ((2, 0, 4), "col"),
    ):
        with pytest.raises(UsageError) as refusal:
            tile(city.registry, layer, "WebMercatorQuad", *address)
        assert refusal.value.field == field


def test_definitions_of_the_sets_have_the_registered_numbers() -> None:
    mercator = tile_matrix_set("WebMercatorQuad").to_dict()
    first = mercator["tileMatrices"][0]
    assert first["scaleDenominator"] == pytest.approx(559082264.028717, rel=1e-12)
    assert first["cellSize"] == pytest.approx(156543.033928041, rel=1e-12)
    assert first["pointOfOrigin"] == pytest.approx([-20037508.3427892, 20037508.3427892])
    china = tile_matrix_set("CGCS2000Quad").to_dict()
    first = china["tileMatrices"][0]
    assert first["scaleDenominator"] == pytest.approx(279541132.014358, rel=1e-9)
    assert (first["matrixWidth"], first["matrixHeight"], first["cellSize"]) == (2, 1, 0.703125)
    assert first["pointOfOrigin"] == [90.0, -180.0]
    assert china["orderedAxes"] == ["Lat", "Lon"]
    assert reference_system(china["crs"]).srid == 4490
    tianditu = tile_matrix_set("c").to_dict()["tileMatrices"]
    assert [matrix["id"] for matrix in tianditu[:2]] == ["1", "2"]
    assert tianditu[0] == {**first, "id": "1"}


@pytest.mark.parametrize("tms", SETS)
def test_tiles_of_a_zoom_meet_at_their_edges(tms: str) -> None:
    matrix = tile_matrix_set(tms)
    here, below, beside = (
        matrix.bounds(9, row, column) for row, column in ((100, 200), (101, 200), (100, 201))
    )
    assert math.isclose(here[1], below[3])
    assert math.isclose(here[2], beside[0])


@pytest.mark.parametrize("latitude", [4.0, 30.0, 53.0, 84.0])
@pytest.mark.parametrize("zoom", [STRAIGHT_FROM, 17])
def test_degrees_are_straight_within_tiles_to_a_fifth_of_a_cell(latitude: float, zoom: int) -> None:
    row, column = address_of("WebMercatorQuad", zoom, 106.5, latitude)
    address = TileAddress(tile_matrix_set("WebMercatorQuad"), zoom, row, column)
    west, south, east, north = address.rectangle
    lon, lat = np.linspace(west, east, 101), np.linspace(south, north, 101)
    x, y = to_plane("WebMercatorQuad", lon, lat)
    left, bottom, right, top = address.frame
    apart_x = (x - left) / (right - left) - (lon - west) / (east - west)
    apart_y = (y - bottom) / (top - bottom) - (lat - south) / (north - south)
    assert np.abs(apart_x).max() * EXTENT < 0.01
    assert np.abs(apart_y).max() * EXTENT < 0.2
