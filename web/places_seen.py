"""Of the places that a text may mean, those that whoever asks may be told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from geocoding.answers import GeocodeAnswer
from gis.registry import Registry
from layers.access import Action, may
from layers.views import reads_all_columns
from ogc.places_told import codes_told
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
    if scope.principal.local or scope.catalogue is None:
        return PlacesSeen(scope, frozenset())
    codes = ((one.dataset, one.code) for found in answers for one in found if one.code is not None)
    return PlacesSeen(scope, frozenset(codes_told(registry, scope.principal, scope.catalogue, codes)))
