"""Cut an address text into its parts (地址切分): by rules and suffixes, with or without known names."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from geocoding.levels import Level
from geocoding.normal import NormalText, normalise
from geocoding.parse_dictionary import NameDictionary, country
from geocoding.parse_numbers import Before, Piece, numbers_at
from geocoding.parse_relative import (
    CROSSING,
    RelativeWords,
    relative_at,
    relative_ending,
    relative_words,
)
from geocoding.parse_words import DIVISIONS, Read, name_at
from geocoding.parsed import AddressPart, ParsedAddress, RelativePosition

Names = Mapping[Level, Collection[str]]

_SEPARATORS = r"\s,.;:、,。;:!?_/\\|\-+*=&^%$@~·…#<>"
_RUN = re.compile(rf"(?:(?![A-Z]{{0,2}}\d|[A-Z][座栋幢楼](?!\w*公司)|[A-Z]-)[^{_SEPARATORS}()]){{1,60}}")
_NUMBER = re.compile(r"[A-Z]{0,2}\d|[A-Z][座栋幢楼]|[A-Z]-|[负附第甲乙丙丁]?\d|[负]\d|[东西南北中]单元|附\d")
_BRACKETED = re.compile(r"\([^()]*\)")
_CONNECTOR = re.compile(r"[与和跟]的?(?=.{1,9}(?:[路街道巷线桥]|大道))")
_FLOOR = re.compile(r"架空层|地下室|底层|顶层|首层|顶楼|阁楼|夹层")
_NOISE = re.compile(
    r"(?:请?(?:提前)?(?:电话?|致电|来电)(?:联系?|通知)|请?提前(?:致电|联系)|电联|自提|自取|市辖区|其[它他]区|NULL)+"
)
_BEFORE_DIVISION = re.compile(
    r"中国(?=.{2,7}(?:省|自治区|市))|城区(?=.{2,5}(?:街道|路|大道))|(?:地址|地处|位于)[:是]?"
)
_SUPPLEMENT = re.compile(r"(?:前台|大堂|丰巢|快递柜|财务室|财务部?|收发室|门卫[室处]?|传达室)+(?=\W|$)")
_RECENT = 24
"""Parts that count when the next is told; one address has fewer."""
_PLACES = (Level.ZONE, Level.POI)


def parse(text: str, names: Names | NameDictionary | None = None) -> ParsedAddress:
    """Cut an address text into parts.

    Never fails: what says no level is a point of interest when it is a name, and in no part otherwise.

    Parameters
    ----------
    text : str
        Any text; full width, traditional characters, Chinese numerals, missing and repeated parts are read.
    names : mapping of Level to collection of str, or NameDictionary, optional
        Names of a registry in normal spelling. Divisions of the country down to counties are known
        without.

    Examples
    --------
    >>> [(str(part.level), part.text) for part in parse("巴南区鱼洞街道尚文大道一千三百九十八号").parts]
    [('county', '巴南区'), ('township', '鱼洞街道'), ('street', '尚文大道'), ('plate', '一千三百九十八号')]
    """
    if names is None or isinstance(names, NameDictionary):
        known = (names, country()) if names else (country(),)
    else:
        known = (NameDictionary(names), country())
    return _Reading(normalise(text), known).read()


class _Reading:
    """One text being read from left to right."""

    def __init__(self, normal: NormalText, known: tuple[NameDictionary, ...]) -> None:
        self.normal = normal
        self.text = normal.text
        self.known = known
        self.pieces: list[Piece] = []
        self.said: dict[int, RelativeWords] = {}

    def read(self) -> ParsedAddress:
        at = 0
        while at < len(self.text):
            at = self._step(at)
        parts = tuple(self._part(*piece) for piece in self.pieces)
        relative = tuple(
            self._relative(parts, index) for index, part in enumerate(parts) if part.level is Level.RELATIVE
        )
        return ParsedAddress(self.normal.original, self.text, parts, relative)

    def _step(self, at: int) -> int:
        """Read what begins at a position; return where to go on."""
        if found := _BEFORE_DIVISION.match(self.text, at):
            return found.end()
        if self.pieces and (said := relative_at(self.text, at)):
            return self._say(said)
        if found := _NOISE.match(self.text, at):
            return found.end()
        if found := _BRACKETED.match(self.text, at):
            return self._bracket(found)
        if _NUMBER.match(self.text, at):
            pieces = numbers_at(self.text, at, self._before())
            if pieces:
                self._add(pieces[0])
                self.pieces += pieces[1:]
                return pieces[-1][2]
        if found := _RUN.match(self.text, at):
            return self._words(at, self._until(at, found.end()))
        if self._number_in_name(at):
            return self._words(at, self._name_end(at))
        return at + 1

    def _number_in_name(self, at: int) -> bool:
        return bool(re.match(r"[A-Z]{0,2}\d+[一-鿿]", self.text[at : at + 12]))

    def _name_end(self, at: int) -> int:
        head = re.compile(r"[A-Z]{0,2}\d+").match(self.text, at)
        start = head.end() if head else at
        found = _RUN.match(self.text, start)
        return self._until(at, found.end()) if found else start

    def _until(self, at: int, end: int) -> int:
        return next((one for one in range(at + 1, end) if one in self.normal.breaks), end)

    def _before(self) -> Before:
        levels = [
            piece[0] for piece in self.pieces[-_RECENT:] if piece[0] not in (Level.RELATIVE, Level.SUPPLEMENT)
        ]
        inside = any(level in (Level.BUILDING, Level.UNIT, Level.FLOOR) for level in levels)
        return Before(levels[-1] if levels else None, Level.PLATE in levels, inside)

    def _read_before(self) -> Read:
        recent = self.pieces[-_RECENT:]
        divisions = {self.text[start:end] for level, start, end in recent if level in DIVISIONS}
        return Read([piece[0] for piece in recent], divisions)

    def _say(self, said: RelativeWords) -> int:
        self.said[len(self.pieces)] = said
        self.pieces.append((Level.RELATIVE, said.start, said.end))
        return said.end

    def _bracket(self, found: re.Match[str]) -> int:
        start, end = found.span()
        if self.pieces and self.pieces[-1][0] in _PLACES and self.pieces[-1][2] == start:
            self.pieces[-1] = (self.pieces[-1][0], self.pieces[-1][1], end)
        elif end - start > 2:
            self.pieces.append((Level.SUPPLEMENT, start, end))
        return end

    def _words(self, at: int, end: int) -> int:
        if self.pieces and (said := relative_ending(self.text, at, end)):
            return self._say(said)
        for level, pattern in ((Level.FLOOR, _FLOOR), (Level.SUPPLEMENT, _SUPPLEMENT)):
            if found := pattern.match(self.text, at, end):
                self.pieces.append((level, *found.span()))
                return found.end()
        if self.pieces and self.pieces[-1][0] is Level.STREET and (found := _CONNECTOR.match(self.text, at)):
            return found.end()
        said = relative_words(self.text, at + 1, end)
        end = said.start if said else end
        for pattern in (_NOISE, _SUPPLEMENT):
            found = pattern.search(self.text, at + 1, end)
            end = found.start() if found else end
        piece = name_at(self.text, at, end, self._read_before(), self.known)
        if piece is None:
            piece = (Level.POI, at, end)
        self._add(piece)
        return piece[2]

    def _add(self, piece: Piece) -> None:
        level, start, end = piece
        last = self.pieces[-1] if self.pieces else None
        if last and last[0] is Level.POI and last[2] == start and self.text[start].isdigit():
            if level is Level.STREET and self.text[end - 1] in "组队社":
                self.pieces[-1] = (Level.COMMUNITY, last[1], last[2])
            elif level is Level.STREET and start - last[1] < 5:
                self.pieces.pop()
                piece = (level, last[1], end)
        self.pieces.append(piece)

    def _part(self, level: Level, start: int, end: int) -> AddressPart:
        first, last = self.normal.span(start, end)
        return AddressPart(level, self.normal.original[first:last], self.text[start:end], first, last)

    def _relative(self, parts: tuple[AddressPart, ...], index: int) -> RelativePosition:
        said = self.said[index]
        part = parts[index]
        before = [one for one in parts[max(0, index - _RECENT) : index] if one.level is not Level.RELATIVE]
        if said.direction == CROSSING:
            reference = tuple([one for one in before if one.level is Level.STREET][-2:])
        else:
            reference = tuple(before[-1:])
        return RelativePosition(said.direction, said.metres, reference, part.text, part.start, part.end)
