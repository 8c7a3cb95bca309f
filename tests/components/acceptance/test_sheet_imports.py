"""Map sheets from somebody else: their numbers, scales and outlines."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely

from components.acceptance.sheet_imports import prepare_sheets
from gis.crs import STORED, transform_geometries
from gis.importing import ImportContext, ImportOptions
from gis.read import read_frame


def box(west: float, wide: float = 0.01) -> shapely.Polygon:
    return shapely.box(106 + west, 29, 106 + west + wide, 29.01)


def test_sheets_are_taken_into_the_registry_and_come_back(deliveries: Any) -> None:
    rows: list[dict[str, object]] = [
        {"图号": "250.25-500.00", "图名": "人民路", "比例尺": "1:500", "测图单位": "甲"},
        {"图号": "250.00-500.00", "图名": None, "比例尺": "500", "测图单位": None},
        {"图号": "250.0-500.0", "图名": None, "比例尺": "1：1000", "测图单位": None},
    ]
    prepared = deliveries.load(
        prepare_sheets, deliveries.layer(rows, [box(0), box(0.01), box(0, 0.02)]), kind="sheets"
    )
    assert [(f.code, f.severity) for f in prepared.report.findings if f.severity != "info"] == []
    frame = read_frame(deliveries.registry, "sheets")
    assert frame[["scale", "code"]].to_numpy().tolist() == [
        ["1000", "250.0-500.0"],
        ["500", "250.00-500.00"],
        ["500", "250.25-500.00"],
    ]
    assert frame["name"].tolist()[2] == "人民路"
    assert "甲" in frame["attributes"].tolist()[2]
    assert shapely.area(frame.geometry.to_numpy()).tolist() == pytest.approx([2e-4, 1e-4, 1e-4])


@pytest.mark.parametrize(
    ("rows", "places", "expected"),
    [
        ([{"图号": "10-21", "比例尺": None}], [box(0)], [("F05", "error")]),
        ([{"图号": "10-21", "比例尺": "大"}], [box(0)], [("F05", "error")]),
        ([{"图号": None, "比例尺": "500"}], [box(0)], [("G13", "error")]),
        ([{"图号": "10.00-21.00"}], [shapely.Point(106, 29)], [("F11", "error")]),
        ([{"图号": "10.00-21.00"}, {"图号": "10.00-21.25"}], [box(0), box(0.005)], [("G03", "warning")]),
    ],
)
def test_what_is_wrong_with_a_sheet_is_found(
    deliveries: Any, rows: list[dict[str, object]], places: list[object], expected: list[tuple[str, str]]
) -> None:
    prepared = deliveries.prepare(prepare_sheets, deliveries.layer(rows, places), kind="sheets")
    found = [(f.code, str(f.severity)) for f in prepared.report.findings if f.severity != "info"]
    assert found == expected


def test_one_number_may_be_there_in_two_scales_and_overlap(gpkg_registry: Any) -> None:
    from tests.conftest import Deliveries

    deliveries = Deliveries(gpkg_registry)
    rows: list[dict[str, object]] = [{"图号": "7", "比例尺": "500"}, {"图号": "7", "比例尺": "1000"}]
    layer = deliveries.layer(rows, [box(0), box(0, 0.02)])
    prepared = prepare_sheets([layer], ImportContext(gpkg_registry, "sheets", ImportOptions()))
    assert [f.code for f in prepared.report.findings if f.severity != "info"] == []
    assert len(prepared.frame) == 2


def test_the_scale_may_be_said_for_all(gpkg_registry: Any) -> None:
    from tests.conftest import Deliveries

    layer = Deliveries(gpkg_registry).layer([{"图号": "7"}], [box(0)])
    options = ImportOptions(constants={"scale": "500"})
    prepared = prepare_sheets([layer], ImportContext(gpkg_registry, "sheets", options))
    assert prepared.frame["scale"].tolist() == ["500"]


@pytest.mark.parametrize(
    ("number", "zone", "away"),
    [
        ("3254.25-358.75", "EPSG:4545", 0),
        ("3254.25-36358.75", "EPSG:4545", 0),
        ("3254.25-500.25", "EPSG:4544", 0),
        ("3254.50-358.75", "EPSG:4545", 250),
        ("254.25-358.75", "EPSG:4545", None),
        ("J-50-1", "EPSG:4545", None),
    ],
)
def test_a_sheet_that_lies_elsewhere_than_its_number_says_is_reported(
    gpkg_registry: Any, number: str, zone: str, away: int | None
) -> None:
    from tests.conftest import Deliveries

    easting = float(number.rpartition("-")[2]) * 1000 % 1_000_000 if away is not None else 358_750
    frame = np.array([shapely.box(easting, 3_254_250, easting + 250, 3_254_500)], dtype=object)
    layer = Deliveries(gpkg_registry).layer([{"图号": number}], transform_geometries(frame, zone, STORED))
    context = ImportContext(gpkg_registry, "sheets", ImportOptions(constants={"scale": "500"}))
    found = [f for f in prepare_sheets([layer], context).report.findings if f.code == "G19"]
    assert [f.message.params["away"] for f in found] == ([str(away)] if away else [])
