"""Names that say little as nearly all texts have them, and are meant all the same (``鱼洞``)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geocoding.exact_texts import DIRECTIONS
from geocoding.levels import Level
from geocoding.matching.hints import Hint
from geocoding.matching.tokens import Tokens, token_codes
from geocoding.place_index import Candidates, PlaceIndex

_DIVISIONS = frozenset({Level.COUNTY, Level.TOWNSHIP, Level.COMMUNITY})
_NAMED = 0.5
"""Probability of what has just this name, or of a division whose name begins so; all that have share it."""

_LOOKED_AT, _SHORTEST = 6, 2


def with_names(
    index: PlaceIndex, query: Tokens, found: Candidates, at: int
) -> tuple[NDArray[np.float64], bool]:
    """Return how likely the candidates of a query are by their names, and whether any has it for one.

    Parameters
    ----------
    index : PlaceIndex
    query : Tokens
    found : Candidates
        Of several queries.
    at : int
        Which of them this is.
    """
    likely, asked = found.likely[at].copy(), query.codes.tolist()
    if len(asked) < _SHORTEST:
        return likely, False
    texts = found.texts[at, :_LOOKED_AT].tolist()
    named = [place for place, text in enumerate(texts) if text >= 0 and _has_name(index, asked, text)]
    likely[named] = np.maximum(likely[named], _NAMED / max(len(named), 1))
    return likely, bool(named)


def direction_left(index: PlaceIndex, query: Tokens, text: int) -> Hint | None:
    """Return the direction behind all that a text has of a query (``巴南人民医院东南``)."""
    # Numbers are tokens beyond all characters
    last = "".join(chr(min(code, 0x10FFFF)) for code in query.codes[-2:].tolist())
    word = next((one for one in DIRECTIONS if last.endswith(one)), None)
    if word is None or len(word) == len(query.codes):
        return None
    fits = index.index.matched(query, text)
    whole = (fits[: -len(word)] == 1.0).all() and (fits[-len(word) :] < 0.5).all()
    return Hint(word, word, None) if whole else None


def _has_name(index: PlaceIndex, asked: list[int], text: int) -> bool:
    thing = int(index.owners[text])
    name = token_codes(index.name(thing))
    return name == asked or (index.level(thing) in _DIVISIONS and name[: len(asked)] == asked)
