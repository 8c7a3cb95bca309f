"""Which reference systems are understood, and what is said of those that are missing or wrong.

Every layer here is the same district: three points around 106.55° E, 29.56° N. Each row of the tables says
how it was written, and what has to become of it: read at that place, or refused with the option to use.
"""

import numpy as np
import pandas as pd
import pytest
import shapely

from gis.crs import transformer
from gis.declared_crs import declared_name
from gis.errors import DataRefused, FileProblem, UsageError
from gis.files import read_layers
from gis.findings import Severity
from gis.georeference import georeference
from gis.ground import Ground, ground_of
from gis.importing import ImportContext, ImportOptions, read_spatial
from gis.layer import RawLayer, StatedCrs, table_of
from gis.text import language, t

LON, LAT = np.array([106.54, 106.55, 106.56]), np.array([29.55, 29.56, 29.57])
GROUND = Ground(np.array([shapely.box(106.5, 29.5, 106.6, 29.6)], dtype=object))


def esri(name, base, easting, meridian, *, projection="Gauss_Kruger", scale=1.0, unit='UNIT["Meter",1.0]'):
    return (
        f'PROJCS["{name}",{base},PROJECTION["{projection}"],PARAMETER["False_Easting",{easting}],'
        f'PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",{meridian}],'
        f'PARAMETER["Scale_Factor",{scale}],PARAMETER["Latitude_Of_Origin",0.0],{unit}]'
    )


def geographic(name, datum, ellipsoid, major, flattening):
    return (
        f'GEOGCS["{name}",DATUM["{datum}",SPHEROID["{ellipsoid}",{major},{flattening}]],'
        'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]'
    )


CGCS = geographic(
    "GCS_China_Geodetic_Coordinate_System_2000", "D_China_2000", "CGCS2000", 6378137.0, 298.257222101
)
WGS = geographic("GCS_WGS_1984", "D_WGS_1984", "WGS_1984", 6378137.0, 298.257223563)
XIAN = geographic("GCS_Xian_1980", "D_Xian_1980", "Xian_1980", 6378140.0, 298.257)
BEIJING = geographic("GCS_Beijing_1954", "D_Beijing_1954", "Krasovsky_1940", 6378245.0, 298.3)
KRASOVSKY = geographic("GCS_Krasovsky_1940", "D_Krasovsky_1940", "Krasovsky_1940", 6378245.0, 298.3)
PULKOVO = geographic("unnamed", "Pulkovo_1942", "Krassovsky", 6378245.0, 298.3)
HEIGHTS = (
    ',VERTCS["Yellow_Sea_1985",VDATUM["Yellow_Sea_1985"],PARAMETER["Vertical_Shift",0.0],UNIT["Meter",1.0]]'
)
MERCATOR = (
    f'PROJCS["WGS_1984_Web_Mercator_Auxiliary_Sphere",{WGS},PROJECTION["Mercator_Auxiliary_Sphere"],'
    'PARAMETER["False_Easting",0.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",0.0],'
    'PARAMETER["Standard_Parallel_1",0.0],PARAMETER["Auxiliary_Sphere_Type",0.0],UNIT["Meter",1.0]]'
)

# What the .prj says, the system the numbers are really in, and the name shown.
UNDERSTOOD = {
    "3° with zone": (esri("CGCS2000_3_Degree_GK_Zone_36", CGCS, 36500000.0, 108.0), "EPSG:4524", "EPSG:4524"),
    "3° without zone": (
        esri("CGCS2000_3_Degree_GK_CM_108E", CGCS, 500000.0, 108.0), "EPSG:4545", "EPSG:4545",
    ),
    "6° with zone": (esri("CGCS2000_GK_Zone_18", CGCS, 18500000.0, 105.0), "EPSG:4496", "EPSG:4496"),
    "6° without zone": (esri("CGCS2000_GK_CM_105E", CGCS, 500000.0, 105.0), "EPSG:4544", "EPSG:4544"),
    "another name for the same": (esri("MyCity", CGCS, 500000.0, 108.0), "EPSG:4545", "EPSG:4545"),
    "heights beside it": (
        esri("CGCS2000_3_Degree_GK_CM_108E", CGCS, 500000.0, 108.0) + HEIGHTS, "EPSG:4545", "EPSG:4545",
    ),
    "own meridian on CGCS2000": (
        esri("Chongqing", CGCS, 500000.0, 106.5),
        "+proj=tmerc +lon_0=106.5 +x_0=500000 +ellps=GRS80 +towgs84=0,0,0", "Chongqing",
    ),
    "UTM": (
        esri("WGS_1984_UTM_Zone_48N", WGS, 500000.0, 105.0, projection="Transverse_Mercator", scale=0.9996),
        "EPSG:32648", "EPSG:32648",
    ),
    "Web Mercator": (MERCATOR, "EPSG:3857", "EPSG:3857"),
    "CGCS2000 in degrees": (CGCS, "EPSG:4490", "EPSG:4490"),
    "WGS 84 in degrees": (WGS, "EPSG:4326", "EPSG:4326"),
    "a code instead of WKT": ("EPSG:4524\n", "EPSG:4524", "EPSG:4524"),
}  # fmt: skip

# .prj files that are understood and refused: the code, and a word of the message.
REFUSED = {
    "Xian 1980": (esri("Xian_1980_3_Degree_GK_CM_108E", XIAN, 500000.0, 108.0), "F04", "Xian"),
    "Xian 1980 in degrees": (XIAN, "F04", "Xian"),
    "Beijing 1954": (esri("Beijing_1954_3_Degree_GK_CM_108E", BEIJING, 500000.0, 108.0), "F04", "Beijing"),
    "Beijing 1954 under another name": (
        esri("Beijing_54", PULKOVO, 500000.0, 108.0), "F04", "cannot be converted",
    ),
    "an unknown datum": (esri("City", KRASOVSKY, 500000.0, 108.0), "F04", "City"),
    "a drawing's plane": ('LOCAL_CS["Nonearth",UNIT["Meter",1.0]]', "F03", "not understood"),
    "nothing PROJ knows": ("nonsense", "F03", "not understood"),
    "two systems": (f"{CGCS},{WGS}", "F03", "not understood"),
    "cut off": (CGCS[:100], "F03", "not understood"),
}  # fmt: skip

# Numbers without a .prj: how they were made, and what has to be among what fits, without a registry.
BY_SIZE = {
    "degrees": ("EPSG:4490", "EPSG:4490; GCJ02 or BD09LL"),
    "degrees, latitude first": ("EPSG:4490,yx", "(EPSG:4490,yx)"),
    "3° with zone": ("EPSG:4524", "EPSG:4524"),
    "3° with zone, northing first": ("EPSG:4524,yx", "(EPSG:4524,yx)"),
    "3° without zone": ("EPSG:4545", "EPSG:4534 to EPSG:4554"),
    "3° without zone, northing first": ("EPSG:4545,yx", "EPSG:4534,yx to EPSG:4554,yx"),
    "6° with zone": ("EPSG:4496", "EPSG:4496"),
    "millimetres with zone": ("EPSG:4524,mm", "EPSG:4524,mm"),
    "millimetres without zone": ("EPSG:4545,mm", "EPSG:4534,mm to EPSG:4554,mm"),
    "Web Mercator": ("EPSG:3857", "EPSG:3857"),
    "a city's own grid": (
        "+proj=tmerc +lon_0=106.55 +lat_0=29.5 +x_0=50000 +y_0=50000 +ellps=GRS80 +towgs84=0,0,0", ".toml"),
}  # fmt: skip

# The same with a registry that has the district: the option that is named first.
BY_TRIAL = {
    "EPSG:4490": "EPSG:4490",
    "EPSG:4490,yx": "EPSG:4490,yx",
    "EPSG:4524": "EPSG:4524",
    "EPSG:4545": "EPSG:4545",
    "EPSG:4544": "EPSG:4544",
    "EPSG:4545,yx": "EPSG:4545,yx",
    "EPSG:4524,yx": "EPSG:4524,yx",
    "EPSG:4545,mm": "EPSG:4545,mm",
    "EPSG:4545,yx,mm": "EPSG:4545,yx,mm",
    "EPSG:4545,ft": "EPSG:4545,ft",
    "EPSG:3857": "EPSG:3857",
}

# Wrong statements: what the file says, what its numbers are, and the option that is named.
WRONG = {
    "the neighbouring zone": ("EPSG:4544", "EPSG:4545", "EPSG:4545"),
    "zone number missing in the numbers": ("EPSG:4524", "EPSG:4545", "EPSG:4545"),
    "zone number missing in the statement": ("EPSG:4545", "EPSG:4524", "EPSG:4524"),
    "northing first": ("EPSG:4545", "EPSG:4545,yx", "EPSG:4545,yx"),
    "latitude first": ("EPSG:4490", "EPSG:4490,yx", "EPSG:4490,yx"),
    "plane coordinates said to be degrees": ("EPSG:4490", "EPSG:4545", "EPSG:4545"),
    "degrees said to be plane": ("EPSG:4545", "EPSG:4490", "EPSG:4490"),
    "millimetres": ("EPSG:4545", "EPSG:4545,mm", "EPSG:4545,mm"),
    "feet": ("EPSG:4545", "EPSG:4545,ft", "EPSG:4545,ft"),
    "Web Mercator said to be Gauss-Krüger": ("EPSG:4545", "EPSG:3857", "EPSG:3857"),
}


def layer(system, stated=None, lon=LON, lat=LAT):
    """Write the district in a system."""
    x, y = transformer("EPSG:4490", declared_name(system))(lon, lat)
    said = None if stated is None else StatedCrs(stated, t("the .prj says so"))
    frame = pd.DataFrame({"_row": np.arange(1, len(lon) + 1)})
    return RawLayer("a.shp", "a", table_of(frame, np.asarray(shapely.points(x, y))), said, t("as given"))


def refusal(raw, given=None, ground=None):
    with pytest.raises(FileProblem) as refused:
        georeference(raw, given, dataset="components", ground=ground)
    return refused.value


def assert_in_place(layer):
    points = layer.frame.geometry
    np.testing.assert_allclose(points.x, LON, atol=1e-8)
    np.testing.assert_allclose(points.y, LAT, atol=1e-8)


@pytest.mark.parametrize("case", UNDERSTOOD)
def test_statements_that_are_understood(case):
    stated, system, name = UNDERSTOOD[case]
    read = georeference(layer(system, stated), None, dataset="components", ground=GROUND)
    assert_in_place(read)
    assert name in str(read.crs_evidence)
    assert read.findings == []


@pytest.mark.parametrize("case", REFUSED)
def test_statements_that_are_refused(case):
    stated, code, word = REFUSED[case]
    problem = refusal(layer("EPSG:4545", stated))
    assert (problem.code, problem.field) == (code, "--crs")
    with language("en"):
        assert word in str(problem)


@pytest.mark.parametrize("case", BY_SIZE)
def test_missing_statements_are_judged_by_the_size_of_the_numbers(case):
    system, expected = BY_SIZE[case]
    problem = refusal(layer(system))
    assert (problem.code, problem.field) == ("F03", "--crs")
    with language("en"):
        assert expected in str(problem.expected)


@pytest.mark.parametrize("system", BY_TRIAL)
def test_missing_statements_are_tried_on_the_ground_of_the_registry(system):
    raw = layer(system)
    problem = refusal(raw, ground=GROUND)
    with language("en"):
        told = str(problem.expected)
    assert f"they fall with --crs {BY_TRIAL[system]} (3/3)" in told
    assert_in_place(georeference(raw, BY_TRIAL[system], dataset="components", ground=GROUND))


@pytest.mark.parametrize("case", WRONG)
def test_wrong_statements_are_refused_with_what_was_tested(case):
    stated, system, option = WRONG[case]
    problem = refusal(layer(system, stated), ground=GROUND)
    assert (problem.code, problem.field) == ("F12", "--crs")
    with language("en"):
        assert f"--crs {option} (3/3)" in str(problem.expected)


def test_a_neighbouring_zone_is_believed_where_there_is_no_ground_to_test_by():
    assert georeference(layer("EPSG:4545", "EPSG:4544"), None, dataset="components").findings == []


def test_a_layer_beyond_the_ground_that_fits_nowhere_else_is_read_and_told():
    read = georeference(layer("EPSG:4490", "EPSG:4490", LON + 2), None, dataset="x", ground=GROUND)
    assert [(finding.code, finding.severity) for finding in read.findings] == [("F12", Severity.WARNING)]


def test_divisions_may_be_new_ground():
    read = georeference(layer("EPSG:4490", "EPSG:4490", LON + 2), None, dataset="divisions", ground=GROUND)
    assert read.findings == []


@pytest.mark.parametrize("shift", ["GCJ02", "BD09LL"])
@pytest.mark.parametrize("stated", ["EPSG:4490", None])
def test_positions_of_internet_maps_are_noticed_at_the_border(shift, stated):
    # A row of points just inside each side of the ground: the shift carries those of one side over it.
    side = np.linspace(106.501, 106.599, 50)
    lon, lat = np.concatenate([side, side]), np.repeat([29.501, 29.599], 50)
    raw = layer(shift, stated, lon, lat)
    if stated is None:
        with language("en"):
            assert f"they fall with --crs {shift} (100/100)" in str(refusal(raw, ground=GROUND).expected)
        return
    read = georeference(raw, None, dataset="components", ground=GROUND)
    assert [(f.code, f.severity) for f in read.findings] == [("F12", Severity.WARNING)]
    assert f"--crs {shift}" in str(read.findings[0].hint)
    assert georeference(raw, shift, dataset="components", ground=GROUND).findings == []


@pytest.mark.parametrize(
    "text", ["EPSG:4490,mm", "EPSG:99999,yx", "GCJ02,ft", "EPSG:4545,furlong", ",yx", "", "city.toml"]
)
def test_declarations_that_mean_nothing(text):
    with pytest.raises(UsageError) as refused:
        declared_name(text)
    assert refused.value.field in ("--crs", "crs")


def test_suffixes_may_be_combined_and_are_shown():
    x, y = transformer("EPSG:4490", declared_name("EPSG:4545,yx,mm"))(LON, LAT)
    plain_x, plain_y = transformer("EPSG:4490", "EPSG:4545")(LON, LAT)
    np.testing.assert_allclose(x, plain_y * 1000)
    np.testing.assert_allclose(y, plain_x * 1000)
    with language("en"):
        evidence = str(georeference(layer("EPSG:4545,yx"), "EPSG:4545,yx", dataset="x").crs_evidence)
    assert "EPSG:4545" in evidence
    assert "northing or latitude first" in evidence


def test_an_old_system_stays_refused_under_a_suffix():
    with pytest.raises(UsageError):
        georeference(layer("EPSG:4545,yx"), "EPSG:2379,yx", dataset="x")


def test_an_import_is_held_against_the_divisions_of_the_registry(registry, deliveries, make_shapefile):
    from grids.division_imports import prepare_divisions

    assert ground_of(registry) is None
    row = {"code": "500113", "name": "巴南区", "level": "county"}
    divisions = deliveries.layer([row], [shapely.box(106.5, 29.5, 106.6, 29.6)])
    deliveries.load(prepare_divisions, divisions)
    x, y = transformer("EPSG:4490", "EPSG:4545")(LON, LAT)
    shp = make_shapefile(geometries=list(shapely.points(x, y)), prj="EPSG:4544")
    with pytest.raises(DataRefused) as refused:
        read_spatial([shp], ImportContext(registry, "components", ImportOptions()))
    assert "--crs EPSG:4545 (3/3)" in str(refused.value.expected)
    read = read_spatial([shp], ImportContext(registry, "components", ImportOptions(crs="EPSG:4545")))
    assert_in_place(read[0])


def test_a_survey_table_with_the_northing_as_x(tmp_path):
    x, y = transformer("EPSG:4490", "EPSG:4545")(LON, LAT)
    path = tmp_path / "points.csv"
    lines = [f"{n},{north:.4f},{east:.4f}" for n, (east, north) in enumerate(zip(x, y, strict=True))]
    path.write_text("\n".join(["编号,X坐标,Y坐标", *lines]), "utf-8")
    with pytest.raises(FileProblem) as refused:
        read_layers([path], dataset="components", ground=GROUND)
    assert refused.value.code == "F03"
    assert "--crs EPSG:4545,yx (3/3)" in str(refused.value.expected)
    (read,) = read_layers([path], dataset="components", crs="EPSG:4545,yx", ground=GROUND)
    assert_in_place(read)
