"""Compiled part of finding names: what is typed against characters and their readings.

Importing this imports numba.
"""

from __future__ import annotations

import numpy as np

from gis._coverage_jit import Array, Integer, inlined, kernel

# As in names_index, which imports this only when something is looked for
_WHOLE, _BEGINNING = 0, 1
_A, _H = ord("a"), ord("h")


@kernel
def find(
    lists: Array,
    order: Array,
    following: Array,
    back: Integer,
    asked: Array,
    letters: Array,
    chars: Array,
    text_of: Array,
    places: Array,
    first_letters: Array,
    reading_starts: Array,
    syllables: Array,
    sizes: Array,
    allowed: Array,
    opens: Integer,
    budget: Integer,
    texts: Array,
    ranks: Array,
    left: Array,
) -> tuple[Integer, Integer]:
    """Look at positions of lists until what is asked for was found often enough, or enough was looked at.

    ``lists`` are slices of ``order``, whose positions are those of the character ``back`` behind the first
    that is asked for, and ``following`` the characters behind these. ``texts``, ``ranks`` and ``left`` take
    what is found, ``left`` how much of the query is not in a text that ends before it (``opens``). Returns
    how many were found, and looked at.
    """
    found, looked = 0, 0
    states, first = np.empty((2, len(asked) + 2), np.int64), np.empty((2, len(asked) + 2), np.int64)
    for one in range(len(lists)):
        if lists[one, 0] == lists[one, 1]:
            continue
        first[0, 0] = 0
        char = chars[order[lists[one, 0]]]
        begun = advance(char, asked, letters, first_letters, reading_starts, syllables, sizes, first, 0, 1)
        for at in range(lists[one, 0], lists[one, 1]):
            if looked >= budget or found + len(asked) >= len(texts):
                return found, looked
            looked += 1
            # Most positions go on with what is not asked for: told without touching the text
            if back == 0 and not goes_on(following[at], opens, asked, letters, first_letters, first, begun):
                continue
            start = order[at] - back
            if start < 0 or not allowed[text_of[order[at]]]:
                continue
            states[0, 0] = 0
            end, count, side = run(
                start, asked, letters, chars, first_letters, reading_starts, syllables, sizes, states
            )
            if end > 0:
                texts[found], left[found] = text_of[start], 0
                whole = places[start] == 0 and chars[end] == 0
                ranks[found] = _WHOLE if whole else _BEGINNING + places[start]
                found += 1
            elif opens:
                for state in range(count):
                    texts[found], left[found] = text_of[start], len(asked) - states[side, state]
                    ranks[found] = _BEGINNING + places[start]
                    found += 1
    return found, looked


@inlined
def goes_on(
    char: Integer,
    opens: Integer,
    asked: Array,
    letters: Array,
    first_letters: Array,
    states: Array,
    count: Integer,
) -> Integer:
    """Tell whether the query is at its end after one character, or may go on with another."""
    possible = opens and char == 0
    for known in range(count):
        at = states[1, known]
        possible = possible or at == len(asked) or asked[at] == char
        possible = possible or (letters[at] != 0 and first_letters[char] >> (letters[at] - _A) & 1 != 0)
    return possible


@inlined
def run(
    start: Integer,
    asked: Array,
    letters: Array,
    chars: Array,
    first_letters: Array,
    reading_starts: Array,
    syllables: Array,
    sizes: Array,
    states: Array,
) -> tuple[Integer, Integer, Integer]:
    """Follow a text from a position; return where the query ends or 0, and the states it was left in.

    ``states`` are how much of the query is behind, of the character before and of this one in turn: one
    array, as handing two to and fro costs more than following them.
    """
    states[0, 0] = 0
    count, side, at = 1, 0, start
    while count > 0 and chars[at] != 0:
        count = advance(
            chars[at], asked, letters, first_letters, reading_starts, syllables, sizes, states, side, count
        )
        side = 1 - side
        at += 1
        for state in range(count):
            if states[side, state] == len(asked):
                return at, count, side
    return 0, count, side


@inlined
def advance(
    char: Integer,
    asked: Array,
    letters: Array,
    first_letters: Array,
    reading_starts: Array,
    syllables: Array,
    sizes: Array,
    states: Array,
    side: Integer,
    count: Integer,
) -> Integer:
    """Take one character: itself, a reading, its first letter or sound, at the end a reading begun."""
    made = 0
    for state in range(count):
        at = states[side, state]
        if asked[at] == char:
            made = add(states, 1 - side, made, at + 1)
        # Most characters are read like nothing that goes on here
        if letters[at] == 0 or not first_letters[char] >> (letters[at] - _A) & 1:
            continue
        for reading in range(reading_starts[char], reading_starts[char + 1]):
            same = common(syllables, reading, sizes[reading], letters, at)
            if same > 0:
                made = add(states, 1 - side, made, at + 1)
                if same == sizes[reading] or at + same == len(asked):
                    made = add(states, 1 - side, made, at + same)
                if same > 1 and syllables[reading, 1] == _H:
                    made = add(states, 1 - side, made, at + 2)
    return made


@inlined
def common(syllables: Array, reading: Integer, size: Integer, letters: Array, at: Integer) -> Integer:
    """Return how many letters of a reading are asked for from a place on."""
    same = 0
    while same < size and at + same < len(letters) and letters[at + same] == syllables[reading, same]:
        same += 1
    return same


@inlined
def add(states: Array, side: Integer, count: Integer, state: Integer) -> Integer:
    """Add a state that is not there yet; return how many there are."""
    for known in range(count):
        if states[side, known] == state:
            return count
    states[side, count] = state
    return count + 1
