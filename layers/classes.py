"""Classes of components a layer is made of, and those that are never public.

A class is written with its edition, ``2013:0137``; two digits stand for a major class (``2013:02``), and
a class holds its sub-classes. Without the edition a code says little: 0137 is a lamp in 2013 and a kiosk
in 2007.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from sqlalchemy import ColumnElement, Table, and_, false, func, literal_column, or_

from components.class_info import CLASS_DIGITS, SUB_CLASS_DIGITS
from gis.errors import UsageError
from gis.text import Text, t

MAJOR_DIGITS = 2
CLASS_COLUMN, STANDARD_COLUMN = "class_code", "standard"

_CLASS = re.compile(r"(\d{4}):(\d{2,7})", re.ASCII)
_REASONS: Mapping[str, Text] = {
    "gas": t("gas and oil supply"),
    "power": t("power supply"),
    "surveillance": t("surveillance and police"),
    "civil-defence": t("civil defence"),
    "hazard": t("major hazards"),
}


@dataclass(frozen=True, slots=True)
class RefusedClass:
    """A class of components that is never public.

    Attributes
    ----------
    selector : str
        Edition and code, ``2013:0105``.
    name : str
        Chinese name of the class.
    reason : Text
        What it belongs to.
    """

    selector: str
    name: str
    reason: Text


def check_class(text: str, field: str) -> str:
    """Return a class as it was written, or refuse it.

    Raises
    ------
    UsageError
        If it does not have the form of an edition's class.
    """
    match = _CLASS.fullmatch(text)
    if match is not None and match[1] in CLASS_DIGITS:
        digits = CLASS_DIGITS[match[1]]
        if len(match[2]) in (MAJOR_DIGITS, digits, digits + SUB_CLASS_DIGITS):
            return text
    raise UsageError(
        t("{value} is not a class of an edition", value=repr(text)),
        field=field,
        value=text,
        expected=t("Edition and code: 2013:0137, or 2013:02 for a major class"),
    )


@cache
def refused_classes() -> Mapping[str, RefusedClass]:
    """Return the classes that are never public, by edition and code.

    They are those of gas, power, surveillance and civil defence, whose places are restricted whatever
    layer they lie in. A city's sub-class of one is refused with it.
    """
    text = files("layers").joinpath("data", "refused-classes.csv").read_text(encoding="utf-8")
    refused = (
        RefusedClass(f"{row['standard']}:{row['code']}", row["name"], _REASONS[row["reason"]])
        for row in csv.DictReader(text.splitlines())
    )
    return MappingProxyType({one.selector: one for one in refused})


def refused_by(selector: str) -> RefusedClass | None:
    """Return why a class, or the class above a sub-class, is never public; ``None`` when it may be."""
    standard, _, code = selector.partition(":")
    return refused_classes().get(f"{standard}:{code[: CLASS_DIGITS[standard]]}")


def class_clause(table: Table, selectors: Iterable[str]) -> ColumnElement[bool]:
    """Return the condition that a row is of one of some classes.

    Parameters
    ----------
    table : Table
        With a class and its edition.
    selectors : iterable of str
        Edition and code, checked by :func:`check_class`.

    Returns
    -------
    ColumnElement
        Unknown (null) for a row without a class, or without an edition where its code is among these:
        such a row is neither shown for belonging to them nor for not belonging.
    """
    codes: dict[tuple[str, int], set[str]] = defaultdict(set)
    for selector in selectors:
        standard, _, code = selector.partition(":")
        codes[standard, len(code)].add(code)
    return or_(
        false(),
        *(
            and_(
                table.c[STANDARD_COLUMN] == literal_column(f"'{standard}'"),
                # Part of the statement, not parameters: the database then looks codes up in a table
                func.substr(table.c[CLASS_COLUMN], 1, length).in_(
                    [literal_column(f"'{code}'") for code in sorted(wanted)]
                ),
            )
            for (standard, length), wanted in sorted(codes.items())
        ),
    )
