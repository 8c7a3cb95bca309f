"""Shapefiles: read whole and right, or refused with the reason."""

import shutil
import struct

import numpy as np
import pytest
import shapely

from gis.errors import FileProblem, UsageError
from gis.files import read_layers
from gis.findings import Severity
from gis.text import language

NAMES = ["上水井盖", "雨水箅子", "路灯"]


def read(*paths, **options):
    return read_layers(list(paths), dataset="components", **options)


def only(layers):
    assert len(layers) == 1
    return layers[0]


def codes(layer):
    return [finding.code for finding in layer.findings]


def text_column(column, name, texts, encoding, width=20):
    return column(name.encode(encoding)[:10], [text.encode(encoding)[:width] for text in texts], width=width)


def test_rows_columns_and_positions(make_shapefile):
    layer = only(read(make_shapefile()))
    assert list(layer.frame.columns) == ["_row", "CODE", "geometry"]
    assert list(layer.frame["_row"]) == [1, 2, 3]
    assert list(layer.frame["CODE"]) == ["0001", "0002", "0003"]
    assert layer.frame.crs.to_epsg() == 4490
    assert layer.frame.geometry.x[1] == pytest.approx(106.51)
    assert layer.findings == []


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
@pytest.mark.parametrize("cpg", [None, b"UTF-8", b"GBK", b"ANSI 936\r\n", b"utf8\0\0", b"nonsense"])
@pytest.mark.parametrize("language_byte", [0, 0x4D, 0x57, 0x03])
def test_names_are_right_whatever_the_file_says(make_shapefile, column, encoding, cpg, language_byte):
    shp = make_shapefile(
        columns=[text_column(column, "名称", NAMES, encoding)], cpg=cpg, language_byte=language_byte
    )
    layer = only(read(shp))
    assert list(layer.frame["名称"]) == NAMES
    # The .cpg goes before the language byte; F09 says when what goes first is wrong.
    says = {b"UTF-8": "utf-8", b"utf8\0\0": "utf-8", b"GBK": "gbk", b"ANSI 936\r\n": "gbk"}.get(cpg)
    says = says or {0x4D: "gbk", 0x03: "latin"}.get(language_byte, encoding)
    assert codes(layer) == ([] if says == encoding else ["F09"])


def test_evidence_gives_counts_and_an_example(make_shapefile, column):
    shp = make_shapefile(columns=[text_column(column, "NAME", NAMES, "gbk")], cpg=b"UTF-8")
    layer = only(read(shp))
    with language("en"):
        assert str(layer.encoding_evidence) == (
            "GBK: the .cpg says UTF-8, but 3 of 3 values are not valid in it; e.g. 上水井盖"
        )


def test_undecided_encoding_is_asked_for_and_taken(make_shapefile, column):
    shp = make_shapefile(columns=[text_column(column, "NAME", ["Ñandú", "São", "a"], "latin-1")])
    with pytest.raises(FileProblem) as refused:
        read(shp)
    assert refused.value.code == "F02"
    assert "ISO-8859-1: Ñandú / São" in str(refused.value.expected)
    layer = only(read(shp, encoding="latin1"))
    assert list(layer.frame["NAME"]) == ["Ñandú", "São", "a"]


def test_given_encoding_against_the_bytes_is_refused(make_shapefile, column):
    shp = make_shapefile(columns=[text_column(column, "NAME", NAMES, "gbk")])
    with pytest.raises(FileProblem) as refused:
        read(shp, encoding="utf-8")
    assert refused.value.code == "F02"


@pytest.mark.parametrize(("value", "error"), [("kanji", UsageError), ("utf-16", UsageError)])
def test_encodings_no_table_can_have(make_shapefile, column, value, error):
    shp = make_shapefile(columns=[text_column(column, "NAME", NAMES, "gbk")])
    with pytest.raises(error):
        read(shp, encoding=value)


def test_column_names_cut_in_the_middle_of_a_character(make_shapefile, column):
    names = ["养护单位名称", "权属单位"]
    columns = [text_column(column, name, NAMES, "utf-8") for name in names]
    frame = only(read(make_shapefile(columns=columns))).frame
    assert list(frame.columns) == ["_row", "养护单", "权属单", "geometry"]


def test_equal_column_names_are_kept_apart(make_shapefile, column):
    columns = [column(b"NAME", [b"a", b"b", b"c"]), column(b"NAME", [b"d", b"e", b"f"])]
    frame = only(read(make_shapefile(columns=columns))).frame
    assert list(frame["NAME"]) == ["a", "b", "c"]
    assert list(frame["NAME_2"]) == ["d", "e", "f"]


def test_a_value_cut_by_its_field_loses_half_a_character_and_says_so(make_shapefile, column):
    columns = [text_column(column, "NAME", ["上水井盖", "路灯", "树"], "gbk", width=7)]
    layer = only(read(make_shapefile(columns=columns)))
    assert list(layer.frame["NAME"]) == ["上水井", "路灯", "树"]
    assert codes(layer) == ["F09"]
    assert layer.findings[0].severity is Severity.INFO
    assert (layer.findings[0].row, layer.findings[0].field) == (1, "NAME")


def test_a_damaged_value_is_shown_and_named(make_shapefile, column):
    texts = [f"上水井盖{i}".encode("gbk") for i in range(40)]
    texts[6] = b"\xff\xff\xff"
    points = [shapely.Point(106.5, 29.5)] * 40
    layer = only(read(make_shapefile(geometries=points, columns=[column(b"NAME", texts)])))
    assert layer.frame["NAME"][6] == "\ufffd\ufffd\ufffd"
    assert [(f.code, f.severity, f.row) for f in layer.findings] == [("F09", Severity.WARNING, 7)]


def test_numbers_keep_their_digits(make_shapefile, column):
    columns = [
        column(b"INT", [b"101", b"", b"-5"], "N", 9),
        column(b"LONG", [b"5001130010020171234", b"1", b""], "N", 19),
        column(b"PADDED", [b"0101", b"0102", b"0103"], "N", 4),
        column(b"DOUBLE", [b"1.50", b"", b"2"], "N", 9, 2),
        column(b"BIG", [b"500113001002017", b"2", b"3"], "N", 15),
        column(b"STARS", [b"***", b"1", b"2"], "N", 3),
        column(b"DAY", [b"20240131", b"", b"00000000"], "D", 8),
        column(b"FLAG", [b"T", b"F", b"?"], "L", 1),
    ]
    frame = only(read(make_shapefile(columns=columns))).frame
    assert list(frame["INT"]) == [101, None, -5]
    assert list(frame["LONG"][:2]) == ["5001130010020171234", "1"]
    assert list(frame["PADDED"]) == ["0101", "0102", "0103"]
    assert frame["DOUBLE"][0] == 1.5
    assert np.isnan(frame["DOUBLE"][1])
    assert frame["BIG"][0] == 500113001002017
    assert frame["STARS"][0] is None
    assert frame["DAY"][0] == "20240131"
    assert frame["DAY"][1:].isna().all()
    assert list(frame["FLAG"][:2]) == [True, False]


def test_a_code_written_with_an_exponent_and_too_few_digits_is_noticed(make_shapefile, column):
    values = [b"5.00113001002e+014", b"1.00000000000e+003", b""]
    layer = only(read(make_shapefile(columns=[column(b"BGCODE", values, "F", 19, 11)])))
    assert [(f.code, f.row, f.field) for f in layer.findings] == [("F13", 1, "BGCODE")]


def test_deleted_rows_are_left_out_and_the_others_keep_their_numbers(make_shapefile):
    frame = only(read(make_shapefile(deleted=[1]))).frame
    assert list(frame["_row"]) == [1, 3]
    assert list(frame["CODE"]) == ["0001", "0003"]


def test_missing_shapes_stay_missing(make_shapefile):
    layer = only(read(make_shapefile(geometries=[shapely.Point(106.5, 29.5), None, shapely.Point(106, 29)])))
    assert list(layer.frame.geometry.isna()) == [False, True, False]
    assert layer.findings == []


def test_heights_are_dropped_with_a_note(make_shapefile):
    points = [shapely.Point(106.5, 29.5, 240.0)] * 3
    layer = only(read(make_shapefile(geometries=points, geometry_type="Point Z")))
    assert not layer.frame.geometry.has_z.any()
    assert [(f.code, f.severity) for f in layer.findings] == [("F11", Severity.INFO)]


def test_measures_are_dropped(make_shapefile):
    shp = make_shapefile()
    content = bytearray(shp.read_bytes()[:100])
    content[32] = 21  # points with a measure
    for number in range(3):
        content += struct.pack(">ii", number + 1, 14) + struct.pack(
            "<iddd", 21, 106.5 + number / 100, 29.5, 7.0
        )
    struct.pack_into(">i", content, 24, len(content) // 2)
    shp.write_bytes(content)
    shp.with_suffix(".shx").unlink()
    layer = only(read(shp))
    assert layer.frame.geometry.x[1] == pytest.approx(106.51)
    assert not layer.frame.geometry.has_z.any()


def test_missing_index_is_rebuilt(make_shapefile):
    shp = make_shapefile()
    before = only(read(shp)).frame
    shp.with_suffix(".shx").unlink()
    layer = only(read(shp))
    assert codes(layer) == ["F10"]
    assert layer.frame.equals(before)
    assert not shp.with_suffix(".shx").exists()


def test_index_of_something_else_is_rebuilt(make_shapefile):
    shp = make_shapefile()
    shp.with_suffix(".shx").write_bytes(b"not an index")
    layer = only(read(shp))
    assert codes(layer) == ["F10"]
    assert len(layer.frame) == 3


def test_missing_table_leaves_the_shapes(make_shapefile):
    shp = make_shapefile()
    shp.with_suffix(".dbf").unlink()
    layer = only(read(shp))
    assert codes(layer) == ["F10"]
    assert list(layer.frame.columns) == ["_row", "geometry"]
    assert len(layer.frame) == 3


@pytest.mark.parametrize("keep_index", [True, False])
@pytest.mark.parametrize("cut", [1, 27, 28, 29, 60])
def test_a_shp_that_was_cut_off_is_refused_with_the_counts(make_shapefile, cut, keep_index):
    shp = make_shapefile()
    if not keep_index:
        shp.with_suffix(".shx").unlink()
    content = shp.read_bytes()
    shp.write_bytes(content[:-cut])
    with pytest.raises(FileProblem) as refused:
        read(shp)
    assert refused.value.code == "F01"
    with language("en"):
        assert f"3 records declared, {3 - -(-cut // 28)} there" in str(refused.value)


@pytest.mark.parametrize(("cut", "left"), [(2, 2), (5, 2), (6, 1)])
def test_a_table_that_was_cut_off_is_refused_with_the_counts(make_shapefile, cut, left):
    shp = make_shapefile()
    dbf = shp.with_suffix(".dbf")
    dbf.write_bytes(dbf.read_bytes()[: -cut - 1 if cut > 2 else -cut])
    with pytest.raises(FileProblem) as refused:
        read(shp)
    assert refused.value.code == "F01"
    with language("en"):
        assert f"3 records declared, {left} there" in str(refused.value)


def test_fewer_rows_than_shapes_are_refused(make_shapefile, make_dbf, column):
    shp = make_shapefile()
    shp.with_suffix(".dbf").write_bytes(make_dbf([column(b"CODE", [b"1", b"2"])]))
    with pytest.raises(FileProblem) as refused:
        read(shp)
    assert refused.value.code == "F01"
    with language("en"):
        assert "3 shapes, but 2 rows" in str(refused.value)


def test_a_record_length_that_disagrees_with_the_index_is_refused(make_shapefile):
    shp = make_shapefile()
    content = bytearray(shp.read_bytes())
    struct.pack_into(">i", content, 100 + 28 + 4, 999)
    shp.write_bytes(content)
    with pytest.raises(FileProblem) as refused:
        read(shp)
    assert refused.value.code == "F01"


def test_bytes_behind_the_end_are_a_warning(make_shapefile):
    shp = make_shapefile()
    shp.write_bytes(shp.read_bytes() + b"junk")
    layer = only(read(shp))
    assert [(f.code, f.severity) for f in layer.findings] == [("F01", Severity.WARNING)]
    assert len(layer.frame) == 3


@pytest.mark.parametrize("content", [b"", b"\0" * 50, b"not a shapefile" * 20])
def test_a_shp_that_is_none_is_refused(make_shapefile, content):
    shp = make_shapefile()
    shp.write_bytes(content)
    with pytest.raises(FileProblem) as refused:
        read(shp)
    assert refused.value.code == "F01"


def test_a_layer_without_features_alone_is_refused(make_shapefile, column):
    shp = make_shapefile(geometries=[], columns=[column(b"CODE", [])])
    with pytest.raises(FileProblem) as refused:
        read(shp)
    assert refused.value.code == "F06"


def test_an_empty_layer_beside_others_is_a_warning(make_shapefile, column, tmp_path):
    make_shapefile("a")
    make_shapefile("b", geometries=[], columns=[column(b"CODE", [])])
    layer = only(read(tmp_path))
    assert [(f.code, f.severity) for f in layer.findings] == [("F06", Severity.WARNING)]


def test_several_shapefiles_of_a_folder(make_shapefile, tmp_path):
    make_shapefile("b", folder=tmp_path / "delivery" / "部件")
    make_shapefile("a", folder=tmp_path / "delivery")
    layers = read(tmp_path / "delivery")
    assert [layer.path for layer in layers] == ["delivery/a.shp", "delivery/部件/b.shp"]
    assert [layer.name for layer in layers] == ["a", "b"]


def test_all_parts_named_by_a_shell_pattern_are_one_shapefile(make_shapefile, tmp_path):
    make_shapefile(cpg=b"GBK")
    assert len(read(*sorted(tmp_path.glob("layer.*")))) == 1


@pytest.mark.parametrize("suffix", [".dbf", ".shx", ".prj"])
def test_any_part_stands_for_the_shapefile(make_shapefile, suffix):
    assert len(only(read(make_shapefile().with_suffix(suffix))).frame) == 3


def test_parts_in_another_case_belong_together(make_shapefile, tmp_path):
    shp = make_shapefile()
    for file in tmp_path.iterdir():
        file.rename(tmp_path / (file.stem.upper() + file.suffix.upper().replace(".SHP", ".Shp")))
    layer = only(read(shp.with_name("LAYER.Shp")))
    assert list(layer.frame["CODE"]) == ["0001", "0002", "0003"]
    assert layer.findings == []


def test_parts_without_their_main_file_are_an_error(make_shapefile):
    shp = make_shapefile()
    shp.unlink()
    with pytest.raises(FileProblem) as refused:
        read(shp.with_suffix(".dbf"))
    assert refused.value.code == "F10"


def test_problems_of_several_files_are_told_at_once(make_shapefile, tmp_path):
    make_shapefile("a", prj=None)
    make_shapefile("b", prj=None)
    make_shapefile("c")
    with pytest.raises(FileProblem) as refused:
        read(tmp_path)
    assert [f.code for f in refused.value.report.findings] == ["F03", "F03"]
    assert {f.value for f in refused.value.report.findings} == {f"{tmp_path.name}/{x}.shp" for x in "ab"}


def test_a_shape_that_cannot_be_read_is_an_error_of_its_row(make_shapefile):
    line = shapely.LineString([(106, 29), (106.1, 29.1)])
    shp = make_shapefile(geometries=[line] * 3, geometry_type="LineString")
    content = bytearray(shp.read_bytes())
    record = (len(content) - 100) // 3
    struct.pack_into("<i", content, 100 + record + 8 + 36, 10**6)  # claims a million parts
    shp.write_bytes(content)
    layer = only(read(shp))
    assert layer.frame.geometry[1] is None
    assert ("F01", Severity.ERROR, 2) in [(f.code, f.severity, f.row) for f in layer.findings]


def test_the_files_are_left_as_they_were(make_shapefile, tmp_path):
    shp = make_shapefile()
    shp.with_suffix(".shx").unlink()
    copy = shutil.copytree(tmp_path, tmp_path / "copy")
    read(shp)
    assert {f.name: f.read_bytes() for f in tmp_path.iterdir() if f.is_file()} == {
        f.name: f.read_bytes() for f in copy.iterdir()
    }
