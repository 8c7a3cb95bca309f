"""Tables as people see them: text, merged blocks, codes as displayed."""

import datetime as dt
import zipfile

import openpyxl
import pytest

from gis.errors import FileProblem, UsageError
from gis.files import read_tables
from gis.findings import Severity
from gis.tables import Merge, read_table


@pytest.fixture
def workbook(tmp_path):
    def write(fill, name="a.xlsx"):
        book = openpyxl.Workbook()
        fill(book.active)
        path = tmp_path / name
        book.save(path)
        return path

    return write


@pytest.fixture
def csv_file(tmp_path):
    def write(text, name="a.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return path

    return write


def rows_of(path, **options):
    (sheet,) = read_table(path, **options)
    return sheet.rows


def refusal(path, **options):
    with pytest.raises(FileProblem) as refused:
        read_table(path, **options)
    return refused.value


def test_cells_are_text_as_displayed(workbook):
    def fill(sheet):
        sheet.append(["0101", 101, 101.0, 12.5, 0.1 + 0.2, True, dt.date(2024, 1, 31), None, " x "])
        sheet["B1"].number_format = "0000"

    assert rows_of(workbook(fill)) == [
        ["0101", "0101", "101", "12.5", "0.3", "true", "2024-01-31", None, "x"]
    ]


def test_long_codes_stored_as_numbers(workbook):
    path = workbook(lambda sheet: sheet.append([500113001002017, 5.00113001002017e14, 91500113000000012]))
    (sheet,) = read_table(path)
    assert sheet.rows[0][:2] == ["500113001002017", "500113001002017"]
    assert [(f.code, f.severity, f.row, f.field) for f in sheet.findings] == [
        ("F13", Severity.WARNING, 1, "Sheet!C1")
    ]


def test_merged_blocks_hold_their_value_everywhere(workbook):
    def fill(sheet):
        sheet.append(["大类", "小类", "时限"])
        sheet.append(["公用设施", "上水井盖", "2小时"])
        sheet.append([None, "雨水箅子", "4小时"])
        sheet.merge_cells("A2:A3")

    (sheet,) = read_table(workbook(fill))
    assert [row[0] for row in sheet.rows] == ["大类", "公用设施", "公用设施"]
    assert sheet.merges == [Merge(1, 0, 2, 0)]


def with_merge(path, reference):
    """Write a merged block into a workbook without going through its library."""
    block = f'<mergeCells count="1"><mergeCell ref="{reference}"/></mergeCells><pageMargins'.encode()
    return with_changed(path, "xl/worksheets/sheet1.xml", b"<pageMargins", block)


def with_changed(path, part, old, new):
    """Change a part of a workbook byte for byte."""
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    assert old in parts[part]
    parts[part] = parts[part].replace(old, new)
    with zipfile.ZipFile(path, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return path


def test_a_merged_block_is_cut_to_what_is_filled(workbook):
    def fill(sheet):
        sheet["A1"] = "标题"
        sheet["A2"] = "a"
        sheet["B2"] = "b"

    (sheet,) = read_table(with_merge(workbook(fill), "A1:AAA1"))
    assert sheet.rows == [["标题", "标题"], ["a", "b"]]


@pytest.mark.parametrize("reference", ["A1:XFD1048576", "&#65;1:XFD1048576"])
def test_a_merged_block_of_the_whole_sheet_is_refused(workbook, reference):
    assert refusal(with_merge(workbook(lambda sheet: sheet.append(["x"])), reference)).code == "F07"


@pytest.mark.parametrize("reference", ["A1:XFD1048576", "XFD1048576:A1", "$A$1:$XFD$1048576", "A1:CV9999"])
def test_a_link_over_a_whole_block_is_refused(workbook, reference):
    block = f'<hyperlinks><hyperlink ref="{reference}" location="A1"/></hyperlinks><pageMargins'.encode()
    path = with_changed(
        workbook(lambda s: s.append(["x"])), "xl/worksheets/sheet1.xml", b"<pageMargins", block
    )
    assert refusal(path).code == "F07"


def test_a_link_at_a_cell_is_read(workbook):
    block = b'<hyperlinks><hyperlink ref="A1" location="A1"/></hyperlinks><pageMargins'
    path = with_changed(
        workbook(lambda s: s.append(["x"])), "xl/worksheets/sheet1.xml", b"<pageMargins", block
    )
    assert rows_of(path) == [["x"]]


LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))


@pytest.mark.parametrize(
    "part", ["[Content_Types].xml", "xl/workbook.xml", "xl/styles.xml", "xl/worksheets/sheet1.xml"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_definitions_that_unpack_to_more_of_themselves_are_refused(workbook, tmp_path, part, encoding):
    with zipfile.ZipFile(workbook(lambda sheet: sheet.append(["x"]))) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    text = parts[part].decode().partition("?>")[2] if b"<?xml" in parts[part] else parts[part].decode()
    doctype = f'<!DOCTYPE x [<!ENTITY a0 "0123456789">{LAUGHS}]>'
    parts[part] = f'<?xml version="1.0" encoding="{encoding}"?>{doctype}{text}'.encode(encoding)
    path = tmp_path / "laughs.xlsx"
    with zipfile.ZipFile(path, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    assert refusal(path).code == "F07"


@pytest.mark.parametrize("cells", [b'<row r="1">' + b"<c/>" * 21_000_000 + b"</row>", b"<row/>" * 21_000_000])
def test_more_cells_than_can_be_read_are_refused_by_their_number(workbook, cells):
    path = workbook(lambda sheet: sheet.append(["x"]))
    path = with_changed(path, "xl/worksheets/sheet1.xml", b"</sheetData>", cells + b"</sheetData>")
    assert refusal(path).code == "F07"


def test_a_wide_row_in_a_long_table_is_refused_not_filled_up(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("lon,lat\n" + "106.5,29.4\n" * 30_000 + "," * 3_000 + "x\n")
    assert refusal(path).code == "F07"


def test_a_stray_cell_far_away_is_refused_not_filled_up(workbook):
    def fill(sheet):
        sheet["A1"] = "x"
        sheet.cell(1_048_576, 16_384, "y")

    assert refusal(workbook(fill)).code == "F07"


def test_empty_rows_and_columns_at_the_end_are_cut_off(workbook):
    def fill(sheet):
        sheet["B2"] = "x"
        sheet["D9"].number_format = "0.00"

    assert rows_of(workbook(fill)) == [[None, None], [None, "x"]]


def test_every_visible_sheet_with_something_in_it(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "部件"
    book.active["A1"] = "x"
    book.create_sheet("空")
    hidden = book.create_sheet("隐藏")
    hidden["A1"] = "list"
    hidden.sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    assert [sheet.name for sheet in read_table(tmp_path / "a.xlsx")] == ["部件"]


def test_formulas_without_a_stored_value_are_noticed(workbook):
    def fill(sheet):
        sheet["A1"] = "x"
        sheet["A2"] = "=1+1"

    (sheet,) = read_table(workbook(fill))
    assert sheet.rows == [["x"]]
    assert [(f.code, f.row) for f in sheet.findings] == [("F13", 2)]


def test_error_values_are_noticed_and_are_no_text(workbook):
    def fill(sheet):
        sheet["A1"] = "x"
        sheet["B1"] = "#N/A"
        sheet["B1"].data_type = "e"

    (sheet,) = read_table(workbook(fill))
    assert sheet.rows == [["x"]]
    assert [f.code for f in sheet.findings] == ["F13"]


def test_a_workbook_with_nothing_in_it(workbook):
    assert refusal(workbook(lambda sheet: None)).code == "F06"


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04junk"])
def test_what_is_no_workbook_is_refused(csv_file, content):
    assert refusal(csv_file(content, "a.xlsx")).code == "F01"


def test_a_zip_that_is_no_workbook_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("x.txt", "hello")
    assert refusal(tmp_path / "a.xlsx").code == "F01"


@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "utf-8-sig", "utf-16"])
def test_csv_in_any_encoding(csv_file, encoding):
    text = "编码,名称\r\n0101,上水井盖\r\n0102,\r\n"
    expected = [["编码", "名称"], ["0101", "上水井盖"], ["0102", None]]
    assert rows_of(csv_file(text, encoding=encoding)) == expected


def test_csv_that_does_not_tell_its_encoding(csv_file):
    path = csv_file("name\nÑandú\n", encoding="latin-1")
    assert refusal(path).code == "F02"
    assert rows_of(path, encoding="latin1") == [["name"], ["Ñandú"]]


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_delimiters(csv_file, delimiter):
    text = (
        f"a{delimiter}b{delimiter}c\n1,5{delimiter}2{delimiter}3\n" if delimiter != "," else "a,b,c\n1,2,3\n"
    )
    assert len(rows_of(csv_file(text))[1]) == 3


def test_quotes_line_breaks_and_ragged_rows(csv_file):
    text = 'a,b\n"x, y","line 1\nline 2"\n1\n1,2,3\n'
    assert rows_of(csv_file(text)) == [
        ["a", "b", None],
        ["x, y", "line 1\nline 2", None],
        ["1", None, None],
        ["1", "2", "3"],
    ]


def test_a_quote_that_is_not_closed_swallows_nothing_silently(csv_file):
    assert refusal(csv_file('a,b\n"x,1\ny,2\nz,3\n')).code == "F01"


def test_a_damaged_line_is_named(csv_file):
    lines = ["编码,名称".encode("gbk")] + [f"{i},上水井盖".encode("gbk") for i in range(40)]
    lines[7] = b"7,\xff\xff"
    (sheet,) = read_table(csv_file(b"\n".join(lines)))
    assert [(f.code, f.row) for f in sheet.findings] == [("F09", 8)]
    assert sheet.rows[7][1] == "\ufffd\ufffd"


@pytest.mark.parametrize("content", [b"", b"\n\n", b" \r\n\0"])
def test_an_empty_csv(csv_file, content):
    assert refusal(csv_file(content)).code == "F06"


def test_what_is_no_table_is_a_usage_error(csv_file, tmp_path):
    with pytest.raises(UsageError):
        read_table(csv_file(b"x", "a.txt"))
    with pytest.raises(UsageError):
        read_table(tmp_path / "missing.csv")


def test_tables_of_a_folder(workbook, csv_file, tmp_path):
    workbook(lambda sheet: sheet.append(["a", "b"]), "1.xlsx")
    csv_file("c,d\n", "2.csv")
    csv_file("ignored", "3.txt")
    sheets = read_tables([tmp_path], dataset="rules")
    assert [sheet.path for sheet in sheets] == [f"{tmp_path.name}/1.xlsx", f"{tmp_path.name}/2.csv"]


def test_a_shapefile_is_no_table(csv_file):
    with pytest.raises(UsageError):
        read_tables([csv_file(b"x", "a.shp")], dataset="rules")
