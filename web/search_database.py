"""Ask the database for codes by their beginning, names by any part, and what stands for the past."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, and_, case, func, or_, select

from geocoding.names_index import BEGINNING, PART, WHOLE
from gis.text import t
from web.alias_search import alias_hits
from web.past_search import PastHit, code_of_today, past_hits
from web.search_sources import OF_DATASET, SEARCHED, Hit, Look, Searched

_LIST_MARKS = frozenset('[]",\\')
_SHORTEST_CODE = 3
_LONGEST_NUMBER_IN_A_NAME = 5


def hits_by_code(look: Look) -> Iterator[Hit]:
    """Yield things whose code begins with what is wanted, in the order of their codes."""
    if len(look.wanted) < _SHORTEST_CODE or not look.wanted.isascii():
        return
    prefix = look.wanted.upper()
    for searched in SEARCHED:
        for name in searched.codes:
            column = searched.table.c[name]
            statement = select(searched.table.c.fid, column)
            statement = statement.where(_begins(column, prefix), *look.seen(searched))
            for fid, code in look.connection.execute(statement.order_by(column).limit(look.limit)):
                yield Hit(searched, fid, WHOLE if code == prefix else BEGINNING, len(code))


def hits_by_name(look: Look) -> Iterator[Hit]:
    """Yield things with a name that holds what is wanted."""
    for searched in SEARCHED:
        yield from _by_name(look, searched)


def hits_of_the_past(look: Look, found: set[tuple[str, int]]) -> Iterator[Hit]:
    """Look among codes and names of the past, and aliases; what was found already is not found again."""
    connection, wanted, limit = look.connection, look.wanted, look.limit
    if len(wanted) < _SHORTEST_CODE and wanted.isascii():
        return
    today = code_of_today(wanted)
    of_older_form = [PastHit("grids", today, wanted, t("Unit grid code of an older form"))] if today else []
    past_codes = past_hits(connection, today or wanted, limit)
    for past in (*of_older_form, *past_codes, *alias_hits(connection, wanted, limit)):
        searched = OF_DATASET[past.dataset]
        row = connection.execute(
            select(*searched.shown).where(searched.table.c[searched.code] == past.code, *look.seen(searched))
        ).first()
        if row is not None and (past.dataset, row[0]) not in found:
            found.add((past.dataset, row[0]))
            whole = past.matched in (wanted, today)
            rank = WHOLE if whole else BEGINNING if past.matched.startswith(wanted) else PART
            yield Hit(searched, row[0], rank, len(past.matched), detail=str(past.told))


def _begins(column: Column[Any], prefix: str) -> ColumnElement[bool]:
    """Compare as a range, which the index answers on either database."""
    return and_(column >= prefix, column < prefix + "\U0010ffff")


def _by_name(look: Look, searched: Searched) -> Iterator[Hit]:
    wanted = look.wanted
    if not searched.names or (wanted.isdigit() and len(wanted) > _LONGEST_NUMBER_IN_A_NAME):
        return
    table = searched.table
    names = [table.c[name] for name in searched.names]
    lists = [] if _LIST_MARKS & set(wanted) else [table.c[name] for name in searched.lists]
    quality = _quality(names, wanted)
    statement = (
        select(*searched.shown, quality)
        .where(or_(*(_contains(column, wanted) for column in (*names, *lists))), *look.seen(searched))
        .order_by(quality, func.length(table.c[searched.name]), table.c[searched.name], table.c.fid)
        .limit(look.limit)
    )
    for row in look.connection.execute(statement):
        yield Hit(searched, row[0], row[3], len(row[2] or ""))


def _quality(names: Sequence[Column[Any]], wanted: str) -> ColumnElement[int]:
    whole = or_(*(func.lower(column) == wanted.lower() for column in names))
    beginning = or_(*(func.lower(column).startswith(wanted.lower(), autoescape=True) for column in names))
    return case((whole, WHOLE), (beginning, BEGINNING), else_=PART)


def _contains(column: Column[Any], wanted: str) -> ColumnElement[bool]:
    return func.lower(column).contains(wanted.lower(), autoescape=True)
