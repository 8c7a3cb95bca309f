"""Arithmetic of floating point numbers that gives the same on both databases, and never an error.

What has no value is null: a division by zero, a root of a negative number, a quotient beyond what
numbers hold exactly. Operands are so large at most that their sums, products and quotients can be
held (:mod:`layers.cql2.arithmetic`).
"""

# What is written into statements is this module's own, never a user's
# ruff: noqa: S608

from __future__ import annotations

import math
from typing import Any

from sqlalchemy import ColumnElement, Double, func
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

#: Quotients are cut to whole numbers up to this, and powers made whose logarithm is up to that.
EXACT = float(2**53)
POWER_LOGARITHM = 230.0

Number = ColumnElement[float]


def quotient(left: Number, right: Number) -> Number:
    """Return ``left / right``."""
    divided: Number = left / func.nullif(right, 0.0, type_=Double())
    return divided


def whole_quotient(left: Number, right: Number) -> Number:
    """Return ``left / right`` without its fraction, as ``div``."""
    return _WholeQuotient(left, right)


def remainder(left: Number, right: Number) -> Number:
    """Return what is left of a number after taking another away as often as it goes in, with its sign."""
    return _Remainder(left, right)


def power(base: Number, exponent: Number) -> Number:
    """Return ``base`` to the power of ``exponent``."""
    return _Power(base, exponent)


class _WholeQuotient(GenericFunction[float]):
    inherit_cache = True
    name = "wangge_whole_quotient"
    type = Double()


class _Remainder(GenericFunction[float]):
    inherit_cache = True
    name = "wangge_remainder"
    type = Double()


class _Power(GenericFunction[float]):
    inherit_cache = True
    name = "wangge_power"
    type = Double()


_WHOLE = f"CASE WHEN abs(a / nullif(b, 0)) < {EXACT:.0f} THEN {{what}} END"
_BY_POSTGRESQL = {
    _WholeQuotient: _WHOLE.format(what="trunc(a / nullif(b, 0))"),
    _Remainder: _WHOLE.format(what="a - b * trunc(a / nullif(b, 0))"),
    _Power: (
        "CASE WHEN a = 0 THEN CASE WHEN b > 0 THEN 0.0::float8 WHEN b = 0 THEN 1.0::float8 END"
        f" WHEN (a > 0 OR b = trunc(b)) AND abs(b * ln(nullif(abs(a), 0))) <= {POWER_LOGARITHM:.0f}"
        " THEN power(a, b) END"
    ),
}


@compiles(_WholeQuotient, "postgresql")
@compiles(_Remainder, "postgresql")
@compiles(_Power, "postgresql")
def _named_once(element: GenericFunction[float], compiler: Any, **kw: Any) -> str:
    left, right = (compiler.process(clause, **kw) for clause in element.clauses)
    return (
        f"(SELECT {_BY_POSTGRESQL[type(element)]}"
        f" FROM (SELECT ({left})::float8 AS a, ({right})::float8 AS b OFFSET 0) AS operands)"
    )


def whole_quotient_in_sql(left: float | None, right: float | None) -> float | None:
    """Divide for SQLite, see :func:`whole_quotient`."""
    if left is None or not right:
        return None
    divided = left / right
    return float(math.trunc(divided)) if abs(divided) < EXACT else None


def remainder_in_sql(left: float | None, right: float | None) -> float | None:
    """Return the remainder for SQLite, see :func:`remainder`."""
    if left is None or not right:
        return None
    whole = whole_quotient_in_sql(left, right)
    return None if whole is None else left - right * whole


def power_in_sql(base: float | None, exponent: float | None) -> float | None:
    """Return the power for SQLite, see :func:`power`."""
    if base is None or exponent is None:
        return None
    if base == 0:
        return None if exponent < 0 else float(exponent == 0)
    if base < 0 and exponent != math.trunc(exponent):
        return None
    return math.pow(base, exponent) if abs(exponent * math.log(abs(base))) <= POWER_LOGARITHM else None
