"""Tables with coordinate columns as points."""

import gzip

import openpyxl
import pytest
import shapely

from gis.errors import FileProblem
from gis.files import read_layers
from gis.findings import Severity

PLACE = shapely.Point(106.55, 29.56)


@pytest.fixture
def table(tmp_path):
    def write(*rows, name="a.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes("\n".join(rows).encode(encoding))
        return path

    return write


def read(path, **options):
    (layer,) = read_layers([path], dataset="places", **options)
    return layer


def refusal(path, **options):
    with pytest.raises(FileProblem) as refused:
        read(path, **options)
    return refused.value


@pytest.mark.parametrize(
    "headings",
    [
        "lon,lat",
        "Longitude,Latitude",
        "LNG,LAT",
        "经度,纬度",
        "經度,緯度",
        "东经,北纬",
        "经度(度),纬度(度)",
        "gps_lon,gps_lat",
        "wgs84_lng,wgs84_lat",
        "经度_84,纬度_84",
        "经度（CGCS2000）,纬度（CGCS2000）",
        "Geo Long,Geo Lat",
    ],
)
def test_headings_of_degrees(table, headings):
    layer = read(table(f"{headings},name", "106.55,29.56,x"))
    assert layer.frame.geometry[0].equals(PLACE)
    assert layer.frame["name"][0] == "x"


def test_degrees_that_name_no_system_are_a_warning(table):
    assert [(f.code, f.severity) for f in read(table("lon,lat", "106.55,29.56")).findings] == [
        ("F03", Severity.WARNING)
    ]
    assert read(table("lon,lat", "106.55,29.56"), crs="EPSG:4490").findings == []
    assert read(table("lon_wgs84,lat_wgs84", "106.55,29.56")).findings == []


@pytest.mark.parametrize(
    "headings", ["gcj02_lng,gcj02_lat", "经度（高德）,纬度（高德）", "bd_lon,bd_lat", "百度经度,百度纬度"]
)
def test_headings_of_a_shifted_system_have_to_be_declared(table, headings):
    problem = refusal(table(headings, "106.55,29.56"))
    assert (problem.code, problem.field) == ("F03", "--crs")


def test_declared_shifted_coordinates_are_brought_back(table):
    layer = read(table("lng,lat", "106.55372033746897,29.557153428541934"), crs="GCJ02")
    assert layer.frame.geometry[0].equals_exact(PLACE, 1e-9)


@pytest.mark.parametrize(
    "headings", ["x,y", "X坐标,Y坐标", "POINT_X,POINT_Y", "Easting,Northing", "东坐标,北坐标"]
)
def test_plane_coordinates_need_a_system(table, headings):
    path = table(headings, "36359474.087,3272217.299")
    problem = refusal(path)
    assert problem.code == "F03"
    assert "EPSG:4524" in str(problem.expected)
    assert read(path, crs="EPSG:4524").frame.geometry[0].equals_exact(PLACE, 1e-8)


def test_of_several_pairs_the_declared_system_chooses(table):
    path = table(
        "x,y,lon,lat,gcj02_lon,gcj02_lat", "359474.087,3272217.299,106.55,29.56,106.553720,29.557153"
    )
    assert read(path).frame.geometry[0].equals(PLACE)
    assert read(path, crs="EPSG:4545").frame.geometry[0].equals_exact(PLACE, 1e-8)
    assert read(path, crs="GCJ02").frame.geometry[0].equals_exact(PLACE, 1e-5)


def test_rows_without_numbers_have_no_position(table):
    rows = ["106.55,29.56,a", ",,b", "无,29.56,c", "106.55,29.56,d", "", "１０６．５５,29.56,e"]
    layer = read(table("lon,lat,name", *rows), crs="4490")
    assert list(layer.frame.geometry.isna()) == [False, True, True, False, False]
    assert list(layer.frame["_row"]) == [2, 3, 4, 5, 7]
    assert [(f.code, f.row, f.field, f.value) for f in layer.findings] == [("F11", 4, "lon", "无")]


def test_values_stay_text(table):
    frame = read(table("lon,lat,code,1e5", "106.55,29.56,0101,1e5"), crs="4490").frame
    assert (frame["code"][0], frame["1e5"][0], frame["lon"][0]) == ("0101", "1e5", "106.55")


def test_a_table_without_coordinates_lists_its_columns(table):
    problem = refusal(table("code,name", "1,x"))
    assert problem.code == "F05"
    assert "code, name" in str(problem.hint)


def test_headings_below_a_title(tmp_path):
    book = openpyxl.Workbook()
    for row in (["厕所普查表"], [], ["编号", "经度", "纬度"], ["0001", 106.55, 29.56]):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    layer = read(tmp_path / "a.xlsx", crs="EPSG:4490")
    assert layer.frame.geometry[0].equals(PLACE)
    assert list(layer.frame["_row"]) == [4]
    assert layer.frame["编号"][0] == "0001"


def test_headings_that_are_equal_or_missing(table):
    frame = read(table("lon,lat,a,a,", "106.55,29.56,1,2,3"), crs="4490").frame
    assert list(frame.columns) == ["_row", "lon", "lat", "a", "a_2", "column_5", "geometry"]


def test_a_table_with_headings_only(table):
    assert refusal(table("lon,lat")).code == "F06"


def test_gbk_and_gz(table, tmp_path):
    path = table("经度,纬度,名称", "106.55,29.56,上水井盖", encoding="gbk")
    packed = tmp_path / "b.csv.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    for file in (path, packed):
        assert read(file, crs="4490").frame["名称"][0] == "上水井盖"


def test_a_plain_table_beside_a_layer_is_passed_over(make_shapefile, table, tmp_path):
    make_shapefile()
    table("code,name", "1,x", name="字典.csv")
    layer = read(tmp_path)
    assert layer.name == "layer"
    assert [(f.code, f.severity) for f in layer.findings] == [("F05", Severity.WARNING)]


def test_a_damaged_table_beside_a_layer_is_not_passed_over(make_shapefile, tmp_path):
    make_shapefile(prj=None)
    (tmp_path / "点位.xlsx").write_bytes(b"PK damaged")
    problem = refusal(tmp_path)
    assert problem.report.by_code() == {"F01": 1, "F03": 1}


def test_points_beside_a_layer_are_read(make_shapefile, table, tmp_path):
    make_shapefile()
    table("lon_84,lat_84", "106.55,29.56", name="厕所.csv")
    assert [layer.name for layer in read_layers([tmp_path], dataset="x")] == ["layer", "厕所"]
