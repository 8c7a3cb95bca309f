"""One class of components or matters, and what an edition of the class tables is."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from gis.errors import UsageError
from gis.text import t

STANDARDS = ("2007", "2013", "2026")
DEFAULT_STANDARD = "2013"
KINDS = ("component", "matter")
CLASS_DIGITS: Mapping[str, int] = MappingProxyType({"2007": 4, "2013": 4, "2026": 5})
SUB_CLASS_DIGITS = 2
"""A sub-class has the code of its class and two digits more; no standard numbers them."""

ACCURACY_M: Mapping[str, float] = MappingProxyType({"A": 0.5, "B": 1.0, "C": 10.0})
"""Half width of the position of an accuracy class in metres (from a draft of the 2026 series)."""


@dataclass(frozen=True, slots=True)
class EditionInfo:
    """An edition of the class tables.

    Attributes
    ----------
    standard : str
        ``2007``, ``2013`` or ``2026``.
    document, title : str
        The standard's number and its Chinese title.
    class_digits, identifier_digits : int
        Digits of a class code without the county, and of a component's identifier.
    valid_from, valid_to : str or None
        First and last day in force, YYYYMMDD; None where it is not known or has not ended.
    replaced_by : str or None
        The edition that followed.
    note : str or None
        How complete the list is.
    """

    standard: str
    document: str
    title: str
    class_digits: int
    identifier_digits: int
    valid_from: str | None
    valid_to: str | None
    replaced_by: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class ClassInfo:
    """One minor class (小类), or a city's sub-class below it.

    Attributes
    ----------
    code : str
        Four digits in 2007 and 2013, five in 2026; a sub-class has two more.
    name : str
        Name of the class.
    major : str
        Name of the major class (大类), whose code is the first two digits.
    kind : str
        ``component`` or ``matter``: the two share numbers.
    geometry : str or None
        ``point``, ``line`` or ``polygon``; None for matters.
    accuracy_class : str or None
        ``A``, ``B`` or ``C``, see :data:`ACCURACY_M`; None for matters.
    ownerless : bool
        A class for things whose owner cannot be told (不明井盖).
    confidence : str
        Of number and name: ``two-sources``, ``number-corroborated``, ``one-source``, ``unverified``, or
        ``local`` for what a city entered.
    standard : str
        Edition: ``2007``, ``2013`` or ``2026``.
    aliases : tuple of str
        Spelling variants of the name.
    note : str or None
        Remark on the row.
    geometry_confidence, accuracy_confidence : str or None
        How sure geometry and accuracy class are.
    groups : tuple of str
        Names of the groups it belongs to, Chinese and English.
    parent_code : str or None
        The minor class of a sub-class.
    local : bool
        Whether it is a class of the city, not of the standard.
    valid_from, valid_to : str or None
        First and last day it holds, YYYYMMDD: those of the edition for a class of the standard.
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
    geometry_confidence: str | None = None
    accuracy_confidence: str | None = None
    groups: tuple[str, ...] = ()
    parent_code: str | None = None
    local: bool = False
    valid_from: str | None = None
    valid_to: str | None = None

    @property
    def accuracy_m(self) -> float:
        """Accuracy distance in metres; that of class B for matters."""
        return ACCURACY_M[self.accuracy_class or "B"]

    @property
    def minor_code(self) -> str:
        """Code of the minor class: its own, or that of the class above a sub-class."""
        return self.parent_code or self.code

    def is_called(self, name: str) -> bool:
        """Tell whether a name is the class's name or one of its spelling variants."""
        return plain_name(name) in {plain_name(known) for known in (self.name, *self.aliases)}


def is_local_code(standard: str, code: str) -> bool:
    """Tell whether a code lies where cities put classes of their own.

    2026: minor classes 080 to 999 (draft); 2013: minor classes assigned downward from 99 (practice of
    one city, down to 78); 2007: the major class 21.
    """
    check_edition(standard)
    if len(code) != CLASS_DIGITS[standard]:
        return False
    if standard == "2026":
        return code[2:] >= "080"
    return code[2:] >= "78" if standard == "2013" else code[:2] == "21"


def plain_name(name: str) -> str:
    """Return a class name without what spelling varies in: width, blanks, brackets' form."""
    return "".join(unicodedata.normalize("NFKC", name).split())


def check_edition(standard: str, kind: str = "component") -> None:
    """Refuse editions and kinds that do not exist.

    Raises
    ------
    UsageError
    """
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
