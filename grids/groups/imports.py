"""Turn deliveries of groups of grids into rows: responsibility, management and evaluation grids.

A delivery may be polygons with or without a list of members, or a table of members, from which the
boundary of each group follows. What the groups are made of goes into the dataset ``memberships`` with the
same edition.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas

from gis.editions import Change
from gis.findings import Severity
from gis.importing import ImportContext, Prepared
from gis.layer import SourceLayer
from gis.mapping import Field
from gis.sheet import Sheet
from gis.staging import Staging
from gis.text import t
from grids.fields import EVALUATION_FIELDS, MANAGEMENT_FIELDS, RESPONSIBILITY_FIELDS
from grids.fitting import check_overlaps
from grids.foreign_areas import check_foreign_areas, rows_by_line
from grids.groups.checks import check_adjacency, check_boundaries, check_composition, check_lines
from grids.groups.delivered import Group, Parts, gather_groups, group_frame, stage_parts
from grids.groups.forms import (
    check_evaluation_codes,
    check_lines_present,
    check_management_codes,
    limits_of,
)
from grids.groups.members import settle_members
from grids.groups.memberships import MEMBERS_OF, MEMBERSHIP, derived_boundary, read_memberships
from grids.groups.units import Units, read_units
from grids.numbering import check_codes_present, normalise_codes

Sources = list[SourceLayer | Sheet]


def prepare_responsibility_grids(sources: Sources, context: ImportContext) -> Prepared:
    """Prepare responsibility grids (责任网格, 监督网格, 工作网格) of one or several lines of business.

    Polygons: G01 to G03, G08, G13, G16 and G17; within one line the grids may not overlap, between lines
    they may. Members: G23 to G25, G28 and G29; as information where nobody listed them.
    """
    kind, names = "responsibility-grids", ("line", "code")
    parts, groups, units = _take(sources, context, kind, RESPONSIBILITY_FIELDS, names)
    check_boundaries(groups, units)
    return _close(parts, groups, units, context, kind)


def prepare_management_grids(sources: Sources, context: ImportContext) -> Prepared:
    """Prepare management grids (管理网格): a few adjacent unit grids of one community.

    Checks of responsibility grids, and the form of the code (G14), adjacency (G26), size and community
    (G27). By work on a draft of the new series: one to five unit grids, 15 digits; the limit can be given
    with the delivery, and no rule of the draft refuses a row.
    """
    kind, names = "management-grids", ("code",)
    parts, groups, units = _take(sources, context, kind, MANAGEMENT_FIELDS, names)
    check_management_codes(groups)
    check_adjacency(groups, units)
    check_composition(groups, units, limits_of(groups))
    check_boundaries(groups, units)
    prepared = _close(parts, groups, units, context, kind)
    prepared.frame["community"] = [_scope(group, units, 12) for group in _accepted(groups)]
    return prepared


def prepare_evaluation_grids(sources: Sources, context: ImportContext) -> Prepared:
    """Prepare evaluation grids (评价网格), which are made of management grids.

    Checks of responsibility grids, the form of the code (G14), and that the members lie in one street
    (G27). The code of a draft of the new series: county 6, street 3, sequence 2, type A, B or C.
    """
    kind, names = "evaluation-grids", ("code",)
    parts, groups, units = _take(sources, context, kind, EVALUATION_FIELDS, names)
    check_evaluation_codes(groups)
    check_composition(groups, units, [None] * len(groups))
    check_boundaries(groups, units)
    prepared = _close(parts, groups, units, context, kind)
    prepared.frame["street"] = [_scope(group, units, 9) for group in _accepted(groups)]
    return prepared


def _take(
    sources: Sources, context: ImportContext, kind: str, fields: Sequence[Field], names: tuple[str, ...]
) -> tuple[Parts, list[Group], Units]:
    """Stage a delivery, check its polygons, and find out what its groups are made of."""
    parts = stage_parts(sources, fields, context, kind)
    if parts.drawn is not None:
        _check_drawn(parts.drawn, names)
    if parts.listed is not None:
        normalise_codes(parts.listed)
        check_codes_present(parts.listed)
        check_lines_present(parts.listed, names)
    units = read_units(context.registry, MEMBERS_OF[kind])
    groups = gather_groups(parts, names)
    if not len(units):
        parts.notes.append(
            t("The registry has no grids of which these could be made: members are not checked")
        )
    settle_members(groups, units, context.registry)
    placed = sum(group.by_position for group in groups)
    if placed:
        parts.notes.append(
            t("The members of {n} grids are not listed and are taken from their position", n=placed)
        )
    return parts, _accepted(groups), units


def _check_drawn(staging: Staging, names: tuple[str, ...]) -> None:
    """Check polygons whose geometry faults are not ours to refuse; of one line they may not overlap."""
    check_lines_present(staging, names)
    surfaces = check_foreign_areas(staging, names)
    for rows in rows_by_line(staging) if "line" in names else [np.ones(len(staging), dtype=bool)]:
        check_overlaps(staging, surfaces.only(rows), Severity.WARNING)


def _accepted(groups: Sequence[Group]) -> list[Group]:
    return [group for group in groups if not group.refused]


def _close(
    parts: Parts, groups: Sequence[Group], units: Units, context: ImportContext, kind: str
) -> Prepared:
    """Check the lines as they will be, and make the rows of the groups and of their members."""
    known = read_memberships(context.registry, kind)
    keys = {(group.line, group.code) for group in groups}
    delivered = np.array([key in keys for key in zip(known["line"], known["code"], strict=True)], dtype=bool)
    memberships = check_lines(groups, kind, known[~delivered], units)
    shapes = [group.shape or derived_boundary(units.geometries[group.units]) for group in groups]
    prepared = parts.prepared(group_frame(groups, kind, shapes))
    prepared.also = _membership_changes(memberships, known[delivered])
    return prepared


def _membership_changes(new: pandas.DataFrame, old: pandas.DataFrame) -> list[Change]:
    """Say what becomes of the members of delivered groups: a group that has none any more keeps none."""
    kept = set(zip(new["line"], new["code"], strict=True))
    rows = old[list(MEMBERSHIP)].itertuples(index=False, name=None)
    retired = [row for row in rows if (row[1], row[2]) not in kept]
    return [Change("memberships", new, retired)] if len(new) or retired else []


def _scope(group: Group, units: Units, digits: int) -> str | None:
    """Return the community or street of most members, else the one the code begins with."""
    scopes = units.scopes[group.units]
    if len(scopes):
        names, counts = np.unique(scopes.astype(str), return_counts=True)
        return str(names[counts.argmax()])
    return group.code[:digits] if group.code[:digits].isdigit() and len(group.code) > digits else None
