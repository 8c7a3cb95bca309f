"""Names in memory, for one who may not see everything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Select, select

from geocoding.names_index_book import EVERYTHING, KINDS, Allowed, Book, Spots
from geocoding.names_index_read import NAMES
from geocoding.names_index_text import folded
from gis.models import DATASETS
from web.scope import SearchScope
from web.search_sources import OF_DATASET, Hit, Look

_SCOPES = 16


@dataclass(frozen=True, slots=True)
class KeptBook:
    """Names, and the first and last edition whose rows they are of, for each dataset."""

    book: Book
    oldest: Mapping[str, int]
    newest: Mapping[str, int]
    _allowed: dict[tuple[str, ...], Allowed] = field(default_factory=dict)

    def hits(self, look: Look, wanted: int) -> Iterator[Hit]:
        """Yield the best things of these names, no more than wanted."""
        query = folded(look.wanted)
        if not query:
            return
        allowed = self._allowed_to(look.scope, look.connection)
        best = self.book.find(query, wanted, centre=look.centre, allowed=allowed)
        columns = (best.kinds, best.fids, best.ranks, best.lengths, best.metres)
        for kind, fid, rank, length, metres in zip(*(one.tolist() for one in columns), strict=True):
            dataset = KINDS[kind]
            yield Hit(
                OF_DATASET[dataset],
                fid,
                rank,
                length,
                metres,
                oldest=self.oldest[dataset],
                newest=self.newest[dataset],
            )

    def _allowed_to(self, scope: SearchScope, connection: Connection) -> Allowed:
        """Return what a scope may find: worked out once for all who may see the same."""
        statements = {dataset: _visible(scope, dataset) for dataset in NAMES}
        if not any(statement is not None for statement in statements.values()):
            return EVERYTHING
        key = tuple(_written(statement) for statement in statements.values())
        kept = self._allowed.get(key)
        if kept is None:
            fids = {
                dataset: None if one is None else np.array(connection.scalars(one).all(), np.int64)
                for dataset, one in statements.items()
            }
            kept = self.book.allowed(_mask(self.book.things, fids), _mask(self.book.plates, fids))
            if len(self._allowed) >= _SCOPES:
                self._allowed.clear()
            self._allowed[key] = kept
        return kept


def _visible(scope: SearchScope, dataset: str) -> Select[tuple[int]] | None:
    """Return the statement for the rows of a dataset that may be found; None for all."""
    table = DATASETS[dataset].live
    clauses = scope.clauses(dataset, table)
    return select(table.c.fid).where(*clauses) if clauses else None


def _written(statement: Select[tuple[int]] | None) -> str:
    if statement is None:
        return ""
    compiled = statement.compile()
    return f"{compiled} {sorted(compiled.params.items())}"


def _mask(spots: Spots, fids: Mapping[str, NDArray[np.int64] | None]) -> NDArray[np.bool_]:
    mask = np.zeros(len(spots.fids), np.bool_)
    for kind, dataset in enumerate(KINDS):
        if dataset in fids:
            of_kind = spots.kinds == kind
            some = fids[dataset]
            mask[of_kind] = True if some is None else np.isin(spots.fids[of_kind], some)
    return mask
