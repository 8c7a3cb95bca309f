from __future__ import annotations

import json

import geopandas
import pandas
import pytest
import shapely

from gis.findings import Finding, Severity
from gis.importing import ImportContext, ImportOptions
from gis.layer import LAYER, ROW, SourceLayer
from gis.mapping import Field
from gis.staging import Staging, stage, stage_frames
from gis.text import t

FIELDS = (Field("code", ("编码",), required=True), Field("name", ("名称",)))
POINT = shapely.Point(106.5, 29.4)


def layer(path: str, findings: list[Finding] | None = None, **columns: object) -> SourceLayer:
    size = len(next(iter(columns.values())))  # type: ignore[arg-type]
    frame = geopandas.GeoDataFrame(
        {ROW: range(1, size + 1), **columns}, geometry=[POINT] * size, crs="EPSG:4490"
    )
    return SourceLayer(path, path, frame, t("as given"), t("as given"), findings or [])


def staged(*layers: SourceLayer, **options: object) -> Staging:
    context = ImportContext(None, "places", ImportOptions(**options))  # type: ignore[arg-type]
    return stage(list(layers), FIELDS, context, dataset="places", key="code")


def test_layers_are_put_one_under_another_with_their_own_columns() -> None:
    staging = staged(layer("a.shp", 编码=["1", "2"], 高=[3, 4]), layer("b.shp", 名称=["三"], code=["3"]))
    assert len(staging) == 3
    assert staging.values("code").tolist() == ["1", "2", "3"]
    assert staging.values("name").tolist() == [None, None, "三"]
    assert staging.values(LAYER).tolist() == ["a.shp", "a.shp", "b.shp"]
    assert json.loads(staging.values("attributes")[1]) == {"高": 4}
    assert staging.has("name")
    assert not staging.has("高")


def test_a_layer_without_a_required_column_is_refused_and_the_others_are_not() -> None:
    staging = staged(layer("a.shp", 别的=["1", "2"]), layer("b.shp", code=["3"]))
    assert staging.refused.tolist() == [True, True, False]
    assert [(f.code, f.row) for f in staging.findings if f.severity == "error"] == [("F05", None)]


def test_rows_that_the_reader_refused_stay_refused_without_a_second_finding() -> None:
    broken = Finding("F11", Severity.ERROR, "places", t("as given"), row=2)
    staging = staged(layer("a.shp", code=["1", "2"]), layer("b.shp", [broken], code=["3", "4"]))
    assert staging.refused.tolist() == [False, False, False, True]
    assert staging.findings == []


def test_a_finding_names_the_row_its_layer_and_its_value() -> None:
    staging = staged(layer("a.shp", code=["1"]), layer("b.shp", code=["2", None]))
    staging.flag(1, "P02", Severity.WARNING, t("as given"), field="code")
    staging.flag(2, "P02", Severity.ERROR, t("as given"), field="name", value="x")
    first, second = staging.findings
    assert (first.row, first.layer, first.id, first.value, first.geometry) == (1, "b.shp", "2", "2", POINT)
    assert (second.row, second.id, second.value) == (2, None, "x")
    assert staging.refused.tolist() == [False, False, True]
    assert str(staging.name_of(2)) == "第 2 行"
    assert str(staging.where(2)) == "b.shp 第 2 行"


def test_every_row_is_accepted_or_rejected_with_its_original_columns() -> None:
    staging = staged(layer("a.shp", 编码=["1", "2", "3"], 名称=["甲", "乙", "丙"]))
    staging.flag(1, "P02", Severity.ERROR, t("as given"))
    prepared = staging.prepared(staging.accepted())
    report = prepared.report
    assert (report.checked, report.accepted, report.rejected) == (3, 2, 1)
    assert prepared.frame["code"].tolist() == ["1", "3"]
    assert prepared.rejected[["编码", "名称", LAYER]].to_numpy().tolist() == [["2", "乙", "a.shp"]]


@pytest.mark.parametrize(
    ("dataset", "geometry", "wanted"),
    [
        ("divisions", shapely.box(0, 0, 1, 1), "MultiPolygon"),
        ("streets", shapely.LineString([(0, 0), (1, 1)]), "MultiLineString"),
        ("addresses", shapely.MultiPoint([(0, 0)]), "Point"),
        ("components", shapely.MultiPolygon([shapely.box(0, 0, 1, 1)]), "Polygon"),
        ("components", shapely.Point(0, 0, 5), "Point"),
    ],
)
def test_geometries_become_those_of_the_dataset(
    dataset: str, geometry: shapely.Geometry, wanted: str
) -> None:
    frame = geopandas.GeoDataFrame({ROW: [1], "code": ["1"]}, geometry=[geometry], crs="EPSG:4490")
    context = ImportContext(None, dataset, ImportOptions())  # type: ignore[arg-type]
    staging = stage_frames([("a", frame)], FIELDS, context, dataset=dataset, key="code")
    (stored,) = staging.accepted().geometry
    assert stored.geom_type == wanted
    assert not stored.has_z


def test_values_that_a_field_loses_are_kept_as_attributes() -> None:
    staging = staged(layer("a.shp", code=["1", "2"], 高=[3, 4]))
    staging.keep("code", {1: "old"})
    assert [json.loads(text) for text in staging.values("attributes")] == [
        {"高": 3},
        {"高": 4, "code": "old"},
    ]


def test_missing_values_are_none_and_fields_are_not_written_to_by_accident() -> None:
    staging = staged(layer("a.shp", code=["1", "2"]))
    staging.set("name", pandas.Series(["甲", float("nan")]))
    assert staging.values("name").tolist() == ["甲", None]
    staging.fill("name", "乙")
    assert staging.values("name").tolist() == ["甲", "乙"]
    with pytest.raises(ValueError, match="read-only"):
        staging.values("name")[0] = "丙"


def test_rows_taken_out_are_a_staging_of_their_own() -> None:
    staging = staged(layer("a.shp", code=["1", "2", "3"], name=["一", "二", "三"]))
    staging.flag(1, "P02", Severity.ERROR, t("as given"))
    taken = staging.take_out(staging.values("code") != "1")
    assert (len(staging), len(taken)) == (1, 2)
    assert taken.values("name").tolist() == ["二", "三"]
    assert taken.refused.tolist() == [True, False]
    assert (len(staging.findings), taken.findings) == (1, [])
    assert taken.row_number(1) == 3
    assert len(taken.geometries) == 2
    taken.flag(1, "P02", Severity.ERROR, t("as given"))
    assert staging.prepared(staging.accepted()).rejected.empty
    assert taken.prepared(taken.accepted()).rejected["code"].tolist() == ["2", "3"]


def test_areas_are_kept_for_the_report_row_by_row_with_what_became_of_them() -> None:
    shapes = [shapely.box(0, 0, 1, 1), None, shapely.Polygon()]
    frame = geopandas.GeoDataFrame(
        {ROW: [1, 2, 3], "编码": ["1", None, "3"]}, geometry=shapes, crs="EPSG:4490"
    )
    source = SourceLayer("a.shp", "a", frame, t("as given"), t("as given"))
    context = ImportContext(None, "divisions", ImportOptions())  # type: ignore[arg-type]
    staging = stage([source], FIELDS, context, dataset="divisions", key="code")
    staging.flag(1, "G13", Severity.ERROR, t("as given"))
    areas = staging.prepared(staging.accepted()).areas
    assert areas is not None
    assert (areas.layer.tolist(), areas.row.tolist()) == (["a.shp"] * 3, [1, 2, 3])
    assert (areas.id.tolist(), areas.refused.tolist()) == (["1", None, "3"], [False, True, False])
    assert areas.drawable().tolist() == [0]


def test_points_are_not_kept_for_the_report() -> None:
    staging = staged(layer("a.shp", 编码=["1"]))
    assert staging.prepared(staging.accepted()).areas is None
