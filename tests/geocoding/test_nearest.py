"""What is registered around a point, against geodesics to every place."""

from __future__ import annotations

import geopandas
import numpy as np
import pytest
import shapely
from pyproj import Geod

from geocoding.lookup import find_places
from geocoding.nearest import MAX_RADIUS, nearest_places
from gis.editions import commit
from gis.errors import UsageError
from gis.models import DATASETS
from gis.registry import Registry

LON, LAT = 106.55, 29.56
SQUARE = shapely.box(LON - 0.001, LAT - 0.001, LON + 0.001, LAT + 0.001)


def add(registry: Registry, dataset: str, rows: list[dict[str, object]], geometries: list[object]) -> None:
    columns = {name: [row.get(name) for row in rows] for name in DATASETS[dataset].columns}
    commit(registry, dataset, geopandas.GeoDataFrame(columns, geometry=geometries, crs=4490), source="test")


@pytest.fixture
def addresses(registry: Registry) -> list[shapely.Point]:
    rng = np.random.default_rng(5)
    points = shapely.points(LON + rng.uniform(-0.01, 0.01, 200), LAT + rng.uniform(-0.01, 0.01, 200))
    rows = [{"code": f"{n:03d}", "address": f"河东路{n}号"} for n in range(len(points))]
    add(registry, "addresses", rows, list(points))
    return list(points)


def test_what_is_near_is_found_by_geodesics(registry: Registry, addresses: list[shapely.Point]) -> None:
    found = nearest_places(registry, LON, LAT, radius_m=400)
    metres = [Geod(ellps="GRS80").inv(LON, LAT, point.x, point.y)[2] for point in addresses]
    wanted = sorted((round(distance, 2), f"{n:03d}") for n, distance in enumerate(metres) if distance <= 400)
    assert len(wanted) > 10
    assert [(place.distance_m, place.code) for place in found] == wanted


def test_an_area_is_near_by_its_nearest_point(registry: Registry) -> None:
    rows = [{"code": "1", "name": "柳林公园"}, {"code": "2", "name": None}]
    add(registry, "places", rows, [SQUARE, shapely.Point(LON, LAT)])
    inside = nearest_places(registry, LON, LAT)
    assert [(place.code, place.distance_m) for place in inside] == [("1", 0.0)]
    beside = nearest_places(registry, LON + 0.0015, LAT)
    assert beside[0].lon == pytest.approx(LON + 0.001)
    assert beside[0].distance_m == pytest.approx(48.45, abs=0.2)
    assert nearest_places(registry, LON + 0.01, LAT) == []


@pytest.mark.parametrize(("lon", "lat"), [(180.0, 90.0), (-180.0, -90.0), (0.0, 89.999999)])
def test_the_ends_of_the_earth_are_asked_about_without_a_fault(
    registry: Registry, lon: float, lat: float
) -> None:
    assert nearest_places(registry, lon, lat) == []


@pytest.mark.parametrize(
    ("lon", "lat", "radius", "field"),
    [
        (181, 0, 1, "lon"),
        (0, 91, 1, "lat"),
        (0, 0, MAX_RADIUS + 1, "radius"),
        (0, 0, -1, "radius"),
        (float("nan"), 0, 1, "lon"),
    ],
)
def test_what_is_out_of_bounds_is_refused_by_name(
    registry: Registry, lon: float, lat: float, radius: float, field: str
) -> None:
    with pytest.raises(UsageError) as refused:
        nearest_places(registry, lon, lat, radius_m=radius)
    assert refused.value.field == field


def test_all_places_of_a_text_are_found_addresses_before_names(registry: Registry) -> None:
    add(registry, "places", [{"code": "1", "name": "一号"}, {"code": "2", "name": "一号"}], [SQUARE, SQUARE])
    assert [place.code for place in find_places(registry, "一 号")] == ["1", "2"]
    assert find_places(registry, "二号") == []
