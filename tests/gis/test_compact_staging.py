"""Staging column by column: findings are summed up, values kept, and nothing is lost."""

import geopandas as gpd
import numpy as np
import orjson
import pandas as pd
import pytest
import shapely

from components.fields import COMPONENT_FIELDS
from gis import compact_staging, texts
from gis.compact_staging import stage_compact
from gis.errors import DataRefused
from gis.findings import Severity
from gis.importing import ImportContext, ImportOptions
from gis.layer import SourceLayer
from gis.text import language, t


def staged(deliveries, *layers, **options):
    context = ImportContext(deliveries.registry, "components", ImportOptions(**options))
    return stage_compact(layers, COMPONENT_FIELDS, context, dataset="components", key="id")


def lamps(deliveries, count, path="a.shp", **columns):
    rows = [{"ObjID": str(n), **{name: values[n] for name, values in columns.items()}} for n in range(count)]
    return deliveries.layer(rows, [shapely.Point(106.5, 29.5)] * count, path)


def test_findings_of_one_kind_are_summed_up(deliveries, monkeypatch):
    monkeypatch.setitem(compact_staging.TOLD, Severity.ERROR, 3)
    staging = staged(deliveries, lamps(deliveries, 10), lamps(deliveries, 10, "b.shp"))
    rows = np.arange(5, 15)
    staging.flag_rows(
        rows, "C01", Severity.ERROR, lambda at: {"message": t("x"), "field": "id", "hint": t("y")}
    )
    told, rest = staging.findings[:-1], staging.findings[-1]
    assert [(finding.row, finding.layer, finding.id) for finding in told] == [
        (6, "a.shp", "5"),
        (7, "a.shp", "6"),
        (8, "a.shp", "7"),
    ]
    assert (rest.code, rest.severity, rest.count, rest.row, rest.field) == (
        "C01",
        Severity.ERROR,
        7,
        None,
        "id",
    )
    with language("en"):
        assert str(rest.message) == "7 more like this, the last in row 5 of b.shp"
    assert np.flatnonzero(staging.refused).tolist() == rows.tolist()
    report = staging.prepared(staging.accepted()).report
    assert report.by_code()["C01"] == 10
    assert [finding.get("count") for finding in report.to_dict()["findings"] if finding["code"] == "C01"] == [
        None,
        None,
        None,
        7,
    ]


def test_notes_refuse_nothing(deliveries):
    staging = staged(deliveries, lamps(deliveries, 3))
    staging.flag_rows(np.array([1]), "C18", Severity.INFO, lambda _: {"message": t("x")})
    assert not staging.refused.any()
    assert len(staging.accepted()) == 3


def test_values_are_kept_beside_those_that_are_there(deliveries):
    staging = staged(deliveries, lamps(deliveries, 3, MATERIAL=["铁", None, "铁"]))
    staging.keep("old", {0: "a", 1: "b"})
    kept = [None if text is None else orjson.loads(text) for text in staging.values("attributes")]
    assert kept == [{"MATERIAL": "铁", "old": "a"}, {"old": "b"}, {"MATERIAL": "铁"}]
    staging.keep("old", {})
    assert [None if text is None else orjson.loads(text) for text in staging.values("attributes")] == kept


def test_values_are_kept_beside_texts_that_all_differ(deliveries, monkeypatch):
    monkeypatch.setattr(texts, "FEW", 0)
    staging = staged(deliveries, lamps(deliveries, 3, SPEC=["x", "y", None]))
    assert isinstance(staging.column("attributes"), texts.Plain)
    staging.keep("old", {0: "a", 2: "b"})
    kept = [orjson.loads(text) for text in staging.values("attributes")]
    assert kept == [{"SPEC": "x", "old": "a"}, {"SPEC": "y"}, {"old": "b"}]


def test_advice_that_differs_is_not_given_for_the_rest(deliveries, monkeypatch):
    monkeypatch.setitem(compact_staging.TOLD, Severity.WARNING, 1)
    staging = staged(deliveries, lamps(deliveries, 3))
    staging.flag_rows(
        np.arange(3), "C07", Severity.WARNING, lambda at: {"message": t("x"), "hint": t("row {row}", row=at)}
    )
    assert [finding.hint is None for finding in staging.findings] == [False, True]


def test_refused_rows_come_back_with_their_own_columns(deliveries):
    staging = staged(
        deliveries,
        lamps(deliveries, 2, MATERIAL=["铁", "木"]),
        lamps(deliveries, 2, "b.shp", SPEC=["x", "y"]),
    )
    staging.refused[[1, 2]] = True
    rejected = staging.rejected()
    assert rejected[["_layer", "_row"]].to_numpy().tolist() == [["a.shp", 2], ["b.shp", 1]]
    assert rejected["MATERIAL"].iloc[0] == "木"
    assert rejected["SPEC"].iloc[1] == "x"
    assert rejected.geometry.iloc[0] == shapely.Point(106.5, 29.5)
    accepted = staging.accepted()
    assert accepted.columns["id"].slice(0, 2) == ["0", "1"]
    assert accepted.rows.tolist() == [1, 2]


@pytest.mark.parametrize(
    ("column", "bad"), [("ObjName", "a\ud800"), ("MATERIAL", "a\ud800"), ("ObjName", "a\0b")]
)
def test_what_is_no_text_is_refused(deliveries, column, bad):
    columns = {"_row": [1, 2], "ObjID": ["1", "2"], column: pd.Series(["x", bad], dtype=object)}
    frame = gpd.GeoDataFrame(columns, geometry=[shapely.Point(106.5, 29.5)] * 2, crs="EPSG:4490")
    with pytest.raises(DataRefused) as refused:
        staged(deliveries, SourceLayer("a.shp", "a", frame, t("as given"), t("as given")))
    assert "Unicode" in str(refused.value.expected)


def test_a_multi_of_one_part_becomes_the_part(deliveries):
    shapes = [shapely.MultiPoint([(1, 2)]), shapely.MultiPoint([(1, 2), (3, 4)]), None]
    layer = deliveries.layer([{"ObjID": "1"}] * 3, shapes)
    kinds = [place and place.geom_type for place in staged(deliveries, layer).accepted().places.geometries()]
    assert kinds == ["Point", "MultiPoint", None]
