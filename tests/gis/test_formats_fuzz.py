"""Damaged geodatabases, drawings, MapInfo and KML files give layers or a clear refusal, nothing else."""

import shutil

import numpy as np
import pyogrio
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gis.errors import FileProblem, UsageError, WanggeError
from gis.files import read_layers
from gis.layer import ROW

quick = settings(
    max_examples=50,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
damage = st.lists(
    st.tuples(st.sampled_from(["cut", "set", "add", "drop"]), st.integers(0, 10**6), st.integers(0, 255)),
    min_size=1,
    max_size=3,
)
SYSTEM = "EPSG:4545"


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
        else:
            del content[at : at + value % 60 + 1]
    return bytes(content)


def outcome(path):
    """Return the layers of what may be damaged, or ``None`` for a refusal with a message."""
    try:
        return read_layers([path], dataset="x", crs=SYSTEM)
    except WanggeError as error:
        refused = error
    assert isinstance(refused, (FileProblem, UsageError))
    assert str(refused)
    return None


def check(path):
    """Read what may be damaged: layers that hold together, or a refusal."""
    layers = outcome(path) or []
    for layer in layers:
        assert len(layer.frame)
        assert layer.frame[ROW].is_unique
        present = layer.frame.geometry.dropna()
        bounds = present[~present.is_empty].bounds.to_numpy()
        assert (abs(bounds) < 180.001).all()
        assert all(finding.to_dict()["message"] for finding in layer.findings)


@pytest.fixture(scope="module")
def geodatabase(tmp_path_factory):
    path = tmp_path_factory.mktemp("gdb") / "whole.gdb"
    points = np.array([shapely.Point(500000 + n, 3272000) for n in range(5)], dtype=object)
    names = np.array(["上水井盖", "雨水箅子", "路灯", "行道树", "a"], dtype=object)
    options = {"geometry_type": "Point", "driver": "OpenFileGDB", "crs": SYSTEM, "layer": "部件"}
    pyogrio.raw.write(str(path), shapely.to_wkb(points), [names], ["名称"], **options)
    return path


@pytest.mark.parametrize("part", ["tables", "indexes", "catalogue"])
@quick
@given(faults=damage, which=st.integers(0, 100))
def test_damaged_geodatabases(geodatabase, tmp_path, part, faults, which):
    endings = {"tables": "9.gdbtable", "indexes": ".gdbtablx", "catalogue": ".gdbtable"}
    folder = tmp_path / "damaged.gdb"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(geodatabase, folder)
    files = sorted(file for file in folder.iterdir() if file.name.endswith(endings[part]))
    file = files[which % len(files)]
    file.write_bytes(damaged(file.read_bytes(), faults))
    check(folder)


# Group codes with their values, as they stand in a drawing on two lines each.
PAIRS = """
0 SECTION;2 HEADER;9 $ACADVER;1 AC1015;9 $DWGCODEPAGE;3 ANSI_936;0 ENDSEC
0 SECTION;2 BLOCKS;0 BLOCK;8 0;2 井;10 0.0;20 0.0;0 CIRCLE;8 0;10 0.0;20 0.0;40 0.5;0 ENDBLK;8 0;0 ENDSEC
0 SECTION;2 ENTITIES
0 INSERT;8 井盖;66 1;2 井;10 500000.0;20 3272000.0
0 ATTRIB;8 井盖;10 500000.0;20 3272000.0;40 2.5;1 S-1;2 编号;70 0;0 SEQEND;8 井盖
0 LWPOLYLINE;8 绿地;90 3;70 1;10 500000.0;20 3272000.0;10 500009.0;20 3272000.0;10 500000.0;20 3272009.0
0 SPLINE;8 线;70 8;71 3;72 8;73 4;74 0;40 0;40 0;40 0;40 0;40 1;40 1;40 1;40 1
10 500000.0;20 3272000.0;30 0;10 500001.0;20 3272001.0;30 0
10 500002.0;20 3272002.0;30 0;10 500003.0;20 3272003.0;30 0
0 ENDSEC;0 EOF
"""
DXF = PAIRS.strip().replace(";", "\n").replace(" ", "\n").encode("gbk")
KML = """<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder>
<name>部件</name><Placemark><name>井盖</name>
<ExtendedData><Data name="编号"><value>1</value></Data></ExtendedData>
<MultiGeometry><Point><coordinates>106.5,29.5,3</coordinates></Point>
<Polygon><outerBoundaryIs><LinearRing><coordinates>106.5,29.5 106.6,29.5 106.6,29.6 106.5,29.5</coordinates>
</LinearRing></outerBoundaryIs></Polygon>
</MultiGeometry></Placemark></Folder></Document></kml>""".encode()
MIF = """Version 300
Charset "WindowsSimpChinese"
Delimiter ","
CoordSys Earth Projection 8, 104, "m", 108, 0, 1, 500000, 0
Columns 2
  名称 Char(8)
  N Integer
Data

Point 500000 3272000
Region 1
4
500000 3272000
500010 3272000
500010 3272010
500000 3272000
""".encode("gbk")


@pytest.mark.parametrize(("name", "content"), [("a.dxf", DXF), ("a.kml", KML)], ids=["dxf", "kml"])
@settings(quick, max_examples=200)
@given(faults=damage)
def test_damaged_drawings_and_kml(tmp_path, name, content, faults):
    path = tmp_path / name
    # The last line of a drawing is put back, so that not every damage is found by it alone.
    path.write_bytes(damaged(content, faults) + (b"\n0\nEOF\n" if name == "a.dxf" else b""))
    check(path)


@pytest.mark.parametrize(("place", "other"), [(b"500003.0", b"1e999"), (b"500009.0", b"1e200")])
def test_lines_through_places_beyond_all_measure(tmp_path, place, other):
    path = tmp_path / "a.dxf"
    assert place in DXF
    path.write_bytes(
        DXF.replace(place, other).replace(b"\n10\n500000.0\n20\n3272000.0", b"\n10\n-1e200\n20\n1e200")
    )
    check(path)


@pytest.mark.parametrize("part", [".mif", ".mid"])
@settings(quick, max_examples=100)
@given(faults=damage)
def test_damaged_interchange_files(tmp_path, part, faults):
    contents = {".mif": MIF, ".mid": '"井盖",1\n"路灯",2\n'.encode("gbk")}
    for suffix, content in contents.items():
        (tmp_path / f"a{suffix}").write_bytes(damaged(content, faults) if suffix == part else content)
    check(tmp_path / "a.mif")


@pytest.mark.parametrize("part", [".tab", ".dat", ".map", ".id"])
@quick
@given(faults=damage)
def test_damaged_mapinfo_tables(geodatabase, tmp_path, part, faults):
    whole = geodatabase.parent / "whole.tab"
    if not whole.exists():
        points = np.array([shapely.Point(500000 + n, 3272000) for n in range(5)], dtype=object)
        names = np.array([b"\xc2\xb7\xb5\xc6".decode("latin-1")] * 5, dtype=object)
        options = {
            "geometry_type": "Point",
            "driver": "MapInfo File",
            "crs": SYSTEM,
            "encoding": "ISO-8859-1",
        }
        pyogrio.raw.write(str(whole), shapely.to_wkb(points), [names], ["NAME"], **options)
    for suffix in (".tab", ".dat", ".map", ".id"):
        content = whole.with_suffix(suffix).read_bytes()
        (tmp_path / f"a{suffix}").write_bytes(damaged(content, faults) if suffix == part else content)
    check(tmp_path / "a.tab")
