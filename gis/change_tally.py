"""Count in the database what became of the things of a dataset, all but how far they moved."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Connection, FromClause, func, select

from gis.change_kinds import ChangeKind, class_columns, kinds_in, roles_of
from gis.change_moves import Class
from gis.change_states import Columns, Statement, States, columns_in, differ, difference_mask
from gis.change_things import Value, transfers_between

_GROUPS = 5_000

Version: TypeAlias = dict[str, Any]


@dataclass(slots=True)
class Tally:
    """Things counted.

    Attributes
    ----------
    kinds : dict of tuple to Counter
        By class (afterwards; before, of those retired) and kind.
    changed : Counter
        Things that stay and differ, by class afterwards.
    columns : Counter
        Things by the column that differs.
    transfers : Counter
        By aspect, value before and value after, see :class:`gis.change_things.Transfer`.
    """

    kinds: defaultdict[Class, Counter[ChangeKind]] = field(default_factory=lambda: defaultdict(Counter))
    changed: Counter[Class] = field(default_factory=Counter)
    columns: Counter[str] = field(default_factory=Counter)
    transfers: Counter[tuple[str, Value, Value]] = field(default_factory=Counter)

    def has(self, kind: ChangeKind) -> bool:
        """Tell whether there is anything of a kind."""
        return any(kinds[kind] for kinds in self.kinds.values())


def count_changes(connection: Connection, states: States) -> Tally:
    """Count what differs between two states.

    Returns
    -------
    Tally
        Without moved and rewritten things, which :func:`gis.change_moves.measure_moves` tells apart.
    """
    tally = Tally()
    _count_ends(connection, states, tally)
    _count_changed(connection, states, tally)
    if tally.has(ChangeKind.REOWNED):
        _count_units(connection, states, tally)
    return tally


def _count_ends(connection: Connection, states: States, tally: Tally) -> None:
    """Count things that are on one side only."""
    classed = class_columns(states.dataset)

    def columns(table: FromClause) -> Columns:
        return [table.c.fid, *(table.c[name] for name in classed)]

    for kind, side in ((ChangeKind.ADDED, states.added), (ChangeKind.RETIRED, states.retired)):
        found = side(columns).subquery()
        groups = [found.c[name] for name in classed]
        statement = select(*groups, func.count(found.c.fid)).group_by(*groups)
        for *values, count in connection.execute(statement):
            tally.kinds[tuple(values)][kind] += count


def _count_changed(connection: Connection, states: States, tally: Tally) -> None:
    """Count changed things that are alike in class and state before and after, and in what differs."""
    dataset, classed = states.dataset, class_columns(states.dataset)
    names = (*classed, *(("state",) if "state" in dataset.columns else ()))

    def columns(old: FromClause, new: FromClause) -> Columns:
        return [*_both(old, new, names), difference_mask(dataset, old, new).label("mask")]

    for before, after, (mask,), count in _groups(connection, states.changed(columns), names):
        differing = columns_in(dataset, mask)
        if not differing:
            continue
        now = tuple(after[name] for name in classed)
        tally.changed[now] += count
        tally.columns.update(dict.fromkeys(differing, count))
        tally.kinds[now].update(dict.fromkeys(kinds_in(dataset, differing), count))
        for one in transfers_between(dataset, before, after):
            tally.transfers[one.aspect, one.before, one.after] += count


def _count_units(connection: Connection, states: States, tally: Tally) -> None:
    """Count changed things that name the same units before and after."""
    dataset = states.dataset
    names = tuple(name for role in roles_of(dataset) for name in role.columns)

    def columns(old: FromClause, new: FromClause) -> Columns:
        return _both(old, new, names)

    statement = states.changed(columns, differ(names))
    for before, after, _, count in _groups(connection, statement, names):
        for one in transfers_between(dataset, before, after):
            tally.transfers[one.aspect, one.before, one.after] += count


def _both(old: FromClause, new: FromClause, names: Sequence[str]) -> list[ColumnElement[Any]]:
    sides = (("old", old), ("new", new))
    return [table.c[name].label(f"{side}_{name}") for side, table in sides for name in names]


def _groups(
    connection: Connection, statement: Statement, names: Sequence[str]
) -> Iterator[tuple[Version, Version, list[Any], int]]:
    """Yield old and new values, what else is alike, and the number of each group of rows."""
    found = statement.subquery()
    counted = select(*found.c, func.count().label("things")).group_by(*found.c)
    width = len(names)
    for *values, count in connection.execute(counted, execution_options={"yield_per": _GROUPS}):
        old, new, rest = values[:width], values[width : 2 * width], values[2 * width :]
        yield dict(zip(names, old, strict=True)), dict(zip(names, new, strict=True)), rest, count
