"""Formats beside shapefiles: what is read of each, and what is refused with the step to take."""

import shutil
import struct
import zipfile

import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from gis.errors import FileProblem, UsageError
from gis.files import read_layers
from gis.findings import Severity
from gis.text import language

POINTS = np.array([shapely.Point(500000.0 + 100 * n, 3272000.0) for n in range(3)], dtype=object)
NAMES = np.array(["上水井盖", "雨水箅子", "路灯"], dtype=object)
PLANE = "EPSG:4545"


def read(*paths, **options):
    return read_layers(list(paths), dataset="components", **options)


def refusal(path, error=FileProblem, **options):
    with pytest.raises(error) as refused:
        read(path, **options)
    return refused.value


def notes(layer):
    return [(finding.code, finding.severity) for finding in layer.findings]


def write(
    path, driver, names=NAMES, geometries=POINTS, geometry_type="Point", crs=PLANE, layer=None, **options
):
    pyogrio.raw.write(
        str(path),
        shapely.to_wkb(geometries),
        [names],
        ["NAME"],
        geometry_type=geometry_type,
        driver=driver,
        crs=crs,
        layer=layer,
        **options,
    )
    return path


@pytest.fixture
def geodatabase(tmp_path):
    """A geodatabase with two feature classes and a table."""
    path = tmp_path / "普查.gdb"
    write(path, "OpenFileGDB", layer="P0101")
    lines = np.array(
        [
            shapely.LineString(
                [
                    (500000, 3272000),
                    (
                        500100,
                        3272000,
                    ),
                ]
            )
        ]
        * 3,
        dtype=object,
    )
    write(path, "OpenFileGDB", geometries=lines, geometry_type="LineString", layer="L0201", append=True)
    table = pd.DataFrame({"CODE": ["a"]})
    pyogrio.write_dataframe(table, path, driver="OpenFileGDB", layer="单位", append=True)
    return path


def assert_components(layer, names=tuple(NAMES)):
    assert tuple(layer.frame["NAME"]) == names
    assert list(layer.frame["_row"]) == [1, 2, 3]
    assert layer.frame.geometry.x[0] == pytest.approx(108.0, abs=1e-9)


def test_every_feature_class_of_a_geodatabase(geodatabase):
    layers = read(geodatabase)
    assert [(layer.name, len(layer.frame)) for layer in layers] == [("P0101", 3), ("L0201", 3)]
    assert [layer.path for layer in layers] == ["普查.gdb/P0101", "普查.gdb/L0201"]
    assert_components(layers[0])
    assert PLANE in str(layers[0].crs_evidence)
    assert notes(layers[0]) == [("F05", Severity.INFO)]
    assert "单位" in str(layers[0].findings[0].message)


def pack(folder, archive, prefix=""):
    with zipfile.ZipFile(archive, "w") as packed:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                packed.write(file, f"{prefix}{folder.name}/{file.relative_to(folder)}")
    return archive


def test_a_zipped_geodatabase_is_the_same(geodatabase, tmp_path):
    archive = pack(geodatabase, tmp_path / "delivery.zip", "成果/")
    layers = read(archive)
    assert [layer.path for layer in layers] == [
        "delivery.zip/成果/普查.gdb/P0101",
        "delivery.zip/成果/普查.gdb/L0201",
    ]
    assert_components(layers[0])
    assert [layer.path for layer in read(archive / "成果" / "普查.gdb")] == [layer.path for layer in layers]


def test_a_geodatabase_in_a_zip_in_a_zip(geodatabase, tmp_path):
    inner = pack(geodatabase, tmp_path / "inner.zip")
    with zipfile.ZipFile(tmp_path / "outer.zip", "w") as packed:
        packed.write(inner, "街道/inner.zip")
    assert_components(read(tmp_path / "outer.zip")[0])


def test_a_geodatabase_beside_shapefiles_of_a_folder(geodatabase, make_shapefile, tmp_path):
    folder = tmp_path / "成果"
    make_shapefile(folder=folder)
    shutil.move(geodatabase, folder)
    assert [layer.path for layer in read(folder)] == [
        "成果/layer.shp",
        "成果/普查.gdb/P0101",
        "成果/普查.gdb/L0201",
    ]


def test_a_geodatabase_without_all_its_files_is_refused(geodatabase, tmp_path):
    (geodatabase / "a00000001.gdbtable").unlink()
    problem = refusal(geodatabase)
    assert problem.code == "F01"
    assert "a00000001.gdbtable" in str(problem)


def test_a_table_of_a_geodatabase_alone_is_refused_with_the_step(geodatabase):
    problem = refusal(geodatabase / "a00000009.gdbtable", UsageError)
    assert ".gdb" in str(problem.hint)


def test_strange_files_in_a_geodatabase_do_not_matter(geodatabase):
    (geodatabase / "readme.txt").write_text("x")
    (geodatabase / "a.WORK-PC.123.sr.lock").write_text("")
    assert len(read(geodatabase)) == 2


def test_curves_are_replaced_within_the_stated_tolerance(tmp_path):
    # A half circle of 100 m about (500100, 3272000): a circular string of three points.
    points = [(500000.0, 3272000.0), (500100.0, 3272100.0), (500200.0, 3272000.0)]
    arc = struct.pack("<bII", 1, 8, 3) + b"".join(struct.pack("<dd", *point) for point in points)
    path = tmp_path / "arc.gpkg"
    options = {"geometry_type": "Unknown", "driver": "GPKG", "crs": PLANE}
    pyogrio.raw.write(str(path), np.array([arc], dtype=object), [NAMES[:1]], ["NAME"], **options)
    (layer,) = read(path)
    assert notes(layer) == [("F11", Severity.INFO)]
    line = np.asarray(layer.frame.to_crs(PLANE).geometry[0].coords)
    assert len(line) >= 181
    off = np.hypot(*((line[1:] + line[:-1]) / 2 - [500100, 3272000]).T) - 100.0
    assert np.abs(off).max() <= 100.0 * 4e-5


KML = """<?xml version="1.0" encoding="{encoding}"?>
<kml xmlns="http://www.opengis.net/kml/2.2"><Document>
<Folder><name>部件</name>
<Placemark><name>上水井盖</name><ExtendedData><Data name="编号"><value>001</value></Data></ExtendedData>
<Point><coordinates>106.55,29.56,240</coordinates></Point></Placemark>
</Folder>
<Folder><name>部件</name>
<Placemark><name>路灯</name><Point><coordinates>106.56,29.57</coordinates></Point></Placemark>
</Folder></Document></kml>"""


@pytest.mark.parametrize("packed", [False, True])
def test_kml_and_kmz(tmp_path, packed):
    path = tmp_path / ("a.kmz" if packed else "a.kml")
    content = KML.format(encoding="UTF-8").encode()
    if packed:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("doc.kml", content)
    else:
        path.write_bytes(content)
    first, second = read(path)
    assert (first.name, second.name) == ("部件", "部件")
    assert (list(first.frame["name"]), list(first.frame["编号"])) == (["上水井盖"], ["001"])
    assert list(second.frame["name"]) == ["路灯"]
    assert (first.frame.geometry.x[0], first.frame.geometry.y[0]) == (106.55, 29.56)
    assert "altitudeMode" not in first.frame.columns


@pytest.mark.parametrize(
    "content", [b"", b"not kml", b"<kml>", b'<!DOCTYPE x [<!ENTITY a "b">]><kml>&a;</kml>', b"<kml></kml>"]
)
def test_kml_that_is_none(tmp_path, content):
    path = tmp_path / "a.kml"
    path.write_bytes(content)
    assert refusal(path).code in ("F01", "F06")


MIF = """Version 300
Charset "{charset}"
Delimiter ","
CoordSys Earth Projection 8, 104, "m", 108, 0, 1, 500000, 0
Columns 2
  {column} Char(8)
  N Integer
Data

Point 500000 3272000
Point 500100 3272000
Point 500200 3272000
"""


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
@pytest.mark.parametrize("charset", ["WindowsSimpChinese", "Neutral", "UTF-8", "WindowsLatin1"])
def test_mapinfo_interchange_is_decoded_by_evidence(tmp_path, encoding, charset):
    path = tmp_path / "a.mif"
    path.write_bytes(MIF.format(charset=charset, column="名称").encode(encoding))
    path.with_suffix(".mid").write_bytes(
        "".join(f'"{n}",{i}\n' for i, n in enumerate(NAMES)).encode(encoding)
    )
    (layer,) = read(path)
    assert list(layer.frame["名称"]) == list(NAMES)
    assert list(layer.frame["N"]) == [0, 1, 2]
    assert layer.frame.geometry.x[0] == pytest.approx(108.0, abs=1e-9)
    says = {"WindowsSimpChinese": "gbk", "UTF-8": "utf-8", "WindowsLatin1": "latin"}.get(charset, encoding)
    assert notes(layer) == ([] if says == encoding else [("F09", Severity.WARNING)])


@pytest.mark.parametrize(
    ("plane", "code"),
    [
        ('CoordSys Earth Projection 8, 1001, "m", 108, 0, 1, 500000, 0', "F04"),
        ('CoordSys NonEarth Units "m" Bounds (0, 0) (9999999, 9999999)', "F03"),
    ],
)
def test_mapinfo_planes_that_lead_nowhere(tmp_path, plane, code):
    path = tmp_path / "a.mif"
    content = MIF.format(charset="Neutral", column="X")
    path.write_text(content.replace('CoordSys Earth Projection 8, 104, "m", 108, 0, 1, 500000, 0', plane))
    path.with_suffix(".mid").write_text("".join(f'"a",{i}\n' for i in range(3)))
    assert refusal(path).code == code


def test_mapinfo_without_columns_keeps_its_shapes(tmp_path):
    path = tmp_path / "a.mif"
    head, data = MIF.format(charset="Neutral", column="X").split("Columns 2")
    path.write_text(head + "Columns 0\n" + data[data.index("Data") :])
    path.with_suffix(".mid").write_text("")
    (layer,) = read(path)
    assert list(layer.frame["_row"]) == [1, 2, 3]


def test_mapinfo_tables_of_several_files(tmp_path):
    write(tmp_path / "a.tab", "MapInfo File", names=np.array(["a", "b", "c"], dtype=object))
    (layer,) = read(tmp_path)
    assert_components(layer, ("a", "b", "c"))
    assert [layer.path for layer in read(tmp_path / "a.tab")] == ["a.tab"]
    (tmp_path / "a.dat").unlink()
    problem = refusal(tmp_path / "a.tab")
    assert problem.code == "F10"
    assert ".dat" in str(problem)


def test_a_chinese_mapinfo_table(tmp_path):
    names = np.array([name.encode("gbk").decode("latin-1") for name in NAMES], dtype=object)
    write(tmp_path / "a.tab", "MapInfo File", names=names, encoding="ISO-8859-1")
    tab = tmp_path / "a.tab"
    tab.write_bytes(tab.read_bytes().replace(b"Neutral", b"WindowsSimpChinese"))
    (layer,) = read(tab)
    assert list(layer.frame["NAME"]) == list(NAMES)


def test_a_table_of_text_under_a_name_of_mapinfo_is_refused(tmp_path):
    path = tmp_path / "a.tab"
    path.write_text("lon\tlat\n1\t2\n")
    assert refusal(path).code == "F01"


def test_several_layers_of_a_geopackage_and_mixed_geometry(tmp_path):
    path = tmp_path / "a.gpkg"
    write(path, "GPKG", layer="点")
    mixed = np.array([POINTS[0], shapely.box(500000, 3272000, 500010, 3272010), None], dtype=object)
    multi = np.array([shapely.MultiPoint(POINTS[:2].tolist())] * 3, dtype=object)
    write(path, "GPKG", geometries=mixed, geometry_type="Unknown", layer="混合", append=True)
    write(path, "GPKG", geometries=multi, geometry_type="MultiPoint", layer="多点", append=True)
    layers = {layer.name: layer for layer in read(path)}
    assert set(layers) == {"点", "混合", "多点"}
    assert [None if g is None else g.geom_type for g in layers["混合"].frame.geometry] == [
        "Point",
        "Polygon",
        None,
    ]
    assert layers["多点"].frame.geometry[0].geom_type == "MultiPoint"


# Files that are refused, by name, and a word of the step to take.
TO_EXPORT = {
    "a.dwg": "DXF", "a.dgn": "DXF", "a.mdb": ".gdb", "a.accdb": ".gdb", "a.gdbtable": ".gdb", "a.rar": ".zip",
    "a.7z": ".zip", "a.gml": "GeoPackage", "a.e00": "GeoPackage", "a.xls": ".xlsx", "a.osm": "ogr2ogr",
    "a.osm.pbf": "ogr2ogr",
}  # fmt: skip


@pytest.mark.parametrize("name", TO_EXPORT)
def test_others_are_refused_with_the_step_to_take(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(b"anything")
    with language("en"):
        assert TO_EXPORT[name] in str(refusal(path, UsageError).hint)


@pytest.mark.parametrize(
    ("name", "step"), [("a.osm.gz", "ogr2ogr"), ("a.tar.gz", ".zip"), ("a.gz", "GeoPackage")]
)
def test_what_is_packed_is_refused_by_what_is_in_it(tmp_path, name, step):
    path = tmp_path / name
    path.write_bytes(b"anything")
    with language("en"):
        assert step in str(refusal(path, UsageError).hint)


@pytest.mark.parametrize("name", TO_EXPORT)
def test_others_beside_layers_are_reported(tmp_path, make_shapefile, name):
    make_shapefile(folder=tmp_path / "d")
    (tmp_path / "d" / name).write_bytes(b"anything")
    (layer,) = read(tmp_path / "d")
    assert notes(layer) == [("F01", Severity.WARNING)]
    assert TO_EXPORT[name] in str(layer.findings[0].hint)
