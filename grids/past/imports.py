"""Take a table of changes (区划变更表) into the registry: what became of counties, streets and communities.

Divisions that the table retires and that are live end with the same edition; renamed ones get their new
name and keep the old among the former ones. Unit grids stay under their codes: giving them new ones is an
operation of its own, and a finding says which are left.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import geopandas
import pandas
from sqlalchemy import Connection, select

from gis.columns import from_json
from gis.editions import Change
from gis.findings import Severity
from gis.importing import ImportContext, Prepared
from gis.models import DATASETS
from gis.read import read_frame
from gis.registry import Registry
from gis.sheet import Sheet
from gis.sheet_tables import tables_of
from gis.staging import Staging, stage_frames
from gis.text import Text, t
from grids.fields import RETIREMENT_FIELDS
from grids.groups.following import groups_after
from grids.past.former_names import named_before
from grids.past.known_codes import Known
from grids.past.retirements import Operation, Retirement, retirement_change
from grids.past.rows import SUCCESSION, Row, combined, understand

_AFTER_ALL_DIGITS = ":"


def prepare_retirements(sheets: list[Sheet], context: ImportContext) -> Prepared:
    """Prepare a table of changes: old code, new codes, what happened, when, on what authority.

    Several codes in one cell are separated by 、 or commas. Refused are rows without an old code (G13),
    codes and words that are not understood (G14, R11), two different changes of one code (G08), wrong
    dates and circles of codes (G32). Reported (G32): codes that are their own successors, which go on,
    codes that nothing knows, successors of another level, changes without a successor, and what stays
    below a retired division.
    """
    frames = tables_of(sheets, RETIREMENT_FIELDS)
    staging = stage_frames(frames, RETIREMENT_FIELDS, context, dataset="retirements", key="code")
    understood = understand(staging)
    if understood.set_up:
        staging.notes.append(
            t("{n} rows set something up or move a border: no code ends with them", n=understood.set_up)
        )
    rows = _one_per_code(staging, understood.rows)
    known = Known.of(context.registry, [row.record for row in rows])
    refuse_circles(staging, rows, known)
    rows = [row for row in rows if not staging.refused[row.at]]
    _check_codes(staging, rows, known)
    _check_remains(staging, rows, known, context.registry)
    rows = [completed(row, known) for row in rows]
    prepared = staging.prepared(retirement_change([row.record for row in rows]).frame)
    prepared.also += _also(rows, known, context.registry)
    return prepared


def _one_per_code(staging: Staging, rows: Iterable[Row]) -> list[Row]:
    result = []
    for row, odd in combined(rows):
        if odd is None:
            result.append(row)
            continue
        staging.flag(
            odd.at,
            "G08",
            Severity.ERROR,
            t(
                "{code} is changed in another way in {where}",
                code=row.record.code,
                where=staging.where(row.at),
            ),
            field="code",
            hint=t("One code ends once: put all its successors into one row"),
        )
        staging.refused[row.at] = True
    return result


def refuse_circles(staging: Staging, rows: Sequence[Row], known: Known) -> None:
    """Refuse rows whose code is reached again through its successors (G32)."""
    following = {key: record.successors for key, record in known.records.items() if record.retires}
    following |= {(row.record.kind, row.record.code): row.record.successors for row in rows}
    for row in rows:
        kind, code = row.record.kind, row.record.code
        seen: set[str] = set()
        ahead = list(row.record.successors)
        while ahead:
            one = ahead.pop()
            if one not in seen:
                seen.add(one)
                ahead += following.get((kind, one), ())
        if code in seen:
            _flag(
                staging,
                row,
                Severity.ERROR,
                t("{code} would follow itself, by way of {codes}", code=code, codes=", ".join(sorted(seen))),
                field="successors",
                hint=t("A code that ended is not used again"),
            )


def _check_codes(staging: Staging, rows: Sequence[Row], known: Known) -> None:
    """Report codes that nothing knows, and successors that are none (G32)."""
    told = {(row.record.kind, row.record.code) for row in rows}
    for row in rows:
        record = row.record
        if record.code not in known.ever[record.kind] and (record.kind, record.code) not in known.records:
            message = t("Nothing knows the old code {code}; it is recorded", code=record.code)
            _flag(staging, row, Severity.INFO, message, field="code", value=record.code)
        if not record.successors and record.operation in (Operation.MERGE, Operation.SPLIT, Operation.RECODE):
            message = t("It is not said what follows {code}", code=record.code)
            _flag(staging, row, Severity.WARNING, message, field="successors")
        for code in record.successors:
            here = (record.kind, code)
            if code not in known.ever[record.kind] and here not in known.records and here not in told:
                message = t("The new code {code} is not known", code=code)
                hint = t("Import the division of this code, or correct the code")
                _flag(staging, row, Severity.WARNING, message, field="successors", value=code, hint=hint)
            if len(code) != len(record.code):
                message = t("{new} is not of the level of {old}", new=code, old=record.code)
                _flag(staging, row, Severity.WARNING, message, field="successors", value=code)


def _check_remains(staging: Staging, rows: Sequence[Row], known: Known, registry: Registry) -> None:
    """Report live divisions that end, and what is left below them (G32)."""
    ending = {row.record.code for row in rows if _ends(row, known)}
    with registry.connect() as connection:
        for row in (row for row in rows if _ends(row, known)):
            code = row.record.code
            if row.record.kind == "grids":
                message = t("The live unit grid {code} is retired by this import", code=code)
                _flag(staging, row, Severity.WARNING, message, field="code", value=code)
                continue
            below = _below(connection, "divisions", code) - ending
            grids = len(_below(connection, "grids", code))
            left = len(below) + grids > 0
            _flag(
                staging,
                row,
                Severity.WARNING if left else Severity.INFO,
                t(
                    "{code} is retired; {divisions} divisions and {grids} unit grids keep codes below it",
                    code=code,
                    divisions=len(below),
                    grids=grids,
                )
                if left
                else t("The live division {code} is retired by this import", code=code),
                field="code",
                value=code,
                hint=_recode_hint(row.record) if left else None,
            )


def _ends(row: Row, known: Known) -> bool:
    return row.record.retires and row.record.code in known.live[row.record.kind]


def _below(connection: Connection, dataset: str, code: str) -> set[str]:
    column = DATASETS[dataset].live.c.code
    within = select(column).where(column > code, column < code + _AFTER_ALL_DIGITS)
    return set(connection.scalars(within))


def _recode_hint(record: Retirement) -> Text:
    new = record.successors[0] if len(record.successors) == 1 else "NEW"
    return t("wangge grids recode {old} {new} gives them new ones", old=record.code, new=new)


def completed(row: Row, known: Known) -> Row:
    """Add the names that the registry knows, and what an earlier record says."""
    record = row.record
    earlier = known.records.get((record.kind, record.code))
    live = known.names.get(record.code, []) if record.kind == "divisions" else []
    if not record.retires and earlier is not None and earlier.retires:
        names = dict.fromkeys([*earlier.names, *record.names])
        return replace(row, record=_named(earlier, names))
    names = dict.fromkeys([*record.names, *(live if record.retires else ())])
    names |= dict.fromkeys(earlier.names if earlier is not None else ())
    return replace(row, record=_named(record, names))


def _named(record: Retirement, names: Iterable[str | None]) -> Retirement:
    kept = [name for name in names if name]
    return replace(record, name=kept[0] if kept else None, former_names=tuple(kept[1:]))


def _also(rows: Sequence[Row], known: Known, registry: Registry) -> list[Change]:
    """Return what happens to live divisions and grids in the same edition."""
    ended = {
        kind: [(r.record.code,) for r in rows if r.record.kind == kind and _ends(r, known)]
        for kind in known.live
    }
    renamed = {
        row.record.code: row
        for row in rows
        if row.record.operation is Operation.RENAME and row.record.code in known.live[row.record.kind]
    }
    changes: list[Change] = []
    if ended["divisions"] or renamed:
        changes.append(Change("divisions", _renamed(registry, renamed), ended["divisions"]))
    if ended["grids"]:
        changes.append(Change("grids", _empty("grids"), ended["grids"]))
    following = {row.record.code: row.record.successors for row in rows if row.record.kind == "grids"}
    return [*changes, *groups_after(registry, {code for (code,) in ended["grids"]}, following)]


def _renamed(registry: Registry, rows: Mapping[str, Row]) -> geopandas.GeoDataFrame:
    """Return the live divisions to rename with their new names, the old ones among the former."""
    if not rows:
        return _empty("divisions")
    frame = read_frame(registry, "divisions", where=DATASETS["divisions"].live.c.code.in_(list(rows)))
    renamed = geopandas.GeoDataFrame(frame)
    names, former = [], []
    for code, name, text in zip(renamed["code"], renamed["name"], renamed["former_names"], strict=True):
        row = rows[code]
        new = row.new_name if row.new_name and name == row.record.name else name
        names.append(new)
        former.append(named_before(new, [*(from_json(text) or ()), name, *row.record.names]))
    return renamed.assign(
        name=pandas.Series(names, index=renamed.index, dtype=object),
        former_names=pandas.Series(former, index=renamed.index, dtype=object),
    )


def _empty(dataset: str) -> geopandas.GeoDataFrame:
    columns = {name: pandas.Series([], dtype=object) for name in DATASETS[dataset].columns}
    return geopandas.GeoDataFrame(columns, geometry=geopandas.GeoSeries([], crs="EPSG:4490"))


def _flag(staging: Staging, row: Row, severity: Severity, message: Text, **details: Any) -> None:
    staging.flag(row.at, SUCCESSION, severity, message, **details)
