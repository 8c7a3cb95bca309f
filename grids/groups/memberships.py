"""Which grids are made of which: groups of unit grids (单元网格) and their members.

Rows of the dataset ``memberships``: ``kind`` is the dataset of the group, ``line`` its line of business
(empty for kinds without lines), ``code`` the group, ``member`` the code of a part. Responsibility grids and
management grids are made of unit grids, evaluation grids of management grids. Between lines a unit grid may
be in any number of groups.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas
import shapely
from numpy.typing import NDArray
from sqlalchemy import and_, exists, select

from gis.editions import Change
from gis.models import DATASETS
from gis.read import read_frame
from gis.registry import Registry

MEMBERSHIP = ("kind", "line", "code", "member")
"""Columns of a frame of memberships."""

GROUP = MEMBERSHIP[:3]
"""Columns that name a group."""

MEMBERS_OF = {
    "management-grids": "grids",
    "evaluation-grids": "management-grids",
    "responsibility-grids": "grids",
}
"""Kinds of groups, each with the dataset its members are in."""

LINES = frozenset(kind for kind in MEMBERS_OF if "line" in DATASETS[kind].columns)
"""Kinds whose groups belong to a line of business."""

_CODES_AT_A_TIME = 1_000


def members_of(registry: Registry, kind: str, line: str, code: str) -> tuple[str, ...]:
    """Return the members of one group, in the order of their codes.

    Parameters
    ----------
    registry : Registry
    kind : str
        Dataset of the group, see :data:`MEMBERS_OF`.
    line : str
        Line of business; empty for management and evaluation grids.
    code : str
        The group.

    Returns
    -------
    tuple of str
        Empty when nothing is known of the group.
    """
    table = DATASETS["memberships"].live.c
    where = (table.kind == kind) & (table.line == line) & (table.code == code)
    return tuple(read_frame(registry, "memberships", where=where, columns=["member"])["member"])


def groups_of(registry: Registry, unit_grid: str) -> pandas.DataFrame:
    """Return all groups that a unit grid is in, of all kinds and lines.

    An evaluation grid is among them when one of the unit grid's management grids is in it.

    Parameters
    ----------
    registry : Registry
    unit_grid : str
        15-digit code.

    Returns
    -------
    DataFrame
        Columns ``kind``, ``line``, ``code``, ``member``: the member is the unit grid, or the management grid
        between the two.
    """
    direct = _groups_with(registry, "grids", [unit_grid])
    managed = direct.loc[direct["kind"] == "management-grids", "code"].tolist()
    return pandas.concat([direct, _groups_with(registry, "management-grids", managed)], ignore_index=True)


def _groups_with(registry: Registry, member_dataset: str, members: Sequence[str]) -> pandas.DataFrame:
    kinds = [kind for kind, dataset in MEMBERS_OF.items() if dataset == member_dataset]
    table = DATASETS["memberships"].live.c
    where = table.member.in_(list(members)) & table.kind.in_(kinds)
    return read_frame(registry, "memberships", where=where, columns=MEMBERSHIP)


def read_memberships(
    registry: Registry, kind: str | None = None, line: str | None = None
) -> pandas.DataFrame:
    """Read the live memberships, of one kind and line where these are given."""
    table = DATASETS["memberships"].live.c
    where = None if kind is None else table.kind == kind
    if line is not None:
        where = table.line == line if where is None else where & (table.line == line)
    return read_frame(registry, "memberships", where=where, columns=MEMBERSHIP)


def following(memberships: pandas.DataFrame, replaced: Mapping[str, Sequence[str]]) -> pandas.DataFrame:
    """Return the memberships after unit grids were replaced.

    Each old member gives way to its successors: the parts of a split are all members, of grids that were
    merged one is, a grid retired without a successor is left out. Evaluation grids stay as they are: their
    members are management grids, whose codes cannot be told from those of unit grids by their form.

    Parameters
    ----------
    memberships : DataFrame
        Columns of :data:`MEMBERSHIP`.
    replaced : mapping of str to sequence of str
        Old unit grid to the unit grids that stand for it now, perhaps itself among them.

    Returns
    -------
    DataFrame
        Without duplicates, ordered by kind, line, code and member.
    """
    of_units = memberships["kind"].map(MEMBERS_OF) == "grids"
    members = [
        list(replaced.get(member, (member,))) if unit else [member]
        for member, unit in zip(memberships["member"], of_units, strict=True)
    ]
    after = memberships.assign(member=pandas.Series(members, index=memberships.index, dtype=object))
    after = after.explode("member").dropna(subset=["member"]).drop_duplicates()
    return after.sort_values(list(MEMBERSHIP), ignore_index=True).astype({"member": object})[list(MEMBERSHIP)]


def change_between(before: pandas.DataFrame, after: pandas.DataFrame) -> Change | None:
    """Return what brings the registry from some memberships to others, for an edition.

    Parameters
    ----------
    before, after : DataFrame
        Columns of :data:`MEMBERSHIP`; ``before`` as the registry has them, all members of each group.

    Returns
    -------
    Change or None
        The groups of ``after`` that differ; what ``before`` has of other groups is retired. None when
        nothing differs.
    """
    old, new = _members_by_group(before), _members_by_group(after)
    changed = {group for group, members in new.items() if old.get(group) != members}
    rows = [(*group, member) for group in sorted(changed) for member in sorted(new[group])]
    retired = [(*group, member) for group in sorted(old.keys() - new.keys()) for member in sorted(old[group])]
    if not rows and not retired:
        return None
    return Change("memberships", membership_frame(rows), retired)


def memberships_after(registry: Registry, successors: Mapping[str, Sequence[str]]) -> Change | None:
    """Let groups of unit grids have the successors of their members.

    Parameters
    ----------
    registry : Registry
    successors : mapping of str to sequence of str
        For each retired unit grid what follows it; empty: the groups lose it.

    Returns
    -------
    Change or None
        Of the dataset ``memberships``; None when no group has one of the grids.
    """
    before = _of_groups_with(registry, list(successors))
    return change_between(before, following(before, successors))


def _of_groups_with(registry: Registry, codes: Sequence[str]) -> pandas.DataFrame:
    """Read all members of the groups that one of some unit grids is in."""
    table = DATASETS["memberships"].live
    having = table.alias("having")
    kinds = [kind for kind, dataset in MEMBERS_OF.items() if dataset == "grids"]
    same_group = and_(*(table.c[name] == having.c[name] for name in ("kind", "line", "code")))
    rows: set[tuple[str, str, str, str]] = set()
    with registry.connect() as connection:
        for start in range(0, len(codes), _CODES_AT_A_TIME):
            chunk = codes[start : start + _CODES_AT_A_TIME]
            one_of_them = and_(having.c.member.in_(chunk), having.c.kind.in_(kinds))
            statement = select(*(table.c[name] for name in MEMBERSHIP))
            found = connection.execute(statement.where(exists().where(same_group, one_of_them)))
            rows |= {(row[0], row[1], row[2], row[3]) for row in found}
    return membership_frame(sorted(rows))


def membership_frame(rows: Iterable[tuple[str, str, str, str]]) -> pandas.DataFrame:
    """Make a frame of memberships."""
    return pandas.DataFrame(list(rows), columns=list(MEMBERSHIP), dtype=object)


def _members_by_group(memberships: pandas.DataFrame) -> dict[tuple[str, str, str], set[str]]:
    groups: dict[tuple[str, str, str], set[str]] = {}
    columns = (memberships[name] for name in MEMBERSHIP)
    for kind, line, code, member in zip(*columns, strict=True):
        groups.setdefault((kind, line, code), set()).add(member)
    return groups


def derived_boundary(members: NDArray[np.object_]) -> shapely.MultiPolygon:
    """Return the ground of some grids as one area: shared edges go, all other vertices stay.

    Parameters
    ----------
    members : ndarray of geometries
        Polygons or multipolygons, EPSG:4490; missing ones are passed over.

    Returns
    -------
    MultiPolygon
        Valid, in EPSG:4490; empty without a member. Where members overlap or their common edges do not
        match, it is their plain union, and what lies between them stays open.
    """
    present = members[~(shapely.is_missing(members) | shapely.is_empty(members))]
    sound = shapely.force_2d(present)
    broken = ~shapely.is_valid(sound)
    sound[broken] = shapely.make_valid(sound[broken], method="structure", keep_collapsed=False)
    fitting = len(sound) > 0 and bool(shapely.coverage_is_valid(sound))
    whole = shapely.coverage_union_all(sound) if fitting else shapely.union_all(sound)
    if not whole.is_valid:
        whole = shapely.union_all(sound)
    parts = shapely.get_parts(whole)
    return shapely.MultiPolygon(list(parts[shapely.get_dimensions(parts) == 2]))
