"""Crossings of two streets whose names a text says exactly: where their lines meet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product

import numpy as np
import shapely

from geocoding.answers import GeocodeAnswer, Match
from geocoding.exact_texts import SURE
from geocoding.levels import Level
from geocoding.matching.hints import hint_of
from geocoding.normal import normalise
from geocoding.place_index import PlaceIndex
from geocoding.reverse_crossings import TOUCH
from geocoding.reverse_ground import half_diagonals
from geocoding.street_names import streets_ending

Crossing = tuple[str, str]
"""The texts of two streets, the first with the upper levels in front that the whole text has."""

Spot = tuple[float, float, float]
"""Longitude, latitude, metres of accuracy."""

SIZE = 20.0
"""Metres that the middle of a crossing may be from what is meant by it."""

_IN_FRONT = ("county", "street")
_SAME = 60.0
"""Metres within which two meetings are one crossing, of streets with two carriageways."""


def named_crossings(index: PlaceIndex, text: str, crossing: Crossing) -> list[GeocodeAnswer]:
    """Return the crossings of streets of the registry with just these names.

    Of several, those in a township that the text names count, where there are any.

    Parameters
    ----------
    index : PlaceIndex
    text : str
        What was asked.
    crossing : tuple of str
        The two streets in it.
    """
    spots = [
        (one, other, spot)
        for one, other in product(*(streets_ending(index, street) for street in crossing))
        if one != other
        for spot in _meetings(index, one, other)
    ]
    answers = [_answer(index, text, crossing, (one, other), spot) for one, other, spot in spots]
    stated = [answer for answer in answers if _is_stated(answer, crossing[0])]
    kept = _apart(stated or answers)
    return [replace(answer, score=SURE / len(kept)) for answer in kept]


def spans_of(text: str, crossing: Crossing) -> tuple[tuple[int, int], ...]:
    """Return where the two streets stand in a text."""
    first = text.index(crossing[0])
    second = text.index(crossing[1], first + len(crossing[0]))
    return ((first, first + len(crossing[0])), (second, second + len(crossing[1])))


def _meetings(index: PlaceIndex, one: int, other: int) -> Iterator[Spot]:
    """Yield where the lines of two streets meet, or end so near each other that they are taken to."""
    line, second = index.line(one), index.line(other)
    if line is None or second is None or not shapely.dwithin(line, second, TOUCH):
        return
    common = shapely.intersection(line, second)
    if common.is_empty:
        common = shapely.shortest_line(line, second)
    if common.geom_type == "MultiLineString":
        common = shapely.line_merge(common)
    for part in shapely.get_parts(common):
        middle = shapely.centroid(part)
        yield float(middle.x), float(middle.y), SIZE + float(half_diagonals(np.array([part], object))[0])


def _answer(
    index: PlaceIndex, text: str, crossing: Crossing, streets: tuple[int, int], spot: Spot
) -> GeocodeAnswer:
    lon, lat, accuracy = spot
    hint = hint_of(normalise(text))
    divisions = index.upper.divisions(lon, lat)
    above = "".join(one.name for level, one in divisions.items() if one and one.name and level in _IN_FRONT)
    return GeocodeAnswer(
        f"{above}{index.name(streets[0])}与{index.name(streets[1])}交叉口",
        "streets",
        None,
        Level.STREET,
        lon,
        lat,
        accuracy + (hint.reach_m if hint else 0.0),
        SURE,
        Match.CROSSING,
        spans_of(text, crossing),
        hint,
        bool(index.retired[streets[0]] or index.retired[streets[1]]),
        divisions,
        index.upper.unit_grid(lon, lat),
    )


def _is_stated(answer: GeocodeAnswer, text: str) -> bool:
    """Tell whether a text names the township of an answer."""
    town = answer.divisions["street"]
    return town is not None and town.name is not None and town.name in text


def _apart(answers: Sequence[GeocodeAnswer]) -> list[GeocodeAnswer]:
    """Take each crossing once."""
    kept: list[GeocodeAnswer] = []
    for answer in answers:
        if all(answer.metres_to(one) > _SAME for one in kept):
            kept.append(answer)
    return kept
