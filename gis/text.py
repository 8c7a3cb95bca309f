"""Text for people: English message ids, translated to Chinese first.

Every room keeps its translations in ``<room>/locale/zh.po`` and registers the file with
:func:`add_catalogue` when it is imported. Messages are lazy: a finding made while a file was read
can be shown in either language later.
"""

from __future__ import annotations

import gettext
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES = ("zh", "en")

_catalogues: list[Path] = []
_language: ContextVar[str] = ContextVar("language", default="zh")


class Text:
    """Hold a message id and its parameters until somebody reads it.

    Parameters
    ----------
    msgid : str
        English message with ``{name}`` placeholders.
    **params
        Values of the placeholders; a value may itself be a :class:`Text`.
    """

    __slots__ = ("msgid", "params")

    def __init__(self, msgid: str, **params: Any) -> None:
        self.msgid = msgid
        self.params = params

    def __str__(self) -> str:
        message = _translations(_language.get()).gettext(self.msgid)
        return message.format(**self.params) if self.params else message

    def __repr__(self) -> str:
        return f"Text({self.msgid!r}, **{self.params!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Text) and (self.msgid, self.params) == (other.msgid, other.params)

    def __hash__(self) -> int:
        return hash((self.msgid, repr(sorted(self.params.items()))))


def t(msgid: str, /, **params: Any) -> Text:
    """Mark a message for translation; it is rendered by ``str()``."""
    return Text(msgid, **params)


def add_catalogue(package_file: str) -> None:
    """Register ``locale/zh.po`` beside a room's ``__init__.py``.

    Parameters
    ----------
    package_file : str
        ``__file__`` of the room.
    """
    path = Path(package_file).parent / "locale" / "zh.po"
    if path not in _catalogues:
        _catalogues.append(path)
        _translations.cache_clear()


def current_language() -> str:
    """Return ``"zh"`` or ``"en"``."""
    return _language.get()


def set_language(language: str) -> None:
    """Choose the language of everything rendered from here on in this context."""
    if language not in LANGUAGES:
        raise ValueError(f"language must be one of {LANGUAGES}, not {language!r}")
    _language.set(language)


@contextmanager
def language(name: str) -> Iterator[None]:
    """Render in another language for the length of a ``with`` block."""
    before = _language.get()
    set_language(name)
    try:
        yield
    finally:
        _language.set(before)


def language_of_locale() -> str:
    """Return the language of the process's locale: ``"en"`` when it says so, ``"zh"`` otherwise."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(variable, "")
        if value:
            return "en" if value.lower().startswith("en") else "zh"
    return "zh"


@cache
def _translations(name: str) -> gettext.NullTranslations:
    if name == "en":
        return gettext.NullTranslations()
    merged = gettext.NullTranslations()
    for path in _catalogues:
        merged.add_fallback(_load(path))
    return merged


def _load(path: Path) -> gettext.NullTranslations:
    compiled = io.BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source, locale="zh"))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
