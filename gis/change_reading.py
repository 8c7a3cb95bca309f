"""Read single things that changed between two states, with what they were and what they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import Connection, FromClause, select, tuple_

from gis.change_kinds import ChangeKind, class_columns, columns_of, kinds_in, roles_of
from gis.change_states import Columns, OfPair, Statement, States, columns_in, differ, difference_mask
from gis.change_things import STILL_M, ChangedThing, Key, Place, transfers_between
from gis.columns import binary
from gis.gpkg_geometry import decode
from gis.models import GEOMETRY, Dataset
from gis.movement import movements
from gis.representative import representative_points

_ROWS = 5_000

Rows: TypeAlias = Sequence[tuple[Any, ...]]


class ChangedThings:
    """Read things that changed between two states, first those that were changed first.

    Parameters
    ----------
    connection : Connection
    states : States
    """

    def __init__(self, connection: Connection, states: States) -> None:
        self._connection = connection
        self._states = states
        self._dataset = states.dataset
        self._names = _told_columns(states.dataset)
        self._classed = bool(class_columns(states.dataset))

    def of(self, kind: ChangeKind, limit: int) -> list[ChangedThing]:
        """Read the first things of a kind; which things moved, and which not, the columns do not tell."""
        if kind in (ChangeKind.ADDED, ChangeKind.RETIRED):
            return self._ends(kind, limit)
        return self._pairs(differ(columns_of(self._dataset, kind)), limit)

    def changed(self, limit: int) -> list[ChangedThing]:
        """Read the first things that differ in anything."""
        own = [name for name in self._dataset.stored if name not in self._dataset.key]
        return self._pairs(differ(own), limit)

    def with_keys(self, keys: Sequence[Key]) -> list[ChangedThing]:
        """Read changed things by their keys, in that order."""
        if not keys:
            return []
        names = self._dataset.key
        things = self._pairs(lambda _, new: tuple_(*(new.c[n] for n in names)).in_(keys), len(keys))
        order = {_joined(key): at for at, key in enumerate(keys)}
        return sorted(things, key=lambda thing: order[thing.id])

    def _ends(self, kind: ChangeKind, limit: int) -> list[ChangedThing]:
        """Read things that are there on one side only."""

        def columns(table: FromClause) -> Columns:
            return [table.c.fid.label("order_fid"), *self._selected(table, "one")]

        side = self._states.added if kind is ChangeKind.ADDED else self._states.retired
        return self._read(side(columns), limit, lambda rows: self._ended(kind, rows))

    def _ended(self, kind: ChangeKind, rows: Rows) -> Iterator[ChangedThing]:
        for row, place in zip(rows, _lonlat(self._geometries(rows, -1)), strict=True):
            version = dict(zip(self._names, row[1:], strict=False))
            places = (place, None) if kind is ChangeKind.RETIRED else (None, place)
            yield ChangedThing((kind,), **self._facts(version), old_place=places[0], place=places[1])

    def _pairs(self, where: OfPair, limit: int) -> list[ChangedThing]:
        """Read things that are there on both sides, in the order of the versions that were closed."""

        def columns(old: FromClause, new: FromClause) -> Columns:
            closed = new if self._states.backwards else old
            mask = difference_mask(self._dataset, old, new).label("mask")
            sides = (*self._selected(old, "old"), *self._selected(new, "new"))
            return [closed.c.fid.label("order_fid"), mask, *sides]

        return self._read(self._states.changed(columns, where), limit, self._changed)

    def _changed(self, rows: Rows) -> Iterator[ChangedThing]:
        width = len(self._names)
        middle = 2 + width + (self._dataset.geometry is not None)
        old, new = self._geometries(rows, middle - 1), self._geometries(rows, -1)
        metres = movements(old, new).tolist()
        for row, distance, was, now in zip(rows, metres, _lonlat(old), _lonlat(new), strict=True):
            before, after = (dict(zip(self._names, row[at:], strict=False)) for at in (2, middle))
            differing = columns_in(self._dataset, row[1])
            kinds = set(kinds_in(self._dataset, differing))
            if "geometry" in differing:
                kinds.add(ChangeKind.REWRITTEN if distance < STILL_M else ChangeKind.MOVED)
            yield ChangedThing(
                tuple(kind for kind in ChangeKind if kind in kinds),
                **self._facts(after),
                transfers=transfers_between(self._dataset, before, after) if kinds & _TRANSFERRING else (),
                columns=differing,
                metres=distance if "geometry" in differing and distance == distance else None,
                old_place=was,
                place=now,
            )

    def _read(
        self, statement: Statement, limit: int, made: Callable[[Rows], Iterator[ChangedThing]]
    ) -> list[ChangedThing]:
        """Read the first rows and make things of them, some thousands at a time."""
        found = statement.subquery()
        ordered = select(found).order_by(found.c.order_fid).limit(limit)
        result = self._connection.execute(ordered, execution_options={"yield_per": _ROWS})
        return [thing for rows in result.partitions(_ROWS) for thing in made([tuple(row) for row in rows])]

    def _selected(self, table: FromClause, side: str) -> Columns:
        """Select what is told of a version under the name of its side, the geometry as bytes last."""
        columns = [table.c[name].label(f"{side}_{name}") for name in self._names]
        if self._dataset.geometry is None:
            return columns
        return [*columns, binary(table.c[GEOMETRY]).label(f"{side}_{GEOMETRY}")]

    def _geometries(self, rows: Rows, at: int) -> NDArray[np.object_]:
        if self._dataset.geometry is None:
            return np.full(len(rows), None, dtype=object)
        return geometries_of(self._connection, [row[at] for row in rows])

    def _facts(self, version: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "id": _joined([version[name] for name in self._dataset.key]),
            "name": version.get("name"),
            "standard": version["standard"] if self._classed else None,
            "class_code": version["class_code"] if self._classed else None,
        }


_TRANSFERRING = {ChangeKind.REOWNED, ChangeKind.RECLASSED, ChangeKind.STATE}


def geometries_of(connection: Connection, stored: Sequence[bytes | None]) -> NDArray[np.object_]:
    """Decode geometries as a database gives their bytes, see :func:`gis.columns.binary`."""
    if connection.dialect.name == "sqlite":
        return decode(stored)
    decoded: NDArray[np.object_] = shapely.from_wkb(np.array([*stored, None], dtype=object)[:-1])
    return decoded


def _told_columns(dataset: Dataset) -> tuple[str, ...]:
    """Return the columns that are told of a thing: key, name, class, units, state."""
    units = (name for role in roles_of(dataset) for name in role.columns)
    wanted = (*dataset.key, "name", *class_columns(dataset), *units, "state")
    return tuple(dict.fromkeys(name for name in wanted if name in dataset.columns))


def _joined(key: Sequence[Any]) -> str:
    return " ".join(map(str, key))


def _lonlat(geometries: NDArray[np.object_]) -> list[Place | None]:
    """Return a point in each geometry, None where there is no place."""
    known = np.isfinite(shapely.bounds(geometries)).all(axis=1)
    placed = np.full(len(geometries), None, dtype=object)
    placed[known] = geometries[known]
    points = representative_points(placed)
    xy = np.column_stack([shapely.get_x(points), shapely.get_y(points)]).tolist()
    return [(x, y) if x == x else None for x, y in xy]
