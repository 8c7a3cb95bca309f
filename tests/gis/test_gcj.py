"""Shifted coordinates of internet maps."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis.gcj import (
    ChinaShift,
    bd09_to_gcj02,
    from_shifted,
    gcj02_to_bd09,
    gcj02_to_wgs84,
    to_shifted,
    wgs84_to_gcj02,
)

PUBLISHED = [  # latitude, longitude: WGS 84, GCJ-02
    ((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),
    ((22.543847, 113.912316), (22.540796131694766, 113.9171764808363)),
    ((39.911954, 116.377817), (39.91334545536069, 116.38404722455657)),
]
MICROMETRE_DEG = 1e-11
lons = st.floats(73.5, 134.5)
lats = st.floats(18.0, 53.5)


@pytest.mark.parametrize(("wgs84", "gcj02"), PUBLISHED)
def test_forward_reproduces_published_samples(wgs84, gcj02):
    lon, lat = wgs84_to_gcj02(wgs84[1], wgs84[0])
    assert (float(lat), float(lon)) == pytest.approx(gcj02, abs=1e-12)


def test_bd09_forward_reproduces_computed_value():
    lon, lat = gcj02_to_bd09(106.55372033746897, 29.557153428541934)
    assert (float(lon), float(lat)) == pytest.approx((106.5601543518712, 29.563460940653155), abs=1e-12)


@given(lons, lats)
def test_inverse_undoes_forward_to_less_than_a_micrometre(lon, lat):
    for forward, inverse in ((wgs84_to_gcj02, gcj02_to_wgs84), (gcj02_to_bd09, bd09_to_gcj02)):
        back = inverse(*forward(lon, lat))
        assert np.hypot(back[0] - lon, back[1] - lat) < MICROMETRE_DEG


@given(lons, lats)
def test_shift_to_gcj02_is_some_hundred_metres(lon, lat):
    x, y = wgs84_to_gcj02(lon, lat)
    metres = np.hypot((x - lon) * 111_320 * np.cos(np.radians(lat)), (y - lat) * 111_320)
    assert 15 < metres < 720


def test_arrays_give_what_scalars_give():
    lon = np.array([106.55, 122.07, 114.05])
    lat = np.array([29.56, 46.08, 22.54])
    xs, ys = wgs84_to_gcj02(lon, lat)
    for index in range(3):
        assert (xs[index], ys[index]) == wgs84_to_gcj02(lon[index], lat[index])


def test_nothing_is_shifted_outside_the_rectangle():
    assert wgs84_to_gcj02(-87.6, 41.8) == (-87.6, 41.8)
    assert gcj02_to_wgs84(-87.6, 41.8) == (-87.6, 41.8)


def test_a_polygon_can_say_where_positions_are_shifted():
    area = shapely.box(106, 29, 107, 30)
    inside, outside = wgs84_to_gcj02([106.5, 116.3], [29.5, 39.9], area=area)
    assert inside[0] != 106.5
    assert (inside[1], outside[1]) == (116.3, 39.9)


def test_a_missing_position_does_not_spoil_the_others():
    xs, _ = gcj02_to_wgs84([106.553720, np.nan], [29.557153, np.nan])
    assert xs[0] == pytest.approx(106.55, abs=1e-5)
    assert np.isnan(xs[1])


def test_no_positions_give_no_positions():
    xs, ys = gcj02_to_wgs84([], [])
    assert len(xs) == len(ys) == 0


@pytest.mark.parametrize("system", list(ChinaShift))
def test_round_trip_through_each_system(system):
    lon, lat = from_shifted(system, *to_shifted(system, 106.55, 29.56))
    assert (float(lon), float(lat)) == pytest.approx((106.55, 29.56), abs=1e-10)
