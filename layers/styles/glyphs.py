"""Glyphs of Latin letters, digits and signs for MapLibre; Chinese ones it draws with fonts of its machine."""

from __future__ import annotations

import re
from pathlib import Path

from gis.errors import NotFound
from gis.text import t
from layers.styles.maplibre import FONT

GLYPHS = "application/x-protobuf"

_FOLDER = Path(__file__).parent / "data" / "glyphs"
_RANGE = re.compile(r"(\d{1,7})-(\d{1,7})")
_LAST_CHARACTER = 0x10FFFF


def glyphs(stack: str, characters: str) -> bytes:
    """Return the glyphs of a range of 256 characters.

    Parameters
    ----------
    stack : str
        Names of fonts, separated by commas; there is one.
    characters : str
        ``"0-255"``, ``"256-511"`` …; the first has glyphs, the others are empty.

    Raises
    ------
    NotFound
        If there is no such font or range.
    """
    if stack not in FONT:
        raise _missing("fontstack", stack, ", ".join(FONT))
    match = _RANGE.fullmatch(characters)
    first, last = (int(match[1]), int(match[2])) if match else (1, 0)
    if first % 256 or last != first + 255 or last > _LAST_CHARACTER:
        raise _missing("range", characters, "0-255, 256-511 …")
    if first == 0:
        return (_FOLDER / "0-255.pbf").read_bytes()
    return _empty(stack, characters)


def _empty(stack: str, characters: str) -> bytes:
    """Return a range without glyphs: one stack with its name and range."""
    name, told = stack.encode(), characters.encode()
    body = b"\x0a" + bytes([len(name)]) + name + b"\x12" + bytes([len(told)]) + told
    return b"\x0a" + bytes([len(body)]) + body


def _missing(field: str, value: str, expected: str) -> NotFound:
    return NotFound(
        t("There are no glyphs for {field} {value}", field=field, value=repr(value)),
        field=field,
        value=value,
        expected=expected,
    )
