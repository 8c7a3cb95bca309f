"""A regular grid of 100 m over Xuhui in Shanghai, and the district's outline in another datum."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import shapely

from gis.geodesic import geodesic_area
from gis.read import read_frame
from gis.registry import Registry

GRID = "cn-shanghai-xuhui-grid100m/徐汇区100m网格.geojson.gz"
OUTLINE = "cn-shanghai-xuhui-grid100m/310104.json"


def test_cells_fit_and_are_smaller_than_their_name_says(survey: Callable[..., Any]) -> None:
    found = survey("governance-grids", GRID, fields={"code": "cell_id"})
    assert (found.report.checked, found.report.accepted) == (7888, 7888)
    # A cell of the Web Mercator grid is 85.5 m wide on the ground; 57.6 km² in all.
    area = geodesic_area(found.geometries)
    assert np.sqrt(area.mean()) == pytest.approx(85.5, abs=0.1)
    assert area.sum() == pytest.approx(57.6e6, rel=0.002)
    assert found.overlaps == found.missed_overlaps() == []
    assert found.missed_holes() == []
    assert found.found("G01", "G02", "G03", "G04", "G16") == []


def test_cells_are_no_unit_grids(survey: Callable[..., Any]) -> None:
    found = survey("grids", GRID, fields={"code": "cell_id"})
    assert (found.report.checked, found.report.accepted, found.report.rejected) == (7888, 0, 7888)
    assert {finding.code for finding in found.report.errors} == {"G14"}
    assert len(found.report.errors) == 7888


def test_the_outline_fits_the_cells_when_its_datum_is_declared(survey: Callable[..., Any]) -> None:
    cells = shapely.union_all(survey("governance-grids", GRID, fields={"code": "cell_id"}).metres)

    def uncovered(**declared: str) -> float:
        outline = survey("divisions", OUTLINE, measured_in="EPSG:32651", **declared)
        assert (outline.report.accepted, outline.report.rejected) == (1, 0)
        return float(shapely.union_all(outline.metres).difference(cells).area)

    assert uncovered() > 4e6
    assert uncovered(crs="GCJ02") < 0.3e6


def test_outline_and_cells_live_in_one_registry(survey: Callable[..., Any], registry: Registry) -> None:
    survey("divisions", OUTLINE, registry=registry, crs="GCJ02")
    survey("governance-grids", GRID, registry=registry, fields={"code": "cell_id"})
    assert read_frame(registry, "divisions")["code"].tolist() == ["310104"]
    assert len(read_frame(registry, "governance-grids")) == 7888
