"""What of the registry a request may see, for the interfaces that are not about one layer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Table, false
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from gis.models import DATASETS
from layers.access import LOCAL, Principal
from layers.access_clauses import access_clauses, county_clause
from layers.published import Catalogue
from layers.views import reads_all_columns
from ogc.access import principal_of, require_answer
from responsibility.questions import question_from_params

#: Where a change or an outcome lies; a change may be about a component and where it should be.
_PLACES = (("component",), ("lon", "lat", "crs"), ("address",))


@dataclass(frozen=True, slots=True)
class SearchScope:
    """What somebody may find.

    Attributes
    ----------
    principal : Principal
        Who searches.
    catalogue : Catalogue or None
        What he sees; not needed at the machine itself.
    """

    principal: Principal
    catalogue: Catalogue | None

    def clauses(self, dataset: str, table: Table) -> list[ColumnElement[bool]]:
        """Return the conditions that a row of a dataset may be found: those of the layer that shows it.

        Parameters
        ----------
        dataset : str
            Whose rows.
        table : Table
            Its live table.
        """
        if self.principal.local or self.catalogue is None:
            return []
        collection = DATASETS[dataset].collection
        if collection is None:
            return self._without_layer(dataset, table)
        entry = self.catalogue.layers.get(collection)
        if entry is None or not reads_all_columns(entry.layer, self.principal):
            return [false()]
        return access_clauses(entry.layer, table)

    def _without_layer(self, dataset: str, table: Table) -> list[ColumnElement[bool]]:
        """Return the conditions for what no layer shows, organisations: nothing to a key of some layers."""
        if self.principal.layers is not None:
            return [false()]
        counties = self.principal.counties
        return [] if counties is None else [county_clause(dataset, table, tuple(sorted(counties)))]


EVERYTHING = SearchScope(LOCAL, None)


def seen(request: Request) -> Catalogue:
    """Return what of the catalogue whoever sent a request sees; may wait for the database."""
    catalogue: Catalogue = request.app.state.published.get(principal_of(request.scope))
    return catalogue


async def require_place(request: Request, principal: Principal, given: Mapping[str, Any]) -> None:
    """Refuse what is about a place outside the districts of a key.

    Parameters
    ----------
    request : Request
        Whose application has the resolver that knows where things lie.
    principal : Principal
        Who asks.
    given : mapping
        Parameters of a question or of a change.

    Raises
    ------
    NotAllowed
        If a place that is named lies outside.
    UsageError
        If no place is understood.
    """
    if principal.counties is None:
        return
    for names in _PLACES:
        named = {name: str(given[name]) for name in names if given.get(name) is not None}
        if named:
            question = question_from_params(named)
            answer = await run_in_threadpool(request.app.state.resolver.resolve, question)
            require_answer(principal, answer.to_dict())
