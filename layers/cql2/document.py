"""Read CQL2 JSON (OGC 21-065r2, clause 8.2)."""

from __future__ import annotations

from typing import Any

import orjson
import shapely

from gis.errors import UsageError
from gis.text import t
from layers.cql2.limits import (
    MAX_DEPTH,
    MAX_LENGTH,
    MAX_NODES,
    checked_number,
    checked_text,
    refuse_beyond,
    refused,
)
from layers.cql2.making import box, instant, interval, shape, without_heights
from layers.cql2.tree import Characters, Node, Number, Operation, Property, Truth

_GEOMETRIES = frozenset(
    ("Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection")
)
#: Operators with the number of their arguments; ``None`` for two or more.
_OPERATORS: dict[str, int | None] = {
    **dict.fromkeys(("and", "or"), None),
    "not": 1,
    **dict.fromkeys(("=", "<>", "<", ">", "<=", ">=", "like", "+", "-", "*", "/", "%", "div", "^", "in"), 2),
    "between": 3,
    "isNull": 1,
}
#: Functions that JSON writes with a capital letter within, text in any way.
_LOWERED = ("s_", "t_")
#: An argument that is a list: what is looked for in it comes first.
_LIST = "in"


def parse_json(text: str) -> Node:
    """Read a filter.

    Parameters
    ----------
    text : str
        CQL2 JSON.

    Returns
    -------
    Node
        Its types are not looked at yet.

    Raises
    ------
    UsageError
        If it is not CQL2 JSON, or larger than :mod:`layers.cql2.limits` allows.
    """
    refuse_beyond("characters", len(text), MAX_LENGTH)
    try:
        document = orjson.loads(text)
    except ValueError:
        raise refused(t("The filter is not JSON"), text, "CQL2 JSON") from None
    return _node(document, 0)


def _node(given: Any, depth: int) -> Node:
    """Make a node of a value of JSON, which may be as deep as a tree may."""
    refuse_beyond("depth", depth, MAX_DEPTH)
    if isinstance(given, bool):
        return Truth(given)
    if isinstance(given, int | float):
        return Number(checked_number(given))
    if isinstance(given, str):
        return Characters(checked_text(given), given)
    if isinstance(given, dict):
        if "op" in given:
            return _operation(given, depth)
        if given.get("type") in _GEOMETRIES:
            return _geometry(given)
        if len(given) == 1:
            return _value(*next(iter(given.items())))
    raise _not_understood(given)


def _operation(given: dict[str, Any], depth: int) -> Node:
    name, arguments = given["op"], given.get("args")
    if set(given) != {"op", "args"} or not isinstance(name, str) or not isinstance(arguments, list):
        raise _not_understood(given)
    refuse_beyond("operands", len(arguments), MAX_NODES)
    wanted = _OPERATORS.get(name, len(arguments))
    if len(arguments) != wanted if wanted is not None else len(arguments) < 2:
        raise refused(
            t("{operator} does not take {count} arguments", operator=name, count=len(arguments)), name
        )
    if name.startswith(_LOWERED):
        name = name.lower()
    if name == _LIST:
        if not isinstance(arguments[1], list) or not arguments[1]:
            raise refused(t("{operator} takes a value and a list", operator=name), name)
        arguments = [arguments[0], *arguments[1]]
        refuse_beyond("operands", len(arguments), MAX_NODES)
    return Operation(name, tuple(_node(one, depth + 1) for one in arguments))


def _value(kind: str, content: Any) -> Node:
    if kind == "property" and isinstance(content, str):
        return Property(checked_text(content))
    if kind in ("date", "timestamp") and isinstance(content, str):
        return instant(kind, [content])
    if kind == "interval" and isinstance(content, list):
        return interval([_end(one) for one in content])
    if kind == "bbox" and isinstance(content, list):
        return box(without_heights([_number(one) for one in content]))
    raise _not_understood({kind: content})


def _end(given: Any) -> str | Property | None:
    """Read an end of an interval: a text, a property, or a day or moment as such."""
    if isinstance(given, str):
        return given
    if isinstance(given, dict) and len(given) == 1:
        kind, content = next(iter(given.items()))
        if kind == "property" and isinstance(content, str):
            return Property(checked_text(content))
        if kind in ("date", "timestamp") and isinstance(content, str):
            instant(kind, [content])
            return content
    raise _not_understood(given)


def _number(given: Any) -> float | None:
    return given if isinstance(given, int | float) and not isinstance(given, bool) else None


def _geometry(given: dict[str, Any]) -> Node:
    try:
        return shape(shapely.from_geojson(orjson.dumps(given)))
    except (shapely.errors.GEOSException, orjson.JSONEncodeError):
        raise refused(t("{value} is not a geometry", value=given["type"]), given["type"]) from None


def _not_understood(given: Any) -> UsageError:
    shown = orjson.dumps(given).decode()[:200]
    return refused(t("The filter is not understood at {part}", part=shown), shown, "CQL2 JSON")
