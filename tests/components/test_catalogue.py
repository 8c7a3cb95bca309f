from __future__ import annotations

import pytest

from components.catalogue import (
    GROUPS,
    KINDS,
    STANDARDS,
    catalogue_complete,
    class_info,
    classes,
    classes_called,
    convert_class,
    is_local_code,
)
from gis.errors import NotFound, UsageError


@pytest.mark.parametrize(
    ("standard", "kind", "count"),
    [("2007", "component", 85), ("2026", "component", 153), ("2026", "matter", 250)],
)
def test_complete_lists_have_the_counts_of_their_documents(standard, kind, count) -> None:
    assert catalogue_complete(standard, kind)
    assert len(classes(standard, kind)) == count


def test_incomplete_lists_say_so() -> None:
    assert not catalogue_complete("2013")
    assert not catalogue_complete("2013", "matter")
    assert not catalogue_complete("2007", "matter")


def test_a_class_is_found_by_its_code_in_its_edition() -> None:
    assert class_info("2007", "0114").name == "无主井盖"
    assert class_info("2013", "0114").name == "园林井盖"
    assert class_info("2026", "01014").name == "园林井盖"
    assert class_info("2013", "0114", "matter").name == "道路遗撒"
    assert class_info("2026", "0114") is None


def test_codes_have_the_length_of_their_edition_and_belong_to_one_class() -> None:
    for standard in STANDARDS:
        for kind in KINDS:
            for code, info in classes(standard, kind).items():
                assert len(code) == (5 if standard == "2026" else 4)
                assert (info.code, info.kind, info.standard) == (code, kind, standard)
                assert info.confidence in ("two-sources", "number-corroborated", "one-source", "unverified")


def test_geometry_and_accuracy_are_defaults_of_components_only() -> None:
    assert (class_info("2013", "0101").geometry, class_info("2013", "0101").accuracy_m) == ("point", 0.5)
    assert (class_info("2013", "0217").geometry, class_info("2013", "0217").accuracy_class) == ("line", "C")
    assert class_info("2013", "0201").geometry == "polygon"
    assert class_info("2026", "06010", "matter").geometry is None


def test_classes_for_things_without_an_owner_are_marked() -> None:
    assert class_info("2013", "0123").ownerless
    assert class_info("2007", "0114").ownerless
    assert not class_info("2013", "0101").ownerless


def test_spelling_variants_are_the_same_name() -> None:
    cabinet = class_info("2013", "0127")
    assert cabinet.is_called("通讯交接箱")
    assert cabinet.is_called("通信交接箱")
    assert cabinet.is_called(" 通讯 交接箱")
    assert not cabinet.is_called("电力设施")
    assert [info.code for info in classes_called("2026", "变压器(箱)")] == ["01048"]


def test_local_codes_lie_where_the_edition_puts_them() -> None:
    assert is_local_code("2026", "01999")
    assert not is_local_code("2026", "01016")
    assert is_local_code("2013", "0199")
    assert not is_local_code("2013", "0166")
    assert is_local_code("2007", "2101")


def test_groups_name_classes_of_every_edition() -> None:
    assert GROUPS["井盖"] == GROUPS["covers"]
    assert "0101" in GROUPS["井盖"]["2013"]
    assert "01023" in GROUPS["井盖"]["2026"]
    for members in GROUPS.values():
        for standard, codes in members.items():
            assert all(class_info(standard, code) is not None for code in codes)


def test_classes_are_converted_by_the_table_only() -> None:
    assert convert_class("0118", "2007", "2026").codes == ("01037",)
    assert convert_class("0118", "2013", "2026").codes == ("01018",)
    assert convert_class("0117", "2007", "2026").codes[:2] == ("01030", "01031")
    assert convert_class("0504", "2013", "2026").codes == ()
    assert convert_class("0101", "2013", "2013").codes == ("0101",)
    assert convert_class("0110", "2013", "2026", "matter").codes == ("06010",)
    with pytest.raises(NotFound, match="0199"):
        convert_class("0199", "2013", "2026")
    with pytest.raises(UsageError, match="2007"):
        convert_class("01001", "2026", "2007")


def test_unknown_editions_and_kinds_are_refused() -> None:
    with pytest.raises(UsageError, match="2015"):
        class_info("2015", "0101")
    with pytest.raises(UsageError, match="event"):
        class_info("2013", "0101", "event")
