"""Rows of the registry as the resolver needs them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from gis.columns import from_json
from responsibility.classes import ClassChoice
from responsibility.limits import Step
from responsibility.model import LineRef, Named
from responsibility.roles import Party, parties_from_json

REMOVED = "移除"
RETIRED_GRID = "作废"
# Not yet handed over, in warranty, under construction: the builder answers.
NOT_HANDED_OVER = frozenset({"未移交", "质保期", "在建"})
NO_CLASSES = "-"


@dataclass(frozen=True, slots=True)
class Division:
    """A county, street or community."""

    code: str
    name: str | None
    level: str
    parent_code: str | None


@dataclass(frozen=True, slots=True)
class Grid:
    """A unit grid; the codes of its divisions are None where neither a column nor its code says them."""

    code: str
    name: str | None
    county: str | None
    street: str | None
    community: str | None


@dataclass(frozen=True, slots=True)
class Area:
    """An area of a line of business: a contract, a handover state, a place that is not ours.

    ``classes`` holds class codes and major classes, empty for all, ``("-",)`` for none.
    ``size_m2`` is measured on the ellipsoid.
    """

    ref: LineRef
    unit: Named | None
    classes: tuple[str, ...]
    handover: str | None
    in_scope: bool
    valid_from: str | None
    valid_to: str | None
    size_m2: float
    edition: int | None

    def is_valid_on(self, day: str) -> bool:
        """Tell whether the area holds on a day, written YYYYMMDD."""
        return (self.valid_from or day) <= day <= (self.valid_to or day)

    @property
    def is_contract(self) -> bool:
        """Whether its unit works here: in scope and handed over, or never to be."""
        return self.in_scope and self.handover not in NOT_HANDED_OVER


@dataclass(frozen=True, slots=True)
class Boundary:
    """An agreement of two units on the line between them; ``width_m`` to either side of it."""

    code: str
    name: str | None
    unit_code: str | None
    width_m: float
    classes: tuple[str, ...]
    edition: int | None


@dataclass(frozen=True, slots=True)
class Component:
    """A component's record; ``changed`` is the day it is of, YYYYMMDD."""

    id: str
    class_code: str
    standard: str
    name: str | None
    state: str | None
    authority: Named | None
    owner: Named | None
    maintainer: Named | None
    edition: int | None
    changed: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of the case table."""

    number: int
    condition: str | None
    limit: str | None
    steps: tuple[Step, ...]
    closing: str | None
    legal_basis: str | None
    acting: tuple[Party, ...]
    mode: str
    supervising: tuple[Party, ...]
    edition: int | None


def rows_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a frame's rows without the geometry, missing values as None."""
    columns = columns_of(frame)
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def columns_of(frame: pd.DataFrame) -> dict[str, list[Any]]:
    """Return a frame's columns without the geometry as plain values, missing ones as None."""
    columns = {}
    for name in frame.columns:
        if name != "geometry":
            values = frame[name].to_numpy(dtype=object, copy=True)
            values[frame[name].isna().to_numpy()] = None
            columns[name] = values.tolist()
    return columns


def concerns(classes: tuple[str, ...], choice: ClassChoice) -> bool:
    """Tell whether a list of classes and major classes holds for every class meant."""
    if not classes:
        return True
    if choice.major is not None:
        return choice.major in classes
    return all(code in classes or code[:2] in classes for code in choice.codes)


def division_of(row: Mapping[str, Any]) -> Division:
    """Read a row of ``divisions``."""
    return Division(row["code"], row["name"], row["level"], row["parent_code"])


def grid_of(row: Mapping[str, Any]) -> Grid:
    """Read a row of ``unit_grids``; a national code of 15 digits holds those of its divisions."""
    code = row["code"]
    national = len(code) == 15 and code.isascii() and code.isdigit()
    parts = {"county": code[:6], "street": code[:9], "community": code[:12]} if national else {}
    divisions = {level: row[level] or parts.get(level) for level in ("county", "street", "community")}
    return Grid(code=code, name=row["name"], **divisions)


def area_of(row: Mapping[str, Any], size_m2: float) -> Area:
    """Read a row of ``areas``."""
    return Area(
        ref=LineRef(row["line"], row["code"], row["name"]),
        unit=named_of(row, "unit"),
        classes=tuple(from_json(row["classes"]) or ()),
        handover=row["handover"],
        in_scope=row["in_scope"] is None or bool(row["in_scope"]),
        valid_from=day_of(row["valid_from_date"]),
        valid_to=day_of(row["valid_to_date"]),
        size_m2=size_m2,
        edition=row["edition"],
    )


def boundary_of(row: Mapping[str, Any]) -> Boundary:
    """Read a row of ``boundaries``: the unit that takes the line is a (left of it) or b (right)."""
    taken_by_a = row["taken_by"] in ("a", "left")
    return Boundary(
        code=row["code"],
        name=row["name"],
        unit_code=row["unit_a_code"] if taken_by_a else row["unit_b_code"],
        width_m=row["width_m"] or 0.0,
        classes=tuple(from_json(row["classes"]) or ()),
        edition=row["edition"],
    )


# The columns that component_of reads.
COMPONENT_COLUMNS = (
    "id", "class_code", "standard", "name", "state", "authority_code", "authority_name", "owner_code",
    "owner_name", "maintainer_code", "maintainer_name", "initial_date", "change_date", "edition",
)  # fmt: skip


def component_of(row: Mapping[str, Any]) -> Component:
    """Read a row of ``components``."""
    return Component(
        id=row["id"],
        class_code=row["class_code"],
        standard=row["standard"],
        name=row["name"],
        state=row["state"],
        authority=named_of(row, "authority"),
        owner=named_of(row, "owner"),
        maintainer=named_of(row, "maintainer"),
        edition=row["edition"],
        changed=day_of(row["change_date"]) or day_of(row["initial_date"]),
    )


class RuleBook:
    """The case table: rules by edition of the code, kind and class.

    Parameters
    ----------
    rows : iterable of mapping
        Rows of ``rules``; their JSON is read when a class is asked for.
    """

    def __init__(self, rows: Iterable[Mapping[str, Any]]) -> None:
        self._rows: dict[tuple[str, str, str], list[Mapping[str, Any]]] = {}
        for row in rows:
            self._rows.setdefault((row["standard"], row["kind"], row["class_code"]), []).append(row)
        self._read: dict[tuple[str, str, str], tuple[Rule, ...]] = {}

    def rules(self, standard: str, kind: str, class_code: str) -> tuple[Rule, ...]:
        """Return the rules of a class in the order of their numbers."""
        key = (standard, kind, class_code)
        if key not in self._read:
            rows = sorted(self._rows.get(key, ()), key=lambda row: int(row["rule_no"]))
            self._read[key] = tuple(_rule(row) for row in rows)
        return self._read[key]


def _rule(row: Mapping[str, Any]) -> Rule:
    return Rule(
        number=int(row["rule_no"]),
        condition=row["condition"],
        limit=row["limit_text"],
        steps=tuple(Step(**step) for step in from_json(row["steps"]) or ()),
        closing=row["closing"],
        legal_basis=row["legal_basis"],
        acting=tuple(parties_from_json(row["acting"])),
        mode=row["mode"] or "ordered",
        supervising=tuple(parties_from_json(row["supervising"])),
        edition=row["edition"],
    )


def named_of(row: Mapping[str, Any], role: str) -> Named | None:
    """Return the unit of a role in a row, None where the row names none."""
    code, name = row[f"{role}_code"] or None, row[f"{role}_name"] or None
    return Named(code, name) if code or name else None


def day_of(text: str | None) -> str | None:
    """Bring 2026-11-20, 2026/11/20 and 20261120 to eight digits."""
    return "".join(filter(str.isdigit, text))[:8] or None if text else None
