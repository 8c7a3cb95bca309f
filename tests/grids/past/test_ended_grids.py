"""Unit grids that a delivery brings as ended, and codes of ended grids that come back."""

from __future__ import annotations

import json

import pytest
import shapely

from gis.editions import commit, commit_changes, list_editions, revert
from gis.read import read_frame
from gis.registry import Registry
from grids.imports import prepare_grids
from grids.past.retirements import Operation, Retirement, records_of, retirement_change
from grids.past.succession import successors

COMMUNITY = "500113001002"
SIZE = 0.001


def code(number: int) -> str:
    return f"{COMMUNITY}{number:03d}"


def cell(column: int, width: float = 1) -> shapely.Polygon:
    west = 106.5 + column * SIZE
    return shapely.box(west, 29.4, west + width * SIZE, 29.4 + SIZE)


def grid(number: int, **columns: str) -> dict[str, object]:
    return {"DYWGBSM": code(number), "ZT": "有效"} | columns


def ended(number: int, **columns: str) -> dict[str, object]:
    return {"DYWGBSM": code(number), "ZT": "作废"} | columns


def layer(deliveries, *rows: tuple[dict[str, object], object]):
    names = dict.fromkeys(name for row, _ in rows for name in row)
    filled = [{name: row.get(name) for name in names} for row, _ in rows]
    return deliveries.layer(filled, [geometry for _, geometry in rows])


def records(registry: Registry, *numbers: int) -> dict[str, Retirement]:
    with registry.connect() as connection:
        return records_of(connection, "grids", map(code, numbers))


def live(registry: Registry) -> list[str]:
    return read_frame(registry, "grids")["code"].tolist()


SPLIT = [
    (ended(1, ZFYY="道路改造拆分", ZZRQ="20260301", HJBSM=f"{code(2)}、{code(3)}"), cell(0, 2)),
    (grid(2), cell(0)),
    (grid(3), cell(1)),
]


def test_an_ended_grid_covers_nothing_and_is_recorded(deliveries) -> None:
    prepared = deliveries.load(prepare_grids, layer(deliveries, *SPLIT))
    # Its number is no gap either
    assert deliveries.found(prepared, infos=True) == []
    assert (prepared.report.checked, prepared.report.accepted) == (3, 3)
    assert live(deliveries.registry) == [code(2), code(3)]
    record = records(deliveries.registry, 1)[code(1)]
    assert (record.operation, record.successors, record.reason, record.date) == (
        Operation.SPLIT,
        (code(2), code(3)),
        "道路改造拆分",
        "2026-03-01",
    )
    assert successors(deliveries.registry, "grids", code(1)) == (code(2), code(3))


def test_a_live_grid_ends_with_the_delivery_that_says_so_and_comes_back_by_reverting(deliveries) -> None:
    registry = deliveries.registry
    deliveries.load(prepare_grids, layer(deliveries, (grid(1), cell(0, 2)), (grid(4), cell(2))))
    prepared = deliveries.load(prepare_grids, layer(deliveries, *SPLIT))
    assert prepared.retired == [(code(1),)]
    assert live(registry) == [code(2), code(3), code(4)]
    revert(registry, list_editions(registry)[0].id)
    assert live(registry) == [code(1), code(4)]
    assert records(registry, 1) == {}


def test_the_same_delivery_again_changes_nothing(deliveries) -> None:
    deliveries.load(prepare_grids, layer(deliveries, *SPLIT))
    prepared = deliveries.load(prepare_grids, layer(deliveries, *SPLIT))
    assert deliveries.found(prepared) == []
    edition = list_editions(deliveries.registry)[0]
    assert (edition.added, edition.changed, edition.retired) == (0, 0, 0)


def test_a_code_with_a_record_does_not_come_back(deliveries) -> None:
    deliveries.load(prepare_grids, layer(deliveries, *SPLIT))
    again = layer(deliveries, (grid(1), cell(5)), (grid(2), cell(0)), (grid(3), cell(1)))
    prepared = deliveries.prepare(prepare_grids, again)
    assert deliveries.found(prepared) == [("G08", "error", 1)]
    (finding,) = [f for f in prepared.report.findings if f.code == "G08"]
    assert str(finding.hint) == f"单元网格 {code(1)} 已于 2026-03-01 拆分为 {code(2)}、{code(3)}"


def test_one_code_cannot_be_ended_and_in_use(deliveries) -> None:
    rows = [(ended(1, ZFYY="x"), cell(0)), (grid(1), cell(1))]
    prepared = deliveries.prepare(prepare_grids, layer(deliveries, *rows))
    assert deliveries.found(prepared) == [("G08", "error", 2)]


@pytest.mark.parametrize(
    ("row", "is_ended", "expected"),
    [
        ({"ZT": "作废", "ZZRQ": None}, True, []),
        ({"ZT": "注销"}, True, []),
        ({"ZT": None, "ZZRQ": "2026-03-01"}, True, []),
        ({"ZT": "有效", "ZZRQ": "2026-03-01"}, True, [("G32", "warning", 1)]),
        ({"ZT": "有效", "ZZRQ": "9999-12-31"}, False, []),
        ({"ZT": "有效", "ZZRQ": None}, False, []),
        ({"ZT": "作废", "ZZRQ": "三月"}, True, [("G32", "warning", 1)]),
        ({"ZT": "作废", "HJBSM": code(77)}, True, [("G32", "warning", 1)]),
        ({"ZT": "作废", "HJBSM": code(1)}, True, [("G32", "error", 1)]),
        ({"ZT": "作废", "HJBSM": code(2)}, True, []),
        ({"ZT": "作废", "DYWGBSM": "SQ-3"}, True, [("G14", "error", 1)]),
        ({"ZT": "作废", "DYWGBSM": None}, True, [("G13", "error", 1)]),
    ],
)
def test_what_an_ended_row_says(deliveries, row, is_ended, expected) -> None:
    first = {"DYWGBSM": code(1)} | row
    # Where the first row is a live grid, the second covers its ground.
    overlap = [("G03", "error", 2)] if not is_ended else []
    prepared = deliveries.prepare(prepare_grids, layer(deliveries, (first, cell(0)), (grid(2), cell(0, 1.5))))
    found = [f for f in deliveries.found(prepared) if f[0] in ("G03", "G08", "G13", "G14", "G32")]
    assert found == sorted([*overlap, *expected], key=str)


def test_predecessors_tell_what_followed_codes_of_before(deliveries) -> None:
    rows = [
        (grid(2, QDBSM="50011300100201"), cell(0)),
        (grid(3, QDBSM=code(1)), cell(1)),
        (grid(4, QDBSM=code(9)), cell(2)),
        (ended(9, ZFYY="合并"), cell(2)),
    ]
    prepared = deliveries.load(prepare_grids, layer(deliveries, *rows))
    assert deliveries.found(prepared) == []
    found = records(deliveries.registry, 1, 9)
    assert {c: (r.operation, r.successors) for c, r in found.items()} == {
        code(1): (Operation.SPLIT, (code(2), code(3))),
        code(9): (Operation.MERGE, (code(4),)),
    }
    kept = read_frame(deliveries.registry, "grids")["attributes"].tolist()
    assert json.loads(kept[1])["QDBSM"] == code(1)


def test_a_predecessor_in_use_is_reported(deliveries) -> None:
    registry = deliveries.registry
    deliveries.load(prepare_grids, layer(deliveries, (grid(1), cell(5))))
    prepared = deliveries.load(prepare_grids, layer(deliveries, (grid(2, QDBSM=code(1)), cell(6))))
    assert ("G32", "warning", 1) in deliveries.found(prepared)
    assert records(registry, 1) == {}


def test_what_the_registry_knows_better_is_kept(deliveries) -> None:
    registry = deliveries.registry
    record = Retirement(
        "grids", code(1), Operation.SPLIT, (code(2), code(3)), reason="道路", date="2026-01-01"
    )
    commit_changes(registry, [retirement_change([record])], operation="import")
    deliveries.load(prepare_grids, layer(deliveries, (ended(1), cell(0)), (grid(2), cell(0))))
    assert records(registry, 1) == {code(1): record}


def test_a_delivery_of_ended_grids_only_is_taken(deliveries, grid_frame) -> None:
    commit(deliveries.registry, "grids", grid_frame(1, first=2001))
    rows = [(ended(1, DYWGBSM="500113001002001"), cell(0)), (ended(2), None)]
    prepared = deliveries.load(prepare_grids, layer(deliveries, *rows))
    assert (prepared.report.accepted, live(deliveries.registry)) == (2, [])
    assert set(records(deliveries.registry, 1, 2)) == {code(1), code(2)}


def test_grids_of_a_community_that_was_merged_are_told(deliveries) -> None:
    registry = deliveries.registry
    merged = Retirement(
        "divisions", COMMUNITY, Operation.MERGE, ("500113001009",), "新民社区", date="2024-05-06"
    )
    commit_changes(registry, [retirement_change([merged])], operation="import")
    prepared = deliveries.prepare(prepare_grids, layer(deliveries, (grid(1), cell(0)), (grid(2), cell(1))))
    assert deliveries.found(prepared) == [("G31", "warning", 1)]
    (finding,) = [f for f in prepared.report.findings if f.code == "G31"]
    assert "已于 2024-05-06 并入 500113001009" in str(finding.hint)
