"""The city that an address text begins with (所在城市), to tell addresses of other cities from ours."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from geocoding.answers import GeocodeAnswer
from geocoding.normal import NormalText, normalise
from geocoding.parse_dictionary import country

City = tuple[str, str]
"""Province and prefecture; of a municipality (直辖市) the same twice."""

_PROVINCE, _PREFECTURE = "1", "2"
_SHORTEST = 3
"""Characters of a division's name in full; one of two may be the beginning of another name."""


def without_elsewhere(asked: NormalText, answers: Sequence[GeocodeAnswer]) -> list[GeocodeAnswer]:
    """Return the answers but those in another city than that whose divisions a text begins with.

    What the text of an answer has too says nothing, nor does another county of the same city, which may be
    a slip. Where the county of an answer is not known, nothing is told.

    Parameters
    ----------
    asked : NormalText
        The text that was asked.
    answers : sequence of GeocodeAnswer
    """
    stated, end = _stated(asked) if answers else (frozenset[City](), 0)
    if not stated:
        return list(answers)
    return [
        answer
        for answer in answers
        if any(start == 0 and last >= end for start, last in answer.spans)
        or stated & (_cities_of(answer) or stated)
    ]


def _stated(normal: NormalText) -> tuple[frozenset[City], int]:
    """Return the cities that the divisions in front of a text may belong to, and where these end in it."""
    plain, at = normal.text, 0
    stated: frozenset[City] = frozenset()
    while found := [end for end, _ in country().full(plain, at) if end - at >= _SHORTEST]:
        cities = _cities().get(plain[at : found[0]], frozenset())
        stated = stated & cities or cities
        at = found[0]
    return stated, normal.span(0, at)[1] if at else 0


def _cities_of(answer: GeocodeAnswer) -> frozenset[City]:
    """Return the cities that an answer may lie in, by its county or by what its text begins with."""
    county = answer.divisions.get("county")
    if county and county.name in _cities():
        return _cities()[county.name]
    address = normalise(answer.address).text
    within = [cities for name, cities in _cities().items() if len(name) >= _SHORTEST and name in address]
    return frozenset[City]().union(*within)


@cache
def _cities() -> dict[str, frozenset[City]]:
    """Return the cities in which divisions of a name lie; the table has each under the one it is part of."""
    cities: dict[str, set[City]] = defaultdict(set)
    province = prefecture = ""
    with (files("geocoding") / "data" / "division-names.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            if row["level"] == _PROVINCE:
                province = prefecture = row["name"]
            elif row["level"] == _PREFECTURE:
                prefecture = row["name"]
            for name in (row["name"], province):
                cities[name].add((province, prefecture))
    return {name: frozenset(found) for name, found in cities.items()}
