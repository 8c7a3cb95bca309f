"""A city's own coordinate system: described in a file, tested by round trips and against PROJ."""

import math

import numpy as np
import pyproj
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.control_points import ControlPoints, estimate
from gis.crs import STORED, crs_evidence, label, transformer
from gis.declared_crs import declared
from gis.errors import DataRefused, UsageError, WanggeError
from gis.local_system import Affine
from gis.text import language, t

LON, LAT = np.array([106.50, 106.55, 106.60]), np.array([29.50, 29.56, 29.62])
PROJECTION = """
name = "本市坐标系"
[projection]
central_meridian_deg = 106.55
false_easting_m = 50000.0
false_northing_m = -3200000.0
"""
SIMILARITY = """
name = "本市坐标系"
[similarity]
target = "EPSG:4545"
shift_east_m = 309000.5
shift_north_m = 3170000.25
rotation_arcsec = 1234.5
scale_ppm = -37.5
"""
HELMERT = """
name = "本市旧坐标系"
[projection]
ellipsoid = "Krassovsky"
central_meridian_deg = 108.0
[helmert]
convention = "{convention}"
dx_m = -12.3
dy_m = -110.5
dz_m = -85.25
rx_arcsec = {sign}1.5
ry_arcsec = {sign}-0.75
rz_arcsec = {sign}3.25
scale_ppm = 4.5
"""
# Places known in both systems: the target is the source turned, stretched and shifted.
TRUE = Affine(0.9999, -0.006, 309000.5, 0.006, 0.9999, 3170000.25)
SOURCE = np.array(
    [[50000.0, 80000.0], [61000.0, 79000.0], [58000.0, 91000.0], [49500.0, 90500.0], [55000.0, 85000.0]]
)


@pytest.fixture
def write(tmp_path):
    def write_file(text, name="city.toml"):
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return str(path)

    return write_file


def there(system):
    return transformer(STORED, system)(LON, LAT)


def assert_round_trip(system, atol=1e-10):
    lon, lat = transformer(system)(*there(system))
    np.testing.assert_allclose(lon, LON, atol=atol)
    np.testing.assert_allclose(lat, LAT, atol=atol)


def test_a_projection_is_that_of_proj(write):
    system = declared(write(PROJECTION))
    proj = pyproj.Proj("+proj=tmerc +lon_0=106.55 +k=1 +x_0=50000 +y_0=-3200000 +ellps=GRS80")
    np.testing.assert_allclose(there(system), proj(LON, LAT), atol=1e-6)
    assert_round_trip(system)


@pytest.mark.parametrize(("extra", "parameters"), [
    ("scale = 0.9998", "+k=0.9998"),
    ("latitude_of_origin_deg = 29.0", "+k=1 +lat_0=29"),
])  # fmt: skip
def test_scale_and_latitude_of_origin(write, extra, parameters):
    system = declared(write(PROJECTION + extra))
    proj = pyproj.Proj(f"+proj=tmerc +lon_0=106.55 +x_0=50000 +y_0=-3200000 +ellps=GRS80 {parameters}")
    np.testing.assert_allclose(there(system), proj(LON, LAT), atol=1e-6)


def test_a_projection_height_raises_the_ellipsoid(write):
    system = declared(write(PROJECTION + "height_m = 200.0"))
    raised = pyproj.Proj(
        "+proj=tmerc +lon_0=106.55 +k=1 +x_0=50000 +y_0=-3200000 +a=6378337 +rf=298.257222101"
    )
    east, north = there(system)
    np.testing.assert_allclose((east, north), raised(LON, LAT), atol=1e-6)
    # Lengths grow by height over radius.
    plain_east, _ = there(declared(write(PROJECTION)))
    assert (east[2] - east[0]) / (plain_east[2] - plain_east[0]) == pytest.approx(1 + 200 / 6378137, abs=1e-9)
    assert_round_trip(system)


@pytest.mark.parametrize(("convention", "sign"), [("position_vector", ""), ("coordinate_frame", "-")])
def test_seven_parameters_are_those_of_proj_in_both_conventions(write, convention, sign):
    text = HELMERT.format(convention=convention, sign=sign).replace("--", "")
    system = declared(write(text))
    bound = (
        "+proj=tmerc +lon_0=108 +k=1 +x_0=500000 +ellps=krass +towgs84=-12.3,-110.5,-85.25,1.5,-0.75,3.25,4.5"
    )
    # +towgs84 is of the position vector convention; what it leads to is taken as CGCS2000.
    np.testing.assert_allclose(there(system), there(bound), atol=2e-3)
    assert_round_trip(system, atol=1e-8)
    wrong = declared(
        write(HELMERT.format(convention=convention, sign="-" if not sign else "").replace("--", ""))
    )
    assert np.hypot(*np.subtract(there(system), there(wrong))).min() > 10


def test_four_parameters_follow_the_formula_and_proj(write):
    system = declared(write(SIMILARITY))
    angle, scale = math.radians(1234.5 / 3600), 1 - 37.5e-6
    east, north = np.array([50000.0, 55000.0]), np.array([80000.0, 90000.0])
    lon, lat = transformer(system)(east, north)
    plane = transformer(STORED, "EPSG:4545")(lon, lat)
    expected_east = 309000.5 + scale * (math.cos(angle) * east - math.sin(angle) * north)
    expected_north = 3170000.25 + scale * (math.sin(angle) * east + math.cos(angle) * north)
    np.testing.assert_allclose(plane, (expected_east, expected_north), atol=1e-6)
    # PROJ turns in two dimensions with the theta of its Helmert step, in arc-seconds, clockwise.
    helmert = pyproj.Transformer.from_pipeline(
        f"+proj=helmert +x=309000.5 +y=3170000.25 +theta=-1234.5 +s={scale!r} +convention=coordinate_frame"
    )
    np.testing.assert_allclose(helmert.transform(east, north), plane, atol=1e-6)
    affine = pyproj.Transformer.from_pipeline(
        f"+proj=affine +xoff=309000.5 +yoff=3170000.25 +s11={scale * math.cos(angle)!r} "
        f"+s12={-scale * math.sin(angle)!r} +s21={scale * math.sin(angle)!r} +s22={scale * math.cos(angle)!r}"
    )
    np.testing.assert_allclose(affine.transform(east, north), plane, atol=1e-6)
    assert_round_trip(system)


def test_the_rotation_of_software_that_writes_north_first_has_the_other_sign(write):
    alpha, scale = math.radians(0.5), 1.00001
    x, y = np.array([80000.0, 90000.0]), np.array([50000.0, 61000.0])
    north = 3170000.0 + scale * (x * math.cos(alpha) - y * math.sin(alpha))
    east = 309000.0 + scale * (x * math.sin(alpha) + y * math.cos(alpha))
    text = SIMILARITY.replace("rotation_arcsec = 1234.5", "rotation_deg = -0.5")
    text = text.replace("309000.5", "309000.0").replace("3170000.25", "3170000.0").replace("-37.5", "10.0")
    plane = transformer(STORED, "EPSG:4545")(*transformer(declared(write(text)))(y, x))
    np.testing.assert_allclose(plane, (east, north), atol=1e-6)


@pytest.mark.parametrize("rotation", ["rotation_deg = 0.342916666666666", "rotation_rad = 0.00598502461"])
def test_the_units_of_a_rotation(write, rotation):
    other = declared(write(SIMILARITY.replace("rotation_arcsec = 1234.5", rotation)))
    np.testing.assert_allclose(there(other), there(declared(write(SIMILARITY, "b.toml"))), atol=1e-2)


@settings(max_examples=60, deadline=None)
@given(
    angle=st.floats(-math.pi, math.pi),
    scale=st.floats(0.95, 1.05),
    shift=st.tuples(st.floats(-1e6, 1e6), st.floats(-1e7, 1e7)),
    at=st.tuples(st.floats(-1e5, 1e5), st.floats(-1e5, 1e5)),
)
def test_affine_maps_come_back(angle, scale, shift, at):
    a, b = scale * math.cos(angle), scale * math.sin(angle)
    there_and_back = Affine(a, -b, shift[0], b, a, shift[1])
    x, y = there_and_back.inverse()(*there_and_back(*at))
    assert (float(x), float(y)) == pytest.approx(at, abs=1e-6)


def control(noise=None, check=()):
    target = np.column_stack(TRUE(SOURCE[:, 0], SOURCE[:, 1]))
    if noise is not None:
        target = target + noise
    marks = np.array([position in check for position in range(len(SOURCE))])
    return ControlPoints([f"K{n}" for n in range(1, 6)], SOURCE, target, marks)


def test_exact_points_give_the_parameters_back():
    fit = estimate(control(), limit_m=0.001)
    assert fit.rms_m < 1e-6
    for name in "abcdef":
        assert getattr(fit.similarity, name) == pytest.approx(getattr(TRUE, name), rel=1e-9)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(-0.02, 0.02), min_size=10, max_size=10))
def test_the_estimate_is_the_least_squares_solution(noise):
    points = control(np.array(noise).reshape(5, 2))
    fit = estimate(points, limit_m=1.0)
    # About the centre, where the normal equations are well conditioned.
    east, north = (SOURCE - SOURCE.mean(axis=0)).T
    known = (points.target - points.target.mean(axis=0)).T.ravel()
    zero, one = np.zeros(5), np.ones(5)
    of_east, of_north = np.column_stack((east, -north, one, zero)), np.column_stack((north, east, zero, one))
    design = np.vstack([of_east, of_north])
    residuals = (design @ np.linalg.lstsq(design, known, rcond=None)[0] - known).reshape(2, 5)
    np.testing.assert_allclose(fit.residuals_m, np.hypot(*residuals), atol=1e-7)


def test_a_gross_error_is_named_with_all_residuals():
    noise = np.zeros((5, 2))
    noise[3] = 2.0, 0.0
    with pytest.raises(DataRefused) as refused:
        estimate(control(noise), limit_m=0.05)
    with language("en"):
        assert "Point K4 is 2.000 m off" in str(refused.value.hint)
        assert all(f"K{n} " in str(refused.value) for n in range(1, 6))


def test_two_gross_errors_are_refused_without_a_guess():
    noise = np.zeros((5, 2))
    noise[1], noise[3] = (1.5, 0.0), (0.0, -2.0)
    with pytest.raises(DataRefused) as refused:
        estimate(control(noise), limit_m=0.05)
    with language("en"):
        assert "gross error" not in str(refused.value.hint)


def test_check_points_take_no_part_and_are_held_to_the_limit():
    noise = np.zeros((5, 2))
    noise[4] = 0.3, 0.0
    fit = estimate(control(noise, check=(4,)), limit_m=0.5)
    assert fit.residuals_m[4] == pytest.approx(0.3, abs=1e-6)
    assert fit.residuals_m[:4].max() < 1e-6
    with pytest.raises(DataRefused):
        estimate(control(noise, check=(4,)), limit_m=0.05)


@pytest.mark.parametrize("keep", [0, 1, 2])
def test_too_few_points_are_refused(keep):
    whole = control()
    few = ControlPoints(whole.names[:keep], whole.source[:keep], whole.target[:keep], whole.check[:keep])
    with pytest.raises(DataRefused):
        estimate(few, limit_m=1.0)


def test_points_in_one_place_are_refused():
    whole = control()
    source = np.repeat(whole.source[:1], 5, axis=0)
    with pytest.raises(DataRefused):
        estimate(ControlPoints(whole.names, source, whole.target, whole.check), limit_m=1e9)


def rows(points):
    return [
        f"{name},{s[0]!r},{s[1]!r},{d[0]!r},{d[1]!r},{'是' if c else ''}"
        for name, s, d, c in zip(
            points.names, points.source.tolist(), points.target.tolist(), points.check, strict=True
        )
    ]


def test_control_points_in_a_table_beside_the_description(write):
    noise = np.array([[0.011, 0], [-0.004, 0.006], [0, 0.01], [0.003, -0.007], [-0.01, 0.002]])
    header = "name,east,north,target_east,target_north,check"
    write("\n".join([header, *rows(control(noise, check=(4,)))]), "points.csv")
    section = '[control_points]\ntarget = "EPSG:4545"\nlimit_m = 0.02\nfile = "points.csv"\n'
    system = declared(write(f'name = "本市坐标系"\n{section}'))
    assert_round_trip(system)
    east, north = there(system)
    plane = transformer(STORED, "EPSG:4545")(LON, LAT)
    np.testing.assert_allclose(TRUE(east, north), plane, atol=0.05)
    with language("en"):
        evidence = str(crs_evidence(system, t("as given")))
    assert "4 parameters from 4 control points" in evidence
    assert "residuals 0.0" in evidence


def test_control_points_in_the_description_itself(write):
    listed = ",\n".join(
        f'["{name}", {s[0]!r}, {s[1]!r}, {d[0]!r}, {d[1]!r}]'
        for name, s, d in zip("ABCDE", SOURCE.tolist(), control().target.tolist(), strict=True)
    )
    text = f'name = "x"\n[control_points]\ntarget = "EPSG:4545"\npoints = [{listed}]\n'
    np.testing.assert_allclose(TRUE(*there(declared(write(text)))), there("EPSG:4545"), atol=1e-6)


@pytest.mark.parametrize("definition", ["+proj=tmerc +lon_0=106.55 +x_0=50000 +ellps=GRS80 +towgs84=0,0,0"])
def test_a_definition_may_stand_in_a_file(write, definition):
    system = declared(write(f'name = "本市坐标系"\ndefinition = "{definition}"\n'))
    np.testing.assert_allclose(there(system), there(definition))
    assert label(system) == "本市坐标系"


def test_wkt_and_prj_files_are_read(write, gk_36_prj):
    for name in ("a.prj", "a.wkt"):
        np.testing.assert_allclose(there(declared(write(gk_36_prj, name))), there("EPSG:4524"), atol=1e-6)


@pytest.mark.parametrize(
    "text", [PROJECTION, SIMILARITY, HELMERT.format(convention="position_vector", sign="")]
)
def test_parameters_appear_nowhere(write, text):
    system = declared(write(text))
    for name in ("zh", "en"):
        with language(name):
            shown = f"{label(system)} {system!r} {crs_evidence(system, t('as given'))}"
            assert not any(
                secret in shown for secret in ("106.55", "50000", "309000", "1234", "12.3", "110.5")
            )


# What is changed in a description, and the key that is named.
BROKEN = {
    "no name": (PROJECTION.replace("name", "called"), "called"),
    "no meridian": (PROJECTION.replace("central_meridian_deg = 106.55", ""), "central_meridian_deg"),
    "a misspelt key": (PROJECTION + "false_eastng_m = 1.0", "false_eastng_m"),
    "a meridian out of bounds": (PROJECTION.replace("106.55", "1066.5"), "central_meridian_deg"),
    "a text for a number": (PROJECTION.replace("106.55", '"106.55"'), "central_meridian_deg"),
    "truth for a number": (PROJECTION.replace("106.55", "true"), "central_meridian_deg"),
    "no number": (PROJECTION.replace("106.55", "nan"), "central_meridian_deg"),
    "two kinds": (PROJECTION + "[similarity]\n", "projection, similarity"),
    "no kind": ('name = "x"\n', ""),
    "a section that is none": ('name = "x"\nprojection = 3\n', "projection"),
    "an unknown ellipsoid": (PROJECTION + 'ellipsoid = "Bessel"', "ellipsoid"),
    "another datum without its parameters": (PROJECTION + 'ellipsoid = "Krassovsky"', "ellipsoid"),
    "no convention": (HELMERT.format(convention="bursa", sign=""), "convention"),
    "two rotations": (SIMILARITY + "rotation_deg = 1.0", "rotation"),
    "no rotation": (SIMILARITY.replace("rotation_arcsec = 1234.5", ""), "similarity"),
    "a target in degrees": (SIMILARITY.replace("EPSG:4545", "EPSG:4490"), "target"),
    "an unknown target": (SIMILARITY.replace("EPSG:4545", "EPSG:1"), "target"),
    "no TOML": ("name = ", "TOML"),
    "an unknown definition": ('name = "x"\ndefinition = "+proj=nothing"\n', "definition"),
    "no points": ('name = "x"\n[control_points]\ntarget = "EPSG:4545"\n', "points"),
    "points that are none": (
        'name = "x"\n[control_points]\ntarget = "EPSG:4545"\npoints = [[1, 2]]\n', "points",
    ),
    "points without numbers": (
        'name = "x"\n[control_points]\ntarget = "EPSG:4545"\npoints = [["a", 1, 2, 3, "x"]]\n', "points",
    ),
    "a table that is not there": (
        'name = "x"\n[control_points]\ntarget = "EPSG:4545"\nfile = "no.csv"\n', "no.csv",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_descriptions_that_cannot_be_used(write, case):
    text, word = BROKEN[case]
    with pytest.raises(UsageError) as refused:
        declared(write(text))
    with language("en"):
        said = str(refused.value)
    assert word in said
    assert "106.55" not in said
    assert "309000" not in said


def test_a_table_without_its_headings_is_refused(write):
    write("a,b,c\n1,2,3\n", "points.csv")
    with pytest.raises(UsageError):
        declared(write('name = "x"\n[control_points]\ntarget = "EPSG:4545"\nfile = "points.csv"\n'))


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(UsageError):
        declared(str(tmp_path / "none.toml"))


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.binary(max_size=300))
def test_any_bytes_are_refused(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_bytes(content)
    with pytest.raises(WanggeError):
        declared(str(path))
