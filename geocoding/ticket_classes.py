"""Classes a ticket may be about, by the names and spellings of the catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from components.catalogue import Catalogue
from components.class_info import KINDS, plain_name
from geocoding.traditional import simplified


@dataclass(frozen=True, slots=True)
class ClassCandidate:
    """A class, or a group of classes, that a text names.

    Attributes
    ----------
    kind : str
        ``component``, ``matter`` or ``group`` (several component classes, as ``井盖``).
    codes : tuple of str
        Codes of the classes in the edition asked for; several of a group, or of classes of one name.
    name : str
        Name of the class or group.
    text : str
        How the ticket says it: the slice ``start:end``.
    """

    kind: str
    codes: tuple[str, ...]
    name: str
    text: str
    start: int
    end: int


_SIMPLIFIED = str.maketrans(dict(simplified()))
_ENDING = re.compile(r"(?:异常|类|问题)$")


def class_candidates(text: str, catalogue: Catalogue, standard: str) -> tuple[ClassCandidate, ...]:
    """Return the classes and groups a text names, the longest name first.

    A name inside a longer one is not told.

    Raises
    ------
    UsageError
        There is no such edition.
    """
    names = _names(catalogue, standard)
    if not names:
        return ()
    found = [
        ClassCandidate(kind, codes, name, text[slice(*match.span())], *match.span())
        for match in _pattern(tuple(names)).finditer(text.translate(_SIMPLIFIED))
        for kind, name, codes in names[match.group()]
    ]
    return tuple(sorted(dict.fromkeys(found), key=lambda one: (one.start - one.end, one.start, one.kind)))


@lru_cache(maxsize=8)
def _names(catalogue: Catalogue, standard: str) -> Mapping[str, tuple[tuple[str, str, tuple[str, ...]], ...]]:
    """Return what each spelling stands for: kind, name and codes."""
    meant: dict[str, dict[tuple[str, str], tuple[str, ...]]] = {}
    for spelling, kind, name, codes in _all(catalogue, standard):
        under = meant.setdefault(spelling, {})
        under[kind, name] = tuple(dict.fromkeys((*under.get((kind, name), ()), *codes)))
    return {
        spelling: tuple((kind, name, codes) for (kind, name), codes in under.items())
        for spelling, under in meant.items()
    }


def _all(catalogue: Catalogue, standard: str) -> Iterator[tuple[str, str, str, tuple[str, ...]]]:
    for kind in KINDS:
        for code, info in catalogue.classes(standard, kind).items():
            for spelling in (info.name, *info.aliases):
                plain = plain_name(spelling)
                for known in dict.fromkeys((plain, _ENDING.sub("", plain))):
                    if len(known) > 1:
                        yield known, kind, info.name, (code,)
    for group, editions in catalogue.groups.items():
        if editions.get(standard) and not group.isascii() and len(group) > 1:
            yield group, "group", group, editions[standard]


@lru_cache(maxsize=8)
def _pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(name) for name in sorted(names, key=len, reverse=True)))
