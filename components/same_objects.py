"""Components surveyed twice: two of one class where only one can stand."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from components.class_info import ClassInfo
from components.grid_reference import accuracy_of
from components.positions import MARGIN_DEGREES
from gis.findings import Severity
from gis.metres import LocalMetres
from gis.models import DATASETS
from gis.read import read_frame
from gis.registry import Registry
from gis.representative import Points, representative_points
from gis.staging import Staging
from gis.text import Text, t

SAME_PLACE_LIMIT_M = 1.0
"""Two things of a class with accuracy C may well stand closer than its 10 m."""


def check_same_objects(
    staging: Staging, infos: NDArray[np.object_], points: Points, registry: Registry
) -> None:
    """Report components of one class nearer to each other than its accuracy (C14).

    Compared are the rows of the delivery, and the registry's components that the delivery does not update.
    """
    metres = LocalMetres.around(points)
    planar = metres.forward(points)
    identifiers = staging.values("id")
    for rows in _rows_by_class(staging, planar).values():
        for later, earlier in _near_pairs(planar[rows], _reach(infos[rows[0]])):
            at, other = rows[later], rows[earlier]
            if identifiers[at] is None or identifiers[at] != identifiers[other]:
                _flag_same(staging, int(at), staging.name_of(other))
    _compare_with_registry(staging, infos, points, metres, registry)


def _rows_by_class(staging: Staging, planar: Points) -> dict[str, NDArray[np.intp]]:
    """Return the rows that can be compared; half the world away from the others there are no metres."""
    comparable = np.isfinite(shapely.get_x(planar)) & ~staging.refused
    classes = staging.values("class_code")
    return {
        code: np.flatnonzero((classes == code) & comparable)
        for code in sorted({code for code in classes[comparable] if code is not None})
    }


def _reach(info: ClassInfo | None) -> float:
    return min(accuracy_of(info), SAME_PLACE_LIMIT_M)


def _near_pairs(planar: Points, reach: float) -> list[tuple[int, int]]:
    """Return each point that has an earlier one within reach, with such a one.

    Real lists have thousands on one spot, which would be millions of pairs. The diagonal of a cell is shorter
    than the reach: within a cell all points go with the first, and only the first ones look around.
    """
    x, y = np.floor(shapely.get_coordinates(planar) / (reach / 1.5)).astype(np.int64).T
    _, heads, cells = np.unique((x << 32) + y, return_index=True, return_inverse=True)
    others = heads[cells]
    left, right = shapely.STRtree(planar).query(planar[heads], predicate="dwithin", distance=reach)
    np.minimum.at(others, heads[left], right)
    later = np.flatnonzero(others < np.arange(len(others)))
    return list(zip(later.tolist(), others[later].tolist(), strict=True))


def _flag_same(staging: Staging, at: int, other: Text | str) -> None:
    staging.flag(
        at,
        "C14",
        Severity.WARNING,
        t("{name} stands where {other} of the same class stands", name=staging.name_of(at), other=other),
        field="geometry",
        hint=t("Surveyed twice? Delete one of the two"),
    )


def _compare_with_registry(
    staging: Staging, infos: NDArray[np.object_], points: Points, metres: LocalMetres, registry: Registry
) -> None:
    """Report rows next to a component of the registry that the delivery does not update, once each."""
    if shapely.is_missing(points).all():
        return
    known = _known_around(staging, points, registry)
    standing = metres.forward(representative_points(np.array(list(known.geometry), dtype=object)))
    planar = metres.forward(points)
    identifiers, classes = known["id"].to_numpy(dtype=object), known["class_code"].to_numpy(dtype=object)
    for code, rows in _rows_by_class(staging, planar).items():
        of_class = np.flatnonzero(classes == code)
        near, other = shapely.STRtree(standing[of_class]).query_nearest(
            planar[rows], max_distance=_reach(infos[rows[0]]), all_matches=False
        )
        for at, identifier in zip(rows[near], identifiers[of_class[other]], strict=True):
            _flag_same(staging, int(at), identifier)


def _known_around(staging: Staging, points: Points, registry: Registry) -> gpd.GeoDataFrame:
    """Read the components around the delivery that have one of its classes, without those it updates."""
    west, south, east, north = shapely.total_bounds(points).tolist()
    margin = MARGIN_DEGREES
    bbox = (west - margin, south - margin, east + margin, north + margin)
    classes = sorted({code for code in staging.values("class_code") if code is not None})
    where = DATASETS["components"].live.c.class_code.in_(classes)
    frame = read_frame(
        registry, "components", bbox=bbox, where=where, columns=["id", "class_code", "geometry"]
    )
    return frame[~frame["id"].isin({text for text in staging.values("id") if text is not None})]
