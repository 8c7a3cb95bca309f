"""Streets of Shenzhen, Guangzhou and Jinan, in three shapes of file; communities and grids of Wuhan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import shapely

from gis.read import read_frame
from gis.registry import Registry

STREETS, WUHAN = "cn-street-polygons", "cn-wuhan-xujiapeng"


def test_shenzhen_has_no_codes_and_38_slivers(survey: Callable[..., Any]) -> None:
    path = f"{STREETS}/shenzhen_streets.geojson.gz"
    without = survey("divisions", path)
    assert (without.report.checked, without.report.accepted) == (74, 0)
    assert [finding.code for finding in without.report.errors] == ["F05"]

    found = survey(
        "divisions", path, fields={"code": "BLOCK_ID", "name": "NAME"}, constants={"level": "street"}
    )
    assert (found.report.checked, found.report.accepted) == (74, 74)
    # Numbers of the file's own stand for codes: kept, and said so.
    assert found.counts == {"G02 warning": 3, "G04 warning": 38, "G14 warning": 74}
    assert len(found.overlaps) == 0
    assert (len(found.holes), max(hole.area for hole in found.holes)) == (38, pytest.approx(283.9, abs=0.1))
    assert found.missed_holes() == []


def test_tianhe_overlaps_along_its_borders(survey: Callable[..., Any]) -> None:
    found = survey("divisions", f"{STREETS}/guangzhou_tianhe_streets.json")

    # 12-digit codes under 乡镇码 are cut to streets; columns with the codes above are no contradiction.
    assert (found.report.checked, found.report.accepted) == (21, 21)
    assert "G18 warning" not in found.counts
    areas = [overlap.area for overlap in found.overlaps]
    assert (len(areas), round(max(areas)), round(sum(areas))) == (37, 70, 442)
    assert found.counts["G03 warning"] == 40  # three more are smaller than 1 m²
    assert found.missed_overlaps() == []


def test_most_slivers_of_tianhe_are_there_in_metres_only(survey: Callable[..., Any]) -> None:
    # Where one street has a vertex on a neighbour's straight edge, the two fit in degrees, as they were
    # drawn and are stored, and are up to two millimetres apart in metres. Seven slivers are there in both.
    found = survey("divisions", f"{STREETS}/guangzhou_tianhe_streets.json")
    assert len(found.holes) == 164
    both = [hole for hole in found.holes if hole.stored_area > 1e-5]
    assert len(both) == len(found.found("G04")) == 7
    assert max(hole.width for hole in found.holes if hole not in both) < 0.002
    assert found.missed_holes() == []
    assert found.counts["G20 info"] == 40


def test_lixia_is_refused_because_it_is_no_geojson(refusal: Callable[..., Any]) -> None:
    # {"RECORDS": [{"Name": …, "points": …}]} is how a database exports rows: what "points" means, and in
    # which datum, stands nowhere.
    for file in ("jinan_lixia_streets.json", "jinan_lixia_street_points.json"):
        said = refusal("divisions", f"{STREETS}/{file}", constants={"level": "street"})
        assert said.code == "F01"
        assert '是 JSON 但不是 GeoJSON：开头是 "RECORDS"' in str(said)
        assert "FeatureCollection" in str(said.expected)
        assert said.hint is not None


def test_wuhan_grids_do_not_nest_exactly(survey: Callable[..., Any], registry: Registry) -> None:
    communities = survey(
        "divisions",
        f"{WUHAN}/community.json",
        registry=registry,
        fields={"code": "name_1", "name": "name_1"},
        constants={"level": "community"},
    )
    assert (communities.report.checked, communities.report.accepted) == (16, 16)
    # Six seams, all of them narrower than a ten-millionth of a metre: arithmetic.
    assert len(communities.holes) == 6
    assert max(hole.width for hole in communities.holes) < 1e-7
    assert communities.missed_holes() == communities.missed_overlaps() == []
    assert communities.counts == {"G14 warning": 16, "G20 info": 1}

    own = survey(
        "governance-grids",
        f"{WUHAN}/grid_shuianxingcheng.json",
        registry=registry,
        fields={"code": "grid_num", "name": "grid_name"},
    )
    # Grid 3 is in two pieces; of four seams two are there in metres only.
    assert (own.report.checked, own.counts["G17 warning"], len(own.holes)) == (10, 1, 4)
    assert own.missed_holes() == own.missed_overlaps() == []
    outside = sum(finding.area_m2 or 0 for finding in own.found("G05"))
    assert outside == pytest.approx(_outside(own, communities), rel=0.02)


def test_grids_of_hubei_university_name_their_community_in_other_words(
    survey: Callable[..., Any], gpkg_registry: Registry
) -> None:
    communities = {"fields": {"code": "name_1", "name": "name_1"}, "constants": {"level": "community"}}
    above = survey("divisions", f"{WUHAN}/community.json", registry=gpkg_registry, **communities)
    grids = survey(
        "governance-grids",
        f"{WUHAN}/grid_hubeidaxue.json",
        registry=gpkg_registry,
        fields={"code": "grid_num", "name": "grid_name"},
    )
    assert (grids.report.checked, grids.report.accepted) == (7, 7)
    assert [round(overlap.area, 2) for overlap in grids.overlaps] == [13.13]
    assert grids.missed_holes() == grids.missed_overlaps() == []
    assert {finding.value for finding in grids.found("G19")} <= {"湖大社区"}
    assert len(read_frame(gpkg_registry, "governance-grids")) == 7
    assert shapely.area(grids.metres).sum() < shapely.area(above.metres).sum()


def _outside(grids: Any, communities: Any) -> float:
    """Measure what of each grid lies outside the community that holds most of it."""
    project = communities.project
    parents, children = project(communities.geometries), project(grids.geometries)
    shares = shapely.area(shapely.intersection(children[:, None], parents[None, :]))
    left = shapely.difference(children, parents[shares.argmax(axis=1)])
    return float(shapely.area(left).sum())
