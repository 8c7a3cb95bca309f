"""Topology of a layer of areas: overlaps, gaps, what sticks out.

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

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from grids.topology_surfaces import Geometries, Indices, Surfaces

__all__ = [
    "NOISE_M2",
    "TOLERANCE_M2",
    "TOLERANCE_WIDTH_M",
    "Defect",
    "Surfaces",
    "area_text",
    "find_gaps",
    "find_overlaps",
    "find_protrusions",
    "largest_share",
    "shares",
]

TOLERANCE_M2 = 0.01
TOLERANCE_WIDTH_M = 0.001
NOISE_M2 = 1e-5
_MARGIN_DEGREES = 1e-4
_TAILED = 0.95
"""A piece has narrow tails when less than this of its outline is left without what the tolerance swallows."""

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
    left, right = _pairs_within(surfaces) if others is None else _pairs_between(surfaces, others)
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


def _pairs_within(surfaces: Surfaces) -> tuple[Indices, Indices]:
    """Return pairs of bounding boxes that meet, one of them with an edge that is no shared edge."""
    where = np.flatnonzero(surfaces.loose)
    left, right = shapely.STRtree(surfaces.array).query(surfaces.array[where])
    left = where[left]
    twice = surfaces.loose[right] & (right < left)
    keep = (left != right) & ~twice
    return _in_order(np.minimum(left[keep], right[keep]), np.maximum(left[keep], right[keep]))


def _pairs_between(surfaces: Surfaces, others: Surfaces) -> tuple[Indices, Indices]:
    """Return such pairs of one area of each layer."""
    left, right = shapely.STRtree(others.array).query(surfaces.array)
    near, beside = np.unique(left), np.unique(right)
    along = Surfaces.of(
        np.concatenate([surfaces.array[near], others.array[beside]]),
        np.concatenate([surfaces.degrees[near], others.degrees[beside]]),
        surfaces.metres,
    )
    at_left = along.loose[np.searchsorted(near, left)]
    at_right = along.loose[len(near) + np.searchsorted(beside, right)]
    return _in_order(left[at_left | at_right], right[at_left | at_right])


def _in_order(left: Indices, right: Indices) -> tuple[Indices, Indices]:
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
    covered = layer.union()
    outlines = shapely.get_exterior_ring(shapely.get_parts(covered))
    filled = shapely.union_all(shapely.polygons(outlines))
    holes = shapely.get_parts(shapely.difference(filled, covered))
    rest = shapely.get_parts(shapely.difference(parents.union(), filled))
    return [
        *_gaps(layer, parents, holes, enclosed=True),
        *_gaps(layer, parents, rest, enclosed=False),
    ]


def _gaps(layer: Surfaces, parents: Surfaces, pieces: Geometries, *, enclosed: bool) -> Iterator[Defect]:
    pieces = shapely.get_parts(_without_tails(pieces))
    parent = _containing(pieces, parents)
    tree = shapely.STRtree(layer.degrees)

    def in_degrees(at: int, place: BaseGeometry) -> BaseGeometry:
        # Areas around it may have a hundred thousand vertices. They are cut well outside: a cut along the gap
        # itself would move its edges by more than the seams that are measured.
        window = shapely.box(*_widened(place.bounds, _MARGIN_DEGREES))
        around = shapely.intersection(layer.degrees[tree.query(place)], window)
        open_ground = shapely.difference(shapely.make_valid(place), shapely.union_all(around))
        if enclosed or parent[at] < 0:
            return open_ground
        wanted: BaseGeometry = shapely.intersection(open_ground, parents.degrees[parent[at]])
        return wanted

    for defect in _defects(layer, parent, np.full(len(pieces), -1), pieces, in_degrees):
        yield replace(defect, enclosed=enclosed)


def _widened(bounds: tuple[float, float, float, float], by: float) -> tuple[float, float, float, float]:
    west, south, east, north = bounds
    return west - by, south - by, east + by, north + by


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
    child = child[~_covers(parents.array, parent_of[child], children.array[child])]
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
    return shares(children, parents)[0]


def shares(children: Surfaces, parents: Surfaces) -> tuple[Indices, NDArray[np.bool_]]:
    """Return what :func:`largest_share` does, and whether the child lies wholly in that parent."""
    child, parent = shapely.STRtree(parents.array).query(children.array)
    covered = _covers(parents.array, parent, children.array[child])
    result = np.full(len(children), -1)
    result[child[covered][::-1]] = parent[covered][::-1]
    inside = result >= 0
    open_ = ~inside[child]
    child, parent = child[open_], parent[open_]
    area = shapely.area(shapely.intersection(children.array[child], parents.array[parent]))
    order = np.lexsort((-parent, area.round(2)))
    order = order[area[order] > NOISE_M2]
    result[child[order]] = parent[order]
    return result, inside


def _covers(areas: Geometries, which: Indices, others: Geometries) -> NDArray[np.bool_]:
    """Tell whether one area covers another, pair by pair."""
    shapely.prepare(areas)
    return np.asarray(shapely.covers(areas[which], others))


def _defects(
    surfaces: Surfaces, left: Indices, right: Indices, pieces: Geometries, in_degrees: InDegrees
) -> Iterator[Defect]:
    """Measure pieces in both planes; what is there in one only is left out."""
    pieces = _without_tails(pieces)
    area = shapely.area(pieces)
    keep = np.flatnonzero(area > NOISE_M2)
    places = surfaces.metres.inverse(pieces[keep])
    for at, length, place in zip(keep.tolist(), shapely.length(pieces[keep]), places, strict=True):
        stored = shapely.area(in_degrees(at, place)) * _square_metres_per_square_degree(place)
        size = min(float(area[at]), float(stored))
        if size > NOISE_M2:
            yield Defect(int(left[at]), int(right[at]), size, 2 * size / float(length), place)


def _without_tails(pieces: Geometries) -> Geometries:
    """Cut off what is narrower than the tolerance, from pieces that are wider elsewhere.

    A seam around a whole community that runs into a gap would hide how wide the gap is.
    """
    result, half = pieces.copy(), TOLERANCE_WIDTH_M / 2
    large = np.flatnonzero(shapely.area(pieces) > TOLERANCE_M2)
    wide = shapely.buffer(pieces[large], -half, join_style="mitre")
    tailed = shapely.length(wide) < _TAILED * shapely.length(pieces[large])
    tailed &= ~shapely.is_empty(wide)
    grown = shapely.buffer(wide[tailed], 2 * half, join_style="mitre")
    result[large[tailed]] = shapely.intersection(pieces[large[tailed]], grown)
    return result


def _square_metres_per_square_degree(place: BaseGeometry) -> float:
    """Return the area of a square degree near a place, on a sphere that is close enough."""
    latitude = np.radians((place.bounds[1] + place.bounds[3]) / 2)
    return float(111_132.0 * 111_320.0 * np.cos(latitude))
