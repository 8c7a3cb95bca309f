"""What became of the codes of grids and divisions: one record for each code that something happened to.

Records are rows of the dataset ``retirements``. A code that was retired never comes back as another
thing, so there is one record per code; a renaming is recorded under the code that goes on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from typing import Any

import pandas
from sqlalchemy import Connection, or_, select
from sqlalchemy.engine import RowMapping

from gis.columns import from_json, to_json
from gis.dates import parse_date
from gis.editions import Change
from gis.models import DATASETS
from gis.text import Text, t
from grids.codes import LEVEL_NAMES, parse_division_code

_AT_A_TIME = 200


class Operation(StrEnum):
    """What can happen to a code.

    ``SPLIT`` 拆分, ``MERGE`` 合并, ``MOVE`` 调整边界, ``RECODE`` 换码, ``RETIRE`` 作废, ``ABOLISH`` 撤销;
    ``RENAME`` 更名 is the only one after which the code itself goes on.
    """

    SPLIT = "split"
    MERGE = "merge"
    MOVE = "move"
    RECODE = "recode"
    RETIRE = "retire"
    RENAME = "rename"
    ABOLISH = "abolish"


OPERATIONS: dict[str, tuple[Operation, ...]] = {
    "grids": (Operation.SPLIT, Operation.MERGE, Operation.MOVE, Operation.RECODE, Operation.RETIRE),
    "divisions": (
        Operation.MERGE,
        Operation.SPLIT,
        Operation.RENAME,
        Operation.RECODE,
        Operation.ABOLISH,
    ),
}
"""Operations by kind: the dataset that the codes belong to."""


@dataclass(frozen=True, slots=True)
class Retirement:
    """What happened to one code.

    Attributes
    ----------
    kind : str
        Dataset of the code: ``"divisions"`` or ``"grids"``.
    code : str
        The old code.
    operation : Operation
        What happened.
    successors : tuple of str
        Codes that stand for it now, perhaps retired themselves since.
    name : str or None
        The name it had last.
    former_names : tuple of str
        Names it had before.
    reason : str or None
        Why, or on what authority (依据).
    date : str or None
        When, ``YYYY-MM-DD``.
    attributes : dict
        What else the source says.
    """

    kind: str
    code: str
    operation: Operation
    successors: tuple[str, ...] = ()
    name: str | None = None
    former_names: tuple[str, ...] = ()
    reason: str | None = None
    date: str | None = None
    attributes: dict[str, Any] = field(default_factory=dict)

    @property
    def retires(self) -> bool:
        """Whether the code is no longer in use; a renamed one is."""
        return self.operation is not Operation.RENAME

    @property
    def names(self) -> tuple[str, ...]:
        """All names it had, the last first."""
        return tuple(dict.fromkeys([*((self.name,) if self.name else ()), *self.former_names]))

    def __str__(self) -> str:
        return str(self.told())

    def told(self) -> Text:
        """Say what happened in a sentence."""
        what = t("{code} ({name})", code=self.code, name=self.name) if self.name else self.code
        subject, happened = kind_text(self.kind, self.code), self._happened()
        if self.date is None:
            return t("{kind} {what} was {happened}", kind=subject, what=what, happened=happened)
        return t(
            "{kind} {what} was {happened} on {date}",
            kind=subject,
            what=what,
            happened=happened,
            date=shown_date(self.date),
        )

    def _happened(self) -> Text:
        codes = Listed(self.successors)
        if not self.successors:
            return _ALONE[self.operation]
        return {
            Operation.SPLIT: t("split into {codes}", codes=codes),
            Operation.MERGE: t("merged into {codes}", codes=codes),
            Operation.MOVE: t("replaced by {codes} when its boundary was moved", codes=codes),
            Operation.RECODE: t("given the code {codes}", codes=codes),
            Operation.RETIRE: t("retired and followed by {codes}", codes=codes),
            Operation.RENAME: _ALONE[Operation.RENAME],
            Operation.ABOLISH: t("abolished and followed by {codes}", codes=codes),
        }[self.operation]


_ALONE = {
    Operation.SPLIT: t("split"),
    Operation.MERGE: t("merged into another"),
    Operation.MOVE: t("replaced when its boundary was moved"),
    Operation.RECODE: t("given another code"),
    Operation.RETIRE: t("retired"),
    Operation.RENAME: t("given another name"),
    Operation.ABOLISH: t("abolished"),
}


class Listed(tuple[str, ...]):
    """Codes that are written one after another, as people do, in the language of the moment."""

    __slots__ = ()

    def __format__(self, _spec: str) -> str:
        return str(t(", ")).join(self)


def kind_text(kind: str, code: str) -> Text:
    """Name what a code stands for: a unit grid, or the level of a division."""
    if kind == "grids":
        return t("unit grid")
    division = parse_division_code(code)
    return t("division") if division is None else LEVEL_NAMES[division.level]


def shown_date(date: str) -> str:
    """Write a stored date as people read it: ``2021-04-09``; what is no date stays as it is."""
    day = parse_date(date)
    return date if day is None else day.isoformat()


def retirement_change(records: Sequence[Retirement]) -> Change:
    """Make the change of the dataset ``retirements`` that writes some records.

    Raises
    ------
    ValueError
        A record's operation is none of its kind.
    """
    for record in records:
        if record.operation not in OPERATIONS[record.kind]:
            raise ValueError(f"{record.operation} is no operation of {record.kind}")
    rows = [
        {
            "kind": record.kind,
            "code": record.code,
            "name": record.name,
            "operation": str(record.operation),
            "successors": to_json(list(record.successors)),
            "reason": record.reason,
            "date": record.date,
            "attributes": to_json(_attributes(record)) or None,
        }
        for record in records
    ]
    columns = list(DATASETS["retirements"].columns)
    return Change("retirements", pandas.DataFrame(rows, columns=columns, dtype=object))


def _attributes(record: Retirement) -> dict[str, Any] | None:
    former = {"former_names": list(record.former_names)} if record.former_names else {}
    return {**record.attributes, **former} or None


def records_of(connection: Connection, kind: str, codes: Iterable[str]) -> dict[str, Retirement]:
    """Return the records of some codes, by code; codes without one are left out."""
    table = DATASETS["retirements"].live
    found: dict[str, Retirement] = {}
    for chunk in in_chunks(sorted(set(codes))):
        statement = select(table).where(table.c.kind == kind, table.c.code.in_(chunk))
        found |= {row["code"]: _record(row) for row in connection.execute(statement).mappings()}
    return found


def records_leading_to(connection: Connection, kind: str, codes: Iterable[str]) -> list[Retirement]:
    """Return the records that name one of some codes as a successor, by code."""
    table = DATASETS["retirements"].live
    found: dict[str, Retirement] = {}
    for chunk in in_chunks(sorted(set(codes))):
        named = or_(*(table.c.successors.contains(f'"{code}"', autoescape=True) for code in chunk))
        statement = select(table).where(table.c.kind == kind, named)
        found |= {row["code"]: _record(row) for row in connection.execute(statement).mappings()}
    return [found[code] for code in sorted(found)]


def _record(row: RowMapping) -> Retirement:
    attributes = from_json(row["attributes"]) or {}
    former = attributes.pop("former_names", ())
    return Retirement(
        row["kind"],
        row["code"],
        Operation(row["operation"]),
        tuple(from_json(row["successors"]) or ()),
        row["name"],
        tuple(former),
        row["reason"],
        row["date"],
        attributes,
    )


def in_chunks(items: Sequence[str], size: int = _AT_A_TIME) -> Iterator[list[str]]:
    """Cut a sequence into lists that a statement can hold as parameters."""
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk
