"""Settle which grids the groups of a delivery are made of: as listed (G23), else by position (G29)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gis.findings import Severity
from gis.registry import Registry
from gis.text import t
from grids.codes import LEGACY_GRID_CODE, from_legacy
from grids.groups.coverage import listed
from grids.groups.units import Units
from grids.past.succession import trails

if TYPE_CHECKING:
    from grids.groups.delivered import Group
    from grids.past.succession import Trail


def settle_members(
    groups: Sequence[Group], units: Units, registry: Registry, *, strict: bool = False
) -> None:
    """Find the members of all groups among the live grids of the registry.

    Unit grid codes of 14 digits stand for those of 15. A listed member that is not there (G23) refuses a
    group whose boundary is that of its members; a drawn group goes on without it, unless ``strict``. A
    drawn group that lists nothing gets the grids whose inside point lies in it. Without grids in the
    registry drawn groups have no members, and others cannot be.

    Parameters
    ----------
    groups : sequence of Group
        Their ``units`` and ``by_position`` are filled in.
    units : Units
        All live grids that members are from.
    registry : Registry
        Says what followed a grid that was retired.
    strict : bool
        Refuse a drawn group too when it lists a member that is not there.
    """
    for group in groups:
        if units.dataset == "grids":
            group.members = tuple(dict.fromkeys(map(_of_15_digits, group.members)))
        at = units.positions(group.members)
        group.units = np.unique(at[at >= 0])
    _flag_unknown(groups, units, registry, strict=strict)
    _place([group for group in groups if not group.members and group.shape is not None and len(units)], units)
    for group in groups:
        if not len(group.units) and not group.refused:
            _flag_empty(group, units)


def _of_15_digits(code: str) -> str:
    return from_legacy(code) if LEGACY_GRID_CODE.fullmatch(code) else code


def _flag_unknown(groups: Sequence[Group], units: Units, registry: Registry, *, strict: bool) -> None:
    unknown = {
        place: [
            code for code, at in zip(group.members, units.positions(group.members), strict=True) if at < 0
        ]
        for place, group in enumerate(groups)
    }
    codes = {code for of_group in unknown.values() for code in of_group}
    if not codes:
        return
    followed = trails(registry, "grids", codes) if units.dataset == "grids" else {}
    for place, of_group in unknown.items():
        if of_group:
            refuses = strict or groups[place].shape is None
            _flag_members(groups[place], of_group, followed, Severity.ERROR if refuses else Severity.WARNING)


def _flag_members(group: Group, unknown: list[str], followed: dict[str, Trail], severity: Severity) -> None:
    """Report all unknown members of a group at once, each with what stands for it now."""
    message = (
        t("{group} lists {code}, which the registry does not have", group=group.code, code=unknown[0])
        if len(unknown) == 1
        else t(
            "{group} lists {n} grids that the registry does not have: {codes}",
            group=group.code,
            n=len(unknown),
            codes=listed(unknown),
        )
    )
    heirs = [
        f"{code} → {'、'.join(followed[code].live)}"
        for code in unknown
        if code in followed and followed[code].live
    ]
    group.flag(
        "G23",
        severity,
        message,
        field="members",
        value=listed(unknown),
        expected=t("codes of live grids"),
        hint=t("These were retired and followed by others: {heirs}", heirs=listed(heirs))
        if heirs
        else t("Import the grids first, or correct the list"),
    )


def _place(groups: Sequence[Group], units: Units) -> None:
    """Give drawn groups the grids whose inside point they contain."""
    if not groups:
        return
    shapes = shapely.make_valid(
        np.array([*(group.shape for group in groups), None], dtype=object)[:-1],
        method="structure",
        keep_collapsed=False,
    )
    at, unit = shapely.STRtree(units.inside_points).query(shapes, predicate="intersects")
    order = np.lexsort((unit, at))
    starts = np.searchsorted(at[order], np.arange(1, len(groups)))
    for group, own in zip(groups, np.split(unit[order], starts), strict=True):
        group.units, group.by_position = own, True


def _flag_empty(group: Group, units: Units) -> None:
    """Report a group without members; one that has no polygon either is nothing."""
    if group.shape is None:
        group.flag(
            "G29",
            Severity.ERROR,
            t("{group} has neither a polygon nor a member", group=group.code),
            field="members",
            hint=t("List the grids it is made of, or deliver its polygon"),
        )
    elif len(units):
        group.flag(
            "G29",
            group.severity,
            t("No grid of the registry belongs to {group}", group=group.code),
            field="members",
            hint=t("Is the polygon in the right place, and are the grids there imported?"),
        )
