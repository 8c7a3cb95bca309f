"""What one token stands for in the place of another, compiled. Importing this imports numba."""

from __future__ import annotations

from geocoding.matching.likeness import FIRST, LAST, NEAR_BITS, READING_BITS
from gis._coverage_jit import Array, Integer, Real, inlined

NUMBER = 0x40000
DASH = ord("-")

# Share of its weight that a Chinese character stands for in the place of another: what a slip of the keyboard
# or of the eye explains costs less than what nothing does
_SUBSTITUTED = 0.15
_SAME_SOUND = 0.7
_SAME_SHAPE = 0.65
_NEAR_SOUND = 0.4

_IN_RANGE = 0.9
_OTHER_LETTER = 0.5
_RUN = 0.35
_READING = (1 << READING_BITS) - 1
_SHAPE = 2 * READING_BITS


@inlined
def likes_of(tokens: Array, alike: Array, likes: Array) -> None:
    """Write what each token sounds and looks like, -1 for what the table of characters does not hold."""
    for at in range(len(tokens)):
        token = tokens[at]
        likes[at] = alike[token - FIRST] if FIRST <= token < LAST else -1


@inlined
def credit_of(query: Array, i: Integer, text: Array, j: Integer, one: Integer, other: Integer) -> Real:
    """Say how much of a token's weight another stands for, from 0 to 1.

    ``one`` and ``other`` are what the two are like, see :func:`likes_of`.
    """
    asked, there = query[i], text[j]
    if asked == there:
        return 1.0
    if asked < NUMBER and there < NUMBER:
        return _credit_of_characters(asked, there, one, other)
    if asked < NUMBER or there < NUMBER:
        return 0.0
    plate, low = (asked - NUMBER) >> 5, (there - NUMBER) >> 5
    if plate == low:
        return _OTHER_LETTER
    if j + 2 < len(text) and text[j + 1] == DASH and text[j + 2] >= NUMBER:
        high = (text[j + 2] - NUMBER) >> 5
        if low < plate <= high:
            return _IN_RANGE if (plate - low) % 2 == 0 or plate == high else 0.6
    return 0.0


@inlined
def gain_of(credit: Real, asked: Real, weight: Real, before: Integer) -> Real:
    """Return what a token adds, more behind one that is matched; another one no more than the asked."""
    if credit < 1.0:
        weight = min(weight, asked)
    return credit * weight + (_RUN * credit if before >= 3 else 0.0)


@inlined
def _credit_of_characters(asked: Integer, there: Integer, one: Integer, other: Integer) -> Real:
    if one < 0 or other < 0:
        return _SUBSTITUTED if asked > 0x2E80 and there > 0x2E80 else 0.0
    credit = _SUBSTITUTED
    if one >> _SHAPE == other >> _SHAPE and one >> _SHAPE != 0:
        credit = _SAME_SHAPE
    first, second = one & _READING, (one >> READING_BITS) & _READING
    third, fourth = other & _READING, (other >> READING_BITS) & _READING
    credit = max(credit, _credit_of_readings(first, third))
    if second != 0:
        credit = max(credit, _credit_of_readings(second, third))
    if fourth != 0:
        credit = max(credit, _credit_of_readings(first, fourth))
        if second != 0:
            credit = max(credit, _credit_of_readings(second, fourth))
    return credit


@inlined
def _credit_of_readings(one: Integer, other: Integer) -> Real:
    if one >> NEAR_BITS != other >> NEAR_BITS or one == 0:
        return 0.0
    return _SAME_SOUND if one == other else _NEAR_SOUND
