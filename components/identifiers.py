"""Identifiers of components (部件标识码): parse and build.

::

    2007, 2013   CCCCCC MMmm  SSSSSS     16 digits
    2026         CCCCCC MMmmm SSSSSS     17 digits     GB/T 47678.5-2026

County (6), class (4 or 5), sequence within county and class (6), 000001 to 999999. The length tells 2026
from the older two, and does not tell 2007 from 2013. An identifier is never used again
(:mod:`components.sequences`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from gis.errors import UsageError
from gis.text import t

MAX_SEQUENCE = 999_999

_FORM = re.compile(r"(?P<county>\d{6})(?P<class_code>\d{4,5})(?P<sequence>(?!000000)\d{6})", re.ASCII)


@dataclass(frozen=True, slots=True)
class ComponentId:
    """An identifier taken apart."""

    county: str
    class_code: str
    sequence: int

    @property
    def legacy(self) -> bool:
        """Whether it has the 16 digits of 2007 and 2013."""
        return len(self.class_code) == 4

    def __str__(self) -> str:
        return f"{self.county}{self.class_code}{self.sequence:06d}"


def parse_component_id(text: str) -> ComponentId | None:
    """Parse 16 or 17 digits; None for any other text.

    Examples
    --------
    >>> parse_component_id("3205080101000001")
    ComponentId(county='320508', class_code='0101', sequence=1)
    """
    match = _FORM.fullmatch(text)
    if match is None:
        return None
    return ComponentId(match["county"], match["class_code"], int(match["sequence"]))


def build_component_id(county: str, class_code: str, sequence: int) -> str:
    """Build an identifier.

    Parameters
    ----------
    county : str
        Six digits.
    class_code : str
        Four (2007, 2013) or five digits (2026).
    sequence : int
        1 to 999 999.

    Raises
    ------
    UsageError
        A part is out of its range.
    """
    identifier = f"{county}{class_code}{sequence:06d}"
    if len(county) != 6 or parse_component_id(identifier) is None:
        raise UsageError(
            t(
                "{county}, {class_code} and {sequence} do not make a component identifier",
                county=county,
                class_code=class_code,
                sequence=sequence,
            ),
            field="id",
            value=identifier,
            expected=t("county of 6 digits, class of 4 or 5, sequence 1 to 999999"),
        )
    return identifier
