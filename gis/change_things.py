"""Single things that changed, and values from one to another: what a change report names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from gis.change_kinds import ChangeKind, class_columns, roles_of
from gis.models import Dataset

STILL_M = 0.01
"""A thing that moved less, in metres, has not moved: its coordinates were written anew."""

Key: TypeAlias = tuple[Any, ...]
Place: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Value:
    """What a thing has of something that may change: a unit, a class, a state.

    ``standard`` is the edition of a class code.
    """

    code: str | None = None
    name: str | None = None
    standard: str | None = None

    def to_dict(self) -> dict[str, str | None]:
        """Return the value as JSON types."""
        return {"code": self.code, "name": self.name, "standard": self.standard}


@dataclass(frozen=True, slots=True)
class Transfer:
    """A change from one value to another, of one thing or of many.

    ``aspect`` is a name of :data:`gis.change_kinds.ROLE_NAMES`.
    """

    aspect: str
    before: Value
    after: Value
    count: int = 1

    def to_dict(self) -> dict[str, Any]:
        """Return the transfer as JSON types."""
        return {
            "aspect": self.aspect,
            "from": self.before.to_dict(),
            "to": self.after.to_dict(),
            "count": self.count,
        }


@dataclass(frozen=True, slots=True)
class ChangedThing:
    """One thing and what became of it.

    Attributes
    ----------
    kinds : tuple of ChangeKind
        All that became of it.
    id : str
        Its key, parts separated by a blank.
    name : str or None
    standard, class_code : str or None
        Its class afterwards; before, of one that was retired.
    transfers : tuple of Transfer
        Units, class and state that changed.
    columns : tuple of str
        All columns that differ.
    metres : float or None
        How far it moved, see :func:`gis.movement.movements`.
    old_place, place : (float, float) or None
        A point in it before and after: longitude and latitude, EPSG:4490.
    """

    kinds: tuple[ChangeKind, ...]
    id: str
    name: str | None = None
    standard: str | None = None
    class_code: str | None = None
    transfers: tuple[Transfer, ...] = ()
    columns: tuple[str, ...] = ()
    metres: float | None = None
    old_place: Place | None = None
    place: Place | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the thing as JSON types."""
        return {
            "kinds": [str(kind) for kind in self.kinds],
            "id": self.id,
            "name": self.name,
            "standard": self.standard,
            "class_code": self.class_code,
            "transfers": [transfer.to_dict() for transfer in self.transfers],
            "columns": list(self.columns),
            "metres": None if self.metres is None else round(self.metres, 3),
            "old_place": self.old_place,
            "place": self.place,
        }


def transfers_between(
    dataset: Dataset, before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[Transfer, ...]:
    """Return how units, class and state of two versions differ, as far as their columns are given."""
    old, new = _values(dataset, before), _values(dataset, after)
    return tuple(Transfer(aspect, old[aspect], new[aspect]) for aspect in old if old[aspect] != new[aspect])


def _values(dataset: Dataset, version: Mapping[str, Any]) -> dict[str, Value]:
    """Return units, class and state of a version."""
    values = {
        role.name: Value(version[role.code] if role.code else None, version[role.title])
        for role in roles_of(dataset)
        if role.title in version
    }
    if class_columns(dataset) and "class_code" in version:
        values["class"] = Value(version["class_code"], standard=version["standard"])
    if "state" in version:
        values["state"] = Value(name=version["state"])
    return values
