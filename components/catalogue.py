"""The class catalogue of components and matters in its editions.

Tables are data of this package, one per edition:

========== ============================== ==========================================
standard   document                       list
========== ============================== ==========================================
``2007``   CJ/T 214-2007                  components complete, matters of one city
``2013``   GB/T 30428.2-2013              incomplete, partly inferred
``2026``   GB/T 47678.5-2026              complete
========== ============================== ==========================================

Each row says how sure it is (``confidence``). Geometry and accuracy class by minor class were not
found in any source: the values here are defaults for covers, poles and areas, marked ``unverified``.
The groups (井盖, 立杆 …) are no part of a standard; they are what people say when they mean any of them.
"""

from __future__ import annotations

import csv
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from gis.errors import NotFound, UsageError
from gis.text import t

STANDARDS = ("2007", "2013", "2026")
DEFAULT_STANDARD = "2013"
KINDS = ("component", "matter")

ACCURACY_M: Mapping[str, float] = MappingProxyType({"A": 0.5, "B": 1.0, "C": 10.0})
"""Half width of the position of an accuracy class in metres (from a draft of the 2026 series)."""

_COMPLETE = {("2007", "component"), ("2026", "component"), ("2026", "matter")}


@dataclass(frozen=True, slots=True)
class ClassInfo:
    """One minor class (小类).

    Attributes
    ----------
    code : str
        Four digits in 2007 and 2013, five in 2026.
    name : str
        Name of the minor class.
    major : str
        Name of the major class (大类), whose code is the first two digits.
    kind : str
        ``component`` or ``matter``: the two share numbers.
    geometry : str or None
        ``point``, ``line`` or ``polygon``; None for matters. An unverified default.
    accuracy_class : str or None
        ``A``, ``B`` or ``C``, see :data:`ACCURACY_M`; None for matters. An unverified default.
    ownerless : bool
        A class for things whose owner cannot be told (不明井盖).
    confidence : str
        ``two-sources``, ``number-corroborated``, ``one-source`` or ``unverified``.
    standard : str
        Edition: ``2007``, ``2013`` or ``2026``.
    aliases : tuple of str
        Spelling variants of the name.
    note : str or None
        Remark on the row.
    """

    code: str
    name: str
    major: str
    kind: str
    geometry: str | None
    accuracy_class: str | None
    ownerless: bool
    confidence: str
    standard: str
    aliases: tuple[str, ...] = ()
    note: str | None = None

    @property
    def accuracy_m(self) -> float:
        """Accuracy distance in metres; that of class B for matters."""
        return ACCURACY_M[self.accuracy_class or "B"]

    def is_called(self, name: str) -> bool:
        """Tell whether a name is the class's name or one of its spelling variants."""
        return plain_name(name) in {plain_name(known) for known in (self.name, *self.aliases)}


@dataclass(frozen=True, slots=True)
class Conversion:
    """What a class of an older edition became in the edition of 2026.

    ``codes`` is empty when there is no counterpart, and has several when a person has to choose;
    ``relation`` says which, in the words of the table.
    """

    codes: tuple[str, ...]
    relation: str


def class_info(standard: str, code: str, kind: str = "component") -> ClassInfo | None:
    """Look a class up by its code.

    Parameters
    ----------
    standard : str
        ``2007``, ``2013`` or ``2026``.
    code : str
        Four or five digits, without the county.
    kind : str
        ``component`` or ``matter``.

    Returns
    -------
    ClassInfo or None
        None when the list does not have the code, which for an incomplete list proves nothing
        (:func:`catalogue_complete`).
    """
    return _by_code(standard, kind).get(code)


def classes(standard: str, kind: str = "component") -> Mapping[str, ClassInfo]:
    """Return all classes of an edition by code, in order of the codes."""
    return _by_code(standard, kind)


def classes_called(standard: str, name: str, kind: str = "component") -> list[ClassInfo]:
    """Return the classes with a name or spelling variant."""
    return _by_name(standard, kind).get(plain_name(name), [])


def catalogue_complete(standard: str, kind: str = "component") -> bool:
    """Tell whether the list of an edition is known to be complete."""
    _check(standard, kind)
    return (standard, kind) in _COMPLETE


def is_local_code(standard: str, code: str) -> bool:
    """Tell whether a code lies where cities put classes of their own.

    2026: minor classes 080 to 999 (draft); 2013: minor classes assigned downward from 99 (practice of
    one city, down to 78); 2007: the major class 21.
    """
    _check(standard, "component")
    if standard == "2026":
        return len(code) == 5 and code[2:] >= "080"
    if standard == "2013":
        return len(code) == 4 and code[2:] >= "78"
    return len(code) == 4 and code[:2] == "21"


def convert_class(code: str, source: str, target: str, kind: str = "component") -> Conversion:
    """Convert a class code between editions, by the table only.

    Parameters
    ----------
    code : str
        Class code of the edition ``source``.
    source, target : str
        Editions; the table leads from 2007 and 2013 to 2026.
    kind : str
        ``component`` or ``matter``.

    Raises
    ------
    UsageError
        There is no table from ``source`` to ``target``.
    NotFound
        The code is not in the table.
    """
    _check(source, kind)
    _check(target, kind)
    if source == target:
        return Conversion((code,), "same edition")
    if target != "2026":
        raise UsageError(
            t("There is no table of classes from {source} to {target}", source=source, target=target),
            field="--to",
            value=target,
            expected="2026",
        )
    found = _crosswalk().get((kind, source, code))
    if found is None:
        raise NotFound(
            t("Class {code} of {standard} is not in the table to 2026", code=code, standard=source),
            field="code",
            value=code,
        )
    return found


def plain_name(name: str) -> str:
    """Return a class name without what spelling varies in: width, blanks, brackets' form."""
    return "".join(unicodedata.normalize("NFKC", name).split())


def _check(standard: str, kind: str) -> None:
    """Refuse editions and kinds that do not exist."""
    if standard not in STANDARDS:
        raise UsageError(
            t("There is no edition {standard} of the classes", standard=standard),
            field="--standard",
            value=standard,
            expected=", ".join(STANDARDS),
        )
    if kind not in KINDS:
        raise UsageError(
            t("{kind} is not a kind of class", kind=kind), field="kind", value=kind, expected=", ".join(KINDS)
        )


@cache
def _by_code(standard: str, kind: str) -> Mapping[str, ClassInfo]:
    _check(standard, kind)
    rows = sorted(_rows(f"classes-{standard}.csv"), key=lambda row: row["code"])
    return MappingProxyType({row["code"]: _info(standard, row) for row in rows if row["kind"] == kind})


@cache
def _by_name(standard: str, kind: str) -> Mapping[str, list[ClassInfo]]:
    names: dict[str, list[ClassInfo]] = defaultdict(list)
    for info in classes(standard, kind).values():
        for name in (info.name, *info.aliases):
            names[plain_name(name)].append(info)
    return dict(names)


def _info(standard: str, row: dict[str, str]) -> ClassInfo:
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
    )


@cache
def _crosswalk() -> Mapping[tuple[str, str, str], Conversion]:
    return {
        (row["kind"], row["standard"], row["code"]): Conversion(
            tuple(filter(None, row["code_2026"].split(";"))), row["relation"]
        )
        for row in _rows("crosswalk.csv")
    }


def _groups() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    groups: dict[str, dict[str, tuple[str, ...]]] = {}
    for row in _rows("groups.csv"):
        for name in (row["group"], row["group_en"]):
            members = groups.setdefault(name, {})
            members[row["standard"]] = (*members.get(row["standard"], ()), row["code"])
    return MappingProxyType({name: MappingProxyType(members) for name, members in groups.items()})


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = files("components").joinpath("data", name).read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())


GROUPS: Mapping[str, Mapping[str, tuple[str, ...]]] = _groups()
"""Named sets of component classes: group (``井盖`` or ``covers``) → edition → class codes."""
