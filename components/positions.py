"""Where components stand: whether that is possible at all, and the kind of their geometry."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from components.class_column import ClassColumn
from components.class_info import ClassInfo
from gis.compact_staging import CompactStaging
from gis.findings import Severity
from gis.places import Coordinates
from gis.text import Text, t

# What devices write when they have no position: longitude and latitude 0.
_NOWHERE = 1e-6
MARGIN_DEGREES = 0.001
_KINDS = {"point": (0, 4), "line": (0, 1, 4, 5), "polygon": (0, 3, 4, 6)}


def check_places(staging: CompactStaging) -> Coordinates:
    """Refuse components without a place on earth, or where the equator meets Greenwich (C15).

    Returns
    -------
    ndarray of float, shape (n, 2)
        A point in each component (longitude, latitude; EPSG:4490): the middle of a line, inside of an
        area; not a number where there is none.
    """
    points = staging.places.representative()
    x, y = points[:, 0], points[:, 1]
    with np.errstate(invalid="ignore"):
        on_earth = (np.abs(x) <= 180) & (np.abs(y) <= 90)
        impossible = ~on_earth | ((np.abs(x) < _NOWHERE) & (np.abs(y) < _NOWHERE))

    def tell(at: int) -> dict[str, Any]:
        name = staging.name_of(at)
        return {
            "message": t("{name} has no position", name=name)
            if np.isnan(x[at])
            else t("{name} stands at {x}, {y}", name=name, x=f"{x[at]:g}", y=f"{y[at]:g}"),
            "field": "geometry",
            "expected": t("longitude and latitude of the component"),
        }

    staging.flag_rows(np.flatnonzero(impossible & ~staging.refused), "C15", Severity.ERROR, tell)
    if impossible.any():
        points = points.copy()
        points[impossible] = np.nan
    return points


def check_kinds(staging: CompactStaging, classes: ClassColumn) -> None:
    """Report geometries of another kind than the class has (C13).

    The kinds are unverified defaults. A point is always accepted, as the middle of a footprint.
    """
    if staging.places.xy is not None:
        return
    kinds, several = staging.places.kinds(), staging.places.several()
    wrong = several & classes.test(lambda info: info.geometry is not None)
    for geometry, fitting in _KINDS.items():
        wrong |= classes.test(partial(_is_of_kind, geometry)) & ~np.isin(kinds, fitting)

    def tell(at: int) -> dict[str, Any]:
        info, kind, name = classes[at], staging.places[at], staging.name_of(at)
        assert info is not None
        assert kind is not None
        return {
            "message": t("{name} has several parts", name=name)
            if several[at]
            else t("{name} is a {kind}", name=name, kind=kind.geom_type),
            "field": "geometry",
            "value": kind.geom_type,
            "expected": _kind_words()[str(info.geometry)],
        }

    rows = np.flatnonzero(wrong & (kinds >= 0) & ~staging.refused)
    staging.flag_rows(rows, "C13", Severity.WARNING, tell)


def _is_of_kind(geometry: str, info: ClassInfo) -> bool:
    return info.geometry == geometry


def _kind_words() -> dict[str, Text]:
    return {"point": t("a point"), "line": t("a line or point"), "polygon": t("an area or point")}
