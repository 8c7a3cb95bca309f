"""What reading an address text yields: its parts, each with its level and place in the text."""

from __future__ import annotations

from dataclasses import dataclass

from geocoding.levels import Level


@dataclass(frozen=True, slots=True)
class AddressPart:
    """One part of an address.

    Attributes
    ----------
    level : Level
        What it names.
    text : str
        The slice ``start:end`` of the text given.
    normal : str
        The same in the spelling of :func:`geocoding.normal.normalise`.
    start, end : int
        Position in the text given, in characters.
    """

    level: Level
    text: str
    normal: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class RelativePosition:
    """A place said by another (方位).

    Attributes
    ----------
    direction : str
        Word of the standard: ``东`` … ``西北``, ``前`` ``后`` ``左`` ``右`` ``上`` ``下`` ``内`` ``外``
        ``旁`` ``相向`` ``相邻``; ``交叉口`` for a crossing, ``附近`` for near.
    metres : float or None
        Distance said.
    reference : tuple of AddressPart
        What it is said of: one part, two streets of a crossing; empty when nothing stands before it.
    text : str
        The words, the slice ``start:end`` of the text given.
    """

    direction: str
    metres: float | None
    reference: tuple[AddressPart, ...]
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ParsedAddress:
    """An address text in parts, in the order of the text.

    Attributes
    ----------
    text, normal : str
        What was given, and its normal spelling.
    parts : tuple of AddressPart
        Parts that do not overlap. Characters without meaning are in none.
    relative : tuple of RelativePosition
        Positions relative to parts; their words are parts of level ``relative`` too.
    """

    text: str
    normal: str
    parts: tuple[AddressPart, ...]
    relative: tuple[RelativePosition, ...]

    def at(self, level: Level) -> tuple[AddressPart, ...]:
        """Return the parts of a level, in the order of the text."""
        return tuple(part for part in self.parts if part.level is level)

    def first(self, level: Level) -> str | None:
        """Return the normal spelling of the first part of a level."""
        return next((part.normal for part in self.parts if part.level is level), None)

    @property
    def deepest(self) -> Level | None:
        """Highest of the ten numbered levels that the text names; None when it names none."""
        numbered = [part.level for part in self.parts if part.level.number is not None]
        return max(numbered, key=lambda level: level.number or 0, default=None)
