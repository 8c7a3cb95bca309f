from __future__ import annotations

import itertools

import pytest
from shapely.geometry import Point

from gis.errors import UsageError
from gis.read import read_frame
from gis.registry import Registry
from layers.catalogue import get_layer
from web.labels import label_points, read_bbox


def codes(document: dict[str, object]) -> list[str]:
    features = document["features"]
    assert isinstance(features, list)
    return [feature["properties"]["code"] for feature in features]


def test_every_grid_has_one_label_inside_it_however_the_plane_is_cut(city: Registry) -> None:
    layer = get_layer(city, "unit-grids")
    grids = read_frame(city, "grids").set_index("code").geometry
    cuts = [106.49, 106.5013, 106.5027, 106.5044, 106.51]
    seen: list[str] = []
    for west, east in itertools.pairwise(cuts):
        document = label_points(city, layer, (west, 29.39, east, 29.41))
        for feature in document["features"]:
            assert grids[feature["properties"]["code"]].contains(Point(feature["geometry"]["coordinates"]))
        seen += codes(document)
    assert sorted(seen) == sorted(grids.index)


def test_labels_carry_the_label_properties_of_the_layer(city: Registry) -> None:
    document = label_points(city, get_layer(city, "divisions"), (106.0, 29.0, 107.0, 30.0))
    assert {feature["properties"]["level"] for feature in document["features"]} == {
        "county",
        "street",
        "community",
    }


def test_an_empty_place_has_no_labels(city: Registry) -> None:
    assert label_points(city, get_layer(city, "unit-grids"), (0.0, 0.0, 1.0, 1.0))["features"] == []


@pytest.mark.parametrize("text", ["", "1,2,3", "1,2,3,x", "3,2,1,4", "1,2,3,nan"])
def test_what_is_no_rectangle_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        read_bbox(text)
    assert refused.value.field == "bbox"
