"""A city's own classes on their way into the registry."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from components.catalogue import Catalogue
from components.class_imports import prepare_classes
from gis.editions import list_editions, revert
from gis.importing import Prepared
from gis.sheet import Sheet

HEADINGS = [
    "代码",
    "名称",
    "上级代码",
    "几何类型",
    "精度等级",
    "无主类别",
    "别名",
    "分组",
    "启用日期",
    "版本",
]


def sheet(*rows: list[str | None]) -> Sheet:
    filled = [[*row, *[None] * (len(HEADINGS) - len(row))] for row in rows]
    return Sheet("扩展类别", [HEADINGS, *filled], path="classes.xlsx")


@pytest.fixture
def prepare(deliveries) -> Callable[..., Prepared]:
    def prepare(*rows: list[str | None], standard: str | None = "2013", kind: str = "component") -> Prepared:
        constants = {"kind": kind} if kind else {}
        return deliveries.prepare(prepare_classes, sheet(*rows), standard=standard, constants=constants)

    return prepare


def test_a_city_s_class_is_taken_and_counts_from_then_on(deliveries) -> None:
    row = ["0199", "共享雨伞架", None, "点", "A类", "否", "雨伞架、伞架", "便民设施", "2026-07-01"]
    prepared = deliveries.load(
        prepare_classes, sheet(row), standard="2013", constants={"kind": "component"}, source="城管局"
    )
    assert deliveries.found(prepared, infos=True) == []
    catalogue = Catalogue.of(deliveries.registry)
    own = catalogue.info("2013", "0199")
    assert (own.geometry, own.accuracy_class, own.accuracy_confidence, own.ownerless) == (
        "point",
        "A",
        "local",
        False,
    )
    assert (own.major, own.valid_from, own.aliases) == ("公用设施", "20260701", ("雨伞架", "伞架"))
    assert catalogue.groups["便民设施"] == {"2013": ("0199",)}
    revert(deliveries.registry, list_editions(deliveries.registry)[0].id)
    assert Catalogue.of(deliveries.registry).info("2013", "0199") is None


@pytest.mark.parametrize(
    ("row", "options", "expected"),
    [
        (["199", "雨伞架"], {}, ("C19", "error")),
        (["01A9", "雨伞架"], {}, ("C19", "error")),
        (["0199", None], {}, ("C19", "error")),
        (["0199", "雨伞架"], {"standard": None}, ("C19", "error")),
        (["0101", "雨伞架"], {}, ("C20", "error")),
        (["0150", "雨伞架"], {}, ("C20", "error")),
        (["0175", "雨伞架"], {}, ("C21", "warning")),
        (["0199", "雨伞架", None, "圆"], {}, ("R11", "error")),
        (["0199", "雨伞架", None, "点", "D"], {}, ("R11", "error")),
        (["0199", "雨伞架", None, "点", "A", "也许"], {}, ("R11", "error")),
        (["0199", "雨伞架", None, "点", "A", "否", None, None, "去年"], {}, ("R11", "error")),
        (["0199", "雨伞架"], {"kind": ""}, ("R11", "error")),
        (["0797", "雨伞架"], {}, ("C21", "warning")),
        (["0198", "雨伞架"], {}, ("C21", "warning")),
        (["01999", "雨伞架"], {"standard": "2026"}, ("C21", "warning")),
        (["01016", "雨伞架（自定义）"], {"standard": "2026"}, ("C21", "error")),
        (["01001", "雨伞架（自定义）"], {"standard": "2026"}, ("C20", "error")),
        (["0139", "雨伞架"], {"standard": "2007"}, ("C21", "warning")),
        (["019901", "雨伞架", "0199"], {}, ("C22", "error")),
        (["010101", "雨伞架", "0102"], {}, ("C22", "error")),
    ],
)
def test_what_is_wrong_with_a_class_is_said(prepare, deliveries, row, options, expected) -> None:
    found = deliveries.found(prepare(row, **options))
    assert (*expected, 2) in found


@pytest.mark.parametrize(
    ("row", "options"),
    [
        (["01999", "雨伞架（自定义）"], {"standard": "2026"}),
        (["05999", "雨伞架(自定义)"], {"standard": "2026"}),
        (["2101", "雨伞架"], {"standard": "2007"}),
        (["0101", "上水井盖", None, "点", "A"], {}),
        (["01", "互联网租赁自行车乱停放", "0410"], {"kind": "matter"}),
    ],
)
def test_what_follows_the_rules_has_no_findings(prepare, deliveries, row, options) -> None:
    assert deliveries.found(prepare(row, **options), infos=True) == []


def test_numbers_are_assigned_downward_without_gaps(prepare, deliveries) -> None:
    assert deliveries.found(prepare(["0199", "甲"], ["0198", "乙"], ["0197", "丙"])) == []
    assert deliveries.found(prepare(["0199", "甲"], ["0197", "丙"])) == [("C21", "warning", 3)]


def test_numbers_of_the_registry_count_for_the_order(prepare, deliveries) -> None:
    deliveries.load(prepare_classes, sheet(["0199", "甲"]), standard="2013", constants={"kind": "component"})
    assert deliveries.found(prepare(["0198", "乙"])) == []


def test_one_code_is_one_class(prepare, deliveries) -> None:
    assert deliveries.found(prepare(["0199", "甲"], ["0199", "乙"])) == [("C20", "error", 3)]


def test_a_sub_class_of_a_delivered_class_is_found(prepare, deliveries) -> None:
    prepared = prepare(["0199", "雨伞架"], ["019901", "共享雨伞架", "0199"])
    assert deliveries.found(prepared) == []
    assert list(prepared.frame["code"]) == ["0199", "019901"]


def test_a_city_s_spelling_does_not_replace_the_class_of_the_standard(deliveries) -> None:
    row = ["0101", "上水井盖", None, "面", "B", None, "给水井盖", "水务井盖"]
    deliveries.load(prepare_classes, sheet(row), standard="2013", constants={"kind": "component"})
    cover = Catalogue.of(deliveries.registry).info("2013", "0101")
    assert (cover.name, cover.local, cover.confidence) == ("上水井盖", False, "one-source")
    assert (cover.geometry, cover.geometry_confidence, cover.accuracy_class) == ("polygon", "local", "B")
    assert cover.is_called("给水井盖")
    assert {"井盖", "水务井盖"} <= set(cover.groups)
