"""The choices of the class picker: groups, major classes, classes."""

from __future__ import annotations

from typing import Any

from components.catalogue import GROUPS, classes
from gis.text import current_language


def class_choices(standard: str) -> list[dict[str, Any]]:
    """Return everything ``class=`` takes for an edition, widest first.

    Parameters
    ----------
    standard : str
        ``"2007"``, ``"2013"`` or ``"2026"``.

    Returns
    -------
    list of dict
        ``level`` (``group``, ``major``, ``class``), ``code`` as the resolver takes it, ``name``,
        ``major_name`` of a class, ``standard``.

    Raises
    ------
    UsageError
        If there is no such edition.
    """
    known = classes(standard).values()
    majors = {info.code[:2]: info.major for info in known}
    return [
        *(_choice("group", name, name, standard) for name in _groups(standard)),
        *(_choice("major", code, name, standard) for code, name in sorted(majors.items())),
        *(_choice("class", info.code, info.name, standard, info.major) for info in known),
    ]


def _groups(standard: str) -> list[str]:
    """Return the groups' names in the current language."""
    english = current_language() == "en"
    return [name for name, members in GROUPS.items() if standard in members and name.isascii() == english]


def _choice(level: str, code: str, name: str, standard: str, major: str | None = None) -> dict[str, Any]:
    return {"level": level, "code": code, "name": name, "major_name": major, "standard": standard}
