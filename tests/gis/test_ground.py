"""The ground of a registry: which positions lie in its divisions, or near them."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.ground import Ground, ground_of
from grids.division_imports import prepare_divisions

corner = st.tuples(st.floats(106.0, 107.0), st.floats(29.0, 30.0))
size = st.floats(0.01, 0.3)
place = st.tuples(st.floats(105.9, 107.4), st.floats(28.9, 30.4))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(corner, size, st.booleans()), min_size=1, max_size=4),
    st.lists(place, min_size=1, max_size=20),
    st.sampled_from([0.0, 5e-4, 0.05]),
)
def test_inside_is_what_distances_say(parts, places, margin):
    divisions = [
        shapely.Point(x, y).buffer(width) if round_ else shapely.box(x, y, x + width, y + width)
        for (x, y), width, round_ in parts
    ]
    lon, lat = np.array(places).T
    found = Ground(np.array(divisions, dtype=object)).inside(lon, lat, margin_deg=margin)
    away = np.min([shapely.distance(division, shapely.points(lon, lat)) for division in divisions], axis=0)
    # The outline of a margin may be simpler by a fifth of it, and its corners are cut a little.
    sure_in, sure_out = away <= 0.7 * margin, away > 1.25 * margin
    assert found[sure_in].all()
    assert not found[sure_out].any()


def test_positions_that_are_no_numbers_lie_nowhere():
    ground = Ground(np.array([shapely.box(106, 29, 107, 30)], dtype=object))
    lon, lat = np.array([106.5, np.nan, np.inf, 106.5]), np.array([29.5, 29.5, 29.5, np.nan])
    assert list(ground.inside(lon, lat)) == [True, False, False, False]


def test_positions_beyond_all_measure_lie_nowhere():
    ground = Ground(np.array([shapely.box(106, 29, 107, 30)], dtype=object))
    lon, lat = np.array([106.5, 1e308, -1.7e308]), np.array([29.5, -1.7e308, 5e-324])
    assert list(ground.inside(lon, lat, margin_deg=0.5)) == [True, False, False]
    assert list(ground.inside(lon[1:2], lat[1:2], margin_deg=0.1)) == [False]


LEVELS = {"500113": "county", "500113001": "street", "500113001001": "community"}


@pytest.mark.parametrize("lowest", [1, 2, 3])
def test_the_highest_level_there_is_counts(deliveries, lowest):
    codes = list(LEVELS)[lowest - 1 :]
    rows = [{"code": code, "name": code, "level": LEVELS[code]} for code in codes]
    shapes = [shapely.box(106, 29, 106 + 0.1 / (n + 1), 29.1) for n in range(len(codes))]
    deliveries.load(prepare_divisions, deliveries.layer(rows, shapes))
    ground = ground_of(deliveries.registry)
    assert len(ground.divisions) == 1
    assert ground.divisions[0].bounds == pytest.approx(shapes[0].bounds)
