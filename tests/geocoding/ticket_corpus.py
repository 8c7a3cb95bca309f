"""The tickets of ``tickets.txt``; run as a program it says how many of them are read right."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from geocoding.ticket_classes import best_class
from geocoding.tickets import TicketReading, read_ticket

FILE = Path(__file__).with_name("tickets.txt")
FACTS = ("address", "phenomenon", "class", "best class", "private")


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket, and what is to be read in it."""

    section: str
    text: str
    address: str
    word: str
    name: str
    private: str
    misses: frozenset[str]

    def right(self) -> set[str]:
        """Return which of the facts are read right."""
        reading = read_ticket(self.text)
        found = {
            "address": (reading.addresses[0].text if reading.addresses else "") == self.address,
            "phenomenon": self.word in " ".join(phrase.text for phrase in reading.phenomena),
            "class": not self.name or self.name in {one.name for one in reading.classes},
            "best class": _best(reading) == self.name,
            "private": " / ".join(self.text[one.start : one.end] for one in reading.private) == self.private,
        }
        return {fact for fact in FACTS if found[fact]}


def _best(reading: TicketReading) -> str:
    best = best_class(reading.classes)
    return best.name if best else ""


def tickets() -> Iterator[Ticket]:
    """Yield the tickets of the file; ``\\n`` in a text is a new line."""
    section = ""
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            section = line.removeprefix("## ")
        elif line and not line.startswith("#"):
            text, address, word, name, private, *misses = (field.strip() for field in line.split("|"))
            missed = frozenset(filter(None, (one.strip() for one in "".join(misses).split(","))))
            yield Ticket(section, text.replace("\\n", "\n"), address, word, name, private, missed)


def main() -> None:
    """Print for each section how many tickets are read right."""
    every = list(tickets())
    for section in dict.fromkeys(one.section for one in every):
        rows = [one for one in every if one.section == section]
        right = [one.right() for one in rows]
        named = sum(bool(one.name) for one in rows)
        counts = ", ".join(f"{fact} {sum(fact in one for one in right)}" for fact in FACTS)
        sys.stdout.write(f"{section}: {len(rows)} tickets, {named} of which mean a class: {counts}\n")


if __name__ == "__main__":
    main()
