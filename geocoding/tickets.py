"""Read a ticket of a hotline (12345, 12319 工单): where, what, and what class it may be.

Nothing of the text is stored or logged: the reading lives as long as the caller keeps it, and holds personal
data only as positions.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from components.catalogue import SHIPPED, Catalogue
from components.class_info import DEFAULT_STANDARD
from geocoding.parse import Names
from geocoding.parse_dictionary import NameDictionary
from geocoding.ticket_addresses import AddressCandidate, ticket_addresses
from geocoding.ticket_classes import ClassCandidate, Why, class_candidates
from geocoding.ticket_phrases import Phrase, phenomena
from geocoding.ticket_private import PrivateSpan, masked, private_spans


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


_BESIDE = re.compile(
    r"旁|对面|附近|门口|边上|隔壁|入口|出口|[东南西北]{1,2}侧|[桥底]?下(?![沉陷水面])|底下|桥头|\d+号口|内(?=[^,，。]{2})"
)
_JOINING = re.compile(r"(?:处)?(?:的|有|一个|个)*(?=.{2})")


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
    named = class_candidates(shown, catalogue, standard)
    # what is beside a class of things is a place, what ends with one is the thing
    things = sorted((one.start, one.end) for one in named if not _BESIDE.match(shown, one.end))
    addresses = ticket_addresses(shown, things, names)
    classes = tuple(_as_place(one, addresses) for one in named)
    matters = [(one.start, one.end) for one in classes if one.kind == "matter" and one.why is not Why.PLACE]
    return TicketReading(
        shown,
        tuple(sorted(addresses, key=lambda one: (one.home, -one.weight, one.start))),
        tuple(_behind(phrase, addresses) for phrase in phenomena(shown, matters)),
        classes,
        private,
    )


def _as_place(candidate: ClassCandidate, addresses: Sequence[AddressCandidate]) -> ClassCandidate:
    """Mark a class that an address names to say where something is."""
    inside = any(one.start <= candidate.start and candidate.end <= one.end for one in addresses)
    return replace(candidate, why=Why.PLACE) if inside else candidate


def _behind(phrase: Phrase, addresses: Sequence[AddressCandidate]) -> Phrase:
    """Leave out of a phrase the address it begins with, and what joins the two."""
    at = bisect_right([one.start for one in addresses], phrase.end) - 1
    inside = at >= 0 and phrase.start < addresses[at].end < phrase.end
    start = addresses[at].end if inside else phrase.start
    joining = _JOINING.match(phrase.text, start - phrase.start)
    start = phrase.start + joining.end() if joining else start
    return Phrase(phrase.text[start - phrase.start :], start, phrase.end)
