"""Read a city's case table (立案、处置和结案标准) in the layouts that cities use.

One sheet for components and one for events; row 1 a title, row 2 the headings, found by content. Cells of
a class and of its units are filled in its first row only, or merged over its rows; the headings may come
again on a new page; codes may have lost their leading zeros. Every row with a filing condition or a limit
is one rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas
from numpy.typing import NDArray

from components.catalogue import Catalogue
from components.class_info import KINDS, STANDARDS
from components.edition import decide_edition
from gis.findings import Severity
from gis.layer import LAYER
from gis.sheet import Sheet
from gis.staging import Staging
from gis.text import t

_CARRIED = ("major_code", "major_name", "minor_code", "minor_name")
_UNITS = ("acting", "supervising")
_KIND_WORDS = (("部件", "component"), ("事件", "matter"), ("事项", "matter"))
MINOR_DIGITS = {"2007": 2, "2013": 2, "2026": 3}


@dataclass(frozen=True, slots=True)
class ClassRows:
    """The rows of one class, in the order of the sheet."""

    kind: str
    code: str
    name: str | None
    positions: tuple[int, ...]


def kind_of_sheet(sheet: Sheet, table: pandas.DataFrame, minor_name: str | None, catalogue: Catalogue) -> str:
    """Tell whether a sheet is about components or matters.

    By the words in its name or above its headings, else by the catalogue: what more of its classes are
    called like.

    Parameters
    ----------
    sheet : Sheet
        The sheet.
    table : DataFrame
        Its data.
    minor_name : str or None
        Column with the names of the classes.
    catalogue : Catalogue
        The classes there are.
    """
    above = " ".join(cell for row in sheet.rows[:1] for cell in row if cell)
    for text in (sheet.name, above):
        found = {kind for word, kind in _KIND_WORDS if word in text}
        if len(found) == 1:
            return found.pop()
    names = set(table[minor_name].dropna()) if minor_name in table else set()
    counts = {
        kind: sum(any(catalogue.called(standard, name, kind) for standard in STANDARDS) for name in names)
        for kind in KINDS
    }
    return max(KINDS, key=lambda kind: counts[kind])


def fill_down(staging: Staging) -> None:
    """Repeat what a table writes once per class: the class in all its rows, its units after the first.

    A row without class is of the class above it in its sheet; a row without units has those of the first
    row of its class.
    """
    carried = {name: staging.values(name).copy() for name in (*_CARRIED, *_UNITS)}
    sheets = staging.values(LAYER)
    first = 0
    for at in range(len(staging)):
        new_sheet = at == 0 or sheets[at] != sheets[at - 1]
        if new_sheet or _starts_class(carried, at):
            first = at
            if not new_sheet and carried["major_code"][at] is None and carried["major_name"][at] is None:
                for name in ("major_code", "major_name"):
                    carried[name][at] = carried[name][at - 1]
        else:
            for name in (*_CARRIED, *_UNITS):
                if carried[name][at] is None:
                    carried[name][at] = carried[name][first]
    for name, values in carried.items():
        staging.set(name, values)


def _starts_class(carried: dict[str, NDArray[np.object_]], at: int) -> bool:
    """Tell whether a row names a class other than the row above."""
    columns = (carried["minor_code"], carried["minor_name"])
    return any(column[at] is not None and column[at] != column[at - 1] for column in columns)


def settle_classes(
    staging: Staging, kinds: Sequence[str], declared: str | None, catalogue: Catalogue
) -> tuple[str, list[ClassRows]]:
    """Decide the edition and the class code of every row; rows without a class are refused (R07).

    Parameters
    ----------
    staging : Staging
        Rows of the table, filled down.
    kinds : sequence of str
        ``component`` or ``matter`` for each row.
    declared : str or None
        Edition as a person declared it.
    catalogue : Catalogue
        The classes there are.

    Returns
    -------
    standard : str
        The edition.
    classes : list of ClassRows
        The classes in the order of the table.
    """
    names = staging.values("minor_name")
    candidates = [_candidates(staging, at, kinds[at], catalogue) for at in range(len(staging))]
    named = {
        (kinds[at], code, names[at])
        for at, codes in enumerate(candidates)
        for code in codes.values()
        if names[at] is not None
    }
    all_codes = {code for codes in candidates for code in codes.values()}
    standard, note = decide_edition(named, all_codes, declared, catalogue)
    staging.notes.append(note)
    rows: dict[tuple[str, str], list[int]] = {}
    for at, codes in enumerate(candidates):
        code = codes.get(MINOR_DIGITS[standard])
        if code is None:
            _flag_no_class(staging, at)
        else:
            rows.setdefault((kinds[at], code), []).append(at)
    return standard, [
        ClassRows(kind, code, names[positions[0]], tuple(positions))
        for (kind, code), positions in rows.items()
    ]


def _candidates(staging: Staging, at: int, kind: str, catalogue: Catalogue) -> dict[int, str]:
    """Return the class code of a row for minor codes of two and of three digits."""
    minor = staging.values("minor_code")[at]
    major = _major(staging, at, kind, catalogue)
    if minor is None or not minor.isdigit():
        return {}
    if len(minor) in (4, 5):
        return {len(minor) - 2: minor}
    if major is None:
        return {}
    return {digits: major + minor.zfill(digits) for digits in (2, 3) if len(minor) <= digits}


def _major(staging: Staging, at: int, kind: str, catalogue: Catalogue) -> str | None:
    """Return the two digits of the major class, by its code or by its name."""
    code, name = staging.values("major_code")[at], staging.values("major_name")[at]
    if code is not None and code.isdigit() and len(code) <= 2:
        return str(code.zfill(2))
    found = {
        info.code[:2]
        for standard in STANDARDS
        for info in catalogue.classes(standard, kind).values()
        if info.major == name
    }
    return found.pop() if len(found) == 1 else None


def _flag_no_class(staging: Staging, at: int) -> None:
    staging.flag(
        at,
        "R07",
        Severity.ERROR,
        t("Row {row} belongs to no class", row=staging.row_number(at)),
        field="minor_code",
        expected=t("major and minor class codes, here or in a row above"),
    )
