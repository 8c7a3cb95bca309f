"""Follow codes through time: what stands for a code of the past now, and what it came from.

A code is *live* when its dataset has it now. A chain ends at live codes; a live code stands for
itself, whatever a record says of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, select

from gis.models import DATASETS
from gis.registry import Registry
from grids.past.retirements import Retirement, in_chunks, records_leading_to, records_of


@dataclass(frozen=True, slots=True)
class Trail:
    """Where a code leads.

    Attributes
    ----------
    code : str
        The code asked for.
    records : tuple of Retirement
        What happened on the way, nearest first.
    live : tuple of str
        Live codes at the end, in the order of the records; the code itself when it is live.
    lost : tuple of str
        Ends that are not live: codes without a successor, or that the registry does not have.
    """

    code: str
    records: tuple[Retirement, ...]
    live: tuple[str, ...]
    lost: tuple[str, ...]

    @property
    def absent(self) -> tuple[str, ...]:
        """Codes at the end that follow and that the registry does not have."""
        recorded = {record.code for record in self.records}
        return tuple(code for code in self.lost if code != self.code and code not in recorded)


def successors(registry: Registry, kind: str, code: str) -> tuple[str, ...]:
    """Return the live codes that stand for a code now.

    Parameters
    ----------
    registry : Registry
    kind : str
        Dataset of the code: ``"divisions"`` or ``"grids"``.
    code : str
        A code of the present or the past.

    Returns
    -------
    tuple of str
        Following chains of records to live codes; the code itself when it is live, nothing when
        nothing followed.
    """
    return trails(registry, kind, [code])[code].live


def predecessors(registry: Registry, kind: str, code: str) -> tuple[str, ...]:
    """Return all codes of the past that lead to a code, nearest first."""
    return tuple(record.code for record in leading_to(registry, kind, code))


def trails(registry: Registry, kind: str, codes: Collection[str]) -> dict[str, Trail]:
    """Follow many codes at once, see :class:`Trail`; each code has one."""
    with registry.connect() as connection:
        return trails_in(connection, kind, codes)


def trails_in(connection: Connection, kind: str, codes: Collection[str]) -> dict[str, Trail]:
    """Do what :func:`trails` does within a connection."""
    records: dict[str, Retirement] = {}
    live: set[str] = set()
    seen: set[str] = set()
    frontier = set(codes)
    while frontier:
        seen |= frontier
        live |= live_among(connection, kind, frontier)
        found = records_of(connection, kind, frontier - live)
        records |= {code: record for code, record in found.items() if record.retires}
        frontier = {code for record in found.values() for code in record.successors} - seen
    return {code: _trail(code, records, live) for code in codes}


def leading_to(registry: Registry, kind: str, code: str) -> tuple[Retirement, ...]:
    """Return the records of all codes that lead to a code, nearest first."""
    with registry.connect() as connection:
        return tuple(leading_to_in(connection, kind, code))


def leading_to_in(connection: Connection, kind: str, code: str) -> Iterator[Retirement]:
    """Do what :func:`leading_to` does within a connection."""
    seen, frontier = {code}, {code}
    while frontier:
        found = [
            record
            for record in records_leading_to(connection, kind, frontier)
            if record.retires and record.code not in seen
        ]
        yield from found
        frontier = {record.code for record in found}
        seen |= frontier


def live_among(connection: Connection, kind: str, codes: Iterable[str]) -> set[str]:
    """Return those of some codes that are live."""
    column = DATASETS[kind].live.c.code
    return {
        code
        for chunk in in_chunks(sorted(set(codes)))
        for code in connection.scalars(select(column).where(column.in_(chunk)))
    }


def _trail(code: str, records: dict[str, Retirement], live: set[str]) -> Trail:
    """Walk from a code breadth first; what loops is passed once."""
    ends: dict[str, bool] = {}
    passed: dict[str, Retirement] = {}
    level = [code]
    while level:
        following: list[str] = []
        for one in level:
            record = None if one in live else records.get(one)
            if record is None or not record.successors:
                ends[one] = one in live
            if record is not None:
                passed[one] = record
                following += record.successors
        level = [one for one in dict.fromkeys(following) if one not in passed and one not in ends]
    lost = (one for one, is_live in ends.items() if not is_live)
    return Trail(
        code, tuple(passed.values()), tuple(o for o, is_live in ends.items() if is_live), tuple(lost)
    )
