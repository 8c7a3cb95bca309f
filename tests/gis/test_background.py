"""What a registry has around findings is read for their report."""

from __future__ import annotations

from collections.abc import Callable

import geopandas as gpd
import numpy as np
import pytest
import shapely

import gis.background
from gis.background import add_background
from gis.delivered import DeliveredAreas
from gis.editions import Change, commit_changes
from gis.findings import Finding, Report, Severity
from gis.read import read_frame
from gis.registry import Registry
from gis.text import t

GridFrame = Callable[..., gpd.GeoDataFrame]


@pytest.fixture
def city(registry: Registry, grid_frame: GridFrame) -> Registry:
    """A street of two communities, and unit grids."""
    squares = shapely.box([106.49, 106.5, 106.49], 29.4, [106.5, 106.51, 106.51], 29.6)
    divisions = gpd.GeoDataFrame(
        {
            "code": ["500113001001", "500113001002", "500113001"],
            "name": ["甲", "乙", "街"],
            "level": ["community", "community", "street"],
        },
        geometry=squares,
        crs="EPSG:4490",
    )
    commit_changes(registry, [Change("divisions", divisions)], operation="import")
    commit_changes(registry, [Change("grids", grid_frame(5))], operation="import")
    return registry


def found(lon: float, lat: float, field: str = "unit_grid") -> Finding:
    place = shapely.Point(lon, lat)
    return Finding("C11", Severity.WARNING, "components", t("Overlap"), field=field, geometry=place)


def test_communities_of_the_map_and_grids_of_the_close_ups_are_read(city: Registry) -> None:
    grid = grid_of(city)
    report = Report("components", findings=[found(*grid), found(*grid, field="owner_name")])
    add_background(city, report)
    assert report.background is not None
    assert 1 <= len(report.background.divisions) <= 2
    assert 1 <= len(report.background.codes) == len(report.background.grids)
    assert len(set(report.background.codes)) == len(report.background.codes)


def test_of_very_many_divisions_the_next_level_is_drawn(
    city: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gis.background, "AT_MOST", 1)
    report = Report("components", findings=[found(106.4999, 29.5), found(106.5001, 29.5)])
    add_background(city, report)
    assert report.background is not None
    assert report.background.divisions[0].area == pytest.approx(0.02 * 0.2)


def test_an_empty_registry_and_findings_without_a_place_have_none(registry: Registry) -> None:
    report = Report("components", findings=[found(106.5, 29.5)])
    add_background(registry, report)
    assert report.background is not None
    assert (len(report.background.divisions), len(report.background.grids)) == (0, 0)
    placeless = Report("components", findings=[Finding("F08", Severity.INFO, "components", t("Overlap"))])
    add_background(registry, placeless)
    assert placeless.background is None


def test_a_delivery_of_areas_is_drawn_itself(city: Registry) -> None:
    none = np.zeros(0, dtype=object)
    areas = DeliveredAreas(none, np.zeros(0, np.int64), none, np.zeros(0, bool), none)
    report = Report("grids", findings=[found(106.5, 29.5)], areas=areas)
    add_background(city, report)
    assert report.background is None


def grid_of(registry: Registry) -> tuple[float, float]:
    first = read_frame(registry, "grids", columns=["geometry"])["geometry"].iloc[0].centroid
    return first.x, first.y
