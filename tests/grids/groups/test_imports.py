"""Responsibility, management and evaluation grids: polygons, lists of members, or both."""

from __future__ import annotations

import geopandas
import numpy as np
import pytest
import shapely

from gis.editions import commit
from gis.read import read_frame
from gis.sheet import Sheet
from grids.groups.imports import (
    prepare_evaluation_grids,
    prepare_management_grids,
    prepare_responsibility_grids,
)
from grids.groups.membership_imports import prepare_memberships
from grids.groups.memberships import members_of, membership_frame
from grids.past.retirements import Operation, Retirement, retirement_change

UNIT = 0.001
WEST, EAST = "500113001001", "500113001002"
A, B, C, D = (f"{WEST}00{n}" for n in range(1, 5))
E, F = (f"{EAST}00{n}" for n in range(1, 3))
CODES = (A, B, C, D, E, F)


def box(column: float, width: float = 1, row: float = 0, height: float = 1) -> shapely.Polygon:
    west, south = 106.5 + column * UNIT, 29.4 + row * UNIT
    return shapely.box(west, south, west + width * UNIT, south + height * UNIT)


def table(*rows: str, path: str = "groups.csv") -> Sheet:
    return Sheet("groups", [[cell or None for cell in row.split("|")] for row in rows], path=path)


@pytest.fixture
def city(deliveries):
    """Six unit grids in a row, four of one community and two of the next."""
    rows = {
        "code": CODES,
        "county": "500113",
        "street": "500113001",
        "community": [code[:12] for code in CODES],
    }
    grids = geopandas.GeoDataFrame(rows, geometry=[box(n) for n in range(6)], crs=4490)
    commit(deliveries.registry, "grids", grids)
    return deliveries


def members(deliveries, kind="responsibility-grids"):
    frame = read_frame(deliveries.registry, "memberships")
    own = frame[frame["kind"] == kind]
    return own.groupby("code")["member"].apply(tuple).to_dict()


def covers_the_same(one, other):
    return one.is_valid and one.symmetric_difference(other).area < 1e-15


def shape_of(prepared, code):
    return prepared.frame.set_index("code").geometry[code]


LISTS = table(
    "条线|责任网格编码|责任网格名称|包含单元网格", f"环卫|H-1|一|{A}、{B}", f"环卫|H-2|二|{C},{D};{E} {F}"
)
ONE_TO_A_ROW = table(
    "条线|责任网格编码|责任网格名称|单元网格编码",
    *(f"环卫|H-1|一|{code}" for code in (A, B)),
    *(f"环卫|H-2|二|{code}" for code in (C, D, E, F)),
)


@pytest.mark.parametrize("source", [LISTS, ONE_TO_A_ROW], ids=["lists", "one member to a row"])
def test_the_boundary_of_a_listed_group_is_that_of_its_members(city, source) -> None:
    prepared = city.load(prepare_responsibility_grids, source)
    assert city.found(prepared, infos=True) == []
    assert covers_the_same(shape_of(prepared, "H-1"), box(0, 2))
    assert covers_the_same(shape_of(prepared, "H-2"), box(2, 4))
    assert prepared.frame["name"].tolist() == ["一", "二"]
    assert members(city) == {"H-1": (A, B), "H-2": (C, D, E, F)}
    assert members_of(city.registry, "responsibility-grids", "环卫", "H-1") == (A, B)


def test_polygons_with_a_list_keep_their_polygon(city) -> None:
    rows = [{"条线": "环卫", "代码": "H-1", "单元网格": f"{A}\n{B}"}]
    prepared = city.load(prepare_responsibility_grids, city.layer(rows, [box(0, 2)]))
    assert [f for f in city.found(prepared) if f[0] != "G25"] == []
    assert shape_of(prepared, "H-1").equals_exact(shapely.MultiPolygon([box(0, 2)]))
    assert members(city) == {"H-1": (A, B)}


def test_polygons_alone_get_their_members_by_position_and_no_more_findings_than_before(city) -> None:
    rows = [{"条线": "环卫", "代码": "H-1"}, {"条线": "环卫", "代码": "H-2"}]
    prepared = city.load(prepare_responsibility_grids, city.layer(rows, [box(0, 2), box(2, 2.3)]))
    assert city.found(prepared) == []
    assert [f[0] for f in city.found(prepared, infos=True)] == ["G28"]
    assert members(city) == {"H-1": (A, B), "H-2": (C, D)}
    assert any("按位置" in str(note) for note in prepared.report.notes)


def test_a_polygon_layer_may_bring_its_members_in_a_table(city) -> None:
    layer = city.layer([{"条线": "环卫", "代码": "H-1"}], [box(0, 2)])
    prepared = city.load(
        prepare_responsibility_grids, layer, table("条线|代码|单元网格", f"环卫|H-1|{A}", f"环卫|H-1|{B}")
    )
    assert len(prepared.frame) == 1
    assert prepared.report.accepted == 3
    assert members(city) == {"H-1": (A, B)}
    assert [f for f in city.found(prepared) if f[0] != "G25"] == []


def test_a_table_of_something_else_beside_polygons_is_passed_over(city) -> None:
    layer = city.layer([{"条线": "环卫", "代码": "H-1"}], [box(0, 4)])
    prepared = city.prepare(
        prepare_responsibility_grids, layer, table("单位代码|单位名称", "001|环卫所"), table("说明", "无")
    )
    assert city.found(prepared) == [("F05", "warning", None)] * 2
    assert len(prepared.frame) == 1


def test_a_table_that_names_no_members_is_refused(city) -> None:
    prepared = city.prepare(prepare_responsibility_grids, table("条线|代码|名称", "环卫|H-1|一"))
    assert city.found(prepared) == [("F05", "error", None)]
    assert prepared.report.rejected == 1


def test_rejected_rows_of_polygons_and_tables_are_kept_together(city) -> None:
    layer = city.layer([{"条线": "环卫", "代码": ""}, {"条线": "环卫", "代码": "H-1"}], [box(0), box(0, 4)])
    rows = table("条线|代码|单元网格", f"环卫||{A}", f"环卫|H-2|{WEST}777")
    prepared = city.prepare(prepare_responsibility_grids, layer, rows)
    assert (prepared.report.checked, prepared.report.rejected, len(prepared.rejected)) == (4, 3, 3)
    assert prepared.frame["code"].tolist() == ["H-1"]


def test_without_unit_grids_polygons_are_taken_as_before_and_lists_are_refused(deliveries) -> None:
    layer = deliveries.layer([{"条线": "环卫", "代码": "H-1"}], [box(0, 2)])
    prepared = deliveries.prepare(prepare_responsibility_grids, layer)
    assert deliveries.found(prepared, infos=True) == []
    assert prepared.also == []
    refused = deliveries.prepare(prepare_responsibility_grids, LISTS)
    assert [f[:2] for f in deliveries.found(refused)] == [("G23", "error"), ("G23", "error")]
    assert refused.report.accepted == 0


def test_a_member_that_was_retired_names_what_followed(city) -> None:
    gone = f"{WEST}009"
    retirement = Retirement("grids", gone, Operation.SPLIT, successors=(A, B))
    commit(city.registry, "retirements", retirement_change([retirement]).frame)
    source = table("条线|代码|单元网格", f"环卫|H-1|{A}、{gone}", f"环卫|H-2|{B}、{C}")
    prepared = city.prepare(prepare_responsibility_grids, source)
    (finding,) = [f for f in prepared.report.findings if f.code == "G23"]
    assert (finding.severity, finding.value) == ("error", gone)
    assert f"{gone} → {A}、{B}" in str(finding.hint)
    assert prepared.frame["code"].tolist() == ["H-2"]


def test_a_drawn_group_goes_on_without_an_unknown_member(city) -> None:
    rows = [{"条线": "环卫", "代码": "H-1", "单元网格": f"{A},{B},{WEST}777"}]
    prepared = city.load(prepare_responsibility_grids, city.layer(rows, [box(0, 2)]))
    assert ("G23", "warning", 1) in city.found(prepared)
    assert members(city) == {"H-1": (A, B)}


def test_codes_of_14_digits_and_full_width_digits_are_members_too(city) -> None:
    source = table("条线|代码|单元网格", f"环卫|H-1|{WEST}01、５００１１３００１００１００２")
    city.load(prepare_responsibility_grids, source)
    assert members(city) == {"H-1": (A, B)}


def test_overlap_and_gap_of_a_line(city) -> None:
    source = table("条线|代码|单元网格", f"环卫|H-1|{A}、{B}", f"环卫|H-2|{B}、{C}", f"监督|J-1|{E}、{F}")
    prepared = city.prepare(prepare_responsibility_grids, source)
    overlap, gap = [f for f in prepared.report.findings if f.code in ("G24", "G25")]
    assert (overlap.code, overlap.severity, overlap.id) == ("G24", "warning", "H-2")
    assert B in str(overlap.message)
    assert overlap.geometry.equals(box(1))
    assert (gap.code, gap.id) == ("G25", WEST)
    assert D in str(gap.message)
    assert gap.geometry.equals(box(3))


def test_groups_of_the_registry_count_for_the_line(city) -> None:
    city.load(prepare_responsibility_grids, table("条线|代码|单元网格", f"环卫|H-1|{A}、{B}、{C}"))
    more = table("条线|代码|单元网格", f"环卫|H-2|{C}、{D}")
    prepared = city.prepare(prepare_responsibility_grids, more)
    assert [f[:2] for f in city.found(prepared)] == [("G24", "warning")]
    again = city.prepare(
        prepare_responsibility_grids, table("条线|代码|单元网格", f"环卫|H-1|{A}、{B}、{C}、{D}")
    )
    assert city.found(again) == []


def test_a_group_that_comes_again_has_the_new_members_only(city) -> None:
    city.load(prepare_responsibility_grids, LISTS)
    city.load(prepare_responsibility_grids, table("条线|代码|单元网格", f"环卫|H-1|{B}"))
    assert members(city) == {"H-1": (B,), "H-2": (C, D, E, F)}
    far = city.layer([{"条线": "环卫", "代码": "H-1"}], [box(50, 2)])
    assert ("G29", "info", 1) in city.found(city.load(prepare_responsibility_grids, far), infos=True)
    assert members(city) == {"H-2": (C, D, E, F)}


@pytest.mark.parametrize(
    ("row", "code"),
    [("环卫||{A}", "G13"), ("|H-1|{A}", "G13"), ("环卫|H-1|", "G29")],
)
def test_a_row_without_its_key_or_members_is_refused(city, row, code) -> None:
    prepared = city.prepare(
        prepare_responsibility_grids, table("条线|代码|单元网格", row.format(A=A), f"监督|X|{B}")
    )
    assert (code, "error", 2) in city.found(prepared)
    assert prepared.frame["code"].tolist() == ["X"]


def test_rows_of_one_code_with_two_names_are_refused(city) -> None:
    source = table("条线|代码|名称|单元网格", f"环卫|H-1|一|{A}", f"环卫|H-1|二|{B}")
    prepared = city.prepare(prepare_responsibility_grids, source)
    assert ("G08", "error", 3) in city.found(prepared)
    assert prepared.report.rejected == 2


M1, M2 = f"{WEST}901", f"{EAST}901"


def managed(city, members_of_one, **options):
    source = table("管理网格编码|管理网格名称|单元网格", f"{M1}|一号|{members_of_one}")
    return city.prepare(prepare_management_grids, source, **options)


@pytest.mark.parametrize(
    ("listed", "findings", "geometry"),
    [
        (f"{A}、{B}、{C}、{D}", [], None),
        (f"{A}、{B}、{D}", ["G25", "G26"], box(3)),
        (f"{A}、{B}、{C}、{D}、{E}", ["G25", "G27"], box(4)),
        (f"{A}、{B}、{C}、{D}、{E}、{F}", ["G27", "G27"], None),
    ],
)
def test_management_grids_are_adjacent_few_and_of_one_community(city, listed, findings, geometry) -> None:
    prepared = managed(city, listed)
    assert [(f[0], f[1]) for f in city.found(prepared)] == [(code, "warning") for code in findings]
    assert prepared.frame["community"].tolist() == [WEST]
    if geometry is not None:
        (pinned,) = [f.geometry for f in prepared.report.findings if f.code in ("G26", "G27")]
        assert pinned.equals(geometry)


def test_the_limit_of_a_management_grid_can_be_said(city) -> None:
    assert "G27" in str(city.found(managed(city, f"{A}、{B}", constants={"most_members": "1"})))
    assert city.found(managed(city, f"{A}、{B}、{C}、{D}", constants={"most_members": "4"})) == []


def test_grids_that_meet_at_a_corner_only_are_not_adjacent(deliveries) -> None:
    corner = geopandas.GeoDataFrame({"code": [A, B]}, geometry=[box(0), box(1, row=1)], crs=4490)
    commit(deliveries.registry, "grids", corner)
    prepared = managed(deliveries, f"{A}、{B}")
    assert [f[0] for f in deliveries.found(prepared)] == ["G26"]


def test_grids_with_a_seam_of_millimetres_are_adjacent(deliveries) -> None:
    seam = geopandas.GeoDataFrame({"code": [A, B]}, geometry=[box(0), box(1 + 2e-5)], crs=4490)
    commit(deliveries.registry, "grids", seam)
    assert deliveries.found(managed(deliveries, f"{A}、{B}")) == []


def test_a_drawn_boundary_that_cuts_a_member_is_shown_with_the_difference(city) -> None:
    rows = [{"管理网格编码": M1, "单元网格": f"{A}、{B}、{C}、{D}"}]
    prepared = city.prepare(prepare_management_grids, city.layer(rows, [box(0, 3.5)]))
    (finding,) = [f for f in prepared.report.findings if f.severity != "info"]
    assert finding.code == "G28"
    assert D in str(finding.message)
    assert finding.geometry.equals(box(3.5, 0.5))
    assert shape_of(prepared, M1).equals(box(0, 3.5))


def test_a_boundary_within_the_tolerance_is_none(city) -> None:
    rows = [{"管理网格编码": M1, "单元网格": f"{A}、{B}、{C}、{D}"}]
    prepared = city.prepare(prepare_management_grids, city.layer(rows, [box(0, 4 + 1e-4)]))
    assert city.found(prepared, infos=True) == []


def test_evaluation_grids_are_made_of_management_grids(city) -> None:
    city.load(
        prepare_management_grids, table("管理网格编码|单元网格", f"{M1}|{A}、{B}、{C}、{D}", f"{M2}|{E}、{F}")
    )
    source = table("评价网格编码|管理网格", f"50011300101A|{M1}、{M2}")
    prepared = city.load(prepare_evaluation_grids, source)
    assert city.found(prepared, infos=True) == []
    assert shape_of(prepared, "50011300101A").equals(box(0, 6))
    assert prepared.frame["street"].tolist() == ["500113001"]
    assert members(city, "evaluation-grids") == {"50011300101A": (M1, M2)}


def test_codes_of_another_form_than_the_draft_s_are_kept(city) -> None:
    prepared = city.load(prepare_management_grids, table("管理网格编码|单元网格", f"GL-1|{A}、{B}、{C}、{D}"))
    assert city.found(prepared) == [("G14", "warning", 2)]
    prepared = city.prepare(prepare_evaluation_grids, table("评价网格编码|管理网格", "50011300101D|GL-1"))
    assert city.found(prepared) == [("G14", "warning", 2)]


@pytest.fixture
def with_groups(city):
    city.load(prepare_responsibility_grids, LISTS)
    return city


def test_memberships_come_as_a_table_of_their_own(with_groups) -> None:
    rows = (f"责任网格|环卫|H-1|{code}" for code in (A, C))
    prepared = with_groups.load(prepare_memberships, table("类别|条线|网格编码|单元网格", *rows))
    assert members(with_groups) == {"H-1": (A, C), "H-2": (C, D, E, F)}
    found = {f[0] for f in with_groups.found(prepared)}
    assert found == {"G24", "G25", "G28"}


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (f"责任网格|环卫|H-9|{A}", "G23"),
        (f"责任网格|环卫|H-1|{WEST}777", "G23"),
        (f"责任网格||H-1|{A}", "G13"),
        (f"绿地|环卫|H-1|{A}", "R11"),
        ("责任网格|环卫|H-1|", "G29"),
    ],
)
def test_memberships_of_nothing_are_refused(with_groups, row, code) -> None:
    prepared = with_groups.prepare(prepare_memberships, table("类别|条线|网格编码|单元网格", row))
    assert (code, "error", 2) in with_groups.found(prepared)
    assert len(prepared.frame) == 0


def test_an_export_of_the_memberships_can_be_imported(with_groups) -> None:
    frame = read_frame(with_groups.registry, "memberships").astype(object)
    rows = ("|".join(row) for row in frame.itertuples(index=False, name=None))
    prepared = with_groups.prepare(prepare_memberships, table("kind|line|code|member", *rows))
    assert with_groups.found(prepared, infos=True) == []
    assert np.array_equal(
        prepared.frame.sort_values("member").to_numpy(), frame.sort_values("member").to_numpy()
    )
    assert membership_frame([]).columns.tolist() == frame.columns.tolist()
