"""Tell by its length what a code is, and take it apart."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from gis.errors import UsageError
from gis.text import Text, t
from grids.codes import (
    COMMUNITY_GRID_CODE,
    GRID_CODE,
    LEGACY_GRID_CODE,
    cut_code,
    from_community_form,
    from_legacy,
    normalise,
)
from grids.coding.ranges import CodeRange, community_range, street_range

EVALUATION_GRID_CODE = re.compile(r"\d{11}[A-C]", re.ASCII)
"""Twelve characters: county 6, street 3, sequence 2, type letter (draft of the 2026 series)."""


class Form(StrEnum):
    """The forms of codes."""

    GRID = "grid"
    LEGACY_GRID = "legacy-grid"
    COMMUNITY_GRID = "community-grid"
    EVALUATION_GRID = "evaluation-grid"
    DIVISION = "division"


FORM_TEXTS: dict[Form, Text] = {
    Form.GRID: t("unit grid code, 15 digits (GB/T 30428.1, GB/T 47678.3)"),
    Form.LEGACY_GRID: t("unit grid code of the older rule, 14 digits (CJ/T 213-2005)"),
    Form.COMMUNITY_GRID: t("grid code of a digital community, 20 digits (CJ/T 349-2010)"),
    Form.EVALUATION_GRID: t("evaluation grid code, 12 characters (draft of GB/T 47678)"),
    Form.DIVISION: t("division code (GB/T 2260, GB/T 10114)"),
}
PART_TEXTS: dict[str, Text] = {
    "object": t("object code"),
    "province": t("province"),
    "prefecture": t("prefecture"),
    "county": t("county"),
    "street": t("street"),
    "community": t("community"),
    "sequence": t("sequence number"),
    "type": t("type letter"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a code.

    Attributes
    ----------
    level : str
        A key of ``PART_TEXTS``.
    digits : str
        The part as it stands in the code.
    code : str or None
        The code of the division it ends, ``None`` for parts that name none.
    range : CodeRange or None
        What has such a number, for streets and communities.
    """

    level: str
    digits: str
    code: str | None = None
    range: CodeRange | None = None


@dataclass(frozen=True, slots=True)
class CodeForm:
    """A code taken apart.

    Attributes
    ----------
    given : str
        As it was given.
    form : Form
    code : str
        The code that stands for it today: 15 digits for a unit grid of any form, a division's cut to its
        level.
    parts : tuple of Part
        From left to right.
    """

    given: str
    form: Form
    code: str
    parts: tuple[Part, ...]


def identify(text: str) -> CodeForm:
    """Tell what a code is by its length, and take it apart.

    Full-width digits and blanks are brought to plain digits first.

    Raises
    ------
    UsageError
        The text is no code of a division or a grid.
    """
    plain = normalise(text).upper()
    for pattern, make in _FORMS:
        if pattern.fullmatch(plain):
            return make(text, plain)
    division = cut_code(plain)
    if division is None:
        raise UsageError(
            t("{value} is no code of a division or a unit grid", value=text),
            field="CODE",
            value=text,
            expected=t("15, 14 or 20 digits for a unit grid; 2, 4, 6, 9 or 12 for a division"),
            hint=_hint(plain),
        )
    return CodeForm(text, Form.DIVISION, division, _divisions(division))


def _grid(text: str, plain: str) -> CodeForm:
    return CodeForm(text, Form.GRID, plain, (*_divisions(plain[:12]), Part("sequence", plain[12:])))


def _legacy_grid(text: str, plain: str) -> CodeForm:
    parts = (*_divisions(plain[:12]), Part("sequence", plain[12:]))
    return CodeForm(text, Form.LEGACY_GRID, from_legacy(plain), parts)


def _community_grid(text: str, plain: str) -> CodeForm:
    parts = (Part("object", plain[:6]), *_divisions(plain[6:18]), Part("sequence", plain[18:]))
    return CodeForm(text, Form.COMMUNITY_GRID, from_community_form(plain), parts)


def _evaluation_grid(text: str, plain: str) -> CodeForm:
    parts = (*_divisions(plain[:9]), Part("sequence", plain[9:11]), Part("type", plain[11]))
    return CodeForm(text, Form.EVALUATION_GRID, plain, parts)


_FORMS: tuple[tuple[re.Pattern[str], Callable[[str, str], CodeForm]], ...] = (
    (GRID_CODE, _grid),
    (LEGACY_GRID_CODE, _legacy_grid),
    (COMMUNITY_GRID_CODE, _community_grid),
    (EVALUATION_GRID_CODE, _evaluation_grid),
)


def _divisions(code: str) -> tuple[Part, ...]:
    """Take the code of a division apart, from the province down."""
    parts = [Part("province", code[:2], code[:2])]
    if len(code) >= 4:
        parts.append(Part("prefecture", code[2:4], code[:4]))
    if len(code) >= 6:
        parts.append(Part("county", code[4:6], code[:6]))
    if len(code) >= 9:
        parts.append(Part("street", code[6:9], code[:9], street_range(code)))
    if len(code) >= 12:
        parts.append(Part("community", code[9:12], code[:12], community_range(code)))
    return tuple(parts)


def _hint(plain: str) -> Text | None:
    if len(plain) == 16 and plain.isdecimal():
        return t("16 digits are a component's identifier, or a vendor's code that only a table can explain")
    return None
