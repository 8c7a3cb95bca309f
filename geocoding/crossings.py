"""Crossings of two streets (交叉口): ``甲路与乙街交叉口``."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import product

import numpy as np
import shapely

from geocoding.answering import answer_of, picks_of
from geocoding.answers import GeocodeAnswer, Match
from geocoding.levels import Level
from geocoding.matching.hints import hint_of
from geocoding.matching.tokens import tokens
from geocoding.named_crossings import Crossing, named_crossings, spans_of
from geocoding.normal import normalise
from geocoding.place_index import PlaceIndex
from gis.degrees import metres_per_degree

_CROSSING = re.compile(
    r"\s*(?P<one>.{2,40}?)\s*(?:与|與|和|跟|及|、|/|&|×)\s*(?P<other>.{2,40}?)\s*的?(?:交叉口|交叉處|交叉处|交汇处|交匯處|交界处|交界處|路口|交口|十字)"
    r"(?P<rest>.{0,20})$"
)
_LEAST = 0.25
"""Probability from which a street may be one of the two."""

_SIZE = 20.0
"""Metres that the middle of a crossing may be from what is meant by it."""

_NEAREST = 60.0
"""Metres between plates of two streets within which the streets are taken to meet there."""


def crossing_of(text: str) -> Crossing | None:
    """Return the texts of the two streets whose crossing a text means.

    Examples
    --------
    >>> crossing_of("尚文大道与学府路交叉口")
    ('尚文大道', '学府路')
    """
    found = _CROSSING.match(text)
    return None if found is None else (found["one"], found["other"])


def crossing_answers(index: PlaceIndex, text: str, crossing: Crossing, limit: int) -> list[GeocodeAnswer]:
    """Return where the two streets of a crossing meet; empty where they do not, or one is unknown."""
    return named_crossings(index, text, crossing)[:limit] or _likely_crossings(index, text, crossing, limit)


def _likely_crossings(index: PlaceIndex, text: str, crossing: Crossing, limit: int) -> list[GeocodeAnswer]:
    """Return where streets meet that may be meant by the two texts."""
    ones, others = (_streets(index, street) for street in crossing)
    hint = hint_of(normalise(text))
    met = []
    for (one, first), (other, second) in product(ones, others):
        spot = _meeting(index, one, other)
        if one == other or spot is None:
            continue
        lon, lat, accuracy = spot
        met.append(
            replace(
                first,
                address=f"{first.address}与{second.address}交叉口",
                code=None,
                lon=lon,
                lat=lat,
                accuracy_m=accuracy + (hint.reach_m if hint else 0.0),
                score=first.score * second.score,
                match=Match.CROSSING,
                spans=spans_of(text, crossing),
                hint=hint,
                divisions=index.upper.divisions(lon, lat),
                unit_grid=index.upper.unit_grid(lon, lat),
            )
        )
    return _distinct(sorted(met, key=lambda answer: -answer.score))[:limit]


def _streets(index: PlaceIndex, text: str) -> list[tuple[int, GeocodeAnswer]]:
    """Return the streets a text may mean: their numbers in the index, and the answers."""
    query = tokens(text)
    if not len(query.codes):
        return []
    found = index.candidates([query])
    picks = [pick for pick in picks_of(index, found, 0) if index.level(pick.thing) is Level.STREET]
    return [(pick.thing, answer_of(index, query, pick, None)) for pick in picks if pick.likely >= _LEAST]


def _meeting(index: PlaceIndex, one: int, other: int) -> tuple[float, float, float] | None:
    """Return where two streets meet: longitude, latitude and metres of accuracy."""
    line, second = index.line(one), index.line(other)
    if line is not None and second is not None:
        common = shapely.intersection(line, second)
        if common.is_empty:
            return None
        middle = shapely.centroid(common)
        return float(middle.x), float(middle.y), _SIZE + _reach(common)
    shapes = (
        line or shapely.MultiPoint(index.points_of(one)),
        second or shapely.MultiPoint(index.points_of(other)),
    )
    return _nearest(*shapes)


def _nearest(one: shapely.Geometry, other: shapely.Geometry) -> tuple[float, float, float] | None:
    """Return the middle of the gap between two streets, one of which is known by its plates alone."""
    scale = np.array(metres_per_degree(float(shapely.bounds(one)[1])))
    ends = shapely.get_coordinates(
        shapely.shortest_line(
            *(shapely.transform(shape, lambda points: points * scale) for shape in (one, other))
        )
    )
    gap = float(np.hypot(*(ends[1] - ends[0])))
    if gap > _NEAREST:
        return None
    lon, lat = ends.mean(axis=0) / scale
    return float(lon), float(lat), _SIZE + gap


def _reach(common: shapely.Geometry) -> float:
    """Return half the diagonal of what two streets have in common, in metres."""
    west, south, east, north = shapely.bounds(common)
    per_lon, per_lat = metres_per_degree(south)
    return float(np.hypot((east - west) * per_lon, (north - south) * per_lat)) / 2


def _distinct(answers: list[GeocodeAnswer]) -> list[GeocodeAnswer]:
    """Take each spot once: a street of the registry and that its plates imply meet others in one place."""
    kept: list[GeocodeAnswer] = []
    for answer in answers:
        per_lon, per_lat = metres_per_degree(answer.lat)
        gaps = [np.hypot((answer.lon - one.lon) * per_lon, (answer.lat - one.lat) * per_lat) for one in kept]
        if all(gap > _NEAREST for gap in gaps):
            kept.append(answer)
    return kept
