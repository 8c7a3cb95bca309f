"""The unit grid of a component: by position, as stated, and the divisions above it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from components.class_column import ClassColumn
from components.class_info import ACCURACY_M, ClassInfo
from components.positions import MARGIN_DEGREES
from gis.combinations import joint
from gis.compact_staging import CompactStaging, Rows
from gis.coverage import Coverage
from gis.findings import Severity
from gis.metres import LocalMetres
from gis.places import Coordinates
from gis.read import read_frame
from gis.registry import Registry
from gis.text import t
from gis.texts import Coded, Texts
from grids.codes import LEGACY_GRID_CODE, from_legacy

_PIECE = 1 << 18


@dataclass(frozen=True, slots=True)
class UnitGrids:
    """The unit grids of the registry around a delivery."""

    codes: NDArray[np.object_]
    geometries: NDArray[np.object_]
    coverage: Coverage

    @classmethod
    def around(cls, registry: Registry, points: Coordinates) -> UnitGrids | None:
        """Read the grids around some points; None when the registry has none at all."""
        bbox = None
        if not np.isnan(points).all():
            (west, south), (east, north) = np.nanmin(points, axis=0), np.nanmax(points, axis=0)
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

    def locate(self, points: Coordinates) -> NDArray[np.int32]:
        """Return the position of each point's grid, -1 outside of all and for missing points."""
        found = np.full(len(points), -1, dtype=np.int32)
        for start in range(0, len(points), _PIECE):
            part = points[start : start + _PIECE]
            present = np.flatnonzero(~np.isnan(part[:, 0]))
            found[start + present] = self.coverage.locate(part[present, 0], part[present, 1])
        return found


def check_grids(staging: CompactStaging, classes: ClassColumn, points: Coordinates, grids: UnitGrids) -> None:
    """Compare positions with unit grids (C10, C11) and assign missing grids by position (C18).

    A claimed grid is right when the component lies in it or no farther from it than the accuracy of its
    class. It is kept in any case.
    """
    found = grids.locate(points)
    claimed = _settled_claims(staging)
    numbers = {code: number for number, code in enumerate(grids.codes)}
    claims = np.array([numbers.get(word, -1) for word in claimed.words], np.int32)[claimed.codes]
    usable = ~np.isnan(points[:, 0]) & ~staging.refused
    inside, stated = found >= 0, claimed.present()
    _flag_outside(staging, np.flatnonzero(usable & ~inside))
    _assign(staging, claimed, np.flatnonzero(usable & inside & ~stated), found, grids)
    other = np.flatnonzero(usable & inside & stated & (claims != found))
    away = _distances(grids, claims[other], points[other])
    # Not a number where the registry lacks the grid: then it is not right either.
    wrong = ~(away <= classes.values(accuracy_of)[other])
    _flag_other_grids(staging, other[wrong], claimed, grids.codes[found[other[wrong]]], away[wrong])


def accuracy_of(info: ClassInfo | None) -> float:
    """Return the accuracy distance of a class in metres, that of class B where nothing is known."""
    return ACCURACY_M["B"] if info is None else info.accuracy_m


def _settled_claims(staging: CompactStaging) -> Coded:
    """Return the stated grids, legacy codes of 14 digits as the 15 that stand for them."""
    claimed = staging.column("unit_grid").coded()
    legacy = claimed.test(lambda code: LEGACY_GRID_CODE.fullmatch(code) is not None)
    if legacy.any():
        staging.keep("unit_grid", claimed.where(~legacy, Coded.constant(None, len(claimed))))
        claimed = claimed.map(lambda code: from_legacy(code) if LEGACY_GRID_CODE.fullmatch(code) else code)
        staging.set("unit_grid", claimed)
        count = int(legacy.sum())
        staging.notes.append(t("{n} unit grids with 14 digits are taken as those with 15", n=count))
    return claimed


def _assign(
    staging: CompactStaging, claimed: Coded, rows: Rows, found: NDArray[np.int32], grids: UnitGrids
) -> None:
    """Fill in the grids that components lie in."""
    if not len(rows):
        return
    codes = Coded.spread(found + 1, [None, *grids.codes])
    staging.set("unit_grid", claimed.put_rows(rows, codes.take(rows)))

    def tell(at: int) -> dict[str, Any]:
        code, name = codes[at], staging.name_of(at)
        message = t("{name} lies in unit grid {code}, which is filled in", name=name, code=code)
        return {"message": message, "field": "unit_grid", "expected": code}

    staging.flag_rows(rows, "C18", Severity.INFO, tell)


def _distances(grids: UnitGrids, claims: NDArray[np.int32], points: Coordinates) -> NDArray[np.float64]:
    """Return the distances of points from grids in metres; not a number where the registry lacks the grid."""
    away = np.full(len(claims), np.nan)
    known = np.flatnonzero(claims >= 0)
    if len(known):
        standing = np.asarray(shapely.points(points[known]), dtype=object)
        metres = LocalMetres.around(standing)
        areas = metres.forward(grids.geometries[claims[known]])
        away[known] = shapely.distance(areas, metres.forward(standing))
    return away


def _flag_outside(staging: CompactStaging, rows: Rows) -> None:
    def tell(at: int) -> dict[str, Any]:
        return {
            "message": t("{name} lies outside every unit grid", name=staging.name_of(at)),
            "field": "geometry",
            "hint": t("Is the position wrong, or is a unit grid missing?"),
        }

    staging.flag_rows(rows, "C10", Severity.WARNING, tell)


def _flag_other_grids(
    staging: CompactStaging,
    rows: Rows,
    claimed: Coded,
    found: NDArray[np.object_],
    away: NDArray[np.float64],
) -> None:
    order = {at: number for number, at in enumerate(rows.tolist())}

    def tell(at: int) -> dict[str, Any]:
        metres, name, code = away[order[at]], staging.name_of(at), claimed[at]
        return {
            "message": t(
                "{name} names unit grid {code}, which the registry does not have near the delivery",
                name=name,
                code=code,
            )
            if np.isnan(metres)
            else t(
                "{name} names unit grid {code}, from which it is {away} m away",
                name=name,
                code=code,
                away=f"{metres:.1f}",
            ),
            "field": "unit_grid",
            "value": code,
            "expected": str(found[order[at]]),
            "hint": t("Is the position wrong, or the grid? The stated grid is kept"),
        }

    staging.flag_rows(rows, "C11", Severity.WARNING, tell)


def check_divisions(staging: CompactStaging) -> None:
    """Derive street and community from the unit grid; report those that disagree with it (C12)."""
    for field, digits in (("street", 9), ("community", 12)):
        stated = staging.column(field).coded()
        derived = staging.column("unit_grid").map(partial(_beginning, digits))
        which, pairs = joint(derived, stated)
        apart = np.array([_disagree(one, other, digits) for one, other in pairs], dtype=np.bool_)[which]
        _flag_divisions(staging, np.flatnonzero(apart), field, derived)
        strange = stated.test(lambda code: not (code.isascii() and code.isdigit())) & ~apart
        _flag_no_codes(staging, np.flatnonzero(strange), field, digits)
        staging.set(field, stated.filled(derived))


def _beginning(digits: int, grid: str) -> str | None:
    return grid[:digits] if len(grid) == 15 else None


def _disagree(derived: str | None, stated: str | None, digits: int) -> bool:
    return derived is not None and stated is not None and _unfilled(stated, digits) != derived


def _flag_divisions(staging: CompactStaging, rows: Rows, field: str, derived: Texts) -> None:
    def tell(at: int) -> dict[str, Any]:
        return {
            "message": t(
                "{name} states {stated}, its unit grid lies in {derived}",
                name=staging.name_of(at),
                stated=staging.column(field)[at],
                derived=derived[at],
            ),
            "field": field,
            "expected": derived[at],
        }

    staging.flag_rows(rows, "C12", Severity.WARNING, tell)


def _flag_no_codes(staging: CompactStaging, rows: Rows, field: str, digits: int) -> None:
    def tell(at: int) -> dict[str, Any]:
        return {
            "message": t(
                "{name} states {stated}, which is no code of a division",
                name=staging.name_of(at),
                stated=staging.column(field)[at],
            ),
            "field": field,
            "expected": t("{n} digits", n=digits),
            "hint": t(
                "Is it the name of a road? Then say with --field {field}= that no column is for it",
                field=field,
            ),
        }

    staging.flag_rows(rows, "C12", Severity.WARNING, tell)


def _unfilled(code: str, digits: int) -> str:
    """Cut the zeros that fill a code up to twelve digits."""
    return code[:digits] if set(code[digits:]) <= {"0"} else code
