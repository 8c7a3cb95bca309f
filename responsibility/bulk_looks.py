"""Look at one layer of polygons for many points at once, as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from responsibility.layers import PolygonLayer
from responsibility.numbering import Lists, lists_of
from responsibility.proximity import Floats


@dataclass(frozen=True, slots=True)
class ArrayLook:
    """What a layer has at each of some points: the same as :class:`responsibility.layers.Look`.

    Attributes
    ----------
    own : Lists
        Rows of the polygons that contain the point, lowest code first; of a point that was snapped, the
        nearest.
    others : Lists
        Rows of those within the accuracy that do not contain it.
    snapped : ndarray of bool
        Which points were given the nearest polygon.
    """

    layer: PolygonLayer[Any]
    own: Lists
    others: Lists
    snapped: NDArray[np.bool_]


def look(
    layer: PolygonLayer[Any], lon: Floats, lat: Floats, accuracy_m: Floats, snap_m: float | None = None
) -> ArrayLook:
    """Look at a layer.

    Parameters
    ----------
    layer : PolygonLayer
        Where to look.
    lon, lat, accuracy_m : ndarray of float, shape (n,)
        Points in EPSG:4490 and how exact each is, in metres.
    snap_m : float, optional
        Points in no polygon take the nearest within this distance, in metres.
    """
    coverage = layer.coverage
    own = Lists(*coverage.overlaps(lon, lat))
    snapped = np.zeros(len(lon), dtype=bool)
    if snap_m is not None:
        own, snapped = _snapped(layer, own, lon, lat, snap_m)
    near = Lists(*coverage.within(lon, lat, accuracy_m))
    return ArrayLook(layer, own, near.kept(~_contained(near, own)), snapped)


def ending_within(seen: ArrayLook, lon: Floats, lat: Floats, accuracy_m: Floats) -> Lists:
    """Return for each point the polygons that contain it and end within its accuracy."""
    points = seen.own.points
    metres = seen.layer.coverage.edge_distance(lon[points], lat[points], seen.own.rows)
    return seen.own.kept(metres <= accuracy_m[points])


def _snapped(
    layer: PolygonLayer[Any], own: Lists, lon: Floats, lat: Floats, snap_m: float
) -> tuple[Lists, NDArray[np.bool_]]:
    snapped = np.zeros(len(lon), dtype=bool)
    outside = np.flatnonzero(own.counts == 0)
    if not len(outside):
        return own, snapped
    nearest = layer.nearest(lon[outside], lat[outside], snap_m)
    there = nearest >= 0
    snapped[outside[there]] = True
    points = np.concatenate([own.points, outside[there]])
    order = np.argsort(points, kind="stable")
    return lists_of(points[order], np.concatenate([own.rows, nearest[there]])[order], len(lon)), snapped


def _contained(near: Lists, own: Lists) -> NDArray[np.bool_]:
    """Tell which entries of ``near`` are among the polygons the point lies in."""
    contained: NDArray[np.bool_] = near.rows == own.firsts()[near.points]
    rest = np.flatnonzero(~contained & (own.counts > 1)[near.points])
    if len(rest):
        most = int(max(near.rows.max(), own.rows.max())) + 1
        contained[rest] = np.isin(near.points[rest] * most + near.rows[rest], own.points * most + own.rows)
    return contained
