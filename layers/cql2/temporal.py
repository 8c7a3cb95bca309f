"""Temporal functions of a filter (OGC 21-065r2, clause 7.7), after the relations of OWL-Time.

Intervals hold both their ends. An open end lies before or after every moment, and after every day.
Where an end is a property without a value, what depends on it is unknown.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, case, false, not_, or_, true

from gis.text import t
from layers.cql2.limits import refused
from layers.cql2.tree import Instant, Interval, Node, Property
from layers.cql2.values import Value, mismatch, value_of
from layers.queryables import Kind, Queryables

#: Open start and open end of an interval.
_OPEN_START, _OPEN_END = -1, 1
_End = Value | int
_TEMPORAL = (Kind.DATE, Kind.TIMESTAMP)


@dataclass(frozen=True, slots=True)
class _Span:
    start: _End
    end: _End
    is_interval: bool


def temporal_condition(
    name: str, arguments: tuple[Node, ...], table: Table, known: Queryables
) -> ColumnElement[bool]:
    """Return the condition a temporal function states.

    Parameters
    ----------
    name : str
        One of :data:`FUNCTIONS`.
    arguments : tuple of nodes
        Two instants or intervals, of days or of moments alike.
    table : Table
        Live table of a dataset.
    known : mapping
        Its queryables.

    Raises
    ------
    UsageError
        Not two of these, days beside moments, or instants for a function of intervals.
    """
    if len(arguments) != 2:
        raise refused(t("{function} takes two dates, moments or intervals", function=name.upper()), name)
    first, second = (_span(one, table, known) for one in arguments)
    _require_one_kind(first, second)
    if name in _OF_INTERVALS and not (first.is_interval and second.is_interval):
        raise refused(
            t("{function} takes two intervals", function=name.upper()), name, "INTERVAL('2026-01-01','..')"
        )
    return _RELATIONS[name](first, second)


def _span(node: Node, table: Table, known: Queryables) -> _Span:
    if isinstance(node, Interval):
        start, end = (None if one is None else value_of(one, table, known) for one in (node.start, node.end))
        return _Span(_OPEN_START if start is None else start, _OPEN_END if end is None else end, True)
    if isinstance(node, Instant | Property):
        value = value_of(node, table, known)
        return _Span(value, value, False)
    raise refused(t("A temporal function takes dates, moments or intervals"))


def _require_one_kind(*spans: _Span) -> None:
    ends = [end for span in spans for end in (span.start, span.end) if isinstance(end, Value)]
    for end in ends:
        if end.kind not in _TEMPORAL:
            raise mismatch(end, t("a date or a moment"))
        if end.kind != ends[0].kind:
            raise refused(
                t("{first} and {second} cannot be compared: days and moments are different",
                  first=ends[0].shown, second=end.shown),
                end.shown,
            )  # fmt: skip


def compared(
    operation: Callable[[Any, Any], Any], left: Value, right: Value
) -> ColumnElement[bool]:  # fmt: skip
    """Return a comparison of two values of one kind, decided at once where both are constants."""
    if left.is_constant and right.is_constant:
        return true() if operation(left.constant, right.constant) else false()
    found: ColumnElement[bool] = operation(left.beside(right), right.beside(left))
    return found


def _ends_compared(operation: Callable[[Any, Any], Any], left: _End, right: _End) -> ColumnElement[bool]:
    if isinstance(left, Value) and isinstance(right, Value):
        return compared(operation, left, right)
    places = (one if isinstance(one, int) else 0 for one in (left, right))
    known = true() if operation(*places) else false()
    value = next((one.expression for one in (left, right) if isinstance(one, Value)), None)
    # Beside an open end, too, an end without a value is unknown
    return known if value is None else case((value.is_not(None), known)) == true()


def _before(left: _End, right: _End) -> ColumnElement[bool]:
    return _ends_compared(operator.lt, left, right)


def _same(left: _End, right: _End) -> ColumnElement[bool]:
    return _ends_compared(operator.eq, left, right)


def _equals(a: _Span, b: _Span) -> ColumnElement[bool]:
    return and_(_same(a.start, b.start), _same(a.end, b.end))


def _precedes(a: _Span, b: _Span) -> ColumnElement[bool]:
    return _before(a.end, b.start)


def _disjoint(a: _Span, b: _Span) -> ColumnElement[bool]:
    return or_(_precedes(a, b), _precedes(b, a))


def _contains(a: _Span, b: _Span) -> ColumnElement[bool]:
    return and_(_before(a.start, b.start), _before(b.end, a.end))


def _finishes(a: _Span, b: _Span) -> ColumnElement[bool]:
    return and_(_before(b.start, a.start), _same(a.end, b.end))


def _starts(a: _Span, b: _Span) -> ColumnElement[bool]:
    return and_(_same(a.start, b.start), _before(a.end, b.end))


def _meets(a: _Span, b: _Span) -> ColumnElement[bool]:
    return _same(a.end, b.start)


def _overlaps(a: _Span, b: _Span) -> ColumnElement[bool]:
    return and_(_before(a.start, b.start), _before(b.start, a.end), _before(a.end, b.end))


_Relation = Callable[[_Span, _Span], ColumnElement[bool]]


def _converse(relation: _Relation) -> _Relation:
    return lambda a, b: relation(b, a)


_OF_INTERVALS: dict[str, _Relation] = {
    "t_contains": _contains,
    "t_during": _converse(_contains),
    "t_finishedby": _converse(_finishes),
    "t_finishes": _finishes,
    "t_meets": _meets,
    "t_metby": _converse(_meets),
    "t_overlappedby": _converse(_overlaps),
    "t_overlaps": _overlaps,
    "t_startedby": _converse(_starts),
    "t_starts": _starts,
}
_RELATIONS: dict[str, _Relation] = {
    "t_after": _converse(_precedes),
    "t_before": _precedes,
    "t_disjoint": _disjoint,
    "t_equals": _equals,
    "t_intersects": lambda a, b: not_(_disjoint(a, b)),
    **_OF_INTERVALS,
}
FUNCTIONS = tuple(_RELATIONS)
