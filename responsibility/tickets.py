"""From a ticket to who has to act: where exactly one place is sure, and one class is meant."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from geocoding.answers import GeocodeAnswer
from geocoding.matching.scores import NEAR
from geocoding.ticket_answers import TicketAddress, TicketAnswer
from geocoding.ticket_classes import ClassCandidate
from responsibility.model import Kind, Question, Resolution, Source
from responsibility.resolver import Resolver


class Choice(StrEnum):
    """What a person has to choose before a ticket can be resolved."""

    ADDRESS = "address"
    CLASS = "class"


@dataclass(frozen=True, slots=True)
class ResolvedTicket:
    """A ticket, and who has to act, where that needs no choice.

    Attributes
    ----------
    answer : TicketAnswer
    resolution : Resolution or None
        None where something has to be chosen.
    choose : tuple of Choice
        What that is.
    """

    answer: TicketAnswer
    resolution: Resolution | None
    choose: tuple[Choice, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return it for JSON: the ticket's answer with ``resolution`` and ``choose``."""
        return {
            **self.answer.to_dict(),
            "resolution": self.resolution.to_dict() if self.resolution else None,
            "choose": [str(one) for one in self.choose],
        }


def resolve_ticket(resolver: Resolver, answer: TicketAnswer) -> ResolvedTicket:
    """Resolve a ticket whose place is sure and that names one class or group; else say what to choose.

    The question is asked with the source ``hotline`` and the accuracy of the place.
    """
    place, named = ticket_place(answer), answer.asked_class
    if place is None or named is None:
        lacking = ((Choice.ADDRESS, place), (Choice.CLASS, named))
        return ResolvedTicket(answer, None, tuple(choice for choice, found in lacking if found is None))
    return ResolvedTicket(answer, resolver.resolve(_question(place, named, answer.standard)), ())


def ticket_place(answer: TicketAnswer) -> GeocodeAnswer | None:
    """Return the one place a ticket is about; None where it is not sure, or two are.

    Where the caller lives does not compete with another address.
    """
    if not answer.addresses:
        return None
    first = answer.addresses[0]
    place = first.sure
    others = [one for one in answer.addresses[1:] if one.candidate.home == first.candidate.home]
    return None if place is None or any(_elsewhere(one, place) for one in others) else place


def _elsewhere(address: TicketAddress, place: GeocodeAnswer) -> bool:
    other = address.sure
    return other is not None and other.metres_to(place) > max(place.accuracy_m, other.accuracy_m, NEAR)


def _question(place: GeocodeAnswer, named: tuple[ClassCandidate, str], standard: str) -> Question:
    candidate, asked = named
    return Question(
        lon=place.lon,
        lat=place.lat,
        source=Source.HOTLINE,
        accuracy_m=place.accuracy_m,
        class_text=asked,
        kind=Kind.MATTER if candidate.kind == "matter" else Kind.COMPONENT,
        standard=standard,
    )
