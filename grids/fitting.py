"""Checks of areas among each other: overlaps, gaps, and whether they lie in the division they name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.findings import Severity
from gis.staging import Staging
from gis.text import Text, t
from grids.codes import lies_within
from grids.topology import (
    TOLERANCE_M2,
    TOLERANCE_WIDTH_M,
    Defect,
    Surfaces,
    area_text,
    find_gaps,
    find_overlaps,
    find_protrusions,
    shares,
)
from grids.topology_edges import find_mismatches


@dataclass(frozen=True, slots=True)
class Layer:
    """Areas of a layer that the delivery is compared with: parents, or neighbours in the registry."""

    codes: NDArray[np.object_]
    names: NDArray[np.object_]
    surfaces: Surfaces

    def __len__(self) -> int:
        return len(self.codes)


def check_overlaps(staging: Staging, surfaces: Surfaces, severity: Severity) -> None:
    """Report pairs of rows that cover the same ground: in part (G03), or wholly, the same polygon (G22).

    A pair is one finding, at its later row; as an error it refuses both rows, because nothing says which
    of them is wrong. Rows of one code are left to the check of codes. Seams within the tolerance are
    information.

    Parameters
    ----------
    staging : Staging
        Rows with areas.
    surfaces : Surfaces
        The areas of the rows in metres; empty ones take no part.
    severity : Severity
        Of an overlap beyond the tolerance.
    """
    keys = staging.values(staging.key)
    for defect in find_overlaps(surfaces):
        left, right = defect.left, defect.right
        if keys[left] is not None and keys[left] == keys[right]:
            continue
        if _is_same_ground(surfaces, defect):
            _flag_same_polygon(staging, right, staging.name_of(left), defect, severity)
        else:
            _flag_overlap(staging, right, staging.name_of(left), defect, severity)
        if severity is Severity.ERROR and not defect.negligible:
            staging.refused[left] = True


def check_overlaps_with(staging: Staging, surfaces: Surfaces, others: Layer, severity: Severity) -> None:
    """Report rows that cover ground of other codes in the registry (G03)."""
    for defect in find_overlaps(surfaces, others.surfaces):
        _flag_overlap(staging, defect.left, str(others.codes[defect.right]), defect, severity)


def _flag_overlap(staging: Staging, at: int, other: Text | str, defect: Defect, severity: Severity) -> None:
    area = area_text(defect.area_m2)
    staging.flag(
        at,
        "G03",
        Severity.INFO if defect.negligible else severity,
        t("{name} overlaps {other} by {area} m²", name=staging.name_of(at), other=other, area=area),
        field="geometry",
        value=area,
        expected="0",
        hint=t("Let both follow the same boundary line"),
        geometry=defect.geometry,
        area_m2=defect.area_m2,
        width_m=defect.width_m,
    )


def _is_same_ground(surfaces: Surfaces, defect: Defect) -> bool:
    """Tell whether two areas are one polygon, but for a seam within the tolerance."""
    pair = surfaces.array[[defect.left, defect.right]]
    seam = TOLERANCE_M2 + TOLERANCE_WIDTH_M * shapely.length(pair)
    return bool((shapely.area(pair) - defect.area_m2 <= seam).all()) and not defect.negligible


def _flag_same_polygon(
    staging: Staging, at: int, other: Text | str, defect: Defect, severity: Severity
) -> None:
    staging.flag(
        at,
        "G22",
        severity,
        t("{name} has the same polygon as {other}", name=staging.name_of(at), other=other),
        field="geometry",
        value=area_text(defect.area_m2),
        hint=t("One area, one code: delete the row that is not meant"),
        geometry=defect.geometry,
        area_m2=defect.area_m2,
        width_m=defect.width_m,
    )


def check_edges(staging: Staging, surfaces: Surfaces, neighbours: Layer) -> None:
    """Report neighbours whose common border has other vertices on one side than on the other (G20).

    Information: nothing is covered twice or left open by it. A pair is one finding, at its later row; rows of
    one code are pieces of one thing and left alone.

    Parameters
    ----------
    staging : Staging
        Rows with areas.
    surfaces : Surfaces
        The areas of the rows; empty ones take no part.
    neighbours : Layer
        What the registry has beside the delivery.
    """
    keys = staging.values(staging.key)
    for mismatch in find_mismatches(surfaces.with_others(neighbours.surfaces)):
        left, right, beside = mismatch.left, mismatch.right, mismatch.right - len(surfaces)
        if left >= len(surfaces) or (beside < 0 and keys[left] is not None and keys[left] == keys[right]):
            continue
        at, other = (right, staging.name_of(left)) if beside < 0 else (left, str(neighbours.codes[beside]))
        number = len(mismatch.places.geoms)
        staging.flag(
            at,
            "G20",
            Severity.INFO,
            t(
                "{n} vertices of the border of {name} and {other} are on one side only",
                n=number,
                name=staging.name_of(at),
                other=other,
            ),
            field="geometry",
            value=str(number),
            expected="0",
            hint=t("Give both sides the same vertices; wangge check --out does it"),
            geometry=mismatch.places,
        )


def check_gaps(staging: Staging, surfaces: Surfaces, parents: Layer, neighbours: Layer) -> None:
    """Report ground that no area covers: holes in the layer, and what is left of the parents (G04).

    Seams within the tolerance are reported, as information, where the layer encloses them; between the
    outlines of a layer and of its parents they only say that the two were drawn apart.

    Parameters
    ----------
    staging : Staging
        For the findings; they belong to no row.
    surfaces : Surfaces
        The layer.
    parents : Layer
        Divisions that the layer should fill.
    neighbours : Layer
        What the registry has beside the delivery.
    """
    for defect in find_gaps(surfaces, parents.surfaces, neighbours.surfaces):
        if defect.negligible and not defect.enclosed:
            continue
        parent = None if defect.left < 0 else str(parents.codes[defect.left])
        area = area_text(defect.area_m2)
        message = (
            t("Nothing covers {area} m² inside the layer", area=area)
            if parent is None
            else t("Nothing covers {area} m² of {parent}", area=area, parent=parent)
        )
        staging.add(
            "G04",
            Severity.INFO if defect.negligible else Severity.WARNING,
            message,
            id=parent,
            field="geometry",
            value=area,
            expected="0",
            hint=t("Extend a neighbouring area to close it, or add the missing one"),
            geometry=defect.geometry,
            area_m2=defect.area_m2,
            width_m=defect.width_m,
        )


def check_containment(staging: Staging, surfaces: Surfaces, parents: Layer) -> NDArray[np.intp]:
    """Report what lies outside the division that holds most of an area (G05).

    Returns
    -------
    ndarray of int
        Position of that division for each row, -1 where there is none.
    """
    parent_of, inside = shares(surfaces, parents.surfaces)
    for at in np.flatnonzero(parent_of < 0):
        if not surfaces.array[at].is_empty and not staging.refused[at]:
            _flag_outside(staging, int(at), None, None)
    for defect in find_protrusions(surfaces, parents.surfaces, np.where(inside, -1, parent_of)):
        if not defect.negligible:
            _flag_outside(staging, defect.left, str(parents.codes[defect.right]), defect)
    return parent_of


def _flag_outside(staging: Staging, at: int, parent: str | None, defect: Defect | None) -> None:
    name = staging.name_of(at)
    area = None if defect is None else area_text(defect.area_m2)
    staging.flag(
        at,
        "G05",
        Severity.WARNING,
        t("{name} lies outside every division", name=name)
        if parent is None
        else t("{area} m² of {name} lie outside {parent}", name=name, area=area, parent=parent),
        field="geometry",
        value=area,
        expected=None if parent is None else t("wholly inside {parent}", parent=parent),
        geometry=None if defect is None else defect.geometry,
        area_m2=None if defect is None else defect.area_m2,
        width_m=None if defect is None else defect.width_m,
    )


def check_prefixes(
    staging: Staging, parent_of: NDArray[np.intp], parents: Layer, stated: Sequence[str | None] | None = None
) -> None:
    """Report codes that do not belong to the division the area lies in (G07).

    Parameters
    ----------
    staging : Staging
        Rows with areas.
    parent_of : ndarray of int
        Division of each row by position, -1 without one.
    parents : Layer
        The divisions.
    stated : sequence of str or None, optional
        Code of the parent where it is given apart from the row's own code.
    """
    for at, code in enumerate(staging.values("code")):
        if code is None or parent_of[at] < 0 or staging.refused[at]:
            continue
        parent = str(parents.codes[parent_of[at]])
        own = None if stated is None else stated[at]
        if (own != parent) if own is not None else not lies_within(code, parent):
            staging.flag(
                at,
                "G07",
                Severity.WARNING,
                t("{code} lies in {parent}, which its code does not name", code=code, parent=parent),
                field="code",
                expected=parent,
                hint=t("Is the code wrong, or the place?"),
            )


def check_stated_names(staging: Staging, parent_of: NDArray[np.intp], parents: Layer, name: str) -> None:
    """Report a stated name that is not that of the division the area lies in (G19)."""
    for at, stated in enumerate(staging.values(name)):
        if stated is None or parent_of[at] < 0 or staging.refused[at]:
            continue
        by_position = parents.names[parent_of[at]]
        if by_position is not None and _plain(stated) != _plain(by_position):
            staging.flag(
                at,
                "G19",
                Severity.WARNING,
                t(
                    "{name} says {stated} and lies in {found}",
                    name=staging.name_of(at),
                    stated=stated,
                    found=by_position,
                ),
                field=name,
                expected=by_position,
            )


def _plain(name: str) -> str:
    """Compare names without blanks."""
    return "".join(name.split())
