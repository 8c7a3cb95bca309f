"""Write trees as CQL2 text and as CQL2 JSON, plainly and apart from what reads them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson
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

INFIX = ("=", "<>", "<", ">", "<=", ">=", "+", "-", "*", "/", "%", "div", "^")
#: Names of functions as JSON has them.
CAPITAL = {f"t_{name.lower()}": f"t_{name}" for name in ("finishedBy", "metBy", "overlappedBy", "startedBy")}


def as_text(node: Node) -> str:
    if isinstance(node, Operation):
        return _operation(node)
    if isinstance(node, Property):
        return f'"{node.name}"'
    if isinstance(node, Characters):
        return "'" + node.pattern.replace("'", "''") + "'"
    if isinstance(node, Number):
        return str(node.value)
    if isinstance(node, Truth):
        return str(node.value).upper()
    if isinstance(node, Instant):
        return f"{_kind(node).upper()}('{_instant(node)}')"
    if isinstance(node, Interval):
        return f"INTERVAL({_text_end(node.start)},{_text_end(node.end)})"
    if isinstance(node, Box):
        return f"BBOX({','.join(map(str, node.numbers))})"
    return shapely.to_wkt(node.geometry, rounding_precision=-1)


def as_json(node: Node) -> Any:
    if isinstance(node, Operation):
        arguments = [as_json(one) for one in node.arguments]
        if node.name == "in":
            arguments = [arguments[0], arguments[1:]]
        return {"op": CAPITAL.get(node.name, node.name), "args": arguments}
    if isinstance(node, Property):
        return {"property": node.name}
    if isinstance(node, Characters):
        return node.value
    if isinstance(node, Number | Truth):
        return node.value
    if isinstance(node, Instant):
        return {_kind(node): _instant(node)}
    if isinstance(node, Interval):
        return {"interval": [_json_end(node.start), _json_end(node.end)]}
    if isinstance(node, Box):
        return {"bbox": list(node.numbers)}
    assert isinstance(node, Shape)
    return orjson.loads(shapely.to_geojson(node.geometry))


def _operation(node: Operation) -> str:
    words = [f"({as_text(one)})" if _is_infix(one) else as_text(one) for one in node.arguments]
    name = node.name
    if name in ("and", "or"):
        return f" {name.upper()} ".join(words)
    if name == "not":
        return f"NOT ({as_text(node.arguments[0])})"
    if name in INFIX:
        return f"{words[0]} {name} {words[1]}"
    if name == "between":
        return f"{words[0]} BETWEEN {words[1]} AND {words[2]}"
    if name == "in":
        return f"{words[0]} IN ({', '.join(words[1:])})"
    if name == "like":
        return f"{words[0]} LIKE {words[1]}"
    if name == "isNull":
        return f"{words[0]} IS NULL"
    return f"{name.upper()}({', '.join(as_text(one) for one in node.arguments)})"


def _is_infix(node: Node) -> bool:
    return isinstance(node, Operation) and (
        node.name in (*INFIX, "and", "or", "not", "between", "in", "like", "isNull")
    )


def _kind(node: Instant) -> str:
    return "timestamp" if isinstance(node.value, datetime) else "date"


def _instant(node: Instant) -> str:
    return node.value.isoformat().replace("+00:00", "Z")


def _text_end(end: Instant | Property | None) -> str:
    if isinstance(end, Property):
        return as_text(end)
    return f"'{'..' if end is None else _instant(end)}'"


def _json_end(end: Instant | Property | None) -> Any:
    if isinstance(end, Property):
        return as_json(end)
    return ".." if end is None else _instant(end)
