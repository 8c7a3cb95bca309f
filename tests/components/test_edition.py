from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.catalogue import SHIPPED, Catalogue
from components.class_info import KINDS, STANDARDS
from components.classifying import class_in_path
from components.edition import decide_edition, weigh
from gis.errors import UsageError


def components(*pairs: tuple[str, str]) -> set[tuple[str, str, str]]:
    return {("component", code, name) for code, name in pairs}


def decide(*pairs: tuple[str, str], declared: str | None = None) -> str:
    return decide_edition(components(*pairs), {code for code, _ in pairs}, declared)[0]


def test_the_edition_with_which_codes_and_names_agree_is_taken() -> None:
    assert decide(("0101", "上水井盖"), ("0137", "路灯")) == "2013"
    assert decide(("0101", "上水井盖"), ("0118", "路灯")) == "2007"
    assert decide(("01037", "路灯")) == "2026"


def test_the_evidence_is_counted_and_shown() -> None:
    pairs = components(("0101", "上水井盖"), ("0118", "路灯"), ("0199", "一井一码牌"))
    best, other = weigh(pairs)
    assert (best.standard, best.agreeing, best.contradicting) == ("2007", 2, 0)
    assert (other.standard, other.agreeing, other.contradicting) == ("2013", 1, 1)
    note = str(decide_edition(pairs, {"0101"}, None)[1])
    assert "2007" in note
    assert "2013" in note


def test_a_tie_is_asked_about() -> None:
    with pytest.raises(UsageError, match="版本") as caught:
        decide(("0101", "上水井盖"))
    assert caught.value.field == "--standard"
    assert caught.value.expected == "2007, 2013"


def test_nothing_that_tells_is_asked_about() -> None:
    with pytest.raises(UsageError):
        decide(("0101", "甲"), ("0102", "乙"))


def test_five_digits_alone_tell_the_edition_of_2026() -> None:
    assert decide_edition(set(), {"01001", "02014"}, None)[0] == "2026"


def test_what_a_person_says_is_taken() -> None:
    standard, note = decide_edition(components(("0118", "路灯")), {"0118"}, "2013")
    assert standard == "2013"
    assert "声明" in str(note)


def test_a_wrong_name_or_two_do_not_turn_the_decision() -> None:
    pairs = [
        ("0101", "上水井盖"),
        ("0102", "污水井盖"),
        ("0137", "路灯"),
        ("0402", "行道树"),
        ("0101", "雨水井盖"),
    ]
    assert decide(*pairs) == "2013"


def test_codes_that_two_editions_share_mostly_mean_different_things() -> None:
    old, new = SHIPPED.classes("2007"), SHIPPED.classes("2013")
    shared = [code for code in old if code in new and new[code].confidence != "unverified"]
    assert len(shared) == 46
    assert sum(not old[code].is_called(new[code].name) for code in shared) >= 27


@st.composite
def delivered_rows(draw: st.DrawFn) -> tuple[str, list[tuple[str, str, str]]]:
    """Some rows of a class table, each under its name or a spelling of it."""
    standard, kind = draw(st.sampled_from(STANDARDS)), draw(st.sampled_from(KINDS))
    infos = list(SHIPPED.classes(standard, kind).values())
    chosen = draw(st.lists(st.sampled_from(infos), min_size=1, max_size=12, unique_by=lambda info: info.code))
    names = [draw(st.sampled_from((info.name, *info.aliases))) for info in chosen]
    return standard, [(kind, info.code, name) for info, name in zip(chosen, names, strict=True)]


@settings(deadline=None, max_examples=300)
@given(delivered_rows())
def test_rows_of_an_edition_are_decided_as_that_or_asked_about(delivered) -> None:
    standard, rows = delivered
    best = weigh(set(rows))
    assert standard in {one.standard for one in best if one.weight == best[0].weight}
    try:
        decided = decide_edition(set(rows), {code for _, code, _ in rows}, None)[0]
    except UsageError:
        return
    assert decided == standard


@settings(deadline=None, max_examples=200)
@given(delivered_rows(), st.data())
def test_names_nobody_knows_do_not_turn_the_decision(delivered, data) -> None:
    standard, rows = delivered
    spoiled = data.draw(st.sets(st.integers(0, len(rows) - 1)))
    rows = [
        (kind, code, "一井一码牌" if at in spoiled else name) for at, (kind, code, name) in enumerate(rows)
    ]
    try:
        decided = decide_edition(set(rows), {code for _, code, _ in rows}, None)[0]
    except UsageError:
        return
    assert decided == standard


@pytest.mark.parametrize(("standard", "kind"), [(s, k) for s in STANDARDS for k in KINDS])
def test_a_whole_class_table_is_decided_as_its_edition(standard, kind) -> None:
    rows = {(kind, code, info.name) for code, info in SHIPPED.classes(standard, kind).items()}
    assert decide_edition(rows, {code for _, code, _ in rows}, None)[0] == standard


def test_a_city_s_own_classes_count_as_evidence() -> None:
    stand = replace(SHIPPED.info("2013", "0101"), code="0199", name="共享雨伞架", local=True)
    catalogue = Catalogue([stand])
    rows = components(("0101", "上水井盖"), ("0199", "共享雨伞架"))
    assert decide_edition(rows, {"0101", "0199"}, None, catalogue)[0] == "2013"


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("0101上水井盖.shp", ("0101", "上水井盖")),
        ("delivery.zip/部件/01公用设施/0101上水井盖.shp", ("0101", "上水井盖")),
        ("部件\\0101_上水井盖.shp", ("0101", "上水井盖")),
        ("5001130101上水井盖.shp", ("0101", "上水井盖")),
        ("0101上水井盖/points.shp", ("0101", "上水井盖")),
        ("01001.gpkg", ("01001", "")),
        ("2023部件普查.shp", None),
        ("components.shp", None),
        ("01公用设施.shp", None),
    ],
)
def test_classes_are_read_out_of_names_of_files(path: str, found: tuple[str, str] | None) -> None:
    assert class_in_path(path) == found
