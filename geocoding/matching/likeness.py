"""Which characters sound or look alike (同音字、近音字、形近字), as one number for each."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
from numpy.typing import NDArray

from geocoding.matching.look_alikes import shape_classes
from geocoding.pinyin import readings_of

FIRST, LAST = 0x4E00, 0xA000
"""The characters told of: the block of unified ideographs. The table has one entry for each."""

READING_BITS, NEAR_BITS = 12, 3
"""Bits of a reading, and those of them in which readings that are nearly alike differ."""

_READINGS = 2
# People who do not hear the difference write one for the other
_NEARLY = (
    (re.compile("^([zcs])h"), r"\1"),
    (re.compile("^n(?=[aeiouv])"), "l"),
    (re.compile("(?<=[aei])ng$"), "n"),
)


@cache
def likeness() -> NDArray[np.int32]:
    """Return what each character sounds and looks like.

    Returns
    -------
    ndarray of int32, shape (LAST - FIRST,)
        Its two most usual readings without tones in 12 bits each, the lower 3 of which tell readings apart
        that many take for each other (``z`` and ``zh``, ``n`` and ``l``, ``an`` and ``ang``), and above them
        its set of look-alikes. Nought is none. Only characters of GB 2312, those that are typed, have
        readings.
    """
    read = {chr(code): _usual(chr(code)) for code in range(FIRST, LAST) if _is_common(chr(code))}
    numbers = _numbered(sorted({syllable for syllables in read.values() for syllable in syllables}))
    table = np.zeros(LAST - FIRST, np.int32)
    for character, syllables in read.items():
        for place, syllable in enumerate(syllables):
            table[ord(character) - FIRST] |= numbers[syllable] << (place * READING_BITS)
    for character, shape in shape_classes().items():
        table[ord(character) - FIRST] |= shape << (_READINGS * READING_BITS)
    table.flags.writeable = False
    return table


def nearly(syllable: str) -> str:
    """Return what a syllable and those that many take for it have in common.

    Examples
    --------
    >>> nearly("zhang"), nearly("zan"), nearly("ning"), nearly("lin")
    ('zan', 'zan', 'lin', 'lin')
    """
    for pattern, plain in _NEARLY:
        syllable = pattern.sub(plain, syllable)
    return syllable


def _usual(character: str) -> tuple[str, ...]:
    return readings_of(character)[:_READINGS]


def _is_common(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _numbered(syllables: list[str]) -> dict[str, int]:
    """Number syllables so that those nearly alike differ in the lowest bits alone."""
    groups: dict[str, list[str]] = {}
    for syllable in syllables:
        groups.setdefault(nearly(syllable), []).append(syllable)
    return {
        syllable: (group << NEAR_BITS) + place
        for group, members in enumerate(groups.values(), 1)
        for place, syllable in enumerate(members)
    }
