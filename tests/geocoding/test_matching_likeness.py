from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from geocoding.matching import _credits, _kernels
from geocoding.matching import likeness as likeness_module
from geocoding.matching.index import TextIndex, encoded
from geocoding.matching.likeness import FIRST, likeness, nearly
from geocoding.matching.look_alikes import SETS
from geocoding.matching.tokens import tokens


@pytest.mark.parametrize(
    ("registered", "asked", "least", "most"),
    [
        ("尚文大道", "上文大道", 0.69, 0.71),
        ("尚文大道", "尚闻大道", 0.69, 0.71),
        ("未来路", "末来路", 0.64, 0.66),
        ("章华路", "赞华路", 0.39, 0.41),
        ("宁海路", "林海路", 0.39, 0.41),
        ("尚文大道", "尚甲大道", 0.14, 0.16),
    ],
)
def test_what_sounds_or_looks_alike_stands_for_more(
    registered: str, asked: str, least: float, most: float
) -> None:
    index = TextIndex(*encoded([registered, "别处街5号"]))
    fits = index.matched(tokens(asked), 0)
    assert least < fits.min() < most


def test_homophone_decides_between_two_streets() -> None:
    index = TextIndex(*encoded(["巴南区尚文路8号", "巴南区中文路8号", "巴南区天文路8号"]))
    assert index.match([tokens("巴南区上文路8号")]).texts[0, 0] == 0
    assert index.match([tokens("巴南区忠文路8号")]).texts[0, 0] == 1
    assert index.match([tokens("巴南区夭文路8号")]).texts[0, 0] == 2


def test_second_reading_counts() -> None:
    heavy, repeat = (int(likeness()[ord(character) - FIRST]) for character in "重虫")
    assert {heavy & 0xFFF, heavy >> 12 & 0xFFF} & {repeat & 0xFFF}


@pytest.mark.parametrize(
    ("one", "other"),
    [("zhang", "zan"), ("shi", "si"), ("chen", "ceng"), ("nin", "ling"), ("nan", "lang"), ("nv", "lv")],
)
def test_syllables_many_do_not_tell_apart(one: str, other: str) -> None:
    assert nearly(one) == nearly(other)


@pytest.mark.parametrize(("one", "other"), [("tan", "dan"), ("hong", "hou"), ("ban", "ben"), ("fei", "hui")])
def test_syllables_that_are_told_apart(one: str, other: str) -> None:
    assert nearly(one) != nearly(other)


def test_character_looks_like_those_of_one_set_alone() -> None:
    everything = "".join(SETS)
    assert len(everything) == len(set(everything))
    assert all(len(alike) > 1 for alike in SETS)
    assert len(SETS) < 128  # seven bits of the table


def test_kernels_that_are_kept_are_made_anew_when_what_is_inlined_changes() -> None:
    digest = hashlib.sha256()
    for module in (_credits, likeness_module):
        digest.update(Path(str(module.__file__)).read_bytes())
    assert digest.hexdigest()[:16] == _kernels.INLINED, (
        "set INLINED of geocoding.matching._kernels to the left"
    )
