"""What a filter says, whichever way it was written: a tree of operations on properties and values.

Trees are made from the leaves up and measured as they grow, so that none becomes deeper or larger
than :mod:`layers.cql2.limits` allows, and walking through one never goes deeper than that.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

import shapely

from layers.cql2.limits import MAX_DEPTH, MAX_NODES, refuse_beyond


@dataclass(frozen=True, slots=True)
class Property:
    """A property by its name."""

    name: str


@dataclass(frozen=True, slots=True)
class Characters:
    r"""A text: what it says, and what it says as a pattern, where ``\\`` stands for itself."""

    value: str
    pattern: str


@dataclass(frozen=True, slots=True)
class Number:
    """A number, whole where it was written so."""

    value: int | float


@dataclass(frozen=True, slots=True)
class Truth:
    """``true`` or ``false``."""

    value: bool


@dataclass(frozen=True, slots=True)
class Instant:
    """A day, or a moment in UTC."""

    value: date | datetime


@dataclass(frozen=True, slots=True)
class Interval:
    """All between two instants or properties, both included; ``None`` is an open end."""

    start: Instant | Property | None
    end: Instant | Property | None


@dataclass(frozen=True, slots=True)
class Shape:
    """A geometry, its numbers as they were written."""

    geometry: shapely.Geometry


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle: the least of the first and second coordinate, then the greatest."""

    numbers: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Operation:
    """An operator or a function by the name CQL2 JSON has for it, with what it is applied to.

    Attributes
    ----------
    name : str
        ``"and"``, ``"="``, ``"like"``, ``"isNull"``, ``"s_intersects"`` …
    arguments : tuple of nodes
        The items of a list follow the value that is looked for in it.
    depth, size : int
        Of the tree that starts here.
    """

    name: str
    arguments: tuple[Node, ...]
    depth: int = field(init=False, compare=False)
    size: int = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "depth", 1 + max(map(depth_of, self.arguments), default=0))
        object.__setattr__(self, "size", 1 + sum(map(size_of, self.arguments)))
        refuse_beyond("depth", self.depth, MAX_DEPTH)
        refuse_beyond("operands", self.size, MAX_NODES)


Leaf = Property | Characters | Number | Truth | Instant | Interval | Shape | Box
Node = Leaf | Operation


def depth_of(node: Node) -> int:
    """Return how many operations lie within each other."""
    return node.depth if isinstance(node, Operation) else 0


def size_of(node: Node) -> int:
    """Return of how many operations, properties and values a tree is made."""
    return node.size if isinstance(node, Operation) else 1
