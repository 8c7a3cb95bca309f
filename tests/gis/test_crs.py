"""Naming reference systems and converting between them."""

import threading

import numpy as np
import pytest
import shapely
from pyproj import CRS, Geod

from gis.crs import (
    STORED,
    CrsRefused,
    crs_evidence,
    geodesic_area,
    identify,
    is_cgcs2000,
    label,
    parse_crs,
    transform_geometries,
    transformer,
)
from gis.errors import UsageError
from gis.gcj import ChinaShift
from gis.text import language, t

GOLDEN = [
    (106.55, 29.56, "EPSG:4545", 359474.087, 3272217.299),
    (106.55, 29.56, "EPSG:4524", 36359474.087, 3272217.299),
    (106.55, 29.56, "EPSG:4544", 650218.539, 3272342.512),
    (106.55, 29.56, "EPSG:4523", 35650218.539, 3272342.512),
    (122.07, 46.08, "EPSG:4550", 428063.141, 5105398.646),
    (122.07, 46.08, "EPSG:4529", 41428063.141, 5105398.646),
]
GK_36 = (
    'PROJCS["{name}",GEOGCS["{base}",DATUM["{datum}",SPHEROID["{ellipsoid}",6378137.0,298.257222101]],'
    'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],'
    'PARAMETER["False_Easting",{easting}],PARAMETER["False_Northing",0.0],'
    'PARAMETER["Central_Meridian",{meridian}],PARAMETER["Scale_Factor",1.0],'
    'PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
)
CITY = "+proj=tmerc +lat_0=0 +lon_0=106.5 +k=1 +x_0=500000 +y_0=0 +a=6378140 +rf=298.257"


def gauss_kruger(easting, meridian, **names):
    names = {"name": "x", "base": "CGCS2000", "datum": "D_CGCS2000", "ellipsoid": "CGCS2000"} | names
    return CRS.from_wkt(GK_36.format(easting=easting, meridian=meridian, **names))


@pytest.mark.parametrize(("lon", "lat", "code", "easting", "northing"), GOLDEN)
def test_zones_of_cgcs2000_to_the_millimetre(lon, lat, code, easting, northing):
    x, y = transformer(STORED, code)(lon, lat)
    assert (float(x), float(y)) == pytest.approx((easting, northing), abs=6e-4)
    back = transformer(code)(x, y)
    assert (float(back[0]), float(back[1])) == pytest.approx((lon, lat), abs=1e-10)


@pytest.mark.parametrize("code", ["EPSG:4326", "CRS84", "OGC:CRS84"])
def test_wgs84_equals_cgcs2000_by_identity(code):
    assert transformer(code)(106.55, 29.56) == (106.55, 29.56)
    assert transformer(STORED, code)(106.55, 29.56) == (106.55, 29.56)


def test_wgs84_reaches_a_zone_of_cgcs2000_through_the_identity():
    x, y = transformer("EPSG:4326", "EPSG:4545")(106.55, 29.56)
    assert (float(x), float(y)) == pytest.approx((359474.087, 3272217.299), abs=6e-4)


def test_web_mercator_is_exact():
    conversion = transformer("EPSG:3857")
    x, y = conversion(11131949.079327358, 5621521.486192066)
    assert (float(x), float(y)) == pytest.approx((100.0, 45.0), abs=1e-9)
    assert conversion.accuracy_m == 0


@pytest.mark.parametrize(("code", "accuracy"), [("EPSG:2326", 1.0), ("EPSG:2263", 4.0), ("EPSG:3435", 4.0)])
def test_operations_with_a_stated_accuracy_are_taken(code, accuracy):
    conversion = transformer(code)
    assert conversion.accuracy_m == accuracy
    assert conversion.operations


def test_hong_kong_grid_origin():
    # The origin of EPSG:2326 is 22°18'43.68" N, 114°10'42.80" E on Hong Kong 1980; the shift to
    # WGS 84 is about 280 m east and -170 m south.
    lon, lat = transformer("EPSG:2326")(836694.05, 819069.80)
    assert (float(lon), float(lat)) == pytest.approx((114.181, 22.3106), abs=5e-4)


@pytest.mark.parametrize("code", ["EPSG:2379", "EPSG:4610", "EPSG:4214", "EPSG:2422", "EPSG:4555"])
def test_old_chinese_systems_are_refused(code):
    with pytest.raises(CrsRefused) as refused:
        transformer(code)
    assert code in str(refused.value)
    assert refused.value.hint is not None


def test_a_projection_that_proj_does_not_know_is_refused_by_its_name():
    wkt = CRS.from_epsg(4524).to_wkt("WKT1_ESRI").replace("Gauss_Kruger", "Gauss_Krugger")
    with pytest.raises(CrsRefused) as refused:
        transformer(CRS.from_wkt(wkt))
    assert "Gauss_Krugger" in str(refused.value)


def test_unknown_datum_is_refused_without_repeating_its_parameters():
    with pytest.raises(CrsRefused) as refused:
        transformer(CITY)
    for language_name in ("zh", "en"):
        with language(language_name):
            assert "106.5" not in str(refused.value)
            assert "lon_0" not in str(refused.value)


def test_declared_parameters_of_a_datum_are_used():
    plain = transformer(CITY + " +towgs84=0,0,0")
    shifted = transformer(CITY + " +towgs84=100,0,0")
    assert plain.accuracy_m is None
    a, b = plain(500000, 3272000), shifted(500000, 3272000)
    metres = Geod(ellps="GRS80").inv(float(a[0]), float(a[1]), float(b[0]), float(b[1]))[2]
    assert 90 < metres <= 101


@pytest.mark.parametrize("text", ["GCJ02", "gcj-02", "GCJ_02", " gcj02 ", "火星坐标"])
def test_names_of_gcj02(text):
    assert parse_crs(text) is ChinaShift.GCJ02


@pytest.mark.parametrize("text", ["BD09LL", "bd09", "BD-09", "百度坐标"])
def test_names_of_bd09(text):
    assert parse_crs(text) is ChinaShift.BD09LL


def test_shifted_systems_convert_both_ways():
    x, y = transformer("GCJ02")(106.55372033746897, 29.557153428541934)
    assert (float(x), float(y)) == pytest.approx((106.55, 29.56), abs=1e-9)
    x, y = transformer("EPSG:4545", "BD09LL")(359474.087, 3272217.299)
    assert (float(x), float(y)) == pytest.approx((106.5601543518712, 29.563460940653155), abs=1e-7)


@pytest.mark.parametrize(
    "text", ["EPSG:4490", "4490", "urn:ogc:def:crs:EPSG::4490", "http://www.opengis.net/def/crs/EPSG/0/4490"]
)
def test_spellings_of_a_code(text):
    assert identify(parse_crs(text)) == "EPSG:4490"


@pytest.mark.parametrize("text", ["EPSG:99999", "nonsense", "BD09MC", "", "EPSG:5737", "EPSG:4479"])
def test_what_is_not_a_usable_system_is_named(text):
    with pytest.raises(UsageError) as refused:
        parse_crs(text)
    assert refused.value.field == "crs"


def test_a_definition_is_not_repeated_in_the_message():
    definition = "+proj=tmerc +lon_0=106.5123 +x_0=oops"
    with pytest.raises(UsageError) as refused:
        parse_crs(definition)
    assert "106.5123" not in str(refused.value)
    assert "106.5123" not in str(refused.value.value)


def test_heights_are_dropped_from_a_system():
    assert len(parse_crs("EPSG:4480").axis_info) == 2
    assert identify(parse_crs("EPSG:4490+5737")) == "EPSG:4490"


@pytest.mark.parametrize(
    ("easting", "meridian", "code"),
    [
        (36500000.0, 108.0, "EPSG:4524"),
        (500000.0, 108.0, "EPSG:4545"),
        (18500000.0, 105.0, "EPSG:4496"),
        (45500000.0, 135.0, "EPSG:4533"),
        (25500000.0, 75.0, "EPSG:4513"),
    ],
)
def test_gauss_kruger_zones_are_known_by_parameters(easting, meridian, code):
    assert identify(gauss_kruger(easting, meridian)) == code


@pytest.mark.parametrize(
    "names",
    [
        {"datum": "D_China_2000", "base": "GCS_China_Geodetic_Coordinate_System_2000"},
        {"datum": "China_2000", "base": "unnamed"},
        {"datum": "unknown", "base": "CGCS_2000", "ellipsoid": "CGCS2000"},
        {"name": "CGCS2000_3_Degree_GK_Zone_36"},
    ],
)
def test_names_of_the_datum_in_use_are_all_cgcs2000(names):
    crs = gauss_kruger(36500000.0, 108.0, **names)
    assert is_cgcs2000(crs)
    assert transformer(crs).accuracy_m == 0
    x, y = transformer(crs)(36359474.087, 3272217.299)
    assert (float(x), float(y)) == pytest.approx((106.55, 29.56), abs=1e-8)


def test_a_meridian_of_a_city_has_no_code_but_converts_exactly():
    crs = gauss_kruger(500000.0, 106.5, name="City 2010")
    assert identify(crs) is None
    assert transformer(crs).accuracy_m == 0
    assert label(crs) == "City 2010"


def test_nad83_on_the_same_ellipsoid_is_not_cgcs2000():
    assert not is_cgcs2000(CRS.from_epsg(2263))


def test_geometries_keep_their_order_and_lose_their_height():
    geoms = np.array([shapely.Point(36359474.087, 3272217.299, 250), None, shapely.Point()], dtype=object)
    out = transform_geometries(geoms, "EPSG:4524")
    assert out[0].equals_exact(shapely.Point(106.55, 29.56), 1e-8)
    assert not out[0].has_z
    assert out[1] is None
    assert out[2].is_empty


def test_no_geometries_give_no_geometries():
    assert len(transform_geometries(np.array([], dtype=object), "EPSG:4524")) == 0


def test_geodesic_area_does_not_depend_on_the_direction_of_rings():
    outer = shapely.box(106.5, 29.5, 106.6, 29.6)
    holed = shapely.Polygon(outer.exterior, [shapely.box(106.52, 29.52, 106.53, 29.53).exterior])
    area = geodesic_area(np.array([outer, outer.reverse(), holed, holed.reverse()]))
    assert area[0] == pytest.approx(area[1])
    assert area[2] == pytest.approx(area[3])
    assert area[0] - area[2] == pytest.approx(geodesic_area([shapely.box(106.52, 29.52, 106.53, 29.53)])[0])


def test_geodesic_area_of_parts_adds_up_and_other_kinds_have_none():
    a, b = shapely.box(106.5, 29.5, 106.51, 29.51), shapely.box(106.6, 29.5, 106.61, 29.51)
    areas = geodesic_area(
        np.array([a, b, shapely.MultiPolygon([a, b]), shapely.Point(1, 1), None], dtype=object)
    )
    assert areas[2] == pytest.approx(areas[0] + areas[1])
    assert areas[3] == 0
    assert np.isnan(areas[4])


def test_geodesic_area_of_a_ten_thousand_metre_cell():
    corners = np.array(
        [[359000, 3272000], [359100, 3272000], [359100, 3272100], [359000, 3272100]], dtype=float
    )
    square = transform_geometries(np.array([shapely.Polygon(corners)]), "EPSG:4545")
    # 1.45 degrees from the central meridian the plane is about 4.9 m2 too large.
    assert geodesic_area(square)[0] == pytest.approx(10_000 - 4.9, abs=0.4)


def test_evidence_names_code_and_accuracy():
    with language("en"):
        exact = str(crs_evidence(parse_crs("EPSG:4524"), t("declared")))
        shifted = str(crs_evidence(ChinaShift.GCJ02, t("declared")))
    assert exact.startswith("EPSG:4524")
    assert "10 m" in shifted


def test_one_conversion_serves_many_threads():
    conversion = transformer("EPSG:4524")
    results = []

    def work():
        xs, ys = conversion(np.full(2000, 36359474.087), np.full(2000, 3272217.299))
        results.append(np.allclose(xs, 106.55, atol=1e-8) and np.allclose(ys, 29.56, atol=1e-8))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [True] * 8
