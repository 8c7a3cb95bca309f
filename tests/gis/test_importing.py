"""One delivery, one edition: all of it, or nothing, or what was asked for."""

import json

import pandas as pd
import pytest

from gis.editions import Change, get_edition, list_editions
from gis.errors import DataRefused, FileProblem
from gis.findings import Finding, Report, Severity
from gis.importing import ImportOptions, Prepared, read_sheets, run_import
from gis.mapping import Field, map_fields
from gis.read import read_frame
from gis.text import language, t

FIELDS = [
    Field("code", ("编号",), required=True),
    Field("name", ("名称",)),
    *map(Field, ("type", "aliases", "address", "street_name")),
]
GOOD = "编号,名称,lon_84,lat_84,备注\nP1,上水井盖,106.55,29.56,x\nP2,路灯,106.56,29.57,\n"
BAD = GOOD + ",无编号,106.57,29.58,\n"


def prepare(layers, context):
    """Take rows with a code; what an importer does, as short as can be."""
    options = context.options
    report = Report(context.kind)
    mapped = []
    for layer in layers:
        frame, findings = map_fields(
            layer.frame, FIELDS, given=options.fields, constants=options.constants, dataset=context.kind
        )
        report.add(findings)
        mapped.append(frame)
    frame = pd.concat(mapped, ignore_index=True)
    source = pd.concat([layer.frame for layer in layers], ignore_index=True)
    missing = frame["code"].isna()
    for row in frame.loc[missing, "_row"]:
        report.add([Finding("G13", Severity.ERROR, context.kind, t("Code missing"), row=int(row))])
    report.checked, report.accepted, report.rejected = len(frame), int((~missing).sum()), int(missing.sum())
    accepted = frame[~missing].drop(columns="_row")
    return Prepared(context.kind, accepted, source[missing], report)


@pytest.fixture
def delivery(tmp_path):
    def write(text, name="places.csv"):
        path = tmp_path / name
        path.write_bytes(text.encode("gbk"))
        return path

    return write


def load(registry, path, reader=None, prepare=prepare, **options):
    return run_import(registry, "places", [path], ImportOptions(**options), prepare, reader=reader)


def test_a_sound_delivery_becomes_an_edition(registry, delivery):
    report = load(registry, delivery(GOOD), source="census")
    assert (report.checked, report.accepted, report.rejected) == (2, 2, 0)
    assert report.edition is not None
    frame = read_frame(registry, "places")
    assert sorted(frame["name"]) == ["上水井盖", "路灯"]
    assert frame.geometry.x.min() == pytest.approx(106.55)
    assert json.loads(frame.set_index("code")["attributes"]["P1"])["备注"] == "x"
    (edition,) = list_editions(registry)
    assert (edition.id, edition.source, edition.added) == (report.edition, "census", 2)
    assert get_edition(registry, edition.id).report["checked"] == 2


def test_what_a_delivery_does_to_other_datasets_is_in_the_same_edition(registry, delivery):
    load(registry, delivery(GOOD))

    def prepare_more(layers, context):
        prepared = prepare(layers, context)
        also = Change("retirements", pd.DataFrame({"kind": ["places"], "code": ["P2"], "name": ["路灯"]}))
        prepared.frame = prepared.frame[:1]
        prepared.also, prepared.retired = [also], [("P2",)]
        return prepared

    report = load(registry, delivery(GOOD), prepare=prepare_more)
    assert get_edition(registry, report.edition).datasets == ("places", "retirements")
    assert read_frame(registry, "places")["code"].tolist() == ["P1"]
    assert read_frame(registry, "retirements")["code"].tolist() == ["P2"]


def test_the_report_says_how_the_files_were_understood(registry, delivery):
    report = load(registry, delivery(GOOD), dry_run=True)
    with language("en"):
        notes = [str(note) for note in report.notes]
    assert notes[0].startswith("places.csv (places): GBK: nothing declares it")
    assert "EPSG:4326" in notes[1]


def test_the_report_counts_the_rows_of_each_file_as_far_as_they_are_known(registry, delivery):
    (file,) = load(registry, delivery(GOOD), dry_run=True).files
    assert (file.name, file.checked, file.rejected, file.accepted) == ("places", 2, 0, 2)
    assert "GB18030" in str(file.encoding) or "GBK" in str(file.encoding)
    # this importer keeps no source of its rows
    (file,) = load(registry, delivery(BAD), dry_run=True).files
    assert (file.checked, file.rejected, file.accepted) == (3, None, None)

    def prepare_with_sources(layers, context):
        prepared = prepare(layers, context)
        prepared.rejected = prepared.rejected.assign(_layer=layers[0].path)
        return prepared

    (file,) = load(registry, delivery(BAD), prepare=prepare_with_sources, dry_run=True).files
    assert (file.checked, file.rejected, file.accepted) == (3, 1, 2)


def test_errors_refuse_the_whole_delivery(registry, delivery):
    with pytest.raises(DataRefused) as refused:
        load(registry, delivery(BAD))
    report = refused.value.report
    assert (report.rejected, report.edition) == (1, None)
    assert list(report.rejected_rows["名称"]) == ["无编号"]
    assert len(read_frame(registry, "places")) == 0
    assert list_editions(registry) == []


def test_partial_commits_the_sound_rows_and_returns_the_others(registry, delivery):
    report = load(registry, delivery(BAD), partial=True)
    assert report.edition is not None
    assert len(read_frame(registry, "places")) == 2
    assert list(report.rejected_rows["名称"]) == ["无编号"]
    assert [finding.code for finding in report.errors] == ["G13"]


def test_partial_without_any_sound_row_is_refused(registry, delivery):
    with pytest.raises(DataRefused) as refused:
        load(registry, delivery("编号,名称,lon_84,lat_84\n,x,106,29\n"), partial=True)
    assert refused.value.report.accepted == 0
    assert list_editions(registry) == []


@pytest.mark.parametrize("text", [GOOD, BAD])
def test_a_dry_run_changes_nothing_and_tells_everything(registry, delivery, text):
    report = load(registry, delivery(text), dry_run=True)
    assert report.edition is None
    assert report.checked == text.count("\n") - 1
    assert list_editions(registry) == []


def test_fields_and_constants_reach_the_importer(registry, delivery):
    path = delivery(GOOD.replace("编号", "ID"))
    load(registry, path, fields={"code": "ID"}, constants={"type": "井盖"})
    assert set(read_frame(registry, "places")["type"]) == {"井盖"}


def test_a_required_column_that_is_missing_refuses(registry, delivery):
    with pytest.raises(DataRefused) as refused:
        load(registry, delivery(GOOD.replace("编号", "ID")))
    assert "F05" in refused.value.report.by_code()


def test_the_same_delivery_again_is_an_edition_without_changes(registry, delivery):
    load(registry, delivery(GOOD))
    load(registry, delivery(GOOD))
    assert sorted((edition.added, edition.unchanged) for edition in list_editions(registry)) == [
        (0, 2),
        (2, 0),
    ]


def test_an_unreadable_file_reaches_the_caller_with_its_code(registry, delivery):
    with pytest.raises(FileProblem) as refused:
        load(registry, delivery("编号,x,y\nP1,359474,3272217\n"))
    assert refused.value.code == "F03"
    assert refused.value.report.by_code() == {"F03": 1}
    assert list_editions(registry) == []


def test_a_declared_system_and_encoding_are_used(registry, delivery):
    path = delivery("编号,x,y\nP1,359474.087,3272217.299\n")
    load(registry, path, crs="EPSG:4545", encoding="gbk")
    frame = read_frame(registry, "places")
    assert frame.geometry.y[0] == pytest.approx(29.56, abs=1e-8)


def test_tables_can_be_read_as_sheets(registry, delivery):
    seen = []

    def prepare_sheets(sheets, context):
        seen.extend(sheets)
        return Prepared(context.kind, pd.DataFrame(), pd.DataFrame(), Report(context.kind))

    load(registry, delivery(GOOD), reader=read_sheets, prepare=prepare_sheets, dry_run=True)
    assert seen[0].rows[1][:2] == ["P1", "上水井盖"]


def test_datasets_without_geometry_are_read_as_sheets(registry, delivery):
    def prepare_sheets(sheets, context):
        assert [row[0] for row in sheets[0].rows] == ["编号", "P1", "P2"]
        return Prepared(context.kind, pd.DataFrame(), pd.DataFrame(), Report(context.kind))

    options = ImportOptions(dry_run=True)
    run_import(registry, "organisations", [delivery(GOOD)], options, prepare_sheets)
