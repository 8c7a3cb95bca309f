"""Components far away from all the others, alone and by the hundred."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pyproj import Geod

from components.imports import prepare_components
from components.strays import FAR_M, FAR_TIMES, Surroundings
from grids.division_imports import prepare_divisions
from grids.imports import prepare_grids

WEST, SOUTH = 82.0, 44.8


def census(deliveries, *away: tuple[float, float], near: int = 40, files: int = 1):
    """Prepare lamps about 100 m apart in a place of the far west, then some that lie away."""
    places = [(WEST + n % 8 / 1e3, SOUTH + n // 8 / 1e3) for n in range(near)] + list(away)
    rows = [
        {"ObjID": f"6527010137{n:06d}", "ObjName": "路灯", "DeptCode1": "C", "DeptName1": "城管局"}
        | {"DeptName2": "照明公司", "ObjState": "完好", "ORDate": "20230915"}
        for n in range(1, len(places) + 1)
    ]
    points = [shapely.Point(place) for place in places]
    layers = [deliveries.layer(rows[n::files], points[n::files], f"{n}路灯.shp") for n in range(files)]
    return deliveries.prepare(prepare_components, *layers, standard="2013")


def strays(prepared):
    return [finding for finding in prepared.report.findings if finding.code == "C26"]


@pytest.fixture
def county(deliveries):
    """A registry with a county of about 8 km by 11 km and one unit grid."""
    square = shapely.box(WEST - 0.05, SOUTH - 0.05, WEST + 0.05, SOUTH + 0.05)
    deliveries.load(prepare_divisions, deliveries.layer([{"code": "652701"}], [square]))
    grid = shapely.box(WEST - 0.01, SOUTH - 0.01, WEST + 0.01, SOUTH + 0.01)
    deliveries.load(prepare_grids, deliveries.layer([{"code": "652701001001001"}], [grid]))
    return deliveries


def test_a_wrong_digit_is_one_finding_with_its_row(county) -> None:
    prepared = census(county, (WEST + 0.3, SOUTH))
    (stray,) = strays(prepared)
    assert (stray.severity, stray.row, stray.id, stray.value) == (
        "warning", 41, "6527010137000041", f"{WEST + 0.3:.6f}, {SOUTH:.6f}",
    )  # fmt: skip
    assert "23" in str(stray.message)
    assert not [finding for finding in prepared.report.findings if finding.code == "C10"]
    assert prepared.report.accepted == 41


def test_what_is_just_outside_the_divisions_is_no_stray(county) -> None:
    prepared = census(county, (WEST + 0.09, SOUTH))
    assert strays(prepared) == []
    assert [f.row for f in prepared.report.findings if f.code == "C10"] == [41]


def test_exchanged_axes_are_named_where_they_fit(deliveries) -> None:
    swapped, wrong = strays(census(deliveries, (SOUTH, WEST), (WEST + 9, SOUTH)))
    assert "对调" in str(swapped.hint)
    assert "对调" not in str(wrong.hint)


def test_many_strays_are_one_finding_of_each_file(deliveries) -> None:
    prepared = census(deliveries, *[(WEST + 5, SOUTH + n / 1e3) for n in range(44)], near=600, files=2)
    found = strays(prepared)
    assert [(f.row, "22" in str(f.message)) for f in found] == [(None, True)] * 2
    assert [name in str(f.message) for f, name in zip(found, ("0路灯", "1路灯"), strict=True)] == [True, True]


def test_a_delivery_of_several_places_has_no_strays(county) -> None:
    assert strays(census(county, *[(WEST + 3, SOUTH + n / 1e3) for n in range(10)])) == []


def test_without_divisions_the_next_county_is_no_stray(deliveries) -> None:
    assert strays(census(deliveries, (WEST + 0.5, SOUTH))) == []
    assert len(strays(census(deliveries, (WEST + 0.8, SOUTH)))) == 1


@given(
    st.lists(st.tuples(st.floats(-5, 5), st.floats(-5, 5)), min_size=3, max_size=30),
    st.tuples(st.floats(-10, 10), st.floats(-10, 10)),
)
@settings(deadline=None, max_examples=60)
def test_the_reach_follows_most_of_the_delivery(places, asked) -> None:
    lon, lat = np.array(places).T + np.array([[106.5], [29.4]])
    around = Surroundings.of(lon, lat, None)
    middle = np.median(lon), np.median(lat)
    ellipsoid = Geod(ellps="GRS80")
    away = [ellipsoid.inv(*middle, *place)[2] for place in zip(lon, lat, strict=True)]
    reach = max(FAR_M, FAR_TIMES * np.quantile(away, 0.75))
    x, y = asked[0] + 106.5, asked[1] + 29.4
    distance = ellipsoid.inv(*middle, x, y)[2]
    # The sphere is half a percent off.
    assume(abs(distance - reach) > 0.015 * reach)
    assert bool(around.hold(np.array([x]), np.array([y]))[0]) == (distance <= reach)


def test_nothing_on_earth_is_farther_than_its_other_side() -> None:
    around = Surroundings(None, 106.5, 29.4, FAR_M)
    far = around.distance(np.array([-73.5, -118.0, 106.5]), np.array([-29.4, 34.0, 29.4]))
    assert far.round(-5).tolist() == [20_000_000, 11_600_000, 0]
