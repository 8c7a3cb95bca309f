from __future__ import annotations

import pandas
import pytest

from components.catalogue import SHIPPED, Catalogue, own_classes
from components.class_info import CLASS_DIGITS, KINDS, STANDARDS, is_local_code
from components.class_notes import note_in_words
from components.class_tables import edition_infos
from gis.editions import commit, revert
from gis.errors import UsageError
from gis.models import DATASETS
from gis.registry import Registry
from gis.text import Text


def class_rows(*rows: dict[str, object]) -> pandas.DataFrame:
    columns = DATASETS["classes"].columns
    filled = [{"standard": "2013", "kind": "component", **row} for row in rows]
    return pandas.DataFrame([{name: row.get(name) for name in columns} for row in filled], dtype=object)


STAND = {"code": "0199", "name": "共享雨伞架", "major": "公用设施", "geometry_kind": "point"}
SHARED_BICYCLES = {
    "kind": "matter",
    "code": "041001",
    "name": "互联网租赁自行车乱停放",
    "parent_code": "0410",
}
SPELLING = {"code": "0101", "name": "上水井盖", "aliases": '["给水井盖"]', "group_names": '["水务井盖"]'}


@pytest.mark.parametrize(
    ("standard", "kind", "count"),
    [("2007", "component", 85), ("2026", "component", 153), ("2026", "matter", 250)],
)
def test_complete_lists_have_the_counts_of_their_documents(standard, kind, count) -> None:
    assert SHIPPED.complete(standard, kind)
    assert len(SHIPPED.classes(standard, kind)) == count


def test_incomplete_lists_say_so() -> None:
    assert not SHIPPED.complete("2013")
    assert not SHIPPED.complete("2013", "matter")
    assert not SHIPPED.complete("2007", "matter")


def test_a_class_is_found_by_its_code_in_its_edition() -> None:
    assert SHIPPED.info("2007", "0114").name == "无主井盖"
    assert SHIPPED.info("2013", "0114").name == "园林井盖"
    assert SHIPPED.info("2026", "01014").name == "园林井盖"
    assert SHIPPED.info("2013", "0114", "matter").name == "道路遗撒"
    assert SHIPPED.info("2026", "0114") is None


def test_codes_have_the_length_of_their_edition_and_belong_to_one_class() -> None:
    for standard in STANDARDS:
        for kind in KINDS:
            for code, info in SHIPPED.classes(standard, kind).items():
                assert len(code) == CLASS_DIGITS[standard] == edition_infos()[standard].class_digits
                assert (info.code, info.kind, info.standard) == (code, kind, standard)
                assert info.confidence in ("two-sources", "number-corroborated", "one-source", "unverified")


def test_classes_hold_as_long_as_their_edition() -> None:
    assert (SHIPPED.info("2013", "0101").valid_from, SHIPPED.info("2013", "0101").valid_to) == (
        None,
        "20260630",
    )
    assert SHIPPED.info("2026", "01001").valid_from == "20260701"
    assert edition_infos()["2013"].replaced_by == "2026"


def test_geometry_and_accuracy_are_defaults_of_components_only() -> None:
    cover = SHIPPED.info("2013", "0101")
    assert (cover.geometry, cover.accuracy_m) == ("point", 0.5)
    assert (cover.geometry_confidence, cover.accuracy_confidence) == ("unverified", "unverified")
    fence = SHIPPED.info("2013", "0217")
    assert (fence.geometry, fence.accuracy_class) == ("line", "C")
    assert SHIPPED.info("2013", "0201").geometry == "polygon"
    assert SHIPPED.info("2026", "06010", "matter").geometry is None


def test_classes_for_things_without_an_owner_are_marked() -> None:
    assert SHIPPED.info("2013", "0123").ownerless
    assert SHIPPED.info("2007", "0114").ownerless
    assert not SHIPPED.info("2013", "0101").ownerless


def test_spelling_variants_are_the_same_name() -> None:
    cabinet = SHIPPED.info("2013", "0127")
    assert cabinet.is_called("通讯交接箱")
    assert cabinet.is_called("通信交接箱")
    assert cabinet.is_called(" 通讯 交接箱")
    assert not cabinet.is_called("电力设施")
    assert [info.code for info in SHIPPED.called("2026", "变压器(箱)")] == ["01048"]


def test_local_codes_lie_where_the_edition_puts_them() -> None:
    assert is_local_code("2026", "01999")
    assert not is_local_code("2026", "01016")
    assert is_local_code("2013", "0199")
    assert not is_local_code("2013", "0166")
    assert is_local_code("2007", "2101")


def test_groups_name_classes_of_every_edition() -> None:
    groups = SHIPPED.groups
    assert groups["井盖"] == groups["covers"]
    assert "0101" in groups["井盖"]["2013"]
    assert "01023" in groups["井盖"]["2026"]
    for members in groups.values():
        for standard, codes in members.items():
            assert all(SHIPPED.info(standard, code) is not None for code in codes)
    assert "井盖" in SHIPPED.info("2007", "0101").groups


def test_unknown_editions_and_kinds_are_refused() -> None:
    with pytest.raises(UsageError, match="2015"):
        SHIPPED.info("2015", "0101")
    with pytest.raises(UsageError, match="event"):
        SHIPPED.info("2013", "0101", "event")


def test_a_city_adds_classes_sub_classes_and_spellings() -> None:
    catalogue = Catalogue(own_classes(class_rows(STAND, SHARED_BICYCLES, SPELLING)))
    own = catalogue.info("2013", "0199")
    assert (own.name, own.local, own.confidence, own.accuracy_class) == ("共享雨伞架", True, "local", None)
    assert "0199" in catalogue.classes("2013")
    assert [info.code for info in catalogue.called("2013", "共享雨伞架")] == ["0199"]
    cover = catalogue.info("2013", "0101")
    assert cover.is_called("给水井盖")
    assert not cover.local
    assert catalogue.groups["水务井盖"] == {"2013": ("0101",)}
    assert SHIPPED.info("2013", "0199") is None
    assert "水务井盖" not in SHIPPED.groups


def test_a_sub_class_is_found_and_belongs_to_its_class() -> None:
    catalogue = Catalogue(own_classes(class_rows(SHARED_BICYCLES)))
    sub = catalogue.info("2013", "041001", "matter")
    assert (sub.minor_code, sub.major) == ("0410", "街面秩序")
    bicycles = catalogue.info("2013", "0410", "matter")
    assert catalogue.sub_classes(bicycles) == [sub]
    assert catalogue.is_called(bicycles, "互联网租赁自行车乱停放")
    assert "041001" not in catalogue.classes("2013", "matter")


def test_the_catalogue_of_a_registry_is_that_of_the_moment(registry: Registry) -> None:
    assert Catalogue.of(registry) is SHIPPED
    assert Catalogue.of(None) is SHIPPED
    edition = commit(registry, "classes", class_rows(STAND))
    assert Catalogue.of(registry).info("2013", "0199").name == "共享雨伞架"
    revert(registry, edition.id)
    assert Catalogue.of(registry).info("2013", "0199") is None
    assert Catalogue.of(registry, as_of=edition.committed_at).info("2013", "0199") is not None


def test_every_remark_of_the_tables_is_in_words_for_people() -> None:
    for standard in STANDARDS:
        for kind in KINDS:
            for info in SHIPPED.classes(standard, kind).values():
                words = note_in_words(info.note)
                assert words is None or isinstance(words, Text), info
                assert str(words) != info.note or words is None
    assert note_in_words("本地备注") == "本地备注"
