"""Build the RTree of a GeoPackage table in bulk, by writing SQLite's nodes directly.

Inserting a million boxes one by one takes several times as long as packing them. The format is
that of SQLite's RTree module (two dimensions, 32-bit floats): a node is a blob of fixed size,
``depth`` (root only) and ``count`` as big-endian 16-bit integers, then cells of a 64-bit id and
``minx, maxx, miny, maxy`` as big-endian floats, rounded outwards. Node 1 is the root.
"""

# Names of tables and columns in statements are the schema's own, never a user's
# ruff: noqa: S608

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from gis.gpkg_geometry import bounds
from gis.gpkg_schema import rtree_name
from gis.places import Places
from gis.point_blobs import points_of_gpkg

_CELL = np.dtype([("id", ">i8"), ("box", ">f4", (4,))])
# SQLite splits a node at 51 cells; some room lets later inserts in without a split
_FILL = 40
_BATCH = 20_000
_NODES = 1_000


def rebuild(connection: Connection, table: str, places: Places | None = None) -> None:
    """Replace the whole RTree of a table by one packed from its geometries.

    Parameters
    ----------
    connection : Connection
    table : str
    places : Places, optional
        Where all of its rows are, in order, when they were loaded into an empty table: what is known need
        not be read again.
    """
    known = None if places is None else _known_boxes(connection, table, places)
    ids, boxes = _read_boxes(connection, table) if known is None else known
    rtree = rtree_name(table)
    size = connection.exec_driver_sql(
        f'SELECT length(data) FROM "{rtree}_node" WHERE nodeno = 1'
    ).scalar_one()
    for part in ("node", "parent", "rowid"):
        connection.exec_driver_sql(f'DELETE FROM "{rtree}_{part}"')
    order = tile_order(boxes, _FILL)
    ids, boxes = ids[order], boxes[order]
    del order
    _write_levels(connection, rtree, ids, boxes, size)


def packed_boxes(connection: Connection, table: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Read what the RTree of a table says of all rows, without reading the rows.

    Parameters
    ----------
    connection : Connection
    table : str

    Returns
    -------
    fids : ndarray of int64, shape (n,)
    boxes : ndarray of float32, shape (n, 4)
        minx, maxx, miny, maxy, rounded outwards.
    """
    found = connection.exec_driver_sql(f'SELECT nodeno, data FROM "{rtree_name(table)}_node" ORDER BY nodeno')
    numbers, blobs = zip(*found.all(), strict=True)
    where = np.array(numbers)
    content = np.frombuffer(b"".join(blobs), np.uint8).reshape(len(blobs), -1)
    heads = content[:, :4].copy().view(">u2").astype(np.int64)
    room = (content.shape[1] - 4) // _CELL.itemsize
    cells = content[:, 4 : 4 + room * _CELL.itemsize].copy().view(_CELL)
    level = np.array([np.searchsorted(where, 1)])
    for _depth in range(int(heads[level[0], 0])):
        level = np.searchsorted(where, _filled(cells, heads, level)["id"].astype(np.int64))
    leaves = _filled(cells, heads, level)
    return leaves["id"].astype(np.int64), leaves["box"].astype(np.float32)


def _filled(cells: NDArray[np.void], heads: NDArray[np.int64], nodes: NDArray[np.intp]) -> NDArray[np.void]:
    """Return the cells in use of some nodes."""
    in_use = np.arange(cells.shape[1]) < heads[nodes, 1][:, None]
    filled: NDArray[np.void] = cells[nodes][in_use]
    return filled


def _known_boxes(
    connection: Connection, table: str, places: Places
) -> tuple[NDArray[np.int64], NDArray[np.float32]] | None:
    """Return fids and boxes of points just loaded, ``None`` where the fids do not follow each other."""
    first, last = connection.exec_driver_sql(f'SELECT min("fid"), max("fid") FROM "{table}"').one()
    if places.xy is None or first is None or last - first + 1 != len(places):
        return None
    present = np.flatnonzero(places.present())
    boxes = np.empty((len(present), 4), np.float32)
    for start in range(0, len(present), _BATCH):
        some = present[start : start + _BATCH]
        boxes[start : start + _BATCH] = _outwards(np.repeat(places.xy[some], 2, axis=1))
    return present + first, boxes


def _read_boxes(connection: Connection, table: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return fids and minx, maxx, miny, maxy of all rows with a geometry, rounded outwards."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    cursor = driver.execute(f'SELECT "fid", "geom" FROM "{table}" WHERE "geom" NOTNULL')
    ids: list[NDArray[np.int64]] = [np.empty(0, np.int64)]
    boxes: list[NDArray[np.float32]] = [np.empty((0, 4), np.float32)]
    while rows := cursor.fetchmany(_BATCH):
        fids, blobs = zip(*rows, strict=True)
        present, found = _boxes_of(blobs)
        ids.append(np.array(fids, np.int64)[present])
        boxes.append(_outwards(found))
    return np.concatenate(ids), np.concatenate(boxes)


def _boxes_of(blobs: Sequence[bytes]) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Tell which blobs are not empty, and minx, maxx, miny, maxy of these."""
    points = points_of_gpkg(blobs)
    if points is not None:
        return np.ones(len(blobs), dtype=bool), np.repeat(points, 2, axis=1)
    every = [bounds(blob) for blob in blobs]
    known = [box for box in every if box is not None]
    return np.array([box is not None for box in every]), np.array(known).reshape(-1, 4)[:, [0, 2, 1, 3]]


def tile_order(boxes: NDArray[np.float32], fill: int) -> NDArray[np.intp]:
    """Order boxes so that runs of ``fill`` are compact tiles (sort-tile-recursive).

    Parameters
    ----------
    boxes : ndarray of shape (n, 4)
        minx, maxx, miny, maxy.
    fill : int
        Boxes of a tile.
    """
    leaves = max(1, -(-len(boxes) // fill))
    per_slice = fill * int(np.ceil(np.sqrt(leaves)))
    slices = np.empty(len(boxes), np.int32)
    slices[np.argsort(boxes[:, 0] + boxes[:, 1], kind="stable")] = np.arange(len(boxes)) // per_slice
    return np.lexsort((boxes[:, 2] + boxes[:, 3], slices))


def _outwards(boxes: NDArray[np.float64]) -> NDArray[np.float32]:
    """Round to 32 bits so that no box loses a point."""
    rounded = boxes.astype(np.float32)
    low, high = rounded[:, ::2], rounded[:, 1::2]
    rounded[:, ::2] = np.where(low > boxes[:, ::2], np.nextafter(low, np.float32(-np.inf)), low)
    rounded[:, 1::2] = np.where(high < boxes[:, 1::2], np.nextafter(high, np.float32(np.inf)), high)
    return rounded


def _write_levels(
    connection: Connection, rtree: str, ids: NDArray[np.int64], boxes: NDArray[np.float32], size: int
) -> None:
    """Write leaves, then the nodes above them, until one node is left: the root."""
    depth, following = 0, 2
    while True:
        ends = _node_ends(len(ids))
        root = len(ends) <= 1
        numbers = np.array([1]) if root else np.arange(following, following + len(ends))
        following += 0 if root else len(ends)
        counts = np.diff(ends, prepend=0) if len(ends) else np.array([0])
        children = "parent" if depth else "rowid"
        _insert(
            connection,
            f"{rtree}_{children}",
            _pairs(ids, np.repeat(numbers.astype(np.int32), counts)),
        )
        nodes = _nodes(ids, boxes, ends if len(ends) else np.array([0]), depth if root else 0, size)
        _insert(connection, f"{rtree}_node", zip(numbers.tolist(), nodes, strict=True))
        if root:
            return
        starts = ends - counts
        lows, highs = np.minimum.reduceat(boxes, starts), np.maximum.reduceat(boxes, starts)
        boxes = np.stack([lows[:, 0], highs[:, 1], lows[:, 2], highs[:, 3]], axis=1)
        ids, depth = numbers.astype(np.int64), depth + 1


def _pairs(ids: NDArray[np.int64], nodes: NDArray[np.int32]) -> Iterator[tuple[int, int]]:
    """Yield the node of each id in the order of the ids, in which a table grows at its end."""
    order = np.argsort(ids)
    for start in range(0, len(ids), _BATCH):
        part = order[start : start + _BATCH]
        yield from zip(ids[part].tolist(), nodes[part].tolist(), strict=True)


def _node_ends(count: int) -> NDArray[np.int64]:
    """Split ``count`` cells evenly into nodes of at most ``_FILL``; return where each ends."""
    nodes = -(-count // _FILL)
    return np.arange(1, nodes + 1, dtype=np.int64) * count // max(nodes, 1)


def _nodes(
    ids: NDArray[np.int64], boxes: NDArray[np.float32], ends: NDArray[np.int64], depth: int, size: int
) -> Iterator[bytes]:
    start = 0
    for group in range(0, len(ends), _NODES):
        some = ends[group : group + _NODES].tolist()
        cells = np.empty(some[-1] - start, _CELL)
        cells["id"], cells["box"] = ids[start : some[-1]], boxes[start : some[-1]]
        first = start
        for end in some:
            head = depth.to_bytes(2, "big") + (end - start).to_bytes(2, "big")
            yield (head + cells[start - first : end - first].tobytes()).ljust(size, b"\0")
            start = end


def _insert(connection: Connection, table: str, rows: Iterator[tuple[int, int | bytes]]) -> None:
    while batch := list(islice(rows, _BATCH)):
        connection.exec_driver_sql(f'INSERT INTO "{table}" VALUES (?, ?)', batch)
