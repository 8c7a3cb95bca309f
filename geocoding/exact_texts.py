"""Queries that are a registered text in full: what they mean needs no estimate.

Their tokens are those of the text, or go on with what no registry holds: room and shop, or a direction, which
composed addresses have behind a point of interest.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from geocoding.matching.hints import Hint
from geocoding.matching.index import TextIndex
from geocoding.matching.scores import NEAR
from geocoding.matching.things import DATASETS
from geocoding.matching.tokens import PLATE, Tokens, token_codes
from geocoding.place_index import Candidates, PlaceIndex
from gis.degrees import metres_per_degree

SURE = 0.99
"""Probability of what is registered under the whole text; all that are share it."""

DIRECTIONS = ("东南", "东北", "西南", "西北", "东", "南", "西", "北", "内")
"""The words that composed addresses end with; two characters before one."""

_OTHERS = 0.3
"""What is left of the probability of others: a name may be short for another, which is told besides."""

_NUMERALS = frozenset("〇零一二三四五六七八九十百千")

_TAILS = [tuple(map(ord, word)) for word in DIRECTIONS]


def settled(index: PlaceIndex, query: Tokens, found: Candidates, at: int) -> NDArray[np.float64]:
    """Return how likely the candidates of a query are, with those that are its whole text settled.

    Parameters
    ----------
    index : PlaceIndex
    query : Tokens
    found : Candidates
        Of several queries.
    at : int
        Which of them this is.
    """
    likely: NDArray[np.float64] = found.likely[at]
    texts = found.texts[at]
    for codes in _wholes(query):
        exact = _same(index, codes, texts)
        if exact.any():
            share = SURE / _spots(index, index.owners[texts[exact]])
            others: NDArray[np.float64] = np.minimum(_OTHERS * likely, share)
            others[exact] = share
            return others
    return likely


def direction_behind(index: PlaceIndex, query: Tokens, text: int) -> Hint | None:
    """Return the direction that a query has behind the whole of a text."""
    last = query.codes[-2:].tolist()
    for tail, word in zip(_TAILS, DIRECTIONS, strict=True):
        if tuple(last[-len(tail) :]) == tail:
            whole = _same(index, query.codes[: -len(tail)], np.array([text], np.int32))
            return Hint(word, word, None) if whole[0] else None
    return None


def _wholes(query: Tokens) -> list[NDArray[np.int32]]:
    """Return what may be the whole text: all of a query, or all before room, shop or direction."""
    codes = query.codes
    wholes = [codes]
    if 0 < query.supplement < len(codes):
        wholes.append(codes[: query.supplement])
    last = tuple(codes[-2:].tolist())
    tail = next((len(one) for one in _TAILS if last[-len(one) :] == one), 0)
    if 0 < tail < len(codes):
        wholes.append(codes[:-tail])
    return wholes


def _same(index: PlaceIndex, codes: NDArray[np.int32], texts: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Tell which texts these tokens are in full; -1 stands for no text.

    They are all of the text, or the standard name, which of an address has upper levels in front; of anything
    else at least one of the upper levels of the text has to be there.
    """
    known, same, asked = index.index, np.zeros(len(texts), np.bool_), codes.tolist()
    for place in _ending_alike(known, codes, texts).tolist():
        text = int(texts[place])
        part = known.codes[known.offsets[text] : known.offsets[text + 1]].tolist()
        same[place] = part == asked or _is_named(index, asked, text, part)
    return same


def _ending_alike(known: TextIndex, codes: NDArray[np.int32], texts: NDArray[np.int32]) -> NDArray[np.intp]:
    """Return which texts end with the last of some tokens."""
    if not len(codes):
        return np.empty(0, np.intp)
    present = np.flatnonzero(texts >= 0)
    ends = known.offsets[texts[present] + 1]
    filled = ends > known.offsets[texts[present]]
    alike: NDArray[np.intp] = present[filled][known.codes[ends[filled] - 1] == codes[-1]]
    return alike


def _is_named(index: PlaceIndex, asked: list[int], text: int, part: list[int]) -> bool:
    # Cutting a name into tokens takes long, and most that end alike differ before their last few
    alike = _length_alike(asked, part)
    if alike == 1 and asked[-1] == PLATE:
        return False
    thing = int(index.owners[text])
    said = index.name(thing)
    if sum("\u4e00" <= character <= "\u9fff" for character in set(said) - _NUMERALS) > alike:
        return False
    name = token_codes(said)
    if not name or asked[-len(name) :] != name or part[-len(name) :] != name:
        return False
    above, levels = asked[: -len(name)], iter(part[: -len(name)])
    if not above:
        return thing < index.things and DATASETS[index.dataset[thing]] == "addresses"
    return all(any(code == other for other in levels) for code in above)


def _length_alike(one: list[int], other: list[int]) -> int:
    """Return how many tokens two texts end with alike."""
    pairs = zip(reversed(one), reversed(other), strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _spots(index: PlaceIndex, things: NDArray[np.int32]) -> int:
    """Return how many places things are in: those near each other are one."""
    spots: list[tuple[float, float]] = []
    for thing in dict.fromkeys(things.tolist()):
        lon, lat = float(index.lon[thing]), float(index.lat[thing])
        per_lon, per_lat = metres_per_degree(lat)
        if all(math.hypot((lon - x) * per_lon, (lat - y) * per_lat) > NEAR for x, y in spots):
            spots.append((lon, lat))
    return len(spots)
