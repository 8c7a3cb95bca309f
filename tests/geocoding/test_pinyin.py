"""How characters are read."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geocoding.pinyin import initials, readings


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("鱼洞", {"yudong"}),
        ("重庆", {"zhongqing", "chongqing"}),
        ("乐山", {"leshan", "yueshan"}),
        ("绿地", {"lvdi"}),
        ("厦门", {"xiamen", "shamen"}),
        ("一巷", {"yixiang"}),
    ],
)
def test_every_reading_of_a_character_is_told(text: str, expected: set[str]) -> None:
    first, second = readings(text)
    assert expected <= {one + other for one in first for other in second}


def test_the_usual_reading_comes_first() -> None:
    assert [read[0] for read in readings("银行大道")] == ["yin", "xing", "da", "dao"]


def test_what_is_not_read_has_no_reading() -> None:
    assert readings("A1（-）🙂\x00 ") == ((),) * 8


def test_traditional_characters_are_read() -> None:
    assert readings("東門")[0] == readings("东门")[0]


def test_initials_are_those_of_the_usual_readings() -> None:
    assert initials("鱼洞街道A1-（2）") == "ydjda12"


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=30))
def test_a_reading_is_lower_case_letters_once_each(text: str) -> None:
    read = readings(text)
    assert len(read) == len(text)
    for one in read:
        assert len(set(one)) == len(one)
        assert all(set(syllable) <= set(string.ascii_lowercase) and syllable for syllable in one)
