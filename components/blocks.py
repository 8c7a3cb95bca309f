"""Blocks of numbers (号段) handed out to contractors who survey without a connection.

A block is a run of numbers of one county and class. Nobody else is given a number of it, not even after it
was returned: gaps are not filled.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

import pandas
from sqlalchemy import Connection

from components.catalogue import Catalogue
from components.class_info import CLASS_DIGITS, is_local_code
from components.identifiers import build_component_id
from components.sequences import first_of
from gis.dates import compact
from gis.editions import Change, Edition, commit_worked_out
from gis.errors import DataRefused, NotFound, UsageError
from gis.models import DATASETS
from gis.read import read_frame
from gis.registry import Registry
from gis.text import t

OPEN, RETURNED = "open", "returned"
STATES = {
    **dict.fromkeys((OPEN, "在用", "已发放", "使用中"), OPEN),
    **dict.fromkeys((RETURNED, "收回", "已收回", "已交回", "已用完"), RETURNED),
}


@dataclass(frozen=True, slots=True)
class NumberBlock:
    """A run of numbers of one county and class.

    Attributes
    ----------
    county : str
        Six digits.
    class_code : str
        Four or five digits.
    first_number, last_number : int
        1 to 999 999, both within.
    contractor : str
        Who may use them.
    handed_out_date : str or None
        YYYYMMDD.
    state : str
        ``open`` or ``returned``.
    note : str or None
    """

    county: str
    class_code: str
    first_number: int
    last_number: int
    contractor: str
    handed_out_date: str | None = None
    state: str = OPEN
    note: str | None = None

    @property
    def key(self) -> tuple[str, str, int]:
        """What identifies it for ever."""
        return self.county, self.class_code, self.first_number

    def to_dict(self) -> dict[str, Any]:
        """Return the block as JSON types, with its first and last identifier."""
        ends = (
            build_component_id(self.county, self.class_code, number)
            for number in (self.first_number, self.last_number)
        )
        first_id, last_id = ends
        return {**asdict(self), "first_id": first_id, "last_id": last_id}


def list_blocks(registry: Registry) -> list[NumberBlock]:
    """Return all blocks, in the order of county, class and number."""
    frame = read_frame(registry, "number-blocks")
    records = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return [block_of({str(name): value for name, value in row.items()}) for row in records]


def blocks_by_class(registry: Registry) -> Mapping[tuple[str, str], Sequence[NumberBlock]]:
    """Return the blocks of each county and class."""
    blocks: dict[tuple[str, str], list[NumberBlock]] = defaultdict(list)
    for block in list_blocks(registry):
        blocks[block.county, block.class_code].append(block)
    return blocks


def reserve_numbers(
    registry: Registry,
    county: str,
    class_code: str,
    count: int,
    contractor: str,
    *,
    day: date,
    note: str | None = None,
) -> tuple[NumberBlock, Edition]:
    """Hand the next free numbers of a county and class out, as an edition.

    Two who ask at the same moment get different numbers: the numbers are looked up by the only writer.

    Parameters
    ----------
    registry : Registry
    county, class_code : str
        Six digits; four or five digits of a class of the catalogue.
    count : int
        How many numbers.
    contractor : str
        Who gets them.
    day : date
        When they are handed out.
    note : str, optional

    Returns
    -------
    block : NumberBlock
    edition : Edition

    Raises
    ------
    UsageError
        County, class, count or contractor cannot be.
    DataRefused
        There are not so many numbers left.
    RegistryUnavailable
        Another import or edit is being written.
    """
    _check_request(county, class_code, count, contractor, Catalogue.of(registry))
    given: list[NumberBlock] = []

    def work_out(connection: Connection) -> list[Change]:
        first = first_of(connection, county, class_code, count)
        given[:] = [
            NumberBlock(county, class_code, first, first + count - 1, contractor, compact(day), note=note)
        ]
        return [Change("number-blocks", frame_of(given))]

    edition = commit_worked_out(registry, work_out, operation="reserve", source=contractor)
    return given[0], edition


def return_numbers(
    registry: Registry, county: str, class_code: str, first_number: int
) -> tuple[NumberBlock, Edition]:
    """Note that a contractor gave a block back: from now on nothing new may have a number of it.

    Raises
    ------
    NotFound
        There is no such block.
    DataRefused
        It was given back already.
    """
    done: list[NumberBlock] = []

    def work_out(_connection: Connection) -> list[Change]:
        block = _find(registry, county, class_code, first_number)
        done[:] = [replace(block, state=RETURNED)]
        return [Change("number-blocks", frame_of(done))]

    edition = commit_worked_out(registry, work_out, operation="return")
    return done[0], edition


def frame_of(blocks: Sequence[NumberBlock]) -> pandas.DataFrame:
    """Return blocks as rows of their dataset."""
    columns = list(DATASETS["number-blocks"].columns)
    return pandas.DataFrame([asdict(block) for block in blocks], columns=columns, dtype=object)


def block_of(row: Mapping[str, Any]) -> NumberBlock:
    """Return a row of the dataset as a block."""
    return NumberBlock(
        **{
            **{name: row[name] for name in DATASETS["number-blocks"].columns},
            "first_number": int(row["first_number"]),
            "last_number": int(row["last_number"]),
        }
    )


def _check_request(county: str, class_code: str, count: int, contractor: str, catalogue: Catalogue) -> None:
    if not (len(county) == 6 and county.isascii() and county.isdigit()):
        raise _wrong("--county", county, t("a county code of 6 digits"))
    if not _may_be_a_class(class_code, catalogue):
        raise _wrong("--class", class_code, t("a class of the catalogue, or a local one"))
    if count < 1:
        raise _wrong("--count", count, t("1 to 999999"))
    if not contractor.strip():
        raise _wrong("--contractor", contractor, t("the name of the contractor"))


def _may_be_a_class(code: str, catalogue: Catalogue) -> bool:
    """Tell whether an edition has a component class of this code, or may have where its list has gaps."""
    if not (code.isascii() and code.isdigit()):
        return False
    return any(
        _is_minor_class(catalogue, standard, code)
        or is_local_code(standard, code)
        or not catalogue.complete(standard)
        for standard, digits in CLASS_DIGITS.items()
        if digits == len(code)
    )


def _is_minor_class(catalogue: Catalogue, standard: str, code: str) -> bool:
    info = catalogue.info(standard, code)
    return info is not None and info.parent_code is None


def _wrong(option: str, value: object, expected: object) -> UsageError:
    return UsageError(
        t("{field} is {text}", field=option, text=str(value)),
        field=option,
        value=value,
        expected=str(expected),
    )


def _find(registry: Registry, county: str, class_code: str, first_number: int) -> NumberBlock:
    block = next((b for b in list_blocks(registry) if b.key == (county, class_code, first_number)), None)
    if block is None:
        raise NotFound(
            t(
                "No block of county {county} and class {class_code} begins with {first}",
                county=county,
                class_code=class_code,
                first=first_number,
            ),
            field="--first",
            value=first_number,
        )
    if block.state == RETURNED:
        raise DataRefused(
            t("The block of {contractor} was given back already", contractor=block.contractor),
            field="state",
            value=block.state,
        )
    return block
