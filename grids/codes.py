"""Codes of divisions and unit grids: parse, build, normalise.

::

     5 0 0 1 1 3   0 0 1   0 0 2   0 1 7
     └─────┬────┘  └─┬─┘   └─┬─┘   └─┬─┘
       county (6)  street(3) community(3) sequence (3)

15 digits: GB/T 30428.1-2013 and its successor GB/T 47678.3-2026; 14 digits, with a sequence of two:
CJ/T 213-2005; 20 digits, with an object code before those 14: CJ/T 349-2010. Confidence of each part: see
the notes on unit grids (the length and the four parts are confirmed by more than one source).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from gis.errors import UsageError
from gis.text import t

GRID_CODE = re.compile(r"\d{12}(?!000)\d{3}", re.ASCII)
"""Fifteen digits, sequence 001 to 999."""

LENIENT_GRID_CODE = re.compile(r"[0-9A-Z]{15}")
"""Letters too: one implementation accepts them. They are reported and never issued."""

LEGACY_GRID_CODE = re.compile(r"\d{12}(?!00)\d{2}", re.ASCII)
"""Fourteen digits (CJ/T 213-2005)."""

COMMUNITY_GRID_CODE = re.compile(r"\d{18}(?!00)\d{2}", re.ASCII)
"""Twenty digits (CJ/T 349-2010)."""

WITHOUT_COUNTIES = frozenset({"441900", "442000", "460400", "620200"})
"""Cities whose streets and towns stand directly below them: 东莞, 中山, 儋州, 嘉峪关. Their code is used as
that of a county."""

_NATIONAL = re.compile(r"\d{2}(\d{2}(\d{2}(\d{3}(\d{3})?)?)?)?", re.ASCII)
_DIGITS = re.compile(r"\d{6}(\d{3}){0,2}", re.ASCII)


class Level(StrEnum):
    """The three levels of division a registry of one city knows."""

    COUNTY = "county"
    STREET = "street"
    COMMUNITY = "community"

    @property
    def digits(self) -> int:
        """Length of the code: 6, 9 or 12."""
        return {Level.COUNTY: 6, Level.STREET: 9, Level.COMMUNITY: 12}[self]


LEVEL_NAMES = {
    Level.COUNTY: t("county"),
    Level.STREET: t("street"),
    Level.COMMUNITY: t("community"),
}
"""The levels in words for people."""


@dataclass(frozen=True, slots=True)
class DivisionCode:
    """Code of a county (6 digits), street (9) or community (12)."""

    code: str
    level: Level

    @property
    def parent(self) -> str | None:
        """Code of the division above; ``None`` for a county."""
        return None if self.level is Level.COUNTY else self.code[:-3]


@dataclass(frozen=True, slots=True)
class GridCode:
    """Code of a unit grid (单元网格标识码), 15 digits."""

    code: str

    @property
    def county(self) -> str:
        """County, 6 digits (GB/T 2260)."""
        return self.code[:6]

    @property
    def street(self) -> str:
        """Street, town or township, 9 digits (6 + GB/T 10114)."""
        return self.code[:9]

    @property
    def community(self) -> str:
        """Community or village, 12 digits."""
        return self.code[:12]

    @property
    def sequence(self) -> int:
        """Number within the community, 1 to 999."""
        return int(self.code[12:])


def parse_grid_code(text: str) -> GridCode:
    """Parse the 15-digit code of a unit grid.

    Raises
    ------
    UsageError
        The text has another form; full-width digits are not converted (see :func:`normalise`).
    """
    if GRID_CODE.fullmatch(text) is None:
        raise UsageError(
            t("{value} is not a unit grid code", value=text),
            field="code",
            value=text,
            expected=t("15 digits: county 6, street 3, community 3, sequence 001 to 999"),
        )
    return GridCode(text)


def build_grid_code(community: str, sequence: int) -> str:
    """Build the code of a unit grid.

    Parameters
    ----------
    community : str
        12 digits.
    sequence : int
        1 to 999.

    Raises
    ------
    UsageError
        Either part is out of its range.
    """
    if re.fullmatch(r"\d{12}", community, re.ASCII) is None:
        raise UsageError(
            t("{value} is not a community code", value=community),
            field="community",
            value=community,
            expected=t("12 digits"),
        )
    if not 1 <= sequence <= 999:
        raise UsageError(
            t(
                "Sequence {value} of community {community} is out of range",
                value=sequence,
                community=community,
            ),
            field="sequence",
            value=sequence,
            expected=t("1 to 999"),
        )
    return f"{community}{sequence:03d}"


def from_legacy(text: str) -> str:
    """Turn a 14-digit code of CJ/T 213-2005 into the 15-digit code that stands for it.

    Examples
    --------
    >>> from_legacy("11010801100408")
    '110108011004008'
    """
    if LEGACY_GRID_CODE.fullmatch(text) is None:
        raise UsageError(
            t("{value} is not a legacy unit grid code", value=text),
            field="code",
            value=text,
            expected=t("14 digits: county 6, street 3, community 3, sequence 01 to 99"),
        )
    return f"{text[:12]}0{text[12:]}"


def from_community_form(text: str) -> str:
    """Turn a 20-digit code of CJ/T 349-2010 (数字社区) into the 15-digit code that stands for it.

    The form is an object code of 6 digits before the 14 digits of the older unit grid code. Its communities
    that were merged are numbered from 601 upward.

    Examples
    --------
    >>> from_community_form("01010111010801100408")
    '110108011004008'
    """
    if COMMUNITY_GRID_CODE.fullmatch(text) is None:
        raise UsageError(
            t("{value} is not a grid code of a digital community", value=text),
            field="code",
            value=text,
            expected=t("20 digits: object code 6, county 6, street 3, community 3, sequence 01 to 99"),
        )
    return from_legacy(text[6:])


@lru_cache(maxsize=1 << 16)
def parse_division_code(text: str) -> DivisionCode | None:
    """Parse 6, 9 or 12 digits, also filled up with zeros on the right.

    Returns
    -------
    DivisionCode or None
        With the code cut to the length of its level: ``330106010000`` is the street ``330106010``.
        ``None`` when the text is not of the national form, or names a province or prefecture, unless it
        is one of the cities without counties.
    """
    if _DIGITS.fullmatch(text) is None or (text[4:6] == "00" and text[:6] not in WITHOUT_COUNTIES):
        return None
    digits = text
    while len(digits) > 6 and digits.endswith("000"):
        digits = digits[:-3]
    if "000" in (digits[6:9], digits[9:12]):
        return None
    return DivisionCode(digits, next(level for level in Level if level.digits == len(digits)))


def cut_code(text: str) -> str | None:
    """Cut a national code to the length of its level, provinces and prefectures among them.

    Returns
    -------
    str or None
        2 (province), 4 (prefecture), 6, 9 or 12 digits, without the zeros that fill it up; ``None`` when
        the text is not of this form.

    Examples
    --------
    >>> cut_code("500113001000"), cut_code("500100"), cut_code("441900")
    ('500113001', '5001', '441900')
    """
    if _NATIONAL.fullmatch(text) is None:
        return None
    while len(text) > 6 and text.endswith("000"):
        text = text[:-3]
    while len(text) in (4, 6) and text.endswith("00") and text not in WITHOUT_COUNTIES:
        text = text[:-2]
    return None if text == "00" else text


def normalise(text: str) -> str:
    """Offer the plain form of a code: NFKC (full-width digits become digits), no blanks."""
    return text if text.isascii() and text.isalnum() else "".join(unicodedata.normalize("NFKC", text).split())


def lies_within(code: str, parent: str) -> bool:
    """Tell whether a code belongs to the division of another code by its form.

    Digits: the longer begins with the shorter. Codes with separators (``SQ-3-2`` in ``SQ-3``): what
    follows begins with the separator, so that ``SQ-31`` does not belong to ``SQ-3``.
    """
    if not code.startswith(parent):
        return False
    rest = code[len(parent) :]
    return not rest or (code.isdigit() and parent.isdigit()) or not rest[0].isalnum()
