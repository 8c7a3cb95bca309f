"""Classes a ticket may be about, by the names and spellings of the catalogue."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files

from components.catalogue import Catalogue
from components.class_info import KINDS, plain_name
from geocoding.traditional import simplified


class Why(StrEnum):
    """How a text names a class."""

    NAME = "name"
    """By its name, or by a spelling that the catalogue knows."""
    GROUP = "group"
    """By a group that it belongs to."""
    WORD = "word"
    """By what people say: ``geocoding/data/ticket-words.csv``."""
    PLACE = "place"
    """As a place, beside which something is the matter."""


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
    why : Why
        How it is named there.
    """

    kind: str
    codes: tuple[str, ...]
    name: str
    text: str
    start: int
    end: int
    why: Why = Why.NAME


_Meaning = tuple[str, str, tuple[str, ...], Why]
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
        ClassCandidate(kind, codes, name, text[slice(*match.span())], *match.span(), why)
        for match in _pattern(tuple(names)).finditer(text.translate(_SIMPLIFIED))
        for kind, name, codes, why in names[match.group()]
    ]
    return tuple(sorted(dict.fromkeys(found), key=lambda one: (one.start - one.end, one.start, one.kind)))


def best_class(candidates: Iterable[ClassCandidate]) -> ClassCandidate | None:
    """Return the class or group that a text is about; None where it names none, or different ones.

    A group gives way to a class of it that is named too, a matter to the component of the same words; what
    says only where something is does not count.
    """
    named = [one for one in candidates if one.why is not Why.PLACE]
    of_classes = {code for one in named if one.kind == "component" for code in one.codes}
    things = {(one.start, one.end) for one in named if one.kind != "matter"}
    left = {
        (one.kind, one.codes): one
        for one in named
        if not (one.kind == "group" and of_classes.intersection(one.codes))
        and not (one.kind == "matter" and (one.start, one.end) in things)
    }
    return next(iter(left.values())) if len(left) == 1 else None


@lru_cache(maxsize=8)
def _names(catalogue: Catalogue, standard: str) -> Mapping[str, tuple[_Meaning, ...]]:
    """Return what each spelling stands for; what people say counts where the catalogue has no such name."""
    names = _collected(_all(catalogue, standard))
    words = _collected(_said(catalogue, standard))
    return {**words, **names}


def _collected(spellings: Iterable[tuple[str, _Meaning]]) -> dict[str, tuple[_Meaning, ...]]:
    meant: dict[str, dict[tuple[str, str, Why], tuple[str, ...]]] = {}
    for spelling, (kind, name, codes, why) in spellings:
        under = meant.setdefault(spelling, {})
        under[kind, name, why] = tuple(dict.fromkeys((*under.get((kind, name, why), ()), *codes)))
    return {
        spelling: tuple((kind, name, codes, why) for (kind, name, why), codes in under.items())
        for spelling, under in meant.items()
    }


def _all(catalogue: Catalogue, standard: str) -> Iterator[tuple[str, _Meaning]]:
    for kind in KINDS:
        for code, info in catalogue.classes(standard, kind).items():
            for spelling in (info.name, *info.aliases):
                plain = plain_name(spelling)
                for known in dict.fromkeys((plain, _ENDING.sub("", plain))):
                    if len(known) > 1:
                        yield known, (kind, info.name, (code,), Why.NAME)
    for group, editions in catalogue.groups.items():
        if editions.get(standard) and not group.isascii() and len(group) > 1:
            yield group, ("group", group, editions[standard], Why.GROUP)


def _said(catalogue: Catalogue, standard: str) -> Iterator[tuple[str, _Meaning]]:
    for word, kind, names in _words():
        if kind == "group":
            codes = catalogue.groups.get(names[0], {}).get(standard, ())
            if codes:
                yield word, (kind, names[0], codes, Why.WORD)
            continue
        for name in names:
            for info in catalogue.called(standard, name, kind):
                yield word, (kind, info.name, (info.code,), Why.WORD)


@cache
def _words() -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """Return what people say, of what kind that is, and the names of the classes, or the group, meant."""
    with (files("geocoding") / "data" / "ticket-words.csv").open(encoding="utf-8") as lines:
        return tuple(
            (row["word"], row["kind"], tuple(row["names"].split(";"))) for row in csv.DictReader(lines)
        )


@lru_cache(maxsize=8)
def _pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(name) for name in sorted(names, key=len, reverse=True)))
