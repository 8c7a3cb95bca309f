"""Places: points as coordinates are the same as points as geometries."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis.gpkg_geometry import encode
from gis.places import Places, joined
from gis.point_blobs import ewkb_points, gpkg_points, points_of_ewkb, points_of_gpkg

NUMBERS = st.floats(-180, 180)
POINTS = st.lists(st.none() | st.builds(shapely.Point, NUMBERS, NUMBERS), max_size=20)


def array(values):
    return np.array([*values, None], dtype=object)[:-1]


def same(one, other):
    missing = shapely.is_missing(one)
    assert missing.tolist() == shapely.is_missing(other).tolist()
    assert shapely.equals_exact(one[~missing], other[~missing]).all()


@given(points=POINTS)
def test_points_and_their_coordinates_say_the_same(points):
    packed, whole = Places.of(array(points)), Places(shapes=array(points))
    assert (packed.xy is not None) == any(point is not None for point in points)
    same(packed.geometries(), whole.geometries())
    for one, other in (
        (packed.present(), whole.present()),
        (packed.kinds(), whole.kinds()),
        (packed.several(), whole.several()),
        (packed.bounds(), whole.bounds()),
        (packed.coordinates(), whole.coordinates()),
        (packed.representative(), whole.representative()),
    ):
        np.testing.assert_array_equal(one, other)
    same(array(packed[at] for at in range(len(points))), array(points))


@given(points=POINTS, flags=st.lists(st.booleans(), min_size=20, max_size=20))
def test_places_are_taken_left_out_and_moved(points, flags):
    chosen = np.array(flags[: len(points)], dtype=bool)
    packed, whole = Places.of(array(points)), Places(shapes=array(points))
    same(packed.take(chosen).geometries(), whole.take(chosen).geometries())
    same(packed.without(chosen).geometries(), whole.without(chosen).geometries())
    same(packed.slice(1, 3).geometries(), whole.slice(1, 3).geometries())
    moved = [places.moved(lambda x, y: (y + 1, x)).geometries() for places in (packed, whole)]
    same(*moved)
    same(joined([packed, whole]).geometries(), array(points * 2))


@pytest.mark.parametrize(
    "other",
    [
        shapely.LineString([(0, 0), (1, 1)]),
        shapely.Point(),
        shapely.Point(1, 2, 3),
        shapely.MultiPoint([(1, 2)]),
    ],
)
def test_anything_but_plain_points_stays_a_geometry(other):
    places = Places.of(array([shapely.Point(1, 2), other]))
    assert places.xy is None
    assert places[1] is other
    assert places.have_heights() == other.has_z


@given(points=st.lists(st.tuples(NUMBERS, NUMBERS), max_size=20))
def test_points_are_written_as_geometries_are(points):
    xy = np.array(points, dtype=float).reshape(-1, 2)
    geometries = np.asarray(shapely.points(xy), dtype=object).reshape(-1)
    assert gpkg_points(xy) == encode(geometries)
    written = shapely.to_wkb(shapely.set_srid(geometries, 4490), hex=True, include_srid=True, byte_order=1)
    assert ewkb_points(xy) == list(written)
    raw = [bytes.fromhex(one) for one in ewkb_points(xy)]
    np.testing.assert_array_equal(points_of_ewkb(raw), xy)
    if points:
        np.testing.assert_array_equal(points_of_gpkg(gpkg_points(xy)), xy)


def test_missing_points_are_written_as_nothing():
    xy = np.array([[1.0, 2.0], [np.nan, np.nan]])
    assert gpkg_points(xy)[1] is None
    assert ewkb_points(xy)[1] is None


def test_other_blobs_are_not_taken_for_points():
    line = encode(array([shapely.LineString([(0, 0), (1, 1)])]))
    point = gpkg_points(np.array([[1.0, 2.0]]))
    assert points_of_gpkg([*point, *line]) is None
    assert points_of_gpkg([bytes(29)]) is None
    assert points_of_ewkb([bytes(25)]) is None
    assert points_of_ewkb([None]) is None
