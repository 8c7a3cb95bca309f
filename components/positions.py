"""Where components stand: whether that is possible at all, and the kind of their geometry."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.findings import Severity
from gis.representative import Points, representative_points
from gis.staging import Staging
from gis.text import Text, t

# What devices write when they have no position: longitude and latitude 0.
_NOWHERE = 1e-6
MARGIN_DEGREES = 0.001
_KINDS = {"point": (0, 4), "line": (0, 1, 4, 5), "polygon": (0, 3, 4, 6)}


def check_places(staging: Staging) -> Points:
    """Refuse components without a place on earth, or where the equator meets Greenwich (C15).

    Returns
    -------
    ndarray of Point
        A point in each component (EPSG:4490): the middle of a line, inside of an area; None where
        there is none.
    """
    points = representative_points(staging.geometries)
    missing = shapely.is_missing(points)
    x, y = shapely.get_x(points), shapely.get_y(points)
    with np.errstate(invalid="ignore"):
        on_earth = (np.abs(x) <= 180) & (np.abs(y) <= 90)
        impossible = ~on_earth | ((np.abs(x) < _NOWHERE) & (np.abs(y) < _NOWHERE))
    for at in np.flatnonzero(impossible & ~staging.refused):
        staging.flag(
            at,
            "C15",
            Severity.ERROR,
            t("{name} has no position", name=staging.name_of(at))
            if missing[at]
            else t("{name} stands at {x}, {y}", name=staging.name_of(at), x=f"{x[at]:g}", y=f"{y[at]:g}"),
            field="geometry",
            expected=t("longitude and latitude of the component"),
        )
    points[impossible] = None
    return points


def check_kinds(staging: Staging, infos: NDArray[np.object_]) -> None:
    """Report geometries of another kind than the class has (C13).

    The kinds are unverified defaults. A point is always accepted, as the middle of a footprint.
    """
    kinds = shapely.get_type_id(staging.geometries)
    several = shapely.get_num_geometries(staging.geometries) > 1
    for at, info in enumerate(infos):
        if info is None or info.geometry is None or kinds[at] < 0 or staging.refused[at]:
            continue
        if kinds[at] not in _KINDS[info.geometry] or several[at]:
            kind = staging.geometries[at].geom_type
            staging.flag(
                at,
                "C13",
                Severity.WARNING,
                t("{name} has several parts", name=staging.name_of(at))
                if several[at]
                else t("{name} is a {kind}", name=staging.name_of(at), kind=kind),
                field="geometry",
                value=kind,
                expected=_kind_words()[info.geometry],
            )


def _kind_words() -> dict[str, Text]:
    return {"point": t("a point"), "line": t("a line or point"), "polygon": t("an area or point")}
