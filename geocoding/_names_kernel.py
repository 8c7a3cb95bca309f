"""Compiled part of finding names: what is typed against characters and their readings.

Importing this imports numba.
"""

from __future__ import annotations

import numpy as np

from gis._coverage_jit import Array, Integer, inlined, kernel

# As in names_index, which imports this only when something is looked for
_WHOLE, _BEGINNING = 0, 1
_H = ord("h")


@kernel
def find(
    lists: Array,
    order: Array,
    back: Integer,
    asked: Array,
    letters: Array,
    chars: Array,
    text_of: Array,
    places: Array,
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
    that is asked for. ``texts``, ``ranks`` and ``left`` take what is found, ``left`` how much of the query
    is not in a text that ends before it (``opens``). Returns how many were found, and looked at.
    """
    found, looked = 0, 0
    now, then = np.empty(len(asked) + 2, np.int64), np.empty(len(asked) + 2, np.int64)
    for one in range(len(lists)):
        for at in range(lists[one, 0], lists[one, 1]):
            if looked >= budget or found + len(asked) >= len(texts):
                return found, looked
            looked += 1
            start = order[at] - back
            if start < 0 or not allowed[text_of[order[at]]]:
                continue
            end, count, now, then = run(
                start, asked, letters, chars, reading_starts, syllables, sizes, now, then
            )
            if end > 0:
                texts[found], left[found] = text_of[start], 0
                whole = places[start] == 0 and chars[end] == 0
                ranks[found] = _WHOLE if whole else _BEGINNING + places[start]
                found += 1
            elif opens:
                for state in range(count):
                    texts[found], left[found] = text_of[start], len(asked) - now[state]
                    ranks[found] = _BEGINNING + places[start]
                    found += 1
    return found, looked


@inlined
def run(
    start: Integer,
    asked: Array,
    letters: Array,
    chars: Array,
    reading_starts: Array,
    syllables: Array,
    sizes: Array,
    now: Array,
    then: Array,
) -> tuple[Integer, Integer, Array, Array]:
    """Follow a text from a position; return where the query ends, else 0 and how far it got."""
    now[0] = 0
    count, at = 1, start
    while count > 0 and chars[at] != 0:
        count = advance(chars[at], asked, letters, reading_starts, syllables, sizes, now, count, then)
        now, then = then, now
        at += 1
        for state in range(count):
            if now[state] == len(asked):
                return at, count, now, then
    return 0, count, now, then


@inlined
def advance(
    char: Integer,
    asked: Array,
    letters: Array,
    reading_starts: Array,
    syllables: Array,
    sizes: Array,
    now: Array,
    count: Integer,
    then: Array,
) -> Integer:
    """Take one character: itself, a reading, its first letter or sound, at the end a reading begun."""
    made = 0
    for state in range(count):
        at = now[state]
        if asked[at] == char:
            made = add(then, made, at + 1)
        if letters[at] == 0:
            continue
        for reading in range(reading_starts[char], reading_starts[char + 1]):
            same = common(syllables[reading], sizes[reading], letters, at)
            if same > 0:
                made = add(then, made, at + 1)
                if same == sizes[reading] or at + same == len(asked):
                    made = add(then, made, at + same)
                if same > 1 and syllables[reading, 1] == _H:
                    made = add(then, made, at + 2)
    return made


@inlined
def common(syllable: Array, size: Integer, letters: Array, at: Integer) -> Integer:
    """Return how many letters of a syllable are asked for from a place on."""
    same = 0
    while same < size and at + same < len(letters) and letters[at + same] == syllable[same]:
        same += 1
    return same


@inlined
def add(states: Array, count: Integer, state: Integer) -> Integer:
    """Add a state that is not there yet; return how many there are."""
    for known in range(count):
        if states[known] == state:
            return count
    states[count] = state
    return count + 1
