r"""Match texts with patterns: ``%`` is any characters, ``_`` one, ``\`` takes their meaning away.

SQLite's LIKE knows no case of ASCII letters, so its GLOB is asked, with the pattern in its own words.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Text, bindparam
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.types import Boolean, TypeDecorator

from gis.text import t
from layers.cql2.limits import MAX_WILDCARDS, refuse_beyond, refused

ESCAPE = "\\"
_GLOB = {"%": "*", "_": "?"}
_SPECIAL_IN_GLOB = "*?["


def matches(text: ColumnElement[str], pattern: str) -> ColumnElement[bool]:
    """Return the condition that a text is as a pattern says.

    Parameters
    ----------
    text : ColumnElement
    pattern : str

    Raises
    ------
    UsageError
        If it ends in an escape without a character, or has too many wildcards.
    """
    words = _words(pattern)
    refuse_beyond("wildcards", sum(word == "%" for word in words), MAX_WILDCARDS)
    return _Matches(text, bindparam(None, pattern, type_=_Pattern(), unique=True))


def glob_of(pattern: str) -> str:
    """Return a pattern as SQLite's GLOB has it."""
    return "".join(_in_glob(word) for word in _words(pattern))


def _in_glob(word: str) -> str:
    if word in _GLOB:
        return _GLOB[word]
    character = word[-1]
    return f"[{character}]" if character in _SPECIAL_IN_GLOB else character


def _words(pattern: str) -> list[str]:
    """Cut a pattern into characters, those with an escape before them with it."""
    words = []
    characters = iter(pattern)
    for one in characters:
        following = next(characters, "") if one == ESCAPE else ""
        if one == ESCAPE and not following:
            raise refused(t("The pattern {pattern} ends in an escape", pattern=pattern), pattern)
        words.append(one + following)
    return words


class _Pattern(TypeDecorator[str]):
    """A pattern, as the database is to get it."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """Compare by code points in PostgreSQL."""
        kind = postgresql.TEXT(collation="C") if dialect.name == "postgresql" else Text()
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Translate to GLOB for SQLite."""
        return glob_of(value) if value is not None and dialect.name == "sqlite" else value


class _Matches(GenericFunction[bool]):
    """A condition as it is: SQLAlchemy would compare it with 1 for SQLite."""

    inherit_cache = True
    name = "wangge_matches"
    type = Boolean()

    def self_group(self, against: Any = None) -> Any:  # noqa: ARG002
        return self


@compiles(_Matches, "sqlite")
def _by_glob(element: _Matches, compiler: Any, **kw: Any) -> str:
    text, pattern = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"({text} GLOB {pattern})"


@compiles(_Matches, "postgresql")
def _by_like(element: _Matches, compiler: Any, **kw: Any) -> str:
    text, pattern = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"({text} LIKE {pattern})"
