"""Cut a text into what matching compares: characters, and numbers as one each.

Numerals in Chinese are numbers in names as well as in plates. What is registered and what is asked are read
alike, so a name keeps its identity, and 第一街 and 第1街 are one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geocoding.normal import NormalText, normalise
from geocoding.numerals import chinese_number

NUMBER = 0x40000
"""The first token that is a number: ``NUMBER + 32 * value + letter``, letter 1 to 26, 0 for none."""

LONGEST = 96
"""Tokens of a text that take part; the longest of Hong Kong's 103 693 addresses has 65 characters."""

DASH = ord("-")
PLATE = ord("号")

_LARGEST = 50_000_000
_TOKEN = re.compile(
    r"(?:(?P<digits>\d+)|(?P<numeral>[一二三四五六七八九十][〇零一二三四五六七八九十百千]*))(?P<letter>[A-Z](?![A-Z]))?"
    r"|(?P<word>[\w-])"
)
_NUMERAL = r"(?:\d+|[一二三四五六七八九十]+)"
# What people add to an address and no registry holds: floor, room and shop
_ROOM = (
    rf"(?:(?:[A-Z]|{_NUMERAL}[A-Z]?)座(?={_NUMERAL}[A-Z]?[楼层]))?"
    rf"(?:[高中低]层|地[下库]|[A-Z]?{_NUMERAL}[A-Z]?(?:楼|层))?(?:第?[A-Z]?{_NUMERAL}?[A-Z]?(?:室|铺|号铺|房|单元|单位))?"
)
# … and where it lies from there
_DISTANCE = rf"(?:约|大约)?(?:{_NUMERAL}(?:米|公尺|M))?(?:处|左右|远)?"
_RELATIVE = (
    r"(?:的?(?:斜?对面|旁边?|附近|隔壁|门[口前]|路口|前面|后面"
    rf"|[东南西北]{{1,2}}(?:侧|面|边|方向?){_DISTANCE}))?"
)
_SUPPLEMENT = re.compile(rf"{_ROOM}{_RELATIVE}$")


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text as tokens.

    Attributes
    ----------
    plain : NormalText
        The text in one spelling.
    codes : ndarray of int32, shape (n,)
        The tokens.
    spans : sequence of tuple of int
        Where each starts and ends in the text as it was given.
    supplement : int
        The tokens from here on add to an address what no registry holds: room, shop, direction.
    """

    plain: NormalText
    codes: NDArray[np.int32]
    spans: list[tuple[int, int]]
    supplement: int


def tokens(text: str) -> Tokens:
    """Return a text that is asked about as tokens, no more than :data:`LONGEST`."""
    plain = normalise(text)
    matches = list(_TOKEN.finditer(plain.text))[:LONGEST]
    added = _SUPPLEMENT.search(plain.text)
    start = added.start() if added else len(plain.text)
    return Tokens(
        plain,
        np.array([_code(match) for match in matches], dtype=np.int32),
        [_span(plain, match) for match in matches],
        sum(match.start() < start for match in matches),
    )


def token_codes(text: str) -> list[int]:
    """Return a registered text as tokens."""
    return [_code(match) for match in _TOKEN.finditer(normalise(text).text)][:LONGEST]


def plate_at(codes: Sequence[int]) -> int | None:
    """Return which token is the number of the first plate: a number, or a range of them, that 号 follows.

    A number that begins the text is none.
    """
    for at in range(1, len(codes) - 1):
        if codes[at] >= NUMBER:
            ranged = at + 3 < len(codes) and codes[at + 1] == DASH and codes[at + 2] >= NUMBER
            if codes[at + 3 if ranged else at + 1] == PLATE:
                return at
    return None


def plate_number(code: int) -> int:
    """Return the number of a token that is one."""
    return (code - NUMBER) >> 5


def _code(match: re.Match[str]) -> int:
    word = match["word"]
    if word is not None:
        return ord(word)
    digits = match["digits"] or chinese_number(match["numeral"])
    if digits is None or not digits.isascii():
        return ord(match.group()[0])
    letter = match["letter"]
    return NUMBER + 32 * min(int(digits[:9]), _LARGEST) + (ord(letter) - 64 if letter else 0)


def _span(plain: NormalText, match: re.Match[str]) -> tuple[int, int]:
    return plain.span(match.start(), match.end())
