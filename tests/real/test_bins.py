"""Waste bins of Philadelphia: as GeoJSON, and as CSV with degrees and hex, or with no coordinates at all."""

from __future__ import annotations

import geopandas
import numpy as np
import orjson
import pytest
import shapely

from gis.read import read_frame
from tests.real.foreign import Foreign, found, refusals

FOLDER = "us-philadelphia-bins"
WIRE, SOLAR = f"{FOLDER}/WasteBaskets_Wire", f"{FOLDER}/wastebaskets_big_belly"
BINS = {"class_code": "03005"}
CORNERS = {"position_text": "ADDRESS"}
WIRE_ROWS, SOLAR_ROWS = 352, 968


@pytest.fixture
def bins(foreign: Foreign) -> Foreign:
    """A registry of Philadelphia."""
    foreign.county(-75.4, 39.8, -74.9, 40.2)
    return foreign


def test_every_bin_becomes_a_component_with_what_the_list_says_of_it(bins: Foreign) -> None:
    report = bins.load(f"{WIRE}.geojson", constants=BINS, fields=CORNERS)
    assert (report.checked, report.accepted) == (WIRE_ROWS, WIRE_ROWS)
    assert report.errors == []
    stored = read_frame(bins.registry, "components")
    delivered = geopandas.read_file(bins.data / f"{WIRE}.geojson")
    assert sorted(stored["position_text"]) == sorted(text.strip() for text in delivered["ADDRESS"])
    assert set(stored["name"]) == {"垃圾箱"}
    assert sorted(stored["id"]) == [f"99000103005{number:06d}" for number in range(1, WIRE_ROWS + 1)]
    kept = [orjson.loads(text) for text in stored["attributes"]]
    assert {row["OBJECTID"] for row in kept} == set(delivered["OBJECTID"])
    assert {"SE", "SW", "NE", "NW"} <= {row.get("CORNERSIDE") for row in kept}


def test_a_table_without_coordinates_is_refused_whole(bins: Foreign) -> None:
    report = bins.refusal(f"{WIRE}.csv", constants=BINS, fields=CORNERS)
    assert refusals(report) == {"F05": 1}


def test_the_table_stands_where_the_features_stand(bins: Foreign) -> None:
    table = bins.load(f"{SOLAR}.csv", constants=BINS)
    assert (table.checked, table.accepted) == (SOLAR_ROWS, SOLAR_ROWS)
    # Degrees of a table are said to have been taken as such; its geometry in hex is text like any other.
    assert [finding.severity for finding in found(table, "F03")] == ["warning"]
    delivered = geopandas.read_file(bins.data / f"{SOLAR}.geojson")
    stored = read_frame(bins.registry, "components")
    numbers = [int(orjson.loads(text)["objectid"]) for text in stored["attributes"]]
    places = dict(zip(numbers, stored.geometry, strict=True))
    assert places.keys() == set(delivered["objectid"])
    moved = [
        shapely.distance(places[number], place)
        for number, place in zip(delivered["objectid"], delivered.geometry, strict=True)
    ]
    # The features have six decimals, eleven centimetres.
    assert np.max(moved) < 1e-6


def test_both_lists_are_one_delivery(bins: Foreign) -> None:
    report = bins.load(f"{WIRE}.geojson", f"{SOLAR}.geojson", constants=BINS)
    assert [file.checked for file in report.files] == [WIRE_ROWS, SOLAR_ROWS]
    assert (report.checked, report.rejected) == (WIRE_ROWS + SOLAR_ROWS, 0)


def test_a_class_that_is_not_said_refuses_every_row(bins: Foreign) -> None:
    report = bins.check(f"{WIRE}.geojson", standard="2026")
    assert (report.checked, report.accepted) == (WIRE_ROWS, 0)
    assert refusals(report) == {"C04": WIRE_ROWS}
