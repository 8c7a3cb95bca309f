"""Find organisations by code, name, short name or former name, and who succeeded whom."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from gis.credit_codes import has_credit_code_form
from gis.read import read_frame
from gis.registry import Registry

ACTIVE = "active"
SOLE = frozenset({"street", "enforcement", "government"})
"""Types of which a division has one unit."""


@dataclass(frozen=True, slots=True)
class Organisation:
    """A unit that owns, maintains, supervises or acts.

    Attributes
    ----------
    code : str
        Unified social credit code (统一社会信用代码), 18 characters.
    types : tuple of str
        Of ``authority owner maintainer enforcement street government``.
    division_code : str or None
        Its jurisdiction: a division code of 6, 9 or 12 digits.
    lines : tuple of str
        Lines of business (条线).
    active : bool
        False for a unit that has been closed; ``successor_code`` then says who follows.
    parent_code : str or None
        The organisation above it.
    valid_from, valid_to : str or None
        First and last day it exists, YYYYMMDD.
    """

    code: str
    name: str
    short_names: tuple[str, ...] = ()
    former_names: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    division_code: str | None = None
    lines: tuple[str, ...] = ()
    active: bool = True
    successor_code: str | None = None
    edition: int | None = None
    parent_code: str | None = None
    valid_from: str | None = None
    valid_to: str | None = None

    def exists_on(self, day: str) -> bool:
        """Tell whether it exists on a day, written YYYYMMDD."""
        return (self.valid_from or day) <= day <= (self.valid_to or day)


def read_organisations(registry: Registry) -> Organisations:
    """Read all live organisations."""
    frame = read_frame(registry, "organisations").astype(object)
    records = frame.where(frame.notna(), None).to_dict("records")
    return Organisations.from_rows({str(name): value for name, value in row.items()} for row in records)


class Organisations:
    """All organisations of a registry at one moment.

    Parameters
    ----------
    organisations : iterable of Organisation
        Codes are unique.
    """

    def __init__(self, organisations: Iterable[Organisation]) -> None:
        self._by_code = {unit.code: unit for unit in sorted(organisations, key=lambda unit: unit.code)}
        self._by_name: list[dict[str, list[Organisation]]] = [{}, {}, {}]
        self._by_duty: dict[tuple[str, str], list[Organisation]] = {}
        self._dated = any(unit.valid_from or unit.valid_to for unit in self)
        # The organisations of the day asked about last: questions are mostly of one day.
        self._latest: tuple[str | None, Organisations] = None, self
        for unit in self._by_code.values():
            self._index(unit)

    @classmethod
    def from_rows(cls, rows: Iterable[Mapping[str, Any]]) -> Organisations:
        """Read the rows of the table ``organisations`` (lists are JSON text)."""
        return cls(_from_row(row) for row in rows)

    def __len__(self) -> int:
        return len(self._by_code)

    def __iter__(self) -> Iterator[Organisation]:
        return iter(self._by_code.values())

    def on(self, day: str) -> Organisations:
        """Return the organisations with those closed that do not exist on a day, written YYYYMMDD."""
        if not self._dated:
            return self
        latest = self._latest
        if latest[0] != day:
            there = (unit if unit.exists_on(day) else replace(unit, active=False) for unit in self)
            self._latest = latest = day, Organisations(there)
        return latest[1]

    def parents(self, unit: Organisation) -> list[Organisation]:
        """Return the organisations above a unit, the nearest first; a circle ends where it closes."""
        above: list[Organisation] = []
        current = self.get(unit.parent_code)
        while current is not None and current != unit and current not in above:
            above.append(current)
            current = self.get(current.parent_code)
        return above

    def get(self, code: str | None) -> Organisation | None:
        """Return the organisation with this credit code."""
        return self._by_code.get(code) if code else None

    def find(self, name: str | None) -> Organisation | None:
        """Return the organisation meant by a name.

        Full names come before short names, short names before former names, and active
        organisations before closed ones. A name that two could mean gives None.

        Parameters
        ----------
        name : str or None
            Compared without regard to blanks and width (NFKC).
        """
        wanted = _plain(name)
        for names in self._by_name:
            units = names.get(wanted, [])
            running = [unit for unit in units if unit.active] or units
            if running:
                return running[0] if len(running) == 1 else None
        return None

    def lookup(self, code: str | None, name: str | None) -> Organisation | None:
        """Return the organisation a record means by a code and a name.

        A known code decides. An unknown credit code is nobody, whatever the name; any other unknown
        code is a number of the older editions' own (部门编号), and the name decides.
        """
        unit = self.get(code)
        return self.find(name) if unit is None and not has_credit_code_form(code or "") else unit

    def running(self, unit: Organisation) -> Organisation | None:
        """Return the unit itself when active, else the active unit that follows it, if any."""
        seen: set[str] = set()
        current: Organisation | None = unit
        while current is not None and not current.active and current.code not in seen:
            seen.add(current.code)
            current = self.get(current.successor_code)
        return current if current is not None and current.active else None

    def in_charge(self, duty: str, division_code: str | None) -> Organisation | None:
        """Return the active organisation of a type whose jurisdiction is exactly a division.

        Parameters
        ----------
        duty : str
            ``street``, ``enforcement``, ``government`` …
        division_code : str or None
            Division code.

        Returns
        -------
        Organisation or None
            The one with the lowest code where there are several.
        """
        units = self._by_duty.get((duty, division_code), []) if division_code else []
        return next((unit for unit in units if unit.active), None)

    def _index(self, unit: Organisation) -> None:
        for names, index in zip(
            ([unit.name], unit.short_names, unit.former_names), self._by_name, strict=True
        ):
            for name in {_plain(name) for name in names}:
                index.setdefault(name, []).append(unit)
        for duty in unit.types:
            if unit.division_code:
                self._by_duty.setdefault((duty, unit.division_code), []).append(unit)


def _from_row(row: Mapping[str, Any]) -> Organisation:
    kept = json.loads(row.get("attributes") or "{}")
    return Organisation(
        code=row["code"],
        name=row["name"],
        short_names=_texts(row.get("short_names")),
        former_names=_texts(row.get("former_names")),
        types=_texts(row.get("types")),
        division_code=row.get("division_code") or None,
        lines=_texts(row.get("lines")),
        active=(row.get("state") or ACTIVE) == ACTIVE,
        successor_code=row.get("successor_code") or None,
        edition=row.get("edition"),
        parent_code=row.get("parent_code") or None,
        valid_from=kept.get("valid_from_date"),
        valid_to=kept.get("valid_to_date"),
    )


def _texts(value: str | None) -> tuple[str, ...]:
    return tuple(json.loads(value)) if value else ()


def _plain(name: str | None) -> str:
    return "".join(unicodedata.normalize("NFKC", name or "").split())
