"""Make answers of what the index found for a text."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geocoding.answers import GeocodeAnswer, Match
from geocoding.exact_texts import direction_behind, settled
from geocoding.frequent_names import direction_left, with_names
from geocoding.levels import Level
from geocoding.matching.hints import Hint, hint_of
from geocoding.matching.scores import LEAST, NEAR
from geocoding.matching.things import DATASETS, Named
from geocoding.matching.tokens import Tokens, plate_at, plate_number
from geocoding.place_index import Candidates, PlaceIndex
from gis.degrees import metres_per_degree

_LEAST_ALTERNATIVE = 0.02
_STREETS = DATASETS.index("streets")
_NAMED = {Named.ALIAS: Match.ALIAS, Named.FORMER: Match.FORMER}


@dataclass(frozen=True, slots=True)
class Pick:
    """One of the candidates: number of its text, of its thing, and how likely it is."""

    text: int
    thing: int
    likely: float
    conflict: bool
    left: bool


def answers_to(
    index: PlaceIndex, query: Tokens, found: Candidates, at: int, limit: int
) -> list[GeocodeAnswer]:
    """Return the answers to one text.

    Parameters
    ----------
    index : PlaceIndex
    query : Tokens
        What was asked.
    found : Candidates
        What fits, of several queries.
    at : int
        Which of them this is.
    limit : int
        How many answers at most.
    """
    likely = settled(index, query, found, at)
    # What is registered under just this text is meant, however little it says
    meant = found.meant[at] >= LEAST or not np.array_equal(likely, found.likely[at])
    if not meant:
        likely, meant = with_names(index, query, found, at)
    picks = picks_of(index, found, at, likely)
    if not picks or not meant:
        return []
    hint = hint_of(query.plain) or direction_behind(index, query, picks[0].text)
    hint = hint or direction_left(index, query, picks[0].text)
    answers: list[GeocodeAnswer] = []
    for pick in _apart_first(index, picks, limit):
        answer = answer_of(index, query, pick, hint)
        if all(_differs(answer, other) for other in answers):
            answers.append(answer)
        if len(answers) == limit:
            break
    return sorted(answers, key=lambda answer: -answer.score)


def _apart_first(index: PlaceIndex, picks: list[Pick], limit: int) -> list[Pick]:
    """Return picks in order, those near an earlier one last: a dozen towers of one estate are one place.

    Where all are answered anyway, the order stays.
    """
    if len(picks) <= limit:
        return picks
    things = np.array([pick.thing for pick in picks], dtype=np.intp)
    lon, lat = index.lon[things], index.lat[things]
    per_lon, per_lat = metres_per_degree(float(lat[0]))
    apart: list[int] = []
    for at in range(len(picks)):
        gaps = np.hypot((lon[apart] - lon[at]) * per_lon, (lat[apart] - lat[at]) * per_lat)
        if (gaps > NEAR).all():
            apart.append(at)
    return [picks[at] for at in [*apart, *sorted(set(range(len(picks))) - set(apart))]]


def picks_of(
    index: PlaceIndex, found: Candidates, at: int, probabilities: NDArray[np.float64] | None = None
) -> list[Pick]:
    """Return the candidates worth telling, most likely first, each thing once.

    The probabilities are those of the candidates, unless others are given.
    """
    known = found.likely[at] if probabilities is None else probabilities
    order = np.argsort(-np.round(20 * known), kind="stable")
    picks: dict[int, Pick] = {}
    least = 1.0
    for place in order.tolist():
        text, likely = int(found.texts[at, place]), float(known[place])
        if text >= 0 and likely >= _LEAST_ALTERNATIVE:
            thing = int(index.owners[text])
            # About as likely: what fits the text better comes first, and no score rises down the list
            least = min(least, likely)
            conflict, left = bool(found.conflicts[at, place]), bool(found.left[at, place])
            picks.setdefault(thing, Pick(text, thing, least, conflict, left))
    return _without_others(index, _joined(index, list(picks.values())))


def _joined(index: PlaceIndex, picks: list[Pick]) -> list[Pick]:
    """Put streets of the registry in the place of the same streets that plates imply."""
    joined = list(picks)
    for pick in picks:
        if pick.thing >= index.things or index.level(pick.thing) is not Level.STREET:
            continue
        name = index.name(pick.thing)
        same = [one for one in joined if one.thing >= index.things and index.name(one.thing).endswith(name)]
        if same and not pick.left:
            joined = [one for one in joined if one not in same and one is not pick]
            joined.append(replace(pick, likely=max(pick.likely, same[0].likely)))
    return sorted(joined, key=lambda one: -one.likely)


def _without_others(index: PlaceIndex, picks: list[Pick]) -> list[Pick]:
    """Leave out plates of another number where a street is an answer, and streets whose plate is one."""
    streets = any(index.level(pick.thing) is Level.STREET for pick in picks)
    plates = [pick.thing for pick in picks if not pick.conflict and not pick.left]
    having = set(index.street_of(np.array(plates, dtype=np.intp)).tolist())
    return [
        pick for pick in picks if not (pick.conflict and streets) and not (pick.left and pick.thing in having)
    ]


def answer_of(index: PlaceIndex, query: Tokens, pick: Pick, hint: Hint | None) -> GeocodeAnswer:
    """Return the answer that one of the candidates is."""
    thing, implied = pick.thing, pick.thing >= index.things
    fits = index.index.matched(query, pick.text)
    name, level, match = index.name(thing), index.level(thing), _match(index, pick, fits[: query.supplement])
    lon, lat, accuracy = float(index.lon[thing]), float(index.lat[thing]), float(index.extents[thing])
    plate = plate_at(query.codes.tolist()) if pick.left else None
    if plate is not None and level is not Level.PLATE:
        match = Match.STREET
        between = (
            index.plates.interpolate(thing - index.things, plate_number(query.codes[plate]))
            if implied
            else None
        )
        if between is not None:
            lon, lat, accuracy = between.lon, between.lat, between.accuracy_m
            name, level, match = (
                f"{name}{plate_number(query.codes[plate])}号",
                Level.PLATE,
                Match.INTERPOLATED,
            )
    return GeocodeAnswer(
        name,
        DATASETS[_STREETS] if implied else DATASETS[index.dataset[thing]],
        None if implied else str(index.codes[thing].as_py()),
        level,
        lon,
        lat,
        accuracy + (hint.reach_m if hint else 0.0),
        pick.likely,
        match,
        _spans(query, fits),
        hint,
        bool(index.retired[thing]) if not implied else False,
        index.upper.divisions(lon, lat),
        index.upper.unit_grid(lon, lat),
    )


def _match(index: PlaceIndex, pick: Pick, fits: NDArray[np.float32]) -> Match:
    if (fits < 1.0).any():
        return Match.FUZZY
    return _NAMED.get(Named(index.named[pick.text]), Match.EXACT)


def _spans(query: Tokens, fits: NDArray[np.float32]) -> tuple[tuple[int, int], ...]:
    """Return the parts of the query that a text has, neighbours joined."""
    spans: list[tuple[int, int]] = []
    for at in np.flatnonzero(fits >= 0.5).tolist():
        start, end = query.spans[at]
        if spans and spans[-1][1] == start:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return tuple(spans)


def _differs(one: GeocodeAnswer, other: GeocodeAnswer) -> bool:
    """Tell answers apart: by text and spot, a street that plates imply by its name."""
    if one.code is None and one.match is not Match.INTERPOLATED and other.level is one.level:
        return not one.address.endswith(other.address)
    return (one.address, one.lon, one.lat) != (other.address, other.lon, other.lat)
