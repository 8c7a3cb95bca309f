"""Cut areas along lines into faces, and look at the borders that faces share.

Everything is on the lattice of :mod:`grids.proposals.plane`. Faces cut together are *matched*: where two of
them meet, both have the same vertices.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from grids.proposals.plane import LATTICE_M, Coordinates, Geometries, ticks

Indices = NDArray[np.intp]


def as_array(geometries: Iterable[BaseGeometry]) -> Geometries:
    """Make an array of objects of geometries, also of none."""
    return np.array([*geometries, None], dtype=object)[:-1]


def as_points(xy: Coordinates) -> Geometries:
    """Make points of coordinates of shape (n, 2), also of none."""
    return np.asarray(shapely.points(xy), dtype=object)


def cut_into_faces(lines: Iterable[BaseGeometry]) -> Geometries:
    """Node lines on the lattice and return all areas they enclose; what encloses nothing is dropped."""
    noded = shapely.union_all(as_array(lines), grid_size=LATTICE_M)
    return as_array(shapely.get_parts(shapely.polygonize([noded])))


def faces_inside(area: BaseGeometry, lines: Iterable[BaseGeometry]) -> Geometries:
    """Cut an area along lines.

    Parameters
    ----------
    area : Polygon or MultiPolygon
        On the lattice.
    lines : iterable of geometries
        Lines; polygons count as their outlines. What lies outside does no harm.

    Returns
    -------
    ndarray of Polygon
        Matched faces that tile the area.
    """
    faces = cut_into_faces([shapely.boundary(area), *map(_as_lines, lines)])
    shapely.prepare(area)
    return as_array(faces[shapely.intersects(area, shapely.point_on_surface(faces))])


def _as_lines(geometry: BaseGeometry) -> BaseGeometry:
    outline: BaseGeometry = geometry
    if shapely.get_dimensions(geometry) == 2:
        outline = shapely.boundary(geometry)
    return outline


@dataclass(frozen=True, slots=True)
class Borders:
    """The straight pieces of the outlines of matched faces.

    Attributes
    ----------
    left, right : ndarray of int
        Positions of the two faces; ``right`` is -1 where there is one face only.
    start, end : ndarray of float
        Coordinates, shape (n, 2).
    """

    left: Indices
    right: Indices
    start: Coordinates
    end: Coordinates

    @property
    def length(self) -> NDArray[np.float64]:
        """Length of each piece in metres."""
        step = self.end - self.start
        return np.asarray(np.hypot(step[:, 0], step[:, 1]))

    @property
    def middle(self) -> Geometries:
        """The point halfway along each piece."""
        return np.asarray(shapely.points((self.start + self.end) / 2), dtype=object)

    def take(self, which: NDArray[np.bool_]) -> Borders:
        """Return some of the pieces."""
        return Borders(self.left[which], self.right[which], self.start[which], self.end[which])


def borders_of(faces: Geometries) -> Borders:
    """Find which faces share which straight pieces of border.

    Parameters
    ----------
    faces : ndarray of Polygon
        Matched.

    Returns
    -------
    Borders
        Each piece once.
    """
    rings, of_face = shapely.get_rings(faces, return_index=True)
    xy, of_ring = shapely.get_coordinates(rings, return_index=True)
    inside = of_ring[1:] == of_ring[:-1]
    start, end, face = xy[:-1][inside], xy[1:][inside], of_face[of_ring[:-1][inside]]
    first, second = _undirected(start, end)
    order = np.lexsort((face, second, first))
    same = np.flatnonzero((first[order][1:] == first[order][:-1]) & (second[order][1:] == second[order][:-1]))
    right = np.full(len(face), -1)
    right[order[same]] = face[order[same + 1]]
    once = np.ones(len(face), dtype=bool)
    once[order[same + 1]] = False
    return Borders(face[once], right[once], start[once], end[once])


def _undirected(start: Coordinates, end: Coordinates) -> tuple[Indices, Indices]:
    """Number the vertices and return the lower and the higher number of each piece."""
    _, number = np.unique(ticks(np.concatenate([start, end])), axis=0, return_inverse=True)
    number = number.reshape(-1)
    one, two = number[: len(start)], number[len(start) :]
    return np.minimum(one, two), np.maximum(one, two)


def dissolve(faces: Geometries, labels: NDArray[np.intp]) -> Geometries:
    """Join matched faces of one label.

    Returns
    -------
    ndarray of Polygon or MultiPolygon
        By label, ascending; all vertices stay.
    """
    order = np.argsort(labels, kind="stable")
    if not len(labels):
        return faces
    starts = np.flatnonzero(np.r_[True, np.diff(labels[order]) != 0])
    groups = np.split(order, starts[1:])
    return as_array(joined(faces[group]) for group in groups)


def joined(faces: Geometries) -> BaseGeometry:
    """Join matched faces into one geometry, every vertex kept."""
    if len(faces) == 1:
        single: BaseGeometry = faces[0]
        return single
    whole = shapely.coverage_union_all(faces)
    parts = shapely.get_parts(whole)
    union: BaseGeometry = parts[0] if len(parts) == 1 else whole
    return union


def touching(points: Geometries, lines: Geometries, distance: float) -> NDArray[np.bool_]:
    """Tell which points lie within a distance of any of some lines."""
    near = np.zeros(len(points), dtype=bool)
    if len(lines) and len(points):
        near[shapely.STRtree(lines).query(points, predicate="dwithin", distance=distance)[0]] = True
    return near
