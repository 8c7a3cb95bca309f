"""Checks of one area at a time: is there a geometry, is it valid, how large is it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis.findings import Severity
from gis.staging import Staging
from gis.text import Text, t
from grids.topology import Surfaces, area_text
from grids.topology_rings import find_ring_faults

SIZE_RANGE_M2 = (1_000.0, 100_000.0)
"""Outside of it a unit grid is reported as information; 10 000 m² is the guiding size, no bound."""

SLIVER_WIDTH_M = 1.0

_REASONS = {
    "Self-intersection": t("its boundary crosses itself"),
    "Ring Self-intersection": t("a ring touches itself"),
    "Hole lies outside shell": t("a hole lies outside"),
    "Holes are nested": t("a hole lies in another hole"),
    "Nested shells": t("one part lies in another"),
    "Interior is disconnected": t("its interior is cut in two"),
    "Duplicate Rings": t("a ring is there twice"),
    "Too few points in geometry component": t("a ring has too few vertices"),
    "Invalid Coordinate": t("a coordinate is not a number"),
}
_AREAL = (3, 6)


def check_geometries(
    staging: Staging, *, kinds: tuple[int, ...] = _AREAL, expected: Text | None = None
) -> None:
    """Refuse rows without a geometry, or with one of another kind (F11).

    Parameters
    ----------
    staging : Staging
        Spatial rows. Rows that the reader refused already are left alone.
    kinds : tuple of int
        Geometry types that are accepted, shapely's numbers; by default polygon and multipolygon.
    expected : Text, optional
        The same in words.
    """
    geometries = staging.geometries
    absent = shapely.is_missing(geometries) | shapely.is_empty(geometries)
    wrong = ~absent & ~np.isin(shapely.get_type_id(geometries), kinds)
    wanted = expected or t("polygon or multipolygon")
    for at in np.flatnonzero((absent | wrong) & ~staging.refused):
        kind = None if absent[at] else geometries[at].geom_type
        message = (
            t("{name} has no geometry", name=staging.name_of(at))
            if absent[at]
            else t("{name} is a {kind}", name=staging.name_of(at), kind=kind)
        )
        staging.flag(at, "F11", Severity.ERROR, message, field="geometry", value=kind, expected=wanted)


def check_validity(staging: Staging, surfaces: Surfaces, severity: Severity) -> None:
    """Report invalid polygons (G01), repeated vertices and spikes (G02).

    Parameters
    ----------
    staging : Staging
        Rows with areas.
    surfaces : Surfaces
        The same areas, for measuring.
    severity : Severity
        Of an invalid polygon: an error for unit grids, a warning for other people's systems, which
        are kept as delivered.
    """
    geometries = staging.geometries
    present = ~shapely.is_missing(geometries)
    invalid = present & ~shapely.is_valid(geometries)
    for at in np.flatnonzero(invalid):
        reason, place = _reason(geometries[at])
        staging.flag(
            at,
            "G01",
            severity,
            t("The polygon of {name} is invalid: {reason}", name=staging.name_of(at), reason=reason),
            field="geometry",
            expected=t("a closed ring that does not cross or touch itself"),
            hint=t("Redraw the boundary at the marked place; it is not repaired on import"),
            geometry=place,
        )
    sound, planar = geometries.copy(), surfaces.planar.copy()
    sound[invalid] = planar[invalid] = None
    _report_ring_faults(staging, sound, planar)


def _reason(geometry: BaseGeometry) -> tuple[Text | str, shapely.Point | None]:
    """Take apart what GEOS says, ``Self-intersection[120.1 30.2]``: the reason and the place."""
    words, _, rest = shapely.is_valid_reason(geometry).partition("[")
    inside = rest.rstrip("]").split()
    place = shapely.Point(float(inside[0]), float(inside[1])) if len(inside) >= 2 else None
    return _REASONS.get(words.strip(), words.strip()), place


def _report_ring_faults(
    staging: Staging, geometries: NDArray[np.object_], planar: NDArray[np.object_]
) -> None:
    messages: dict[str, Callable[[Text | str], Text]] = {
        "repeated": lambda name: t("{name} has a vertex twice in a row", name=name),
        "spike": lambda name: t("{name} has a spike: an angle below 1 degree", name=name),
    }
    for fault in find_ring_faults(geometries, planar):
        staging.flag(
            fault.position,
            "G02",
            Severity.WARNING,
            messages[fault.kind](staging.name_of(fault.position)),
            field="geometry",
            geometry=fault.place,
        )


def check_slivers(staging: Staging, surfaces: Surfaces, smallest_m2: float) -> NDArray[np.bool_]:
    """Report areas too small or too narrow to be meant (G16).

    Parameters
    ----------
    staging : Staging
        Rows with areas.
    surfaces : Surfaces
        The same areas in metres.
    smallest_m2 : float
        Below it an area is a sliver; so is one narrower than 1 m on average.

    Returns
    -------
    ndarray of bool
        The slivers.
    """
    area, length = shapely.area(surfaces.array), shapely.length(surfaces.array)
    width = np.divide(2 * area, length, out=np.zeros_like(area), where=length > 0)
    tiny = ~shapely.is_empty(surfaces.array) & ((area < smallest_m2) | (width < SLIVER_WIDTH_M))
    for at in np.flatnonzero(tiny):
        staging.flag(
            at,
            "G16",
            Severity.WARNING,
            t("{name} measures only {area} m²", name=staging.name_of(at), area=area_text(area[at])),
            field="geometry",
            value=area_text(area[at]),
            expected=t("at least {area} m², at least 1 m wide", area=f"{smallest_m2:g}"),
            hint=t("A leftover of drawing? Join it to its neighbour, or delete it"),
            area_m2=float(area[at]),
            width_m=float(width[at]),
        )
    return np.asarray(tiny)


def check_sizes(staging: Staging, surfaces: Surfaces, skip: NDArray[np.bool_]) -> None:
    """Report unit grids outside the usual range of sizes, as information (G11)."""
    area = shapely.area(surfaces.array)
    low, high = SIZE_RANGE_M2
    unusual = ((area < low) | (area > high)) & (area > 0) & ~skip
    for at in np.flatnonzero(unusual):
        staging.flag(
            at,
            "G11",
            Severity.INFO,
            t("{name} measures {area} m²", name=staging.name_of(at), area=area_text(area[at])),
            field="geometry",
            value=area_text(area[at]),
            expected=t("about 10 000 m²: {low} to {high}", low=f"{low:.0f}", high=f"{high:.0f}"),
            area_m2=float(area[at]),
        )


def check_stated_areas(staging: Staging, measured_m2: NDArray[np.float64]) -> None:
    """Report stated areas that differ by more than 1 m² and 0.1 % from the measured ones (G06).

    Parameters
    ----------
    staging : Staging
        Rows with a field ``area_m2``, text.
    measured_m2 : ndarray of float
        Geodesic areas.
    """
    for at, stated in enumerate(staging.values("area_m2")):
        if stated is None or staging.geometries[at] is None:
            continue
        value = as_number(stated)
        measured = float(measured_m2[at])
        if value is None or abs(value - measured) > max(1.0, 0.001 * measured):
            staging.flag(
                at,
                "G06",
                Severity.WARNING,
                t("The stated area of {name} is not that of its polygon", name=staging.name_of(at)),
                field="area_m2",
                expected=f"{measured:.2f}",
                hint=t("Areas are in m², measured on the ellipsoid; the stated area is kept"),
            )


def as_number(text: str | None) -> float | None:
    """Read a number, None for anything else."""
    try:
        value = float(text) if text is not None else None
    except ValueError:
        return None
    return value if value is None or np.isfinite(value) else None
