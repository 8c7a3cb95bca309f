"""Unit grids on their way into the registry: every finding seeded once, beside a clean twin."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
import shapely
from pyproj import Geod
from sqlalchemy import delete, insert, select

from gis.editions import revert
from gis.metres import LocalMetres
from gis.models import DATASETS
from gis.read import read_frame
from grids.division_imports import prepare_divisions
from grids.imports import prepare_grids

METRES = LocalMetres(106.5)
ORIGIN = shapely.get_coordinates(METRES.forward(np.array([shapely.Point(106.5, 29.4)])))[0]
COMMUNITY = "500113001002"


def lonlat(geometry: shapely.Geometry) -> shapely.Geometry:
    moved = shapely.transform(np.array([geometry], dtype=object), lambda xy: xy + ORIGIN)
    return METRES.inverse(moved)[0]


def cell(
    column: int, row: int = 0, *, left: float = 0, right: float = 0, size: float = 100
) -> shapely.Geometry:
    """A square of 100 m, its left and right edge moved by some metres."""
    return lonlat(
        shapely.box(column * size + left, row * size, (column + 1) * size + right, (row + 1) * size)
    )


def code(number: int, community: str = COMMUNITY) -> str:
    return f"{community}{number:03d}"


def codes(*numbers: int) -> list[dict[str, object]]:
    return [{"DYWGBSM": code(number)} for number in numbers]


def test_a_clean_delivery_has_no_findings_and_its_columns_are_filled(deliveries) -> None:
    layer = deliveries.layer(
        [
            {"BGID": code(1), "BGName": "东一", "Note": "水域"},
            {"BGID": code(2), "BGName": None, "Note": None},
        ],
        [cell(0), cell(1)],
    )
    prepared = deliveries.load(prepare_grids, layer)
    assert deliveries.found(prepared, infos=True) == []
    stored = read_frame(deliveries.registry, "grids")
    first = stored.iloc[0]
    assert (first["code"], first["county"], first["street"], first["community"]) == (
        code(1),
        "500113",
        "500113001",
        COMMUNITY,
    )
    assert (first["name"], first["note"], first["state"]) == ("东一", "水域", "有效")
    assert first["area_m2"] == pytest.approx(10_000, rel=1e-3)
    assert first.geometry.geom_type == "MultiPolygon"


BOW = shapely.Polygon([(0, 0), (100, 100), (100, 0), (0, 100)])
SPIKE = shapely.Polygon([(0, 0), (100, 0), (50, 0.2), (100, 100), (0, 100)])
TWICE = shapely.Polygon([(0, 0), (100, 0), (100, 0.0004), (100, 100), (0, 100)])
PARTS = shapely.MultiPolygon([shapely.box(0, 0, 100, 100), shapely.box(200, 0, 300, 100)])


@pytest.mark.parametrize(
    ("row", "geometry", "expected"),
    [
        ({}, BOW, ("G01", "error", 1)),
        ({}, SPIKE, ("G02", "warning", 1)),
        ({}, TWICE, ("G02", "warning", 1)),
        ({}, PARTS, ("G17", "warning", 1)),
        ({}, shapely.box(0, 0, 9, 9), ("G16", "warning", 1)),
        ({}, shapely.box(0, 0, 0.5, 900), ("G16", "warning", 1)),
        ({"MJ": "10800"}, shapely.box(0, 0, 100, 100), ("G06", "warning", 1)),
        ({"MJ": "一万"}, shapely.box(0, 0, 100, 100), ("G06", "warning", 1)),
        ({"DYWGBSM": None}, shapely.box(0, 0, 100, 100), ("G13", "error", 1)),
        ({"DYWGBSM": "  "}, shapely.box(0, 0, 100, 100), ("G13", "error", 1)),
        ({"DYWGBSM": "5001130010020"}, shapely.box(0, 0, 100, 100), ("G14", "error", 1)),
        ({"DYWGBSM": "500113001002000"}, shapely.box(0, 0, 100, 100), ("G14", "error", 1)),
        ({"DYWGBSM": "５００１１３００１００２００１"}, shapely.box(0, 0, 100, 100), ("G14", "warning", 1)),
        ({"DYWGBSM": "5001130010020A1"}, shapely.box(0, 0, 100, 100), ("G14", "warning", 1)),
        ({"DYWGBSM": "500113601002001"}, shapely.box(0, 0, 100, 100), ("G14", "warning", 1)),
        ({}, shapely.Point(0, 0), ("F11", "error", 1)),
        ({}, None, ("F11", "error", 1)),
    ],
)
def test_each_fault_of_a_single_grid_is_one_finding(deliveries, row, geometry, expected) -> None:
    placed = None if geometry is None else lonlat(geometry)
    layer = deliveries.layer([{"DYWGBSM": code(1), "MJ": None} | row], [placed])
    prepared = deliveries.prepare(prepare_grids, layer)
    assert deliveries.found(prepared) == [expected]
    assert prepared.report.rejected == (expected[1] == "error")
    assert len(prepared.frame) == prepared.report.accepted


def test_the_finding_says_where_and_what_was_expected(deliveries) -> None:
    layer = deliveries.layer([{"DYWGBSM": code(1), "MJ": "10800"}], [cell(0)], "grids/巴南.shp")
    (finding,) = deliveries.prepare(prepare_grids, layer).report.findings
    assert (finding.row, finding.id, finding.field, finding.value) == (1, code(1), "area_m2", "10800")
    assert float(str(finding.expected)) == pytest.approx(
        abs(Geod(ellps="GRS80").geometry_area_perimeter(cell(0))[0]), abs=0.01
    )
    assert finding.layer == "grids/巴南.shp"
    assert finding.geometry.within(cell(0))
    assert finding.hint is not None


def test_a_stated_area_within_the_tolerance_is_kept_without_a_finding(deliveries) -> None:
    layer = deliveries.layer([{"DYWGBSM": code(1), "MJ": "10005.5"}], [cell(0)])
    prepared = deliveries.prepare(prepare_grids, layer)
    assert deliveries.found(prepared) == []
    assert prepared.frame["area_m2"].tolist() == [10005.5]


def test_a_legacy_code_is_replaced_by_its_fifteen_digits_and_kept(deliveries) -> None:
    layer = deliveries.layer([{"BGID": "50011300100201"}], [cell(0)])
    prepared = deliveries.prepare(prepare_grids, layer)
    assert deliveries.found(prepared) == [("G14", "warning", 1)]
    assert prepared.frame[["code", "legacy_code"]].to_numpy().tolist() == [[code(1), "50011300100201"]]


def test_overlapping_grids_are_one_error_and_both_are_refused(deliveries) -> None:
    layer = deliveries.layer(codes(1, 2, 3), [cell(0, right=2), cell(1), cell(2)])
    prepared = deliveries.prepare(prepare_grids, layer)
    assert deliveries.found(prepared) == [("G03", "error", 2)]
    assert prepared.frame["code"].tolist() == [code(3)]


def test_a_seam_is_information_and_refuses_nothing(deliveries) -> None:
    layer = deliveries.layer(codes(1, 2), [cell(0, right=0.0005), cell(1)])
    prepared = deliveries.prepare(prepare_grids, layer)
    # A seam of half a millimetre is also a border with other vertices on either side
    assert deliveries.found(prepared, infos=True) == [("G03", "info", 2), ("G20", "info", 2)]
    assert prepared.report.rejected == 0


def test_the_same_record_twice_is_refused_once(deliveries) -> None:
    prepared = deliveries.prepare(
        prepare_grids, deliveries.layer(codes(1, 1, 2), [cell(0), cell(0), cell(1)])
    )
    assert deliveries.found(prepared) == [("G08", "error", 2)]
    assert prepared.frame["code"].tolist() == [code(1), code(2)]


def test_one_code_for_two_grids_refuses_both(deliveries) -> None:
    prepared = deliveries.prepare(
        prepare_grids, deliveries.layer(codes(1, 1, 2), [cell(0), cell(1), cell(2)])
    )
    assert deliveries.found(prepared) == [("G08", "error", 2)]
    assert prepared.frame["code"].tolist() == [code(2)]


def test_numbers_left_out_are_information_per_community(deliveries) -> None:
    prepared = deliveries.prepare(prepare_grids, deliveries.layer(codes(1, 4), [cell(0), cell(1)]))
    assert deliveries.found(prepared, infos=True) == [("G09", "info", None)]
    (finding,) = prepared.report.findings
    assert (finding.id, finding.value) == (COMMUNITY, "2")
    assert "002, 003" in str(finding.message)


def test_numbers_that_the_registry_has_are_no_gap(deliveries) -> None:
    deliveries.load(prepare_grids, deliveries.layer(codes(1, 2), [cell(0), cell(1)]))
    prepared = deliveries.prepare(prepare_grids, deliveries.layer(codes(3), [cell(2)]))
    assert deliveries.found(prepared, infos=True) == []


def test_unusual_sizes_are_information(deliveries) -> None:
    large = lonlat(shapely.box(0, 0, 400, 400))
    prepared = deliveries.prepare(prepare_grids, deliveries.layer(codes(1), [large]))
    assert deliveries.found(prepared, infos=True) == [("G11", "info", 1)]


def test_a_grid_over_another_of_the_registry_is_refused(deliveries) -> None:
    deliveries.load(prepare_grids, deliveries.layer(codes(1, 2), [cell(0), cell(1)]))
    prepared = deliveries.prepare(prepare_grids, deliveries.layer(codes(3), [cell(2, left=-3)]))
    assert deliveries.found(prepared) == [("G03", "error", 1)]
    again = deliveries.prepare(prepare_grids, deliveries.layer(codes(1, 2), [cell(0), cell(1)]))
    assert deliveries.found(again) == []


def test_a_code_of_a_reverted_import_may_come_again(deliveries) -> None:
    deliveries.load(prepare_grids, deliveries.layer(codes(1), [cell(0)]))
    revert(deliveries.registry, 1)
    prepared = deliveries.prepare(prepare_grids, deliveries.layer(codes(1), [cell(5)]))
    assert deliveries.found(prepared) == []


@pytest.fixture
def in_community(deliveries):
    """A registry with two communities of three squares each, side by side."""
    rows = [{"QHDM": COMMUNITY, "QHMC": "新华社区"}, {"QHDM": "500113001003", "QHMC": "新民社区"}]
    squares = [lonlat(shapely.box(0, 0, 300, 100)), lonlat(shapely.box(300, 0, 600, 100))]
    deliveries.load(prepare_divisions, deliveries.layer(rows, squares))
    return deliveries


def test_grids_that_tile_their_community_have_no_findings(in_community) -> None:
    rows = codes(1, 2, 3) + [{"DYWGBSM": code(n, "500113001003")} for n in (1, 2, 3)]
    layer = in_community.layer(rows, [cell(at) for at in range(6)])
    assert in_community.found(in_community.prepare(prepare_grids, layer), infos=True) == []


def test_ground_without_a_grid_is_a_gap_of_the_community(in_community) -> None:
    layer = in_community.layer(codes(1, 2, 3), [cell(0), cell(1, left=5), cell(2)])
    prepared = in_community.prepare(prepare_grids, layer)
    assert in_community.found(prepared) == [("G04", "warning", None)]
    (finding,) = [f for f in prepared.report.findings if f.code == "G04"]
    assert finding.id == COMMUNITY
    assert float(finding.value) == pytest.approx(500, rel=1e-2)
    assert (finding.area_m2, finding.width_m) == (pytest.approx(500, rel=1e-2), pytest.approx(4.76, rel=1e-2))


def test_a_community_without_any_grid_is_no_gap_but_told(in_community) -> None:
    rows = [{"DYWGBSM": code(n, "500113001003")} for n in (1, 2, 3)]
    layer = in_community.layer(rows, [cell(3), cell(4), cell(5)])
    prepared = in_community.prepare(prepare_grids, layer)
    assert in_community.found(prepared, infos=True) == [("G21", "info", None)]
    (finding,) = prepared.report.findings
    assert finding.id == COMMUNITY
    assert "新华社区" in str(finding.message)
    assert finding.geometry.area == pytest.approx(
        shapely.union_all([cell(0), cell(1), cell(2)]).area, rel=1e-6
    )


def test_the_one_community_without_a_grid_in_a_street_that_has_them_is_a_warning(in_community) -> None:
    third = [{"QHDM": "500113001004", "QHMC": "新风社区"}]
    in_community.load(
        prepare_divisions, in_community.layer(third, [lonlat(shapely.box(900, 900, 1000, 1000))])
    )
    rows = codes(1, 2, 3) + [{"DYWGBSM": code(n, "500113001003")} for n in (1, 2, 3)]
    layer = in_community.layer(rows, [cell(at) for at in range(6)])
    prepared = in_community.prepare(prepare_grids, layer)
    assert in_community.found(prepared, infos=True) == [("G21", "warning", None)]
    assert prepared.report.findings[0].id == "500113001004"


def test_a_community_whose_grids_the_registry_has_is_not_without(in_community) -> None:
    in_community.load(prepare_grids, in_community.layer(codes(1, 2, 3), [cell(0), cell(1), cell(2)]))
    rows = [{"DYWGBSM": code(n, "500113001003")} for n in (1, 2, 3)]
    prepared = in_community.prepare(prepare_grids, in_community.layer(rows, [cell(3), cell(4), cell(5)]))
    assert in_community.found(prepared, infos=True) == []


def test_the_same_polygon_under_two_codes_is_one_error_and_both_are_refused(deliveries) -> None:
    prepared = deliveries.prepare(
        prepare_grids, deliveries.layer(codes(1, 2, 3), [cell(0), cell(0), cell(1)])
    )
    assert deliveries.found(prepared, infos=True) == [("G22", "error", 2)]
    assert prepared.frame["code"].tolist() == [code(3)]


def test_a_border_with_a_vertex_on_one_side_only_is_information(deliveries) -> None:
    corners = [(0, 0), (100, 0), (100, 40), (100, 100), (0, 100)]
    layer = deliveries.layer(codes(1, 2), [lonlat(shapely.Polygon(corners)), cell(1)])
    prepared = deliveries.prepare(prepare_grids, layer)
    assert deliveries.found(prepared, infos=True) == [("G20", "info", 2)]
    (finding,) = prepared.report.findings
    assert (finding.id, finding.value) == (code(2), "1")
    assert code(1) in str(finding.message)
    assert finding.geometry.distance(lonlat(shapely.Point(100, 40))) < 1e-8


def test_a_border_to_a_grid_of_the_registry_is_compared_too(deliveries) -> None:
    corners = [(0, 0), (100, 0), (100, 40), (100, 100), (0, 100)]
    deliveries.load(prepare_grids, deliveries.layer(codes(1), [lonlat(shapely.Polygon(corners))]))
    prepared = deliveries.prepare(prepare_grids, deliveries.layer(codes(2), [cell(1)]))
    assert deliveries.found(prepared, infos=True) == [("G20", "info", 1)]
    assert code(1) in str(prepared.report.findings[0].message)


def test_a_hole_between_grids_is_a_gap_without_communities(deliveries) -> None:
    ring = [cell(column, row) for column in range(3) for row in range(3) if (column, row) != (1, 1)]
    prepared = deliveries.prepare(prepare_grids, deliveries.layer(codes(*range(1, 9)), ring))
    assert deliveries.found(prepared) == [("G04", "warning", None)]


def test_a_grid_that_leaves_its_community_is_found(in_community) -> None:
    layer = in_community.layer(codes(1, 2, 3), [cell(0), cell(1), cell(2, right=4)])
    assert in_community.found(in_community.prepare(prepare_grids, layer)) == [("G05", "warning", 3)]


def test_a_grid_outside_every_community_is_found(in_community) -> None:
    layer = in_community.layer(codes(1, 2, 3, 4), [cell(0), cell(1), cell(2), cell(0, 5)])
    assert in_community.found(in_community.prepare(prepare_grids, layer)) == [("G05", "warning", 4)]


def test_a_code_of_another_community_is_found(in_community) -> None:
    rows = [*codes(1, 2), {"DYWGBSM": code(1, "500113001003")}]
    prepared = in_community.prepare(prepare_grids, in_community.layer(rows, [cell(0), cell(1), cell(2)]))
    assert in_community.found(prepared) == [("G07", "warning", 3)]
    assert prepared.report.findings[0].expected == COMMUNITY


def test_every_row_is_accepted_or_rejected_and_none_is_lost(deliveries) -> None:
    rows = [*codes(1, 2, 2, 3), {"DYWGBSM": None}]
    layer = deliveries.layer(rows, [cell(0), cell(1), cell(2), lonlat(BOW), cell(9)])
    prepared = deliveries.prepare(prepare_grids, layer)
    assert prepared.frame["code"].tolist() == []
    assert sorted(prepared.rejected["_row"]) == [1, 2, 3, 4, 5]


def retire(registry, number: str) -> None:
    """Close a live grid, as the retirement of a grid does."""
    dataset = DATASETS["grids"]
    with registry.begin() as connection:
        row = connection.execute(select(dataset.live).where(dataset.live.c.code == number)).mappings().one()
        closed = {name: value for name, value in row.items() if name != "fid"}
        connection.execute(
            insert(dataset.history).values(**closed, closed_by=99, valid_to=datetime(2026, 9, 1, tzinfo=UTC))
        )
        connection.execute(delete(dataset.live).where(dataset.live.c.code == number))


def test_a_retired_code_is_never_used_again(deliveries) -> None:
    deliveries.load(prepare_grids, deliveries.layer(codes(1, 2), [cell(0), cell(1)]))
    retire(deliveries.registry, code(2))
    prepared = deliveries.prepare(prepare_grids, deliveries.layer(codes(2), [cell(5)]))
    assert deliveries.found(prepared) == [("G08", "error", 1)]
    unchanged = deliveries.prepare(prepare_grids, deliveries.layer(codes(2), [cell(1)]))
    assert deliveries.found(unchanged) == [("G08", "warning", 1)]


def test_a_retired_number_is_no_gap_in_the_sequence(deliveries) -> None:
    deliveries.load(prepare_grids, deliveries.layer(codes(1, 2), [cell(0), cell(1)]))
    retire(deliveries.registry, code(2))
    prepared = deliveries.prepare(prepare_grids, deliveries.layer(codes(1, 3), [cell(0), cell(2)]))
    assert deliveries.found(prepared, infos=True) == []
