"""From a question to SQL, the same for both databases.

A statement is built once for each layer and form of question and then only gets other values, so
that neither SQLAlchemy nor the database has to understand it again; with a further condition
(``ItemsQuery.where``), which brings its own values, it is built each time. It selects what pages are
cut by (the cursor, see :mod:`layers.ordering`), the properties, and the stored bytes of the geometry.

Boxes are answered by the spatial index alone, which never misses a row and gives a few more: the
exact test is made on the geometries of a page (:mod:`layers.pages`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Double,
    Integer,
    Select,
    Table,
    bindparam,
    exists,
    false,
    func,
    literal_column,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.sql.visitors import replacement_traverse

from gis.columns import UtcDateTime, binary
from gis.models import GEOMETRY
from gis.spatial_sql import bbox_clause, box_candidates
from layers.access_clauses import access_clauses
from layers.coarsening import reach
from layers.cql2 import layer_condition
from layers.layer import Layer
from layers.ordering import Nulls, Ordering, ordering_of
from layers.query import BoundingBox, ItemsQuery
from layers.reference_systems import Bounds
from layers.searching import search_clause, search_values

_SIDES = ("minx", "miny", "maxx", "maxy")
_LIMIT = bindparam("row_limit", type_=Integer())

#: Degrees a box may measure for its candidates to be sorted rather than the table walked through.
_SMALL = 0.03


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
    recurring : bool
        Whether it is asked again with other values, so that it pays to keep what was made of it.
    steady : bool
        Whether one plan serves all values; making one takes as long as finding a page.
    """

    select: Select[Any]
    cursor: int
    names: tuple[str, ...]
    values: dict[str, Any]
    recurring: bool = True
    steady: bool = False


@dataclass(frozen=True, slots=True)
class _Form:
    """What makes two questions need different SQL."""

    properties: tuple[str, ...]
    filters: tuple[str, ...]
    terms: int
    boxed: bool
    geometry: bool
    ordering: Ordering
    after: Nulls | None
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
        Cursor to go on from, see :meth:`Ordering.cursor`.
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
    ordering = ordering_of(layer, query)
    values: dict[str, Any] = {"row_limit": rows, **_values(layer, query)}
    nulls = None
    if after is not None:
        cursor = ordering.read(after)
        nulls = tuple(value is None for value in cursor)
        values |= {f"after_{i}": value for i, value in enumerate(cursor) if value is not None}
    form = _form(layer, query, ordering, nulls)
    statement = _page(layer, form) if query.where is None else _built_page(layer, form, query.where)
    return Statement(
        statement,
        len(ordering.terms),
        selected_names(layer, form.properties),
        values,
        recurring=query.where is None,
        steady=_is_steady(layer, query, values),
    )


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
    return Statement(statement, 1, selected_names(layer, properties), values, steady=True)


def count_statement(layer: Layer, query: ItemsQuery) -> tuple[Select[Any], dict[str, Any]]:
    """Return the SQL that counts what a question finds on all pages, and its values; boxes are exact.

    The question must not ask for another time or have a box in a projected system.
    """
    table = layer.source.live
    form = _form(layer, query, ordering_of(layer, query), None)
    clauses = _conditions(layer, form, table, query.where)
    if query.bbox:
        clauses.append(bbox_clause(table, query.bbox.bounds))
    return select(func.count()).select_from(table).where(*clauses), _values(layer, query)


def selected_names(layer: Layer, properties: tuple[str, ...]) -> tuple[str, ...]:
    """Return the columns to select: the key, which makes the identifier, and the properties."""
    return tuple(dict.fromkeys((*layer.source.key, *properties)))


def layer_clauses(layer: Layer, table: Table) -> list[ColumnElement[bool]]:
    """Return the layer's own filters, and what its asker may see, as conditions on a table of its dataset."""
    filtered = [
        or_(false(), *(table.c[name] == one for one in (value if isinstance(value, list) else [value])))
        for name, value in sorted(layer.filter.items())
    ]
    own = layer_condition(layer)
    if own is not None:
        filtered.append(_on(own, layer.source.live, table))
    return [*filtered, *access_clauses(layer, table)]


def _form(layer: Layer, query: ItemsQuery, ordering: Ordering, after: Nulls | None) -> _Form:
    period = query.period
    return _Form(
        properties=layer.properties if query.properties is None else query.properties,
        filters=tuple(name for name, _value in query.filters),
        terms=len(query.terms),
        boxed=query.bbox is not None,
        geometry=query.geometry,
        ordering=ordering,
        after=after,
        period=None
        if period is None
        else (period.is_moment, period.start is not None, period.end is not None),
    )


def _values(layer: Layer, query: ItemsQuery) -> dict[str, Any]:
    """Return what the parameters of the conditions are bound to."""
    values = {f"is_{name}": value for name, value in query.filters} | search_values(query.terms)
    if query.bbox:
        values |= zip(_SIDES, box_sides(layer, query.bbox), strict=True)
    if query.period:
        ends = {"start": query.period.start, "end": query.period.end}
        values |= {name: moment for name, moment in ends.items() if moment is not None}
    return values


def shows_all(layer: Layer) -> bool:
    """Tell whether a layer shows every live row of its dataset."""
    seen = layer.restriction
    part = (
        layer.filter or layer.classes or layer.cql2 or (seen and (seen.counties is not None or seen.classes))
    )
    return not part


def is_plain(layer: Layer, query: ItemsQuery) -> bool:
    """Tell whether all live features are asked for that lie in a box or anywhere, in their own order."""
    asked = query.filters or query.terms or query.sort or query.period or query.where is not None
    return shows_all(layer) and not asked


def box_sides(layer: Layer, box: BoundingBox) -> Bounds:
    """Return the rectangle of EPSG:4490 whose rows may touch a box as the layer shows them."""
    return reach(layer, box.envelope())


def _is_steady(layer: Layer, query: ItemsQuery, values: dict[str, Any]) -> bool:
    """Tell whether a page is found the same way whatever is asked for: by the key, or in a small box."""
    if not is_plain(layer, query):
        return False
    if query.bbox is None:
        return True
    minx, miny, maxx, maxy = (values[side] for side in _SIDES)
    return bool(maxx - minx <= _SMALL and maxy - miny <= _SMALL)


@lru_cache(maxsize=1024)
def _page(layer: Layer, form: _Form) -> Select[Any]:
    return _built_page(layer, form, None)


def _built_page(layer: Layer, form: _Form, where: ColumnElement[bool] | None) -> Select[Any]:
    if form.period is None:
        return _live_page(layer, form, where)
    return _past_page(layer, form, form.period, where)


@lru_cache(maxsize=256)
def _item(layer: Layer, properties: tuple[str, ...], identity: tuple[str, ...]) -> Select[Any]:
    table = layer.source.live
    names = selected_names(layer, properties)
    chosen = [table.c.fid, *(table.c[name] for name in names), binary(table.c[GEOMETRY])]
    wanted = [table.c[name] == bindparam(f"key_{name}", type_=table.c[name].type) for name in identity]
    return select(*chosen).where(*wanted, *layer_clauses(layer, table))


def _live_page(layer: Layer, form: _Form, where: ColumnElement[bool] | None) -> Select[Any]:
    table = layer.source.live
    ordering = form.ordering
    cursor = [table.c[term.name].label(f"c_{place}") for place, term in enumerate(ordering.terms)]
    columns = [table.c[name] for name in selected_names(layer, form.properties)]
    chosen = [*cursor, *columns, _shape(form, table)]
    clauses = _conditions(layer, form, table, where)
    if form.boxed:
        clauses.append(_in_box(table))
    if form.after is not None:
        clauses.append(ordering.beyond(table.c, form.after))
    order = ordering.order_by(table.c)
    if not form.boxed:
        return select(*chosen).where(*clauses).order_by(*order).limit(_LIMIT)
    # A box holds many more rows than a page: only those of the page are read whole
    page = select(table.c.fid).where(*clauses).order_by(*order).limit(_LIMIT).subquery("page")
    return select(*chosen).join(page, page.c.fid == table.c.fid).order_by(*order)


def _past_page(
    layer: Layer, form: _Form, period: tuple[bool, bool, bool], where: ColumnElement[bool] | None
) -> Select[Any]:
    """Look into the live table and the history; pages are cut by what both have."""
    dataset, ordering = layer.source, form.ordering
    names = selected_names(layer, form.properties)
    needed = dict.fromkeys((*names, *(term.name for term in ordering.terms)))
    parts = []
    for table in (dataset.live, dataset.history):
        chosen = [*(table.c[name] for name in needed), _shape(form, table)]
        clauses = [*_conditions(layer, form, table, where), *_valid(layer, table, period)]
        if form.boxed:
            clauses.append(_in_box(table))
        if form.after is not None:
            clauses.append(ordering.beyond(table.c, form.after))
        parts.append(select(*chosen).where(*clauses))
    versions = union_all(*parts).subquery("versions")
    cursor = [versions.c[term.name].label(f"c_{place}") for place, term in enumerate(ordering.terms)]
    properties = [versions.c[name].label(f"p_{name}") for name in names]
    chosen = [*cursor, *properties, versions.c[GEOMETRY]]
    return select(*chosen).order_by(*ordering.order_by(versions.c)).limit(_LIMIT)


def _shape(form: _Form, table: Table) -> ColumnElement[Any]:
    """Select the stored bytes of the geometry where they are needed, to be shown or to be tested."""
    shape = binary(table.c[GEOMETRY]) if form.geometry or form.boxed else null()
    return shape.label(GEOMETRY)


def _conditions(
    layer: Layer, form: _Form, table: Table, where: ColumnElement[bool] | None
) -> list[ColumnElement[bool]]:
    """Return the conditions of a question on one table, but for the box and the time."""
    clauses = layer_clauses(layer, table)
    clauses += [table.c[name] == bindparam(f"is_{name}", type_=table.c[name].type) for name in form.filters]
    if form.terms:
        clauses.append(search_clause(layer, table, form.terms))
    if where is not None:
        clauses.append(_on(where, layer.source.live, table))
    return clauses


def _on(where: ColumnElement[bool], live: Table, table: Table) -> ColumnElement[bool]:
    """Make a condition on the live table one on another table with the same columns."""

    def replace(element: Any, **_: Any) -> Any:
        return table.c[element.name] if isinstance(element, Column) and element.table is live else None

    if table is live:
        return where
    replaced: ColumnElement[bool] = replacement_traverse(where, {}, replace)
    return replaced


def _in_box(table: Table) -> ColumnElement[bool]:
    return box_candidates(table, [bindparam(side, type_=Double()) for side in _SIDES])


def _valid(layer: Layer, table: Table, period: tuple[bool, bool, bool]) -> list[ColumnElement[bool]]:
    """Return the condition that a version held within the period, and was the last to do so."""
    moment, started, ended = period
    start, end = _bound_time("start"), _bound_time("end")
    clauses: list[ColumnElement[bool]] = [table.c.valid_from <= end] if ended else []
    if table is layer.source.live:
        return clauses
    if started:
        clauses.append(table.c.valid_to > start)
    # What was replaced within the same millisecond never held
    clauses.append(table.c.valid_to > table.c.valid_from)
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
        if "valid_to" in later.c:
            same.append(later.c.valid_to > later.c.valid_from)
        found.append(exists(select(literal_column("1")).where(*same).correlate(table)))
    return or_(*found)


def _bound_time(name: str) -> ColumnElement[Any]:
    return bindparam(name, type_=UtcDateTime())
