"""Topology of a layer of areas: overlaps, gaps, what sticks out, faulty rings.

Everything is measured in local metres (:class:`gis.metres.LocalMetres`) on valid copies; what is
stored stays as it was delivered. Defects come back in EPSG:4490, longitude and latitude.

An edge that is straight in metres is not straight in degrees: over 1 km the two differ by a centimetre
at 30° N. Where a border has more vertices on one side than on the other, this alone makes slivers in one of
the two planes. So a defect counts only as far as it is there in both, the plane it was surveyed in, very
nearly, and the plane it is stored in.

No national tolerance was found. A defect counts when its area exceeds 0.01 m² *and* it is wider than
1 mm; anything smaller is the seam that rounding leaves between borders drawn twice (``negligible``), and
below 0.00001 m² it is arithmetic and not reported at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis.metres import LocalMetres

TOLERANCE_M2 = 0.01
TOLERANCE_WIDTH_M = 0.001
NOISE_M2 = 1e-5
SPIKE_DEGREES = 1.0

Geometries = NDArray[np.object_]
Indices = NDArray[np.intp]
InDegrees = Callable[[int, BaseGeometry], BaseGeometry]


@dataclass(frozen=True, slots=True)
class Defect:
    """A piece of ground where areas do not fit together.

    Attributes
    ----------
    left, right : int
        Positions of the areas concerned, -1 where there is none.
    area_m2, width_m : float
        Size, and mean width (twice the area over the perimeter).
    geometry : BaseGeometry
        EPSG:4490.
    enclosed : bool
        A gap that areas of the layer surround on all sides.
    """

    left: int
    right: int
    area_m2: float
    width_m: float
    geometry: BaseGeometry
    enclosed: bool = False

    @property
    def negligible(self) -> bool:
        """Whether it is a seam within the tolerance."""
        return self.area_m2 <= TOLERANCE_M2 or self.width_m <= TOLERANCE_WIDTH_M


class Surfaces:
    """Areas prepared for measuring: valid polygonal copies in local metres, and in degrees.

    Parameters
    ----------
    geometries : sequence of geometries
        EPSG:4490; missing ones and those without area become empty.
    metres : LocalMetres, optional
        Shared by all surfaces that are compared; by default around these geometries.

    Attributes
    ----------
    array : ndarray of geometries
        In metres.
    degrees : ndarray of geometries
        The same in longitude and latitude.
    """

    def __init__(
        self, geometries: Sequence[BaseGeometry | None] | Geometries, metres: LocalMetres | None = None
    ) -> None:
        given = np.array([*geometries, None], dtype=object)[:-1]
        self.metres = metres or LocalMetres.around(given)
        self.degrees = _valid_surfaces(given)
        self.array = _valid_surfaces(self.metres.forward(given))

    @classmethod
    def of(cls, array: Geometries, degrees: Geometries, metres: LocalMetres) -> Surfaces:
        """Put prepared surfaces together."""
        surfaces = cls([], metres)
        surfaces.array, surfaces.degrees = array, degrees
        return surfaces

    def __len__(self) -> int:
        return len(self.array)

    def take(self, positions: Sequence[int] | Indices) -> Surfaces:
        """Return some of the surfaces."""
        chosen = np.asarray(positions, dtype=np.intp)
        return Surfaces.of(self.array[chosen], self.degrees[chosen], self.metres)

    def only(self, rows: NDArray[np.bool_]) -> Surfaces:
        """Return the same surfaces, all but some rows empty, so that positions stay."""
        array, degrees = self.array.copy(), self.degrees.copy()
        array[~rows] = degrees[~rows] = shapely.Polygon()
        return Surfaces.of(array, degrees, self.metres)

    def joined(self, groups: Sequence[Sequence[int]]) -> Surfaces:
        """Return one surface for each group of positions."""
        array, degrees = (
            np.array([*(shapely.union_all(parts[list(group)]) for group in groups), None], dtype=object)[:-1]
            for parts in (self.array, self.degrees)
        )
        return Surfaces.of(array, degrees, self.metres)

    def with_others(self, *others: Surfaces) -> Surfaces:
        """Put other surfaces in the same metres behind these."""
        return Surfaces.of(
            np.concatenate([self.array, *(other.array for other in others)]),
            np.concatenate([self.degrees, *(other.degrees for other in others)]),
            self.metres,
        )


def _valid_surfaces(geometries: Geometries) -> Geometries:
    """Return valid polygons or multipolygons; what has no surface becomes an empty polygon."""
    result = geometries.copy()
    result[shapely.is_missing(result)] = shapely.Polygon()
    broken = ~shapely.is_valid(result)
    if broken.any():
        result[broken] = shapely.make_valid(result[broken], method="structure", keep_collapsed=False)
    flat = shapely.get_dimensions(result) < 2
    result[flat] = shapely.Polygon()
    return np.asarray(result, dtype=object)


def area_text(square_metres: float) -> str:
    """Write an area for people: whole square metres, below a thousand four digits."""
    return f"{square_metres:.0f}" if square_metres >= 1000 else f"{square_metres:.4g}"


def find_overlaps(surfaces: Surfaces, others: Surfaces | None = None) -> list[Defect]:
    """Find where surfaces cover the same ground, pair by pair.

    Parameters
    ----------
    surfaces : Surfaces
        The layer.
    others : Surfaces, optional
        A second layer: pairs between the two are looked at instead of pairs within the first.

    Returns
    -------
    list of Defect
        Ordered by ``left`` (position in ``surfaces``), then ``right``.
    """
    second = surfaces if others is None else others
    if others is None:
        left, right = _pairs_within(surfaces.array)
    else:
        left, right = shapely.STRtree(others.array).query(surfaces.array)
    shared = shapely.intersection(surfaces.array[left], second.array[right])
    return list(
        _defects(
            surfaces,
            left,
            right,
            shared,
            lambda at, _: shapely.intersection(surfaces.degrees[left[at]], second.degrees[right[at]]),
        )
    )


def _pairs_within(array: Geometries) -> tuple[Indices, Indices]:
    """Return pairs of bounding boxes that meet, one of them with an edge that is no shared edge."""
    suspect = ~shapely.is_empty(shapely.coverage_invalid_edges(array))
    where = np.flatnonzero(suspect)
    left, right = shapely.STRtree(array).query(array[where])
    left = where[left]
    twice = suspect[right] & (right < left)
    keep = (left != right) & ~twice
    left, right = np.minimum(left[keep], right[keep]), np.maximum(left[keep], right[keep])
    order = np.lexsort((right, left))
    return left[order], right[order]


def find_gaps(children: Surfaces, parents: Surfaces, frame: Surfaces | None = None) -> list[Defect]:
    """Find ground that a layer should cover and does not.

    Parameters
    ----------
    children : Surfaces
        The layer that should be without gaps.
    parents : Surfaces
        Areas that it should fill. Holes inside the layer are found without them.
    frame : Surfaces, optional
        Neighbours outside the delivery, which fill gaps too.

    Returns
    -------
    list of Defect
        ``left`` is the parent that the gap lies in (-1: none), one defect per gap; first those that the
        layer encloses, then what is left of the parents around it.
    """
    layer = children if frame is None else children.with_others(frame)
    covered = shapely.union_all(layer.array)
    outlines = shapely.get_exterior_ring(shapely.get_parts(covered))
    filled = shapely.union_all(shapely.polygons(outlines))
    holes = shapely.get_parts(shapely.difference(filled, covered))
    rest = shapely.get_parts(shapely.difference(shapely.union_all(parents.array), filled))
    return [
        *_gaps(layer, parents, holes, enclosed=True),
        *_gaps(layer, parents, rest, enclosed=False),
    ]


def _gaps(layer: Surfaces, parents: Surfaces, pieces: Geometries, *, enclosed: bool) -> Iterator[Defect]:
    parent = _containing(pieces, parents)
    tree = shapely.STRtree(layer.degrees)

    def in_degrees(at: int, place: BaseGeometry) -> BaseGeometry:
        around = layer.degrees[tree.query(place)]
        open_ground = shapely.difference(shapely.make_valid(place), shapely.union_all(around))
        if enclosed or parent[at] < 0:
            return open_ground
        wanted: BaseGeometry = shapely.intersection(open_ground, parents.degrees[parent[at]])
        return wanted

    for defect in _defects(layer, parent, np.full(len(pieces), -1), pieces, in_degrees):
        yield replace(defect, enclosed=enclosed)


def _containing(pieces: Geometries, parents: Surfaces) -> Indices:
    """Return for each piece the parent that its inside point lies in, -1 without one."""
    result = np.full(len(pieces), -1)
    piece, parent = shapely.STRtree(parents.array).query(
        shapely.point_on_surface(pieces), predicate="intersects"
    )
    result[piece[::-1]] = parent[::-1]
    return result


def find_protrusions(children: Surfaces, parents: Surfaces, parent_of: Indices) -> list[Defect]:
    """Find the part of each child outside its parent.

    Parameters
    ----------
    children, parents : Surfaces
        The two layers.
    parent_of : ndarray of int
        Position of each child's parent; children with -1 are left out.

    Returns
    -------
    list of Defect
        ``left`` is the child, ``right`` the parent.
    """
    child = np.flatnonzero(parent_of >= 0)
    parent = parent_of[child]
    outside = shapely.difference(children.array[child], parents.array[parent])
    return list(
        _defects(
            children,
            child,
            parent,
            outside,
            lambda at, _: shapely.difference(children.degrees[child[at]], parents.degrees[parent[at]]),
        )
    )


def largest_share(children: Surfaces, parents: Surfaces) -> Indices:
    """Return for each child the parent that holds most of it, -1 when none touches its inside.

    Of two that hold equally much, the first is taken.
    """
    child, parent = shapely.STRtree(parents.array).query(children.array)
    area = shapely.area(shapely.intersection(children.array[child], parents.array[parent]))
    order = np.lexsort((-parent, area.round(2)))
    order = order[area[order] > NOISE_M2]
    result = np.full(len(children), -1)
    result[child[order]] = parent[order]
    return result


def _defects(
    surfaces: Surfaces, left: Indices, right: Indices, pieces: Geometries, in_degrees: InDegrees
) -> Iterator[Defect]:
    """Measure pieces in both planes; what is there in one only is left out."""
    area = shapely.area(pieces)
    keep = np.flatnonzero(area > NOISE_M2)
    places = surfaces.metres.inverse(pieces[keep])
    for at, length, place in zip(keep.tolist(), shapely.length(pieces[keep]), places, strict=True):
        stored = shapely.area(in_degrees(at, place)) * _square_metres_per_square_degree(place)
        size = min(float(area[at]), float(stored))
        if size > NOISE_M2:
            yield Defect(int(left[at]), int(right[at]), size, 2 * size / float(length), place)


def _square_metres_per_square_degree(place: BaseGeometry) -> float:
    """Return the area of a square degree near a place, on a sphere that is close enough."""
    latitude = np.radians((place.bounds[1] + place.bounds[3]) / 2)
    return float(111_132.0 * 111_320.0 * np.cos(latitude))


@dataclass(frozen=True, slots=True)
class RingFault:
    """A vertex given twice in a row, or a spike, at one place of one geometry."""

    position: int
    kind: str
    place: BaseGeometry


def find_ring_faults(geometries: Geometries, metres: LocalMetres) -> list[RingFault]:
    """Find repeated vertices (closer than 1 mm) and spikes (an angle below 1°) in rings.

    Parameters
    ----------
    geometries : ndarray of geometries
        EPSG:4490, as delivered: missing, invalid and empty ones are allowed.
    metres : LocalMetres
        For measuring.

    Returns
    -------
    list of RingFault
        ``kind`` is ``"repeated"`` or ``"spike"``; the first of each kind per geometry.
    """
    parts, owner = shapely.get_parts(geometries, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    lonlat, ring = shapely.get_coordinates(rings, return_index=True)
    planar = shapely.get_coordinates(metres.forward(rings))
    repeated, spike = _ring_faults(planar, ring)
    found: dict[tuple[int, str], RingFault] = {}
    for kind, where in (("repeated", repeated), ("spike", spike)):
        for vertex in where:
            position = int(owner[part[ring[vertex]]])
            fault = RingFault(position, kind, shapely.Point(lonlat[vertex]))
            found.setdefault((position, kind), fault)
    return [found[key] for key in sorted(found)]


def _ring_faults(xy: NDArray[np.float64], ring: Indices) -> tuple[Indices, Indices]:
    """Return the vertices that repeat the one before, and those at the tip of a spike."""
    step = np.diff(xy, axis=0)
    inside = ring[1:] == ring[:-1]
    length = np.hypot(step[:, 0], step[:, 1])
    repeated = inside & (length < TOLERANCE_WIDTH_M)
    before, after, vertex = _turns(inside & ~repeated, ring)
    cosine = -np.einsum("ij,ij->i", step[before], step[after]) / (length[before] * length[after])
    spike = vertex[cosine > np.cos(np.radians(SPIKE_DEGREES))]
    return np.flatnonzero(repeated) + 1, spike


def _turns(usable: NDArray[np.bool_], ring: Indices) -> tuple[Indices, Indices, Indices]:
    """Return consecutive usable edges of each ring, around its closing vertex too, and their vertex."""
    edges = np.flatnonzero(usable)
    if not len(edges):
        return edges, edges, edges
    of_ring = ring[edges]
    first = np.r_[True, of_ring[1:] != of_ring[:-1]]
    last = np.r_[first[1:], True]
    following = np.r_[edges[1:], edges[0]]
    following[last] = edges[first]
    return edges, following, following
