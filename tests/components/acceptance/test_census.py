"""The components that are accepted, from a registry or from a delivery, and how their classes compare."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from components.acceptance.census import COLUMNS, Census, delivered_census, registry_census
from components.acceptance.inspection import inspect
from components.acceptance.matching import How, match
from components.acceptance.settings import AcceptanceSettings
from components.catalogue import SHIPPED, Catalogue
from gis.editions import commit
from gis.importing import ImportOptions
from gis.registry import Registry
from gis.text import t
from tests.components.acceptance.conftest import array, census_of, place, points_of, sheets_of


def store(registry: Registry, places: list[tuple[float, float]], states: list[str | None]) -> None:
    rows = {
        "id": [f"5001130101{at:06d}" for at in range(1, len(places) + 1)],
        "class_code": "0101",
        "standard": "2013",
        "state": states,
    }
    points = [place(x, y) for x, y in places]
    commit(registry, "components", gpd.GeoDataFrame(rows, geometry=points, crs=4490))


def test_only_what_is_near_the_sheets_is_read_and_nothing_twice(registry: Registry) -> None:
    """Neighbouring sheets: what stands between them lies near both."""
    store(registry, [(249, 10), (251, 10), (10, 10), (5000, 10)], ["完好"] * 4)
    census = registry_census(registry, sheets_of((0, 0), (250, 0)).geometries)
    assert [text[-1] for text in census.rows["id"]] == ["1", "2", "3"]
    assert census.standard == "2013"
    assert census.rows["owner_name"].tolist() == [None] * 3


def test_what_was_taken_away_takes_no_part(registry: Registry) -> None:
    store(registry, [(10, 10), (20, 10), (30, 10)], ["移除", "丢失", None])
    census = registry_census(registry, sheets_of((0, 0)).geometries)
    assert [text[-1] for text in census.rows["id"]] == ["2", "3"]
    assert [note.params for note in census.notes] == [{"n": 1}]


def test_an_empty_registry_has_an_empty_census(registry: Registry) -> None:
    census = registry_census(registry, sheets_of((0, 0)).geometries)
    assert len(census) == len(census.infos()) == len(census.keys()) == 0
    pairs = match(points_of([(1, 1, "0101")]), census, AcceptanceSettings())
    assert len(pairs.point) == 0


def test_rows_that_an_import_would_refuse_take_no_part_and_are_told(
    gpkg_registry: Registry, tmp_path: Path
) -> None:
    rows = {
        "ObjID": ["5001130101000001", "5001130101000002", "50011301010"],
        "ObjName": "上水井盖",
        "ObjState": ["完好", "移除", "完好"],
    }
    frame = gpd.GeoDataFrame(rows, geometry=[place(10.0 * n, 10) for n in range(3)], crs=4490)
    frame.to_file(tmp_path / "census.gpkg")
    census, findings = delivered_census(
        gpkg_registry, [tmp_path / "census.gpkg"], ImportOptions(standard="2013", dry_run=True)
    )
    assert census.rows["id"].tolist() == ["5001130101000001"]
    assert "C01" in {finding.code for finding in findings}
    assert len(gpd.read_file(gpkg_registry.url, layer="components")) == 0


def test_classes_of_two_editions_are_compared_by_name() -> None:
    census = census_of([(0, 0, "0101"), (10, 0, "02001"), (20, 0, "99999")])
    rows = census.rows.assign(standard=["2013", "2026", "2026"])
    mixed = replace(census, rows=rows)
    name = SHIPPED.info("2026", "02001")
    assert name is not None
    [same] = SHIPPED.called("2013", name.name)
    assert mixed.keys().tolist() == ["0101", same.code, "2026:99999"]


def test_a_sub_class_counts_as_its_minor_class() -> None:
    minor = SHIPPED.info("2013", "0101")
    assert minor is not None
    own = replace(minor, code="010101", name="方形上水井盖", local=True, parent_code="0101")
    census = replace(census_of([(5, 5, "010101")]), catalogue=Catalogue([own]))
    found = match(points_of([(5, 5, "0101")]), census, AcceptanceSettings())
    assert found.how.tolist() == [How.CLASS]


@pytest.mark.parametrize("kind", ["line", "area"])
def test_a_point_in_a_line_or_an_area_is_on_its_place_and_measures_nothing(kind: str) -> None:
    corners = [place(x, y) for x, y in ((10, 10), (60, 10), (60, 40))]
    shape = shapely.LineString(corners) if kind == "line" else shapely.Polygon(corners)
    rows = pd.DataFrame({name: [None] for name in COLUMNS}, dtype=object)
    rows["id"], rows["class_code"], rows["standard"] = "5001130401000001", "0407", "2013"
    geometries = array([shape])
    middle = np.asarray(shapely.point_on_surface(geometries), dtype=object)
    census = Census(rows, geometries, middle, "2013", SHIPPED, t("as given"), [])
    result = inspect(sheets_of((0, 0)), census, points_of([(58, 11, "0407")]), AcceptanceSettings())
    judgement = result.judgement
    assert judgement.paired.tolist() == [True]
    assert not judgement.measured.any()
    assert result.accuracies == []
    assert judgement.distance_m[0] < 3
