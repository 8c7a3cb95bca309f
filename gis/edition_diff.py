"""Compare the registry after one edition with the registry after another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Select, Table, and_, or_, select, union_all

from gis.columns import binary
from gis.edition_records import read_edition
from gis.models import DATASETS, GEOMETRY, Dataset, edition_parts
from gis.registry import Registry

Span = tuple[datetime, datetime]
"""After the first moment, up to and with the second."""


@dataclass(frozen=True)
class Difference:
    """One thing that is not the same after two editions.

    ``key`` are the values of the dataset's key columns; ``columns`` those that differ in a changed
    thing (``"geometry"`` among them), empty for added and retired ones.
    """

    dataset: str
    key: tuple[Any, ...]
    change: Literal["added", "changed", "retired"]
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
    low, high = sorted((a, b))
    with registry.connect() as connection:
        span = _moment(connection, low), _moment(connection, high)
        columns = edition_parts.c
        touched = select(columns.dataset).where(columns.edition > low, columns.edition <= high)
        names = sorted(set(connection.scalars(touched)))
        found = [d for name in names for d in _of_dataset(connection, DATASETS[name], span)]
    return found if a <= b else [_backwards(difference) for difference in found]


def _moment(connection: Connection, number: int) -> datetime:
    """Return when an edition took effect; editions follow each other strictly in time."""
    return read_edition(connection, number).committed_at if number else datetime.min.replace(tzinfo=UTC)


def _of_dataset(connection: Connection, dataset: Dataset, span: Span) -> Iterator[Difference]:
    before = _versions(connection, dataset, span[0], span)
    after = _versions(connection, dataset, span[1], span)
    for key in sorted({*before, *after}):
        if key not in before:
            yield Difference(dataset.name, key, "added")
        elif key not in after:
            yield Difference(dataset.name, key, "retired")
        elif before[key] != after[key]:
            pairs = zip(dataset.stored, before[key], after[key], strict=True)
            differing = tuple("geometry" if n == GEOMETRY else n for n, old, new in pairs if old != new)
            yield Difference(dataset.name, key, "changed", differing)


def _versions(
    connection: Connection, dataset: Dataset, moment: datetime, span: Span
) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """Return by key the versions that hold at a moment, of things touched in the span."""
    live, history = dataset.live, dataset.history
    statement = union_all(
        _select(dataset, live).where(live.c.valid_from <= moment, _within(live.c.valid_from, span)),
        _select(dataset, history).where(
            history.c.valid_from <= moment,
            history.c.valid_to > moment,
            or_(_within(history.c.valid_from, span), _within(history.c.valid_to, span)),
        ),
    )
    width = len(dataset.key)
    return {tuple(row[:width]): tuple(row[width:]) for row in connection.execute(statement)}


def _select(dataset: Dataset, table: Table) -> Select[Any]:
    key = [table.c[name].label(f"key_{name}") for name in dataset.key]
    return select(*key, *(binary(table.c[n]) if n == GEOMETRY else table.c[n] for n in dataset.stored))


def _within(column: ColumnElement[datetime], span: Span) -> ColumnElement[bool]:
    return and_(column > span[0], column <= span[1])


def _backwards(difference: Difference) -> Difference:
    swapped: dict[str, Literal["added", "changed", "retired"]] = {
        "added": "retired",
        "retired": "added",
        "changed": "changed",
    }
    return Difference(difference.dataset, difference.key, swapped[difference.change], difference.columns)
