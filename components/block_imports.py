"""Blocks of numbers from a table, and whether the identifiers of a delivery lie in those handed out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from components.blocks import OPEN, RETURNED, STATES, NumberBlock, blocks_by_class, list_blocks
from components.fields import BLOCK_FIELDS
from components.identifier_column import IdentifierColumn, group_of
from components.identifiers import MAX_SEQUENCE, ComponentId, parse_component_id
from components.known import live_among
from gis.compact_staging import CompactStaging
from gis.dates import compact, parse_date
from gis.findings import Severity
from gis.importing import ImportContext, Prepared
from gis.models import DATASETS
from gis.registry import Registry
from gis.sheet import Sheet
from gis.sheet_tables import tables_of
from gis.staging import Staging, stage_frames
from gis.text import Text, t
from grids.codes import normalise

CONTRACTOR = "contractor"
_REQUIRED = ("county", "class_code", "first_number", "last_number", CONTRACTOR)


def prepare_number_blocks(sheets: list[Sheet], context: ImportContext) -> Prepared:
    """Prepare a table of blocks, one a row. Checks C23, and R11 for words that are not understood.

    Parameters
    ----------
    sheets : list of Sheet
        Tables with the headings of :data:`components.fields.BLOCK_FIELDS`.
    context : ImportContext
        With the registry, whose blocks those delivered may not overlap.
    """
    staging = stage_frames(
        tables_of(sheets, BLOCK_FIELDS), BLOCK_FIELDS, context, dataset="number-blocks", key=CONTRACTOR
    )
    _check_present(staging)
    _settle_numbers(staging)
    _settle_words(staging)
    _check_overlaps(staging, context.registry)
    return staging.prepared(staging.accepted())


def check_blocks(staging: CompactStaging, identifiers: IdentifierColumn, registry: Registry) -> None:
    """Report new identifiers that lie in no block handed out, in one given back, or in another's (C23).

    Only where the county and class have blocks. Whose the delivery is says the field ``contractor``
    (``--set contractor=…``); identifiers that the registry has already are nobody's fault.
    """
    blocks = blocks_by_class(registry)
    if not blocks:
        return
    texts, contractors = staging.column("id"), staging.column(CONTRACTOR)
    counted = np.isin(identifiers.groups(), [group_of(*key) for key in blocks])
    faults: dict[int, Text] = {}
    for at in np.flatnonzero(counted & ~staging.refused).tolist():
        parsed = parse_component_id(str(texts[at]))
        assert parsed is not None
        fault = _fault(parsed, blocks[parsed.county, parsed.class_code], contractors[at])
        if fault is not None:
            faults[at] = fault
    known = live_among(registry, "components", [str(texts[at]) for at in faults])
    rows = [at for at in faults if texts[at] not in known]

    def tell(at: int) -> dict[str, Any]:
        hint = t("Ask the contractor which numbers he used, and for what")
        return {"message": faults[at], "field": "id", "hint": hint}

    staging.flag_rows(np.array(rows, dtype=np.intp), "C23", Severity.WARNING, tell)


def _fault(parsed: ComponentId, blocks: Sequence[NumberBlock], contractor: str | None) -> Text | None:
    """Say what is wrong with a number, None when nothing is."""
    block = next((b for b in blocks if b.first_number <= parsed.sequence <= b.last_number), None)
    if block is None:
        return t("{id} lies in no block of numbers handed out", id=str(parsed))
    if block.state == RETURNED:
        return t(
            "{id} lies in a block that {contractor} gave back", id=str(parsed), contractor=block.contractor
        )
    if contractor is not None and contractor != block.contractor:
        return t(
            "{id} of {contractor} lies in the block of {other}",
            id=str(parsed),
            contractor=contractor,
            other=block.contractor,
        )
    return None


def _check_present(staging: Staging) -> None:
    for name in _REQUIRED:
        for at in np.flatnonzero([value is None for value in staging.values(name)]):
            message = t("Row {row} lacks {field}", row=staging.row_number(at), field=name)
            staging.flag(at, "C23", Severity.ERROR, message, field=name)


def _settle_numbers(staging: Staging) -> None:
    """Read the numbers; those that are none, or not in order, refuse their row."""
    first: list[int | None] = []
    last: list[int | None] = []
    for at in range(len(staging)):
        ends = [_number(staging.values(name)[at]) for name in ("first_number", "last_number")]
        first.append(ends[0])
        last.append(ends[1])
        if staging.refused[at]:
            continue
        if ends[0] is None or ends[1] is None or not 1 <= ends[0] <= ends[1] <= MAX_SEQUENCE:
            message = t("Row {row} is no run of numbers", row=staging.row_number(at))
            staging.flag(
                at, "C23", Severity.ERROR, message, field="first_number", expected=t("1 to 999999, in order")
            )
        elif not _is_of_class(staging, at):
            message = t("Row {row} names no county and class", row=staging.row_number(at))
            staging.flag(
                at,
                "C23",
                Severity.ERROR,
                message,
                field="class_code",
                expected=t("county of 6 digits, class of 4 or 5"),
            )
    staging.set("first_number", first)
    staging.set("last_number", last)


def _number(text: str | None) -> int | None:
    plain = normalise(text) if text is not None else ""
    return int(plain) if plain.isascii() and plain.isdigit() else None


def _is_of_class(staging: Staging, at: int) -> bool:
    text = f"{staging.values('county')[at]}{staging.values('class_code')[at]}000001"
    parsed = parse_component_id(text)
    return parsed is not None and parsed.county == staging.values("county")[at]


def _settle_words(staging: Staging) -> None:
    states = staging.values("state").copy()
    days = staging.values("handed_out_date").copy()
    for at in range(len(staging)):
        day = None if days[at] is None else parse_date(days[at])
        for field, word, known in (
            ("state", states[at], states[at] is None or states[at] in STATES),
            ("handed_out_date", days[at], days[at] is None or day is not None),
        ):
            if not known:
                staging.flag(at, "R11", Severity.ERROR, t("{word} is not understood", word=word), field=field)
        states[at] = OPEN if states[at] is None else STATES.get(states[at])
        days[at] = compact(day) if day else days[at]
    staging.set("state", states)
    staging.set("handed_out_date", days)


def _check_overlaps(staging: Staging, registry: Registry) -> None:
    """Refuse blocks that share numbers with another: of the registry, or further up in the table."""
    delivered = {at: _block(staging, at) for at in np.flatnonzero(~staging.refused).tolist()}
    updated = {block.key for block in delivered.values()}
    taken: dict[tuple[str, str], list[NumberBlock]] = {}
    for block in list_blocks(registry):
        if block.key not in updated:
            taken.setdefault(block.key[:2], []).append(block)
    for at, block in delivered.items():
        others = taken.setdefault(block.key[:2], [])
        hit = next((one for one in others if _overlap(one, block)), None)
        if hit is None:
            others.append(block)
            continue
        staging.flag(
            at,
            "C23",
            Severity.ERROR,
            t(
                "Numbers {first} to {last} overlap those of {contractor}",
                first=block.first_number,
                last=block.last_number,
                contractor=hit.contractor,
            ),
            field="first_number",
        )


def _block(staging: Staging, at: int) -> NumberBlock:
    return NumberBlock(**{name: staging.values(name)[at] for name in DATASETS["number-blocks"].columns})


def _overlap(one: NumberBlock, other: NumberBlock) -> bool:
    return one.first_number <= other.last_number and other.first_number <= one.last_number
