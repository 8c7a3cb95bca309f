"""Governance grids and responsibility grids: other systems, kept as they are delivered."""

from __future__ import annotations

import json

import pytest
import shapely

from grids.division_imports import prepare_divisions
from grids.groups.imports import prepare_responsibility_grids
from grids.imports import prepare_governance_grids

UNIT = 0.01


def box(column: float, row: float = 0, width: float = 1, height: float = 1) -> shapely.Polygon:
    west, south = 106.5 + column * UNIT, 29.4 + row * UNIT
    return shapely.box(west, south, west + width * UNIT, south + height * UNIT)


@pytest.fixture
def in_communities(deliveries):
    """A registry with two communities, 3 by 1 each."""
    rows = [{"code": "330106012003", "name": "东山弄社区"}, {"code": "330106012004", "name": "青枫社区"}]
    deliveries.load(prepare_divisions, deliveries.layer(rows, [box(0, 0, 3), box(3, 0, 3)]))
    return deliveries


GRIDS = [
    ({"XZQHBM": "330106012003001", "areaName": "第一网格", "cunshe": "东山弄社区"}, box(0)),
    ({"XZQHBM": "330106012003002", "areaName": "第二网格", "cunshe": "东山弄社区"}, box(1, 0, 2)),
    ({"XZQHBM": "330106012004001", "areaName": "第一网格", "cunshe": "青枫社区"}, box(3, 0, 3)),
]


def governance(deliveries, **changes):
    rows = [row | changes.get(f"row{n}", ({}, None))[0] for n, (row, _) in enumerate(GRIDS, start=1)]
    polygons = [changes.get(f"row{n}", ({}, p))[1] or p for n, (_, p) in enumerate(GRIDS, start=1)]
    return deliveries.prepare(prepare_governance_grids, deliveries.layer(rows, polygons))


def test_a_clean_layer_has_no_findings(in_communities) -> None:
    prepared = governance(in_communities)
    assert in_communities.found(prepared, infos=True) == []
    assert prepared.frame[["line", "code", "name", "community_name"]].to_numpy().tolist()[0] == [
        "综治",
        "330106012003001",
        "第一网格",
        "东山弄社区",
    ]


BOW = shapely.Polygon([(106.5, 29.4), (106.51, 29.41), (106.51, 29.4), (106.5, 29.41)])


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"row1": ({"XZQHBM": ""}, None)}, [("G13", "error", 1)]),
        ({"row1": ({"cunshe": "青枫社区"}, None)}, [("G19", "warning", 1)]),
        ({"row1": ({"XZQHBM": "330106012004009"}, None)}, [("G07", "warning", 1)]),
        ({"row1": ({}, box(0, 0, 1.1))}, [("G03", "warning", 2)]),
        ({"row3": ({}, box(3, 0, 3.2))}, [("G05", "warning", 3)]),
        ({"row3": ({}, box(20, 0, 1))}, [("G05", "warning", 3)]),
        ({"row1": ({"areaCode": "330106031102"}, None)}, [("G18", "warning", 1)]),
        ({"row1": ({"areaCode": "330106012003"}, None)}, []),
        ({"row2": ({"XZQHBM": "330106012003001"}, None)}, [("G08", "error", 2)]),
        ({"row1": ({}, BOW)}, [("G01", "warning", 1)]),
        ({"row1": ({}, box(0, 0, 0.01, 0.01))}, [("G16", "warning", 1)]),
    ],
)
def test_each_fault_is_one_finding(in_communities, changes, expected) -> None:
    assert in_communities.found(governance(in_communities, **changes)) == expected


def test_pieces_become_one_grid(in_communities) -> None:
    rows = [{"网格编号": "SQ-3-2", "所属组织": "第二网格"}] * 2 + [
        {"网格编号": "SQ-3-3", "所属组织": "第三网格"}
    ]
    prepared = in_communities.prepare(
        prepare_governance_grids, in_communities.layer(rows, [box(0), box(1.5, 0, 0.2), box(2)])
    )
    codes = [code for code, _, _ in in_communities.found(prepared)]
    assert codes.count("G17") == 1
    assert prepared.report.accepted == 3
    assert prepared.frame["code"].tolist() == ["SQ-3-2", "SQ-3-3"]
    assert shapely.get_num_geometries(prepared.frame.geometry.iloc[0]) == 2


def test_a_hole_between_grids_is_found(deliveries) -> None:
    ring = [box(c, r) for c in range(3) for r in range(3) if (c, r) != (1, 1)]
    rows = [{"code": f"W-{n}"} for n in range(8)]
    prepared = deliveries.prepare(prepare_governance_grids, deliveries.layer(rows, ring))
    assert deliveries.found(prepared) == [("G04", "warning", None)]


def test_columns_without_a_field_are_kept(deliveries) -> None:
    layer = deliveries.layer([{"code": "W-1", "事件上报数": 12}], [box(0)])
    prepared = deliveries.prepare(prepare_governance_grids, layer)
    assert json.loads(prepared.frame["attributes"].iloc[0]) == {"事件上报数": 12}
    assert [f.code for f in prepared.report.findings] == ["F08"]


def responsibility(deliveries, rows, polygons, **options):
    return deliveries.prepare(prepare_responsibility_grids, deliveries.layer(rows, polygons), **options)


def test_responsibility_grids_may_overlap_between_lines_only(deliveries) -> None:
    rows = [
        {"条线": "监督", "代码": "J-1"},
        {"条线": "环卫", "代码": "J-1"},
        {"条线": "环卫", "代码": "H-2"},
    ]
    clean = responsibility(deliveries, rows, [box(0), box(0), box(1)])
    assert deliveries.found(clean, infos=True) == []
    assert len(clean.frame) == 3
    overlapping = responsibility(deliveries, rows, [box(0), box(0), box(0.9)])
    assert deliveries.found(overlapping) == [("G03", "warning", 3)]


def test_a_line_is_required_and_may_be_said(deliveries) -> None:
    layer_rows = [{"代码": "J-1"}]
    missing = responsibility(deliveries, layer_rows, [box(0)])
    assert deliveries.found(missing) == [("F05", "error", None)]
    assert missing.report.rejected == 1
    said = responsibility(deliveries, layer_rows, [box(0)], constants={"line": "监督"})
    assert said.frame["line"].tolist() == ["监督"]
