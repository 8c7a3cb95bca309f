"""Names in memory are found by what is typed of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geocoding import names_index
from geocoding.names_index import BEGINNING, PART, WHOLE, WORD, NamesIndex
from geocoding.names_index_marks import matched_span
from geocoding.names_index_text import cut_at_plate, folded, spelling
from geocoding.pinyin import readings

NAMES = (
    "鱼洞街道",
    "渔洞街道办事处",
    "重庆市第一医院",
    "乐山大道",
    "绿地广场",
    "吕家女子学校",
    "A区Villa 12",
    "石亭100%街",
    "五四路一千三百九十八號",
    "西安路",
    "解放碑（八一路口）",
    "長壽湖",
)


def met(query: str, names: tuple[str, ...] = NAMES) -> dict[str, int]:
    found = NamesIndex([folded(name) for name in names]).find(folded(query))
    ranks: dict[str, int] = {}
    for text, rank in zip(found.texts.tolist(), found.ranks.tolist(), strict=True):
        ranks[names[text]] = min(rank, ranks.get(names[text], PART))
    return ranks


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("鱼洞", "鱼洞街道"),
        ("洞街", "鱼洞街道"),
        ("yudongjiedao", "鱼洞街道"),
        ("yudongjied", "鱼洞街道"),
        ("ydjd", "鱼洞街道"),
        ("yd街道", "鱼洞街道"),
        ("鱼dong街d", "鱼洞街道"),
        ("yudong jd", "鱼洞街道"),
        ("YDJD", "鱼洞街道"),
        ("ｙｄｊｄ", "鱼洞街道"),
        ("魚洞", "鱼洞街道"),
        ("csh", "長壽湖"),
        ("chsh", "長壽湖"),
        ("长寿", "長壽湖"),
        ("cq", "重庆市第一医院"),
        ("zq", "重庆市第一医院"),
        ("diyiyy", "重庆市第一医院"),
        ("leshan", "乐山大道"),
        ("yueshan", "乐山大道"),
        ("lvdi", "绿地广场"),
        ("ludi", "绿地广场"),
        ("lüdi", "绿地广场"),
        ("lvjianvzi", "吕家女子学校"),
        ("lujianuzi", "吕家女子学校"),
        ("xi'an", "西安路"),
        ("xian", "西安路"),
        ("aquvilla", "A区Villa 12"),
        ("villa12", "A区Villa 12"),
        ("100%", "石亭100%街"),
        ("1398号", "五四路一千三百九十八號"),
        ("wsl13", "五四路一千三百九十八號"),
        ("(八一", "解放碑（八一路口）"),
    ],
)
def test_a_name_is_found_by(query: str, name: str) -> None:
    assert name in met(query)


@pytest.mark.parametrize(
    "query", ["ydx", "yudonx", "道街", "%%", "_", "7", "shx", "uan", "yudongjiedaox", "🙂"]
)
def test_what_is_not_in_a_name_does_not_find_it(query: str) -> None:
    assert met(query) == {}


def test_a_match_is_ranked_by_where_it_is() -> None:
    names = ("鱼洞", "鱼洞路", "巴南区鱼洞路", "大鱼洞")
    assert met("鱼洞", names) == dict(zip(names, (WHOLE, BEGINNING, WORD, PART), strict=True))
    assert met("yd", names) == met("yudong", names) == met("鱼洞", names)


def test_what_is_looked_at_is_bounded_and_the_best_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names_index, "BUDGET", 100)
    names = [*(f"{chr(0x4E00 + at)}路" for at in range(400)), *(f"路{chr(0x4E00 + at)}" for at in range(30))]
    index = NamesIndex(names)
    for query in ("路", "l", "lu"):
        found = index.find(query)
        assert found.looked <= 100
        assert {text for text in found.texts.tolist() if names[text].startswith("路")} == set(range(400, 430))


@pytest.mark.parametrize("query", ["a" * 100, "路" * 100, "l" * 99 + "路", "%_'\"" * 25])
def test_a_long_query_is_answered(query: str) -> None:
    assert met(query) == {}


def test_an_index_of_nothing_finds_nothing() -> None:
    assert len(NamesIndex([]).find("路").texts) == 0


def test_names_that_may_not_be_found_are_not() -> None:
    index = NamesIndex(["鱼洞", "鱼洞路"])
    found = index.find("yd", allowed=np.array([False, True, False]))
    assert found.texts.tolist() == [1]


@pytest.mark.parametrize(
    ("address", "parts"),
    [
        ("尚文大道1398号3栋", ("尚文大道", "1398号3栋")),
        ("105国道12号", ("105国道", "12号")),
        ("解放路12-1号", ("解放路", "12-1号")),
        ("幸福里3栋", ("幸福里", "3栋")),
        ("幸福里", ("幸福里", "")),
        ("", ("", "")),
    ],
)
def test_an_address_is_cut_before_its_plate(address: str, parts: tuple[str, str]) -> None:
    assert cut_at_plate(address) == parts


@pytest.mark.parametrize(
    ("name", "query", "marked"),
    [
        ("巴南区鱼洞街道", "ydjd", "鱼洞街道"),
        ("尚文大道 1398 号", "13", "13"),
        ("五四路一千三百九十八号", "1398", "一千三百九十八"),
        ("Ａ区", "a", "Ａ"),
        ("鱼洞", "yux", None),
        ("鱼洞", " ", None),
    ],
)
def test_the_part_that_is_met_is_told(name: str, query: str, marked: str | None) -> None:
    span = matched_span(name, query)
    assert (None if span is None else name[slice(*span)]) == marked


CHARACTERS = "鱼洞街道重庆乐绿女长一西安a1l-"
TEXTS = st.text(CHARACTERS, min_size=1, max_size=6)
QUERIES = st.text("鱼洞街道重庆yudongjielvcqzhxa1-", min_size=1, max_size=7)


def spelt(text: str) -> set[str]:
    """Every way to type a text: each character itself, by a reading, its first letter or sound."""
    ways = {""}
    for character, read in zip(text, readings(text), strict=True):
        forms = {character, *read, *(one[0] for one in read), *(one[:2] for one in read if one[1:2] == "h")}
        forms |= {one.replace("v", "u") for one in read if one in ("lv", "nv")}
        forms |= {one.replace("v", "yu") for one in read if one in ("lv", "nv")}
        ways = {way + form for way in ways for form in forms}
    return ways


def begun(character: str) -> set[str]:
    """Every way to begin to type a character."""
    whole = spelt(character)
    return {one[:size] for one in whole for size in range(1, len(one) + 1)}


def holds(text: str, query: str) -> bool:
    """Whether a query is a way to type some part of a text, by trying all."""
    for start in range(len(text)):
        for end in range(start, len(text)):
            ends = begun(text[end])
            if any(query == way + last for way in spelt(text[start:end]) for last in ends):
                return True
    return False


@settings(deadline=None, max_examples=150)
@given(st.lists(TEXTS, min_size=1, max_size=4, unique=True), QUERIES)
def test_names_are_found_as_by_trying_every_way_to_type_them(names: list[str], query: str) -> None:
    expected = {number for number, name in enumerate(names) if holds(name, query)}
    assert set(NamesIndex(names).find(query).texts.tolist()) == expected
    assert {number for number, name in enumerate(names) if matched_span(name, query)} == expected


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=12))
def test_both_ways_to_fold_agree(text: str) -> None:
    assert spelling(text).text == folded(text)
    assert folded(folded(text)) == folded(text)
