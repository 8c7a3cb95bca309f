"""From a ticket to the places of a registry, and to the classes it may be about.

A ticket is never stored, logged or put into an error: what comes back holds it with asterisks in place of
personal data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from components.catalogue import SHIPPED, Catalogue
from components.class_info import DEFAULT_STANDARD
from geocoding.answers import GeocodeAnswer
from geocoding.geocode import LIMIT, LONGEST_TEXT, geocode_many
from geocoding.lookup import sure_place
from geocoding.place_index import PlaceIndex, place_index
from geocoding.ticket_addresses import AddressCandidate
from geocoding.ticket_classes import ClassCandidate, best_class
from geocoding.ticket_names import names_of
from geocoding.tickets import TicketReading, read_ticket
from gis.errors import TooLarge, UsageError
from gis.registry import Registry
from gis.text import t

LONGEST_TICKET = 10_000
"""Characters of a ticket: those of hotlines have some hundred."""

MOST_ADDRESSES = 12
"""Addresses of a ticket that are looked up; the most complete."""


@dataclass(frozen=True, slots=True)
class TicketAddress:
    """An address of a ticket, and the places it may mean, most likely first."""

    candidate: AddressCandidate
    places: tuple[GeocodeAnswer, ...]

    @property
    def sure(self) -> GeocodeAnswer | None:
        """The place that is clearly meant; None where there is none or several."""
        return sure_place(self.candidate.text, self.places)

    def to_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        one = self.candidate
        return {
            **_span(one),
            "home": one.home,
            "parts": [{"level": str(part.level), **_span(part)} for part in one.parts],
            "sure": self.sure is not None,
            "places": [place.to_dict() for place in self.places],
        }


@dataclass(frozen=True, slots=True)
class TicketAnswer:
    """What a ticket says, and what of it the registry knows.

    Attributes
    ----------
    reading : TicketReading
        Phenomena, classes, personal data.
    addresses : tuple of TicketAddress
        The likeliest place of the matter first: known to the registry, complete, not the caller's home.
    catalogue : Catalogue
    standard : str
        Edition of the classes.
    """

    reading: TicketReading
    addresses: tuple[TicketAddress, ...]
    catalogue: Catalogue
    standard: str

    def only(self, seen: Callable[[GeocodeAnswer], bool]) -> TicketAnswer:
        """Return it with those places alone that somebody may be told of."""
        addresses = [replace(one, places=tuple(filter(seen, one.places))) for one in self.addresses]
        return replace(self, addresses=_ordered(addresses))

    def to_dict(self) -> dict[str, Any]:
        """Return it for JSON; positions count characters (code points) of ``text``."""
        reading = self.reading
        groups = [one for one in reading.classes if one.kind == "group"]
        classes = [one for one in reading.classes if one.kind != "group"]
        return {
            "text": reading.masked,
            "standard": self.standard,
            "addresses": [one.to_dict() for one in self.addresses],
            "phenomena": [_span(one) for one in reading.phenomena],
            "classes": [row for one in classes for row in self._classes(one)],
            "groups": [{**_named(one), "codes": list(one.codes)} for one in groups],
            "best_class": self._best(),
            "private": [
                {"kind": str(one.kind), "start": one.start, "end": one.end} for one in reading.private
            ],
        }

    @property
    def asked_class(self) -> tuple[ClassCandidate, str] | None:
        """The class or group the ticket is about, and how a question names it; None where it is not sure."""
        best = best_class(self.reading.classes)
        if best is None:
            return None
        return best, best.codes[0] if best.kind != "group" and len(best.codes) == 1 else best.name

    def _best(self) -> dict[str, Any] | None:
        if self.asked_class is None:
            return None
        best, asked = self.asked_class
        kind = "matter" if best.kind == "matter" else "component"
        return {"class": asked, "kind": kind, "standard": self.standard, "name": best.name}

    def _classes(self, candidate: ClassCandidate) -> Iterator[dict[str, Any]]:
        for code in candidate.codes:
            info = self.catalogue.info(self.standard, code, candidate.kind)
            if info is not None:
                facts = {"code": code, "standard": self.standard, "kind": candidate.kind}
                yield {**facts, **_named(candidate), "name": info.name}


def answer_ticket(
    source: Registry | PlaceIndex,
    text: str,
    *,
    catalogue: Catalogue = SHIPPED,
    standard: str = DEFAULT_STANDARD,
    limit: int = LIMIT,
) -> TicketAnswer:
    """Read a ticket, and look its addresses up.

    Parameters
    ----------
    source : Registry or PlaceIndex
        Where places are looked for.
    text : str
        The whole ticket, no more than :data:`LONGEST_TICKET` characters.
    catalogue : Catalogue
        Classes with the names and spellings of the city.
    standard : str
        Edition whose classes are looked for.
    limit : int
        How many places of an address at most.

    Raises
    ------
    UsageError
        The ticket is empty, or there is no such edition.
    TooLarge
        It is longer than a ticket can be.
    """
    check_ticket(text)
    index = source if isinstance(source, PlaceIndex) else place_index(source)
    reading = read_ticket(text, catalogue=catalogue, standard=standard, names=names_of(index))
    candidates = reading.addresses[:MOST_ADDRESSES]
    usable = [one for one in candidates if len(one.text) <= LONGEST_TEXT]
    found = dict(zip(usable, geocode_many(index, [one.text for one in usable], limit), strict=True))
    addresses = [TicketAddress(one, tuple(found.get(one, ()))) for one in candidates]
    return TicketAnswer(reading, _ordered(addresses), catalogue, standard)


def check_ticket(text: str) -> None:
    """Refuse what cannot be a ticket; the error does not repeat it.

    Raises
    ------
    UsageError
        It is empty.
    TooLarge
        It is too long.
    """
    if not text.strip():
        raise UsageError(t("The ticket is empty"), field="text", expected=t("the text of a ticket"))
    if len(text) > LONGEST_TICKET:
        raise TooLarge(
            t("The ticket has {count} characters", count=len(text)),
            field="text",
            expected=t("no more than {count} characters", count=LONGEST_TICKET),
        )


def _ordered(addresses: Sequence[TicketAddress]) -> tuple[TicketAddress, ...]:
    """Put what the registry knows first; within that the order of the reading stays."""
    return tuple(sorted(addresses, key=lambda one: (one.candidate.home, not one.places)))


def _span(one: Any) -> dict[str, Any]:
    return {"text": one.text, "start": one.start, "end": one.end}


def _named(one: ClassCandidate) -> dict[str, Any]:
    return {"name": one.name, "why": str(one.why), **_span(one)}
