"""The choices of the class picker: groups, major classes and classes of components, then matters."""

from __future__ import annotations

from typing import Any

from components.catalogue import Catalogue
from components.class_info import ClassInfo
from gis.text import current_language


def class_choices(catalogue: Catalogue, standard: str) -> list[dict[str, Any]]:
    """Return everything a question may name as its class in an edition, widest first.

    Parameters
    ----------
    catalogue : Catalogue
        The classes there are, a city's own among them.
    standard : str
        ``"2007"``, ``"2013"`` or ``"2026"``.

    Returns
    -------
    list of dict
        ``kind`` (``component`` or ``matter``), ``level`` (``group``, ``major``, ``class``), ``code`` as
        the resolver takes it, ``name``, ``major_name`` of a class, ``standard``.

    Raises
    ------
    UsageError
        If there is no such edition.
    """
    components = catalogue.classes(standard).values()
    majors = {info.code[:2]: info.major for info in components}
    return [
        *(
            {**_component(standard), "level": "group", "code": name, "name": name}
            for name in _groups(catalogue, standard)
        ),
        *(
            {**_component(standard), "level": "major", "code": code, "name": name}
            for code, name in sorted(majors.items())
        ),
        *(_class(info) for info in components),
        *(_class(info) for info in catalogue.classes(standard, "matter").values()),
    ]


def _component(standard: str) -> dict[str, Any]:
    return {"kind": "component", "standard": standard, "major_name": None}


def _class(info: ClassInfo) -> dict[str, Any]:
    return {
        "kind": info.kind,
        "standard": info.standard,
        "level": "class",
        "code": info.code,
        "name": info.name,
        "major_name": info.major,
    }


def _groups(catalogue: Catalogue, standard: str) -> list[str]:
    """Return the groups' names in the current language."""
    english = current_language() == "en"
    return [
        name
        for name, members in catalogue.groups.items()
        if standard in members and name.isascii() == english
    ]
