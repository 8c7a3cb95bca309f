"""Repair the areas of one layer, round after round, until nothing is left that a machine may do."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis.text import Text
from grids.repairs.limits import ROUNDS
from grids.repairs.rings import drop_repeated, make_sound, remove_spikes
from grids.repairs.slivers import close_gaps, settle_overlaps
from grids.repairs.snapping import match_edges
from grids.repairs.work import Change, Work
from grids.topology_surfaces import Geometries, Surfaces

_SURFACES = (3, 6)
_SAME_DEGREES = 1e-11
"""About a micrometre: what arithmetic does to a vertex that is computed anew."""


def mend(
    given: Geometries,
    movable: NDArray[np.bool_],
    name: Callable[[int], Text | str],
    parents: Surfaces,
) -> tuple[Geometries, list[Change]]:
    """Repair the areas of a layer among each other.

    Parameters
    ----------
    given : ndarray of geometries
        EPSG:4490. What is no polygon takes no part.
    movable : ndarray of bool
        Areas that may be changed; the others are neighbours that stand fast.
    name : callable
        Names an area for people, by its position.
    parents : Surfaces
        Divisions above: gaps along their outline are closed too, vertices on it stay on it.

    Returns
    -------
    areas : ndarray of geometries
        Unchanged ones are the objects that were given.
    changes : list of Change
        In the order in which they were made.
    """
    areas = np.asarray(shapely.force_2d(given), dtype=object)
    areas[~np.isin(shapely.get_type_id(areas), _SURFACES)] = shapely.Polygon()
    sound, changes = make_sound(areas, movable, parents.metres)
    work = Work(areas, movable & sound, parents.metres, parents.degrees, changes)
    drop_repeated(work)
    for _ in range(ROUNDS):
        if not _round(work, name, parents):
            break
    result = given.copy()
    touched = sorted({change.at for change in work.changes})
    result[touched] = [_as_given(given[at], work.degrees[at]) for at in touched]
    return result, work.changes


def _round(work: Work, name: Callable[[int], Text | str], parents: Surfaces) -> bool:
    """Do every kind of repair once; tell whether any area is another one afterwards.

    One repair may undo another: what comes out as it went in was not repaired at all.
    """
    before, known = work.degrees.copy(), len(work.changes)
    remove_spikes(work)
    match_edges(work)
    settle_overlaps(work, name)
    close_gaps(work, parents)
    rows = np.array(sorted({change.at for change in work.changes[known:]}), dtype=np.intp)
    same = shapely.equals_exact(
        shapely.normalize(before[rows]), shapely.normalize(work.degrees[rows]), tolerance=_SAME_DEGREES
    )
    undone = set(rows[same].tolist())
    work.degrees[list(undone)] = before[list(undone)]
    work.changes[known:] = [change for change in work.changes[known:] if change.at not in undone]
    return len(undone) < len(rows)


def _as_given(before: BaseGeometry, after: BaseGeometry) -> BaseGeometry:
    """Keep a layer of multipolygons one of multipolygons."""
    if before.geom_type == "MultiPolygon" and after.geom_type == "Polygon":
        return shapely.MultiPolygon(list(shapely.get_parts(np.array([after], dtype=object))))
    return after
