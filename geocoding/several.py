"""Texts that hold two addresses (一文两址): ``尚文大道12号和新市街5号``. Neither is the place meant."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from geocoding.answers import GeocodeAnswer, Match
from geocoding.levels import Level
from geocoding.matching.scores import LEAST, NEAR

Ask = Callable[[str], list[GeocodeAnswer]]

_BETWEEN = re.compile(
    r"\s*(?:以及|还有|還有|或者|至|到|[、,,;;/&+和与與及跟或])\s*"
    r"|(?<=[号號])\s+"
    # a street and a plate behind a plate
    r"|(?<=[号號])(?=[^\d\s号號]{1,14}(?:路|街|巷|道|弄|里|胡同)\d{1,5}[号號])"
)
_PLATE_ALONE = re.compile(r"\d{1,5}(?:-\d{1,5})?[A-Za-z]?[号號](?![楼樓院铺舖鋪店库庫])")
_BEFORE_PLATE = re.compile(r"(?P<street>.*?\D)\d{1,5}(?:-\d{1,5})?[A-Za-z]?[号號]")
_SPOTS = frozenset({Level.PLATE, Level.BUILDING, Level.ZONE, Level.POI})
_SHARE = 0.49
"""Of the probability of each part: neither is more likely than not."""

_SHORTEST, _MOST = 2, 6


class Part(NamedTuple):
    """What may be an address within a text: as it can be asked, and where it stands."""

    asked: str
    start: int
    end: int


def several_answers(text: str, answers: Sequence[GeocodeAnswer], ask: Ask, limit: int) -> list[GeocodeAnswer]:
    """Return the places of a text that holds two addresses; empty of one that does not.

    Parameters
    ----------
    text : str
        What was asked.
    answers : sequence of GeocodeAnswer
        The answers to all of it: where the first rests on both sides of an ``和``, that is part of a name.
    ask : callable
        Answers to a part.
    limit : int
        How many answers at most.

    Returns
    -------
    list of GeocodeAnswer
        One for each part, ``match`` ``part``, none of them more likely than not.
    """
    for parts in _splits(text):
        if answers and all(_rests_on(answers[0], part) for part in parts):
            continue
        found = [ask(part.asked)[:1] for part in parts]
        if all(one and _is_spot(one[0]) for one in found) and _are_apart(found[0][0], found[1][0]):
            named = [_one_of_two(one[0], part) for one, part in zip(found, parts, strict=True)]
            return sorted(named, key=lambda answer: -answer.score)[:limit]
    return []


def _splits(text: str) -> Iterator[tuple[Part, Part]]:
    for between in list(_BETWEEN.finditer(text))[:_MOST]:
        left = Part(text[: between.start()], 0, between.start())
        right = Part(text[between.end() :], between.end(), len(text))
        before = _BEFORE_PLATE.match(left.asked)
        if before and between.group().strip() and _PLATE_ALONE.match(right.asked):
            right = right._replace(asked=before["street"] + right.asked)
        if min(len(left.asked.strip()), len(right.asked.strip())) >= _SHORTEST:
            yield left, right


def _rests_on(answer: GeocodeAnswer, part: Part) -> bool:
    """Tell whether an answer rests on more than half of a part."""
    resting = sum(max(0, min(end, part.end) - max(start, part.start)) for start, end in answer.spans)
    return 2 * resting > part.end - part.start


def _is_spot(answer: GeocodeAnswer) -> bool:
    """Tell places to go to from streets and divisions, which stand in front of places."""
    return answer.score >= LEAST and (answer.level in _SPOTS or answer.match is Match.STREET)


def _are_apart(one: GeocodeAnswer, other: GeocodeAnswer) -> bool:
    return one.metres_to(other) > max(NEAR, one.accuracy_m, other.accuracy_m)


def _one_of_two(answer: GeocodeAnswer, part: Part) -> GeocodeAnswer:
    return replace(answer, score=_SHARE * answer.score, match=Match.PART, spans=((part.start, part.end),))
