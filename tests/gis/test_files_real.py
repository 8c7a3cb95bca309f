"""Real deliveries with all their faults: read right, or refused with the right code."""

import numpy as np
import pandas as pd
import pytest
from pyproj import Geod

from gis.crs import transformer
from gis.errors import FileProblem
from gis.files import read_layers
from gis.findings import Severity
from gis.mapping import Field, map_fields


def read(path, **options):
    return read_layers([path], dataset="check", **options)


def refusal(path, **options):
    with pytest.raises(FileProblem) as refused:
        read(path, **options)
    return refused.value


@pytest.fixture(scope="session")
def messy(real_data):
    return real_data / "messy-shapefiles"


@pytest.mark.parametrize(
    ("file", "rows", "column", "name", "evidence"),
    [
        ("dongli-china/china.shp", 1367, "OWNER", "黑龙江省", "UTF-8"),
        ("xian-road-network-gbk/modifiedConn_link.shp", 9842, "road_name", "神舟大道", "GBK"),
        ("xiamen-poi/CommercialHousing.shp", 429, "address", "沙坡尾60号", "UTF-8"),
        ("xiamen-poi/xiamen_20181128_park.shp", 842, "cityname", "厦门市", "UTF-8"),
        ("xiamen-poi/park_polygon.shp", 41, "name", "厦门海底世界", "GBK"),
        ("hainan-gbk-csv/hainanWGS_84.csv", 1220, "名称", None, "GBK"),
    ],
)
def test_chinese_names_are_read_right(messy, file, rows, column, name, evidence):
    (layer,) = read(messy / file)
    assert len(layer.frame) == rows
    assert str(layer.encoding_evidence).startswith(evidence)
    values = layer.frame[column].dropna()
    assert name is None or values.str.contains(name).any()
    assert not values.str.contains("\ufffd").any()
    hanzi = values.str.count("[\u4e00-\u9fff]").sum()
    assert hanzi > 0.5 * values.str.len().sum()
    assert [f for f in layer.findings if f.severity is not Severity.INFO] == []


@pytest.mark.parametrize(
    ("file", "rows"),
    [
        ("dongli-china/china_nine_dotted_line.shp", 10),
        ("xian-road-network-gbk/modifiedConn_node.shp", 8469),
    ],
)
def test_layers_without_text_need_no_encoding(messy, file, rows):
    (layer,) = read(messy / file)
    assert len(layer.frame) == rows
    assert layer.findings == []


@pytest.mark.parametrize(
    ("file", "code", "expected"),
    [
        ("bogus-prj/diquJie_polyline.shp", "F03", "EPSG:4490"),
        ("xian80-gauss-kruger/DLTB.shp", "F04", ""),
        ("xian80-gauss-kruger/Road.shp", "F04", ""),
        ("xian80-gauss-kruger/Polygon.shp", "F03", ""),
        ("pyshp-fixtures/blockgroups.shp", "F03", "EPSG:4326"),
        ("pyshp-fixtures/corrupt_too_long.shp", "F03", ""),
        ("pyshp-fixtures/latin1.shp", "F02", "Ñandú"),
        ("pyshp-fixtures/blockgroups_multishapefile.zip", "F03", "EPSG:4326"),
        ("pyshp-fixtures/empty_zipfile.zip", "F06", ""),
    ],
)
def test_what_cannot_be_known_is_refused(messy, file, code, expected):
    problem = refusal(messy / file)
    assert problem.code == code
    assert expected in str(problem.expected)


def test_declarations_help_where_something_cannot_be_known(messy):
    (layer,) = read(messy / "bogus-prj" / "diquJie_polyline.shp", crs="EPSG:4326")
    assert len(layer.frame) == 3234
    (layer,) = read(messy / "pyshp-fixtures" / "latin1.shp", crs="EPSG:4326", encoding="latin1")
    assert list(layer.frame["Name"]) == ["Ñandú"]
    assert [f.code for f in layer.findings] == ["F10"]
    layers = read(messy / "pyshp-fixtures" / "blockgroups_multishapefile.zip", crs="EPSG:4326")
    assert [(layer.name, len(layer.frame)) for layer in layers] == [
        ("blockgroups", 663),
        ("blockgroups2", 663),
    ]


def test_bytes_behind_the_end_of_a_shapefile_are_noticed(messy):
    (layer,) = read(messy / "pyshp-fixtures" / "corrupt_too_long.shp", crs="EPSG:4326")
    assert len(layer.frame) == 10
    assert [(f.code, f.severity) for f in layer.findings] == [("F01", Severity.WARNING)]


def test_a_drawing_at_the_equator_is_nowhere_in_its_zone(messy):
    assert refusal(messy / "xian80-gauss-kruger" / "Polygon.shp", crs="EPSG:4543").code == "F12"


def test_a_truncated_copy_of_a_real_layer_is_refused(messy, tmp_path):
    source = messy / "xian-road-network-gbk" / "modifiedConn_link.shp"
    for suffix in (".shp", ".shx", ".dbf", ".prj", ".cpg"):
        (tmp_path / f"a{suffix}").write_bytes(source.with_suffix(suffix).read_bytes())
    shp = tmp_path / "a.shp"
    shp.write_bytes(shp.read_bytes()[: 500 << 10])
    problem = refusal(shp)
    assert problem.code == "F01"
    assert "9842" in str(problem)


def test_curves_and_measures_become_plain_geometry(messy):
    kinds = {}
    for file in sorted((messy / "gpkg-exotic").glob("*.gpkg")):
        (layer,) = read(file)
        kinds[layer.name] = layer.frame.geom_type[0]
        assert not layer.frame.geometry.has_z.any()
    assert kinds == {
        "curve": "LineString",
        "curvepolygon": "Polygon",
        "line_zm": "LineString",
        "multisurface": "MultiPolygon",
    }


@pytest.mark.parametrize(
    ("file", "rows"),
    [
        ("cn-hangzhou-xiacheng-grid/street.geojson", 8),
        ("cn-hangzhou-xiacheng-grid/community.geojson", 90),
        ("cn-hangzhou-xiacheng-grid/grid.geojson", 332),
        ("cn-hangzhou-xiacheng-grid/public_facilities.geojson", 753),
        ("cn-hangzhou-xihu-grid/xihu_town.json", 11),
        ("cn-hangzhou-xihu-grid/community.geojson", 213),
        ("cn-hangzhou-xihu-grid/grid.geojson", 605),
    ],
)
def test_hangzhou(real_data, file, rows):
    (layer,) = read(real_data / file)
    assert len(layer.frame) == rows
    west, south, east, north = layer.frame.total_bounds
    assert 119.9 < west < east < 120.3
    assert 30.0 < south < north < 30.5


def test_hangzhou_codes_and_faults_arrive_untouched(real_data):
    (layer,) = read(real_data / "cn-hangzhou-xihu-grid" / "grid.geojson")
    codes = layer.frame["XZQHBM"].fillna("").str.strip()
    assert (codes == "").sum() == 9
    assert set(codes[codes != ""].str.len()) == {15}
    assert (~layer.frame.geometry.is_valid).sum() == 1
    (layer,) = read(real_data / "cn-hangzhou-xihu-grid" / "community.geojson")
    assert "EPSG:4490" in str(layer.crs_evidence)


def test_chicago_in_feet_lies_on_chicago_in_degrees(real_data):
    (areas,) = read(real_data / "us-chicago-areas" / "community_areas.zip")
    (beats,) = read(real_data / "us-chicago-areas" / "police_beats.zip")
    assert (len(areas.frame), len(beats.frame)) == (77, 277)
    assert "EPSG:3435" in str(areas.crs_evidence)
    a, b = areas.frame.geometry.union_all(), beats.frame.geometry.make_valid().union_all()
    # Beats cover part of the lake and leave out the airport's edge: most of the city is in both.
    assert a.intersection(b).area / a.area > 0.99


def test_new_york_in_feet_lies_on_new_york_in_degrees(real_data):
    (layer,) = read(real_data / "us-nyc-311" / "311.csv.gz", crs="EPSG:4326")
    frame = layer.frame
    assert len(frame) == 5895
    assert frame.geometry.isna().sum() == 57
    x, y = (pd.to_numeric(frame[f"{axis} Coordinate (State Plane)"]).to_numpy() for axis in "XY")
    known = np.isfinite(x) & np.isfinite(y) & frame.geometry.notna().to_numpy()
    lon, lat = transformer("EPSG:2263")(x[known], y[known])
    points = frame.geometry[known]
    metres = Geod(ellps="GRS80").inv(lon, lat, points.x.to_numpy(), points.y.to_numpy())[2]
    assert np.max(metres) < 0.1  # feet are rounded to whole ones in the file


def test_codes_of_new_york_districts_stay_whole_numbers_in_text(real_data):
    (layer,) = read(real_data / "us-nyc-311" / "community-districts.geojson.gz")
    frame, findings = map_fields(layer.frame, [Field("code", required=True)], given={"code": "BoroCD"})
    assert len(frame) == 71
    assert {"101", "408"} <= set(frame["code"])
    assert frame["code"].str.fullmatch(r"\d{3}").all()
    assert "F05" not in {finding.code for finding in findings}


def test_hong_kong_grid_agrees_with_the_stated_degrees(real_data):
    file = next((real_data / "hk-address-osm" / "address").glob("*wan_chai*"))
    (degrees,) = read(file, crs="EPSG:4326")
    (plane,) = read(file, crs="EPSG:2326")
    a, b = degrees.frame.geometry, plane.frame.geometry
    metres = Geod(ellps="GRS80").inv(a.x, a.y, b.x, b.y)[2]
    assert np.median(metres) < 0.6
    assert np.max(metres) < 1.6
    assert degrees.frame["Chi_StreetName"].notna().any()


def test_indian_wards(real_data):
    folder = real_data / "in-messy-wards"
    (bhopal,) = read(folder / "Bhopal_wards.geojson")
    assert [(f.code, f.row) for f in bhopal.findings if f.severity is Severity.ERROR] == [("F01", 58)]
    assert len(bhopal.frame) == 86
    assert bhopal.frame.geometry.isna().sum() == 1
    assert bhopal.frame["Name"].str.contains("[\u0900-\u097f]").any()
    problem = refusal(folder / "Kanpur_wards.geojson")
    assert problem.code == "F12"
    assert "EPSG:3857" in str(problem.expected)
    assert refusal(folder / "Bodh_Gaya_Wards-SHP.zip").code == "F06"


def test_kanpur_arrives_at_the_same_place_from_both_files(real_data):
    folder = real_data / "in-messy-wards"
    (from_json,) = read(folder / "Kanpur_wards.geojson", crs="EPSG:3857")
    (from_zip,) = read(folder / "Kanpur_wards-SHP.zip")
    assert from_zip.path == "Kanpur_wards-SHP.zip/ward/Kanpur Ward Boundaries.shp"
    assert len(from_json.frame) == len(from_zip.frame) == 58
    assert from_json.frame.total_bounds == pytest.approx(from_zip.frame.total_bounds, abs=1e-6)


def test_all_indian_wards_are_read_whole(real_data):
    expected = {
        "Delhi_Wards-SHP.zip": 290,
        "Jaipur_Wards-SHP.zip": 77,
        "NMC_ElectoralWards.geojson": 111,
        "Police_Jurisdiction.geojson": 17,
        "pcmc-electoral-wards.geojson": 66,
        "pune-admin-wards_2017.geojson": 15,
        "pune-electoral-wards_2012.geojson": 76,
        "vardodara_wards.geojson": 12,
    }
    assert {name: len(read(real_data / "in-messy-wards" / name)[0].frame) for name in expected} == expected


def test_gcj02_boundaries_come_back_to_cgcs2000(real_data):
    folder = real_data / "cn-county-boundaries"
    (shifted,) = read(folder / "gcj02-datav" / "500113.json", crs="GCJ02")
    (districts,) = read(folder / "cgcs2000-tianditu" / "tianditu_district.geojson.gz")
    district = districts.frame[districts.frame["district_adcode"] == 500113]
    a = shifted.frame.to_crs(4545).geometry.union_all()
    b = district.to_crs(4545).geometry.union_all()
    # Both are generalised differently; unshifted they would lie about 500 m apart.
    assert a.centroid.distance(b.centroid) < 100
    assert a.intersection(b).area / a.union(b).area > 0.97
