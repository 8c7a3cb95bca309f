"""Fold case and accents of texts, in Python and in SQL by the same tables.

PostgreSQL folds by its locale and SQLite knows ASCII alone, so both are given the tables of Python:
a step replaces characters one by one, each by none, one or several.

Case folding is the full one (Unicode Standard, clause 5.18: ``ß`` becomes ``ss``). Accents are those
of Latin, Greek and Cyrillic letters: combining marks, and what a letter decomposes to besides its
base. Marks that make another letter (``が``) are kept.
"""

# What is written into statements is this module's own, never a user's
# ruff: noqa: S608

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

CASE, ACCENTS = "case", "accents"

_MARKS = range(0x0300, 0x0370)
#: Scripts that have a case or accents all lie below the supplementary ideographs.
_LETTERS = range(0x20000)
#: Characters that a class of a regular expression may hold beyond those meant, to be shorter.
_SLACK = 2


def fold(text: str, steps: tuple[str, ...]) -> str:
    """Fold a text.

    Parameters
    ----------
    text : str
    steps : tuple of str
        :data:`CASE` and :data:`ACCENTS`, in the order they are taken.
    """
    return text.translate(_table(steps))


def folded(text: ColumnElement[str], steps: tuple[str, ...]) -> ColumnElement[str]:
    """Return a text of the database folded, see :func:`fold`."""
    return _Folded(text, steps=steps)


class _Folded(GenericFunction[str]):
    """A text folded by the steps it carries."""

    inherit_cache = False
    name = "wangge_fold"
    type = Text()

    def __init__(self, text: ColumnElement[str], *, steps: tuple[str, ...]) -> None:
        super().__init__(text)
        self.steps = steps


@compiles(_Folded, "sqlite")
def _call(element: _Folded, compiler: Any, **kw: Any) -> str:
    (text,) = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"wangge_fold({text}, '{','.join(element.steps)}')"


@compiles(_Folded, "postgresql")
def _by_tables(element: _Folded, compiler: Any, **kw: Any) -> str:
    """Write expressions that look through the tables only for texts that hold such a character."""
    (text,) = (compiler.process(clause, **kw) for clause in element.clauses)
    single, several = _split(element.steps)
    ascii_too = "x" if CASE not in element.steps else 'lower(x COLLATE "C")'
    source = "".join(sorted(single, key=lambda one: (single[one] == "", one)))
    target = "".join(single[one] for one in source)
    replaced = f"translate({ascii_too}, '{source}', '{target}')"
    longer = replaced
    for one, many in several.items():
        longer = f"replace({longer}, '{one}', '{many}')"
    first = f"WHEN x ~ '{_character_class(several)}' THEN {longer} " if several else ""
    return (
        f"(SELECT CASE {first}WHEN x ~ '{_character_class(single)}' THEN {replaced} ELSE {ascii_too} END"
        f' FROM (SELECT {text} COLLATE "C" AS x OFFSET 0) AS texts)'
    )


@lru_cache(maxsize=64)
def _table(steps: tuple[str, ...]) -> dict[int, str]:
    """Return what becomes of the characters that do not stay as they are."""
    table = {}
    for character in sorted(set().union(*map(_step_table, steps))):
        turned = character
        for step in steps:
            turned = "".join(_step_table(step).get(one, one) for one in turned)
        if turned != character:
            table[ord(character)] = turned
    return table


@cache
def _step_table(step: str) -> dict[str, str]:
    turn = _STEPS[step]
    return {one: turned for one in map(chr, _LETTERS) if (turned := turn(one)) != one}


@lru_cache(maxsize=64)
def _split(steps: tuple[str, ...]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the characters beyond ASCII that become at most one, and those that become several."""
    table = {chr(code): turned for code, turned in _table(steps).items() if code > 0x7F}
    single = {one: turned for one, turned in table.items() if len(turned) <= 1}
    return single, {one: turned for one, turned in table.items() if len(turned) > 1}


def _character_class(characters: dict[str, str]) -> str:
    """Return a class of a regular expression that holds some characters, and few others beyond ASCII."""
    ranges: list[list[int]] = []
    for code in sorted(map(ord, characters)):
        if ranges and code - ranges[-1][1] <= _SLACK:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    inside = "".join(f"{chr(low)}-{chr(high)}" if high > low else chr(low) for low, high in ranges)
    return f"[{inside}]"


def _without_accents(character: str) -> str:
    if ord(character) in _MARKS:
        return ""
    parts = unicodedata.normalize("NFD", character)
    accented = len(parts) > 1 and all(ord(mark) in _MARKS for mark in parts[1:])
    return parts[0] if accented else character


_STEPS: dict[str, Callable[[str], str]] = {CASE: str.casefold, ACCENTS: _without_accents}


def fold_in_sql(text: str | None, steps: str) -> str | None:
    """Fold a text for SQLite; the steps are separated by commas."""
    return None if text is None else fold(text, tuple(steps.split(",")))
