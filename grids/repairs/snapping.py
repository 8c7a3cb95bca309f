"""Give neighbours the same vertices along the border they share (G20).

First vertices that are one corner drawn twice become one: all go to the one that most areas have, no further
than the tolerance. Then edges take up the vertices of neighbours that lie on them. Matched edges stay where
they are, and vertices on the outline of a division above stay on it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.metres import LocalMetres
from gis.text import t
from grids.repairs.limits import REPEATED_M, SNAP_M
from grids.repairs.vertices import distances, find, inserted, moved
from grids.repairs.work import Work
from grids.topology_edges import Coordinates, Edges, has_vertex
from grids.topology_surfaces import Geometries, Indices


def match_edges(work: Work) -> bool:
    """Snap vertices together and put missing ones into edges; tell whether anything was changed."""
    snapped = _snap(work)
    return _node(work) or snapped


@dataclass(slots=True)
class _Points:
    """Vertices that may be merged.

    Attributes
    ----------
    lonlat, planar : ndarray of float64, shape (n, 2)
        Where they are, in degrees and in metres.
    owners : list of frozenset of int
        The areas that have each.
    fixed : ndarray of bool
        Those of areas that stand fast are not moved.
    rank : ndarray of int
        2 for a corner of a division above, 1 for others on its outline, which are moved along it only.
    """

    lonlat: Coordinates
    planar: Coordinates
    owners: list[frozenset[int]]
    fixed: NDArray[np.bool_]
    rank: NDArray[np.int64]


def _snap(work: Work) -> bool:
    edges = Edges.of(work.degrees)
    points = _candidates(work, edges)
    first, second = _pairs(points.planar)
    target = _targets(points, first, second)
    gone = np.flatnonzero(target != np.arange(len(target)))
    if not len(gone):
        return False
    areas, rows = moved(work.degrees, points.lonlat[gone], points.lonlat[target[gone]])
    repeated = {
        at for at in gone.tolist() if not points.owners[at].isdisjoint(points.owners[int(target[at])])
    }
    places: dict[int, list[int]] = defaultdict(list)
    for at in gone.tolist():
        for owner in points.owners[at]:
            places[owner].append(at)
    own = [int(row) for row in rows if repeated.issuperset(places[int(row)])]
    shared = [int(row) for row in rows if not repeated.issuperset(places[int(row)])]
    cleaned = _apply(work, areas, own, "G02", points, places, target)
    return _apply(work, areas, shared, "G20", points, places, target) or cleaned


def _apply(
    work: Work,
    areas: Geometries,
    rows: list[int],
    code: str,
    points: _Points,
    places: dict[int, list[int]],
    target: Indices,
) -> bool:
    texts, where = {}, {}
    for row in rows:
        at = places[row]
        furthest = distances(points.planar[at], points.planar[target[at]]).max()
        texts[row] = (
            t("{n} repeated vertices removed", n=len(at))
            if code == "G02"
            else t(
                "{n} vertices moved to those of neighbours, by {most} mm at most",
                n=len(at),
                most=f"{1000 * furthest:.1f}",
            )
        )
        where[row] = shapely.MultiPoint(points.lonlat[at])
    return work.replace({row: areas[row] for row in rows}, code, texts, where)


def _candidates(work: Work, edges: Edges) -> _Points:
    """Return the end points of edges that no neighbour shares, and of edges too short to be meant."""
    planar = shapely.get_coordinates(work.metres.forward(work.degrees))
    short = distances(planar[edges.at], planar[edges.at + 1]) < REPEATED_M
    chosen = edges.take(edges.loose() | short)
    lonlat = np.unique(np.concatenate([chosen.start, chosen.end]), axis=0)
    at = find(lonlat, edges.start)
    owners: list[set[int]] = [set() for _ in lonlat]
    for point, owner in zip(at[at >= 0].tolist(), edges.owner[at >= 0].tolist(), strict=True):
        owners[point].add(owner)
    fixed = np.array([not all(work.movable[list(having)]) for having in owners], dtype=bool)
    corner = find(np.unique(shapely.get_coordinates(work.parents), axis=0), lonlat) >= 0
    rank = np.where(corner, 2, _on_outline(lonlat, work.parents, work.metres))
    return _Points(lonlat, _planar(lonlat, work.metres), list(map(frozenset, owners)), fixed, rank)


def _planar(lonlat: Coordinates, metres: LocalMetres) -> Coordinates:
    return shapely.get_coordinates(metres.forward(np.asarray(shapely.points(lonlat))))


def _on_outline(lonlat: Coordinates, parents: Geometries, metres: LocalMetres) -> NDArray[np.bool_]:
    """Tell which points lie on the outline of a division."""
    result = np.zeros(len(lonlat), dtype=bool)
    outlines = shapely.boundary(metres.forward(parents))
    points = shapely.points(_planar(lonlat, metres))
    near = shapely.STRtree(outlines).query(np.asarray(points), predicate="dwithin", distance=REPEATED_M)
    result[near[0]] = True
    return result


def _pairs(planar: Coordinates) -> tuple[Indices, Indices]:
    points = np.asarray(shapely.points(planar))
    first, second = shapely.STRtree(points).query(points, predicate="dwithin", distance=SNAP_M)
    return first[first != second], second[first != second]


def _targets(points: _Points, first: Indices, second: Indices) -> Indices:
    """Return for each vertex the one that takes its place, most often itself.

    Two vertices of one area become one only where it has repeated a vertex: anything else is its shape.
    """
    target = np.arange(len(points.lonlat))
    near: dict[int, list[tuple[float, int]]] = {}
    apart = distances(points.planar[first], points.planar[second])
    for a, b, distance in zip(first.tolist(), second.tolist(), apart.tolist(), strict=True):
        near.setdefault(a, []).append((distance, b))
    settled: set[int] = set()

    def firmness(at: int) -> tuple[bool, int, int, int]:
        return not points.fixed[at], -int(points.rank[at]), -len(points.owners[at]), at

    for centre in sorted(near, key=firmness):
        if centre in settled:
            continue
        settled.add(centre)
        having = set(points.owners[centre])
        for distance, at in sorted(near[centre]):
            along = points.rank[at] == 0 or points.rank[centre] > 0
            free = at not in settled and not points.fixed[at] and along
            if free and (distance < REPEATED_M or having.isdisjoint(points.owners[at])):
                target[at] = centre
                settled.add(at)
                having |= points.owners[at]
    return target


def _node(work: Work) -> bool:
    """Put vertices of neighbours into the edges that they lie on."""
    edges = Edges.of(work.degrees)
    free = edges.take(edges.loose())
    lonlat = np.unique(np.concatenate([free.start, free.end]), axis=0)
    edge, point, share = _on_edges(free, lonlat, work.metres)
    strange = work.movable[free.owner[edge]] & ~has_vertex(edges, free.owner[edge], lonlat[point])
    edge, point, share = edge[strange], point[strange], share[strange]
    if not len(edge):
        return False
    after = free.at[edge]
    order = np.lexsort((share, after))
    areas, rows = inserted(work.degrees, after[order], lonlat[point[order]])
    taken: dict[int, list[int]] = defaultdict(list)
    for row, at in zip(free.owner[edge].tolist(), point.tolist(), strict=True):
        taken[row].append(at)
    texts = {
        row: t("{n} vertices of neighbours put into the boundary", n=len(at)) for row, at in taken.items()
    }
    places = {row: shapely.MultiPoint(lonlat[at]) for row, at in taken.items()}
    return work.replace({int(row): areas[row] for row in rows}, "G20", texts, places)


def _on_edges(
    edges: Edges, lonlat: Coordinates, metres: LocalMetres
) -> tuple[Indices, Indices, NDArray[np.float64]]:
    """Return edges with the points that lie on them, and how far along; not those at their ends."""
    start, end, at = (_planar(xy, metres) for xy in (edges.start, edges.end, lonlat))
    lines = np.asarray(shapely.linestrings(np.stack([start, end], axis=1)))
    point, edge = shapely.STRtree(lines).query(
        np.asarray(shapely.points(at)), predicate="dwithin", distance=SNAP_M
    )
    step = end[edge] - start[edge]
    length = np.hypot(step[:, 0], step[:, 1])
    along = np.einsum("ij,ij->i", at[point] - start[edge], step) / length
    inside = (along > REPEATED_M) & (along < length - REPEATED_M)
    return edge[inside], point[inside], along[inside]
