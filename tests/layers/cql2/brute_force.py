"""What a filter says of one row, worked out in plain Python: true, false, or None where it is unknown."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import shapely

from layers.cql2.tree import (
    Box,
    Characters,
    Instant,
    Interval,
    Node,
    Number,
    Operation,
    Property,
    Shape,
    Truth,
)

Row = Mapping[str, Any]

COMPARED = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
#: Places before and after all dates.
START, END = date.min, date.max


def holds(node: Node, row: Row) -> bool | None:
    if isinstance(node, Truth):
        return node.value
    if isinstance(node, Property):
        return row[node.name]
    assert isinstance(node, Operation)
    if node.name in ("and", "or"):
        return _joined(node.name == "or", [holds(one, row) for one in node.arguments])
    if node.name == "not":
        return _not(holds(node.arguments[0], row))
    if node.name == "isNull":
        return _is_unknown(node.arguments[0], row)
    if node.name.startswith("s_"):
        return _related(node, row)
    if node.name.startswith("t_"):
        return _in_time(node, row)
    return _compared(node, [value(one, row) for one in node.arguments])


def value(node: Node, row: Row) -> Any:
    if isinstance(node, Property):
        return row[node.name]
    if isinstance(node, Characters | Number | Instant | Truth):
        return node.value
    assert isinstance(node, Operation)
    arguments = [value(one, row) for one in node.arguments]
    if node.name == "casei":
        return None if arguments[0] is None else arguments[0].casefold()
    return None if None in arguments else _calculated(node.name, *arguments)


def _compared(node: Operation, values: list[Any]) -> bool | None:
    if node.name == "in":
        return _joined(True, [_of(operator.eq, values[0], one) for one in values[1:]])
    if None in values:
        return None
    if node.name == "between":
        return values[1] <= values[0] <= values[2]
    if node.name == "like":
        pattern = node.arguments[1]
        assert isinstance(pattern, Characters)
        return re.fullmatch(_expression(pattern.pattern), values[0], re.DOTALL) is not None
    return _of(COMPARED[node.name], *values)


def _of(operation: Any, left: Any, right: Any) -> bool | None:
    return None if left is None or right is None else operation(left, right)


def _joined(any_of: bool, values: list[bool | None]) -> bool | None:
    if any_of in values:
        return any_of
    return None if None in values else not any_of


def _not(held: bool | None) -> bool | None:
    return None if held is None else not held


def _is_unknown(node: Node, row: Row) -> bool:
    if isinstance(node, Operation) and node.name not in ("casei", "+", "-", "*", "/", "%", "div", "^"):
        return holds(node, row) is None
    return value(node, row) is None


def _calculated(name: str, left: float, right: float) -> float | None:
    if name == "^":
        return None if left == 0 and right < 0 else float(left) ** right
    if name in ("/", "%", "div") and right == 0:
        return None
    if name == "div":
        return float(math.trunc(left / right))
    if name == "%":
        return left - right * math.trunc(left / right)
    simple = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}
    return simple[name](float(left), float(right))


def _expression(pattern: str) -> str:
    words = re.findall(r"\\.|.", pattern, re.DOTALL)
    return "".join({"%": ".*", "_": "."}.get(word, re.escape(word[-1])) for word in words)


def _related(node: Operation, row: Row) -> bool | None:
    first, second = (_geometry(one, row) for one in node.arguments)
    if first is None or second is None:
        return None
    return bool(getattr(shapely, node.name[2:])(first, second))


def _geometry(node: Node, row: Row) -> shapely.Geometry | None:
    if isinstance(node, Property):
        return row[node.name]
    if isinstance(node, Box):
        return shapely.box(*node.numbers)
    assert isinstance(node, Shape)
    return node.geometry


def _in_time(node: Operation, row: Row) -> bool | None:
    (a, b), (c, d) = (_span(one, row) for one in node.arguments)
    less, same = (lambda x, y: _of(operator.lt, x, y)), (lambda x, y: _of(operator.eq, x, y))

    def all_of(*values: bool | None) -> bool | None:
        return _joined(False, list(values))

    before, after = less(b, c), less(d, a)
    disjoint = _joined(True, [before, after])
    found = {
        "t_before": before,
        "t_after": after,
        "t_disjoint": disjoint,
        "t_intersects": _not(disjoint),
        "t_equals": all_of(same(a, c), same(b, d)),
        "t_contains": all_of(less(a, c), less(d, b)),
        "t_during": all_of(less(c, a), less(b, d)),
        "t_finishes": all_of(less(c, a), same(b, d)),
        "t_finishedby": all_of(less(a, c), same(b, d)),
        "t_starts": all_of(same(a, c), less(b, d)),
        "t_startedby": all_of(same(a, c), less(d, b)),
        "t_meets": same(b, c),
        "t_metby": same(a, d),
        "t_overlaps": all_of(less(a, c), less(c, b), less(b, d)),
        "t_overlappedby": all_of(less(c, a), less(a, d), less(d, b)),
    }
    return found[node.name]


def _span(node: Node, row: Row) -> tuple[Any, Any]:
    if not isinstance(node, Interval):
        found = value(node, row)
        return found, found
    start = START if node.start is None else value(node.start, row)
    return start, END if node.end is None else value(node.end, row)
