"""Ward boundaries of Indian cities: real topological faults, and files that cannot be taken as they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import shapely

from gis.findings import Severity

FOLDER = "in-messy-wards"
# File, column of codes; rows, invalid; overlaps over 1 m², largest, total; holes, of them below 500 m².
MEASURED = [
    ("Delhi_Wards-SHP.zip", "Ward_No", 290, 0, 506, 6_393, 327_984, 629, 434),
    ("NMC_ElectoralWards.geojson", "Name", 111, 11, 242, 402_750, 487_859, 795, 770),
    ("pcmc-electoral-wards.geojson", "wardnum", 66, 0, 123, 4_232, 34_977, 750, 740),
    ("pune-electoral-wards_2012.geojson", "wardnum", 76, 0, 48, 8_345, 23_894, 263, 253),
    ("pune-admin-wards_2017.geojson", "name", 15, 0, 30, 8_641, 15_385, 942, 938),
    ("vardodara_wards.geojson", "ward_no", 12, 2, 25, 72_039, 466_715, 168, 83),
    ("Jaipur_Wards-SHP.zip", "WARD_NO", 77, 0, 1, 10_913, 10_913, 35, 35),
    ("Police_Jurisdiction.geojson", "OBJECTID", 17, 0, 4, 139, 146, 27, 27),
]
# Codes and severities of the same files: what a surveyor reads.
FOUND = {
    "Delhi_Wards-SHP.zip": {"G03 warning": 510, "G04 warning": 616, "G13 error": 1},
    "NMC_ElectoralWards.geojson": {"G01 warning": 11, "G03 warning": 253, "G04 warning": 770, "G04 info": 13},
    "pcmc-electoral-wards.geojson": {"G03 warning": 129, "G04 warning": 738, "G04 info": 10},
    "pune-electoral-wards_2012.geojson": {"G03 warning": 67, "G04 warning": 258},
    "pune-admin-wards_2017.geojson": {"G03 warning": 30, "G04 warning": 906},
    "vardodara_wards.geojson": {"G01 warning": 2, "G03 warning": 25, "G04 warning": 167},
    "Jaipur_Wards-SHP.zip": {"G03 warning": 1},
    "Police_Jurisdiction.geojson": {"G03 warning": 3},
}


@pytest.mark.parametrize("measured", MEASURED, ids=[row[0] for row in MEASURED])
def test_nothing_that_was_measured_is_missed(survey: Callable[..., Any], measured: tuple[Any, ...]) -> None:
    file, column, rows, invalid, overlaps, largest, total, holes, slivers = measured

    found = survey("divisions", f"{FOLDER}/{file}", fields={"code": column}, constants={"level": "community"})

    assert found.report.checked == rows
    assert len(found.found("G01")) == (~found.valid).sum() == invalid
    areas = [overlap.area for overlap in found.overlaps]
    assert len(areas) == overlaps
    assert (max(areas), sum(areas)) == (pytest.approx(largest, abs=0.6), pytest.approx(total, abs=0.6))
    assert (len(found.holes), sum(hole.area < 500 for hole in found.holes)) == (holes, slivers)
    assert found.missed_overlaps() == []
    assert found.missed_holes() == []
    assert {key: found.counts.get(key) for key in FOUND[file]} == FOUND[file]


def test_seams_of_bhubaneswar_are_there_in_metres_only(survey: Callable[..., Any]) -> None:
    # Borders of several kilometres have a vertex on one side only. It lies on the other side's edge in
    # degrees, which is what is stored, and up to a centimetre beside it in metres.
    found = survey(
        "divisions",
        f"{FOLDER}/Police_Jurisdiction.geojson",
        fields={"code": "OBJECTID"},
        constants={"level": "community"},
    )
    told = shapely.STRtree(found.places("G04"))
    seams = [hole for hole in found.holes if not len(told.query(hole.shape, predicate="intersects"))]
    assert len(seams) == 20
    assert all(hole.stored_area < 1e-6 or hole.width < 0.0001 for hole in seams)
    assert max(hole.width for hole in seams) < 0.01
    assert sorted(round(o.area) for o in found.overlaps if o.stored_area < 0.01) == [1, 3]


def test_holes_where_a_ward_crosses_itself_are_told_by_the_invalid_ward(survey: Callable[..., Any]) -> None:
    # Read by parity, what a boundary winds around twice is a hole in the ward. The check fills it and says
    # that the ward is invalid: two such holes above the noise in Navi Mumbai, one of 300 m² in Vadodara.
    found = survey(
        "divisions",
        f"{FOLDER}/vardodara_wards.geojson",
        fields={"code": "ward_no"},
        constants={"level": "community"},
    )
    told = shapely.STRtree(found.places("G04"))
    inside = [hole for hole in found.holes if not len(told.query(hole.shape, predicate="intersects"))]
    assert [round(hole.area) for hole in inside] == [300]
    assert {finding.row for finding in found.found("G01")} >= {12}


def test_a_ring_that_is_not_closed_refuses_its_row_and_no_other(survey: Callable[..., Any]) -> None:
    found = survey(
        "divisions",
        f"{FOLDER}/Bhopal_wards.geojson",
        fields={"code": "Ward_Number", "name": "Name"},
        constants={"level": "community"},
    )
    assert (found.report.checked, found.report.accepted, found.report.rejected) == (86, 85, 1)
    [error] = found.report.errors
    assert error.code == "F01"
    assert "环没有闭合" in str(error.message)
    assert found.report.rejected_rows["_row"].tolist() == [error.row]
    assert (~found.valid).sum() == len(found.found("G01")) == 1
    assert (len(found.overlaps), len(found.holes)) == (219, 1573)
    assert found.missed_overlaps() == found.missed_holes() == []


def test_metres_in_place_of_degrees_are_refused_with_the_system_they_fit(
    survey: Callable[..., Any], refusal: Callable[..., Any]
) -> None:
    said = refusal("divisions", f"{FOLDER}/Kanpur_wards.geojson", fields={"code": "Ward No"})
    assert said.code == "F12"
    assert "EPSG:3857" in str(said.expected)

    options = {"fields": {"code": "Ward No", "name": "Ward Name"}, "constants": {"level": "community"}}
    declared = survey("divisions", f"{FOLDER}/Kanpur_wards.geojson", crs="EPSG:3857", **options)
    shapefile = survey("divisions", f"{FOLDER}/Kanpur_wards-SHP.zip", **options)
    # The shapefile has more digits: four more vertices are given twice.
    assert declared.counts | {"G02 warning": 5} == shapefile.counts
    # Ward 3 is drawn twice, differently, and one ward has no number.
    assert (declared.report.accepted, declared.report.rejected) == (55, 3)
    assert [(f.code, f.severity) for f in declared.report.errors] == [
        ("G13", Severity.ERROR),
        ("G08", Severity.ERROR),
    ]
    assert (~declared.valid).sum() == len(declared.found("G01")) == 5
    assert (len(declared.overlaps), len(declared.holes)) == (134, 367)
    assert declared.missed_overlaps() == declared.missed_holes() == []


def test_an_empty_archive_is_refused_as_empty(refusal: Callable[..., Any]) -> None:
    said = refusal("divisions", f"{FOLDER}/Bodh_Gaya_Wards-SHP.zip")
    assert said.code == "F06"
    assert "Bodh_Gaya_Wards-SHP.zip" in str(said)
