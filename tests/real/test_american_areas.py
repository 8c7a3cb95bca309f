"""Divisions of Chicago, Philadelphia and New York: clean layers, slivers, codes that repeat."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import shapely

from gis.read import read_frame
from gis.registry import Registry

CHICAGO, PHILADELPHIA, NEW_YORK = "us-chicago-areas", "us-philadelphia-bins", "us-nyc-311"
COMMUNITY, STREET, COUNTY = ({"level": level} for level in ("community", "street", "county"))
# File, column of codes, level; rows; overlaps over 1 m², total; holes.
LAYERS = [
    (f"{CHICAGO}/police_beats.zip", "BEAT_NUM", COMMUNITY, 277, 0, 0, 0),
    (f"{CHICAGO}/police_districts.zip", "DIST_NUM", STREET, 25, 0, 0, 0),
    (f"{CHICAGO}/community_areas.zip", "AREA_NUMBE", COMMUNITY, 77, 0, 0, 3),
    (f"{CHICAGO}/WARDS_2015.geojson.gz", "ward", COMMUNITY, 50, 0, 0, 3),
    (f"{PHILADELPHIA}/Council_Districts_2000.geojson.gz", "DIST_NUM", COMMUNITY, 10, 6, 4_137, 28),
    (f"{PHILADELPHIA}/Planning_Districts.geojson.gz", "ABBREV", COMMUNITY, 18, 0, 0, 2),
    (f"{PHILADELPHIA}/Political_Divisions.geojson.gz", "DIVISION_NUM", COMMUNITY, 1703, 3, 43, 109),
    (f"{NEW_YORK}/community-districts.geojson.gz", "BoroCD", STREET, 71, 2, 186, 94),
    (f"{NEW_YORK}/nyc-zipcodes.geojson.gz", "postalCode", COMMUNITY, 262, 282, 427_641, 335),
    (f"{NEW_YORK}/nyc-boroughs.geojson.gz", "name", COUNTY, 5, 0, 0, 1),
    (f"{NEW_YORK}/police_precincts.geojson.gz", "Precinct", COMMUNITY, 76, 0, 0, 1),
]


@pytest.mark.parametrize("layer", LAYERS, ids=[row[0].split("/")[1] for row in LAYERS])
def test_nothing_that_was_measured_is_missed(survey: Callable[..., Any], layer: tuple[Any, ...]) -> None:
    path, column, level, rows, overlaps, total, holes = layer

    found = survey("divisions", path, fields={"code": column}, constants=level)

    assert found.report.checked == rows
    assert (~found.valid).sum() == len(found.found("G01"))
    areas = [overlap.area for overlap in found.overlaps]
    assert (len(areas), sum(areas)) == (overlaps, pytest.approx(total, abs=0.6))
    assert len(found.holes) == holes
    assert found.missed_overlaps() == []
    assert found.missed_holes() == []


@pytest.mark.parametrize("file", ["community_areas.zip", "WARDS_2015.geojson.gz"])
def test_the_city_within_chicago_is_a_gap(survey: Callable[..., Any], file: str) -> None:
    found = survey(
        "divisions",
        f"{CHICAGO}/{file}",
        fields={"code": "ward" if "WARDS" in file else "AREA_NUMBE"},
        constants=COMMUNITY,
    )
    # Norridge and Harwood Heights, and two enclaves more: three holes, all larger than 30 ha.
    sizes = sorted(finding.area_m2 for finding in found.found("G04"))
    assert len(sizes) == 3
    assert sizes[0] > 300_000
    assert sizes[-1] == pytest.approx(7_986_560, rel=0.002)


def test_beats_of_chicago_nest_in_districts(survey: Callable[..., Any], gpkg_registry: Registry) -> None:
    districts = survey(
        "divisions",
        f"{CHICAGO}/police_districts.zip",
        registry=gpkg_registry,
        fields={"code": "DIST_NUM"},
        constants=STREET,
    )
    # District 31, outside the city, is in three pieces, and so is its beat.
    assert [finding.id for finding in districts.found("G17")] == ["31", "31"]
    beats = survey(
        "divisions",
        f"{CHICAGO}/police_beats.zip",
        registry=gpkg_registry,
        fields={"code": "BEAT_NUM", "parent_code": "DISTRICT"},
        constants=COMMUNITY,
    )
    assert len(beats.found("G17")) == 2
    # By position every beat lies in one district, but for corners of two. By number those of districts 1 to 9
    # do not find theirs: one layer writes 01, the other 1.
    sticking_out = {finding.row: finding.area_m2 for finding in beats.found("G05")}
    assert sticking_out == pytest.approx(_outside(beats, districts), rel=0.01)
    unknown = beats.found("G15")
    assert {finding.value for finding in unknown} == {f"0{number}" for number in range(1, 10)}
    assert beats.found("G07") == []
    divisions = read_frame(gpkg_registry, "divisions")
    assert divisions["level"].value_counts().to_dict() == {"community": 275, "street": 23}
    assert divisions.set_index("code")["parent_code"]["1713"] == "17"


def test_zip_codes_that_repeat_are_pieces_or_refused(survey: Callable[..., Any]) -> None:
    found = survey(
        "divisions",
        f"{NEW_YORK}/nyc-zipcodes.geojson.gz",
        fields={"code": "postalCode", "name": "PO_NAME"},
        constants=COMMUNITY,
    )
    # Fifteen rows repeat a code. Twelve are pieces of one area. One repeats the polygon of the row before;
    # one covers ground of the first row of its code and one has another name, and both rows are refused.
    assert len(found.found("G17")) == 12
    assert sorted(finding.row for finding in found.found("G08")) == [48, 250, 257]
    assert sorted(found.report.rejected_rows["_row"]) == [43, 48, 95, 250, 257]
    assert found.metres[42].intersection(found.metres[47]).area == pytest.approx(82.9, abs=0.1)
    assert set(found.report.rejected_rows.set_index("_row")["PO_NAME"][[95, 257]]) == {
        "East Elmhurst",
        "Bronx",
    }
    assert found.metres[248].equals(found.metres[249])


def _outside(children: Any, parents: Any) -> dict[int, float]:
    """Measure what of each row lies outside the parent that holds most of it, beyond the tolerance."""
    project = children.project
    inner, outer = project(children.geometries), project(parents.geometries)
    shares = shapely.area(shapely.intersection(inner[:, None], outer[None, :]))
    left = shapely.difference(inner, outer[shares.argmax(axis=1)])
    area, length = shapely.area(left), np.maximum(shapely.length(left), 1e-9)
    beyond = (area > 0.01) & (2 * area / length > 0.001)
    return {row + 1: float(area[row]) for row in np.flatnonzero(beyond).tolist()}
