"""Turn a table of memberships into rows: which grids belong to which group the registry already has."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas

from gis.findings import Severity
from gis.importing import ImportContext, Prepared
from gis.models import DATASETS
from gis.read import read_frame
from gis.registry import Registry
from gis.sheet import Sheet
from gis.staging import Staging
from gis.text import t
from grids.fields import MEMBERSHIP_FIELDS
from grids.groups.checks import check_adjacency, check_boundaries, check_composition, check_lines
from grids.groups.delivered import Group, gather_groups, stage_parts
from grids.groups.forms import check_lines_present, limits_of
from grids.groups.members import settle_members
from grids.groups.memberships import LINES, MEMBERS_OF, membership_frame, read_memberships
from grids.groups.units import Units, read_units
from grids.numbering import check_codes_present, normalise_codes

_WORDS = {
    **dict.fromkeys(("responsibility-grids", "责任网格", "监督网格", "工作网格"), "responsibility-grids"),
    **dict.fromkeys(("management-grids", "管理网格"), "management-grids"),
    **dict.fromkeys(("evaluation-grids", "评价网格"), "evaluation-grids"),
}


def prepare_memberships(sheets: list[Sheet], context: ImportContext) -> Prepared:
    """Prepare memberships: a row lists members of a group that the registry has, one or several.

    A group of the table has the members that the table gives it and no others; groups that are not in the
    table keep theirs. Checks G13, G23 to G29 as for the groups themselves, and R11; a member or group that
    the registry does not have refuses the rows of the group. Boundaries stay as they are (G28).
    """
    parts = stage_parts(sheets, MEMBERSHIP_FIELDS, context, "memberships")
    staging = parts.listed
    assert staging is not None
    normalise_codes(staging)
    check_codes_present(staging)
    _settle_kinds(staging)
    _refuse_empty(staging)
    groups = gather_groups(parts, ("kind", "line", "code"))
    checked = [
        _check(kind, [group for group in groups if _kind_of(group) == kind], context)
        for kind in sorted({_kind_of(group) for group in groups})
    ]
    return parts.prepared(pandas.concat([membership_frame([]), *checked], ignore_index=True))


def _kind_of(group: Group) -> str:
    staging, at = group.rows[0]
    return str(staging.values("kind")[at])


def _settle_kinds(staging: Staging) -> None:
    """Bring the kinds to the registry's names (R11), and give those without lines an empty one."""
    words = staging.values("kind")
    kinds = [None if word is None else _WORDS.get(word.casefold()) for word in words]
    for at, (word, kind) in enumerate(zip(words, kinds, strict=True)):
        if kind is None and not staging.refused[at]:
            staging.flag(
                at,
                "R11",
                Severity.ERROR,
                t("{word} is not understood", word=word or "–"),
                field="kind",
                expected="、".join(_WORDS),
            )
    staging.set("kind", kinds)
    lines = staging.values("line")
    staging.set("line", [line if kind in LINES else "" for line, kind in zip(lines, kinds, strict=True)])
    check_lines_present(staging, ("line",))


def _refuse_empty(staging: Staging) -> None:
    for at, member in enumerate(staging.values("members")):
        if member is None and not staging.refused[at]:
            message = t("Row {row} names no member", row=staging.row_number(at))
            staging.flag(at, "G29", Severity.ERROR, message, field="members")


def _check(kind: str, groups: Sequence[Group], context: ImportContext) -> pandas.DataFrame:
    """Check the groups of one kind; return the memberships of those that are accepted."""
    units = read_units(context.registry, MEMBERS_OF[kind])
    _find_groups(kind, groups, context.registry)
    settle_members([g for g in groups if not g.refused], units, context.registry, strict=True)
    accepted = [group for group in groups if not group.refused]
    _check_rules(kind, accepted, units)
    known = read_memberships(context.registry, kind)
    keys = {(group.line, group.code) for group in accepted}
    kept = np.array([key not in keys for key in zip(known["line"], known["code"], strict=True)], dtype=bool)
    return check_lines(accepted, kind, known[kept], units)


def _find_groups(kind: str, groups: Sequence[Group], registry: Registry) -> None:
    """Give groups the polygon that the registry has; refuse those that it does not have (G23)."""
    key = DATASETS[kind].key
    frame = read_frame(registry, kind, columns=[*key, "geometry"])
    lines = frame["line"] if "line" in key else [""] * len(frame)
    shapes = dict(zip(zip(lines, frame["code"], strict=True), frame.geometry, strict=True))
    for group in groups:
        group.shape = shapes.get((group.line, group.code))
        if group.shape is None:
            group.flag(
                "G23",
                Severity.ERROR,
                t("The registry has no group {code}", code=group.code),
                field="code",
                hint=t("Import the groups first, or correct the code"),
            )


def _check_rules(kind: str, groups: Sequence[Group], units: Units) -> None:
    if kind == "management-grids":
        check_adjacency(groups, units)
        check_composition(groups, units, limits_of(groups))
    elif kind == "evaluation-grids":
        check_composition(groups, units, [None] * len(groups))
    check_boundaries(groups, units)
