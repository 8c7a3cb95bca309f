"""The unit grid of a component: by position, as stated, and the divisions above it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from components.class_info import ACCURACY_M, ClassInfo
from components.positions import MARGIN_DEGREES
from gis.coverage import Coverage
from gis.findings import Severity
from gis.metres import LocalMetres
from gis.read import read_frame
from gis.registry import Registry
from gis.representative import Points
from gis.staging import Staging
from gis.text import t
from grids.codes import LEGACY_GRID_CODE, from_legacy


@dataclass(frozen=True, slots=True)
class UnitGrids:
    """The unit grids of the registry around a delivery."""

    codes: NDArray[np.object_]
    geometries: NDArray[np.object_]
    coverage: Coverage

    @classmethod
    def around(cls, registry: Registry, points: Points) -> UnitGrids | None:
        """Read the grids around some points; None when the registry has none at all."""
        west, south, east, north = shapely.total_bounds(points).tolist()
        bbox = None
        if not np.isnan(west):
            bbox = (
                west - MARGIN_DEGREES,
                south - MARGIN_DEGREES,
                east + MARGIN_DEGREES,
                north + MARGIN_DEGREES,
            )
        frame = read_frame(registry, "grids", bbox=bbox, columns=["code", "geometry"])
        if frame.empty and bbox is not None:
            frame = read_frame(registry, "grids", columns=["code", "geometry"])
        if frame.empty:
            return None
        codes, geometries = frame["code"].to_numpy(dtype=object), np.array(list(frame.geometry), dtype=object)
        return cls(codes, geometries, Coverage.build(geometries, codes.tolist()))

    def locate(self, points: Points) -> NDArray[np.intp]:
        """Return the position of each point's grid, -1 outside of all and for missing points."""
        present = ~shapely.is_missing(points)
        found = np.full(len(points), -1)
        x, y = shapely.get_x(points[present]), shapely.get_y(points[present])
        found[present] = self.coverage.locate(x, y)
        return found


def check_grids(staging: Staging, infos: NDArray[np.object_], points: Points, grids: UnitGrids) -> None:
    """Compare positions with unit grids (C10, C11) and assign missing grids by position (C18).

    A claimed grid is right when the component lies in it or no farther from it than the accuracy of its
    class. It is kept in any case.
    """
    found = grids.locate(points)
    claimed = _settled_claims(staging)
    rows = {code: at for at, code in enumerate(grids.codes)}
    metres = LocalMetres.around(points)
    for at, code in enumerate(claimed):
        if points[at] is None or staging.refused[at]:
            continue
        if found[at] < 0:
            _flag_outside(staging, at)
        elif code is None:
            claimed[at] = grids.codes[found[at]]
            _flag_assigned(staging, at, claimed[at])
        elif code != grids.codes[found[at]]:
            away = _distance(grids, rows.get(code), points[at], metres)
            if away is None or away > accuracy_of(infos[at]):
                _flag_other_grid(staging, at, code, str(grids.codes[found[at]]), away)
    staging.set("unit_grid", claimed)


def accuracy_of(info: ClassInfo | None) -> float:
    """Return the accuracy distance of a class in metres, that of class B where nothing is known."""
    return ACCURACY_M["B"] if info is None else info.accuracy_m


def _settled_claims(staging: Staging) -> NDArray[np.object_]:
    """Return the stated grids, legacy codes of 14 digits as the 15 that stand for them."""
    claimed = staging.values("unit_grid").copy()
    legacy = {
        at: code for at, code in enumerate(claimed) if code is not None and LEGACY_GRID_CODE.fullmatch(code)
    }
    for at, code in legacy.items():
        claimed[at] = from_legacy(code)
    if legacy:
        staging.keep("unit_grid", legacy)
        staging.notes.append(t("{n} unit grids with 14 digits are taken as those with 15", n=len(legacy)))
    return claimed


def _distance(grids: UnitGrids, row: int | None, point: shapely.Point, metres: LocalMetres) -> float | None:
    """Return the distance of a point from a grid in metres; None when the registry lacks the grid."""
    if row is None:
        return None
    return float(shapely.distance(*metres.forward(np.array([grids.geometries[row], point], dtype=object))))


def _flag_outside(staging: Staging, at: int) -> None:
    staging.flag(
        at,
        "C10",
        Severity.WARNING,
        t("{name} lies outside every unit grid", name=staging.name_of(at)),
        field="geometry",
        hint=t("Is the position wrong, or is a unit grid missing?"),
    )


def _flag_assigned(staging: Staging, at: int, code: str) -> None:
    message = t("{name} lies in unit grid {code}, which is filled in", name=staging.name_of(at), code=code)
    staging.flag(at, "C18", Severity.INFO, message, field="unit_grid", expected=code)


def _flag_other_grid(staging: Staging, at: int, code: str, found: str, away: float | None) -> None:
    staging.flag(
        at,
        "C11",
        Severity.WARNING,
        t(
            "{name} names unit grid {code}, which the registry does not have",
            name=staging.name_of(at),
            code=code,
        )
        if away is None
        else t(
            "{name} names unit grid {code}, from which it is {away} m away",
            name=staging.name_of(at),
            code=code,
            away=f"{away:.1f}",
        ),
        field="unit_grid",
        value=code,
        expected=found,
        hint=t("The stated grid is kept"),
    )


def check_divisions(staging: Staging) -> None:
    """Derive street and community from the unit grid; report those that disagree with it (C12)."""
    grids = staging.values("unit_grid")
    for field, digits in (("street", 9), ("community", 12)):
        stated = staging.values(field).copy()
        for at, grid in enumerate(grids):
            derived = grid[:digits] if grid is not None and len(grid) == 15 else None
            if stated[at] is None:
                stated[at] = derived
            elif derived is not None and _unfilled(stated[at], digits) != derived:
                _flag_division(staging, at, field, derived)
            elif not (stated[at].isascii() and stated[at].isdigit()):
                _flag_no_code(staging, at, field, digits)
        staging.set(field, stated)


def _flag_division(staging: Staging, at: int, field: str, derived: str) -> None:
    staging.flag(
        at,
        "C12",
        Severity.WARNING,
        t(
            "{name} states {stated}, its unit grid lies in {derived}",
            name=staging.name_of(at),
            stated=staging.values(field)[at],
            derived=derived,
        ),
        field=field,
        expected=derived,
    )


def _flag_no_code(staging: Staging, at: int, field: str, digits: int) -> None:
    staging.flag(
        at,
        "C12",
        Severity.WARNING,
        t(
            "{name} states {stated}, which is no code of a division",
            name=staging.name_of(at),
            stated=staging.values(field)[at],
        ),
        field=field,
        expected=t("{n} digits", n=digits),
        hint=t(
            "Is it the name of a road? Then say with --field {field}= that no column is for it", field=field
        ),
    )


def _unfilled(code: str, digits: int) -> str:
    """Cut the zeros that fill a code up to twelve digits."""
    return code[:digits] if set(code[digits:]) <= {"0"} else code
