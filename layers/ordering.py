"""The order of features, and where a page ended in it.

An order always ends with what no two rows share, so every row has one place in it and a page can
be cut by the values of its last row. Things without a value come last, whichever way they are
sorted; text sorts by code point on both databases.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Boolean, Column, ColumnElement, Double, Integer, and_, bindparam, false, or_, tuple_
from sqlalchemy.sql.base import ReadOnlyColumnCollection
from sqlalchemy.sql.elements import UnaryExpression

from gis.errors import UsageError
from gis.text import t
from layers.layer import Layer
from layers.query import MAX_INTEGER, ItemsQuery, SortTerm

Columns = ReadOnlyColumnCollection[str, Any]
"""Of a table or subquery that has the terms of an ordering."""

Nulls = tuple[bool, ...]
"""For each term whether the row a page ended with had no value."""


@dataclass(frozen=True, slots=True)
class Ordering:
    """An order in which no two rows are alike.

    Attributes
    ----------
    layer : Layer
        Whose rows.
    terms : tuple of SortTerm
        Most important first.
    """

    layer: Layer
    terms: tuple[SortTerm, ...]

    def order_by(self, columns: Columns) -> list[UnaryExpression[Any]]:
        """Return the terms of ``ORDER BY``."""
        ordered = []
        for term in self.terms:
            column = columns[term.name]
            way = column.desc() if term.descending else column.asc()
            ordered.append(way.nulls_last() if self._column(term).nullable else way)
        return ordered

    def beyond(self, columns: Columns, nulls: Nulls) -> ColumnElement[bool]:
        """Return the condition that a row comes after the one with the values ``after_0`` ….

        Parameters
        ----------
        columns : mapping
            Of the table that is looked into.
        nulls : tuple of bool
            Which of the values are missing.
        """
        ways = {term.descending for term in self.terms}
        if len(ways) == 1 and not any(self._column(term).nullable for term in self.terms):
            return self._beyond_at_once(columns, descending=ways.pop())
        condition: ColumnElement[bool] = false()
        for place, term in reversed(list(enumerate(self.terms))):
            column, value = columns[term.name], self._bound(place)
            later = self._later(term, column, None if nulls[place] else value)
            equal = column.is_(None) if nulls[place] else column == value
            condition = or_(later, and_(equal, condition))
        return condition

    def cursor(self, row: Sequence[Any]) -> str:
        """Return where a row stands; it begins with the values of the terms."""
        width = len(self.terms)
        return str(row[0]) if width == 1 else orjson.dumps(list(row[:width])).decode()

    def read(self, cursor: str) -> tuple[Any, ...]:
        """Return the values of :meth:`cursor`.

        Raises
        ------
        UsageError
            If it is none of this order.
        """
        try:
            values = [self._alone(cursor)] if len(self.terms) == 1 else orjson.loads(cursor)
        except ValueError:
            values = None
        if (
            not isinstance(values, list)
            or len(values) != len(self.terms)
            or not all(_fits(self._column(term), v) for term, v in zip(self.terms, values, strict=True))
        ):
            raise UsageError(
                t("{value} is not where a page ended", value=cursor),
                field="after",
                value=cursor,
                expected=t("The value in the link to the next page"),
            )
        return tuple(values)

    def _beyond_at_once(self, columns: Columns, *, descending: bool) -> ColumnElement[bool]:
        """Compare all columns as one row, which an index can answer."""
        bound = [self._bound(place) for place in range(len(self.terms))]
        own = [columns[term.name] for term in self.terms]
        left, right = (own[0], bound[0]) if len(own) == 1 else (tuple_(*own), tuple_(*bound))
        condition: ColumnElement[bool] = left < right if descending else left > right
        return condition

    def _later(
        self, term: SortTerm, column: ColumnElement[Any], value: ColumnElement[Any] | None
    ) -> ColumnElement[bool]:
        if value is None:
            return false()
        later = column < value if term.descending else column > value
        return or_(later, column.is_(None)) if self._column(term).nullable else later

    def _alone(self, cursor: str) -> Any:
        return int(cursor) if isinstance(self._column(self.terms[0]).type, Integer) else cursor

    def _column(self, term: SortTerm) -> Column[Any]:
        return self.layer.column(term.name)

    def _bound(self, place: int) -> ColumnElement[Any]:
        return bindparam(f"after_{place}", type_=self._column(self.terms[place]).type)


def ordering_of(layer: Layer, query: ItemsQuery) -> Ordering:
    """Return the order of the features a question finds.

    What is sorted alike comes in the order of the live rows' ``fid``, which never changes; in the
    past, which two tables hold, in the order of the key.

    Parameters
    ----------
    layer : Layer
        What is asked.
    query : ItemsQuery
        The question.
    """
    named = {term.name for term in query.sort}
    rest = ("fid",) if query.period is None else layer.source.key
    if named.issuperset(layer.source.key):
        rest = ()
    return Ordering(layer, (*query.sort, *(SortTerm(name) for name in rest if name not in named)))


def _fits(column: Column[Any], value: Any) -> bool:
    """Tell whether a value read from a cursor can be one of a column."""
    if value is None:
        return bool(column.nullable)
    if isinstance(column.type, Boolean):
        return isinstance(value, bool)
    if isinstance(column.type, Integer):
        return isinstance(value, int) and not isinstance(value, bool) and abs(value) < MAX_INTEGER
    if isinstance(column.type, Double):
        return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return isinstance(value, str) and "\0" not in value
