"""Identifiers of components (部件标识码): parse, build, issue the next.

::

    2007, 2013   CCCCCC MMmm  SSSSSS     16 digits
    2026         CCCCCC MMmmm SSSSSS     17 digits     GB/T 47678.5-2026

County (6), class (4 or 5), sequence within county and class (6), 000001 to 999999. The length tells 2026
from the older two, and does not tell 2007 from 2013. An identifier is never used again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select

from gis.errors import DataRefused, UsageError
from gis.models import DATASETS
from gis.registry import Registry
from gis.text import t

CLASS_DIGITS = {"2007": 4, "2013": 4, "2026": 5}
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


class Sequences:
    """Issue identifiers that neither the registry nor the delivery has ever had.

    Parameters
    ----------
    registry : Registry
        Its live and closed components count.
    delivered : iterable of str
        Identifiers in the delivery; texts of another form are ignored.
    """

    def __init__(self, registry: Registry, delivered: Iterable[str]) -> None:
        self._registry = registry
        self._last: dict[tuple[str, str], int] = {}
        self._asked: set[tuple[str, str]] = set()
        for text in delivered:
            parsed = parse_component_id(text)
            if parsed is not None:
                self._raise(parsed)

    def next(self, county: str, class_code: str) -> str:
        """Return the next identifier of a county and class.

        Raises
        ------
        DataRefused
            The sequence is used up.
        """
        key = (county, class_code)
        if key not in self._asked:
            self._asked.add(key)
            self._look_up(county, class_code)
        sequence = self._last.get(key, 0) + 1
        if sequence > MAX_SEQUENCE:
            raise DataRefused(
                t(
                    "County {county} has no identifier left for class {class_code}",
                    county=county,
                    class_code=class_code,
                ),
                field="id",
            )
        self._last[key] = sequence
        return build_component_id(county, class_code, sequence)

    def _look_up(self, county: str, class_code: str) -> None:
        """Take the highest identifier of the registry into account, closed ones too."""
        prefix = f"{county}{class_code}"
        dataset = DATASETS["components"]
        with self._registry.connect() as connection:
            for table in (dataset.live, dataset.history):
                of_class = (table.c.id >= f"{prefix}000000") & (table.c.id <= f"{prefix}999999")
                length = func.length(table.c.id) == len(prefix) + 6
                highest = connection.scalar(select(func.max(table.c.id)).where(of_class & length))
                parsed = parse_component_id(highest) if highest else None
                if parsed is not None:
                    self._raise(parsed)

    def _raise(self, used: ComponentId) -> None:
        key = (used.county, used.class_code)
        self._last[key] = max(self._last.get(key, 0), used.sequence)
