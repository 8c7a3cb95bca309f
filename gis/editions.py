"""Editions (数据版次): every import is compared with what is there and committed as one step.

>>> edition = commit(registry, "grids", frame, source="2026 survey")  # doctest: +SKIP
>>> (edition.added, edition.changed, edition.unchanged)  # doctest: +SKIP
(12, 3, 311)

One edition is one transaction: a process that is interrupted or killed leaves the registry as it
was. Nothing is deleted: what an edition changes or retires goes to the history of the dataset, where
:func:`gis.read.read_frame` finds it for a moment in the past.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, TypeAlias

import pandas as pd
from sqlalchemy import Connection, FromClause

from gis import versions
from gis.backend import Backend
from gis.edition_diff import Difference, diff_editions
from gis.edition_records import (
    Edition,
    EditionPart,
    basis,
    get_edition,
    list_editions,
    next_edition,
    read_edition,
    write_edition,
)
from gis.edition_revert import closed_versions, fill_change, refuse_later_changes
from gis.errors import RegistryUnavailable
from gis.models import dataset_named
from gis.new_rows import are_mostly_new, load_mostly_new
from gis.registry import Registry
from gis.table import Table
from gis.table_rows import AnyRows, rows_of
from gis.text import t
from gis.versions import Counts, Step

__all__ = [
    "Change",
    "Difference",
    "Edition",
    "EditionPart",
    "basis",
    "commit",
    "commit_changes",
    "commit_worked_out",
    "diff_editions",
    "get_edition",
    "list_editions",
    "rehearse",
    "revert",
]


Progress: TypeAlias = Callable[[int, int], None]


@dataclass(frozen=True)
class Written:
    """What an edition just did to a dataset, in the transaction that writes it.

    Attributes
    ----------
    connection : Connection
        Of the transaction.
    edition : int
        Number of the edition.
    stage : FromClause
        What was delivered; of the columns of the dataset at least the key.
    unchanged : int
        Things delivered as they were.
    """

    connection: Connection
    edition: int
    stage: FromClause
    unchanged: int


Look: TypeAlias = Callable[[Written], None]
"""Looks at what an edition did to the dataset it is about, unless all of that is new."""


@dataclass(frozen=True)
class Change:
    """What an edition is to do to one dataset.

    Attributes
    ----------
    dataset : str
        A name of ``gis.models.DATASETS``.
    rows : DataFrame, GeoDataFrame or Table
        Things to add or change: columns of the dataset, geometry in EPSG:4490 (see
        :class:`gis.rows.Rows`). May be empty.
    retired : sequence of tuple
        Keys of live things to retire.
    """

    dataset: str
    rows: pd.DataFrame | Table
    retired: Sequence[tuple[Any, ...]] = ()

    @property
    def frame(self) -> pd.DataFrame:
        """The rows as a frame, which is large where they are a table."""
        return self.rows.frame(None) if isinstance(self.rows, Table) else self.rows


def commit(
    registry: Registry,
    dataset: str,
    frame: pd.DataFrame,
    *,
    source: str | None = None,
    report: dict[str, Any] | None = None,
    operation: str = "import",
    progress: Progress | None = None,
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
    changes = [Change(dataset, frame)]
    return commit_changes(
        registry, changes, source=source, report=report, operation=operation, progress=progress
    )


def commit_changes(
    registry: Registry,
    changes: Sequence[Change],
    *,
    operation: str,
    source: str | None = None,
    report: dict[str, Any] | None = None,
    progress: Progress | None = None,
    based_on: Mapping[str, int] | None = None,
    rests_on: Sequence[str] = (),
    look: Look | None = None,
    verify: Callable[[Connection], None] | None = None,
) -> Edition:
    """Commit changes of several datasets as one edition: all of them, or none.

    Parameters
    ----------
    registry : Registry
    changes : sequence of Change
        One per dataset, the one the edition is about first.
    operation, source, report, progress
        As for :func:`commit`.
    based_on : mapping of str to int, optional
        The :func:`basis` that the changes were worked out from: refused when a dataset touched here
        has a later edition.
    rests_on : sequence of str
        Further datasets that must still be as in ``based_on``, though nothing in them changes.
    look : callable, optional
        Given what was done to the dataset of the first change.
    verify : callable, optional
        Looks at the registry as it would be; what it raises is raised, and nothing is committed.

    Returns
    -------
    Edition

    Raises
    ------
    DataRefused
        As for :func:`commit`; or a thing to retire is not there. Nothing was committed.
    RegistryUnavailable
        As for :func:`commit`; or the registry is no longer what the changes were worked out from.
    """
    prepared = _prepared(changes)
    with _edition(registry) as edition:
        _refuse_other_basis(edition, [*(change.dataset for change in changes), *rests_on], based_on)
        parts = _write(edition, prepared, progress, look)
        if verify is not None:
            verify(edition.connection)
        return _finish(parts, operation=operation, source=source, report=report)


def rehearse(registry: Registry, change: Change, look: Look) -> None:
    """Do what a commit of a change would do, look at it, and undo it.

    Raises
    ------
    DataRefused
        As for :func:`commit`.
    RegistryUnavailable
        As for :func:`commit`.
    """
    prepared = _prepared([change])
    with suppress(_Rehearsed), _edition(registry) as edition:
        if not versions.is_empty(edition.of(change.dataset)):
            _write(edition, prepared, None, look)
        raise _Rehearsed


def commit_worked_out(
    registry: Registry,
    work_out: Callable[[Connection], Sequence[Change]],
    *,
    operation: str,
    source: str | None = None,
) -> Edition:
    """Commit changes that are worked out while nobody else can write: numbers given out, for instance.

    Parameters
    ----------
    registry : Registry
    work_out : callable
        Called with the connection of the only writer; returns the changes. What it raises is raised, and
        nothing is committed.
    operation, source
        As for :func:`commit`.

    Returns
    -------
    Edition

    Raises
    ------
    DataRefused
    RegistryUnavailable
        As for :func:`commit`.
    """
    with _edition(registry) as edition:
        prepared = _prepared(work_out(edition.connection))
        return _finish(_write(edition, prepared, None), operation=operation, source=source)


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
    with _edition(registry) as edition:
        steps = [edition.of(name) for name in undone.datasets]
        for step in steps:
            refuse_later_changes(step, undone)
        return _finish([(step, _undo(step, undone)) for step in steps], operation="revert", reverts=number)


def _undo(step: Step, undone: Edition) -> Counts:
    change = fill_change(step, undone)
    counts = versions.apply(step, closed_versions(step, undone), change)
    versions.drop(step, change)
    return counts


class _Rehearsed(Exception):
    """Ends a transaction that was never meant to be committed."""


@dataclass(frozen=True)
class _Writing:
    """An edition being written: what the steps on all its datasets share."""

    connection: Connection
    backend: Backend
    number: int
    at: datetime
    check: Callable[[], None]

    def of(self, dataset: str) -> Step:
        """Return the step on one dataset."""
        return Step(self.connection, self.backend, dataset_named(dataset), self.number, self.at, self.check)


@contextmanager
def _edition(registry: Registry) -> Iterator[_Writing]:
    """Be the only writer, with number and time of the next edition."""
    backend = registry.backend
    with registry.begin() as connection, backend.interruptible(connection) as check:
        yield _Writing(connection, backend, *next_edition(connection), check)


def _prepared(changes: Sequence[Change]) -> list[tuple[Change, AnyRows]]:
    return [(change, rows_of(dataset_named(change.dataset), change.rows)) for change in changes]


def _write(
    edition: _Writing,
    prepared: Sequence[tuple[Change, AnyRows]],
    progress: Progress | None,
    look: Look | None = None,
) -> list[tuple[Step, Counts]]:
    told = progress or (lambda _done, _total: None)
    written: list[tuple[Step, Counts]] = []
    for change, rows in prepared:
        step = edition.of(change.dataset)
        written.append((step, _load(step, rows, change.retired, told, None if written else look)))
    return written


def _refuse_other_basis(
    edition: _Writing, datasets: Sequence[str], based_on: Mapping[str, int] | None
) -> None:
    if based_on is None:
        return
    now = basis(edition.connection)
    for dataset in datasets:
        if now.get(dataset) != based_on.get(dataset):
            raise RegistryUnavailable(
                t("{dataset} was changed by another edition in the meantime", dataset=dataset),
                hint=t("Look at the registry again and repeat what you wanted to do"),
            )


def _load(
    step: Step, rows: AnyRows, retired: Sequence[tuple[Any, ...]], progress: Progress, look: Look | None
) -> Counts:
    if not retired and versions.is_empty(step):
        return versions.load_first(step, rows, progress)

    def see(stage: FromClause, unchanged: int) -> None:
        if look is not None:
            look(Written(step.connection, step.edition, stage, unchanged))

    if are_mostly_new(step, rows):
        return load_mostly_new(step, rows, retired, progress, see)
    stage = versions.load_stage(step, rows, progress)
    change, met, unchanged = versions.compare(step, stage)
    versions.retire(step, change, retired)
    counts = versions.apply(step, stage, change, met)
    see(stage, unchanged)
    versions.drop(step, stage, change)
    return Counts(counts.added, counts.changed, counts.retired, unchanged)


def _finish(parts: Sequence[tuple[Step, Counts]], **details: Any) -> Edition:
    """Write the edition down and let the database take note of the change."""
    first = parts[0][0]
    sums = {name: sum(getattr(counts, name) for _, counts in parts) for name in asdict(Counts())}
    told = tuple(EditionPart(step.dataset.name, **asdict(counts)) for step, counts in parts)
    edition = Edition(first.edition, first.dataset.name, committed_at=first.at, parts=told, **sums, **details)
    write_edition(first.connection, edition)
    for step, counts in parts:
        step.backend.after_edition(step.connection, [step.dataset.live, step.dataset.history], counts.written)
    return edition
