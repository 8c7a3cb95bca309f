"""Components surveyed twice: two of one class where only one can stand."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

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
    classes, identifiers = staging.values("class_code"), staging.values("id")
    for code in sorted({code for code in classes if code is not None}):
        rows = np.flatnonzero((classes == code) & ~shapely.is_missing(points) & ~staging.refused)
        if not len(rows):
            continue
        reach = min(accuracy_of(infos[rows[0]]), SAME_PLACE_LIMIT_M)
        for later, earlier in _near_pairs(planar[rows], reach):
            at, other = rows[later], rows[earlier]
            if identifiers[at] is None or identifiers[at] != identifiers[other]:
                _flag_same(staging, int(at), staging.name_of(other))
    _compare_with_registry(staging, infos, points, metres, registry)


def _near_pairs(planar: Points, reach: float) -> list[tuple[int, int]]:
    """Return each point with the first earlier point within reach."""
    left, right = shapely.STRtree(planar).query(planar, predicate="dwithin", distance=reach)
    earlier: dict[int, int] = {}
    for a, b in zip(left.tolist(), right.tolist(), strict=True):
        if b < a:
            earlier[a] = min(b, earlier.get(a, b))
    return sorted(earlier.items())


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
    west, south, east, north = shapely.total_bounds(points).tolist()
    if np.isnan(west):
        return
    table = DATASETS["components"].live
    own = {text for text in staging.values("id") if text is not None}
    where = table.c.class_code.in_(sorted({c for c in staging.values("class_code") if c is not None}))
    margin = MARGIN_DEGREES
    box = (west - margin, south - margin, east + margin, north + margin)
    there = read_frame(
        registry, "components", bbox=box, where=where, columns=["id", "class_code", "geometry"]
    )
    there = there[~there["id"].isin(own)]
    planar = metres.forward(representative_points(np.array(list(there.geometry), dtype=object)))
    known = list(zip(there["id"], there["class_code"], strict=True))
    rows = np.flatnonzero(~shapely.is_missing(points) & ~staging.refused)
    left, right = shapely.STRtree(planar).query(
        metres.forward(points[rows]), predicate="dwithin", distance=SAME_PLACE_LIMIT_M
    )
    classes = staging.values("class_code")
    for row, near in zip(rows[left].tolist(), right.tolist(), strict=True):
        identifier, class_code = known[near]
        close = shapely.distance(planar[near], metres.forward(points[[row]])[0]) <= accuracy_of(infos[row])
        if class_code == classes[row] and close:
            _flag_same(staging, row, identifier)
