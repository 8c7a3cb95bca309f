"""Read a ticket of a hotline (12345, 12319 工单): where, what, and what class it may be.

Nothing of the text is stored or logged: the reading lives as long as the caller keeps it, and holds personal
data only as positions.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from components.catalogue import SHIPPED, Catalogue
from components.class_info import DEFAULT_STANDARD
from geocoding.levels import Level
from geocoding.parse import Names, parse
from geocoding.parse_dictionary import NameDictionary
from geocoding.parsed import AddressPart, ParsedAddress, RelativePosition
from geocoding.ticket_classes import ClassCandidate, class_candidates
from geocoding.ticket_phrases import MATTER, Phrase, phenomena
from geocoding.ticket_private import PrivateSpan, masked, private_spans


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


@dataclass(frozen=True, slots=True)
class TicketReading:
    """What a ticket says.

    Attributes
    ----------
    masked : str
        The ticket with asterisks in place of personal data; positions are the same.
    addresses : tuple of AddressCandidate
        The most complete first, where the caller lives last.
    phenomena : tuple of Phrase
        What is the matter (现象), in the order of the text.
    classes : tuple of ClassCandidate
        Classes whose name, spelling or group the text names, the longest name first.
    private : tuple of PrivateSpan
        Where personal data stands.
    """

    masked: str
    addresses: tuple[AddressCandidate, ...]
    phenomena: tuple[Phrase, ...]
    classes: tuple[ClassCandidate, ...]
    private: tuple[PrivateSpan, ...]


_CLAUSE = re.compile(r"[^,，。;；!！?？\n\r、]+")
_PREAMBLE = re.compile(
    r".{0,40}?(?:反映|反应|投诉|举报|来电称|称|表示|咨询|建议|求助|住在|家住|位于|地址[:：是为]?|地点[:：是为]?|发现|看到"
    r"|路过|途经|经过|就在|在)[:：]?"
)
_WEIGHTS = {
    Level.PROVINCE: 1, Level.PREFECTURE: 1, Level.COUNTY: 2, Level.TOWNSHIP: 2, Level.COMMUNITY: 2,
    Level.STREET: 4, Level.ZONE: 3, Level.PLATE: 3, Level.BUILDING: 2, Level.SUB_PLATE: 1, Level.UNIT: 1,
}  # fmt: skip
_ENDS_PLACE = re.compile(
    r"有|的|被|把|没|不|一直|经常|长期|存在|堆|破|坏|漏|倒|损|乱|占|违|出现|正|已|晚上|夜间|每天|因|为|很|太|看到|发现|听到"
)
_BESIDE = re.compile(r"(?:旁|对面|附近|门口|边上|隔壁|[东南西北]{1,2}侧)")
_JOINING = re.compile(r"(?:处)?(?:的|有|一个|个)*(?=.{2})")
_NAMED = re.compile(r"[院校学店场司厦楼站园馆所心行桥门局厅城市]$")
_HOME = re.compile(
    r"(?:家住|住在|我住|居住[在于]|现住|家住在|家庭地址[:：是为]?|住址[:：是为]?|户籍)[在于]?$"
)
_INTRODUCTIONS = 5
_INTRODUCED = 8
"""Characters before an address that may say whose it is."""
_LEAST = 3
"""Weight from which a run is an address: a named quarter, or a street; not a district alone."""


def read_ticket(
    text: str,
    *,
    catalogue: Catalogue = SHIPPED,
    standard: str = DEFAULT_STANDARD,
    names: Names | NameDictionary | None = None,
) -> TicketReading:
    """Find address, phenomenon and class candidates in a ticket, and the personal data in it.

    Parameters
    ----------
    text : str
        Any text: a paragraph with greeting, address, phenomenon, telephone.
    catalogue : Catalogue
        Classes with the names and spellings of the city.
    standard : str
        Edition whose classes are looked for.
    names : mapping of Level to collection of str, or NameDictionary, optional
        Names of the registry.

    Raises
    ------
    UsageError
        There is no such edition.
    """
    private = private_spans(text)
    shown = masked(text, private)
    classes = class_candidates(shown, catalogue, standard)
    # what is beside a class of things is a place, what ends with one is the thing
    things = sorted(one.start for one in classes if not _BESIDE.match(shown, one.end))
    found = (
        _address(shown, match.start(), _until(things, match.start(), match.end()), names)
        for match in _CLAUSE.finditer(shown)
    )
    addresses = _joined(shown, [one for one in found if one])
    return TicketReading(
        shown,
        tuple(sorted(addresses, key=lambda one: (one.home, -one.weight, one.start))),
        tuple(_behind(phrase, addresses) for phrase in phenomena(shown)),
        classes,
        private,
    )


def _until(things: list[int], start: int, end: int) -> int:
    at = bisect_right(things, start)
    return min(things[at], end) if at < len(things) else end


def _behind(phrase: Phrase, addresses: list[AddressCandidate]) -> Phrase:
    """Leave out of a phrase the address it begins with, and what joins the two."""
    at = bisect_right([one.start for one in addresses], phrase.end) - 1
    inside = at >= 0 and phrase.start < addresses[at].end < phrase.end
    start = addresses[at].end if inside else phrase.start
    joining = _JOINING.match(phrase.text, start - phrase.start)
    start = phrase.start + joining.end() if joining else start
    return Phrase(phrase.text[start - phrase.start :], start, phrase.end)


def _address(
    text: str, start: int, end: int, names: Names | NameDictionary | None
) -> AddressCandidate | None:
    """Return the fullest address a clause has, from its beginning or behind what introduces it."""
    begins = [start]
    while len(begins) < _INTRODUCTIONS and (found := _PREAMBLE.match(text, begins[-1], end)):
        begins.append(found.end())
    read = [_candidate(text, begin, parse(text[begin:end], names)) for begin in begins]
    # what introduces an address must not pass for a part of it: 我住在巴南区
    worth = [(one.weight + 2 * at, one) for at, one in enumerate(read) if one]
    return max(worth, key=lambda one: one[0])[1] if worth else None


def _candidate(text: str, offset: int, parsed: ParsedAddress) -> AddressCandidate | None:
    kept: list[AddressPart] = []
    for part in parsed.parts:
        stop = _stop(part) if part.level is Level.POI else None
        if stop is not None and (stop == 0 or (kept and not _NAMED.search(part.text, 0, stop))):
            break
        end = part.end if stop is None else part.start + stop
        kept.append(_moved(part, offset, end - part.start))
        if stop is not None:
            break
    weight = sum(_WEIGHTS.get(part.level, 0) for part in kept)
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


def _stop(part: AddressPart) -> int | None:
    """Return where in a name something else begins: what is the matter there, or the rest of a sentence."""
    found = [one.start() for one in (_ENDS_PLACE.search(part.text), MATTER.search(part.text)) if one]
    return min(found, default=None)


def _moved(part: AddressPart, offset: int, length: int | None = None) -> AddressPart:
    size = len(part.text) if length is None else length
    normal = part.normal if size == len(part.text) else part.normal[:size]
    return AddressPart(part.level, part.text[:size], normal, part.start + offset, part.start + offset + size)


def _joined(text: str, found: list[AddressCandidate]) -> list[AddressCandidate]:
    """Join an address that a comma divides: the next goes on where the one before stopped."""
    joined: list[AddressCandidate] = []
    for one in found:
        last = joined[-1] if joined else None
        if last and one.start - last.end == 1 and _goes_on(last, one):
            parts = (*last.parts, *one.parts)
            joined[-1] = AddressCandidate(
                text[last.start : one.end], last.start, one.end, parts, (*last.relative, *one.relative),
                last.weight + one.weight, last.home,
            )  # fmt: skip
        else:
            joined.append(one)
    return [one for one in joined if one.weight >= _LEAST]


def _goes_on(last: AddressCandidate, following: AddressCandidate) -> bool:
    reached = max((part.level.number or 0 for part in last.parts), default=0)
    begins = following.parts[0].level.number or 0
    return reached < begins
