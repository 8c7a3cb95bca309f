"""Two states of a dataset as SQL: what is in one only, and what is not the same in both.

An edition leaves its mark on versions: it *wrote* some (in the live table, or in the history once a later
edition replaced them) and *closed* others. What it closed and wrote under one key it changed, what it only
wrote it added, what it only closed it retired. The same goes for all editions between two moments.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import reduce
from operator import add
from typing import Any, Self, TypeAlias

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    Table,
    and_,
    case,
    exists,
    literal,
    not_,
    or_,
    select,
    union_all,
)
from sqlalchemy.sql.selectable import CompoundSelect

from gis.columns import same
from gis.edition_records import read_edition
from gis.models import GEOMETRY, Dataset
from gis.versions import same_key

Of: TypeAlias = Callable[[FromClause], ColumnElement[bool]]
OfPair: TypeAlias = Callable[[FromClause, FromClause], ColumnElement[bool]]
Columns: TypeAlias = Sequence[ColumnElement[Any]]
Statement: TypeAlias = Select[Any] | CompoundSelect[Any]


@dataclass(frozen=True)
class States:
    """The state of a dataset before and after one edition, or several.

    Attributes
    ----------
    dataset : Dataset
    wrote : callable
        Condition on a live or history table: the version came in between and holds afterwards.
    closed : callable
        Condition on a history table: the version held before and went in between.
    replaced : bool
        Whether some of the versions written are in the history by now.
    backwards : bool
        Whether before and after change places.
    """

    dataset: Dataset
    wrote: Of
    closed: Of
    replaced: bool
    backwards: bool = False

    @classmethod
    def around(cls, connection: Connection, dataset: Dataset, edition: int) -> Self:
        """Take the states before and after one edition, which may still be being written."""
        history = dataset.history.c
        # by the index of closed_by; 0 are changes that another program made
        later = or_(history.closed_by > edition, history.closed_by == 0)
        replaced = select(history.fid).where(history.edition == edition, later).limit(1)
        return cls(
            dataset,
            # Not by the index: a new edition seems to have few rows, which would be gone through for each
            lambda table: table.c.edition + 0 == edition,
            lambda table: table.c.closed_by == edition,
            connection.scalar(replaced) is not None,
        )

    @classmethod
    def between(cls, connection: Connection, dataset: Dataset, a: int, b: int) -> Self:
        """Take the states after edition ``a`` and after edition ``b``; 0 stands for the empty registry.

        Raises
        ------
        NotFound
            One of the editions does not exist.
        """
        low, high = (moment_of(connection, number) for number in sorted((a, b)))

        def wrote(table: FromClause) -> ColumnElement[bool]:
            begun = and_(table.c.valid_from > low, table.c.valid_from <= high)
            return and_(begun, table.c.valid_to > high) if "valid_to" in table.c else begun

        def closed(table: FromClause) -> ColumnElement[bool]:
            return and_(table.c.valid_from <= low, table.c.valid_to > low, table.c.valid_to <= high)

        return cls(dataset, wrote, closed, replaced=True, backwards=a > b)

    def added(self, columns: Callable[[FromClause], Columns]) -> Statement:
        """Select things that are there afterwards only."""
        return self._only_closed(columns) if self.backwards else self._only_written(columns)

    def retired(self, columns: Callable[[FromClause], Columns]) -> Statement:
        """Select things that were there before only."""
        return self._only_written(columns) if self.backwards else self._only_closed(columns)

    def changed(
        self, columns: Callable[[FromClause, FromClause], Columns], where: OfPair | None = None
    ) -> Statement:
        """Select of things that are there before and after; both versions may be alike.

        Parameters
        ----------
        columns : callable
            Given the version before and the one after.
        where : callable, optional
            A further condition on the two.
        """
        old = self.dataset.history.alias("old")
        parts = []
        for table in self._written_to:
            new = table.alias("new")
            sides = (new, old) if self.backwards else (old, new)
            part = select(*columns(*sides)).select_from(old.join(new, same_key(self.dataset, old, new)))
            part = part.where(self.closed(old), self.wrote(new))
            parts.append(part if where is None else part.where(where(*sides)))
        return _together(parts)

    @property
    def _written_to(self) -> tuple[Table, ...]:
        """The tables that hold what was written."""
        live, history = self.dataset.live, self.dataset.history
        return (live, history) if self.replaced else (live,)

    def _only_written(self, columns: Callable[[FromClause], Columns]) -> Statement:
        old = self.dataset.history.alias("old")
        parts = []
        for table in self._written_to:
            new = table.alias("new")
            before = exists().where(same_key(self.dataset, old, new), self.closed(old))
            parts.append(select(*columns(new)).where(self.wrote(new), ~before))
        return _together(parts)

    def _only_closed(self, columns: Callable[[FromClause], Columns]) -> Statement:
        old = self.dataset.history.alias("old")
        followed = [
            exists().where(same_key(self.dataset, old, new), self.wrote(new))
            for new in (table.alias("new") for table in self._written_to)
        ]
        return select(*columns(old)).where(self.closed(old), *(~after for after in followed))


def moment_of(connection: Connection, number: int) -> datetime:
    """Return when an edition took effect; editions follow each other strictly in time.

    Raises
    ------
    NotFound
        There is no such edition.
    """
    return read_edition(connection, number).committed_at if number else datetime.min.replace(tzinfo=UTC)


def differ(names: Sequence[str]) -> OfPair:
    """Return the condition that two versions differ in one of some columns."""
    return lambda old, new: or_(*(not_(same(old.c[name], new.c[name])) for name in names))


def difference_mask(dataset: Dataset, old: FromClause, new: FromClause) -> ColumnElement[int]:
    """Return a number with a bit for each stored column that differs, see :func:`columns_in`."""
    bits = [
        case((same(old.c[name], new.c[name]), literal(0)), else_=literal(1 << at))
        for at, name in enumerate(dataset.stored)
    ]
    return reduce(add, bits)


def columns_in(dataset: Dataset, mask: int) -> tuple[str, ...]:
    """Name the columns of a mask, the geometry as ``"geometry"``."""
    names = (name for at, name in enumerate(dataset.stored) if mask >> at & 1)
    return tuple("geometry" if name == GEOMETRY else name for name in names)


def _together(parts: Sequence[Select[Any]]) -> Statement:
    return parts[0] if len(parts) == 1 else union_all(*parts)
