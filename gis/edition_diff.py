"""Compare the registry after one edition with the registry after another, thing by thing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from sqlalchemy import ColumnElement, Connection, FromClause, literal, select, union_all

from gis.change_states import Columns, States, columns_in, difference_mask, moment_of
from gis.models import DATASETS, Dataset, edition_parts
from gis.registry import Registry

Change: TypeAlias = Literal["added", "changed", "retired"]

_ROWS = 10_000
"""Things read at a time."""


@dataclass(frozen=True)
class Difference:
    """One thing that is not the same after two editions.

    ``key`` are the values of the dataset's key columns; ``columns`` those that differ in a changed
    thing (``"geometry"`` among them), empty for added and retired ones.
    """

    dataset: str
    key: tuple[Any, ...]
    change: Change
    columns: tuple[str, ...] = ()


def diff_editions(registry: Registry, a: int, b: int) -> list[Difference]:
    """Return what differs between the state after edition ``a`` and that after edition ``b``.

    Seen from ``a`` to ``b``: with ``b`` earlier than ``a``, what was added comes out as retired.
    Changes that were undone in between do not show. Edition 0 stands for the empty registry.

    Raises
    ------
    NotFound
        One of the editions does not exist.
    """
    with registry.connect() as connection:
        return list(differences(connection, a, b))


def differences(connection: Connection, a: int, b: int) -> Iterator[Difference]:
    """Yield what :func:`diff_editions` returns, by dataset and key, a few thousand in memory at a time.

    Raises
    ------
    NotFound
        One of the editions does not exist.
    """
    for dataset in datasets_between(connection, a, b):
        yield from _of_dataset(connection, dataset, a, b)


def datasets_between(connection: Connection, a: int, b: int) -> list[Dataset]:
    """Return the datasets that editions after the earlier of two touched, up to and with the later.

    Raises
    ------
    NotFound
        One of the editions does not exist.
    """
    low, high = sorted((a, b))
    for number in (low, high):
        moment_of(connection, number)
    columns = edition_parts.c
    touched = select(columns.dataset).where(columns.edition > low, columns.edition <= high)
    return [DATASETS[name] for name in sorted(set(connection.scalars(touched)))]


def _of_dataset(connection: Connection, dataset: Dataset, a: int, b: int) -> Iterator[Difference]:
    states = States.between(connection, dataset, a, b)

    def one(change: Change) -> Any:
        return lambda table: _columns(dataset, table, change, literal(0))

    def pair(old: FromClause, new: FromClause) -> Columns:
        return _columns(dataset, new, "changed", difference_mask(dataset, old, new))

    parts = (states.added(one("added")), states.retired(one("retired")), states.changed(pair))
    every = union_all(*(select(part.subquery()) for part in parts)).subquery()
    found = select(every).where((every.c.change != "changed") | (every.c.mask != 0))
    ordered = found.order_by(*(every.c[f"key_{name}"] for name in dataset.key))
    for *key, change, mask in connection.execute(ordered, execution_options={"yield_per": _ROWS}):
        yield Difference(dataset.name, tuple(key), change, columns_in(dataset, mask))


def _columns(dataset: Dataset, table: FromClause, change: Change, mask: ColumnElement[int]) -> Columns:
    key = [table.c[name].label(f"key_{name}") for name in dataset.key]
    return [*key, literal(change).label("change"), mask.label("mask")]
