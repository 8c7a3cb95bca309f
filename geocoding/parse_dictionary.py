"""Names a parser knows beforehand: divisions of the country, and names of a registry by level.

``geocoding/data/division-names.csv`` lists provinces, prefectures and counties, full and short, as the
statistical office published them in 2023, with those of 港澳台; former names are told by their suffix.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from functools import cache
from importlib.resources import files

from geocoding.levels import Level

_LEVELS = {"1": Level.PROVINCE, "2": Level.PREFECTURE, "3": Level.COUNTY}

_SUFFIX = {
    Level.TOWNSHIP: re.compile("(?:街道办事处|街道|镇|乡)$"),
}


class NameDictionary:
    """Look names up at a position of a text, the longest first.

    Parameters
    ----------
    names : mapping of Level to collection of str
        Full names in normal spelling.
    short : mapping of Level to collection of str, optional
        Names without their suffix (``温州`` for ``温州市``), which mean it only where the text goes on
        like an address; those of townships are made from the full names when left out.
    """

    def __init__(
        self, names: Mapping[Level, Collection[str]], short: Mapping[Level, Collection[str]] | None = None
    ) -> None:
        self._short = _by_name(_shortened(names) if short is None else short)
        self._levels = _by_name(names)
        lengths: dict[str, set[int]] = defaultdict(set)
        for name in (*self._levels, *self._short):
            lengths[name[:2]].add(len(name))
        self._lengths = {head: tuple(sorted(found, reverse=True)) for head, found in lengths.items()}

    def full(self, text: str, at: int) -> list[tuple[int, tuple[Level, ...]]]:
        """Return end and levels of each full name that begins at a position, the longest first."""
        return self._found(self._levels, text, at)

    def short(self, text: str, at: int) -> list[tuple[int, tuple[Level, ...]]]:
        """Return end and levels of each short name that begins at a position, the longest first."""
        return self._found(self._short, text, at)

    def _found(
        self, known: Mapping[str, tuple[Level, ...]], text: str, at: int
    ) -> list[tuple[int, tuple[Level, ...]]]:
        found = []
        for length in self._lengths.get(text[at : at + 2], ()):
            name = text[at : at + length]
            if name in known:
                found.append((at + len(name), known[name]))
        return found


@cache
def country() -> NameDictionary:
    """Return the provinces, prefectures and counties of the country, full and short."""
    full: dict[Level, set[str]] = defaultdict(set)
    short: dict[Level, set[str]] = defaultdict(set)
    with (files("geocoding") / "data" / "division-names.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            full[_LEVELS[row["level"]]].add(row["name"])
            if row["short_name"]:
                short[_LEVELS[row["level"]]].add(row["short_name"])
    return NameDictionary(full, short)


def _shortened(names: Mapping[Level, Collection[str]]) -> dict[Level, set[str]]:
    return {
        level: {
            short
            for name in names.get(level, ())
            if (short := suffix.sub("", name)) != name and len(short) > 1
        }
        for level, suffix in _SUFFIX.items()
    }


def _by_name(names: Mapping[Level, Collection[str]]) -> dict[str, tuple[Level, ...]]:
    by_name: dict[str, list[Level]] = defaultdict(list)
    for level in Level:
        for name in names.get(level, ()):
            if len(name) > 1:
                by_name[name].append(level)
    return {name: tuple(levels) for name, levels in by_name.items()}
