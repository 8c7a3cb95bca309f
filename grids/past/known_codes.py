"""What the registry knows of the codes that a table of changes names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from gis.models import DATASETS
from gis.registry import Registry
from grids.past.former_names import names_of_live
from grids.past.retirements import Retirement, in_chunks, records_of
from grids.past.succession import live_among


@dataclass(frozen=True)
class Known:
    """What the registry knows of the codes of a table, by kind.

    Attributes
    ----------
    live : dict of str to set of str
        Live codes among those of the table.
    records : dict of tuple to Retirement
        Records the registry has, of the codes and of all that they lead to.
    ever : dict of str to set of str
        Codes that are live, were live, or are in the table of valid codes.
    names : dict of str to list
        Name and former names of live divisions.
    """

    live: Mapping[str, set[str]]
    records: Mapping[tuple[str, str], Retirement]
    ever: Mapping[str, set[str]]
    names: Mapping[str, list[str]]

    @classmethod
    def of(cls, registry: Registry, records: Sequence[Retirement]) -> Known:
        """Look up all codes that some records name."""
        codes = {
            kind: {code for r in records if r.kind == kind for code in (r.code, *r.successors)}
            for kind in ("grids", "divisions")
        }
        with registry.connect() as connection:
            live = {kind: live_among(connection, kind, some) for kind, some in codes.items()}
            kept = {
                (kind, code): record
                for kind, some in codes.items()
                for code, record in _reachable(connection, kind, some).items()
            }
            ever = {kind: live[kind] | _ever(connection, kind, some) for kind, some in codes.items()}
        return cls(live, kept, ever, names_of_live(registry) if live["divisions"] else {})


def _reachable(connection: Connection, kind: str, codes: set[str]) -> dict[str, Retirement]:
    """Return the records of some codes and of all that follow them."""
    found: dict[str, Retirement] = {}
    frontier, seen = set(codes), set(codes)
    while frontier:
        new = records_of(connection, kind, frontier)
        found |= new
        frontier = {code for record in new.values() for code in record.successors} - seen
        seen |= frontier
    return found


def _ever(connection: Connection, kind: str, codes: set[str]) -> set[str]:
    columns = [DATASETS[kind].history.c.code]
    columns += [DATASETS["division-codes"].live.c.code] if kind == "divisions" else []
    return {
        code
        for column in columns
        for chunk in in_chunks(sorted(codes))
        for code in connection.scalars(select(column).where(column.in_(chunk)))
    }
