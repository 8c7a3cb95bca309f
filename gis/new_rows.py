"""Write a delivery of which most is new: what is new goes straight to where it stays, the rest is compared.

A stage costs as much as the table itself. It is needed only for rows whose things are there already, and
which those are, the keys tell.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import FromClause, Table, func, select, tuple_

from gis import versions
from gis.table_rows import AnyRows, TableRows
from gis.versions import Counts, Step

FEWEST = 5_000
"""Fewer rows are staged whatever they are."""
_SAMPLE = 500

Progress: TypeAlias = Callable[[int, int], None]


def are_mostly_new(step: Step, rows: AnyRows) -> bool:
    """Tell by some rows, evenly taken, whether most of a large delivery is not there yet."""
    if not isinstance(rows, TableRows) or len(rows) < max(FEWEST, 1):
        return False
    some = np.unique(np.linspace(0, len(rows) - 1, _SAMPLE).astype(np.intp))
    keys = list(zip(*rows.take(some).columns_of(step.dataset.key), strict=True))
    columns = [step.dataset.live.c[name] for name in step.dataset.key]
    known = select(func.count()).select_from(step.dataset.live).where(tuple_(*columns).in_(keys))
    return (step.connection.scalar(known) or 0) < len(keys) / 2


def load_mostly_new(
    step: Step,
    rows: AnyRows,
    retired: Sequence[tuple[Any, ...]],
    progress: Progress,
    look: Callable[[FromClause, int], None],
) -> Counts:
    """Write rows of a table.

    Parameters
    ----------
    step : Step
    rows : TableRows
    retired : sequence of tuple
        Keys of live things to retire.
    progress : callable
        Told how many rows are done, and of how many.
    look : callable
        Given a table with the keys of all rows, and how many things are unchanged.
    """
    assert isinstance(rows, TableRows)
    keys = versions.load_keys(step, rows)
    known = np.zeros(len(rows), dtype=bool)
    known[_met(step, keys)] = True
    stage = versions.load_stage(step, rows.take(np.flatnonzero(known)), lambda _done, _total: None)
    change, met, unchanged = versions.compare(step, stage)
    versions.retire(step, change, retired)
    counts = versions.apply(step, stage, change, met)
    new = rows.take(np.flatnonzero(~known))
    versions.load_new(step, new, lambda done, total: progress(met + done, met + total))
    look(keys, unchanged)
    versions.drop(step, keys, stage, change)
    return Counts(counts.added + len(new), counts.changed, counts.retired, unchanged)


def _met(step: Step, keys: Table) -> NDArray[np.intp]:
    """Return the rows whose things are live."""
    live = step.dataset.live
    pairs = keys.join(live, versions.same_key(step.dataset, keys, live))
    return np.array(step.connection.scalars(select(keys.c.row).select_from(pairs)).all(), dtype=np.intp)
