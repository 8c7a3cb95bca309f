"""``wangge ticket``: what a ticket of a hotline says, where that is, and who has to act."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

import click

from components.catalogue import Catalogue
from geocoding.answers import GeocodeAnswer
from geocoding.ticket_answers import LONGEST_TICKET, TicketAddress, TicketAnswer, answer_ticket
from geocoding.ticket_classes import ClassCandidate
from gis.errors import TooLarge, UsageError
from gis.text import Text, t
from responsibility.resolver import Resolver
from responsibility.settings import load_settings
from responsibility.tickets import Choice, ResolvedTicket, resolve_ticket
from wangge.card import card
from wangge.session import Session, with_session

_BYTES = 4 * LONGEST_TICKET
_KINDS: dict[str, Text] = {"component": t("component"), "matter": t("matter"), "group": t("group of classes")}
_CHOICES: dict[Choice, Text] = {
    Choice.ADDRESS: t("Choose the place: none is sure, or several are"),
    Choice.CLASS: t("Choose the class: none is named, or several are"),
}


@click.command(
    "ticket",
    help=str(
        t(
            "Read a ticket of a hotline from a file, or from standard input (-): addresses, what is the "
            "matter, classes. Personal data is shown as asterisks and kept nowhere."
        )
    ),
)
@click.argument("file", type=click.File("rb"), metavar="FILE|-")
@click.option("--resolve", "wanted", is_flag=True, help=str(t("Say who has to act, or what to choose.")))
@click.option("--standard", help="2007 | 2013 | 2026")
@with_session
def command(session: Session, file: BinaryIO, wanted: bool, standard: str | None) -> None:
    """Read one ticket."""
    text = _text(file.read(_BYTES + 1))
    edition = standard or load_settings().standard
    with session.registry() as registry:
        answer = answer_ticket(registry, text, catalogue=Catalogue.of(registry), standard=edition)
        if not wanted:
            session.show(answer.to_dict(), lambda: "\n".join(_lines(answer)))
            return
        resolved = resolve_ticket(Resolver(registry), answer)
    session.show(resolved.to_dict(), lambda: "\n".join(_resolved_lines(resolved)))


def _text(content: bytes) -> str:
    if len(content) > _BYTES:
        raise TooLarge(
            t("The ticket is larger than {limit} bytes", limit=_BYTES),
            field="FILE",
            expected=t("no more than {count} characters", count=LONGEST_TICKET),
        )
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UsageError(t("The ticket is no text"), field="FILE", expected=t("text in UTF-8 or GB 18030"))


def _resolved_lines(resolved: ResolvedTicket) -> Iterator[str]:
    yield from _lines(resolved.answer)
    yield ""
    if resolved.resolution is not None:
        yield card(resolved.resolution)
    yield from (str(_CHOICES[choice]) for choice in resolved.choose)


def _lines(answer: TicketAnswer) -> Iterator[str]:
    reading = answer.reading
    yield reading.masked.strip()
    yield ""
    for address in answer.addresses:
        yield from _address(address)
    for phrase in reading.phenomena:
        yield str(t("Matter: {text}", text=phrase.text))
    for one in reading.classes:
        yield _class(one)
    if not (answer.addresses or reading.phenomena or reading.classes):
        yield str(t("No address, no matter and no class is named"))


def _address(address: TicketAddress) -> Iterator[str]:
    yield str(t("Address: {text}", text=address.candidate.text))
    for place in address.places:
        yield f"  {_place(place)}"
    if not address.places:
        yield f"  {t('No place of the registry fits')}"


def _place(place: GeocodeAnswer) -> str:
    return f"{place.score:4.0%}  {place.address}  {place.lon:.6f} {place.lat:.6f} ±{place.accuracy_m:.0f} m"


def _class(one: ClassCandidate) -> str:
    details: dict[str, Any] = {"text": one.text, "kind": _KINDS[one.kind], "name": one.name}
    codes = ", ".join(one.codes) if one.kind != "group" else str(len(one.codes))
    return str(t("Class: {name} ({kind} {codes}), as “{text}”", codes=codes, **details))
