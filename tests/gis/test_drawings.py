"""DXF drawings: layers by their names, blocks as points, text by evidence."""

import pytest

from gis.errors import FileProblem
from gis.files import read_layers
from gis.findings import Severity
from gis.text import language

SYSTEM = "EPSG:4545"
BLOCK = [
    (0, "BLOCK"), (8, "0"), (2, "井盖"), (70, 0), (10, 0.0), (20, 0.0),
    (0, "CIRCLE"), (8, "0"), (10, 0.0), (20, 0.0), (40, 0.5), (0, "ENDBLK"), (8, "0"),
]  # fmt: skip


def at(x, y):
    return [(10, 500000.0 + x), (20, 3272000.0 + y), (30, 0.0)]


COVER = [
    (0, "INSERT"), (8, "0101上水井盖"), (66, 1), (2, "井盖"), *at(0, 0),
    (0, "ATTRIB"), (8, "0101上水井盖"), *at(0, 0), (40, 2.5), (1, "S-001"), (2, "编号"), (70, 0),
    (0, "ATTRIB"), (8, "0101上水井盖"), *at(0, 0), (40, 2.5), (1, "铸铁"), (2, "材质"), (70, 0),
    (0, "SEQEND"), (8, "0101上水井盖"),
]  # fmt: skip
LAMP = [(0, "POINT"), (8, "路灯"), *at(100, 100)]
BED = [(0, "CIRCLE"), (8, "花坛"), *at(200, 100), (40, 10.0)]
RING = [
    (0, "LWPOLYLINE"), (8, "绿地"), (90, 3), (70, 1),
    (10, 500000.0), (20, 3272000.0), (10, 500050.0), (20, 3272000.0), (10, 500050.0), (20, 3272050.0),
]  # fmt: skip
KERB = [(0, "LINE"), (8, "路沿"), *at(0, 0), (11, 500100.0), (21, 3272000.0), (31, 0.0)]
LABEL = [(0, "TEXT"), (8, "注记"), *at(5, 5), (40, 2.5), (1, "花坛一号")]
FRAME = [(0, "LINE"), (67, 1), (8, "图框"), *at(0, 0), (11, 500100.0), (21, 3272000.0), (31, 0.0)]
FOREIGN = [(0, "TCH_WALL"), (8, "墙"), *at(0, 0)]
ALL = [COVER, LAMP, BED, RING, KERB, LABEL]


def drawing(entities, *, version="AC1015", page="ANSI_936"):
    head = [(0, "SECTION"), (2, "HEADER"), (9, "$ACADVER"), (1, version)]
    head += [] if page is None else [(9, "$DWGCODEPAGE"), (3, page)]
    pairs = [
        *head, (0, "ENDSEC"), (0, "SECTION"), (2, "BLOCKS"), *BLOCK, (0, "ENDSEC"),
        (0, "SECTION"), (2, "ENTITIES"), *(pair for entity in entities for pair in entity), (0, "ENDSEC"),
        (0, "EOF"),
    ]  # fmt: skip
    return "".join(f"{code}\n{value}\n" for code, value in pairs)


@pytest.fixture
def write(tmp_path):
    def write_file(content, encoding="gbk"):
        path = tmp_path / "普查.dxf"
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return write_file


def read(path, **options):
    return {layer.name: layer for layer in read_layers([path], dataset="components", crs=SYSTEM, **options)}


def test_every_layer_of_a_drawing_is_one_under_its_name(write):
    layers = read(write(drawing(ALL)))
    assert list(layers) == ["0101上水井盖", "注记", "绿地", "花坛", "路沿", "路灯"]
    assert layers["路灯"].path == "普查.dxf/路灯"
    kinds = {name: layer.frame.geom_type[0] for name, layer in layers.items()}
    assert [name for name, kind in kinds.items() if kind == "Point"] == ["0101上水井盖", "注记", "路灯"]
    assert [name for name, kind in kinds.items() if kind == "Polygon"] == ["绿地", "花坛"]
    assert kinds["路沿"] == "LineString"
    assert layers["注记"].frame["Text"][0] == "花坛一号"


def test_a_block_is_a_point_with_its_attributes_as_columns(write):
    frame = read(write(drawing(ALL)))["0101上水井盖"].frame
    assert len(frame) == 1
    assert frame.geometry.x[0] == pytest.approx(108.0, abs=1e-9)
    assert (frame["BlockName"][0], frame["编号"][0], frame["材质"][0]) == ("井盖", "S-001", "铸铁")


def test_rows_are_counted_over_the_drawing(write):
    layers = read(write(drawing(ALL)))
    rows = sorted(int(layer.frame["_row"].iloc[0]) for layer in layers.values())
    assert rows == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
@pytest.mark.parametrize(
    ("version", "page", "says"),
    [
        ("AC1015", "ANSI_936", "gbk"),
        ("AC1015", "ANSI_1252", "latin"),
        ("AC1015", None, None),
        ("AC1021", "ANSI_936", "utf-8"),
        ("AC1032", "ANSI_1252", "utf-8"),
    ],
)
def test_the_text_is_decoded_by_evidence(write, encoding, version, page, says):
    layers = read(write(drawing(ALL, version=version, page=page), encoding))
    assert "0101上水井盖" in layers
    assert layers["0101上水井盖"].frame["材质"][0] == "铸铁"
    codes = [f.code for layer in layers.values() for f in layer.findings if f.severity is Severity.WARNING]
    assert codes == ([] if says in (None, encoding) else ["F09"])


def test_objects_on_paper_and_of_other_programs_are_left_out_and_told(write):
    layers = read(write(drawing([LAMP, FRAME, FOREIGN, FOREIGN])))
    assert list(layers) == ["路灯"]
    with language("en"):
        told = [(f.code, str(f.severity), str(f.message)) for f in layers["路灯"].findings]
    assert ("F01", "warning", "普查.dxf: 2 objects of the kind TCH_WALL are not read") in told
    assert ("F11", "info", "普查.dxf: 1 objects on paper sheets are left out") in told


def test_arcs_are_replaced_with_a_note(write):
    (layer,) = read(write(drawing([BED]))).values()
    assert [(f.code, f.severity) for f in layer.findings][-1] == ("F11", Severity.INFO)
    area = layer.frame.to_crs(SYSTEM).geometry[0].area
    assert area == pytest.approx(314.159, rel=2e-4)


def test_a_drawing_knows_no_coordinate_system(write):
    with pytest.raises(FileProblem) as refused:
        read_layers([write(drawing(ALL))], dataset="components")
    assert (refused.value.code, refused.value.field) == ("F03", "--crs")
    assert "EPSG:4534" in str(refused.value.expected)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "F01"),
        (b"not a drawing", "F01"),
        (b"AutoCAD Binary DXF\r\n\x1a\0", "F01"),
        (drawing(ALL)[:-5], "F01"),
        (drawing(ALL)[: len(drawing(ALL)) // 2], "F01"),
        (drawing([]), "F06"),
        (drawing([FRAME]), "F06"),
    ],
)
def test_what_is_no_whole_drawing_is_refused(write, content, code):
    with pytest.raises(FileProblem) as refused:
        read(write(content))
    assert refused.value.code == code


def test_the_encoding_may_be_declared(write):
    path = write(drawing([[(0, "POINT"), (8, "鎏"), *at(0, 0)]], page=None))
    layers = read(path, encoding="GBK")
    assert list(layers) == ["鎏"]
