"""Read single things that changed between two states, with what they were and what they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import Connection, FromClause, RowMapping, literal, select, tuple_

from gis.change_kinds import ChangeKind, class_columns, columns_of, kinds_in
from gis.change_states import Columns, OfPair, Statement, States, columns_in, differ, difference_mask
from gis.change_things import STILL_M, ChangedThing, Key, Place, transfers_between
from gis.columns import binary
from gis.gpkg_geometry import decode
from gis.models import GEOMETRY, Dataset
from gis.movement import movements
from gis.representative import representative_points


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
        names = self._dataset.stored

        def columns(table: FromClause) -> Columns:
            return [table.c.fid.label("order_fid"), literal(0).label("mask"), *_selected(table, names, "one")]

        side = self._states.added if kind is ChangeKind.ADDED else self._states.retired
        rows = self._first(side(columns), limit)
        places = _lonlat(self._geometries(rows, "one"))
        made = [_versioned(self._dataset, row, "one") for row in rows]
        return [
            ChangedThing(
                (kind,),
                **_facts(self._dataset, values),
                old_place=place if kind is ChangeKind.RETIRED else None,
                place=place if kind is ChangeKind.ADDED else None,
            )
            for values, place in zip(made, places, strict=True)
        ]

    def _pairs(self, where: OfPair, limit: int) -> list[ChangedThing]:
        dataset = self._dataset

        def columns(old: FromClause, new: FromClause) -> Columns:
            mask = difference_mask(dataset, old, new).label("mask")
            sides = (*_selected(old, dataset.stored, "old"), *_selected(new, dataset.stored, "new"))
            return [new.c.fid.label("order_fid"), mask, *sides]

        rows = self._first(self._states.changed(columns, where), limit)
        old, new = self._geometries(rows, "old"), self._geometries(rows, "new")
        metres = movements(old, new).tolist()
        return [
            self._changed(row, columns_in(dataset, row["mask"]), distance, was, now)
            for row, distance, was, now in zip(rows, metres, _lonlat(old), _lonlat(new), strict=True)
        ]

    def _changed(
        self,
        row: RowMapping,
        columns: tuple[str, ...],
        metres: float,
        old_place: Place | None,
        place: Place | None,
    ) -> ChangedThing:
        dataset = self._dataset
        before, after = (_versioned(dataset, row, side) for side in ("old", "new"))
        kinds = kinds_in(dataset, columns)
        if "geometry" in columns:
            kinds.add(ChangeKind.REWRITTEN if metres < STILL_M else ChangeKind.MOVED)
        return ChangedThing(
            tuple(kind for kind in ChangeKind if kind in kinds),
            **_facts(dataset, after),
            transfers=transfers_between(dataset, before, after),
            columns=columns,
            metres=metres if "geometry" in columns and metres == metres else None,
            old_place=old_place,
            place=place,
        )

    def _first(self, statement: Statement, limit: int) -> Sequence[RowMapping]:
        found = statement.subquery()
        ordered = select(found).order_by(found.c.order_fid).limit(limit)
        return self._connection.execute(ordered).mappings().all()

    def _geometries(self, rows: Sequence[RowMapping], side: str) -> NDArray[np.object_]:
        if self._dataset.geometry is None:
            return np.full(len(rows), None, dtype=object)
        return geometries_of(self._connection, [row[f"{side}_{GEOMETRY}"] for row in rows])


def geometries_of(connection: Connection, stored: Sequence[bytes | None]) -> NDArray[np.object_]:
    """Decode geometries as a database gives their bytes, see :func:`gis.columns.binary`."""
    if connection.dialect.name == "sqlite":
        return decode(stored)
    decoded: NDArray[np.object_] = shapely.from_wkb(np.array([*stored, None], dtype=object)[:-1])
    return decoded


def _selected(table: FromClause, names: Sequence[str], side: str) -> Columns:
    """Select columns of a version under the name of its side, the geometry as bytes."""
    return [(binary(table.c[n]) if n == GEOMETRY else table.c[n]).label(f"{side}_{n}") for n in names]


def _versioned(dataset: Dataset, row: RowMapping, side: str) -> dict[str, Any]:
    return {name: row[f"{side}_{name}"] for name in dataset.columns}


def _facts(dataset: Dataset, version: Mapping[str, Any]) -> dict[str, Any]:
    classed = bool(class_columns(dataset))
    return {
        "id": _joined([version[name] for name in dataset.key]),
        "name": version.get("name"),
        "standard": version["standard"] if classed else None,
        "class_code": version["class_code"] if classed else None,
    }


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
