"""Faults of single rings: vertices given twice, and spikes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from grids.topology_surfaces import Geometries, Indices

REPEATED_M = 0.001
SPIKE_DEGREES = 1.0


@dataclass(frozen=True, slots=True)
class RingFault:
    """A vertex given twice in a row, or a spike, at one place of one geometry."""

    position: int
    kind: str
    place: BaseGeometry


def find_ring_faults(geometries: Geometries, planar: Geometries) -> list[RingFault]:
    """Find repeated vertices (closer than 1 mm) and spikes (an angle below 1°) in rings.

    Parameters
    ----------
    geometries : ndarray of geometries
        EPSG:4490, as delivered: missing, invalid and empty ones are allowed.
    planar : ndarray of geometries
        The same in metres.

    Returns
    -------
    list of RingFault
        ``kind`` is ``"repeated"`` or ``"spike"``; the first of each kind per geometry.
    """
    parts, owner = shapely.get_parts(geometries, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    lonlat, ring = shapely.get_coordinates(rings, return_index=True)
    repeated, spike = ring_faults(shapely.get_coordinates(planar), ring)
    found: dict[tuple[int, str], RingFault] = {}
    for kind, where in (("repeated", repeated), ("spike", spike)):
        for vertex in where:
            position = int(owner[part[ring[vertex]]])
            fault = RingFault(position, kind, shapely.Point(lonlat[vertex]))
            found.setdefault((position, kind), fault)
    return [found[key] for key in sorted(found)]


def ring_faults(xy: NDArray[np.float64], ring: Indices) -> tuple[Indices, Indices]:
    """Return the vertices that repeat the one before, and those at the tip of a spike.

    Parameters
    ----------
    xy : ndarray of float64, shape (n, 2)
        Coordinates in metres, closed ring after closed ring.
    ring : ndarray of int, shape (n,)
        Ring of each.
    """
    step = np.diff(xy, axis=0)
    inside = ring[1:] == ring[:-1]
    length = np.hypot(step[:, 0], step[:, 1])
    repeated = inside & (length < REPEATED_M)
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
