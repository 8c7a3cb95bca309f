"""Understand what a caller says a thing is: a class code, a major class, a group of classes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from components.catalogue import SHIPPED, Catalogue
from components.class_info import CLASS_DIGITS, STANDARDS, SUB_CLASS_DIGITS
from gis.errors import UsageError
from gis.text import Text, t
from responsibility.model import Kind

# County, class and sequence, as in an identifier (标识码) or a class code with its county.
_CODES = {
    standard: re.compile(
        rf"(?:\d{{6}})?(?P<code>\d{{{digits}}})|\d{{6}}(?P<in_id>\d{{{digits}}})\d{{6}}"
        rf"|(?P<sub>\d{{{digits + SUB_CLASS_DIGITS}}})"
    )
    for standard, digits in CLASS_DIGITS.items()
}
_MAJOR = re.compile(r"\d{2}")


@dataclass(frozen=True, slots=True)
class ClassChoice:
    """The classes a question is about.

    Attributes
    ----------
    text : str
        As the caller said it.
    standard, kind : str
        Edition and kind of the codes.
    codes : frozenset of str
        Minor classes meant; empty for a major class, of which a component may have any.
    major : str or None
        Major class, where only that was said.
    listed : bool
        False for a code that an incomplete catalogue does not have.
    """

    text: str
    standard: str
    kind: Kind
    codes: frozenset[str]
    major: str | None = None
    listed: bool = True

    @property
    def code(self) -> str | None:
        """The class, where exactly one is meant."""
        return next(iter(self.codes)) if len(self.codes) == 1 else None

    def includes(self, code: str) -> bool:
        """Tell whether a component of this class is meant."""
        return code in self.codes or (self.major is not None and code.startswith(self.major))


@lru_cache(maxsize=4096)
def choose_classes(
    text: str,
    standard: str | None,
    kind: Kind,
    default_standard: str,
    catalogue: Catalogue = SHIPPED,
) -> ClassChoice:
    """Find the classes meant by a text.

    Parameters
    ----------
    text : str
        A class code of 4 digits (2007, 2013) or 5 (2026), the same with its county in front (10, 11)
        or inside an identifier (16, 17); a city's sub-class (6, 7), which means the class above it; a
        major class of 2 digits; or the name of a group (井盖) or of one class.
    standard : str or None
        Edition of the code. None: 2026 for codes only it has, else ``default_standard``.
    kind : Kind
        Component or matter.
    default_standard : str
        Edition where nothing tells it.
    catalogue : Catalogue
        The classes there are.

    Raises
    ------
    UsageError
        The text is no code of that edition, or a complete catalogue does not have it.
    """
    plain = text.strip()
    if standard is not None and standard not in STANDARDS:
        raise unknown_standard(standard)
    digits = plain.isascii() and plain.isdigit()
    if digits and len(plain) != 2:
        return _by_code(plain, standard or _edition_of(plain, default_standard), kind, catalogue)
    edition = standard or default_standard
    if _MAJOR.fullmatch(plain):
        return _by_major(plain, edition, kind, catalogue)
    return _by_group(plain, edition, kind, catalogue)


def unknown_standard(standard: str) -> UsageError:
    """Say that there is no such edition."""
    return UsageError(
        t("There is no edition {standard} of the class codes", standard=standard),
        field="standard",
        value=standard,
        expected=", ".join(STANDARDS),
    )


def _edition_of(digits: str, default: str) -> str:
    """Take 2026 for a code of its length; every other code is of the default edition."""
    return "2026" if _CODES["2026"].fullmatch(digits) else default


def _by_code(digits: str, standard: str, kind: Kind, catalogue: Catalogue) -> ClassChoice:
    match = _CODES[standard].fullmatch(digits)
    if match is None:
        expected = (
            t("5, 11 or 17 digits for the edition 2026")
            if standard == "2026"
            else t("4, 10 or 16 digits for the edition {standard}", standard=standard)
        )
        raise _unknown(digits, standard, expected)
    code = match["code"] or match["in_id"] or match["sub"]
    info = catalogue.info(standard, code, kind)
    listed = info is not None
    if not listed and (match["sub"] or catalogue.complete(standard, kind)):
        raise _unknown(digits, standard, _known_near(code, standard, kind, catalogue))
    code = code if info is None else info.minor_code
    return ClassChoice(digits, standard, kind, frozenset({code}), listed=listed)


def _by_major(major: str, standard: str, kind: Kind, catalogue: Catalogue) -> ClassChoice:
    known = {code[:2] for code in catalogue.classes(standard, kind)}
    if major not in known and catalogue.complete(standard, kind):
        raise _unknown(major, standard, ", ".join(sorted(known)))
    return ClassChoice(major, standard, kind, frozenset(), major, listed=major in known)


def _by_group(name: str, standard: str, kind: Kind, catalogue: Catalogue) -> ClassChoice:
    codes = catalogue.groups.get(name, {}).get(standard, ()) if kind is Kind.COMPONENT else ()
    codes = codes or tuple(info.minor_code for info in catalogue.called(standard, name, kind))
    if not codes:
        groups = sorted(group for group, members in catalogue.groups.items() if standard in members)
        raise _unknown(name, standard, t("a class code, or one of {groups}", groups=", ".join(groups)))
    return ClassChoice(name, standard, kind, frozenset(codes))


def _known_near(code: str, standard: str, kind: Kind, catalogue: Catalogue) -> Text | str:
    """Name the known classes of the same major class, or the major classes."""
    every = sorted(catalogue.classes(standard, kind))
    near = [known for known in every if known[:2] == code[:2]]
    return ", ".join(near or sorted({known[:2] for known in every}))


def _unknown(text: str, standard: str, expected: Text | str) -> UsageError:
    return UsageError(
        t("Class {text} is not known in the edition {standard}", text=text, standard=standard),
        field="class",
        value=text,
        expected=expected,
    )
