"""Random cities and points: what is near, against geodesics to everything; one against many; parts, all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from geocoding.near_shapes import NearShapes
from geocoding.reverse import reverse, reverse_frame, reverse_many
from geocoding.reverse_answers import Pattern
from geocoding.reverse_candidates import find_candidates
from geocoding.reverse_index import ReverseIndex
from gis.registry import Registry
from tests.geocoding.reverse_city import LAT, LON, PER_LAT, PER_LON, at, random_city

GEOD = Geod(ellps="GRS80")


@pytest.fixture(params=[1, 2])
def city(registry: Registry, request: pytest.FixtureRequest) -> Registry:
    random_city(registry, request.param)
    return registry


@pytest.fixture
def points() -> tuple[Any, Any]:
    rng = np.random.default_rng(7)
    east, north = rng.uniform(-60, 1060, (2, 250))
    return LON + east / PER_LON, LAT + north / PER_LAT


def geodesic(shape: shapely.Geometry, lon: float, lat: float) -> float:
    """Measure along the ellipsoid to the nearest of many places on a shape, and 0 inside it."""
    if shape.intersects(shapely.Point(lon, lat)):
        return 0.0
    xy = shapely.get_coordinates(shapely.segmentize(shape, 1e-6))
    return float(GEOD.inv(np.full(len(xy), lon), np.full(len(xy), lat), xy[:, 0], xy[:, 1])[2].min())


def test_what_an_address_rests_on_is_the_nearest(city: Registry, points: tuple[Any, Any]) -> None:
    index = ReverseIndex(city)
    found = find_candidates(index, *points)
    for at_, (lon, lat) in enumerate(zip(*(axis[:30] for axis in points), strict=True)):
        metres = [geodesic(shape, lon, lat) for shape in index.pois.shapes]
        wanted = sorted(one for one in metres if one <= index.settings.poi_m)[:2]
        told = found.pois.metres[found.pois.points == at_]
        assert told.tolist() == pytest.approx(wanted, rel=1e-3, abs=0.15)
        streets = min(geodesic(shape, lon, lat) for shape in index.streets.shapes)
        near = found.streets.metres[found.streets.points == at_]
        if streets <= index.settings.street_m - 0.2:
            assert near.tolist() == pytest.approx([streets], rel=1e-3, abs=0.15)


def test_plates_are_those_of_the_rule(city: Registry, points: tuple[Any, Any]) -> None:
    """Own street first: another street's plate and another township's count as 10 m farther each."""
    index = ReverseIndex(city)
    found, plates = find_candidates(index, *points), index.plates
    for at_, (lon, lat) in enumerate(zip(*points, strict=True)):
        many = len(plates)
        metres = GEOD.inv(np.full(many, lon), np.full(many, lat), plates.lon, plates.lat)[2]
        street = found.streets.shapes[found.streets.points == at_]
        own = index.streets.numbers[street[0]] if len(street) else -1
        town = found.street[at_]
        ranked = [
            (metre + 10 * (s >= 0 <= own and s != own) + 10 * (t >= 0 <= town and t != town), number)
            for number, (metre, s, t) in enumerate(zip(metres, plates.streets, plates.towns, strict=True))
            if metre <= 30
        ]
        wanted = [number for _, number in sorted(ranked)[:2]]
        told = found.plates.points == at_
        assert found.plates.shapes[told].tolist() == wanted
        assert found.plates.metres[told].tolist() == pytest.approx(metres[wanted].tolist(), rel=1e-3)


def test_one_is_answered_like_many_and_a_part_like_all(city: Registry, points: tuple[Any, Any]) -> None:
    index = ReverseIndex(city)
    many = reverse_many(index, *points)
    assert [reverse(index, lon, lat) for lon, lat in zip(*points, strict=True)] == many
    # The first twenty are answered from what lies around them alone
    assert [reverse(city, lon, lat) for lon, lat in zip(*points, strict=True)] == many
    patterns = {answer.place.pattern for answer in many if answer}
    assert {Pattern.PLATE, Pattern.POI_DIRECTION, Pattern.STREET_GRID, Pattern.STREET} <= patterns


def test_a_frame_says_the_same(city: Registry, points: tuple[Any, Any]) -> None:
    many, frame = reverse_many(city, *points), reverse_frame(city, *points)
    for answer, row in zip(many, frame.itertuples(), strict=True):
        if answer is None:
            assert row.status == "nothing"
        else:
            assert (row.address, row.pattern) == (answer.address, str(answer.place.pattern))
            assert row.distance_m == round(answer.place.distance_m, 2)


def test_answers_do_not_depend_on_the_size_of_a_piece(
    city: Registry, points: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = reverse_many(city, *points)
    monkeypatch.setattr("geocoding.reverse.PIECE", 7)
    assert reverse_many(city, *points) == whole


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 2), *(st.integers(0, 200) for _ in range(4))), min_size=1, max_size=8),
    st.lists(st.tuples(st.integers(-20, 220), st.integers(-20, 220)), min_size=1, max_size=6),
    st.integers(0, 80),
)
def test_near_shapes_are_those_of_brute_force(
    drawn: list[tuple[int, ...]], places: list[tuple[int, int]], radius: int
) -> None:
    shapes = np.array([*(_shape(*one) for one in drawn), None], dtype=object)[:-1]
    flat = np.array([*(_flat(*one) for one in drawn), None], dtype=object)[:-1]
    lonlat = np.array([at(*place) for place in places])
    near = NearShapes(shapes).near(lonlat[:, 0].copy(), lonlat[:, 1].copy(), radius + 0.5)
    found = {(int(p), int(s)): m for p, s, m in zip(near.points, near.shapes, near.metres, strict=True)}
    for p, place in enumerate(places):
        for s, shape in enumerate(flat):
            metres = shapely.distance(shape, shapely.Point(place))
            if abs(metres - radius - 0.5) > 0.1:
                assert ((p, s) in found) == (metres <= radius + 0.5)
                if (p, s) in found:
                    assert found[p, s] == pytest.approx(metres, rel=1e-3, abs=1e-3)


def _flat(kind: int, x: int, y: int, across: int, up: int) -> shapely.Geometry:
    """Return a shape in metres: a point, a line or a box."""
    makers: list[Callable[[], shapely.Geometry]] = [
        lambda: shapely.Point(x, y),
        lambda: shapely.LineString([(x, y), (across, up), (x + 30, y)]),
        lambda: shapely.box(x, y, x + across + 1, y + up + 1),
    ]
    return makers[kind]()


def _shape(kind: int, x: int, y: int, across: int, up: int) -> shapely.Geometry:
    flat = _flat(kind, x, y, across, up)
    return shapely.transform(flat, lambda xy: np.array([at(*place) for place in xy.tolist()]))
