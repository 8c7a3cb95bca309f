"""Blocks of numbers: handed out once, taken back, and checked against what comes in."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import pytest
import shapely

from components.block_imports import prepare_number_blocks
from components.blocks import NumberBlock, frame_of, list_blocks, reserve_numbers, return_numbers
from components.imports import prepare_components
from components.sequences import Sequences
from gis.editions import commit, get_edition, list_editions, revert
from gis.errors import DataRefused, NotFound, RegistryUnavailable, UsageError
from gis.importing import ImportOptions, run_import
from gis.models import DATASETS
from gis.read import read_frame
from gis.registry import Registry
from gis.sheet import Sheet

DAY = date(2026, 11, 20)
COVERS = ("500113", "0101")
HEADINGS = ["区县代码", "小类代码", "起始号", "终止号", "作业单位", "发放日期", "状态"]
ROW = ["500113", "0101", "1", "500", "甲普查队", "2026-07-01", "在用"]

RESERVE = """
import sys
from datetime import date
from components.blocks import reserve_numbers
from gis.registry import open_registry

with open_registry(sys.argv[1], busy_timeout=60) as registry:
    print("ready", flush=True)
    sys.stdin.readline()
    for _ in range(12):
        block, _ = reserve_numbers(registry, "500113", "0101", 7, sys.argv[2], day=date(2026, 11, 20))
        print(block.first_number, block.last_number)
"""


def sheet(*changes: dict[int, str | None]) -> Sheet:
    rows = [[change.get(at, value) for at, value in enumerate(ROW)] for change in changes]
    return Sheet("号段", [HEADINGS, *rows], path="blocks.xlsx")


def test_blocks_follow_one_another_and_what_is_there(registry: Registry, store) -> None:
    store(registry, "5001130101000007")
    first, edition = reserve_numbers(registry, *COVERS, 100, "甲普查队", day=DAY, note="东片")
    second, _ = reserve_numbers(registry, *COVERS, 50, "乙普查队", day=DAY)
    other, _ = reserve_numbers(registry, "500113", "0137", 10, "甲普查队", day=DAY)
    assert (first.first_number, first.last_number) == (8, 107)
    assert (second.first_number, second.last_number) == (108, 157)
    assert (other.first_number, other.last_number) == (1, 10)
    assert list_blocks(registry) == [first, second, other]
    assert first == NumberBlock(*COVERS, 8, 107, "甲普查队", "20261120", "open", "东片")
    assert first.to_dict()["last_id"] == "5001130101000107"
    assert get_edition(registry, edition.id).operation == "reserve"


def test_numbers_of_a_block_that_was_reverted_are_not_given_out_again(registry: Registry) -> None:
    _, edition = reserve_numbers(registry, *COVERS, 100, "甲普查队", day=DAY)
    revert(registry, edition.id)
    assert list_blocks(registry) == []
    again, _ = reserve_numbers(registry, *COVERS, 10, "乙普查队", day=DAY)
    assert again.first_number == 101


def test_a_block_is_given_back_once(registry: Registry) -> None:
    block, _ = reserve_numbers(registry, *COVERS, 100, "甲普查队", day=DAY)
    returned, _ = return_numbers(registry, *COVERS, block.first_number)
    assert returned.state == "returned"
    with pytest.raises(DataRefused, match="甲普查队"):
        return_numbers(registry, *COVERS, block.first_number)
    with pytest.raises(NotFound):
        return_numbers(registry, *COVERS, 77)
    assert Sequences(registry, []).next(*COVERS) == "5001130101000101"


@pytest.mark.parametrize(
    ("county", "class_code", "count", "contractor", "field"),
    [
        ("50011", "0101", 1, "甲", "--county"),
        ("５00113", "0101", 1, "甲", "--county"),
        ("500113", "01016", 1, "甲", "--class"),
        ("500113", "abcd", 1, "甲", "--class"),
        ("500113", "0101", 0, "甲", "--count"),
        ("500113", "0101", 1, " ", "--contractor"),
    ],
)
def test_impossible_requests_are_refused(
    gpkg_registry: Registry, county, class_code, count, contractor, field
) -> None:
    with pytest.raises(UsageError) as refused:
        reserve_numbers(gpkg_registry, county, class_code, count, contractor, day=DAY)
    assert refused.value.field == field
    assert list_editions(gpkg_registry) == []


def test_more_numbers_than_there_are_are_refused(registry: Registry, store) -> None:
    store(registry, "5001130101999990")
    with pytest.raises(DataRefused, match="9"):
        reserve_numbers(registry, *COVERS, 10, "甲普查队", day=DAY)
    assert reserve_numbers(registry, *COVERS, 9, "甲普查队", day=DAY)[0].last_number == 999_999


def test_two_processes_never_get_the_same_number(registry_url: str) -> None:
    arguments = [sys.executable, "-W", "error", "-c", RESERVE, registry_url]
    workers = [
        subprocess.Popen(
            [*arguments, name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name in ("甲普查队", "乙普查队")
    ]
    for worker in workers:
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        worker.stdin.write("go\n")
        worker.stdin.flush()
    said = [worker.communicate(timeout=120) for worker in workers]
    assert [error for _, error in said] == ["", ""]
    blocks = sorted(tuple(map(int, line.split())) for out, _ in said for line in out.splitlines())
    assert blocks == [(1 + 7 * at, 7 + 7 * at) for at in range(24)]


def test_a_table_of_blocks_is_taken(deliveries) -> None:
    table = sheet({}, {2: "501", 3: "900", 4: "乙普查队", 5: None, 6: "收回"})
    assert deliveries.found(deliveries.load(prepare_number_blocks, table), infos=True) == []
    assert list_blocks(deliveries.registry) == [
        NumberBlock(*COVERS, 1, 500, "甲普查队", "20260701"),
        NumberBlock(*COVERS, 501, 900, "乙普查队", None, "returned"),
    ]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({0: None}, "C23"),
        ({4: None}, "C23"),
        ({2: "0"}, "C23"),
        ({2: "600"}, "C23"),
        ({3: "1000000"}, "C23"),
        ({2: "一"}, "C23"),
        ({0: "5001"}, "C23"),
        ({1: "01A1"}, "C23"),
        ({5: "去年"}, "R11"),
        ({6: "不明"}, "R11"),
    ],
)
def test_what_is_wrong_with_a_block_is_said(deliveries, change, code) -> None:
    found = deliveries.found(deliveries.prepare(prepare_number_blocks, sheet(change)))
    assert (code, "error", 2) in found


def test_blocks_that_overlap_are_refused(deliveries) -> None:
    commit(deliveries.registry, "number-blocks", frame_of([NumberBlock(*COVERS, 2001, 3000, "丙普查队")]))
    table = sheet({}, {2: "500", 3: "600"}, {2: "2900", 3: "4000"}, {1: "0102"})
    prepared = deliveries.prepare(prepare_number_blocks, table)
    assert deliveries.found(prepared) == [("C23", "error", 3), ("C23", "error", 4)]
    update = sheet({2: "2001", 3: "3000", 4: "丙普查队", 6: "收回"})
    assert deliveries.found(deliveries.prepare(prepare_number_blocks, update)) == []


def census(deliveries, *identifiers: str | None, **options):
    known = {"ObjName": "上水井盖", "DeptName1": "城管局", "DeptName2": "供水公司", "ObjState": "完好"}
    rows = [{**known, "ObjID": one, "ORDate": "20260901"} for one in identifiers]
    places = [shapely.Point(106.5 + at / 1000, 29.4) for at in range(len(rows))]
    return deliveries.layer(rows, places, "0101上水井盖.shp"), {"standard": "2013", **options}


def found_numbers(deliveries, *identifiers: str, **options) -> list[int | None]:
    layer, options = census(deliveries, *identifiers, **options)
    prepared = deliveries.prepare(prepare_components, layer, **options)
    return [finding.row for finding in prepared.report.findings if finding.code == "C23"]


def test_numbers_outside_the_blocks_are_told(deliveries, store) -> None:
    store(deliveries.registry, "5001130101000900")
    blocks = [
        NumberBlock(*COVERS, 1001, 1100, "甲普查队"),
        NumberBlock(*COVERS, 1101, 1200, "乙普查队"),
        NumberBlock(*COVERS, 1201, 1300, "丙普查队", state="returned"),
    ]
    commit(deliveries.registry, "number-blocks", frame_of(blocks))
    numbers = [f"5001130101{number:06d}" for number in (900, 901, 1001, 1150, 1250)]
    assert found_numbers(deliveries, *numbers) == [2, 5]
    assert found_numbers(deliveries, *numbers, constants={"contractor": "甲普查队"}) == [2, 4, 5]
    assert found_numbers(deliveries, "5001130102000001") == []


def test_without_blocks_any_number_goes(deliveries) -> None:
    assert found_numbers(deliveries, "5001130101000901") == []


def test_the_contractor_is_kept_with_the_component(deliveries) -> None:
    layer, options = census(deliveries, "5001130101000001", constants={"contractor": "甲普查队"})
    deliveries.load(prepare_components, layer, **options)
    stored = read_frame(deliveries.registry, "components")
    assert stored["attributes"].tolist() == ['{"contractor":"甲普查队"}']


@pytest.mark.parametrize("meanwhile", ["components", "number-blocks"])
def test_numbers_given_out_in_the_meantime_refuse_an_import(deliveries, store, meanwhile) -> None:
    registry = deliveries.registry
    layer, options = census(deliveries, "5001130101000001", None)

    def prepare(layers, context):
        prepared = prepare_components(layers, context)
        if meanwhile == "components":
            store(registry, "5001130101000002")
        else:
            reserve_numbers(registry, *COVERS, 10, "甲普查队", day=DAY)
        return prepared

    def imported(prepare) -> int:
        reader = lambda _paths, _context: [layer]  # noqa: E731 - it is one
        report = run_import(registry, "components", [], ImportOptions(**options), prepare, reader=reader)
        return report.edition

    with pytest.raises(RegistryUnavailable):
        imported(prepare)
    assert len(list_editions(registry)) == 1
    assert imported(prepare_components) == 2
    issued = {"components": "5001130101000003", "number-blocks": "5001130101000011"}[meanwhile]
    assert issued in set(read_frame(registry, "components")["id"])


def test_a_dataset_of_blocks_has_the_columns_of_a_block() -> None:
    assert set(DATASETS["number-blocks"].columns) == set(NumberBlock.__dataclass_fields__)
