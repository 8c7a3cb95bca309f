"""Read CQL2 text (OGC 21-065r2, clause 8.1)."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import shapely
from lark import Lark, Token, Transformer, UnexpectedInput, v_args
from lark.exceptions import VisitError

from gis.errors import UsageError
from gis.text import t
from layers.cql2.limits import (
    INTEGER_LIMIT,
    MAX_LENGTH,
    MAX_WORDS,
    checked_number,
    checked_text,
    refuse_beyond,
    refused,
)
from layers.cql2.making import box, instant, interval, negation, shape, without_heights
from layers.cql2.tree import Characters, Node, Number, Operation, Property, Truth

_START = (
    r":_A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1ffe\u200c-\u200d\u2070-\u218f"
    r"\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_PART = rf"{_START}.0-9\u0300-\u036f\u203f-\u2040"
_NUMBERS = r"\([-+.,\deE\s]*\)"
_RINGS = rf"\(\s*{_NUMBERS}(?:\s*,\s*{_NUMBERS})*\s*\)"
_AREAS = rf"\(\s*{_RINGS}(?:\s*,\s*{_RINGS})*\s*\)"
_WORDS = {
    "@SIMPLE@": (
        rf"(?:(?:point|linestring)\s*z?\s*{_NUMBERS}|multipoint\s*z?\s*(?:{_NUMBERS}|{_RINGS})"
        rf"|(?:polygon|multilinestring)\s*z?\s*{_RINGS}|multipolygon\s*z?\s*{_AREAS})"
    ),
    "@RESERVED@": r"(?i:and|or|not|like|between|in|is|null|true|false|div)@END@",
    "@IDENTIFIER@": f"[{_START}][{_PART}]*",
    "@END@": f"(?![{_PART}])",
}
_CONTROLS = {"a": "\a", "b": "\b", "t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", "'": "'"}
_SHOWN = 40


def parse_text(text: str) -> Node:
    """Read a filter.

    Parameters
    ----------
    text : str
        CQL2 text.

    Returns
    -------
    Node
        Its types are not looked at yet.

    Raises
    ------
    UsageError
        If it is not CQL2 text, or larger than :mod:`layers.cql2.limits` allows.
    """
    refuse_beyond("characters", len(text), MAX_LENGTH)
    try:
        return _parsed(text)
    except UnexpectedInput as error:
        raise _not_understood(text, error.pos_in_stream) from None
    except VisitError as error:
        if isinstance(error.orig_exc, UsageError):
            raise error.orig_exc from None
        raise


def prepare() -> None:
    """Build the parser now, which takes some tenths of a second, rather than with the first filter."""
    _parser()


def _parsed(text: str) -> Node:
    """Read word by word, so that nothing is read of a filter beyond the words it may have."""
    reading = _parser().parse_interactive(text)
    for count, _word in enumerate(reading.iter_parse(), start=1):
        refuse_beyond("words", count, MAX_WORDS)
    tree: Node = reading.feed_eof()  # type: ignore[no-untyped-call]
    return tree


@cache
def _parser() -> Lark:
    grammar = files("layers.cql2").joinpath("cql2.lark").read_text("utf-8")
    for word, pattern in _WORDS.items():
        grammar = grammar.replace(word, pattern)
    return Lark(grammar, parser="lalr", transformer=_Maker(), propagate_positions=False)


def _not_understood(text: str, place: int | None) -> UsageError:
    """Say where reading stopped; there is no place where the end came too early."""
    if place is None or place < 0:
        place = len(text)
    rest = text[place : place + _SHOWN]
    if not rest.strip():
        return refused(t("The filter ends where something is missing"), text, "CQL2")
    return refused(
        t("The filter is not understood from character {place} on: {rest}", place=place + 1, rest=rest),
        rest,
        "CQL2",
    )


@v_args(inline=True)
class _Maker(Transformer[Token, Node]):
    """Make nodes of what the grammar finds."""

    def either(self, *conditions: Node) -> Node:
        return Operation("or", conditions)

    def both(self, *conditions: Node) -> Node:
        return Operation("and", conditions)

    def negated(self, condition: Node) -> Node:
        return negation(condition)

    def compared(self, left: Node, operator: Token, right: Node) -> Node:
        return Operation(str(operator), (left, right))

    def like(self, value: Node, pattern: Node) -> Node:
        return Operation("like", (value, pattern))

    def not_like(self, value: Node, pattern: Node) -> Node:
        return negation(self.like(value, pattern))

    def between(self, value: Node, low: Node, high: Node) -> Node:
        return Operation("between", (value, low, high))

    def not_between(self, value: Node, low: Node, high: Node) -> Node:
        return negation(self.between(value, low, high))

    def within(self, *members: Node) -> Node:
        return Operation("in", members)

    def not_within(self, *members: Node) -> Node:
        return negation(self.within(*members))

    def is_null(self, value: Node) -> Node:
        return Operation("isNull", (value,))

    def is_not_null(self, value: Node) -> Node:
        return negation(self.is_null(value))

    def calculated(self, left: Node, operator: Token, right: Node) -> Node:
        return Operation(operator.lower(), (left, right))

    def signed(self, sign: Token, value: Node) -> Node:
        if isinstance(value, Number):
            return Number(-value.value) if sign == "-" else value
        return Operation("*", (Number(-1), value)) if sign == "-" else value

    def number(self, written: Token) -> Node:
        refuse_beyond("text", len(written), 400)
        whole = written.isdecimal() and int(written) < INTEGER_LIMIT
        return Number(checked_number(int(written) if whole else float(written)))

    def characters(self, written: Token) -> Node:
        return _literal(written[1:-1])

    def truth(self, written: Token) -> Node:
        return Truth(written.lower() == "true")

    def geometry(self, written: Token) -> Node:
        try:
            geometry = shapely.from_wkt(str(written))
        except shapely.errors.GEOSException:
            raise refused(t("{value} is not a geometry", value=written[:_SHOWN]), str(written)) from None
        return shape(geometry)

    def named(self, name: Token) -> Node:
        return Property(str(name))

    def quoted(self, written: Token) -> Node:
        return Property(written[1:-1].replace('""', '"'))

    def called(self, opening: Token, *arguments: Node) -> Node:
        name = opening[:-1].rstrip().lower()
        if name in ("date", "timestamp"):
            return instant(name, [_written(one) for one in arguments])
        if name == "interval":
            return interval([one if isinstance(one, Property) else _written(one) for one in arguments])
        if name == "bbox":
            return box(without_heights([one.value if isinstance(one, Number) else None for one in arguments]))
        return Operation(name, arguments)


def _written(node: Node) -> str | None:
    return node.value if isinstance(node, Characters) else None


def _literal(written: str) -> Characters:
    """Read a text with its escapes; ``%``, ``_`` and a backslash stay escaped in the pattern."""
    pattern: list[str] = []
    characters = iter(written)
    for one in characters:
        following = next(characters, "") if one in "'\\" else ""
        if one == "'":
            pattern.append("'")
        elif following in _CONTROLS:
            pattern.append(_CONTROLS[following])
        else:
            pattern.append(one + following)
    joined = checked_text("".join(pattern))
    return Characters(joined.replace("\\\\", "\\"), joined)
