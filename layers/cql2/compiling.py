"""From a tree to a condition on the columns of a dataset, strictly: nothing is guessed or passed over."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, case, false, not_, null, or_, true
from sqlalchemy.sql.elements import Grouping

from gis.folding import ACCENTS, CASE, fold, folded
from gis.text import t
from layers.cql2 import arithmetic, spatial, temporal
from layers.cql2.limits import refused
from layers.cql2.patterns import matches
from layers.cql2.spatial import SpatialFunctions
from layers.cql2.temporal import compared, temporal_condition
from layers.cql2.tree import Box, Characters, Interval, Node, Operation, Property, Shape, Truth
from layers.cql2.values import KIND_NAMES, Value, constant_expression, mismatch, queryable, require, value_of
from layers.queryables import Kind, Queryables
from layers.reference_systems import ReferenceSystem

_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
_FOLDS = {"casei": CASE, "accenti": ACCENTS}


@dataclass(frozen=True, slots=True)
class Compiler:
    """Make conditions on one table.

    Attributes
    ----------
    table : Table
        Live table of a dataset.
    known : mapping
        Its queryables.
    system : ReferenceSystem
        Of the geometries written in the filter.
    """

    table: Table
    known: Queryables
    system: ReferenceSystem

    def condition(self, node: Node, *, narrowed: bool = True) -> ColumnElement[bool]:
        """Return a tree as a condition.

        Parameters
        ----------
        node : Node
        narrowed : bool
            Whether false and unknown come to the same here, so that a spatial index may be asked.

        Raises
        ------
        UsageError
            Unknown property or function, values of the wrong kind, a faulty geometry.
        """
        if isinstance(node, Truth):
            return true() if node.value else false()
        if isinstance(node, Operation):
            return self._operation(node, narrowed)
        value = value_of(node, self.table, self.known)
        require_condition(value)
        assert value.expression is not None
        return value.expression == true()

    def _operation(self, node: Operation, narrowed: bool) -> ColumnElement[bool]:
        name, arguments = node.name, node.arguments
        if name in ("and", "or"):
            join = and_ if name == "and" else or_
            return join(*(self.condition(one, narrowed=narrowed) for one in arguments))
        if name == "not":
            return not_(self.condition(arguments[0], narrowed=False))
        if name in spatial.FUNCTIONS:
            functions = SpatialFunctions(self.table, self.known, self.system)
            return functions.condition(name, arguments, narrowed=narrowed)
        if name in temporal.FUNCTIONS:
            return temporal_condition(name, arguments, self.table, self.known)
        if name in _COMPARISONS:
            return self._comparison(name, self._value(arguments[0]), self._value(arguments[1]))
        if name in _PREDICATES:
            return _PREDICATES[name](self, arguments)
        if name in arithmetic.OPERATORS or name in _FOLDS:
            raise mismatch(self._value(node), KIND_NAMES[Kind.BOOLEAN])
        raise _unknown_function(name)

    def _comparison(self, name: str, left: Value, right: Value) -> ColumnElement[bool]:
        _require_alike(left, right)
        if left.kind == Kind.BOOLEAN and name not in ("=", "<>"):
            raise refused(t("True and false are compared by = and <> only"), name)
        return compared(_COMPARISONS[name], left, right)

    def _like(self, arguments: tuple[Node, ...]) -> ColumnElement[bool]:
        value = self._value(arguments[0])
        require(Kind.TEXT, value)
        return matches(_expression(value), _pattern(arguments[1]))

    def _between(self, arguments: tuple[Node, ...]) -> ColumnElement[bool]:
        value, low, high = (self._value(one) for one in arguments)
        within = and_(self._comparison("<=", low, value), self._comparison("<=", value, high))
        open_ends = [end.expression.is_(None) for end in (low, high) if end.expression is not None]
        # Unknown when any of the three is, though one comparison may be false already
        return case((or_(*open_ends), null()), else_=within) == true() if open_ends else within

    def _in(self, arguments: tuple[Node, ...]) -> ColumnElement[bool]:
        value, *items = (self._value(one) for one in arguments)
        for item in items:
            _require_alike(value, item)
        if value.expression is None or any(not item.is_constant for item in items):
            return or_(*(compared(operator.eq, value, item) for item in items))
        return value.expression.in_([item.beside(value) for item in items])

    def _is_null(self, arguments: tuple[Node, ...]) -> ColumnElement[bool]:
        node = arguments[0]
        if isinstance(node, Property):
            return self.table.c[queryable(node.name, self.known).column].is_(None)
        if isinstance(node, Operation) and not _is_value(node):
            return Grouping(self.condition(node, narrowed=False)).is_(None)
        if isinstance(node, Shape | Box | Interval):
            return false()
        value = self._value(node)
        return false() if value.expression is None else value.expression.is_(None)

    def _value(self, node: Node) -> Value:
        if not isinstance(node, Operation):
            return value_of(node, self.table, self.known)
        if node.name in arithmetic.OPERATORS:
            return Value(Kind.NUMBER, self._term(node).expression, None, False, node.name)
        if node.name in _FOLDS:
            return self._folded(node)
        if node.name in _CONDITIONS:
            raise refused(t("A condition stands where a value belongs"), node.name)
        raise _unknown_function(node.name)

    def _term(self, node: Node) -> arithmetic.Term:
        if isinstance(node, Operation) and node.name in arithmetic.OPERATORS:
            left, right = (self._term(one) for one in node.arguments)
            return arithmetic.calculated(node.name, left, right)
        return arithmetic.term_of(self._value(node))

    def _folded(self, node: Operation) -> Value:
        inner, steps = _unfolded(node)
        value = self._value(inner)
        require(Kind.TEXT, value)
        if value.expression is None:
            return Value(Kind.TEXT, None, fold(value.constant, steps), False, value.shown)
        return Value(Kind.TEXT, folded(value.expression, steps), None, False, value.shown)


_PREDICATES: dict[str, Callable[[Compiler, tuple[Node, ...]], ColumnElement[bool]]] = {
    "like": Compiler._like,
    "between": Compiler._between,
    "in": Compiler._in,
    "isNull": Compiler._is_null,
}
_CONDITIONS = frozenset(
    ("and", "or", "not", *_COMPARISONS, *_PREDICATES, *spatial.FUNCTIONS, *temporal.FUNCTIONS)
)


def require_condition(value: Value) -> None:
    """Refuse a value that is neither true nor false."""
    if value.kind != Kind.BOOLEAN:
        raise mismatch(value, t("a condition"))


def _require_alike(left: Value, right: Value) -> None:
    """Refuse two values of different kinds, and name the one that is written out."""
    if left.is_constant and not right.is_constant:
        left, right = right, left
    require(left.kind, right)


def _is_value(node: Operation) -> bool:
    return node.name in arithmetic.OPERATORS or node.name in _FOLDS


def _expression(value: Value) -> ColumnElement[Any]:
    return constant_expression(value.kind, value.constant) if value.expression is None else value.expression


def _pattern(node: Node) -> str:
    steps: tuple[str, ...] = ()
    if isinstance(node, Operation) and node.name in _FOLDS:
        node, steps = _unfolded(node)
    if not isinstance(node, Characters):
        raise refused(t("LIKE takes a pattern that is written out"), expected="name LIKE '…%'")
    return fold(node.pattern, steps) if steps else node.pattern


def _unfolded(node: Operation) -> tuple[Node, tuple[str, ...]]:
    """Return what foldings within each other are of, and their steps, the innermost first."""
    steps: list[str] = []
    inner: Node = node
    while isinstance(inner, Operation) and inner.name in _FOLDS:
        if len(inner.arguments) != 1:
            raise refused(t("{function} takes one text", function=inner.name.upper()), inner.name)
        steps.insert(0, _FOLDS[inner.name])
        inner = inner.arguments[0]
    return inner, tuple(step for place, step in enumerate(steps) if place == 0 or steps[place - 1] != step)


def _unknown_function(name: str) -> Exception:
    functions = (*_FOLDS, *spatial.FUNCTIONS, *temporal.FUNCTIONS)
    return refused(t("There is no function {name}", name=name), name, ", ".join(map(str.upper, functions)))
