"""Weigh how much decoded characters look like text, to tell right readings of bytes from wrong ones."""

from __future__ import annotations

import re
import unicodedata

from gis._hanzi import COMMON, LEVEL_1, LEVEL_2

_RUNS = re.compile(r"[^\x00-\x7f]+")
_SIGNS = "　、。，．：；（）《》【】“”‘’—…℃㎡№①②③④⑤⑥⑦⑧⑨⑩ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ≥≤○●■□△→"
# Signs that follow a letter or digit (m², 3×4): alone they come from a wrong encoding.
_FOLLOWING = "·°²³×±"
# First code points of blocks of letters that never stand side by side in one word.
_SCRIPTS = (0x80, 0x370, 0x400, 0x530, 0x590, 0x600, 0x700, 0x750, 0x780, 0x7C0, 0x800, 0x900, 0xA00)
_WORD = 3
_GREEK, _CYRILLIC = "\u0370", "\u0400"


def weigh(text: str) -> tuple[int, int, float]:
    """Count the characters outside ASCII, and add up how much they look like text.

    Parameters
    ----------
    text : str
        A value as decoded.

    Returns
    -------
    count : int
        Characters outside ASCII.
    wide : int
        Those of them that UTF-8 writes with three bytes or more.
    weight : float
        Between 0 and ``count``: 1 for each character that names are made of, 0 for what no text holds.
    """
    count = wide = 0
    total = 0.0
    for run in _RUNS.finditer(text):
        before, after = text[max(0, run.start() - 1) : run.start()], text[run.end() : run.end() + 1]
        inside_word = before.isalpha() and after.isalpha() and (before.islower() or after.islower())
        mixed = _mixes_scripts(run[0])
        for character in run[0]:
            count += 1
            wide += character >= "\u0800"
            if "\u4e00" <= character <= "\u9fff":
                total += _hanzi(character, inside_word and len(run[0]) <= 2)
            elif character.isalpha() and unicodedata.category(character) != "Lo":
                total += _letter(character, before, after, len(run[0]), mixed)
            else:
                total += _other(character, before, len(run[0]), mixed)
    return count, wide, total


def _mixes_scripts(run: str) -> bool:
    """Tell whether letters of several scripts stand side by side, as wrong readings have them."""
    letters = [ord(c) for c in run if c < "\u0b00" and (c.isalpha() or unicodedata.category(c)[0] == "M")]
    return len({sum(first <= letter for first in _SCRIPTS) for letter in letters}) > 1


def _hanzi(character: str, inside_latin_word: bool) -> float:
    if inside_latin_word:
        return 0.1  # a hanzi inside a Latin word comes from a wrong encoding
    if character in COMMON:
        return 1.0
    if character in LEVEL_1:
        return 0.7
    return 0.35 if character in LEVEL_2 else 0.1


def _letter(character: str, before: str, after: str, run: int, mixed: bool) -> float:
    """Weigh a letter of Latin, Greek, Cyrillic …: it stands within a word of ASCII letters, or makes one."""
    if mixed or (character < _GREEK and run >= _WORD):
        return 0.1
    if _GREEK <= character < _CYRILLIC and (before.isdigit() or after.isdigit()):
        return 0.8  # a measure, such as the Φ before the width of a pipe
    beside = before.islower() or after.islower() or (character.isupper() and (before + after).isupper())
    return 0.8 if beside or run >= _WORD else 0.3


def _other(character: str, before: str, run: int, mixed: bool) -> float:
    if character in _FOLLOWING:
        return 0.8 if before.isalnum() and run == 1 else 0.3
    if character in _SIGNS or "！" <= character <= "～":
        return 0.8
    if "｡" <= character <= "ﾟ":
        return 0.1  # half-width katakana: GBK read as Japanese is full of them
    if character.isalpha() or unicodedata.category(character).startswith("M"):
        return 0.1 if mixed else 0.5 if run >= 2 else 0.2
    return 0.0
