"""From an address text to places (地址匹配): the best first, each with the probability that it is meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from geocoding.answering import answers_to
from geocoding.answers import GeocodeAnswer, Match
from geocoding.crossings import crossing_answers, crossing_of
from geocoding.grid_texts import grid_answers
from geocoding.matching.tokens import Tokens, tokens
from geocoding.ordered import in_order
from geocoding.place_index import PlaceIndex, place_index
from geocoding.several import several_answers
from geocoding.stated_cities import without_elsewhere
from gis.errors import UsageError
from gis.registry import Registry
from gis.text import t

LONGEST_TEXT = 300
"""Characters of a text that can be an address; whole tickets are read elsewhere."""

LIMIT = 5


def geocode(
    source: Registry | PlaceIndex, text: str, limit: int = LIMIT, *, as_of: datetime | None = None
) -> list[GeocodeAnswer]:
    """Find the places an address text may mean.

    Parameters
    ----------
    source : Registry or PlaceIndex
        Where to look. Of a registry the index is made when first asked, and kept until an edition changes it.
    text : str
        As people write: levels may be missing, characters wrong, simplified or traditional, wide or not,
        numerals Chinese; floor, room and direction may follow.
    limit : int
        How many places at most.
    as_of : datetime, optional
        Moment whose places are searched.

    Returns
    -------
    list of GeocodeAnswer
        Most likely first; empty where nothing fits, and of an address of another city. A text that holds two
        addresses means neither: both are told, ``match`` ``part``, none more likely than not.

    Raises
    ------
    UsageError
        The text is empty or has more than 300 characters; the limit is not positive.
    """
    return geocode_many(source, [text], limit, as_of=as_of)[0]


def geocode_many(
    source: Registry | PlaceIndex, texts: Sequence[str], limit: int = LIMIT, *, as_of: datetime | None = None
) -> list[list[GeocodeAnswer]]:
    """Find the places that texts may mean: for each what :func:`geocode` answers.

    Raises
    ------
    UsageError
        As for :func:`geocode`, of the first such text.
    """
    for text in texts:
        check_text(text)
    if limit < 1:
        raise UsageError(
            t("The limit is {limit}", limit=limit), field="limit", value=limit, expected=t("1 or more")
        )
    index = source if isinstance(source, PlaceIndex) else place_index(source, as_of)
    return [
        _composed(index, text, query, limit)
        or _reordered(index, text, answers, limit)
        or several_answers(text, answers, partial(_answers, index), limit)
        or without_elsewhere(query.plain, answers)
        for text, (query, answers) in zip(texts, _plain_answers(index, texts, limit), strict=True)
    ]


def _plain_answers(
    index: PlaceIndex, texts: Sequence[str], limit: int
) -> list[tuple[Tokens, list[GeocodeAnswer]]]:
    """Return each text as tokens, and the registered things that it fits."""
    queries = [tokens(text) for text in texts]
    found = index.candidates(queries)
    return [(query, answers_to(index, query, found, at, limit)) for at, query in enumerate(queries)]


def _reordered(
    index: PlaceIndex, text: str, answers: Sequence[GeocodeAnswer], limit: int
) -> list[GeocodeAnswer]:
    """Return the answers to the parts of a text in the usual order, where that makes them more likely."""
    ordered = in_order(text)
    better = _answers(index, ordered, limit) if ordered else []
    if not better or (answers and better[0].score <= answers[0].score):
        return []
    return [replace(answer, match=Match.FUZZY, spans=((0, len(text)),)) for answer in better]


def _answers(index: PlaceIndex, text: str, limit: int = LIMIT) -> list[GeocodeAnswer]:
    """Return the answers to a part of a text, or to another order of its parts."""
    ((query, answers),) = _plain_answers(index, [text], limit)
    return without_elsewhere(query.plain, answers)


def _composed(index: PlaceIndex, text: str, query: Tokens, limit: int) -> list[GeocodeAnswer]:
    """Return what a text means that names two things: streets that cross, a street and a unit grid."""
    crossing = crossing_of(text)
    if crossing is not None:
        return crossing_answers(index, text, crossing, limit)
    return grid_answers(index, query.plain, limit)


def check_text(text: str) -> None:
    """Refuse what cannot be an address.

    Raises
    ------
    UsageError
        It is empty, or longer than an address can be.
    """
    if not text.strip():
        raise UsageError(
            t("The address is empty"), field="address", value=text, expected=t("the text of an address")
        )
    if len(text) > LONGEST_TEXT:
        raise UsageError(
            t("The address has {count} characters", count=len(text)),
            field="address",
            value=f"{text[:40]}…",
            expected=t("no more than {count} characters", count=LONGEST_TEXT),
        )
