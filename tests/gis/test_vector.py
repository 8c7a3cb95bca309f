"""GeoPackages and GeoJSON: every feature, or the reason why not."""

import gzip
import json
import sqlite3
import warnings
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from gis.errors import FileProblem
from gis.files import read_layers
from gis.findings import Severity

POINT = {"type": "Point", "coordinates": [106.55, 29.56]}


def read(path, **options):
    return read_layers([path], dataset="grids", **options)


def refusal(path, **options):
    with pytest.raises(FileProblem) as refused:
        read(path, **options)
    return refused.value


def feature(properties=None, geometry=POINT, **more):
    return {"type": "Feature", "properties": properties or {}, "geometry": geometry, **more}


def collection(*features, **more):
    return {"type": "FeatureCollection", **more, "features": list(features)}


@pytest.fixture
def geojson(tmp_path):
    def write(document, name="a.geojson", encoding="utf-8") -> Path:
        path = tmp_path / name
        text = document if isinstance(document, str) else json.dumps(document, ensure_ascii=False)
        path.write_bytes(text.encode(encoding))
        return path

    return write


def test_values_keep_their_kind(geojson):
    properties = {
        "code": "0101",
        "n": 2**60,
        "f": 1.5,
        "when": "2024/01/31",
        "list": [1, 2],
        "名称": "上水井盖",
    }
    (layer,) = read(geojson(collection(feature(properties), feature({"code": "0102"}))))
    frame = layer.frame
    assert list(frame["code"]) == ["0101", "0102"]
    assert frame["n"][0] == 2**60
    assert frame["when"][0] == "2024/01/31"
    assert frame["名称"][0] == "上水井盖"
    assert list(frame["_row"]) == [1, 2]


@pytest.mark.parametrize("value", [{"name": "urn:ogc:def:crs:EPSG::4490"}, {"name": "EPSG:4490"}])
def test_the_crs_member_is_honoured(geojson, value):
    (layer,) = read(geojson(collection(feature(), crs={"type": "name", "properties": value})))
    assert "EPSG:4490" in str(layer.crs_evidence)
    assert layer.frame.geometry[0].equals(shapely.Point(106.55, 29.56))


def test_a_crs_member_in_metres_is_transformed(geojson):
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4545"}}
    plane = {"type": "Point", "coordinates": [359474.087, 3272217.299]}
    (layer,) = read(geojson(collection(feature(geometry=plane), crs=crs)))
    assert layer.frame.geometry[0].equals_exact(shapely.Point(106.55, 29.56), 1e-8)


def test_a_crs_member_behind_the_features_is_found(geojson):
    text = json.dumps(collection(*[feature({"x": "y" * 200})] * 500))
    text = text[:-1] + ', "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}}'
    (layer,) = read(geojson(text))
    assert "EPSG:4490" in str(layer.crs_evidence)


def test_a_crs_member_that_means_nothing_is_asked_for(geojson):
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:FOO::1"}}
    assert refusal(geojson(collection(feature(), crs=crs))).code == "F03"


def test_metres_in_place_of_degrees_are_refused_with_what_fits(geojson):
    metres = {"type": "Point", "coordinates": [11861000.0, 3447000.0]}
    problem = refusal(geojson(collection(feature(geometry=metres))))
    assert problem.code == "F12"
    assert "EPSG:3857" in str(problem.expected)


def test_shifted_coordinates_are_brought_back(geojson):
    shifted = {"type": "Point", "coordinates": [106.55372033746897, 29.557153428541934]}
    (layer,) = read(geojson(collection(feature(geometry=shifted))), crs="GCJ02")
    assert layer.frame.geometry[0].equals_exact(shapely.Point(106.55, 29.56), 1e-9)
    assert "GCJ02" in str(layer.crs_evidence)


@pytest.mark.parametrize("encoding", ["gbk", "utf-8-sig", "utf-16"])
def test_other_encodings_are_read(geojson, encoding):
    document = collection(feature({"名称": "上水井盖"}), feature({"名称": "雨水箅子"}))
    (layer,) = read(geojson(document, encoding=encoding))
    assert list(layer.frame["名称"]) == ["上水井盖", "雨水箅子"]


@pytest.mark.parametrize("name", ["a.json", "a.geojson.gz", "a.json.gz"])
def test_other_names_of_geojson(geojson, tmp_path, name):
    path = geojson(collection(feature({"code": "1"})), name="plain")
    content = path.read_bytes()
    path = tmp_path / name
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    (layer,) = read(path)
    assert layer.name == "a"
    assert list(layer.frame["code"]) == ["1"]


@pytest.mark.parametrize(
    "text",
    [
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {}, "geometry": null}',
        '{"type": "FeatureCollection", "features": [',
        "[1, 2]",
        "no json",
        '{"a": 1}',
        '{"type": "Topology", "objects": {}}',
        "<OGRVRTDataSource/>",
        json.dumps(feature()) + "\n" + json.dumps(feature()),
    ],
)
def test_what_is_no_geojson_is_refused(geojson, text):
    assert refusal(geojson(text)).code == "F01"


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_json_of_another_layout_is_refused_with_what_it_begins_with(geojson, mark):
    problem = refusal(geojson(mark + '{\n "RECORDS" : [{"points": [[[117.1, 36.6]]]}]}'))
    assert '是 JSON 但不是 GeoJSON：开头是 "RECORDS"' in str(problem)
    assert "FeatureCollection" in str(problem.expected)


@pytest.mark.parametrize("text", ["", collection()])
def test_nothing_in_it(geojson, text):
    assert refusal(geojson(text)).code == "F06"


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "Polygon", "coordinates": [[[106, 29], [107, 29], [107, 30]]]},
        {"type": "Point", "coordinates": ["106.55", "29.56"]},
        {"type": "Point", "coordinates": [106.55]},
        {"type": "Blob", "coordinates": []},
    ],
)
def test_a_geometry_that_cannot_be_built_is_an_error_of_its_row(geojson, geometry):
    (layer,) = read(geojson(collection(feature(), feature(geometry=geometry), feature(geometry=None))))
    errors = [(f.code, f.row) for f in layer.findings if f.severity is Severity.ERROR]
    assert errors == [("F01", 2)]
    assert list(layer.frame.geometry.isna()) == [False, True, True]


def test_other_json_beside_a_layer_is_passed_over(geojson, tmp_path):
    geojson(collection(feature()))
    geojson({"name": "package", "version": 1}, "package.json")
    (layer,) = read(tmp_path)
    assert [(f.code, f.severity) for f in layer.findings] == [("F01", Severity.WARNING)]


def test_invalid_polygons_are_delivered_as_they_are(geojson):
    bow_tie = {"type": "Polygon", "coordinates": [[[106, 29], [107, 30], [107, 29], [106, 30], [106, 29]]]}
    (layer,) = read(geojson(collection(feature(geometry=bow_tie))))
    assert not layer.frame.geometry.is_valid[0]
    assert layer.findings == []


def test_a_bare_geometry_is_one_feature(geojson):
    (layer,) = read(geojson(POINT))
    assert len(layer.frame) == 1


@pytest.fixture
def geopackage(tmp_path):
    def write(layers, name="a.gpkg"):
        path = tmp_path / name
        for layer, frame in layers.items():
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", "'crs' was not provided")
                frame.to_file(path, layer=layer, driver="GPKG")
        return path

    return write


def points(crs, x=106.55, y=29.56, **columns):
    return gpd.GeoDataFrame(columns or {"code": ["0101"]}, geometry=[shapely.Point(x, y)], crs=crs)


def test_every_layer_of_a_geopackage(geopackage):
    plane = points("EPSG:4545", 359474.087, 3272217.299, code=["2"])
    layers = read(geopackage({"网格": points("EPSG:4490"), "b": plane}))
    assert [layer.name for layer in layers] == ["网格", "b"]
    for layer in layers:
        assert layer.frame.geometry[0].equals_exact(shapely.Point(106.55, 29.56), 1e-8)


def test_whole_numbers_beside_missing_ones_stay_whole(geopackage):
    frame = gpd.GeoDataFrame({"n": [2**60, None]}, geometry=[shapely.Point(106, 29)] * 2, crs="EPSG:4490")
    frame["n"] = frame["n"].astype("Int64")
    (layer,) = read(geopackage({"a": frame}))
    assert list(layer.frame["n"]) == [2**60, None]


def test_a_layer_without_a_system_is_asked_for(geopackage):
    problem = refusal(geopackage({"a": points(None)}))
    assert problem.code == "F03"
    (layer,) = read(geopackage({"b": points(None)}, "b.gpkg"), crs="4490")
    assert len(layer.frame) == 1


def test_a_geopackage_without_layers(tmp_path):
    path = tmp_path / "a.gpkg"
    sqlite3.connect(path).executescript("CREATE TABLE a (b)").close()
    assert refusal(path).code in ("F01", "F06")


@pytest.mark.parametrize(
    "content", [b"", b"SQLite format 3\0" + bytes(100), b"<OGRVRTDataSource></OGRVRTDataSource>", b"x" * 5000]
)
def test_what_is_no_geopackage_is_refused(tmp_path, content):
    path = tmp_path / "a.gpkg"
    path.write_bytes(content)
    assert refusal(path).code == "F01"


def altered(path, statement, *values):
    """Change a GeoPackage behind the back of its spatial index."""
    with closing(sqlite3.connect(path)) as file:
        for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            file.execute(f'DROP TRIGGER "{name}"')
        file.execute(statement, values)
        file.commit()
    return path


def test_text_that_is_not_utf8_is_refused_by_its_column(geopackage):
    path = geopackage({"a": points("EPSG:4490", 名称=["井盖"])})
    problem = refusal(altered(path, "UPDATE a SET 名称 = CAST(x'BEAEB8C7' AS TEXT)"))
    assert (problem.code, problem.field) == ("F01", "名称")


def test_coordinates_that_signal_they_are_no_numbers_are_no_place(geopackage):
    path = geopackage({"a": points("EPSG:4490")})
    signal = 0x7FF0000000000001.to_bytes(8, "little")
    shape = b"GP\0\x01" + (4490).to_bytes(4, "little") + b"\x01\x01\0\0\0" + signal + signal
    (layer,) = read(altered(path, "UPDATE a SET geom = ?", shape))
    assert layer.frame.geometry[0].is_empty


def test_columns_without_a_name_or_with_names_of_ours_are_told_apart(geopackage):
    path = geopackage({"a": points("EPSG:4490", _row_2=["x"])})
    for name in ("", "_row", "geometry"):
        altered(path, f'ALTER TABLE a ADD COLUMN "{name}" TEXT')
    (layer,) = read(path)
    assert set(layer.frame.columns) == {"_row", "_row_2", "_row_3", "field", "geometry_2", "geometry"}
    assert layer.frame["_row_2"].tolist() == ["x"]
