"""Of the places that a text may mean, those that whoever asks may be told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from geocoding.answers import GeocodeAnswer
from gis.models import DATASETS
from gis.registry import Registry
from layers.access import Action, may
from layers.views import reads_all_columns
from web.scope import SearchScope


@dataclass(frozen=True, slots=True)
class PlacesSeen:
    """What somebody is told of places.

    Attributes
    ----------
    scope : SearchScope
        Who asks, and what he sees.
    codes : frozenset of (str, str)
        Dataset and code of what he may be told.
    """

    scope: SearchScope
    codes: frozenset[tuple[str, str]]

    def __call__(self, answer: GeocodeAnswer) -> bool:
        """Tell whether he may be told of an answer.

        What plates imply (a street, a plate between two) is told to those who see all plates of the district.
        """
        principal = self.scope.principal
        if principal.local:
            return True
        county = answer.divisions["county"]
        if not may(principal, Action.RESOLVE, county=county.code if county else ""):
            return False
        return (answer.dataset, answer.code) in self.codes if answer.code else self._sees_plates()

    def _sees_plates(self) -> bool:
        entry = self.scope.catalogue.layers.get("addresses") if self.scope.catalogue else None
        return entry is not None and reads_all_columns(entry.layer, self.scope.principal)


def places_seen(
    registry: Registry, scope: SearchScope, answers: Iterable[Sequence[GeocodeAnswer]]
) -> PlacesSeen:
    """Look up which of the places found the layers let somebody see.

    Parameters
    ----------
    registry : Registry
    scope : SearchScope
        Who asks.
    answers : iterable of sequences of GeocodeAnswer
        For each text what it may mean.
    """
    if scope.principal.local:
        return PlacesSeen(scope, frozenset())
    wanted: dict[str, set[str]] = {}
    for found in answers:
        for answer in found:
            if answer.code is not None:
                wanted.setdefault(answer.dataset, set()).add(answer.code)
    with registry.connect() as connection:
        seen = {
            (dataset, code)
            for dataset, codes in wanted.items()
            for code in _codes(connection, scope, dataset, codes)
        }
    return PlacesSeen(scope, frozenset(seen))


def _codes(connection: Connection, scope: SearchScope, dataset: str, codes: set[str]) -> Iterable[str]:
    table = DATASETS[dataset].live
    statement = select(table.c.code).where(table.c.code.in_(sorted(codes)), *scope.clauses(dataset, table))
    return connection.scalars(statement)
