"""Settle what the rows of a city's case table (立案、处置和结案标准) are about: kind, edition, class.

Cells of a class and of its units are filled in its first row only, or merged over its rows; codes may have
lost their leading zeros or stand in one cell with the name; a major class may be a line above its rows or
the name of the sheet. Every row with a filing condition or a limit is one rule.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from components.catalogue import Catalogue
from components.class_info import CLASS_DIGITS, STANDARDS
from components.edition import decide_edition
from gis.findings import Severity
from gis.layer import LAYER
from gis.staging import Staging
from gis.text import t
from responsibility.case_sheets import CaseSheet, Section

_CARRIED = ("major_code", "major_name", "minor_code", "minor_name")
_UNITS = ("acting", "assisting", "supervising")
MINOR_DIGITS = {standard: digits - 2 for standard, digits in CLASS_DIGITS.items()}
_COUNTY_DIGITS = 6
# 5G基站 and 4号井 are names.
_CODE_AND_NAME = re.compile(
    r"^(?P<code>\d[\d\s.-]*\d(?=[^\d])|\d(?=[\s、.:-]))[\s、.:-]*(?P<name>[^\x00-\x7f、].*)$", re.DOTALL
)
_NAME_AND_CODE = re.compile(r"^(?P<name>.*\D)\((?P<code>\d{1,17})\)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ClassRows:
    """The rows of one class, in the order of the sheet."""

    kind: str
    code: str
    name: str | None
    positions: tuple[int, ...]


def sections_of(staging: Staging, sheets: Iterable[CaseSheet]) -> list[Section]:
    """Return for each row what the lines above it, the title and the name of its sheet say."""
    by_layer = {sheet.layer: sheet for sheet in sheets}
    return [
        by_layer[layer].section_at(staging.row_number(at)) for at, layer in enumerate(staging.values(LAYER))
    ]


def take_codes_apart(staging: Staging) -> None:
    """Part codes from names where both stand in one cell: ``01 上水井盖``, ``上水井盖（0101）``."""
    for level in ("major", "minor"):
        codes, names = (staging.values(f"{level}_{part}").copy() for part in ("code", "name"))
        for at in range(len(staging)):
            codes[at], names[at] = _apart(codes[at], names[at])
        staging.set(f"{level}_code", codes)
        staging.set(f"{level}_name", names)


def _apart(code: str | None, name: str | None) -> tuple[str | None, str | None]:
    plain_code = unicodedata.normalize("NFKC", code).strip() if code else None
    plain_name = unicodedata.normalize("NFKC", name).strip() if name else None
    if plain_code and plain_name is None and (found := _both(plain_code)):
        return found
    if plain_name and plain_code in (None, plain_name) and (found := _both(plain_name)):
        return found
    digits = re.sub(r"[\s.-]", "", plain_code) if plain_code else None
    return digits if digits and digits.isdigit() else code, name


def _both(text: str) -> tuple[str, str] | None:
    match = _CODE_AND_NAME.match(text) or _NAME_AND_CODE.match(text)
    return (re.sub(r"[\s.-]", "", match["code"]), match["name"].strip()) if match else None


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
    staging: Staging,
    kinds: Sequence[str | None],
    sections: Sequence[Section],
    declared: str | None,
    catalogue: Catalogue,
) -> tuple[str, list[ClassRows]]:
    """Decide the edition and the class code of every row; rows without a class are refused (R07).

    Parameters
    ----------
    staging : Staging
        Rows of the table, filled down.
    kinds : sequence of (str or None)
        ``component`` or ``matter`` for each row; None refuses it.
    sections : sequence of Section
        What the lines above each row say.
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
    written = [_written(staging, at, kinds[at], sections[at], catalogue) for at in range(len(staging))]
    named = {
        (kinds[at] or "", code, names[at])
        for at, codes in enumerate(written)
        for code in codes.values()
        if names[at] is not None
    }
    by_name = [
        codes or _by_name(staging, at, kinds[at], sections[at], catalogue) for at, codes in enumerate(written)
    ]
    all_codes = {code for codes in by_name for code in codes.values()}
    standard, note = decide_edition(named, all_codes, declared, catalogue)
    staging.notes.append(note)
    rows: dict[tuple[str, str], list[int]] = {}
    for at, codes in enumerate(by_name):
        kind, code = kinds[at], codes.get(standard)
        if kind is None or code is None:
            _flag_no_class(staging, at, kind)
        else:
            rows.setdefault((kind, code), []).append(at)
    return standard, [
        ClassRows(kind, code, names[positions[0]], tuple(positions))
        for (kind, code), positions in rows.items()
    ]


def _written(
    staging: Staging, at: int, kind: str | None, section: Section, catalogue: Catalogue
) -> Mapping[str, str]:
    """Return the class code of a row by edition, made of the codes in it."""
    minor = staging.values("minor_code")[at]
    if kind is None or minor is None or not minor.isdigit():
        return {}
    for standard in STANDARDS:
        if len(minor) == _COUNTY_DIGITS + CLASS_DIGITS[standard]:
            minor = minor[_COUNTY_DIGITS:]
    whole = {standard: minor for standard in STANDARDS if len(minor) == CLASS_DIGITS[standard]}
    if whole:
        return whole
    majors = _majors(staging, at, kind, section, catalogue)
    return {
        standard: major + minor.zfill(MINOR_DIGITS[standard])
        for standard, major in majors.items()
        if len(minor) <= MINOR_DIGITS[standard]
    }


def _by_name(
    staging: Staging, at: int, kind: str | None, section: Section, catalogue: Catalogue
) -> Mapping[str, str]:
    """Return the class code of a row without one by edition, where its name is that of one class."""
    name = staging.values("minor_name")[at]
    if kind is None or name is None or staging.values("minor_code")[at] is not None:
        return {}
    majors = _majors(staging, at, kind, section, catalogue)
    found: dict[str, str] = {}
    for standard in STANDARDS:
        codes = {info.minor_code for info in catalogue.called(standard, name, kind)}
        codes = {code for code in codes if code[:2] == majors.get(standard, code[:2])}
        if len(codes) == 1:
            found[standard] = codes.pop()
    return found


def _majors(
    staging: Staging, at: int, kind: str, section: Section, catalogue: Catalogue
) -> Mapping[str, str]:
    """Return the two digits of the major class by edition: by its code, its name, the lines above."""
    code, name = staging.values("major_code")[at], staging.values("major_name")[at]
    if code is None and name is None and section.major is not None:
        code, name = (section.major, None) if section.major.isdigit() else (None, section.major)
    if code is not None and code.isdigit() and len(code) <= 2:
        return dict.fromkeys(STANDARDS, code.zfill(2))
    majors = {}
    for standard in STANDARDS:
        infos = catalogue.classes(standard, kind).values()
        found = {info.code[:2] for info in infos if name is not None and _same_major(info.major, name)}
        if len(found) == 1:
            majors[standard] = found.pop()
    return majors


def _same_major(known: str, name: str) -> bool:
    plain = "".join(unicodedata.normalize("NFKC", name).split())
    return known in (plain, plain.removesuffix("类"))


def _flag_no_class(staging: Staging, at: int, kind: str | None) -> None:
    row = staging.row_number(at)
    if kind is None:
        message = t("Row {row} may be of components or of matters", row=row)
        expected = t("部件 or 事件 in a column, a line above or the name of the sheet; or --set kind=")
    else:
        message = t("Row {row} belongs to no class", row=row)
        expected = t("major and minor class codes, here or in a row above")
    value = staging.values("minor_code")[at] or staging.values("minor_name")[at]
    staging.flag(at, "R07", Severity.ERROR, message, field="minor_code", value=value, expected=expected)
