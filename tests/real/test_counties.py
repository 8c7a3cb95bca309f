"""County boundaries of all China in CGCS2000, and of three prefectures in GCJ-02."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas
import pytest
import shapely

from gis.geodesic import geodesic_area
from gis.read import read_frame
from gis.registry import Registry

CHINA = "cn-county-boundaries/cgcs2000-tianditu/tianditu_{}.geojson.gz"
DATAV = "cn-county-boundaries/gcj02-datav"
ALBERS = "+proj=aea +lat_1=25 +lat_2=47 +lon_0=105 +ellps=GRS80 +units=m"
# Three state farms and forest reserves that the publisher lists as counties, and Macau as its own county.
WITHOUT_COUNTY_CODE = ["629700", "629800", "629900", "820000"]
CITIES_WITHOUT_COUNTIES = {"441900": "东莞市", "442000": "中山市", "460400": "儋州市", "620200": "嘉峪关市"}


def test_all_counties_are_imported_with_their_codes(
    survey: Callable[..., Any], gpkg_registry: Registry
) -> None:
    found = survey(
        "divisions",
        CHINA.format("district"),
        registry=gpkg_registry,
        measured_in=ALBERS,
        constants={"level": "county"},
    )
    assert (found.report.checked, found.report.accepted) == (2891, 2891)
    # The codes are numbers in the file; those that name no county are kept, and said so.
    assert sorted(finding.id for finding in found.found("G14")) == WITHOUT_COUNTY_CODE
    divisions = read_frame(gpkg_registry, "divisions")
    assert set(divisions["level"]) == {"county"}
    assert divisions["code"].str.fullmatch(r"\d{6}").all()
    assert divisions["parent_code"].isna().all()
    named = divisions.set_index("code")["name"]
    assert {code: named[code] for code in CITIES_WITHOUT_COUNTIES} == CITIES_WITHOUT_COUNTIES


def test_five_overlaps_and_five_holes_of_china_are_found(survey: Callable[..., Any]) -> None:
    found = survey("divisions", CHINA.format("district"), measured_in=ALBERS, constants={"level": "county"})
    assert found.valid.all()
    assert (len(found.overlaps), len(found.holes)) == (5, 5)
    assert found.missed_overlaps() == found.missed_holes() == []
    assert found.counts["G03 warning"] == found.counts["G04 warning"] == 5
    # 280 369 m² when measured in a UTM zone far away, which is 4 % too large; on the ellipsoid:
    largest = max(found.found("G03"), key=lambda finding: finding.area_m2)
    on_ellipsoid = geodesic_area(shapely.make_valid([largest.geometry]))[0]
    assert largest.area_m2 == pytest.approx(on_ellipsoid, rel=0.003)
    assert on_ellipsoid == pytest.approx(max(overlap.area for overlap in found.overlaps), rel=0.003)
    assert on_ellipsoid == pytest.approx(268_100, rel=0.002)


def test_codes_that_name_no_county_are_refused_unless_the_level_is_said(survey: Callable[..., Any]) -> None:
    found = survey("divisions", CHINA.format("district"), measured_in=ALBERS)
    assert (found.report.accepted, found.report.rejected) == (2887, 4)
    errors = [(finding.code, finding.id) for finding in found.report.errors]
    assert errors == [("G14", code) for code in WITHOUT_COUNTY_CODE]
    assert all("--set level=" in str(finding.hint) for finding in found.report.errors)


@pytest.mark.parametrize(("file", "rows", "accepted"), [("province", 34, 0), ("city", 375, 36)])
def test_provinces_and_prefectures_are_no_level_of_the_registry(
    survey: Callable[..., Any], file: str, rows: int, accepted: int
) -> None:
    found = survey("divisions", CHINA.format(file), measured_in=ALBERS, fields={"code": f"{file}_adcode"})
    # Acceptable are cities without counties, and counties that answer to their province.
    assert (found.report.checked, found.report.accepted) == (rows, accepted)
    assert len(found.report.errors) == found.report.rejected == len(found.found("G14"))
    assert all("是省级或地级的代码" in str(finding.message) for finding in found.report.errors)
    assert all("--set level=county" in str(finding.hint) for finding in found.report.errors)


def test_counties_of_datav_are_taken_out_of_the_shifted_datum(
    survey: Callable[..., Any], real_data: Path
) -> None:
    china = geopandas.read_file(f"/vsigzip/{real_data / CHINA.format('district')}")
    known = china.set_index("district_adcode").geometry
    for code in (500105, 500113):
        shifted = survey("divisions", f"{DATAV}/{code}.json", crs="GCJ02")
        as_said = survey("divisions", f"{DATAV}/{code}.json")
        assert shifted.report.accepted == as_said.report.accepted == 1
        # The two publishers generalised differently; half a kilometre shows all the same.
        right, wrong = (_likeness(one, known[code]) for one in (shifted, as_said))
        assert right > wrong + 0.03
        assert right > 0.94


def test_one_county_in_two_files_is_refused_where_the_files_differ(
    survey: Callable[..., Any], real_data: Path
) -> None:
    found = survey("divisions", DATAV, crs="GCJ02")
    assert len(list((real_data / DATAV).glob("*.json"))) == len(found.report.files) == 56
    # Sixteen counties are in the file of their city too, with other vertices.
    assert (found.report.checked, found.report.accepted, found.report.rejected) == (70, 38, 32)
    twice = found.found("G08")
    assert len(twice) == 16
    assert all("370200.json" in str(f.message) or "152200.json" in str(f.message) for f in twice)
    assert len(found.found("G01")) == (~found.valid).sum() == 6


def test_the_city_files_of_datav_overlap_as_they_were_generalised(survey: Callable[..., Any]) -> None:
    for file, rows in (("370200", 10), ("152200", 6)):
        found = survey("divisions", f"{DATAV}/{file}.json", crs="GCJ02")
        assert (found.report.checked, found.report.accepted) == (rows, rows)
        assert found.missed_overlaps() == found.missed_holes() == []


def _likeness(found: Any, other: shapely.Geometry) -> float:
    """Return the shared area over the area of both together."""
    one = shapely.union_all(found.degrees)
    return float(one.intersection(other).area / one.union(other).area)
