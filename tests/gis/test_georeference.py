"""What a source says of its reference system, and whether its coordinates agree."""

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis.crs import transformer
from gis.errors import FileProblem, UsageError
from gis.findings import Severity
from gis.georeference import georeference
from gis.hypotheses import bounds_of, fitting_systems
from gis.layer import RawLayer, StatedCrs, table_of
from gis.places import Places
from gis.text import language, t

LON, LAT = 106.55, 29.56
XIAN_80 = (
    'PROJCS["Xian_1980_3_Degree_GK_CM_102E",GEOGCS["GCS_Xian_1980",DATUM["D_Xian_1980",'
    'SPHEROID["Xian_1980",6378140.0,298.257]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],'
    'PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],'
    'PARAMETER["Central_Meridian",102.0],PARAMETER["Scale_Factor",1.0],'
    'PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
)
WGS84_AND_JUNK = (
    'GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137,298.257223562997]],'
    'PRIMEM["",0],UNIT["",0.0174532925]], PROJECTION["WGS84"],UNIT["",1]'
)


def layer(x, y, stated=None, rows=3, others=None):
    points = np.array([shapely.Point(x, y)] * rows, dtype=object)
    for at, other in (others or {}).items():
        points[at] = other
    said = None if stated is None else StatedCrs(stated, t("the .prj says so"))
    frame = pd.DataFrame({"_row": np.arange(1, rows + 1)})
    return RawLayer("a.shp", "a", table_of(frame, points), said, t("as given"))


def place(out):
    point = out.frame.geometry[0]
    return point.x, point.y


def refusal(*arguments):
    with pytest.raises(FileProblem) as refused:
        georeference(*arguments, dataset="grids")
    return refused.value


@pytest.mark.parametrize(
    ("code", "x", "y"),
    [
        ("EPSG:4524", 36359474.087, 3272217.299),
        ("EPSG:4545", 359474.087, 3272217.299),
        ("EPSG:4544", 650218.539, 3272342.512),
        ("EPSG:4490", LON, LAT),
        ("EPSG:4326", LON, LAT),
        ("GCJ02", 106.55372033746897, 29.557153428541934),
        ("BD09LL", 106.5601543518712, 29.563460940653155),
    ],
)
def test_declared_systems_arrive_at_the_same_place(code, x, y):
    out = georeference(layer(x, y), code, dataset="grids")
    assert place(out) == pytest.approx((LON, LAT), abs=1e-8)
    assert code in str(out.crs_evidence)


def test_the_wording_of_esri_is_understood(gk_36_prj):
    out = georeference(layer(36359474.087, 3272217.299, gk_36_prj), None, dataset="grids")
    assert place(out) == pytest.approx((LON, LAT), abs=1e-8)
    with language("en"):
        assert str(out.crs_evidence) == (
            "EPSG:4524 (CGCS2000 / 3-degree Gauss-Kruger zone 36): the .prj says so"
        )


def test_a_declaration_beats_the_file_and_says_what_the_file_says(gk_36_prj):
    out = georeference(layer(LON, LAT, gk_36_prj), "EPSG:4490", dataset="grids")
    assert place(out) == (LON, LAT)
    assert "EPSG:4524" in str(out.crs_evidence)


def test_a_declaration_helps_where_the_file_is_not_understood():
    out = georeference(layer(LON, LAT, WGS84_AND_JUNK), "EPSG:4326", dataset="grids")
    assert place(out) == (LON, LAT)


def test_a_missing_system_is_asked_for_with_what_fits():
    problem = refusal(layer(36359474.087, 3272217.299), None)
    assert (problem.code, problem.field) == ("F03", "--crs")
    assert "EPSG:4524" in str(problem.expected)


@pytest.mark.parametrize(
    "stated", [WGS84_AND_JUNK, "nonsense", 'GEOGCS["cut off",DATUM["D_', "PROJCS[]", "[", "EPSG:1"]
)
def test_a_system_that_is_not_understood_is_asked_for(stated):
    problem = refusal(layer(LON, LAT, stated), None)
    assert problem.code == "F03"
    assert "EPSG:4490" in str(problem.expected)


def test_old_chinese_systems_are_refused_with_a_way_out():
    problem = refusal(layer(500168.5, 3272217.3, XIAN_80), None)
    assert problem.code == "F04"
    assert "EPSG:2379" in str(problem)
    assert problem.hint is not None


def test_an_old_system_declared_by_a_person_is_a_usage_error():
    with pytest.raises(UsageError):
        georeference(layer(500168.5, 3272217.3), "EPSG:2379", dataset="grids")


def test_an_unknown_declaration_is_a_usage_error():
    with pytest.raises(UsageError):
        georeference(layer(LON, LAT), "EPSG:99999", dataset="grids")


@pytest.mark.parametrize(
    ("x", "y", "declared", "fits"),
    [
        (8942320.9, 3059919.7, "CRS84", "EPSG:3857"),
        (36359474.087, 3272217.299, "EPSG:4490", "EPSG:4524"),
        (359474.087, 3272217.299, "EPSG:4524", "EPSG:4534"),
        (36359474.087, 3272217.299, "EPSG:4545", "EPSG:4524"),
        (LON, LAT, "EPSG:4545", "EPSG:4490"),
        (3272217.299, 359474.087, "EPSG:4545", "wrong order"),
        (500168.5, -89.0, "EPSG:4543", "no system"),
    ],
)
def test_coordinates_of_another_system_are_refused_with_what_fits(x, y, declared, fits):
    problem = refusal(layer(x, y), declared)
    assert problem.code == "F12"
    with language("en"):
        assert fits in str(problem.expected)


def test_a_stray_feature_is_a_warning_of_its_row():
    raw = layer(36359474.087, 3272217.299, rows=5, others={2: shapely.Point(0, 0)})
    out = georeference(raw, "EPSG:4524", dataset="components")
    assert [(f.code, f.severity, f.row) for f in out.findings] == [("F12", Severity.WARNING, 3)]


def test_coordinates_that_are_no_place_are_left_out():
    with np.errstate(invalid="ignore"):
        raw = layer(
            36359474.087,
            3272217.299,
            rows=5,
            others={
                1: shapely.Point(np.inf, 3272217),
                3: shapely.LineString([(36359474, 3272217), (np.nan, 3272217)]),
            },
        )
    out = georeference(raw, "EPSG:4524", dataset="components")
    assert list(out.frame.geometry.isna()) == [False, True, False, True, False]
    assert [(f.code, f.row) for f in out.findings] == [("F12", 2), ("F12", 4)]


@pytest.mark.parametrize("nothing", [np.finfo(float).min, -1e39])
def test_numbers_that_stand_for_no_coordinate_are_left_out_before_they_are_converted(nothing):
    raw = layer(6_541_431, 1_859_175, rows=5, others={2: shapely.Point(nothing, nothing)})
    out = georeference(raw, "EPSG:2229", dataset="components")
    assert list(out.frame.geometry.isna()) == [False, False, True, False, False]
    assert [(f.code, f.row) for f in out.findings] == [("F12", 3)]


def test_degrees_beyond_the_world_are_no_place():
    raw = layer(LON, LAT, rows=5, others={2: shapely.Point(LON, 1e9)})
    out = georeference(raw, "EPSG:4490", dataset="components")
    assert out.frame.geometry[2] is None
    assert [(f.code, f.severity, f.row) for f in out.findings] == [("F12", Severity.WARNING, 3)]


@pytest.mark.parametrize(("x", "y", "swapped"), [(LAT, LON, True), (LON, 1e9, False), (0.0, 95.0, False)])
def test_exchanged_axes_of_a_single_feature_are_named(x, y, swapped):
    raw = layer(LON, LAT, rows=5, others={2: shapely.Point(x, y)})
    (stray,) = georeference(raw, "EPSG:4490", dataset="components").findings
    assert (stray.hint is not None) == swapped


def test_missing_and_empty_geometries_do_not_count():
    raw = layer(LON, LAT, others={0: None, 1: shapely.Point()})
    out = georeference(raw, "EPSG:4490", dataset="components")
    assert out.findings == []
    assert out.frame.geometry[0] is None


def test_a_layer_without_any_geometry_is_taken():
    raw = layer(LON, LAT, others=dict.fromkeys(range(3)))
    assert georeference(raw, "EPSG:4524", dataset="components").findings == []


def test_parameters_of_a_citys_system_appear_nowhere():
    city = "+proj=tmerc +lat_0=0 +lon_0=106.512345 +k=1 +x_0=54321 +y_0=-3000000 +ellps=GRS80 +towgs84=0,0,0"
    x, y = transformer("EPSG:4490", city)(LON, LAT)
    for language_name in ("zh", "en"):
        with language(language_name):
            out = georeference(layer(float(x), float(y)), city, dataset="grids")
            assert place(out) == pytest.approx((LON, LAT), abs=1e-7)
            stated = str(georeference(layer(float(x), float(y), city), None, dataset="grids").crs_evidence)
            assert not any(secret in str(out.crs_evidence) + stated for secret in ("106.5", "54321", "tmerc"))


@pytest.mark.parametrize(
    ("bounds", "words"),
    [
        (None, "no coordinates"),
        ((106.5, 29.5, 106.6, 29.6), "EPSG:4490"),
        ((29.5, 106.5, 29.6, 106.6), "wrong order"),
        ((-87.7, 41.6, -87.5, 42.0), "outside China"),
        ((36359474, 3272217, 36360000, 3273000), "EPSG:4524"),
        ((18359474, 3272217, 18360000, 3273000), "EPSG:4496, Gauss-Krüger of 6 degrees"),
        ((359474, 3272217, 360000, 3273000), "EPSG:4534"),
        ((3272217, 36359474, 3273000, 36360000), "wrong order"),
        ((11861000, 3447000, 11862000, 3448000), "EPSG:3857"),
        ((1175000, 1880000, 1181000, 1890000), "no system"),
    ],
)
def test_hypotheses(bounds, words):
    with language("en"):
        assert words in str(fitting_systems(bounds))


@given(st.floats(74.0, 134.9), st.floats(18.5, 53.0))
def test_a_zone_with_number_is_always_found(lon, lat):
    zone = int((lon + 1.5) // 3)
    code = f"EPSG:{4513 + zone - 25}"
    x, y = transformer("EPSG:4490", code)(lon, lat)
    assert code in str(fitting_systems((float(x), float(y), float(x), float(y))))


def test_bounds_leave_out_strays():
    points = np.array([shapely.Point(106.5, 29.5)] * 1000 + [shapely.Point(0, 0), shapely.Point(np.nan, 1)])
    assert bounds_of(Places.of(points)) == (106.5, 29.5, 106.5, 29.5)
    assert bounds_of(Places.of(np.array([None], dtype=object))) is None
