"""Arithmetic of a filter (OGC 21-065r2, clause 7.9), in floating point numbers on both databases.

PostgreSQL ends a statement where a number becomes too large or too small, SQLite goes on with
infinity. Neither is let happen: the decimal powers a result may lie between are worked out before,
and a filter that could leave them is refused. Values of columns beyond 10^18 or within 10^-18 of zero,
which no measure of a city is, count as unknown in arithmetic.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Double, and_, case, cast, func, literal, or_

from gis import float_sql
from gis.text import t
from layers.cql2.limits import LARGEST_POWER, refused
from layers.cql2.values import Value, require
from layers.queryables import Kind

OPERATORS = frozenset(("+", "-", "*", "/", "%", "div", "^"))

_COLUMN_POWER = 18.0
#: Decimal powers that a difference may lose.
_CANCELLED = 17.0
_POWER_POWER = float_sql.POWER_LOGARITHM / math.log(10.0) + 1


@dataclass(frozen=True, slots=True)
class Term:
    """An operand: its expression, and between which decimal powers it lies when it is not zero."""

    expression: ColumnElement[float]
    least: float
    greatest: float


def term_of(value: Value) -> Term:
    """Return a number as an operand.

    Raises
    ------
    UsageError
        It is no number.
    """
    require(Kind.NUMBER, value)
    if value.expression is None:
        power = math.log10(abs(value.constant)) if value.constant else 0.0
        return _checked(Term(literal(float(value.constant), Double()), power - 1, power + 1))
    number: ColumnElement[float] = cast(value.expression, Double())
    if not value.whole:
        size: ColumnElement[float] = func.abs(value.expression, type_=Double())
        limit = 10.0**_COLUMN_POWER
        usual = or_(and_(size <= limit, size >= 1 / limit), value.expression == 0.0)
        number = case((usual, number))
    return Term(number, -_COLUMN_POWER, _COLUMN_POWER + 1)


def calculated(operator: str, left: Term, right: Term) -> Term:
    """Return the result of an operation.

    Raises
    ------
    UsageError
        It might become larger or smaller than numbers can be.
    """
    return _checked(_OPERATIONS[operator](left, right))


def _sum(left: Term, right: Term) -> Term:
    return _added(left.expression + right.expression, left, right)


def _difference(left: Term, right: Term) -> Term:
    return _added(left.expression - right.expression, left, right)


def _added(expression: ColumnElement[Any], left: Term, right: Term) -> Term:
    least = min(left.least, right.least) - _CANCELLED
    return Term(expression, least, max(left.greatest, right.greatest) + 1)


def _product(left: Term, right: Term) -> Term:
    product = left.expression * right.expression
    return Term(product, left.least + right.least, left.greatest + right.greatest)


def _quotient(left: Term, right: Term) -> Term:
    divided = float_sql.quotient(left.expression, right.expression)
    return Term(divided, left.least - right.greatest, left.greatest - right.least)


def _whole_quotient(left: Term, right: Term) -> Term:
    divided = _checked(_quotient(left, right))
    whole = float_sql.whole_quotient(left.expression, right.expression)
    return Term(whole, 0.0, max(divided.greatest, 0.0))


def _remainder(left: Term, right: Term) -> Term:
    _checked(_quotient(left, right))
    return _added(float_sql.remainder(left.expression, right.expression), left, right)


def _power(base: Term, exponent: Term) -> Term:
    return Term(float_sql.power(base.expression, exponent.expression), -_POWER_POWER, _POWER_POWER)


_OPERATIONS: dict[str, Callable[[Term, Term], Term]] = {
    "+": _sum,
    "-": _difference,
    "*": _product,
    "/": _quotient,
    "%": _remainder,
    "div": _whole_quotient,
    "^": _power,
}


def _checked(term: Term) -> Term:
    if term.greatest > LARGEST_POWER or term.least < -LARGEST_POWER:
        raise refused(
            t("A calculation in the filter may become too large or too small for a number"),
            expected=t("Fewer products, quotients and powers within each other"),
        )
    return term
