"""Change unit grids in one step with everything that refers to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import shapely

from components.following import components_after
from gis.editions import Change, Edition, commit_changes
from gis.registry import Registry
from gis.text import Text, t
from grids.lifecycle.followers import recoded_rows
from grids.lifecycle.operations import plan_merge, plan_move, plan_retire, plan_split
from grids.lifecycle.plan import Order, Plan
from grids.lifecycle.recoding import plan_recode

Follower: TypeAlias = Callable[[Registry, Plan], Change | None]

FOLLOWERS: tuple[Follower, ...] = (
    components_after,
    lambda registry, plan: recoded_rows(registry, "addresses", ["community"], plan.recoded),
    lambda registry, plan: recoded_rows(registry, "organisations", ["division_code"], plan.recoded),
)
"""What refers to unit grids and divisions outside of their own room."""

REFERRING: dict[str, Text] = {
    "divisions": t("divisions"),
    "components": t("components"),
    "memberships": t("members of other grids"),
    "responsibility-grids": t("responsibility grids"),
    "management-grids": t("management grids"),
    "evaluation-grids": t("evaluation grids"),
    "addresses": t("addresses"),
    "organisations": t("organisations"),
}
"""Datasets with references to unit grids and divisions, as people call what is in them."""


@dataclass(frozen=True)
class GridEdit:
    """What came of an operation.

    Attributes
    ----------
    edition : Edition or None
        None when it was only tried.
    operation : str
    successors : dict of str to list of str
        Retired grids and what follows each.
    recoded : dict of str to str
        Divisions, old code to new.
    references : dict of str to int
        How many things of each dataset follow.
    notes : list of Text
    """

    edition: Edition | None
    operation: str
    successors: dict[str, list[str]]
    recoded: dict[str, str]
    references: dict[str, int]
    notes: list[Text]

    def to_dict(self) -> dict[str, Any]:
        """Return the edit as JSON types."""
        return {
            "edition": None if self.edition is None else self.edition.id,
            "operation": self.operation,
            "successors": self.successors,
            "recoded": self.recoded,
            "references": self.references,
            "notes": [str(note) for note in self.notes],
        }


def split_grid(
    registry: Registry, code: str, lines: Sequence[shapely.LineString], order: Order, *, dry_run: bool = False
) -> GridEdit:
    """Split a unit grid along lines (EPSG:4490), see :func:`grids.lifecycle.operations.plan_split`."""
    return carry_out(registry, plan_split(registry, code, lines, order), order, dry_run=dry_run)


def merge_grids(registry: Registry, codes: Sequence[str], order: Order, *, dry_run: bool = False) -> GridEdit:
    """Merge unit grids of one community, see :func:`grids.lifecycle.operations.plan_merge`."""
    return carry_out(registry, plan_merge(registry, codes, order), order, dry_run=dry_run)


def move_borders(
    registry: Registry,
    codes: Sequence[str],
    lines: Sequence[shapely.LineString],
    order: Order,
    *,
    dry_run: bool = False,
) -> GridEdit:
    """Draw the borders between grids anew, see :func:`grids.lifecycle.operations.plan_move`."""
    return carry_out(registry, plan_move(registry, codes, lines, order), order, dry_run=dry_run)


def retire_grid(registry: Registry, code: str, order: Order, *, dry_run: bool = False) -> GridEdit:
    """Retire a unit grid without a successor, see :func:`grids.lifecycle.operations.plan_retire`."""
    return carry_out(registry, plan_retire(registry, code, order), order, dry_run=dry_run)


def recode_division(
    registry: Registry, old: str, new: str, order: Order, *, name: str | None = None, dry_run: bool = False
) -> GridEdit:
    """Give a division another code, see :func:`grids.lifecycle.recoding.plan_recode`."""
    return carry_out(registry, plan_recode(registry, old, new, order, name=name), order, dry_run=dry_run)


def carry_out(registry: Registry, plan: Plan, order: Order, *, dry_run: bool = False) -> GridEdit:
    """Let everything follow a plan and commit it as one edition.

    Parameters
    ----------
    registry : Registry
    plan : Plan
    order : Order
        Its reason becomes the source of the edition.
    dry_run : bool
        Only tell what would be done.

    Raises
    ------
    RegistryUnavailable
        Something that the plan was worked out from has changed, or the registry is busy.
    """
    followers = [follow(registry, plan) for follow in FOLLOWERS]
    changes = [*plan.changes, *(change for change in followers if change is not None)]
    changes = [change for change in changes if len(change.frame) or change.retired]
    edit = GridEdit(
        None,
        str(plan.operation),
        {old: list(new) for old, new in plan.successors.items()},
        dict(plan.recoded),
        {change.dataset: len(change.frame) for change in changes if change.dataset in REFERRING},
        plan.notes,
    )
    if dry_run:
        return edit
    told = edit.to_dict() | {"reason": order.why, "date": order.day.isoformat()}
    edition = commit_changes(
        registry,
        changes,
        operation=edit.operation,
        source=order.why,
        report=told,
        based_on=plan.based_on,
        rests_on=tuple(REFERRING),
    )
    return replace(edit, edition=edition)
