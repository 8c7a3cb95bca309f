from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import numpy as np
import orjson
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import shape

from gis.editions import commit
from gis.errors import NotFound, UsageError
from layers.catalogue import get_layer, seed_layers
from layers.items import count_items, get_item, query_items
from layers.query import BoundingBox, ItemsQuery, Period, chosen_properties
from layers.queryables import equal_value
from layers.reference_systems import reference_system


def read_all(city, layer_id: str, limit: int = 97, **asked) -> list[dict]:
    features: list[dict] = []
    after = None
    layer = city.layer(layer_id)
    while True:
        page = query_items(city.registry, layer, ItemsQuery(limit=limit, after=after, **asked))
        found = orjson.loads(page.features)
        assert len(found) == page.count <= limit
        features += found
        after = page.next
        if after is None:
            return features


@pytest.mark.parametrize(
    ("layer_id", "dataset", "key", "limit"),
    [("unit-grids", "grids", "code", 1), *(("components", "components", "id", n) for n in (97, 300, 10_000))],
)
def test_pages_unite_to_the_table(city, layer_id: str, dataset: str, key: str, limit: int) -> None:
    features = read_all(city, layer_id, limit=limit)
    assert [feature["id"] for feature in features] == list(city.frames[dataset][key])


def test_a_page_that_ends_with_the_table_has_no_next(city) -> None:
    page = query_items(city.registry, city.layer("components"), ItemsQuery(limit=300))
    assert page.count == 300
    assert page.next is None


def test_features_have_the_published_properties_and_geometry(city) -> None:
    row = city.frames["components"].iloc[11]
    feature = orjson.loads(get_item(city.registry, city.layer("components"), row["id"]))
    assert feature["type"] == "Feature"
    assert tuple(feature["properties"]) == city.layer("components").properties
    assert feature["properties"]["name"] == "部件“11”"
    assert feature["properties"]["owner_code"] is None
    assert "secret" not in str(feature)
    assert shape(feature["geometry"]).equals_exact(row.geometry, 1e-9)


def test_lists_are_lists_and_composite_keys_make_the_identifier(city) -> None:
    features = read_all(city, "areas")
    assert [f["id"] for f in features] == ["sanitation:A", "sanitation:B", "street:lamps:A", "street:lamps:B"]
    assert features[0]["properties"]["classes"] == ["0101", "02"]
    assert features[0]["properties"]["in_scope"] is True
    assert features[1]["properties"]["in_scope"] is False


@pytest.mark.parametrize("feature_id", ["sanitation:B", "street:lamps:A", "2"])
def test_a_thing_with_a_composite_key_is_found_by_it_or_its_fid(city, feature_id: str) -> None:
    feature = orjson.loads(get_item(city.registry, city.layer("areas"), feature_id))
    assert feature["id"] == ("sanitation:B" if feature_id == "2" else feature_id)


@pytest.mark.parametrize("feature_id", ["nothing", "sanitation:C", "99", "", ":", "9" * 40])
def test_a_missing_feature_is_not_found(city, feature_id: str) -> None:
    for layer_id in ("areas", "components"):
        with pytest.raises(NotFound):
            get_item(city.registry, city.layer(layer_id), feature_id)


def test_filters_compare_with_the_values_type(city) -> None:
    frame = city.frames["components"]
    asked = (("class_code", "0201"), ("state", "破损"))
    expected = frame[(frame["class_code"] == "0201") & (frame["state"] == "破损")]["id"]
    assert [f["id"] for f in read_all(city, "components", filters=asked)] == list(expected)
    layer = city.layer("areas")
    scope = (("in_scope", equal_value(layer, "in_scope", "false")),)
    assert [f["id"] for f in read_all(city, "areas", filters=scope)] == ["sanitation:B", "street:lamps:B"]
    grid = city.layer("unit-grids")
    area = (("area_m2", equal_value(grid, "area_m2", "1000003")),)
    assert [f["id"][-3:] for f in read_all(city, "unit-grids", filters=area)] == ["003"]


@pytest.mark.parametrize(
    ("layer_id", "name", "text"),
    [
        ("components", "colour", "red"),
        ("components", "attributes", "x"),
        ("areas", "classes", "0101"),
        ("areas", "in_scope", "maybe"),
        ("unit-grids", "area_m2", "nan"),
    ],
)
def test_a_filter_on_what_is_not_there_is_refused_by_name(city, layer_id: str, name: str, text: str) -> None:
    with pytest.raises(UsageError) as refusal:
        equal_value(city.layer(layer_id), name, text)
    assert refusal.value.field == name
    assert refusal.value.expected


def test_only_wanted_properties_are_returned_in_the_layers_order(city) -> None:
    layer = city.layer("components")
    wanted = chosen_properties(layer, ("name", "class_code"))
    features = read_all(city, "components", properties=wanted)
    assert all(list(f["properties"]) == ["class_code", "name"] and f["id"] for f in features)
    with pytest.raises(UsageError) as refusal:
        chosen_properties(layer, ("name", "attributes"))
    assert refusal.value.value == "attributes"


def expected_in_box(city, layer_id: str, dataset: str, box: shapely.Geometry) -> list[str]:
    frame = city.frames[dataset]
    keys = frame["id" if dataset == "components" else "code"]
    return list(keys[shapely.intersects(np.array(list(frame.geometry), dtype=object), box)])


sides = st.floats(min_value=-0.01, max_value=0.06, allow_subnormal=False)


@given(x=st.tuples(sides, sides), y=st.tuples(sides, sides))
@settings(max_examples=40, deadline=None)
def test_boxes_find_what_brute_force_finds(city, x: tuple[float, float], y: tuple[float, float]) -> None:
    bounds = (106.5 + min(x), 29.4 + min(y), 106.5 + max(x), 29.4 + max(y))
    box = shapely.box(*bounds) if bounds[0] < bounds[2] and bounds[1] < bounds[3] else None
    asked = BoundingBox(bounds)
    for layer_id, dataset in (("components", "components"), ("unit-grids", "grids")):
        found = [f["id"] for f in read_all(city, layer_id, limit=20, bbox=asked)]
        if box is not None:
            assert found == expected_in_box(city, layer_id, dataset, box)
        assert count_items(city.registry, city.layer(layer_id), ItemsQuery(bbox=asked)) == len(found)


def test_a_point_exactly_on_the_side_of_a_box_is_in_it_and_one_beside_it_is_not(city) -> None:
    point = city.frames["components"].geometry.iloc[0]
    for side, inside in ((point.x, True), (np.nextafter(point.x, 0), False)):
        box = BoundingBox((106.0, point.y, float(side), point.y))
        found = [f["id"] for f in read_all(city, "components", bbox=box)]
        assert ("5001130101000000" in found) is inside


def test_a_box_in_a_plane_system_is_a_rectangle_of_that_system(city) -> None:
    import pyproj

    project = pyproj.Transformer.from_crs(4490, 4524, always_xy=True)
    frame = city.frames["components"]
    planes = shapely.transform(
        np.array(list(frame.geometry), dtype=object), project.transform, interleaved=False
    )
    x, y = project.transform(106.52, 29.42)
    bounds = (x - 900.0, y - 700.0, x + 800.0, y + 600.0)
    expected = list(frame["id"][shapely.intersects(planes, shapely.box(*bounds))])
    asked = BoundingBox(bounds, reference_system("EPSG:4524"))
    assert [f["id"] for f in read_all(city, "components", bbox=asked)] == expected
    assert count_items(city.registry, city.layer("components"), ItemsQuery(bbox=asked)) == len(expected) > 5


GOLDEN = {
    "OGC:CRS84": (106.55, 29.56),
    "EPSG:4326": (29.56, 106.55),
    "EPSG:4490": (29.56, 106.55),
    "EPSG:4524": (3272217.299, 36359474.087),
    "EPSG:4545": (3272217.299, 359474.087),
    "EPSG:4523": (3272342.512, 35650218.539),
    "EPSG:3857": (
        6378137 * math.radians(106.55),
        6378137 * math.log(math.tan(math.pi / 4 + math.radians(29.56) / 2)),
    ),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_coordinates_are_golden_in_the_axis_order_of_the_authority(registry, make_frame, name: str) -> None:
    place = make_frame("places", [{"code": "P1", "name": "点"}], np.array([shapely.Point(106.55, 29.56)]))
    commit(registry, "places", place)
    seed_layers(registry)
    layer = get_layer(registry, "places", public_only=False)
    feature = orjson.loads(get_item(registry, layer, "P1", crs=reference_system(name)))
    assert feature["geometry"]["coordinates"] == pytest.approx(GOLDEN[name], abs=1e-3, rel=0)


def test_the_past_is_shown_as_it_was(own_city) -> None:
    registry, frame = own_city.registry, own_city.frames["grids"]
    before = datetime.now(UTC)
    changed = frame.copy()
    changed.loc[0, "name"] = "改名"
    changed.loc[1, "code"] = "500113001001099"
    commit(registry, "grids", changed)
    moment = Period(before, before)
    was = read_all(own_city, "unit-grids", limit=4, period=moment)
    assert [f["id"] for f in was] == list(frame["code"])
    assert was[0]["properties"]["name"] == "网格1"
    long_ago = Period(before - timedelta(days=1), before - timedelta(days=1))
    assert read_all(own_city, "unit-grids", period=long_ago) == []
    assert count_items(registry, own_city.layer("unit-grids"), ItemsQuery(period=moment)) == 25


def test_an_interval_shows_each_thing_once_as_it_was_last(own_city) -> None:
    registry, frame = own_city.registry, own_city.frames["grids"]
    start = datetime.now(UTC) - timedelta(hours=1)
    for name in ("第二", "第三"):
        frame = frame.copy()
        frame.loc[0, "name"] = name
        commit(registry, "grids", frame)
    features = read_all(own_city, "unit-grids", limit=4, period=Period(start, None))
    assert len(features) == len({f["id"] for f in features}) == 25
    assert features[0]["properties"]["name"] == "第三"


def test_pages_of_the_past_with_composite_keys_unite(city) -> None:
    now = datetime.now(UTC) + timedelta(minutes=1)
    features = read_all(city, "areas", limit=1, period=Period(now, now))
    assert [f["id"] for f in features] == ["sanitation:A", "sanitation:B", "street:lamps:A", "street:lamps:B"]


@pytest.mark.parametrize("after", ["x", "1.5", '["a"]', "[]", "9" * 30])
def test_a_cursor_that_is_none_of_ours_is_refused(city, after: str) -> None:
    with pytest.raises(UsageError) as refusal:
        query_items(city.registry, city.layer("components"), ItemsQuery(after=after))
    assert refusal.value.field == "after"
    moment = datetime.now(UTC)
    with pytest.raises(UsageError):
        query_items(
            city.registry, city.layer("areas"), ItemsQuery(after=after, period=Period(moment, moment))
        )


def test_a_thematic_layer_shows_its_part_alone(own_city) -> None:
    from dataclasses import replace

    from layers.catalogue import add_layer

    part = replace(
        own_city.layer("components"),
        id="broken",
        filter={"state": "破损", "class_code": ["0101", "0103"]},
        properties=("id", "name"),
    )
    add_layer(own_city.registry, part)
    frame = own_city.frames["components"]
    chosen = frame[(frame["state"] == "破损") & frame["class_code"].isin(["0101", "0103"])]
    assert [f["id"] for f in read_all(own_city, "broken", limit=7)] == list(chosen["id"])
    other = frame[frame["state"] == "完好"]["id"].iloc[0]
    with pytest.raises(NotFound):
        get_item(own_city.registry, part, other)
    everything = BoundingBox((106.0, 29.0, 107.0, 30.0))
    assert count_items(own_city.registry, part, ItemsQuery(bbox=everything)) == len(chosen)


def test_pages_within_a_box_unite_whatever_lies_just_beside_it(registry, make_frame) -> None:
    """The index works in single precision: many candidates lie outside by less than a metre."""
    beside = [shapely.Point(106.5 - 1e-6, 29.5) for _ in range(60)]
    inside = [shapely.Point(106.5, 29.5) for _ in range(45)]
    points = [point for pair in zip(beside, inside, strict=False) for point in pair] + beside[45:]
    rows = [{"code": f"P{n:03d}", "name": "点"} for n in range(len(points))]
    commit(registry, "places", make_frame("places", rows, np.array(points)))
    seed_layers(registry)
    layer = get_layer(registry, "places", public_only=False)
    asked = BoundingBox((106.5, 29.4, 106.6, 29.6))
    for limit in (1, 5, 44, 45, 46):
        after, pages = None, []
        while True:
            page = query_items(registry, layer, ItemsQuery(limit=limit, after=after, bbox=asked))
            pages.append([feature["id"] for feature in orjson.loads(page.features)])
            after = page.next
            if after is None:
                break
        assert [found for page in pages for found in page] == [f"P{n:03d}" for n in range(90) if n % 2]
        assert all(len(page) == limit for page in pages[:-1])
        assert pages[-1]
