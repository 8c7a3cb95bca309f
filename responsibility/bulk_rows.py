"""Answer rows in bulk, and those among them one by one that have to be."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from gis.crs import STORED, transformer
from gis.errors import UsageError
from responsibility.bulk import Asking, Bulk
from responsibility.bulk_variants import variants
from responsibility.model import Basis, Question
from responsibility.preparing import Asked, complete
from responsibility.proximity import Floats, Rows

if TYPE_CHECKING:
    from responsibility.resolver import Resolver

Values = Mapping[str, Sequence[str | None]]
Columns = dict[str, pa.ChunkedArray]


@dataclass(frozen=True, slots=True)
class AskedRows:
    """Rows to answer.

    Attributes
    ----------
    x, y : ndarray of float, shape (n,)
        Coordinates in the template's reference system, NaN where there are none.
    values : mapping of str to sequence of (str or None)
        What differs from row to row besides.
    template : Question
        What holds for all rows.
    make : callable
        Makes the question of a row's values, wherever it is; may raise UsageError.
    """

    x: Floats
    y: Floats
    values: Values
    template: Question
    make: Callable[[Mapping[str, str | None]], Question]


@dataclass(frozen=True, slots=True)
class BulkAnswers:
    """The answers of those rows that can be answered in bulk.

    Attributes
    ----------
    columns : dict of str to pyarrow.ChunkedArray
        By the names of :func:`responsibility.flatten.columns_for`.
    rows : ndarray of int64
        Which rows they are the answers of, ascending.
    lon, lat : ndarray of float
        Where these are, in EPSG:4490.
    """

    columns: Columns
    rows: Rows
    lon: Floats
    lat: Floats


def answers_in_bulk(resolver: Resolver, asked: AskedRows, lines: Sequence[str]) -> BulkAnswers | None:
    """Answer rows whose question is understood.

    Parameters
    ----------
    resolver : Resolver
        Who answers.
    asked : AskedRows
        The rows.
    lines : sequence of str
        Lines of business that get columns.

    Returns
    -------
    BulkAnswers or None
        None where no row can be answered in bulk.
    """
    try:
        lon, lat = transformer(asked.template.crs, STORED)(asked.x, asked.y)
    except UsageError:
        return None
    on_earth = (np.abs(lon) <= 180.0) & (np.abs(lat) <= 90.0)
    catalogue_at = cache(resolver.catalogue)
    now = resolver.moment_of_asking()

    def completed(question: Question) -> Asked:
        return complete(question, now, resolver.settings, catalogue_at)

    def ask(bulk: Bulk, basis: Basis) -> BulkAnswers:
        kinds, which = variants(len(asked.x), asked.values, asked.make, completed, basis)
        understood = np.array([kind.asked is not None for kind in kinds], dtype=bool)
        rows = np.flatnonzero(on_earth & understood[which])
        everything = Asking(asked.x, asked.y, lon, lat, kinds, which)
        columns = bulk.columns(everything.take(rows), lines)
        whole = {name: pa.chunked_array(parts) for name, parts in columns.items()}
        return BulkAnswers(whole, rows, lon[rows], lat[rows])

    return resolver.bulk_answers(asked.template, ask)


def spread(first: Columns, first_rows: Rows, rest: Columns, rest_rows: Rows) -> Columns:
    """Put the answers of two parts of some rows in the order of the rows."""
    if not len(rest_rows):
        return first
    order = pa.array(np.argsort(np.concatenate([first_rows, rest_rows]), kind="stable"))
    together = {}
    for name, column in rest.items():
        begin = first[name].cast(column.type) if name in first else pa.chunked_array([], column.type)
        together[name] = pa.chunked_array([*begin.chunks, *column.chunks], column.type).take(order)
    return together
