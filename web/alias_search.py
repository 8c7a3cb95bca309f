"""Find components by further identifiers: former ones, and those of other bodies (一井一编号)."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, and_, select

from gis.models import DATASETS
from gis.text import Text, t
from web.past_search import PastHit

_AFTER_ALL_CODES = "\U0010ffff"
_SCHEMES: dict[str, Text] = {"manhole": t("manhole cover number")}


def alias_hits(connection: Connection, wanted: str, limit: int) -> Iterator[PastHit]:
    """Yield the components with an alias that begins with a text.

    Parameters
    ----------
    connection : Connection
    wanted : str
        As :func:`web.search.plain_query` returns it.
    limit : int
        Aliases looked at.
    """
    if not wanted.isascii():
        return
    table = DATASETS["component-aliases"].live.c
    begins = and_(table.identifier >= wanted, table.identifier < wanted + _AFTER_ALL_CODES)
    statement = select(table.identifier, table.scheme, table.component_id).where(begins)
    for identifier, scheme, component in connection.execute(
        statement.order_by(table.identifier).limit(limit)
    ):
        told = t("{scheme}: {identifier}", scheme=_SCHEMES.get(scheme, scheme), identifier=identifier)
        yield PastHit("components", component, identifier, told)
