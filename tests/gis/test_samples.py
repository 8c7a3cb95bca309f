"""A few rows as read: what a person sees of the encoding and the columns."""

import numpy as np
import pandas as pd

from gis.findings import Report
from gis.importing import ImportContext, ImportOptions, Prepared, run_import
from gis.layer import table_of
from gis.samples import sample_rows, sample_sheet
from gis.sheet import Sheet
from gis.text import language


def shown(rows):
    with language("en"):
        return str(rows)


def table(frame):
    return table_of(frame, np.full(len(frame), None, dtype=object))


def test_rows_with_text_outside_ascii_come_first():
    names = ["A1", "A2", "A3", "上水井盖", "A5", "路灯"]
    frame = pd.DataFrame({"_row": range(1, 7), "NAME": names, "N": [1, 2, np.nan, 4, 5, None]})
    expected = "row 1: NAME=A1, N=1.0; row 4: NAME=上水井盖, N=4.0; row 6: NAME=路灯"
    assert shown(sample_rows(table(frame))) == expected


def test_long_and_unprintable_values_are_cut_and_few_columns_shown():
    frame = pd.DataFrame([[1, *("abcdefgh"), "井\x01" + "盖" * 40]], columns=["_row", *"ABCDEFGH", "名称"])
    row = shown(sample_rows(table(frame)))
    assert row.startswith("row 1: A=a, B=b, C=c, D=d, E=e, 名称=井\ufffd")
    assert row.endswith("盖…")
    assert "F=" not in row


def test_frames_without_rows_or_columns():
    assert sample_rows(table(pd.DataFrame({"_row": []}))) is None
    assert sample_rows(table(pd.DataFrame({"_row": [1]}))) is None


def test_sheets_are_shown_with_their_headings():
    sheet = Sheet("a", [["编码", "名称"], ["1", None], ["2", "路灯"], ["3", "x"]])
    assert shown(sample_sheet(sheet)) == "row 1: 编码, 名称; row 2: 1; row 3: 2, 路灯"


def test_the_notes_of_an_import_show_three_rows(gpkg_registry, make_shapefile, column):
    cells = [text.encode("gbk") for text in ("上水井盖", "雨水箅子", "路灯")]
    shp = make_shapefile(columns=[column(b"NAME", cells)])

    def prepare(layers, context: ImportContext) -> Prepared:
        frame = layers[0].frame
        return Prepared("components", frame, frame.iloc[:0], Report("components", checked=3, accepted=3))

    report = run_import(gpkg_registry, "components", [shp], ImportOptions(dry_run=True), prepare)
    with language("en"):
        notes = [str(note) for note in report.notes]
    rows = "row 1: NAME=上水井盖; row 2: NAME=雨水箅子; row 3: NAME=路灯"
    assert f"layer.shp (layer), as read: {rows}" in notes
