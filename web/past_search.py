"""Find what stands today for codes and names of the past: of divisions merged, of grids split."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, and_, or_, select

from gis.models import DATASETS
from gis.text import Text
from grids.codes import COMMUNITY_GRID_CODE, LEGACY_GRID_CODE, from_community_form, from_legacy
from grids.past.hints import told
from grids.past.retirements import OPERATIONS, Retirement, records_of
from grids.past.succession import trails_in

_AFTER_ALL_CODES = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class PastHit:
    """A live thing that follows one that matched.

    Attributes
    ----------
    dataset : str
        ``"divisions"`` or ``"grids"``.
    code : str
        Of the live thing.
    matched : str
        The old code or name.
    told : Text
        What happened.
    """

    dataset: str
    code: str
    matched: str
    told: Text


def code_of_today(wanted: str) -> str | None:
    """Return the 15 digits that stand for a unit grid code of an older form, ``None`` for other texts."""
    if LEGACY_GRID_CODE.fullmatch(wanted):
        return from_legacy(wanted)
    return from_community_form(wanted) if COMMUNITY_GRID_CODE.fullmatch(wanted) else None


def past_hits(connection: Connection, wanted: str, limit: int) -> Iterator[PastHit]:
    """Yield the live things that follow an old code that begins with a text, or an old name with it.

    Parameters
    ----------
    connection : Connection
    wanted : str
        As :func:`web.search.plain_query` returns it.
    limit : int
        Old codes looked at for each kind.
    """
    for kind in OPERATIONS:
        records = _matching(connection, kind, wanted, limit)
        trails = trails_in(connection, kind, list(records))
        for code, record in records.items():
            trail = trails[code]
            if not trail.records:
                continue
            for live in trail.live:
                yield PastHit(kind, live, _matched(record, wanted), told(trail))


def _matching(connection: Connection, kind: str, wanted: str, limit: int) -> dict[str, Retirement]:
    table = DATASETS["retirements"].live.c
    by_code = and_(table.code >= wanted, table.code < wanted + _AFTER_ALL_CODES)
    named = or_(*(column.contains(wanted, autoescape=True) for column in (table.name, table.attributes)))
    condition = by_code if wanted.isascii() and wanted.isalnum() else named
    codes = connection.scalars(select(table.code).where(table.kind == kind, condition).order_by(table.code))
    records = records_of(connection, kind, codes.fetchmany(limit))
    return {
        code: record for code, record in records.items() if code.startswith(wanted) or _names(record, wanted)
    }


def _names(record: Retirement, wanted: str) -> list[str]:
    return [name for name in record.names if wanted in name]


def _matched(record: Retirement, wanted: str) -> str:
    return record.code if record.code.startswith(wanted) else _names(record, wanted)[0]
