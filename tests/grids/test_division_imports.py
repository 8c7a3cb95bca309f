"""Divisions on their way into the registry: faults are reported, what was drawn is kept."""

from __future__ import annotations

import json

import pytest
import shapely

from gis.errors import UsageError
from gis.read import read_frame
from grids.division_imports import prepare_divisions

# Degrees are enough here: 0.01 degrees are about a kilometre.
UNIT = 0.01


def box(column: float, row: float = 0, width: float = 1, height: float = 1) -> shapely.Polygon:
    west, south = 106.5 + column * UNIT, 29.4 + row * UNIT
    return shapely.box(west, south, west + width * UNIT, south + height * UNIT)


DISTRICT = [
    ({"QHDM": "500113", "QHMC": "云渡区"}, box(0, 0, 4, 2)),
    ({"QHDM": "500113001000", "QHMC": "云岚街道"}, box(0, 0, 2, 2)),
    ({"QHDM": "500113002", "QHMC": "锦屏街道"}, box(2, 0, 2, 2)),
    ({"QHDM": "500113001001", "QHMC": "新华社区"}, box(0, 0, 1, 2)),
    ({"QHDM": "500113001002", "QHMC": "新民社区"}, box(1, 0, 1, 2)),
    ({"QHDM": "500113002001", "QHMC": "飞虹社区"}, box(2, 0, 2, 2)),
]


def district(deliveries, **changes):
    """Deliver the district, rows changed by their code: (row, polygon), or None to leave it out."""
    rows, polygons = [], []
    for row, polygon in DISTRICT:
        change = changes.get(f"c{row['QHDM']}", ({}, polygon))
        if change is not None:
            rows.append(row | change[0])
            polygons.append(change[1])
    return deliveries.prepare(prepare_divisions, deliveries.layer(rows, polygons))


def test_a_district_in_one_layer_has_no_findings(deliveries) -> None:
    prepared = district(deliveries)
    assert deliveries.found(prepared, infos=True) == []
    assert prepared.frame[["code", "level", "parent_code"]].to_numpy().tolist() == [
        ["500113", "county", None],
        ["500113001", "street", "500113"],
        ["500113002", "street", "500113"],
        ["500113001001", "community", "500113001"],
        ["500113001002", "community", "500113001"],
        ["500113002001", "community", "500113002"],
    ]
    assert any("补零" in str(note) for note in prepared.report.notes)


def test_levels_in_layers_of_their_own_come_out_the_same(deliveries) -> None:
    layers = [
        deliveries.layer([row for row, _ in part], [polygon for _, polygon in part], path)
        for path, part in (("区.shp", DISTRICT[:1]), ("街道.shp", DISTRICT[1:3]), ("社区.shp", DISTRICT[3:]))
    ]
    prepared = deliveries.load(prepare_divisions, *layers)
    assert deliveries.found(prepared, infos=True) == []
    assert len(read_frame(deliveries.registry, "divisions")) == 6


BOW = shapely.Polygon([(106.5, 29.4), (106.51, 29.42), (106.51, 29.4), (106.5, 29.42)])


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"c500113001001": ({"QHDM": None}, box(0, 0, 1, 2))}, [("G13", "error", 4)]),
        ({"c500113001001": ({}, box(0, 0, 1.1, 2))}, [("G03", "warning", 5)]),
        ({"c500113001001": ({}, box(0.1, 0, 0.9, 2))}, [("G04", "warning", None)]),
        (
            {"c500113002001": ({}, box(2, 0, 2.2, 2))},
            [("G05", "warning", 6)],
        ),
        ({"c500113002001": ({"QHDM": "500113001003"}, box(2, 0, 2, 2))}, [("G07", "warning", 6)]),
        ({"c500113002001": ({"QHDM": "500113009001"}, box(2, 0, 2, 2))}, [("G15", "warning", 6)]),
        ({"c500113001002": ({"SJDM": "500113002"}, box(1, 0, 1, 2))}, [("G19", "warning", 5)]),
        ({"c500113001002": ({"JB": "街道"}, box(1, 0, 1, 2))}, [("G14", "warning", 5)]),
        ({"c500113001002": ({"QHDM": "SQ-3"}, box(1, 0, 1, 2))}, [("G14", "error", 5)]),
        (
            {"c500113001002": ({"QHDM": "500113001001", "QHMC": "新民社区"}, box(1, 0, 1, 2))},
            [("G08", "error", 5)],
        ),
        ({"c500113001002": ({}, None)}, [("F11", "error", 5), ("G04", "warning", None)]),
    ],
)
def test_each_fault_is_one_finding(deliveries, changes, expected) -> None:
    assert deliveries.found(district(deliveries, **changes)) == expected


def test_an_invalid_polygon_is_reported_and_kept_as_it_was_drawn(deliveries) -> None:
    prepared = deliveries.prepare(prepare_divisions, deliveries.layer([{"code": "500113001"}], [BOW]))
    assert deliveries.found(prepared) == [("G01", "warning", 1)]
    (kept,) = prepared.frame.geometry
    assert shapely.equals_exact(kept.geoms[0], BOW)


def test_pieces_of_one_division_become_parts_and_are_reported(deliveries) -> None:
    rows = [{"code": "500113001", "name": "云岚街道"}] * 3
    pieces = [box(0), box(3), box(5)]
    prepared = deliveries.prepare(prepare_divisions, deliveries.layer(rows, pieces))
    assert deliveries.found(prepared) == [("G17", "warning", 2), ("G17", "warning", 3)]
    assert prepared.report.accepted == 3
    (whole,) = prepared.frame.geometry
    assert whole.equals(shapely.MultiPolygon(pieces))


def test_pieces_that_share_an_edge_are_joined_along_it(deliveries) -> None:
    rows = [{"code": "500113001", "name": "云岚街道"}] * 2
    prepared = deliveries.prepare(prepare_divisions, deliveries.layer(rows, [box(0), box(1)]))
    assert deliveries.found(prepared) == [("G17", "warning", 2)]
    (whole,) = prepared.frame.geometry
    assert whole.is_valid
    assert whole.symmetric_difference(box(0, 0, 2, 1)).area < 1e-12


def test_the_same_polygon_twice_is_refused(deliveries) -> None:
    rows = [{"code": "500113001", "name": "云岚街道"}] * 2
    prepared = deliveries.prepare(prepare_divisions, deliveries.layer(rows, [box(0), box(0)]))
    assert deliveries.found(prepared) == [("G08", "error", 2)]
    assert len(prepared.frame) == 1


def test_pieces_that_cover_the_same_ground_are_refused(deliveries) -> None:
    rows = [{"code": "500113001", "name": "云岚街道"}] * 2
    prepared = deliveries.prepare(prepare_divisions, deliveries.layer(rows, [box(0), box(0.5)]))
    assert deliveries.found(prepared) == [("G08", "error", 2)]
    assert prepared.report.rejected == 2


def test_slivers_are_reported(deliveries) -> None:
    rows = [{"code": "500113001"}, {"code": "500113002"}]
    prepared = deliveries.prepare(prepare_divisions, deliveries.layer(rows, [box(0), box(3, 0, 0.01, 0.01)]))
    assert deliveries.found(prepared) == [("G16", "warning", 2)]


def test_another_column_with_codes_that_disagree_is_reported(deliveries) -> None:
    rows = [
        {"code": "500113001", "mz": "500113001000", "tel": "02366223344"},
        {"code": "500113002", "mz": "500113090000", "tel": "02366223345"},
        {"code": "500113003", "mz": None, "tel": None},
    ]
    prepared = deliveries.prepare(prepare_divisions, deliveries.layer(rows, [box(0), box(1), box(2)]))
    assert deliveries.found(prepared) == [("G18", "warning", 2)]
    finding = next(f for f in prepared.report.findings if f.code == "G18")
    assert (finding.field, finding.value, finding.expected) == ("mz", "500113090000", "500113002")
    assert json.loads(prepared.frame["attributes"].iloc[1])["mz"] == "500113090000"


def test_columns_with_the_codes_of_the_levels_above_do_not_disagree(deliveries) -> None:
    above = {"省代码": "500000000000", "市代码": "500100000000", "区代码": "500113000000"}
    rows = [{"code": "500113001", **above}, {"code": "500113002", **above}]
    prepared = deliveries.prepare(prepare_divisions, deliveries.layer(rows, [box(0), box(1)]))
    assert deliveries.found(prepared) == []


def test_provinces_and_prefectures_are_refused_as_such(deliveries) -> None:
    rows = [{"code": "110000"}, {"code": "500100"}, {"code": "441900"}, {"code": "629700000"}]
    boxes = [box(0), box(1), box(2), box(3)]
    prepared = deliveries.prepare(prepare_divisions, deliveries.layer(rows, boxes))
    assert deliveries.found(prepared) == [("G14", "error", 1), ("G14", "error", 2), ("G14", "error", 4)]
    assert {f.message.msgid for f in prepared.report.errors} == {
        "{code} is the code of a province or prefecture"
    }
    kept = deliveries.prepare(prepare_divisions, deliveries.layer(rows, boxes), constants={"level": "county"})
    assert (kept.report.accepted, kept.report.rejected) == (4, 0)


@pytest.mark.parametrize("heading", ["adcode", "district_adcode", "区县码"])
def test_codes_are_found_under_the_headings_of_public_boundary_sets(deliveries, heading: str) -> None:
    rows = [{heading: 500113, "name": "巴南区"}, {heading: 441900, "name": "东莞市"}]
    prepared = deliveries.prepare(prepare_divisions, deliveries.layer(rows, [box(0), box(1)]))
    assert deliveries.found(prepared) == []
    assert prepared.frame["code"].tolist() == ["500113", "441900"]


def test_codes_of_another_form_need_a_level_and_are_kept(deliveries) -> None:
    rows = [{"街道": "石桥街道", "街道编码": "SQ"}, {"街道": "东新街道", "街道编码": "DX"}]
    layer = deliveries.layer(rows, [box(0), box(1)])
    refused = deliveries.prepare(prepare_divisions, layer)
    assert deliveries.found(refused) == [("G14", "error", 1), ("G14", "error", 2)]
    kept = deliveries.prepare(prepare_divisions, layer, constants={"level": "street"})
    assert deliveries.found(kept) == [("G14", "warning", 1), ("G14", "warning", 2)]
    assert kept.frame[["code", "name", "level"]].to_numpy().tolist() == [
        ["SQ", "石桥街道", "street"],
        ["DX", "东新街道", "street"],
    ]


def test_a_code_that_ends_like_a_level_above_follows_the_stated_level(deliveries) -> None:
    layer = deliveries.layer([{"code": "330106011000", "name": "西溪社区"}], [box(0)])
    stated = deliveries.prepare(prepare_divisions, layer, constants={"level": "community"})
    assert deliveries.found(stated) == [("G14", "warning", 1)]
    assert stated.frame[["code", "level"]].to_numpy().tolist() == [["330106011000", "community"]]
    alone = deliveries.prepare(prepare_divisions, layer)
    assert alone.frame[["code", "level"]].to_numpy().tolist() == [["330106011", "street"]]


def test_an_unknown_level_is_the_users_mistake(deliveries) -> None:
    layer = deliveries.layer([{"code": "500113001"}], [box(0)])
    with pytest.raises(UsageError, match="省") as caught:
        deliveries.prepare(prepare_divisions, layer, constants={"level": "省"})
    assert caught.value.expected is not None


def test_neighbours_and_parents_may_be_in_the_registry_already(deliveries) -> None:
    first = deliveries.layer([row for row, _ in DISTRICT[:3]], [polygon for _, polygon in DISTRICT[:3]])
    deliveries.load(prepare_divisions, first)
    rest = DISTRICT[3:5]
    deliveries.load(prepare_divisions, deliveries.layer([row for row, _ in rest], [p for _, p in rest]))
    last = deliveries.layer([DISTRICT[5][0]], [box(1.9, 0, 2.1, 2)])
    assert deliveries.found(deliveries.prepare(prepare_divisions, last)) == [
        ("G03", "warning", 1),
        ("G05", "warning", 1),
    ]


def test_former_names_are_kept_as_a_list(deliveries) -> None:
    layer = deliveries.layer([{"code": "500113001", "曾用名": "鱼洞镇、鱼洞公社"}], [box(0)])
    prepared = deliveries.prepare(prepare_divisions, layer)
    assert json.loads(prepared.frame["former_names"].iloc[0]) == ["鱼洞镇", "鱼洞公社"]
