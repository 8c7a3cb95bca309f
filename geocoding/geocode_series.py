"""Geocode many texts: each distinct one once, piece by piece, with the answers of a single question."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pandas as pd

from geocoding.answers import GeocodeAnswer, Match
from geocoding.geocode import LONGEST_TEXT, geocode_many
from geocoding.matching.scores import NEAR
from geocoding.place_index import PlaceIndex, place_index
from gis.registry import Registry

PIECE = 1000
"""Texts searched at a time: what one takes is shared, memory stays flat."""

COLUMNS = [
    *(
        "status",
        "address",
        "dataset",
        "code",
        "level",
        "lon",
        "lat",
        "accuracy_m",
        "score",
        "match",
        "retired",
    ),
    *("county", "street", "community", "unit_grid", "alternatives"),
]
"""Of the answer to each text. ``status`` is ``found``, ``ambiguous`` (another place is about as likely),
``several`` (the text holds two addresses), ``nothing``, or ``unusable`` (empty, or too long)."""

_AS_LIKELY = 0.5
_ALTERNATIVES = 5

Progress = Callable[[int, int], None]


def geocode_series(
    source: Registry | PlaceIndex, texts: pd.Series, *, workers: int = 2, progress: Progress | None = None
) -> pd.DataFrame:
    """Find the most likely place for each of many texts.

    Parameters
    ----------
    source : Registry or PlaceIndex
        Where to look.
    texts : Series of str
        What is missing is answered as ``unusable``.
    workers : int
        Threads that search.
    progress : callable, optional
        Called with distinct texts done and in all.

    Returns
    -------
    DataFrame
        With the index of ``texts`` and the columns :data:`COLUMNS`; ``alternatives`` are standard addresses,
        separated by ``;``. Longitude and latitude are degrees in EPSG:4490.
    """
    index = source if isinstance(source, PlaceIndex) else place_index(source)
    stated = [text if isinstance(text, str) else "" for text in texts]
    distinct = list(dict.fromkeys(stated))
    usable = [text for text in distinct if text.strip() and len(text) <= LONGEST_TEXT]
    rows = {text: _row("unusable", []) for text in distinct}
    pieces = [usable[at : at + PIECE] for at in range(0, len(usable), PIECE)]
    done = len(distinct) - len(usable)
    with ThreadPoolExecutor(workers) as pool:
        for piece, answers in zip(pieces, pool.map(lambda one: _answered(index, one), pieces), strict=True):
            rows |= dict(zip(piece, answers, strict=True))
            done += len(piece)
            if progress is not None:
                progress(done, len(distinct))
    return pd.DataFrame([rows[text] for text in stated], columns=COLUMNS, index=texts.index)


def _answered(index: PlaceIndex, texts: Sequence[str]) -> list[tuple[object, ...]]:
    return [_row(status_of(answers), answers) for answers in geocode_many(index, texts, _ALTERNATIVES)]


def status_of(answers: Sequence[GeocodeAnswer]) -> str:
    """Tell whether answers are none, one, those of two addresses, or none clearly the most likely."""
    if not answers:
        return "nothing"
    if answers[0].match is Match.PART:
        return "several"
    return "found" if is_clear(answers) else "ambiguous"


def is_clear(answers: Sequence[GeocodeAnswer]) -> bool:
    """Tell whether the first answer is likelier right than not, and no place elsewhere half as likely."""
    first, *others = answers
    far = [one for one in others if one.metres_to(first) > max(first.accuracy_m, NEAR)]
    return first.score >= 0.5 and all(one.score < _AS_LIKELY * first.score for one in far)


def _row(status: str, answers: Sequence[GeocodeAnswer]) -> tuple[object, ...]:
    if not answers:
        return (status, *[None] * (len(COLUMNS) - 1))
    first = answers[0]
    divisions = [one.code if one else None for one in first.divisions.values()]
    return (
        status,
        first.address,
        first.dataset,
        first.code,
        str(first.level),
        first.lon,
        first.lat,
        first.accuracy_m,
        first.score,
        str(first.match),
        first.retired,
        *divisions,
        first.unit_grid.code if first.unit_grid else None,
        ";".join(one.address for one in answers[1:]) or None,
    )
