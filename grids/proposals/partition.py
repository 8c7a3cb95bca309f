"""Put all pieces into one planar partition: every border once, every vertex on both sides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from grids.proposals.faces import Indices, as_array, borders_of, cut_into_faces, dissolve
from grids.proposals.merging import components, neighbours
from grids.proposals.plane import Coordinates, Geometries, Plane, ticks
from grids.proposals.seams import end_of, threaded

SHORTEST_EDGE_M = 0.0012
"""Vertices nearer than a millimetre count as repeated."""

SCRAP_M2 = 1.0
"""Faces that rounding leaves between pieces cut one after the other are far smaller."""


@dataclass(frozen=True, slots=True)
class Partition:
    """The final polygons.

    Attributes
    ----------
    degrees, metres : ndarray of Polygon
        The same polygons in longitude and latitude, as they are stored, and on the plane.
    piece : ndarray of int
        The piece that each was made of.
    """

    degrees: Geometries
    metres: Geometries
    piece: Indices


def partition(
    pieces: Geometries, parts: Geometries, obstacles: Geometries, plane: Plane, originals: Coordinates
) -> Partition:
    """Make one partition of pieces.

    Parameters
    ----------
    pieces : ndarray of Polygon
        On the lattice; together they tile the parts, up to the rounding of single cuts.
    parts : ndarray of Polygon
        The parts of the communities, on the lattice.
    obstacles : ndarray of Polygon
        Buildings and compounds, whose walls borders may run along.
    plane : Plane
        The way back to degrees.
    originals : ndarray of float
        Vertices of the communities in degrees, shape (n, 2), which come out bit for bit.
    """
    faces, label = _labelled_faces(pieces, parts, shapely.boundary(obstacles))
    polygons = dissolve(faces, label)
    rings = _Rings.of(polygons)
    table = _Vertices.of(rings.xy, plane, originals)
    metres, degrees = (rings.rebuilt(table.of_coordinate, xy) for xy in (table.metres, table.degrees))
    return Partition(degrees, metres, np.unique(label))


def matched(pieces: Geometries, parts: Geometries) -> Geometries:
    """Give pieces the same vertices where they meet.

    Parameters
    ----------
    pieces, parts : ndarray of Polygon
        As for :func:`partition`; the pieces may be the parts.

    Returns
    -------
    ndarray of Polygon
        One for each piece, in their order.
    """
    faces, label = _labelled_faces(pieces, parts, as_array([]))
    polygons = dissolve(faces, label)
    if len(polygons) != len(pieces):
        raise AssertionError("a piece has no ground of its own")
    return polygons


def _labelled_faces(pieces: Geometries, parts: Geometries, walls: Geometries) -> tuple[Geometries, Indices]:
    """Node all outlines together; return the faces inside the parts and the piece of each."""
    faces = cut_into_faces(threaded(np.concatenate([parts, pieces]), parts, walls))
    faces = as_array(faces[_first_hit(parts, shapely.point_on_surface(faces)) >= 0])
    return faces, _complete(faces, _first_hit(pieces, shapely.point_on_surface(faces)), parts)


def _first_hit(areas: Geometries, points: Geometries) -> Indices:
    """Return for each point the first area it touches, -1 without one."""
    found = np.full(len(points), -1)
    point, area = shapely.STRtree(areas).query(points, predicate="intersects")
    order = np.lexsort((-area, point))
    found[point[order]] = area[order]
    return found


def _complete(faces: Geometries, label: Indices, parts: Geometries) -> Indices:
    """Give scraps, and faces cut off from their piece, to what they share the longest border with."""
    borders = borders_of(faces)
    part = _first_hit(parts, shapely.point_on_surface(faces))
    inside = (borders.right >= 0) & (part[borders.left] == part[borders.right])
    near = neighbours(borders.take(inside), borders.length[inside], len(faces))
    label = _without_fragments(faces, label, near)
    while (label < 0).any():
        before = int((label < 0).sum())
        for at in np.flatnonzero(label < 0):
            known = {other: size for other, size in near[at].items() if label[other] >= 0}
            if known:
                label[at] = label[max(known, key=lambda other: (known[other], -other))]
        if int((label < 0).sum()) == before:
            raise AssertionError("a face of the partition has no neighbour in its part")
    return label


def _without_fragments(faces: Geometries, label: Indices, near: list[dict[int, float]]) -> Indices:
    """Take the label off faces that do not hang together with the largest of their piece."""
    kept = label.copy()
    alike = [
        {other: size for other, size in table.items() if label[other] == label[at]}
        for at, table in enumerate(near)
    ]
    repeated, count = np.unique(label[label >= 0], return_counts=True)
    members = np.flatnonzero(np.isin(label, repeated[count > 1]))
    by_label: dict[int, list[list[int]]] = {}
    for group in components(members, alike):
        by_label.setdefault(int(label[group[0]]), []).append(group)
    for groups in by_label.values():
        sizes = [float(shapely.area(faces[group]).sum()) for group in groups]
        for group, size in zip(groups, sizes, strict=True):
            if size < max(sizes) and size < SCRAP_M2:
                kept[group] = -1
    return kept


@dataclass(frozen=True, slots=True)
class _Rings:
    """Polygons taken apart: coordinates, the ring of each, the polygon of each ring."""

    xy: Coordinates
    ring: Indices
    polygon: Indices
    count: int

    @classmethod
    def of(cls, polygons: Geometries) -> _Rings:
        rings, owner = shapely.get_rings(polygons, return_index=True)
        xy, ring = shapely.get_coordinates(rings, return_index=True)
        return cls(xy, ring, owner, len(polygons))

    def rebuilt(self, vertex: Indices, xy: Coordinates) -> Geometries:
        """Build the polygons of other coordinates of the same vertices, repeated ones left out."""
        closing = np.r_[self.ring[1:] != self.ring[:-1], True]
        fresh = np.r_[True, (vertex[1:] != vertex[:-1]) | (self.ring[1:] != self.ring[:-1])]
        keep = fresh & ~closing
        rings = shapely.linearrings(xy[vertex[keep]], indices=self.ring[keep])
        starts = np.flatnonzero(np.r_[True, self.polygon[1:] != self.polygon[:-1]])
        groups = np.split(np.arange(len(rings)), starts[1:])
        return as_array(shapely.Polygon(rings[g[0]], list(rings[g[1:]])) for g in groups)


@dataclass(frozen=True, slots=True)
class _Vertices:
    """Every vertex once, with its place in metres and in degrees; close ones are one."""

    of_coordinate: Indices
    metres: Coordinates
    degrees: Coordinates

    @classmethod
    def of(cls, xy: Coordinates, plane: Plane, originals: Coordinates) -> _Vertices:
        """Number the vertices of outlines; consecutive ones that nearly coincide get one number."""
        places, number = np.unique(ticks(xy), axis=0, return_inverse=True)
        number = number.reshape(-1)
        metres = np.zeros((len(places), 2))
        metres[number] = xy
        degrees = plane.to_degrees(metres)
        fixed = _restore(degrees, places, plane, originals)
        return cls(_collapsed(number, xy, metres, fixed), metres, degrees)


def _restore(
    degrees: Coordinates, places: NDArray[np.int64], plane: Plane, originals: Coordinates
) -> NDArray[np.bool_]:
    """Put the vertices of the communities back to what they were; tell which these are."""
    known = {tuple(place): at for at, place in enumerate(places.tolist())}
    fixed = np.zeros(len(places), dtype=bool)
    for lonlat, place in zip(originals, ticks(plane.to_metres(originals)).tolist(), strict=True):
        at = known.get(tuple(place))
        if at is not None:
            degrees[at] = lonlat
            fixed[at] = True
    return fixed


def _collapsed(number: Indices, xy: Coordinates, metres: Coordinates, fixed: NDArray[np.bool_]) -> Indices:
    """Replace vertices at the ends of edges shorter than a millimetre by one of them."""
    step = np.hypot(*(xy[1:] - xy[:-1]).T)
    short = (step < SHORTEST_EDGE_M) & (number[1:] != number[:-1])
    into = np.arange(len(metres))
    for one, two in zip(number[:-1][short].tolist(), number[1:][short].tolist(), strict=True):
        a, b = end_of(into, one), end_of(into, two)
        keep, lose = (a, b) if (fixed[a], -a) >= (fixed[b], -b) else (b, a)
        into[lose] = keep
    return np.array([end_of(into, at) for at in range(len(into))], dtype=np.intp)[number]
