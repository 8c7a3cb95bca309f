"""What else in this room refers to unit grids and divisions, and follows when they change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas
from sqlalchemy import and_, exists, or_, select

from gis.editions import Change
from gis.models import DATASETS
from gis.read import read_frame
from gis.registry import Registry
from grids.groups.memberships import MEMBERS_OF, MEMBERSHIP, change_between, following, membership_frame
from grids.lifecycle.plan import GRIDS

_CODES_AT_A_TIME = 1_000


def memberships_after(registry: Registry, successors: Mapping[str, tuple[str, ...]]) -> Change | None:
    """Let groups of unit grids have the successors of their members.

    Parameters
    ----------
    registry : Registry
    successors : mapping of str to tuple of str
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
    kinds = [kind for kind, dataset in MEMBERS_OF.items() if dataset == GRIDS]
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


def recoded_rows(
    registry: Registry, dataset: str, columns: Sequence[str], recoded: Mapping[str, str]
) -> Change | None:
    """Let rows of a dataset name divisions by their new codes.

    Parameters
    ----------
    registry : Registry
    dataset : str
    columns : sequence of str
        Columns with codes of divisions.
    recoded : mapping of str to str
        Old code to new.

    Returns
    -------
    Change or None
        None when no row names one of the divisions.
    """
    if not recoded:
        return None
    live = DATASETS[dataset].live
    named = or_(*(live.c[name].in_(list(recoded)) for name in columns))
    frame = read_frame(registry, dataset, where=named)
    if frame.empty:
        return None
    for name in columns:
        frame[name] = [recoded.get(code, code) for code in frame[name]]
    return Change(dataset, frame)
