"""One spelling for address texts, with the way back."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geocoding.normal import normalise
from geocoding.numerals import chinese_number, chinese_text

ADDRESS_LIKE = st.text(alphabet="一二十百三〇零号楼栋室路街村旁附之- (（１Ａa😀\x00東門 號", max_size=40)


@pytest.mark.parametrize(
    ("given_text", "normal"),
    [
        ("尚文大道一千三百九十八号", "尚文大道1398号"),
        ("十二号楼二〇三室", "12号楼203室"),
        ("五四路 一千三百九十八號", "五四路1398号"),
        ("八一街１２號", "八一街12号"),
        ("三元桥", "三元桥"),
        ("一号桥", "一号桥"),
        ("地铁三号线", "地铁三号线"),
        ("中山一路二十号附三", "中山一路20号附3"),
        ("【人民路】－５弄", "(人民路)-5弄"),
        ("9一9一219室", "9-9-219室"),
    ],
)
def test_plates_are_written_in_digits_and_names_are_not(given_text: str, normal: str) -> None:
    assert normalise(given_text).text == normal


@settings(deadline=None, max_examples=300)
@given(st.one_of(ADDRESS_LIKE, st.text(max_size=40)))
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text).text
    assert normalise(once).text == once


@settings(deadline=None, max_examples=200)
@given(st.one_of(ADDRESS_LIKE, st.text(max_size=40)))
def test_every_character_knows_where_it_stood(text: str) -> None:
    normal = normalise(text)
    assert len(normal.text) == len(normal.starts) == len(normal.ends)
    for at in range(len(normal.text)):
        start, end = normal.span(at, at + 1)
        assert 0 <= start < end <= len(text)
    assert list(normal.starts) == sorted(normal.starts)


@settings(deadline=None, max_examples=200)
@given(st.integers(0, 9999))
def test_numerals_go_there_and_back(number: int) -> None:
    assert chinese_number(chinese_text(number)) == str(number)


@pytest.mark.parametrize("text", ["", "百", "十百", "一二十", "路", "一千二百三百"])
def test_what_is_no_numeral_is_refused(text: str) -> None:
    assert chinese_number(text) is None
