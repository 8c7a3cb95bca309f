"""The next number of a county and class: none that was ever used, or handed out for use.

What counts as used: identifiers of live and closed components, whoever closed them; former identifiers
kept as aliases; blocks of numbers handed out (:mod:`components.blocks`), returned ones too. Gaps are not
filled: a new number is above all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import Column, ColumnElement, Connection, Table, func, select

from components.class_info import STANDARDS
from components.identifiers import MAX_SEQUENCE, ComponentId, build_component_id, parse_component_id
from gis.errors import DataRefused
from gis.models import DATASETS
from gis.registry import Registry
from gis.text import t

RESTS_ON = ("components", "component-aliases", "number-blocks")
"""Datasets that say which numbers are used."""


def highest_used(connection: Connection, county: str, class_code: str) -> int:
    """Return the highest number of a county and class that was ever used or handed out, 0 for none.

    Parameters
    ----------
    connection : Connection
        Of a writer, where nobody else is to get the same number.
    county : str
        Six digits.
    class_code : str
        Four or five digits.
    """
    return max(
        *_identifiers_used(connection, county, class_code), *_handed_out(connection, county, class_code)
    )


def first_of(connection: Connection, county: str, class_code: str, count: int) -> int:
    """Return the first of some free numbers in a row.

    Raises
    ------
    DataRefused
        There are not so many left.
    """
    first = highest_used(connection, county, class_code) + 1
    if first + count - 1 > MAX_SEQUENCE:
        raise DataRefused(
            t(
                "County {county} has {left} numbers left for class {class_code}, not {n}",
                county=county,
                class_code=class_code,
                left=MAX_SEQUENCE - first + 1,
                n=count,
            ),
            field="id",
        )
    return first


class Sequences:
    """Issue identifiers that neither the registry nor the delivery has ever had.

    Two who issue at once may get the same: commit what was issued on the state of :data:`RESTS_ON` that
    was read here.

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
            with self._registry.connect() as connection:
                used = highest_used(connection, county, class_code)
            self._last[key] = max(self._last.get(key, 0), used)
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

    @property
    def issued(self) -> bool:
        """Whether any identifier was issued."""
        return bool(self._asked)

    def _raise(self, used: ComponentId) -> None:
        key = (used.county, used.class_code)
        self._last[key] = max(self._last.get(key, 0), used.sequence)


def _identifiers_used(connection: Connection, county: str, class_code: str) -> Iterator[int]:
    components, aliases = DATASETS["components"], DATASETS["component-aliases"]
    for table in (components.live, components.history):
        yield _highest(connection, table, table.c.id, county + class_code)
    for table in (aliases.live, aliases.history):
        for standard in STANDARDS:
            column = table.c.identifier
            yield _highest(connection, table, column, county + class_code, table.c.scheme == standard)


def _highest(
    connection: Connection, table: Table, column: Column[str], prefix: str, *more: ColumnElement[bool]
) -> int:
    """Return the number of the highest identifier that begins with county and class and has their length."""
    of_class = (column >= f"{prefix}000000") & (column <= f"{prefix}999999")
    length = func.length(column) == len(prefix) + 6
    highest = connection.scalar(select(func.max(column)).select_from(table).where(of_class & length, *more))
    parsed = parse_component_id(highest) if highest else None
    return parsed.sequence if parsed else 0


def _handed_out(connection: Connection, county: str, class_code: str) -> Iterator[int]:
    blocks = DATASETS["number-blocks"]
    for table in (blocks.live, blocks.history):
        of_class = (table.c.county == county) & (table.c.class_code == class_code)
        yield connection.scalar(select(func.max(table.c.last_number)).where(of_class)) or 0
