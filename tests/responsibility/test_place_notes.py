"""What a dispatcher is told of a position: on a border, or none of its own."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace as Town
from typing import Any

import geopandas
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from components.catalogue import Catalogue
from gis.coverage import metres_per_degree
from gis.text import language
from responsibility.default_places import DefaultPlace
from responsibility.layers import Layers, PolygonLayer, area_layers, division_layers
from responsibility.locate import locate
from responsibility.model import Question, Reason
from responsibility.place_notes import on_borders, place_notes
from responsibility.preparing import Asked, complete
from responsibility.settings import ResolveSettings

MOMENT = datetime(2126, 11, 20, tzinfo=UTC)


@pytest.fixture(scope="module")
def layers(town: Town, area_row: Any) -> Layers:
    areas = [
        area_row("A1", town.cells(0, 1.5)),
        area_row("A2", town.cells(1.5, 3)),
        area_row("ALL", town.cells(0, 3)),
        area_row("P", town.cells(0, 3), line="公安"),
    ]
    frame = geopandas.GeoDataFrame(areas, crs=4490).assign(handover=None, unit_name=None, edition=1)
    for name in ("valid_from_date", "valid_to_date"):
        frame[name] = None
    return Layers(
        divisions=division_layers(town.tables["divisions"]()), areas=tuple(area_layers(frame, "20261120"))
    )


def notes(
    layers: Layers, *places: tuple[float, float], configured: Any = None, accuracy_m: float = 5.0
) -> list[tuple[Reason, ...]]:
    used = configured or ResolveSettings()
    asked: list[Asked] = [
        complete(
            Question(lon=lon, lat=lat, accuracy_m=accuracy_m), MOMENT, used, lambda _: Catalogue.of(None)
        )
        for lon, lat in places
    ]
    lon, lat = np.array(places).T
    located = locate(lon, lat, np.array([one.accuracy_m for one in asked]), layers, {}, 5.0)
    return place_notes(asked, lon, lat, located, layers, 2.0)


def test_a_point_on_a_border_is_told_of_streets_and_lines(layers: Layers, town: Town) -> None:
    inside, between, street = notes(layers, town.xy(0.5), town.xy(1.51), town.xy(2.99))

    assert inside == ()
    assert [(one.code, one.ref, one.taken) for one in between] == [
        ("location.on_centre_line", "环卫:A1,A2,ALL", False)
    ]
    assert [one.ref for one in street] == ["street:500199001,500199002"]
    assert "河东街道、河西街道" in str(street[0].why)
    assert "道路中心线" in str(street[0].why)


def test_what_is_more_exact_than_far_from_the_border_is_not_on_it(layers: Layers, town: Town) -> None:
    beside = town.xy(1.51)

    assert notes(layers, beside, accuracy_m=0.9) == [()]
    (told,) = notes(layers, beside, accuracy_m=1.0)
    assert [one.ref for one in told] == ["环卫:A1,A2,ALL"]


def test_a_default_coordinate_is_told_and_nothing_else_of_its_place(layers: Layers, town: Town) -> None:
    lon, lat = town.xy(1.5)
    configured = ResolveSettings(default_places=(DefaultPlace("热线受理中心", lon, lat),))

    (told,) = notes(layers, (lon, lat), configured=configured)

    assert [(one.code, one.ref) for one in told] == [("location.default_coordinate", "热线受理中心")]
    assert "默认坐标“热线受理中心”" in str(told[0].why)
    with language("en"):
        assert "may be 500 m away" in str(told[0].why)


SQUARES = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(1, 3)), min_size=1, max_size=6)


@settings(deadline=None, max_examples=60)
@given(SQUARES, st.lists(st.tuples(st.floats(-1, 9), st.floats(-1, 9)), min_size=1, max_size=8))
def test_borders_are_where_two_are_near_and_one_does_not_contain(squares: Any, points: Any) -> None:
    cell = 1e-4
    shapes = np.array([shapely.box(106.5 + x * cell, 29.4 + y * cell, 106.5 + (x + size) * cell,
                                   29.4 + (y + size) * cell) for x, y, size in squares])  # fmt: skip
    layer = PolygonLayer(range(len(shapes)), [f"{at:02}" for at in range(len(shapes))], shapes)
    lon, lat = (np.array([base + one[at] * cell for one in points]) for at, base in enumerate((106.5, 29.4)))

    found = on_borders(layer, lon, lat, 2.0)

    per_lon, per_lat = (float(one[0]) for one in metres_per_degree(np.array([29.4])))
    for point in range(len(points)):
        here = shapely.Point((lon[point] - 106.5) * per_lon, (lat[point] - 29.4) * per_lat)
        plane = [
            shapely.transform(shape, lambda xy: (xy - (106.5, 29.4)) * (per_lon, per_lat)) for shape in shapes
        ]
        away = np.array([shape.distance(here) for shape in plane])
        edges = np.array([shape.exterior.distance(here) for shape in plane])
        if (np.abs(away - 2.0) < 0.01).any() or (edges < 0.01).any():
            continue
        near = np.flatnonzero(away <= 2.0)
        expected = near.tolist() if len(near) > 1 and (away[near] > 0).any() else []
        told = found.rows[found.offsets[point] : found.offsets[point + 1]]
        assert sorted(told.tolist()) == expected
