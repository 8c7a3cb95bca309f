"""Values of a filter with their kinds: constants, and expressions on columns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, DateTime, Double, Table, Text, literal
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.types import TypeDecorator

from gis.columns import plain_text
from gis.errors import UsageError
from gis.text import Text as Message
from gis.text import t
from layers.cql2.limits import refused
from layers.cql2.tree import Characters, Instant, Leaf, Number, Property, Truth
from layers.queryables import Kind, Queryable, Queryables

KIND_NAMES: dict[Kind, Message] = {
    Kind.TEXT: t("a text"),
    Kind.NUMBER: t("a number"),
    Kind.BOOLEAN: t("true or false"),
    Kind.DATE: t("a date, DATE('2026-11-20')"),
    Kind.TIMESTAMP: t("a moment, TIMESTAMP('2026-11-20T01:30:00Z')"),
    Kind.GEOMETRY: t("a geometry"),
}


@dataclass(frozen=True, slots=True)
class Value:
    """A constant or an expression, of one kind.

    Attributes
    ----------
    kind : Kind
    expression : ColumnElement or None
        On columns; ``None`` for a constant.
    constant : object
        ``str``, ``int``, ``float``, ``bool``, ``date`` or ``datetime``.
    whole : bool
        Whether it is a column of whole numbers.
    shown : str
        How it is named in errors.
    """

    kind: Kind
    expression: ColumnElement[Any] | None
    constant: Any
    whole: bool
    shown: str

    @property
    def is_constant(self) -> bool:
        """Whether it is the same for all features."""
        return self.expression is None

    def beside(self, other: Value) -> ColumnElement[Any]:
        """Return it as an expression to be compared with another value of the same kind."""
        if self.expression is not None:
            return self.expression
        whole = other.whole and float(self.constant).is_integer() and abs(self.constant) < 2**63
        return constant_expression(self.kind, self.constant, whole=whole)


def value_of(leaf: Leaf, table: Table, known: Queryables) -> Value:
    """Return the value of a leaf that is no geometry and no interval.

    Parameters
    ----------
    leaf : leaf of a tree
    table : Table
        Whose columns properties are.
    known : mapping
        The queryables.

    Raises
    ------
    UsageError
        Unknown property, or a geometry or an interval, which are compared by functions alone.
    """
    if isinstance(leaf, Property):
        return _of_property(queryable(leaf.name, known), table)
    if isinstance(leaf, Characters):
        return Value(Kind.TEXT, None, leaf.value, False, repr(leaf.value))
    if isinstance(leaf, Number):
        return Value(Kind.NUMBER, None, leaf.value, False, str(leaf.value))
    if isinstance(leaf, Truth):
        return Value(Kind.BOOLEAN, None, leaf.value, False, str(leaf.value).lower())
    if isinstance(leaf, Instant):
        kind = Kind.TIMESTAMP if isinstance(leaf.value, datetime) else Kind.DATE
        return Value(kind, None, leaf.value, False, leaf.value.isoformat())
    raise refused(t("Geometries and intervals are compared by the functions S_… and T_… only"))


def queryable(name: str, known: Queryables) -> Queryable:
    """Return a queryable by its name.

    Raises
    ------
    UsageError
        There is none; it names those there are.
    """
    if name not in known:
        raise refused(t("There is no property {name} to filter by", name=name), name, ", ".join(known))
    return known[name]


def require(kind: Kind, value: Value) -> None:
    """Refuse a value of another kind.

    Raises
    ------
    UsageError
        Names the value and what was expected.
    """
    if value.kind != kind:
        raise mismatch(value, KIND_NAMES[kind])


def mismatch(value: Value, expected: Message) -> UsageError:
    """Return the error that a value is not of the kind that belongs there."""
    message = t("{value} is {kind}, which does not belong there", value=value.shown,
                kind=KIND_NAMES[value.kind])  # fmt: skip
    return refused(message, value.shown, expected)


def constant_expression(kind: Kind, constant: Any, *, whole: bool = False) -> ColumnElement[Any]:
    """Return a constant as the columns of its kind hold it."""
    if kind == Kind.NUMBER:
        return literal(int(constant), BigInteger()) if whole else literal(float(constant), Double())
    if kind == Kind.DATE:
        return literal(compact_day(constant), plain_text())
    if kind == Kind.TIMESTAMP:
        return literal(constant, _Moment())
    return literal(constant) if kind == Kind.BOOLEAN else literal(constant, plain_text())


def compact_day(day: date) -> str:
    """Write a day as columns hold it, ``20260701``, with years of four digits."""
    return day.isoformat().replace("-", "")


def _of_property(found: Queryable, table: Table) -> Value:
    if found.kind == Kind.GEOMETRY:
        raise refused(
            t("{name} is a geometry and is compared by the functions S_… only", name=found.name), found.name
        )
    column = table.c[found.column]
    expression = _Day(column) if found.kind == Kind.DATE else column
    return Value(found.kind, expression, None, found.whole, found.name)


class _Moment(TypeDecorator[datetime]):
    """A moment to the microsecond, to be compared with columns, which keep milliseconds."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """Compare texts in SQLite."""
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Write the text that columns hold; further digits put it behind that and before the next."""
        if value is None or dialect.name != "sqlite":
            return value
        further = value.microsecond % 1000
        return _text_of(value) + (f"{further:03d}" if further else "")


def _text_of(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


class _Day(GenericFunction[str]):
    """What a text column holds where it is eight digits, else null."""

    inherit_cache = True
    name = "wangge_day"
    type = plain_text()


@compiles(_Day, "sqlite")
def _day_by_glob(element: _Day, compiler: Any, **kw: Any) -> str:
    (column,) = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"(CASE WHEN {column} GLOB '{'[0-9]' * 8}' THEN {column} END)"


@compiles(_Day, "postgresql")
def _day_by_expression(element: _Day, compiler: Any, **kw: Any) -> str:
    (column,) = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"(CASE WHEN {column} ~ '^[0-9]{{8}}$' THEN {column} END)"
