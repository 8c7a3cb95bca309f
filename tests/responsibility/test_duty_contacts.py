"""Who is reached for the duties of a body: taken out of the table of organisations, never published."""

from __future__ import annotations

from typing import Any

import pytest

from gis.credit_codes import check_character
from gis.errors import UsageError
from gis.models import DATASETS
from gis.read import read_frame
from gis.sheet import Sheet
from layers.layer import Layer
from responsibility.duty_contacts import prepare_duty_contacts
from responsibility.organisation_import import prepare_organisations


def code(body: str) -> str:
    first = (body + "0" * 17)[:17]
    return first + check_character(first)


BUREAU, OFFICE = code("115001130093YD01"), code("115001130093YD11")
HEADINGS = [
    "统一社会信用代码",
    "名称",
    "主管科室",
    "受理电话",
    "巡查责任人",
    "巡查电话",
    "处置责任人",
    "办公手机",
    "地址",
]
ROWS = [
    [BUREAU, "云渡区城市管理局", "市容科", "023-12345678", "王五", "13900000001", "李四", None, "解放路1号"],
    [OFFICE, "云岚街道办事处", None, None, None, None, None, "13900000002", None],
]


def organisations(*rows: list[Any], headings: list[str] = HEADINGS) -> Sheet:
    return Sheet("组织机构", [headings, *map(list, rows)], path="organisations.xlsx")


def stored(deliveries: Any) -> list[tuple[Any, ...]]:
    frame = read_frame(deliveries.registry, "duty-contacts").astype(object)
    frame = frame.where(frame.notna(), None)
    columns = ["organisation_code", "duty", "contact", "department", "phone", "note"]
    return sorted(frame[columns].itertuples(index=False, name=None))


def test_contacts_leave_the_table_of_organisations(deliveries: Any) -> None:
    deliveries.load(prepare_organisations, organisations(*ROWS))
    assert stored(deliveries) == sorted(
        [
            (BUREAU, "department", "市容科", None, None, None),
            (BUREAU, "intake", "023-12345678", "市容科", "023-12345678", None),
            (BUREAU, "patrol", "王五", "市容科", "13900000001", None),
            (BUREAU, "handling", "李四", "市容科", None, None),
            (OFFICE, "general", "13900000002", None, None, "办公手机"),
        ]
    )
    kept = read_frame(deliveries.registry, "organisations")
    assert "1390000" not in kept.to_json(force_ascii=False)
    assert "解放路1号" in kept["attributes"].dropna().str.cat()


def test_a_table_without_contacts_leaves_those_there_are(deliveries: Any) -> None:
    deliveries.load(prepare_organisations, organisations(*ROWS))
    before = stored(deliveries)
    deliveries.load(prepare_organisations, organisations(ROWS[0][:2], headings=HEADINGS[:2]))
    assert stored(deliveries) == before


def contacts(*rows: list[Any]) -> Sheet:
    return Sheet(
        "联系人", [["单位名称", "职责", "联系人", "科室", "电话", "条线"], *map(list, rows)], path="c.xlsx"
    )


def test_a_list_of_contacts_is_complete_for_its_organisations(deliveries: Any) -> None:
    deliveries.load(prepare_organisations, organisations(*ROWS))
    told = contacts(["云渡区城市管理局", "处置责任人", "赵六", "环卫科", "023-1111111", "环卫、绿化"])
    assert deliveries.found(deliveries.load(prepare_duty_contacts, told)) == []
    assert stored(deliveries) == sorted(
        [
            (BUREAU, "handling", "赵六", "环卫科", "023-1111111", None),
            (OFFICE, "general", "13900000002", None, None, "办公手机"),
        ]
    )


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (["某某局", "受理", "赵六", None, None, None], ("R10", "error", 2)),
        (["云渡区城市管理局", "散步", "赵六", None, None, None], ("R11", "error", 2)),
        (["云渡区城市管理局", "受理", None, None, None, None], ("R28", "error", 2)),
        (["云渡区城市管理局", "受理", "赵六", None, "见通讯录", None], ("R28", "warning", 2)),
    ],
)
def test_each_fault_is_one_finding(deliveries: Any, row: list[Any], expected: Any) -> None:
    deliveries.load(prepare_organisations, organisations(*ROWS))
    assert deliveries.found(deliveries.prepare(prepare_duty_contacts, contacts(row))) == [expected]


def test_contacts_are_no_collection_and_no_layer() -> None:
    dataset = DATASETS["duty-contacts"]
    assert (dataset.collection, dataset.geometry) == (None, None)
    layer = Layer(id="contacts", dataset="duty-contacts", title_zh="", title_en="", properties=("contact",))
    with pytest.raises(UsageError):
        layer.checked()
