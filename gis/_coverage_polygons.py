"""Polygons as sorted edges: what the point-in-coverage index works on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

# Edges to one bounding box: the last box of a polygon has fewer.
BLOCK = 16

# Coordinates closer to 0 than this are read as 0 (see gis._coverage_predicates).
TINY = 1e-100


class Polygons(NamedTuple):
    """Hold the edges of all polygons, polygons in the order of their codes (their *rank*).

    All arrays are read-only and C-contiguous; coordinates are longitude and latitude in degrees.
    """

    edges: NDArray[np.float64]  # (m, 4): x, y of the lower end, x, y of the upper end; sorted by (y, x)
    first: NDArray[np.int64]  # (n + 1): the edges of rank k are first[k] to first[k + 1]
    boxes: NDArray[np.float64]  # (n, 4): min x, min y, max x, max y; nan without edges
    blocks: NDArray[np.float64]  # (b, 4): boxes of BLOCK consecutive edges each
    first_block: NDArray[np.int64]  # (n + 1): the blocks of rank k
    rows: NDArray[np.int64]  # (n): rank -> row of the input


def take_apart(geometries: NDArray[np.object_], codes: NDArray[np.object_]) -> Polygons:
    """Take polygons apart into edges, in the order of their codes.

    Raises
    ------
    ValueError
        A geometry is neither polygon, multipolygon nor null, or has a coordinate that is no
        longitude and latitude.
    """
    _refuse_other_types(geometries)
    rows = _ranked(geometries, codes)
    parts, part_of = shapely.get_parts(geometries[rows], return_index=True)
    rings, ring_of = shapely.get_rings(parts, return_index=True)
    points, point_of = shapely.get_coordinates(rings, return_index=True)
    owner = part_of[ring_of]
    _refuse_other_coordinates(points, rows[owner[point_of]])
    points[np.abs(points) < TINY] = 0.0
    follows = point_of[1:] == point_of[:-1]
    edges = _sorted_ends(points[:-1][follows], points[1:][follows])
    first = np.searchsorted(owner[point_of[1:][follows]], np.arange(len(rows) + 1))
    blocks, first_block = _blocks(edges, first)
    parts_of_edges = (edges, first, _boxes(edges, first), blocks, first_block, rows)
    return Polygons(*(frozen(array) for array in parts_of_edges))


def frozen(array: NDArray[Any]) -> NDArray[Any]:
    """Return a read-only, C-contiguous view: one type for numba, whether computed or memory-mapped."""
    view = np.ascontiguousarray(array).view()
    view.flags.writeable = False
    return view


def as_codes(codes: Sequence[str]) -> NDArray[np.object_]:
    """Return the codes as an array of ``str``.

    Raises
    ------
    ValueError
        A code is not a string.
    """
    array = np.empty(len(codes), dtype=object)
    array[:] = list(codes)
    for row, code in enumerate(array):
        if not isinstance(code, str):
            raise ValueError(f"code of row {row} must be a str, not {code!r}")
    return array


def _refuse_other_types(geometries: NDArray[np.object_]) -> None:
    kinds = shapely.get_type_id(geometries)
    accepted = (-1, shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
    for row in np.flatnonzero(~np.isin(kinds, accepted))[:1]:
        kind = geometries[row].geom_type
        raise ValueError(f"geometry of row {row} must be a Polygon or MultiPolygon, not a {kind}")


def _refuse_other_coordinates(points: NDArray[np.float64], rows: NDArray[np.int64]) -> None:
    wrong = ~((np.abs(points[:, 0]) <= 180.0) & (np.abs(points[:, 1]) <= 90.0))
    for i in np.flatnonzero(wrong)[:1]:
        x, y = points[i].tolist()
        raise ValueError(f"geometry of row {rows[i]} has ({x!r}, {y!r}): not a longitude and latitude")


def _ranked(geometries: NDArray[np.object_], codes: NDArray[np.object_]) -> NDArray[np.int64]:
    """Order rows by code; rows of the same code by their geometry, so that input order never decides."""
    rows = np.argsort(codes, kind="stable")
    ordered = codes[rows]
    again = np.flatnonzero(ordered[1:] == ordered[:-1])
    if len(again):
        shared = np.union1d(again, again + 1)
        shapes = shapely.to_wkb(shapely.normalize(geometries[rows[shared]]))
        keys = [(ordered[i], shape or b"", rows[i]) for i, shape in zip(shared, shapes, strict=True)]
        rows[shared] = [row for _, _, row in sorted(keys)]
    return rows.astype(np.int64)


def _sorted_ends(start: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.float64]:
    swap = (start[:, 1] > end[:, 1]) | ((start[:, 1] == end[:, 1]) & (start[:, 0] > end[:, 0]))
    return np.hstack([np.where(swap[:, None], end, start), np.where(swap[:, None], start, end)])


def _blocks(
    edges: NDArray[np.float64], first: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the boxes of runs of edges, and where each polygon's begin."""
    counts = -(-np.diff(first) // BLOCK)
    first_block = np.concatenate([[0], np.cumsum(counts)])
    polygon = np.repeat(np.arange(len(counts)), counts)
    nth = np.arange(first_block[-1]) - first_block[polygon]
    begin = first[polygon] + BLOCK * nth
    stop = np.minimum(begin + BLOCK, first[polygon + 1])
    return _boxes_between(edges, begin, stop), first_block


def _boxes(edges: NDArray[np.float64], first: NDArray[np.int64]) -> NDArray[np.float64]:
    boxes = np.full((len(first) - 1, 4), np.nan)
    filled = np.flatnonzero(np.diff(first))
    boxes[filled] = _boxes_between(edges, first[filled], first[filled + 1])
    return boxes


def _boxes_between(
    edges: NDArray[np.float64], begin: NDArray[np.int64], stop: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the box of each run ``begin`` to ``stop`` of edges; runs are not empty and in order."""
    if len(begin) == 0:
        return np.empty((0, 4))
    limits = np.stack([begin, stop], axis=1).ravel()
    if limits[-1] == len(edges):  # reduceat runs to the end by itself and cannot be told so
        limits = limits[:-1]
    west = np.minimum(edges[:, 0], edges[:, 2])
    east = np.maximum(edges[:, 0], edges[:, 2])
    extremes = (
        np.minimum.reduceat(west, limits)[::2],
        np.minimum.reduceat(edges[:, 1], limits)[::2],
        np.maximum.reduceat(east, limits)[::2],
        np.maximum.reduceat(edges[:, 3], limits)[::2],
    )
    return np.stack(extremes, axis=1)
