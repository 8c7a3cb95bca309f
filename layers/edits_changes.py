"""What became of the features of a layer since an edition: created, updated, retired.

Seen is the difference between then and now: what was changed twice is told once, what was created and
retired in between not at all. A feature that came to fit the layer's filter counts as created, one that no
longer does as retired. Changes that another program made in the file have no edition and are not told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    and_,
    case,
    func,
    literal,
    not_,
    or_,
    select,
    union_all,
)

from gis.errors import UsageError
from gis.models import Dataset, edition_parts, editions
from gis.text import t
from layers.features import KEY_SEPARATOR
from layers.layer import Layer
from layers.select import layer_clauses

#: Rows up to which all that editions touched is looked up and sorted for each page. Of more, the table is
#: read in the order of its key instead, where a page costs what it holds.
FEW = 50_000


@dataclass(frozen=True, slots=True)
class FeatureChange:
    """What became of one feature.

    Attributes
    ----------
    id : str
        Identifier of the feature.
    change : str
        ``created``, ``updated`` or ``retired``.
    edition : int
        The last edition that changed it.
    """

    id: str
    change: str
    edition: int


@dataclass(frozen=True, slots=True)
class ChangesPage:
    """A page of changes.

    Attributes
    ----------
    edition : int
        The latest edition when the page was read; what comes after that of the first page is asked for
        with it.
    changes : list of FeatureChange
        In order of the identifiers.
    next : str or None
        Where the next page begins.
    """

    edition: int
    changes: list[FeatureChange]
    next: str | None


def read_changes(
    connection: Connection, layer: Layer, since: int, *, limit: int, after: str | None = None
) -> ChangesPage:
    """Read what became of the features of a layer since an edition.

    Parameters
    ----------
    connection : Connection
        To the registry.
    layer : Layer
        As its asker sees it.
    since : int
        Number of an edition; 0 stands for the empty registry.
    limit : int
        Changes on a page.
    after : str, optional
        ``next`` of the page before.

    Returns
    -------
    ChangesPage

    Raises
    ------
    UsageError
        There is no such edition yet, or the cursor is none of ours.
    """
    latest = int(connection.scalar(select(func.max(editions.c.id))) or 0)
    if not 0 <= since <= latest:
        raise UsageError(
            t("There is no edition {number}", number=since),
            field="since",
            value=since,
            expected=f"0–{latest}",
        )
    cursor = None if after is None else _read_cursor(layer.source, after)
    touched = _touched(connection, layer.source, since)
    if touched is None:
        return ChangesPage(latest, [], None)
    statement = _statement(layer, since, cursor, limit + 1, few=touched <= FEW)
    rows = connection.execute(statement).all()
    changes = [
        FeatureChange(KEY_SEPARATOR.join(map(str, key)), change, edition)
        for *key, change, edition in rows[:limit]
    ]
    onward = (
        orjson.dumps([str(part) for part in rows[limit - 1][:-2]]).decode() if len(rows) > limit else None
    )
    return ChangesPage(latest, changes, onward)


def _touched(connection: Connection, dataset: Dataset, since: int) -> int | None:
    """Return how many rows editions since then wrote or closed, ``None`` where there was none."""
    columns = edition_parts.c
    written = func.sum(columns.added + columns.changed + columns.retired)
    touched = select(written).where(columns.dataset == dataset.name, columns.edition > since)
    count: int | None = connection.scalar(touched)
    return count


def _read_cursor(dataset: Dataset, text: str) -> list[str]:
    try:
        parts = orjson.loads(text)
    except orjson.JSONDecodeError:
        parts = None
    known = isinstance(parts, list) and len(parts) == len(dataset.key)
    if not known or not all(isinstance(part, str) and "\0" not in part for part in parts):
        raise UsageError(
            t("{field} cannot be {value}", field="after", value=repr(text)),
            field="after",
            value=text,
            expected=t("what the link to the next page says"),
        )
    return list(parts)


def _statement(
    layer: Layer, since: int, cursor: Sequence[str] | None, rows: int, *, few: bool
) -> Select[Any]:
    live, history = layer.source.live, layer.source.history
    parts = (
        _written(layer, since, few=few).where(*_beyond(layer.source, live, cursor)),
        _gone(layer, since).where(*_beyond(layer.source, history, cursor)),
    )
    if not few:
        # Each in order and no longer than a page: there a database stops, where of both it would sort all
        parts = (_page(parts[0], layer.source, live, rows), _page(parts[1], layer.source, history, rows))
    both = union_all(*parts).subquery()
    return select(both).order_by(*(both.c[name] for name in layer.source.key)).limit(rows)


def _page(part: Select[Any], dataset: Dataset, table: FromClause, rows: int) -> Select[Any]:
    return select(part.order_by(*(table.c[name] for name in dataset.key)).limit(rows).subquery())


def _written(layer: Layer, since: int, *, few: bool) -> Select[Any]:
    """Select what is there now and was written since, by the index of editions when that is little."""
    live, history = layer.source.live, layer.source.history
    before = (
        select(history.c.fid)
        .where(_same(layer.source, history, live), _held(history, since), *layer_clauses(layer, history))
        .correlate(live)
        .exists()
    )
    change = case((before, literal("updated")), else_=literal("created")).label("change")
    columns = [live.c[name] for name in layer.source.key]
    edition = live.c.edition if few else live.c.edition + 0
    return select(*columns, change, live.c.edition.label("edition")).where(
        edition > since, *layer_clauses(layer, live)
    )


def _gone(layer: Layer, since: int) -> Select[Any]:
    """Select what was there then and is not any more."""
    live, history = layer.source.live, layer.source.history
    later = history.alias("later")
    now = (
        select(live.c.fid)
        .where(_same(layer.source, live, history), *layer_clauses(layer, live))
        .correlate(history)
        .exists()
    )
    closed = (
        select(func.max(later.c.closed_by))
        .where(_same(layer.source, later, history))
        .correlate(history)
        .scalar_subquery()
    )
    columns = [history.c[name] for name in layer.source.key]
    return select(*columns, literal("retired").label("change"), closed.label("edition")).where(
        _held(history, since), not_(now), *layer_clauses(layer, history)
    )


def _held(history: FromClause, since: int) -> ColumnElement[bool]:
    """Return the condition that a version of the history held after an edition."""
    return and_(history.c.edition <= since, history.c.closed_by > since)


def _same(dataset: Dataset, one: FromClause, other: FromClause) -> ColumnElement[bool]:
    return and_(*(one.c[name] == other.c[name] for name in dataset.key))


def _beyond(dataset: Dataset, table: FromClause, cursor: Sequence[str] | None) -> list[ColumnElement[bool]]:
    """Return the condition that a key comes after another."""
    if cursor is None:
        return []
    columns = [table.c[name] for name in dataset.key]
    alternatives = [
        and_(*(columns[at] == cursor[at] for at in range(place)), columns[place] > cursor[place])
        for place in range(len(columns))
    ]
    return [or_(*alternatives)]
