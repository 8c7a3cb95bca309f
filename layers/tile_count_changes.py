"""Bring counts of features up to date with what changed, instead of counting a whole city again."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Table, exists, func, select

from gis.columns import binary
from gis.models import GEOMETRY, Dataset, edition_parts
from layers.layer import Layer
from layers.select import layer_clauses

#: Changed features above which a layer is counted anew.
MOST_CHANGED = 50_000


@dataclass(frozen=True, slots=True)
class Changes:
    """The stored geometries of features that came and went.

    Attributes
    ----------
    added, removed : list of bytes
        As they are now, and as they were; what only moved is in both.
    """

    added: list[bytes]
    removed: list[bytes]


def edition_of(connection: Connection, dataset: Dataset) -> int:
    """Return the last edition that touched a dataset; 0 when none has."""
    latest = select(func.max(edition_parts.c.edition)).where(edition_parts.c.dataset == dataset.name)
    return int(connection.scalar(latest) or 0)


def read_changes(connection: Connection, layer: Layer, since: int) -> Changes | None:
    """Return what came to be seen of a layer after an edition, and what was seen then and is no more.

    Returns
    -------
    Changes or None
        ``None`` when too much changed, or another program wrote to the tables: of its changes nobody knows
        when they were made.
    """
    live, history = layer.source.live, layer.source.history
    outside = [exists().where(live.c.edition == 0), exists().where(history.c.closed_by == 0)]
    if any(connection.scalar(select(condition)) for condition in outside):
        return None
    came = _shapes(connection, layer, live, [live.c.edition > since])
    went = _shapes(connection, layer, history, [history.c.closed_by > since, history.c.edition <= since])
    return None if came is None or went is None else Changes(came, went)


def _shapes(
    connection: Connection, layer: Layer, table: Table, conditions: list[ColumnElement[bool]]
) -> list[bytes] | None:
    shapes = select(binary(table.c[GEOMETRY])).where(*conditions, *layer_clauses(layer, table))
    stored = list(connection.scalars(shapes.limit(MOST_CHANGED + 1)))
    return None if len(stored) > MOST_CHANGED else stored
