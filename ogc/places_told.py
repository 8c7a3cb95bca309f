"""Of places, plates and streets those that whoever asks may be told."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from geocoding.reverse_answers import ComposedAddress, ReverseAnswer
from gis.models import DATASETS
from gis.registry import Registry
from layers.access import Principal
from layers.access_clauses import access_clauses
from layers.published import Catalogue
from layers.views import reads_all_columns

Code = tuple[str, str]
"""Dataset and code."""

EVERY_TEXT = 20
"""Texts to ask for where some may not be told: all that one point has."""

_SHOWN_TO_ALL = frozenset({"divisions", "grids"})
"""Where a point lies is told with every answer."""

#: Codes asked about in one statement.
_TOGETHER = 500


def codes_told(
    registry: Registry, principal: Principal, catalogue: Catalogue, wanted: Iterable[Code]
) -> set[Code]:
    """Return those of some rows that the layers which show them let somebody see.

    Parameters
    ----------
    registry : Registry
    principal : Principal
        Who asks.
    catalogue : Catalogue
        What he sees.
    wanted : iterable of (str, str)
        Dataset and code of each row.
    """
    by_dataset: dict[str, list[str]] = {}
    for dataset, code in dict.fromkeys(wanted):
        by_dataset.setdefault(dataset, []).append(code)
    if principal.local:
        return {(dataset, code) for dataset, codes in by_dataset.items() for code in codes}
    return {
        (dataset, code)
        for dataset, codes in by_dataset.items()
        for code in _of_dataset(registry, principal, catalogue, dataset, codes)
    }


def answer_told(
    registry: Registry, principal: Principal, catalogue: Catalogue, answer: ReverseAnswer, alternatives: int
) -> ReverseAnswer | None:
    """Return what somebody may be told of what a point is called; None where that is nothing.

    Parameters
    ----------
    registry, principal, catalogue
        As for :func:`codes_told`.
    answer : ReverseAnswer
        With :data:`EVERY_TEXT` alternatives.
    alternatives : int
        How many of them to leave.
    """
    texts = (answer.place, *answer.alternatives)
    wanted = {
        (one.dataset, one.code) for text in texts for one in text.basis if one.dataset not in _SHOWN_TO_ALL
    }
    told = codes_told(registry, principal, catalogue, wanted)

    def may_be_told(text: ComposedAddress) -> bool:
        return all(one.dataset in _SHOWN_TO_ALL or (one.dataset, one.code) in told for one in text.basis)

    return answer.only(may_be_told, alternatives)


def _of_dataset(
    registry: Registry, principal: Principal, catalogue: Catalogue, dataset: str, codes: list[str]
) -> list[str]:
    entry = catalogue.layers.get(DATASETS[dataset].collection or "")
    if entry is None or not reads_all_columns(entry.layer, principal):
        return []
    table = DATASETS[dataset].live
    query = select(table.c.code).where(*access_clauses(entry.layer, table))
    with registry.connect() as connection:
        return [
            code
            for start in range(0, len(codes), _TOGETHER)
            for code in connection.scalars(query.where(table.c.code.in_(codes[start : start + _TOGETHER])))
        ]
