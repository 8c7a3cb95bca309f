"""Points on the streets of the sample city: what they are called leads back to them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import shapely

from geocoding.geocode import geocode
from geocoding.place_index import PlaceIndex, place_index
from geocoding.reverse import reverse_many
from geocoding.reverse_answers import Pattern
from geocoding.reverse_index import ReverseIndex
from geocoding.reverse_settings import ReverseSettings
from gis.degrees import metres_per_degree
from gis.registry import Registry, open_registry
from wangge.demo.run import DemoResult

POINTS, NEAR, WANTED = 600, 30.0, 0.97


@pytest.fixture
def registry(city: DemoResult) -> Iterator[Registry]:
    with open_registry(city.registry_url) as opened:
        yield opened


def on_streets(index: ReverseIndex, seed: int) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Return longitude and latitude of points anywhere on streets, more on the longer ones."""
    rng = np.random.default_rng(seed)
    lines = shapely.line_merge(index.streets.shapes)
    lengths = shapely.length(lines)
    chosen = rng.choice(len(lines), POINTS, p=lengths / lengths.sum())
    parts = [max(shapely.get_parts(lines[one]), key=shapely.length) for one in chosen]
    places = shapely.line_interpolate_point(parts, rng.random(POINTS), normalized=True)
    return shapely.get_coordinates(places)


def metres_back(places: PlaceIndex, text: str, lon: float, lat: float) -> float:
    found = geocode(places, text, 1)
    per_lon, per_lat = metres_per_degree(lat)
    return (
        float(np.hypot((found[0].lon - lon) * per_lon, (found[0].lat - lat) * per_lat)) if found else np.inf
    )


def test_composed_addresses_lead_back_to_their_points(registry: Registry) -> None:
    index, places = ReverseIndex(registry), place_index(registry)
    points = on_streets(index, 11)
    answers = reverse_many(index, points[:, 0], points[:, 1])
    metres = [
        metres_back(places, answer.address, lon, lat) if answer else np.inf
        for answer, (lon, lat) in zip(answers, points.tolist(), strict=True)
    ]
    assert np.mean(np.array(metres) <= NEAR) >= WANTED


@pytest.mark.parametrize(
    ("settings", "pattern"),
    [
        (ReverseSettings(plate_m=0, poi_m=0, crossing_m=30), Pattern.CROSSING),
        (ReverseSettings(plate_m=0, poi_m=0, crossing_m=0), Pattern.STREET_GRID),
        (ReverseSettings(plate_m=0, poi_m=50), Pattern.POI_DIRECTION),
    ],
)
def test_every_pattern_is_understood(registry: Registry, settings: ReverseSettings, pattern: Pattern) -> None:
    """Texts of each kind lead to what they rest on, as near to the point as that reaches."""
    index, places = ReverseIndex(registry, settings=settings), place_index(registry)
    points = on_streets(index, 12)
    answers = reverse_many(index, points[:, 0], points[:, 1])
    told = [
        (answer.place, metres_back(places, answer.address, lon, lat))
        for answer, (lon, lat) in zip(answers, points.tolist(), strict=True)
        if answer and answer.place.pattern is pattern
    ]
    assert len(told) > 10
    # From one end of a street in a grid to the other
    reach = 2 if pattern is Pattern.STREET_GRID else 1
    assert np.mean([metres <= reach * place.accuracy_m for place, metres in told]) >= WANTED
