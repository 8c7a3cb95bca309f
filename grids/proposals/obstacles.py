"""Buildings and compounds as obstacles: valid, on the lattice, no two over the same ground."""

from __future__ import annotations

import numpy as np
import shapely

from grids.proposals.faces import as_array
from grids.proposals.plane import LATTICE_M, Geometries

_NOISE_M2 = 0.01


def as_obstacles(polygons: Geometries) -> Geometries:
    """Make obstacles of buildings and compounds.

    Polygons over the same ground (a building in its compound, one drawn twice) become one obstacle;
    those that only touch stay apart, because a border may run along the wall between.

    Parameters
    ----------
    polygons : ndarray of Polygon or MultiPolygon
        On the plane; invalid ones are read as what they most likely mean.

    Returns
    -------
    ndarray of Polygon
        On the lattice.
    """
    if not len(polygons):
        return polygons
    sound = shapely.make_valid(polygons, method="structure", keep_collapsed=False)
    whole = shapely.get_parts(shapely.set_precision(sound, LATTICE_M))
    whole = whole[shapely.area(whole) > _NOISE_M2]
    group = _overlapping(whole)
    order = np.argsort(group, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(group[order]) != 0]) if len(order) else np.zeros(0, int)
    clusters = [whole[members] for members in np.split(order, starts[1:])] if len(order) else []
    return as_array(
        shapely.get_parts(
            as_array(
                cluster[0] if len(cluster) == 1 else shapely.union_all(cluster, grid_size=LATTICE_M)
                for cluster in clusters
            )
        )
    )


def _overlapping(polygons: Geometries) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """Number the groups of polygons that share ground, by their first member."""
    one, two = shapely.STRtree(polygons).query(polygons, predicate="intersects")
    pairs = one < two
    one, two = one[pairs], two[pairs]
    shared = shapely.area(shapely.intersection(polygons[one], polygons[two])) > _NOISE_M2
    group = np.arange(len(polygons))
    for a, b in sorted(zip(one[shared].tolist(), two[shared].tolist(), strict=True)):
        first, second = _root(group, a), _root(group, b)
        group[max(first, second)] = min(first, second)
    return np.array([_root(group, at) for at in range(len(group))], dtype=np.intp)


def _root(group: np.ndarray[tuple[int], np.dtype[np.intp]], at: int) -> int:
    while group[at] != at:
        at = int(group[at])
    return at
