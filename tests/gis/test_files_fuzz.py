"""Damaged files give layers or a clear refusal, never anything else."""

import gzip
import json
import shutil
import zipfile

import openpyxl
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gis.errors import FileProblem, UsageError, WanggeError
from gis.files import read_layers, read_tables
from gis.layer import ROW

quick = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
damage = st.lists(
    st.one_of(
        st.tuples(st.just("cut"), st.integers(0, 10**6), st.just(0)),
        st.tuples(st.just("set"), st.integers(0, 10**6), st.integers(0, 255)),
        st.tuples(st.just("add"), st.integers(0, 10**6), st.integers(0, 255)),
        st.tuples(st.just("drop"), st.integers(0, 10**6), st.integers(1, 60)),
    ),
    min_size=1,
    max_size=4,
)


def damaged(content, faults):
    """Apply faults to bytes: cut off, overwrite, insert, leave out."""
    content = bytearray(content)
    for kind, position, value in faults:
        at = position % (len(content) + 1)
        if kind == "cut":
            del content[at:]
        elif kind == "set" and content:
            content[at % len(content)] = value
        elif kind == "add":
            content.insert(at, value)
        elif kind == "drop":
            del content[at : at + value]
    return bytes(content)


def outcome(call):
    """Return what was read, or ``None`` for a refusal with a message in both languages."""
    try:
        return call()
    except WanggeError as error:
        refused = error
    assert isinstance(refused, (FileProblem, UsageError))
    assert str(refused)
    return None


def check_layers(layers):
    for layer in layers or ():
        assert len(layer.frame)
        assert layer.frame[ROW].is_unique
        assert layer.frame.crs.to_epsg() == 4490
        present = layer.frame.geometry.dropna()
        bounds = present[~present.is_empty].bounds.to_numpy()
        assert (abs(bounds) < 180.001).all()
        str(layer.crs_evidence)
        str(layer.encoding_evidence)
        for finding in layer.findings:
            assert finding.to_dict()["message"]


@pytest.fixture
def shapefile(make_shapefile, column):
    polygons = [shapely.box(106.5 + i / 100, 29.5, 106.505 + i / 100, 29.51) for i in range(4)]
    names = [name.encode("gbk") for name in ("上水井盖", "雨水箅子", "路灯", "行道树")]
    columns = [
        column("名称".encode("gbk"), names),
        column(b"CODE", [b"101", b"102", b"", b"104"], "N", 9),
        column(b"AREA", [b"1.5", b"2.5", b"3e2", b""], "F", 12, 3),
    ]
    return make_shapefile("whole", polygons, columns, geometry_type="Polygon", cpg=b"GBK")


@pytest.mark.parametrize("suffix", [".shp", ".shx", ".dbf", ".prj", ".cpg"])
@quick
@given(faults=damage)
def test_damaged_shapefiles(shapefile, tmp_path, suffix, faults):
    folder = tmp_path / "damaged"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for file in shapefile.parent.glob("whole.*"):
        content = file.read_bytes()
        (folder / file.name).write_bytes(damaged(content, faults) if file.suffix == suffix else content)
    layers = outcome(lambda: read_layers([folder], dataset="x"))
    check_layers(layers)
    if layers and suffix in (".shp", ".dbf"):
        assert len(layers[0].frame) <= 4


@quick
@given(length=st.integers(0, 10**6))
@pytest.mark.parametrize("suffix", [".shp", ".dbf"])
def test_cut_off_shapefiles_are_never_read_as_smaller_ones(shapefile, tmp_path, suffix, length):
    file = shapefile.with_suffix(suffix)
    content = file.read_bytes()
    length %= len(content)
    file.write_bytes(content[:length])
    layers = outcome(lambda: read_layers([shapefile], dataset="x"))
    file.write_bytes(content)
    # The end mark of a table is the one byte that may be missing.
    assert layers is None or (suffix == ".dbf" and length == len(content) - 1)


@quick
@given(faults=damage)
def test_damaged_zips(shapefile, tmp_path, faults):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(shapefile.parent.glob("whole.*")):
            archive.write(file, f"部件/{file.name}")
    path.write_bytes(damaged(path.read_bytes(), faults))
    check_layers(outcome(lambda: read_layers([path], dataset="x")))


@quick
@given(faults=damage)
def test_damaged_workbooks(tmp_path, faults):
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    for row in (["名称", "经度", "纬度"], ["上水井盖", 106.55, 29.56], ["=1+1", 106.5, None]):
        book.active.append(row)
    book.active.merge_cells("A2:A3")
    book.save(path)
    path.write_bytes(damaged(path.read_bytes(), faults))
    outcome(lambda: read_tables([path], dataset="x"))
    check_layers(outcome(lambda: read_layers([path], dataset="x", crs="4490")))


PARTS = ["[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"]


@quick
@given(part=st.sampled_from(PARTS), faults=damage)
def test_workbooks_with_damaged_parts(tmp_path, part, faults):
    book = openpyxl.Workbook()
    book.active.append(["a", 1.5, "b"])
    path = tmp_path / "a.xlsx"
    book.save(path)
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    parts[part] = damaged(parts[part], faults)
    with zipfile.ZipFile(path, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    outcome(lambda: read_tables([path], dataset="x"))


@quick
@given(faults=damage, encoding=st.sampled_from(["utf-8", "gbk", "utf-16"]))
def test_damaged_csv(tmp_path, faults, encoding):
    text = '编码,名称,经度,纬度\n0101,上水井盖,106.55,29.56\n0102,"a,b",106.55,29.56\n'
    path = tmp_path / "a.csv"
    path.write_bytes(damaged(text.encode(encoding), faults))
    outcome(lambda: read_tables([path], dataset="x"))
    check_layers(outcome(lambda: read_layers([path], dataset="x")))


@quick
@given(faults=damage)
@pytest.mark.parametrize("packed", [False, True])
def test_damaged_geojson(tmp_path, faults, packed):
    features = [
        {"type": "Feature", "properties": {"名称": name, "n": i}, "geometry": geometry}
        for i, (name, geometry) in enumerate(
            [
                ("上水井盖", {"type": "Point", "coordinates": [106.55, 29.56]}),
                ("网格", shapely.geometry.mapping(shapely.box(106.5, 29.5, 106.6, 29.6))),
                ("无", None),
            ]
        )
    ]
    content = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode()
    path = tmp_path / ("a.geojson.gz" if packed else "a.geojson")
    path.write_bytes(damaged(gzip.compress(content, mtime=0) if packed else content, faults))
    check_layers(outcome(lambda: read_layers([path], dataset="x")))


NAMES = [
    *("a.shp", "a.gpkg", "a.geojson", "a.csv", "a.xlsx", "a.zip", "a.csv.gz"),
    *("a.dxf", "a.kml", "a.kmz", "a.mif", "a.tab"),
]


@quick
@given(content=st.binary(max_size=300))
@pytest.mark.parametrize("name", NAMES)
def test_anything_under_any_name(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    check_layers(outcome(lambda: read_layers([path], dataset="x")))
