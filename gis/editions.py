"""Editions (数据版次): every import is compared with what is there and committed as one step.

>>> edition = commit(registry, "grids", frame, source="2026 survey")  # doctest: +SKIP
>>> (edition.added, edition.changed, edition.unchanged)  # doctest: +SKIP
(12, 3, 311)

One edition is one transaction: a process that is interrupted or killed leaves the registry as it
was. Nothing is deleted: what an edition changes or retires goes to the history of the dataset, where
:func:`gis.read.read_frame` finds it for a moment in the past.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

import pandas as pd

from gis import versions
from gis.edition_diff import Difference, diff_editions
from gis.edition_records import (
    Edition,
    basis,
    get_edition,
    list_editions,
    next_edition,
    read_edition,
    write_edition,
)
from gis.edition_revert import closed_versions, fill_change, refuse_later_changes
from gis.models import Dataset, dataset_named
from gis.registry import Registry
from gis.rows import Rows
from gis.versions import Counts, Step

__all__ = [
    "Difference",
    "Edition",
    "basis",
    "commit",
    "diff_editions",
    "get_edition",
    "list_editions",
    "revert",
]


def commit(
    registry: Registry,
    dataset: str,
    frame: pd.DataFrame,
    *,
    source: str | None = None,
    report: dict[str, Any] | None = None,
    operation: str = "import",
    progress: Callable[[int, int], None] | None = None,
) -> Edition:
    """Compare a frame with the live table and commit the difference as an edition.

    Things are matched by the key of the dataset. What differs in any column or in the bytes of its
    geometry is changed; what the live table does not have is added; in a dataset with a scope (rules)
    what is missing from the delivery's scopes is retired. A delivery without any difference is still
    an edition.

    Parameters
    ----------
    registry : Registry
    dataset : str
        A name of ``gis.models.DATASETS``.
    frame : DataFrame or GeoDataFrame
        Columns of the dataset, geometry in EPSG:4490 (see :class:`gis.rows.Rows`).
    source : str, optional
        Where the data came from.
    report : dict, optional
        What the checks had to say; kept with the edition.
    operation : str
        What was done: ``"import"`` or the name of an edit.
    progress : callable, optional
        Called with (rows sent, rows in all) after each batch.

    Returns
    -------
    Edition

    Raises
    ------
    DataRefused
        A key is missing or occurs twice, a value or geometry does not fit; nothing was committed.
    RegistryUnavailable
        Another import or edit is being written, or the database is not available.
    """
    chosen = dataset_named(dataset)
    rows = Rows(chosen, frame)
    with _edition(registry, chosen) as step:
        counts = _load(step, rows, progress or (lambda _done, _total: None))
        return _finish(step, counts, operation=operation, source=source, report=report)


def revert(registry: Registry, number: int) -> Edition:
    """Undo an edition by a new one: what it changed is as it was before it.

    Raises
    ------
    NotFound
        There is no such edition.
    DataRefused
        A later edition touched the same things and was not reverted; the message names one.
    """
    with registry.connect() as connection:
        undone = read_edition(connection, number)
    with _edition(registry, dataset_named(undone.dataset)) as step:
        refuse_later_changes(step, undone)
        change = fill_change(step, undone)
        counts = versions.apply(step, closed_versions(step, undone), change)
        versions.drop(step, change)
        return _finish(step, counts, operation="revert", reverts=number)


@contextmanager
def _edition(registry: Registry, dataset: Dataset) -> Iterator[Step]:
    """Be the only writer, with number and time of the next edition."""
    backend = registry.backend
    with registry.begin() as connection, backend.interruptible(connection) as check:
        number, at = next_edition(connection)
        yield Step(connection, backend, dataset, number, at, check)


def _load(step: Step, rows: Rows, progress: Callable[[int, int], None]) -> Counts:
    if versions.is_empty(step):
        return versions.load_first(step, rows, progress)
    stage = versions.load_stage(step, rows, progress)
    change, unchanged = versions.compare(step, stage)
    counts = versions.apply(step, stage, change)
    versions.drop(step, stage, change)
    return Counts(counts.added, counts.changed, counts.retired, unchanged)


def _finish(step: Step, counts: Counts, **details: Any) -> Edition:
    """Write the edition down and let the database take note of the change."""
    edition = Edition(step.edition, step.dataset.name, committed_at=step.at, **asdict(counts), **details)
    write_edition(step.connection, edition)
    tables = [step.dataset.live, step.dataset.history]
    step.backend.after_edition(step.connection, tables, counts.written)
    return edition
