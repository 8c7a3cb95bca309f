"""Where in a name stands what was typed, for the page to mark."""

from __future__ import annotations

from geocoding.names_index import spellings
from geocoding.names_index_text import folded, spelling


def matched_span(name: str, query: str) -> tuple[int, int] | None:
    """Return the first part of a name that a query meets, as :class:`NamesIndex` understands it.

    Parameters
    ----------
    name, query : str
        As they were written and typed.

    Returns
    -------
    tuple of int or None
        Start and end in characters of ``name``; None where the name does not hold the query.

    Examples
    --------
    >>> matched_span("巴南区鱼洞街道", "ydjd")
    (3, 7)
    """
    asked, plain = folded(query), spelling(name)
    for start in range(len(plain.text) if asked else 0):
        end = _end(plain.text, start, asked)
        if end is not None:
            return plain.span(start, end)
    return None


def _end(text: str, start: int, asked: str) -> int | None:
    """Follow a text from a position, with every way that what is typed can be read."""
    states = {0}
    for at in range(start, len(text)):
        states = {later for state in states for later in _after(text[at], asked, state)}
        if len(asked) in states:
            return at + 1
        if not states:
            return None
    return None


def _after(character: str, asked: str, at: int) -> set[int]:
    """Return where the query goes on behind one character."""
    rest = asked[at:]
    after = {at + 1} if rest.startswith(character) else set()
    for reading in spellings(character):
        if rest[:1] != reading[:1]:
            continue
        after.add(at + 1)
        if rest.startswith(reading):
            after.add(at + len(reading))
        elif reading.startswith(rest):
            after.add(len(asked))
        if reading[1:2] == "h" and rest.startswith(reading[:2]):
            after.add(at + 2)
    return after
