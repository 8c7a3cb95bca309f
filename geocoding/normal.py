"""One spelling for address texts (地址规范化), with the way back to where each character stood."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from geocoding.numerals import chinese_number
from geocoding.traditional import simplified

_DASHES = "‐‑‒–—―−－﹣～~﹘─"
_BRACKETS = {
    "[": "(",
    "]": ")",
    "{": "(",
    "}": ")",
    "【": "(",
    "】": ")",
    "〔": "(",
    "〕": ")",
    "「": "(",
    "」": ")",
}
_BRACKETS |= {"『": "(", "』": ")", "《": "(", "》": ")", "<": "(", ">": ")", "〈": "(", "〉": ")"}
_NOISE = frozenset("\"'“”‘’`´")
_NUMERAL = "〇零一二两三四五六七八九十百千"
# 统一, 唯一, 同一 … are words; 三号桥, 一号线 are names
_PLATE = re.compile(
    rf"(?<![统唯同专万{_NUMERAL}\d])([{_NUMERAL}]+)(?=(?:号(?![线路桥街高公码井馆港巷渠闸城机])|[栋幢座层弄]|单元|楼|[室户](?![内外])|组(?![织团合成])))"
    rf"|(?<=\d)([{_NUMERAL}]{{1,3}})(?=[楼层])"
    rf"|(?<=附)([{_NUMERAL}]+)(?![路街村桥])|(?<=号之)([{_NUMERAL}]+)(?![路街村桥])"
)
_TO_ROOM = re.compile(rf"(?<=(?:[楼栋幢元层]|-))([〇零一二三四五六七八九]{{3,4}})(?![{_NUMERAL}\w])")
_DASH_BETWEEN = re.compile(r"(?<=[0-9A-Z])一(?=[0-9A-Z])")


@dataclass(frozen=True, slots=True)
class NormalText:
    """A text in one spelling.

    Attributes
    ----------
    original : str
        What was given.
    text : str
        Half width, simplified, without blanks and control characters, ASCII letters upper case, numerals
        of plates in digits.
    starts, ends : tuple of int
        Where the original of each character begins and ends.
    breaks : frozenset of int
        Positions of characters that followed a blank, a line end or something dropped.
    """

    original: str
    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    breaks: frozenset[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where a non-empty slice of :attr:`text` stands in :attr:`original`."""
        return self.starts[start], self.ends[end - 1]


def normalise(text: str) -> NormalText:
    """Bring an address text into the spelling in which addresses are compared.

    Chinese numerals become digits where a plate, building, unit, floor or room says its number
    (``一千三百九十八号``), never in names (``五四路``). Doing it twice changes nothing.

    Examples
    --------
    >>> normalise("五四路 一千三百九十八號").text
    '五四路1398号'
    """
    characters: list[str] = []
    places: list[int] = []
    breaks: set[int] = set()
    for at, character in enumerate(text):
        plain = _plain(character)
        if not plain:
            breaks.add(len(characters))
        characters += plain
        places += [at] * len(plain)
    spelt = _DASH_BETWEEN.sub("-", "".join(characters))
    return _with_digits(text, spelt, places, breaks)


@cache
def _plain(character: str) -> str:
    """Return what one character becomes, or nothing; of the million there are, some thousands are met.

    One that would become several stays as it is, so that no part of a text ends inside a character.
    """
    plain = unicodedata.normalize("NFKC", character)
    plain = plain if len(plain) == 1 else character
    plain = simplified().get(plain, plain)
    plain = _BRACKETS.get(plain, "-" if plain in _DASHES else plain)
    plain = plain.upper() if plain.isascii() else plain
    dropped = plain in _NOISE or plain.isspace() or unicodedata.category(plain)[0] == "C"
    return "" if dropped else plain


def _with_digits(text: str, spelt: str, places: list[int], breaks: set[int]) -> NormalText:
    written: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    moved: dict[int, int] = {}
    done = 0

    def keep(until: int) -> None:
        for at in range(done, until):
            moved[at] = len(starts)
            starts.append(places[at])
            ends.append(places[at] + 1)
        written.append(spelt[done:until])

    for start, end, digits in _numerals(spelt):
        keep(start)
        moved[start] = len(starts)
        starts += [places[start]] * len(digits)
        ends += [places[end - 1] + 1] * len(digits)
        written.append(digits)
        done = end
    keep(len(spelt))
    kept = frozenset(moved[at] for at in breaks if moved.get(at))
    return NormalText(text, "".join(written), tuple(starts), tuple(ends), kept)


def _numerals(spelt: str) -> list[tuple[int, int, str]]:
    found: list[tuple[int, int, str]] = []
    for match in sorted((*_PLATE.finditer(spelt), *_TO_ROOM.finditer(spelt)), key=lambda one: one.start()):
        number = chinese_number(match.group())
        if number is not None and (not found or match.start() >= found[-1][1]):
            found.append((match.start(), match.end(), number))
    return found
