"""What can become of a thing between two editions, and which columns of a dataset tell of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

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
    return tuple(role for role in _ROLES if set(role.columns) <= set(dataset.columns))


def class_columns(dataset: Dataset) -> tuple[str, ...]:
    """Return the columns that tell the class of a thing, with the edition of its code."""
    return _CLASS if set(_CLASS) <= set(dataset.columns) else ()


def kinds_in(dataset: Dataset, columns: tuple[str, ...]) -> set[ChangeKind]:
    """Tell the kinds of change from the columns that differ, all but those of the geometry."""
    kinds: dict[str, ChangeKind] = dict.fromkeys(class_columns(dataset), ChangeKind.RECLASSED)
    kinds |= {name: ChangeKind.REOWNED for role in roles_of(dataset) for name in role.columns}
    kinds["state"] = ChangeKind.STATE
    return {kinds.get(name, ChangeKind.ATTRIBUTES) for name in columns if name not in (GEOMETRY, "geometry")}


def columns_of(dataset: Dataset, kind: ChangeKind) -> tuple[str, ...]:
    """Return the columns in which a thing differs that is of a kind; of a move, the geometry."""
    if kind in (ChangeKind.MOVED, ChangeKind.REWRITTEN):
        return (GEOMETRY,) if dataset.geometry else ()
    return tuple(
        name for name in dataset.columns if name not in dataset.key and kind in kinds_in(dataset, (name,))
    )
