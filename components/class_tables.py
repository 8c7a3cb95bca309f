"""The class tables that come with the program: one CSV per edition, the groups, the editions.

Each row says how sure it is (``confidence``). Geometry and accuracy class by minor class were not found in
any source: the values are defaults for covers, poles and areas, marked ``unverified``. The groups (井盖,
立杆 …) are no part of a standard; they are what people say when they mean any of them.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from components.class_info import ClassInfo, EditionInfo, check_edition


@cache
def edition_infos() -> Mapping[str, EditionInfo]:
    """Return the editions by their year."""
    return MappingProxyType({row["standard"]: _edition(row) for row in shipped_rows("editions.csv")})


@cache
def shipped_classes(standard: str, kind: str) -> Mapping[str, ClassInfo]:
    """Return the classes of an edition by code, in the order of the codes.

    Raises
    ------
    UsageError
        There is no such edition or kind.
    """
    check_edition(standard, kind)
    groups = _group_names() if kind == "component" else {}
    rows = sorted(shipped_rows(f"classes-{standard}.csv"), key=lambda row: row["code"])
    return MappingProxyType(
        {
            row["code"]: _info(standard, row, groups.get((standard, row["code"]), ()))
            for row in rows
            if row["kind"] == kind
        }
    )


def shipped_rows(name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of one of the package's tables."""
    text = files("components").joinpath("data", name).read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())


@cache
def group_order() -> tuple[str, ...]:
    """Return the names of the groups, Chinese and English, in the order people read them in."""
    rows = shipped_rows("groups.csv")
    return tuple(dict.fromkeys(name for row in rows for name in (row["group"], row["group_en"])))


@cache
def _group_names() -> Mapping[tuple[str, str], tuple[str, ...]]:
    """Return the groups of each component class, by edition and code."""
    names: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in shipped_rows("groups.csv"):
        names[row["standard"], row["code"]] += [row["group"], row["group_en"]]
    return {key: tuple(groups) for key, groups in names.items()}


def _edition(row: dict[str, str]) -> EditionInfo:
    return EditionInfo(
        standard=row["standard"],
        document=row["document"],
        title=row["title"],
        class_digits=int(row["class_digits"]),
        identifier_digits=int(row["identifier_digits"]),
        valid_from=row["valid_from_date"] or None,
        valid_to=row["valid_to_date"] or None,
        replaced_by=row["replaced_by"] or None,
        note=row["note"] or None,
    )


def _info(standard: str, row: dict[str, str], groups: tuple[str, ...]) -> ClassInfo:
    edition = edition_infos()[standard]
    return ClassInfo(
        code=row["code"],
        name=row["name"],
        major=row["major_name"],
        kind=row["kind"],
        geometry=row["geometry"] or None,
        accuracy_class=row["accuracy_class"] or None,
        ownerless=row["ownerless"] == "1",
        confidence=row["source_confidence"],
        standard=standard,
        aliases=tuple(filter(None, row["aliases"].split(";"))),
        note=row["note"] or None,
        geometry_confidence=row["geometry_confidence"] or None,
        accuracy_confidence=row["accuracy_confidence"] or None,
        groups=groups,
        valid_from=edition.valid_from,
        valid_to=edition.valid_to,
    )
