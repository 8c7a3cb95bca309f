"""Addresses in the running text of a ticket: which of its clauses hold one, and where it begins and ends."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from geocoding.levels import Level
from geocoding.parse import Names, parse
from geocoding.parse_dictionary import NameDictionary
from geocoding.parsed import AddressPart, ParsedAddress, RelativePosition
from geocoding.ticket_phrases import MATTER


@dataclass(frozen=True, slots=True)
class AddressCandidate:
    """A run of a ticket that reads as one address.

    Attributes
    ----------
    text : str
        The slice ``start:end`` of the ticket.
    parts, relative : tuple
        As :func:`geocoding.parse.parse` gives them, with positions in the ticket.
    weight : int
        How much of an address it is: the sum over its levels; the largest comes first.
    home : bool
        Whether the ticket says that its caller lives there, so that another address is likelier meant.
    """

    text: str
    start: int
    end: int
    parts: tuple[AddressPart, ...]
    relative: tuple[RelativePosition, ...]
    weight: int
    home: bool = False


# A comma between two streets and 交叉口 behind them is part of a crossing
_CLAUSE = re.compile(
    r"(?:[^,，。;；:：!！?？\n\r、【】]|、(?=[^,，。;；、]{1,8}(?:路|街|道|巷)(?:交叉|路口|交汇|交界)))+"
)
_BREAK = re.compile(
    r"[那这](?:个|边|里|处|儿|块|条)|[左右]手边?|出来|上班|工作的?地方|居民|业主|住户|商户|嘅|路面|人行道|盲道|绿化带|的?马路(?=牙|边|上|中)"
    r"|上头"
)
_PREAMBLE = re.compile(
    r".{0,40}?(?:反映|反应|投诉|举报|来电称|来电|称|表示|咨询|建议|求助|住在|家住|位于|地址[是为]?|地点[是为]?|发现|看到"
    r"|路过|途经|经过|就在|就是|在|的是|处理[一下]{0,2}|我们)"
)
_WEIGHTS = {
    Level.PROVINCE: 1, Level.PREFECTURE: 1, Level.COUNTY: 2, Level.TOWNSHIP: 2, Level.COMMUNITY: 2,
    Level.STREET: 4, Level.ZONE: 3, Level.PLATE: 3, Level.BUILDING: 2, Level.SUB_PLATE: 1, Level.UNIT: 1,
}  # fmt: skip
_ENDS_PLACE = re.compile(
    r"有|的|被|把|没|不|一直|经常|长期|存在|堆|破|坏|漏|倒|损|乱|占|违|出现|正|已|晚上|夜间|每天|因|为|很|太|看到|发现|听到|要"
)
_AT = r"(?:(?:入口|出口|门口|桥头|路口|后门|大门|正门)处?)"
_NAMED = re.compile(rf"(?:[院校学店场司厦楼站园馆所心行桥门局厅城市]|{_AT})$")
_LANDMARK = re.compile(
    r".{1,20}(?:小学|中学|大学|学校|幼儿园|医院|卫生院|卫生站|派出所|地铁站|轻轨站|火车站|汽车站|公交站|广场|公园|市场|超市|商场|大厦|加油站"
    r"|大桥|立交桥?|高架桥?|天桥|转盘|环岛|古镇|步道|隧道|体育馆|图书馆|体育场|购物中心|步行街|百货|银行|酒店|饭店|车库|码头|水库)"
    rf"{_AT}?"
)
_HOME = re.compile(r"(?:家住|住在|我住|居住[在于]|现住|家庭地址|住址|户籍)[在于:：是为]?$")
_JOINING = frozenset(",，、")
_INTRODUCTIONS = 5
_INTRODUCED = 8
"""Characters before an address that may say whose it is."""
_SHORTEST_STREET = 3
"""Characters of a street's name; what is shorter is more often a word: 沿街, 把路."""
_LEAST = 3
"""Weight from which a run is an address: a named quarter, a street, a landmark; not a district alone."""


def ticket_addresses(
    text: str, things: Sequence[tuple[int, int]], names: Names | NameDictionary | None = None
) -> list[AddressCandidate]:
    """Return the addresses in a ticket, in the order of the text.

    Parameters
    ----------
    text : str
        The ticket without personal data.
    things : sequence of (int, int)
        Where the names of classes stand that are not places, in order: no address goes on there.
    names : mapping of Level to collection of str, or NameDictionary, optional
        Names of the registry.
    """
    found = (_address(text, start, end, names) for start, end in _clauses(text, things))
    return _joined(text, [one for one in found if one])


def _clauses(text: str, things: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield where the runs of a text stand that an address may lie in."""
    for clause in _CLAUSE.finditer(text):
        start, end = clause.span()
        words = [word.span() for word in _BREAK.finditer(text, start, end)]
        within = things[bisect_left(things, (start, 0)) : bisect_left(things, (end, 0))]
        for stop, after in sorted((*words, *within)):
            if stop > start:
                yield start, stop
            start = max(start, after)
        if start < end:
            yield start, end


def _address(
    text: str, start: int, end: int, names: Names | NameDictionary | None
) -> AddressCandidate | None:
    """Return the fullest address a clause has, from its beginning or behind what introduces it."""
    begins = [start]
    while len(begins) < _INTRODUCTIONS and (found := _PREAMBLE.match(text, begins[-1], end)):
        begins.append(found.end())
    read = [_candidate(text, begin, parse(text[begin:end], names), names) for begin in begins if begin < end]
    # what introduces an address must not pass for a part of it: 我住在巴南区
    worth = [(one.weight + 2 * at, one) for at, one in enumerate(read) if one]
    return max(worth, key=lambda one: one[0])[1] if worth else None


def _candidate(
    text: str, offset: int, parsed: ParsedAddress, names: Names | NameDictionary | None
) -> AddressCandidate | None:
    kept = [_moved(part, offset) for part in _kept(parsed.parts)]
    weight = sum(_weight(part, names) for part in kept)
    if not weight:
        return None
    start, end = kept[0].start, kept[-1].end
    relative = tuple(
        RelativePosition(
            one.direction, one.metres, tuple(_moved(part, offset) for part in one.reference), one.text,
            one.start + offset, one.end + offset,
        )
        for one in parsed.relative
        if one.end + offset <= end
    )  # fmt: skip
    home = _HOME.search(text, max(0, start - _INTRODUCED), start) is not None
    return AddressCandidate(text[start:end], start, end, tuple(kept), relative, weight, home)


def _kept(parts: Iterable[AddressPart]) -> Iterator[AddressPart]:
    """Yield the parts up to where what is the matter begins."""
    any_before = False
    for part in parts:
        stop = _stop(part) if part.level is Level.POI else None
        if stop is None:
            yield part
        else:
            if stop and (not any_before or _NAMED.search(part.text[:stop])):
                yield _cut(part, stop)
            return
        any_before = True


def _weight(part: AddressPart, names: Names | NameDictionary | None) -> int:
    """Return how much of an address a part is; a name counts where it is known, or that of a landmark."""
    if part.level is Level.STREET and len(part.normal) < _SHORTEST_STREET:
        return 1
    if part.level is not Level.POI:
        return _WEIGHTS.get(part.level, 0)
    known = isinstance(names, NameDictionary) and any(
        end == len(part.normal) for end, _levels in names.full(part.normal, 0)
    )
    return _WEIGHTS[Level.ZONE] if known or _LANDMARK.fullmatch(part.normal) else 0


def _stop(part: AddressPart) -> int | None:
    """Return where in a name something else begins: what is the matter there, or the rest of a sentence."""
    found = [one.start() for one in (_ENDS_PLACE.search(part.text), MATTER.search(part.text)) if one]
    return min(found, default=None)


def _cut(part: AddressPart, size: int) -> AddressPart:
    return replace(part, text=part.text[:size], normal=part.normal[:size], end=part.start + size)


def _moved(part: AddressPart, offset: int) -> AddressPart:
    return replace(part, start=part.start + offset, end=part.end + offset)


def _joined(text: str, found: list[AddressCandidate]) -> list[AddressCandidate]:
    """Join an address that a comma divides: the next goes on where the one before stopped."""
    joined: list[AddressCandidate] = []
    for one in found:
        last = joined[-1] if joined else None
        if last and one.start - last.end == 1 and text[last.end] in _JOINING and _goes_on(last, one):
            joined[-1] = replace(
                last,
                text=text[last.start : one.end],
                end=one.end,
                parts=(*last.parts, *one.parts),
                relative=(*last.relative, *one.relative),
                weight=last.weight + one.weight,
            )
        else:
            joined.append(one)
    return [one for one in joined if one.weight >= _LEAST]


def _goes_on(last: AddressCandidate, following: AddressCandidate) -> bool:
    reached = max((part.level.number or 0 for part in last.parts), default=0)
    begins = following.parts[0].level.number or 0
    return reached < begins
