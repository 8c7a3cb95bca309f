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
        In the order of their first appearance, with the number of those left out. Rows as they were read
        (parameter ``rows``) are shown of the layers that are named by then, else their layers counted.
    """
    alike: dict[str, list[Text]] = {}
    for note in notes:
        alike.setdefault(_same(note), []).append(note)
    named = {group[0].params.get("path") for group in alike.values() if "evidence" in group[0].params}
    lines, unshown = [], 0
    for group in alike.values():
        if "rows" in group[0].params and named and group[0].params.get("path") not in named:
            unshown += len(group)
            continue
        more = t("(and {count} more alike)", count=len(group) - 1) if len(group) > 1 else ""
        lines.append(f"{group[0]} {more}".rstrip())
    if unshown:
        lines.append(str(t("Rows as read of {count} other files are in the report", count=unshown)))
    return lines


def _same(note: Text) -> str:
    """Return what is equal for notes that say the same."""
    if "rows" in note.params:
        return str(note)
    said = note.params.get("evidence", note)
    if isinstance(said, Text) and "example" in said.params:
        said = Text(said.msgid, **(said.params | {"example": ""}))
    return _PARTICULAR.sub("", str(said))
