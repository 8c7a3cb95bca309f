"""Make nodes of what either encoding writes: days, moments, intervals, boxes, geometries."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime

import shapely

from gis.errors import UsageError
from gis.text import t
from layers.cql2.limits import MAX_VERTICES, checked_number, refuse_beyond, refused
from layers.cql2.tree import Box, Instant, Interval, Node, Operation, Property, Shape

OPEN_END = ".."

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII)
_EXAMPLES = {"date": "2026-11-20", "timestamp": "2026-11-20T01:30:00Z"}


def negation(condition: Node) -> Node:
    """Return that a condition does not hold."""
    return Operation("not", (condition,))


def instant(kind: str, written: Sequence[str | None]) -> Instant:
    """Read a day or a moment.

    Parameters
    ----------
    kind : str
        ``"date"`` or ``"timestamp"``.
    written : sequence of str or None
        RFC 3339, one.

    Raises
    ------
    UsageError
        If it is none.
    """
    text = written[0] if len(written) == 1 else None
    value = None if text is None else _day(text) if kind == "date" else _moment(text)
    if value is None:
        raise refused(
            t("{value} is not a value of {kind}", value=repr(text), kind=kind.upper()), text, _EXAMPLES[kind]
        )
    return Instant(value)


def interval(ends: Sequence[str | Property | None]) -> Interval:
    """Read an interval of days, moments, properties or open ends (``..``).

    Raises
    ------
    UsageError
        If it is none, or its start lies after its end.
    """
    if len(ends) != 2:
        raise _no_interval(ends)
    start, end = (_end(one) for one in ends)
    if isinstance(start, Instant) and isinstance(end, Instant):
        if type(start.value) is not type(end.value):
            raise refused(t("Both ends of an interval are days, or both are moments"), str(ends))
        if start.value > end.value:
            raise refused(t("The interval {value} starts after its end", value=f"{ends[0]}/{ends[1]}"))
    return Interval(start, end)


def box(numbers: Sequence[float | None]) -> Box:
    """Read a rectangle of four numbers.

    Raises
    ------
    UsageError
        If it is none.
    """
    given = [checked_number(one) for one in numbers if one is not None]
    if len(given) != 4 or len(numbers) != 4:
        raise refused(t("A box is made of four numbers, or of six with heights"), expected="BBOX(1,2,3,4)")
    return Box((float(given[0]), float(given[1]), float(given[2]), float(given[3])))


def without_heights(numbers: Sequence[float | None]) -> Sequence[float | None]:
    """Leave the third and sixth number of a box out: the registry is two-dimensional."""
    return [*numbers[:2], *numbers[3:5]] if len(numbers) == 6 else numbers


def shape(geometry: shapely.Geometry) -> Shape:
    """Take a geometry as it was written, or refuse it for its size."""
    refuse_beyond("vertices", int(shapely.get_num_coordinates(geometry)), MAX_VERTICES)
    return Shape(shapely.force_2d(geometry))


def _end(written: str | Property | None) -> Instant | Property | None:
    if isinstance(written, Property):
        return written
    if written == OPEN_END:
        return None
    value = None if written is None else _day(written) or _moment(written)
    if value is None:
        raise _no_interval(written)
    return Instant(value)


def _no_interval(given: object) -> UsageError:
    return refused(
        t("{value} does not make an interval", value=repr(given)), str(given), "INTERVAL('2026-01-01','..')"
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC) if _MOMENT.fullmatch(text) else None
    except (ValueError, OverflowError):
        return None
