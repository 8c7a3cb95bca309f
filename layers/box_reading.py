"""Read from either database what an index of boxes is made of."""

# Names of tables and columns in statements are the schema's own, never a user's
# ruff: noqa: S608

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from sqlalchemy import Connection, Select, Table, func, select, text

from gis.gpkg_rtree import packed_boxes
from gis.gpkg_schema import rtree_name
from gis.models import GEOMETRY, Dataset
from layers.box_index import Boxes, BoxIndex, Fids, Packed, Stamp

#: Changes after which a table is read anew: those rows are looked at one by one for each box.
MOST_CHANGED = 20_000

_RANGE = 200_000
_ROW = np.dtype([("fid", ">i8"), ("box", ">f4", (4,))])


def stamp_columns(dataset: Dataset) -> list[Select[Any]]:
    """Return the queries whose answers make up a stamp: highest ``fid`` of live table and history."""
    newest = (dataset.live.alias("newest"), dataset.history.alias("replaced"))
    return [select(func.max(table.c.fid)) for table in newest]


def read_stamp(connection: Connection, dataset: Dataset) -> Stamp | None:
    """Return what a table is like now.

    Returns
    -------
    Stamp or None
        ``None`` while somebody writes to it in PostGIS: his numbers are taken, but not yet seen.
    """
    live, history = (connection.scalar(column) or 0 for column in stamp_columns(dataset))
    if connection.dialect.name == "postgresql" and _is_written_to(connection, dataset):
        return None
    return Stamp(live, history)


def read_index(
    connection: Connection, dataset: Dataset, stamp: Stamp, go_on: Callable[[], bool]
) -> BoxIndex | None:
    """Read the boxes of all rows, without reading the rows.

    Parameters
    ----------
    connection : Connection
    dataset : Dataset
        One with geometries.
    stamp : Stamp
        As read before; rows that changed since may be in the index as they are now.
    go_on : callable
        Asked now and then; when it says no the reading ends.

    Returns
    -------
    BoxIndex or None
        ``None`` when it was not to go on.
    """
    if connection.dialect.name == "sqlite":
        return BoxIndex(stamp, stamp, Packed(*packed_boxes(connection, dataset.live.name)))
    parts = [_empty()]
    for first in range(0, stamp.live, _RANGE):
        if not go_on():
            return None
        parts.append(_rows_between(connection, dataset.live, first, min(first + _RANGE, stamp.live)))
    rows = np.concatenate(parts)
    return BoxIndex(stamp, stamp, Packed(rows["fid"].astype(np.int64), rows["box"].astype(np.float32)))


def read_changed(connection: Connection, dataset: Dataset, since: BoxIndex, stamp: Stamp) -> BoxIndex | None:
    """Read the boxes of the rows that were added or changed since an index was made.

    Returns
    -------
    BoxIndex or None
        ``None`` when there were more than :data:`MOST_CHANGED` changes since the index was sorted.
    """
    added, replaced = stamp.live - since.base.live, stamp.history - since.base.history
    if added < 0 or replaced < 0 or added + replaced > MOST_CHANGED:
        return None
    return since.with_changes(stamp, *_changed(connection, dataset, since.stamp))


def _is_written_to(connection: Connection, dataset: Dataset) -> bool:
    """Tell whether a transaction that has not ended holds the lock of those who write rows."""
    statement = text(
        "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE mode = 'RowExclusiveLock'"
        " AND pid <> pg_backend_pid() AND relation IN (CAST(:live AS regclass), CAST(:history AS regclass)))"
    )
    names = {"live": dataset.live.name, "history": dataset.history.name}
    return bool(connection.scalar(statement, names))


def _rows_between(connection: Connection, table: Table, first: int, last: int) -> np.ndarray:
    """Read the boxes of rows of PostGIS above one ``fid`` and up to another, all in one value."""
    sides = " || ".join(f"float4send({side}::float4)" for side in _sides(table.name))
    statement = text(
        f"SELECT string_agg(int8send(fid) || {sides}, ''::bytea) FROM {table.name}"
        f" WHERE fid > :first AND fid <= :last AND NOT ST_IsEmpty({GEOMETRY})"
    )
    content = connection.scalar(statement, {"first": first, "last": last})
    return _empty() if content is None else np.frombuffer(content, _ROW)


def _changed(connection: Connection, dataset: Dataset, stamp: Stamp) -> tuple[Fids, Boxes]:
    live, history = dataset.live.name, dataset.history.name
    same = " AND ".join(f'{live}."{name}" = old."{name}"' for name in dataset.key)
    chosen = (
        f"SELECT fid FROM {live} WHERE fid > :live"
        f" UNION SELECT {live}.fid FROM {history} old JOIN {live} ON {same} WHERE old.fid > :history"
    )
    if connection.dialect.name == "sqlite":
        sides = "minx, maxx, miny, maxy"
        rows = f'SELECT id, {sides} FROM "{rtree_name(live)}" WHERE id IN ({chosen})'
    else:
        sides = ", ".join(_sides("one"))
        rows = (
            f"SELECT one.fid, {sides} FROM {live} one WHERE fid IN ({chosen}) AND NOT ST_IsEmpty({GEOMETRY})"
        )
    found = connection.execute(text(rows), {"live": stamp.live, "history": stamp.history}).all()
    fids = np.array([row[0] for row in found], np.int64)
    return fids, np.array([row[1:] for row in found], np.float32).reshape(-1, 4)


def _sides(table: str) -> list[str]:
    return [f"ST_{side}({table}.{GEOMETRY})" for side in ("XMin", "XMax", "YMin", "YMax")]


def _empty() -> np.ndarray:
    return np.empty(0, _ROW)
