"""Notes of a report, such as what was taken for the encoding and why, without repetition."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gis.text import Text, t

# What differs between layers that are alike: counts and quoted samples, not codes such as EPSG:4524.
_PARTICULAR = re.compile(r"(?<![\w:])\d+|“[^”]*”|\"[^\"]*\"")


def told_once(notes: Sequence[Text]) -> list[str]:
    """Render notes in the current language, those that say the same of many layers once.

    Parameters
    ----------
    notes : sequence of Text
        A note about a layer holds what it says in its parameter ``evidence``.

    Returns
    -------
    list of str
        In the order of their first appearance, with the number of those left out.
    """
    alike: dict[str, list[Text]] = {}
    for note in notes:
        evidence = str(note.params.get("evidence", note))
        alike.setdefault(_PARTICULAR.sub("", evidence), []).append(note)
    lines = []
    for group in alike.values():
        more = t("(and {count} more alike)", count=len(group) - 1) if len(group) > 1 else ""
        lines.append(f"{group[0]} {more}".rstrip())
    return lines
