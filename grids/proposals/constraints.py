"""What holds for every proposal without exception, checked on the coordinates that are stored."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import shapely

from gis.errors import WanggeError
from gis.metres import LocalMetres
from gis.text import Text, t
from grids.proposals.division import Division
from grids.proposals.faces import Indices
from grids.proposals.plane import Geometries, mean_width
from grids.proposals.request import Request
from grids.topology import (
    TOLERANCE_M2,
    TOLERANCE_WIDTH_M,
    Defect,
    Surfaces,
    find_overlaps,
    find_protrusions,
)


def check_constraints(request: Request, division: Division) -> None:
    """Raise rather than let a proposal out that breaks a rule.

    Checked are, in longitude and latitude: single valid polygons; neighbours with the same vertices; no
    overlap, no gap in a community and nothing outside it beyond the seams that
    :mod:`grids.topology` calls negligible; no building or compound in two proposals, unless its community's
    border cuts it.

    Raises
    ------
    WanggeError
        A rule is broken: a fault of ours.
    """
    grids = division.degrees
    if not (shapely.is_valid(grids).all() and (shapely.get_type_id(grids) == 3).all()):
        raise _broken(t("a proposal is no valid single polygon"), grids[~shapely.is_valid(grids)])
    if not shapely.coverage_is_valid(grids):
        raise _broken(t("proposals do not share their borders"), grids)
    metres = LocalMetres.around(grids)
    surfaces = Surfaces(grids, metres)
    communities = Surfaces(request.communities.geometries, metres)
    _refuse(t("proposals overlap"), find_overlaps(surfaces))
    covered = surfaces.joined(
        [np.flatnonzero(division.community == at).tolist() for at in range(len(communities))]
    )
    every = np.arange(len(communities))
    _refuse(t("a proposal is missing"), find_protrusions(communities, covered, every))
    _refuse(t("a proposal leaves its community"), find_protrusions(surfaces, communities, division.community))
    cut = cut_obstacles(division)
    if len(cut):
        raise _broken(t("a building or compound is cut"), division.ground.features.obstacles[cut])


def cut_obstacles(division: Division) -> Indices:
    """Return the obstacles of which one part of a community holds pieces in two proposals."""
    obstacles = division.ground.features.obstacles
    obstacle, grid = shapely.STRtree(division.metres).query(obstacles, predicate="intersects")
    pieces = shapely.intersection(obstacles[obstacle], division.metres[grid])
    real = (shapely.area(pieces) > TOLERANCE_M2) & (mean_width(pieces) > TOLERANCE_WIDTH_M)
    obstacle, grid = obstacle[real], grid[real]
    part = division.part[grid]
    order = np.lexsort((part, obstacle))
    obstacle, part = obstacle[order], part[order]
    twice = (obstacle[1:] == obstacle[:-1]) & (part[1:] == part[:-1])
    suspects = np.unique(obstacle[1:][twice])
    return np.array([at for at in suspects if _is_cut_inside(division, int(at))], dtype=np.intp)


def cut_by_communities(division: Division) -> Indices:
    """Return the obstacles that lie in several communities, or partly outside all."""
    obstacles, parts = division.ground.features.obstacles, division.ground.parts
    obstacle, part = shapely.STRtree(parts).query(obstacles, predicate="intersects")
    pieces = shapely.intersection(obstacles[obstacle], parts[part])
    real = (shapely.area(pieces) > TOLERANCE_M2) & (mean_width(pieces) > TOLERANCE_WIDTH_M)
    outside = shapely.area(shapely.difference(obstacles[obstacle], parts[part])) > TOLERANCE_M2
    return np.unique(obstacle[real & outside])


def _is_cut_inside(division: Division, obstacle: int) -> bool:
    """Tell whether one connected piece of an obstacle within a part lies in two proposals."""
    footprint = division.ground.features.obstacles[obstacle]
    for part in shapely.STRtree(division.ground.parts).query(footprint, predicate="intersects"):
        grids = division.metres[division.part == part]
        for piece in shapely.get_parts(shapely.intersection(footprint, division.ground.parts[part])):
            shares = shapely.intersection(grids, piece)
            if ((shapely.area(shares) > TOLERANCE_M2) & (mean_width(shares) > TOLERANCE_WIDTH_M)).sum() > 1:
                return True
    return False


def _refuse(message: Text, defects: Iterable[Defect]) -> None:
    found = [defect for defect in defects if not defect.negligible]
    if found:
        raise _broken(message, np.array([found[0].geometry], dtype=object))


def _broken(message: Text, where: Geometries) -> WanggeError:
    place = shapely.get_coordinates(where)[:1].round(6).tolist()
    return WanggeError(
        t("The division was given up: {reason}", reason=message),
        field="--communities",
        value=place[0] if place else None,
        hint=t("This is a fault of the program: please report it with the files"),
    )
