"""The class catalogue (部件事件分类目录): the shipped tables, and what a city added to them.

========== ============================== ==========================================
standard   document                       list
========== ============================== ==========================================
``2007``   CJ/T 214-2007                  components complete, matters of one city
``2013``   GB/T 30428.2-2013              incomplete, partly inferred
``2026``   GB/T 47678.5-2026              complete
========== ============================== ==========================================

A city's own classes, its sub-classes below the minor class, and the spellings and groups it uses for
classes of the standard are rows of the registry's dataset ``classes`` (:mod:`components.class_imports`).

>>> SHIPPED.info("2013", "0101").name
'上水井盖'
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import Any

import pandas

from components.class_info import STANDARDS, ClassInfo, check_edition, plain_name
from components.class_tables import group_order, shipped_classes
from gis.columns import from_json
from gis.read import read_frame
from gis.registry import Registry

_COMPLETE = {("2007", "component"), ("2026", "component"), ("2026", "matter")}


class Catalogue:
    """All classes that count in one place at one time; not to be changed.

    Parameters
    ----------
    own : iterable of ClassInfo
        Rows of a city. One with the code of a class of the standard adds to it.
    """

    def __init__(self, own: Iterable[ClassInfo] = ()) -> None:
        self._own: dict[tuple[str, str], list[ClassInfo]] = defaultdict(list)
        for info in own:
            self._own[info.standard, info.kind].append(info)
        self._listed: dict[tuple[str, str], Mapping[str, ClassInfo]] = {}
        self._below: dict[tuple[str, str], Mapping[str, list[str]]] = {}
        self._names: dict[tuple[str, str], Mapping[str, list[ClassInfo]]] = {}

    @classmethod
    def of(cls, registry: Registry | None, *, as_of: datetime | None = None) -> Catalogue:
        """Return the catalogue of a registry, as it is or was at a moment; without one the shipped."""
        if registry is None:
            return SHIPPED
        frame = read_frame(registry, "classes", as_of=as_of)
        return cls(own_classes(frame)) if len(frame) else SHIPPED

    def info(self, standard: str, code: str, kind: str = "component") -> ClassInfo | None:
        """Look a class or sub-class up by its code.

        Parameters
        ----------
        standard : str
            ``2007``, ``2013`` or ``2026``.
        code : str
            Four or five digits, without the county; six or seven of a sub-class.
        kind : str
            ``component`` or ``matter``.

        Returns
        -------
        ClassInfo or None
            None when the list does not have the code, which for an incomplete list proves nothing
            (:meth:`complete`).

        Raises
        ------
        UsageError
            There is no such edition or kind.
        """
        return self._all(standard, kind).get(code)

    def classes(self, standard: str, kind: str = "component") -> Mapping[str, ClassInfo]:
        """Return the minor classes of an edition by code, in the order of the codes."""
        everything = self._all(standard, kind)
        if (standard, kind) not in self._own:
            return everything
        return {code: info for code, info in everything.items() if info.parent_code is None}

    def sub_classes(self, info: ClassInfo) -> list[ClassInfo]:
        """Return the city's classes below a minor class."""
        if (info.standard, info.kind) not in self._own:
            return []
        everything = self._all(info.standard, info.kind)
        codes = self._below[info.standard, info.kind].get(info.code, ())
        return [everything[code] for code in codes]

    def called(self, standard: str, name: str, kind: str = "component") -> list[ClassInfo]:
        """Return the classes and sub-classes with a name or spelling variant."""
        if (standard, kind) not in self._names:
            names: dict[str, list[ClassInfo]] = defaultdict(list)
            for info in self._all(standard, kind).values():
                for known in {plain_name(text) for text in (info.name, *info.aliases)}:
                    names[known].append(info)
            self._names[standard, kind] = dict(names)
        return self._names[standard, kind].get(plain_name(name), [])

    def is_called(self, info: ClassInfo, name: str) -> bool:
        """Tell whether a name is that of a class, a spelling of it, or that of a sub-class of it."""
        return info.is_called(name) or any(sub.is_called(name) for sub in self.sub_classes(info))

    def complete(self, standard: str, kind: str = "component") -> bool:
        """Tell whether the list of an edition is known to be complete."""
        check_edition(standard, kind)
        return (standard, kind) in _COMPLETE

    @cached_property
    def groups(self) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
        """Named sets of component classes: group (``井盖`` or ``covers``) → edition → class codes."""
        groups: dict[str, dict[str, tuple[str, ...]]] = {name: {} for name in group_order()}
        for standard in STANDARDS:
            for info in self.classes(standard).values():
                for name in info.groups:
                    members = groups.setdefault(name, {})
                    members[standard] = (*members.get(standard, ()), info.code)
        return groups

    def _all(self, standard: str, kind: str) -> Mapping[str, ClassInfo]:
        """Return classes and sub-classes by code."""
        if (standard, kind) not in self._listed:
            shipped = shipped_classes(standard, kind)
            own = self._own.get((standard, kind))
            self._below[standard, kind] = _by_class(own or ())
            self._listed[standard, kind] = _with_own(shipped, own) if own else shipped
        return self._listed[standard, kind]


SHIPPED = Catalogue()
"""The classes of the standards alone."""


def own_classes(frame: pandas.DataFrame) -> list[ClassInfo]:
    """Turn rows of the dataset ``classes`` into classes."""
    records = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return [_own_class({str(name): value for name, value in row.items()}) for row in records]


def _with_own(shipped: Mapping[str, ClassInfo], own: list[ClassInfo]) -> Mapping[str, ClassInfo]:
    """Return the standard's classes with the city's, in the order of the codes."""
    merged = dict(shipped)
    for info in own:
        merged[info.code] = _supplemented(shipped[info.code], info) if info.code in shipped else info
    for code, info in merged.items():
        above = merged.get(info.parent_code) if info.parent_code else None
        if above is not None:
            merged[code] = _below(info, above)
    return dict(sorted(merged.items()))


def _by_class(own: Iterable[ClassInfo]) -> Mapping[str, list[str]]:
    """Return the codes of sub-classes by the class above them, in order."""
    below: dict[str, list[str]] = defaultdict(list)
    for info in own:
        if info.parent_code is not None:
            below[info.parent_code].append(info.code)
    return {code: sorted(codes) for code, codes in below.items()}


def _supplemented(shipped: ClassInfo, own: ClassInfo) -> ClassInfo:
    """Add a city's spellings and groups to a class, and let what it settled about geometry count."""
    return replace(
        shipped,
        aliases=tuple(dict.fromkeys((*shipped.aliases, *own.aliases))),
        groups=tuple(dict.fromkeys((*shipped.groups, *own.groups))),
        geometry=own.geometry or shipped.geometry,
        geometry_confidence=own.geometry_confidence or shipped.geometry_confidence,
        accuracy_class=own.accuracy_class or shipped.accuracy_class,
        accuracy_confidence=own.accuracy_confidence or shipped.accuracy_confidence,
        ownerless=shipped.ownerless or own.ownerless,
        note=own.note or shipped.note,
    )


def _below(info: ClassInfo, above: ClassInfo) -> ClassInfo:
    """Let a sub-class have what its row leaves open from the class above it."""
    return replace(
        info,
        major=above.major,
        geometry=info.geometry or above.geometry,
        geometry_confidence=info.geometry_confidence or above.geometry_confidence,
        accuracy_class=info.accuracy_class or above.accuracy_class,
        accuracy_confidence=info.accuracy_confidence or above.accuracy_confidence,
        ownerless=info.ownerless or above.ownerless,
    )


def _own_class(row: Mapping[str, Any]) -> ClassInfo:
    geometry, accuracy = row["geometry_kind"], row["accuracy_class"]
    return ClassInfo(
        code=row["code"],
        name=row["name"] or row["code"],
        major=row["major"] or "",
        kind=row["kind"],
        geometry=geometry,
        accuracy_class=accuracy,
        ownerless=bool(row["ownerless"]),
        confidence="local",
        standard=row["standard"],
        aliases=tuple(from_json(row["aliases"]) or ()),
        note=row["note"],
        geometry_confidence="local" if geometry else None,
        accuracy_confidence="local" if accuracy else None,
        groups=tuple(from_json(row["group_names"]) or ()),
        parent_code=row["parent_code"],
        local=True,
        valid_from=row["valid_from_date"],
        valid_to=row["valid_to_date"],
    )
