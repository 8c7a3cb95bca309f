"""From a question to SQL, the same for both databases.

A statement is built once for each layer and form of question and then only gets other values, so
that neither SQLAlchemy nor the database has to understand it again. It selects what pages are cut
by (the cursor), the properties, and the stored bytes of the geometry.

Boxes are answered by the spatial index alone, which never misses a row and gives a few more: the
exact test is made on the geometries of a page (:mod:`layers.pages`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Double,
    Integer,
    Select,
    String,
    Table,
    and_,
    bindparam,
    exists,
    false,
    func,
    literal_column,
    or_,
    select,
    tuple_,
    union_all,
)

from gis.columns import UtcDateTime, binary
from gis.errors import UsageError
from gis.models import GEOMETRY
from gis.spatial_sql import bbox_clause, box_candidates
from gis.text import t
from layers.layer import Layer
from layers.query import MAX_INTEGER, ItemsQuery, Period

_SIDES = ("minx", "miny", "maxx", "maxy")
_LIMIT = bindparam("row_limit", type_=Integer())


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with its values.

    Attributes
    ----------
    select : Select
        The cursor's columns, ``names``, and the stored bytes of the geometry.
    cursor : int
        How many columns make up the cursor.
    names : tuple of str
        The selected columns of the dataset.
    values : dict
        Of the bound parameters.
    """

    select: Select[Any]
    cursor: int
    names: tuple[str, ...]
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Form:
    """What makes two questions need different SQL."""

    properties: tuple[str, ...]
    filters: tuple[str, ...]
    boxed: bool
    continued: bool
    period: tuple[bool, bool, bool] | None


def page_statement(layer: Layer, query: ItemsQuery, *, after: str | None, rows: int) -> Statement:
    """Return the SQL of one page.

    Parameters
    ----------
    layer : Layer
        What is asked.
    query : ItemsQuery
        The question.
    after : str or None
        Cursor to go on from, see :func:`cursor_of`.
    rows : int
        How many rows to get at most.

    Returns
    -------
    Statement

    Raises
    ------
    UsageError
        If the cursor is none of ours.
    """
    form = _form(layer, query, continued=after is not None)
    values: dict[str, Any] = {"row_limit": rows, **_filter_values(query), **_period_values(query.period)}
    if query.bbox:
        values |= zip(_SIDES, query.bbox.envelope(), strict=True)
    if after is not None:
        cursor = _read_cursor(after, layer, live=query.period is None)
        values |= {f"after_{i}": value for i, value in enumerate(cursor)}
    statement, width = _page(layer, form)
    return Statement(statement, width, selected_names(layer, form.properties), values)


def item_statement(layer: Layer, properties: tuple[str, ...], identity: dict[str, Any]) -> Statement:
    """Return the SQL that finds one live feature.

    Parameters
    ----------
    layer : Layer
        What is asked.
    properties : tuple of str
        Which to select.
    identity : dict
        Column -> value that tell it from all others: the key, or ``fid``.
    """
    values = {f"key_{name}": value for name, value in identity.items()}
    statement = _item(layer, properties, tuple(identity))
    return Statement(statement, 1, selected_names(layer, properties), values)


def count_statement(layer: Layer, query: ItemsQuery) -> Select[Any]:
    """Return the SQL that counts what a question finds on all pages; boxes are exact.

    The question must not ask for another time or have a box in a projected system.
    """
    table = layer.source.live
    clauses = [*layer_clauses(layer, table), *(table.c[name] == value for name, value in query.filters)]
    if query.bbox:
        clauses.append(bbox_clause(table, query.bbox.bounds))
    return select(func.count()).select_from(table).where(*clauses)


def selected_names(layer: Layer, properties: tuple[str, ...]) -> tuple[str, ...]:
    """Return the columns to select: the key, which makes the identifier, and the properties."""
    return tuple(dict.fromkeys((*layer.source.key, *properties)))


def layer_clauses(layer: Layer, table: Table) -> list[ColumnElement[bool]]:
    """Return the layer's own filter as conditions on its live or history table."""
    return [
        or_(false(), *(table.c[name] == one for one in (value if isinstance(value, list) else [value])))
        for name, value in sorted(layer.filter.items())
    ]


def cursor_of(row: Sequence[Any], width: int) -> str:
    """Return where a row stands, to go on after it."""
    return str(row[0]) if width == 1 else orjson.dumps(list(row[:width])).decode()


def _form(layer: Layer, query: ItemsQuery, *, continued: bool) -> _Form:
    period = query.period
    return _Form(
        properties=layer.properties if query.properties is None else query.properties,
        filters=tuple(name for name, _value in query.filters),
        boxed=query.bbox is not None,
        continued=continued,
        period=None
        if period is None
        else (period.is_moment, period.start is not None, period.end is not None),
    )


@lru_cache(maxsize=1024)
def _page(layer: Layer, form: _Form) -> tuple[Select[Any], int]:
    if form.period is None:
        return _live_page(layer, form), 1
    return _past_page(layer, form, form.period), len(layer.source.key)


@lru_cache(maxsize=256)
def _item(layer: Layer, properties: tuple[str, ...], identity: tuple[str, ...]) -> Select[Any]:
    table = layer.source.live
    names = selected_names(layer, properties)
    chosen = [table.c.fid, *(table.c[name] for name in names), binary(table.c[GEOMETRY])]
    wanted = [table.c[name] == bindparam(f"key_{name}", type_=table.c[name].type) for name in identity]
    return select(*chosen).where(*wanted, *layer_clauses(layer, table))


def _live_page(layer: Layer, form: _Form) -> Select[Any]:
    table = layer.source.live
    names = selected_names(layer, form.properties)
    chosen = [table.c.fid, *(table.c[name] for name in names), binary(table.c[GEOMETRY])]
    clauses = _clauses(layer, form, table)
    if form.continued:
        clauses.append(table.c.fid > bindparam("after_0", type_=BigInteger()))
    if not form.boxed:
        return select(*chosen).where(*clauses).order_by(table.c.fid).limit(_LIMIT)
    # A box holds many more rows than a page: only those of the page are read whole
    page = select(table.c.fid).where(*clauses).order_by(table.c.fid).limit(_LIMIT).subquery("page")
    return select(*chosen).join(page, page.c.fid == table.c.fid).order_by(table.c.fid)


def _past_page(layer: Layer, form: _Form, period: tuple[bool, bool, bool]) -> Select[Any]:
    """Look into the live table and the history; pages are cut by the key, which both have."""
    dataset = layer.source
    names = selected_names(layer, form.properties)
    parts = []
    for table in (dataset.live, dataset.history):
        chosen = [*(table.c[name] for name in names), binary(table.c[GEOMETRY]).label(GEOMETRY)]
        clauses = [*_clauses(layer, form, table), *_valid(layer, table, period)]
        if form.continued:
            clauses.append(_beyond(table, dataset.key))
        parts.append(select(*chosen).where(*clauses))
    versions = union_all(*parts).subquery("versions")
    keys = [versions.c[name] for name in dataset.key]
    properties = [versions.c[name].label(f"p_{name}") for name in names]
    return select(*keys, *properties, versions.c[GEOMETRY]).order_by(*keys).limit(_LIMIT)


def _clauses(layer: Layer, form: _Form, table: Table) -> list[ColumnElement[bool]]:
    clauses = layer_clauses(layer, table)
    clauses += [table.c[name] == bindparam(f"is_{name}", type_=table.c[name].type) for name in form.filters]
    if form.boxed:
        clauses.append(box_candidates(table, [bindparam(side, type_=Double()) for side in _SIDES]))
    return clauses


def _valid(layer: Layer, table: Table, period: tuple[bool, bool, bool]) -> list[ColumnElement[bool]]:
    """Return the condition that a version held within the period, and was the last to do so."""
    moment, started, ended = period
    start, end = _bound_time("start"), _bound_time("end")
    clauses: list[ColumnElement[bool]] = [table.c.valid_from <= end] if ended else []
    if table is layer.source.live:
        return clauses
    if started:
        clauses.append(table.c.valid_to > start)
    if not moment:
        clauses.append(~_replaced(layer, table, end if ended else None))
    return clauses


def _replaced(layer: Layer, table: Table, end: ColumnElement[Any] | None) -> ColumnElement[bool]:
    """Return the condition that a later version of the same thing began within the period."""
    found = []
    for later in (layer.source.live.alias("now"), layer.source.history.alias("later")):
        same = [later.c[name] == table.c[name] for name in layer.source.key]
        same.append(later.c.valid_from > table.c.valid_from)
        if end is not None:
            same.append(later.c.valid_from <= end)
        found.append(exists(select(literal_column("1")).where(*same).correlate(table)))
    return or_(*found)


def _beyond(table: Table, key: tuple[str, ...]) -> ColumnElement[bool]:
    bound = [bindparam(f"after_{i}", type_=String()) for i in range(len(key))]
    if len(key) == 1:
        return table.c[key[0]] > bound[0]
    return and_(tuple_(*(table.c[name] for name in key)) > tuple_(*bound))


def _bound_time(name: str) -> ColumnElement[Any]:
    return bindparam(name, type_=UtcDateTime())


def _filter_values(query: ItemsQuery) -> dict[str, Any]:
    return {f"is_{name}": value for name, value in query.filters}


def _period_values(period: Period | None) -> dict[str, Any]:
    if period is None:
        return {}
    ends = {"start": period.start, "end": period.end}
    return {name: moment for name, moment in ends.items() if moment is not None}


def _read_cursor(after: str, layer: Layer, *, live: bool) -> list[Any]:
    key = layer.source.key
    try:
        if live and int(after) < MAX_INTEGER:
            return [int(after)]
        if live:
            raise ValueError(after)
        if len(key) == 1:
            return [after]
        read = orjson.loads(after)
        if isinstance(read, list) and len(read) == len(key) and all(isinstance(v, str) for v in read):
            return read
    except ValueError:
        pass
    raise UsageError(
        t("{value} is not where a page ended", value=after),
        field="after",
        value=after,
        expected=t("The value in the link to the next page"),
    )
