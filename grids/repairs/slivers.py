"""Give overlaps and gaps that are drawing, not ground, to the neighbour along which they are longest."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis.text import Text, t
from grids.repairs.limits import ALONG, SLIVER_AREA_M2, SLIVER_WIDTH_M, SMALL_M
from grids.repairs.work import Work
from grids.topology import Defect, area_text, find_gaps, find_overlaps
from grids.topology_surfaces import Geometries, Surfaces

Name = Callable[[int], Text | str]


def is_sliver(defect: Defect) -> bool:
    """Tell whether a defect is small and narrow enough to be repaired without asking."""
    return defect.width_m <= SLIVER_WIDTH_M and defect.area_m2 <= SLIVER_AREA_M2


def settle_overlaps(work: Work, name: Name) -> bool:
    """Take each sliver of overlap (G03) away from one of the two; tell whether anything was changed."""
    done = [
        _settle_overlap(work, defect, name) for defect in find_overlaps(work.surfaces()) if is_sliver(defect)
    ]
    return any(done)


def _settle_overlap(work: Work, defect: Defect, name: Name) -> bool:
    pair = [defect.left, defect.right]
    keeper, loser = _keeper(work, pair)
    if not work.movable[loser]:
        return False
    left = _whole(work, loser, shapely.difference(work.degrees[loser], work.degrees[keeper]))
    text = t("{area} m² of overlap left to {other}", area=area_text(defect.area_m2), other=name(keeper))
    return work.replace({loser: left}, "G03", {loser: text})


def _whole(work: Work, at: int, left: BaseGeometry) -> BaseGeometry:
    """Return what is left of an area without the crumbs that a cut split off; they are no part of it."""
    parts = shapely.get_parts(np.array([left], dtype=object))
    surplus = len(parts) - int(shapely.get_num_geometries(work.degrees[at]))
    order = np.argsort(shapely.area(parts))
    crumbs = parts[order[: max(surplus, 0)]]
    if not len(crumbs) or shapely.area(work.metres.forward(crumbs)).sum() > SLIVER_AREA_M2:
        return left
    whole = parts[order[len(crumbs) :]]
    return whole[0] if len(whole) == 1 else shapely.MultiPolygon(list(whole))


def _keeper(work: Work, pair: list[int]) -> tuple[int, int]:
    """Return who keeps an overlap, and who gives it up.

    The overlap borders what is left of one area along the outline of the other.
    """
    first, second = pair
    if work.movable[first] != work.movable[second]:
        return (second, first) if work.movable[first] else (first, second)
    shared = shapely.intersection(*work.degrees[pair])
    outlines = shapely.boundary(work.degrees[pair])
    along = shapely.length(shapely.intersection(shapely.boundary(shared), outlines))
    return (first, second) if along[1] >= along[0] else (second, first)


def close_gaps(work: Work, parents: Surfaces) -> bool:
    """Give each sliver of a gap (G04) to a neighbour; tell whether anything was changed."""
    gaps = [gap for gap in find_gaps(work.surfaces(), parents) if is_sliver(gap)]
    wanted = [gap for gap in gaps if gap.enclosed or not gap.negligible]
    tree = shapely.STRtree(work.degrees)
    done = [_close_gap(work, gap, parents, tree) for gap in wanted]
    return any(done)


def _close_gap(work: Work, gap: Defect, parents: Surfaces, tree: shapely.STRtree) -> bool:
    # the tree has the areas as they were when the round began, hardly other than they are now
    near = tree.query(shapely.box(*gap.geometry.buffer(1e-6).bounds))
    parent = None if gap.enclosed or gap.left < 0 else parents.degrees[gap.left]
    done = False
    for piece in _open_pieces(work.degrees[near], gap.geometry, parent):
        neighbours = near[work.movable[near]]
        done |= _give(work, piece, neighbours, gap)
    return done


def _open_pieces(around: Geometries, place: BaseGeometry, parent: BaseGeometry | None) -> list[BaseGeometry]:
    """Return the open ground at a place, exactly as the areas around it leave it."""
    covered = shapely.union_all(around)
    if parent is None:
        outlines = shapely.get_exterior_ring(shapely.get_parts(covered))
        ground = shapely.union_all(shapely.polygons(outlines))
    else:
        ground = shapely.intersection(parent, shapely.box(*place.buffer(1e-4).bounds))
    pieces = shapely.get_parts(shapely.difference(ground, covered))
    return [piece for piece in pieces if piece.intersects(place) and piece.area <= 2 * place.area]


def _give(work: Work, piece: BaseGeometry, neighbours: np.ndarray, gap: Defect) -> bool:
    """Add a piece of ground to the neighbour that shares the longest border with it."""
    along = shapely.length(shapely.intersection(shapely.boundary(work.degrees[neighbours]), piece.boundary))
    text = t("{area} m² of a gap added", area=area_text(gap.area_m2))
    wanted = _wanted(work, piece)
    for at in np.argsort(-along, kind="stable"):
        taker = int(neighbours[at])
        if along[at] < wanted:
            return False
        if work.replace({taker: shapely.union(work.degrees[taker], piece)}, "G04", {taker: text}):
            return True
    return False


def _wanted(work: Work, piece: BaseGeometry) -> float:
    """Return along how much of its outline a gap has to border the one that it is given to, in degrees."""
    west, south, east, north = work.metres.forward(np.array([piece], dtype=object))[0].bounds
    small = max(east - west, north - south) <= SMALL_M
    return 1e-12 if small else ALONG * piece.length
