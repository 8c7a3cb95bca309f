"""What can become of a thing between two editions, and which columns of a dataset tell of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from gis.models import GEOMETRY, Dataset
from gis.text import Text, t


class ChangeKind(StrEnum):
    """What became of a thing; one that stays may be of several kinds."""

    ADDED = "added"
    MOVED = "moved"
    REOWNED = "reowned"
    RECLASSED = "reclassed"
    STATE = "state"
    ATTRIBUTES = "attributes"
    REWRITTEN = "rewritten"
    RETIRED = "retired"


KIND_NAMES: dict[ChangeKind, Text] = {
    ChangeKind.ADDED: t("Added"),
    ChangeKind.MOVED: t("Moved"),
    ChangeKind.REOWNED: t("Other units"),
    ChangeKind.RECLASSED: t("Other class"),
    ChangeKind.STATE: t("Other state"),
    ChangeKind.ATTRIBUTES: t("Other attributes"),
    ChangeKind.REWRITTEN: t("Geometry rewritten"),
    ChangeKind.RETIRED: t("Retired"),
}

ROLE_NAMES: dict[str, Text] = {
    "authority": t("Authority"),
    "owner": t("Owner"),
    "maintainer": t("Maintainer"),
    "unit": t("Unit"),
    "responsible": t("Responsible"),
    "class": t("Class"),
    "state": t("State"),
}
"""What changes from one value to another, for people; :class:`Role` for the first ones."""


@dataclass(frozen=True, slots=True)
class Role:
    """A unit that a thing names: columns of its code and name, ``None`` where there is none."""

    name: str
    code: str | None
    title: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns there are."""
        return (self.title,) if self.code is None else (self.code, self.title)


_ROLES = (
    Role("authority", "authority_code", "authority_name"),
    Role("owner", "owner_code", "owner_name"),
    Role("maintainer", "maintainer_code", "maintainer_name"),
    Role("unit", "unit_code", "unit_name"),
    Role("responsible", None, "responsible"),
)
_CLASS = ("standard", "class_code")


def roles_of(dataset: Dataset) -> tuple[Role, ...]:
    """Return the units that things of a dataset name."""
    return _roles(dataset.columns)


def class_columns(dataset: Dataset) -> tuple[str, ...]:
    """Return the columns that tell the class of a thing, with the edition of its code."""
    return _CLASS if set(_CLASS) <= set(dataset.columns) else ()


def kinds_in(dataset: Dataset, columns: tuple[str, ...]) -> frozenset[ChangeKind]:
    """Tell the kinds of change from the columns that differ, all but those of the geometry."""
    return _kinds(dataset.columns, columns)


def columns_of(dataset: Dataset, kind: ChangeKind) -> tuple[str, ...]:
    """Return the columns in which a thing differs that is of a kind; of a move, the geometry."""
    if kind in (ChangeKind.MOVED, ChangeKind.REWRITTEN):
        return (GEOMETRY,) if dataset.geometry else ()
    own = (name for name in dataset.columns if name not in dataset.key)
    return tuple(name for name in own if kind in kinds_in(dataset, (name,)))


@cache
def _roles(columns: tuple[str, ...]) -> tuple[Role, ...]:
    return tuple(role for role in _ROLES if set(role.columns) <= set(columns))


@cache
def _kinds(columns: tuple[str, ...], differing: tuple[str, ...]) -> frozenset[ChangeKind]:
    kinds: dict[str, ChangeKind] = {
        name: ChangeKind.REOWNED for role in _roles(columns) for name in role.columns
    }
    if set(_CLASS) <= set(columns):
        kinds |= dict.fromkeys(_CLASS, ChangeKind.RECLASSED)
    kinds["state"] = ChangeKind.STATE
    return frozenset(kinds.get(name, ChangeKind.ATTRIBUTES) for name in differing if name != "geometry")
