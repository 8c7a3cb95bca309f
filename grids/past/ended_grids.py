"""Unit grids that a delivery brings as ended: state 作废, or an end date.

They are no live grids: they take no part in the checks of areas. Their codes are recorded with what followed
them, and live grids of these codes end with the same edition.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas
import shapely

from gis.dates import parse_date
from gis.enumerations import split_list
from gis.findings import Severity
from gis.importing import Prepared
from gis.registry import Registry
from gis.staging import Staging
from gis.text import t
from grids.codes import LEGACY_GRID_CODE, from_legacy, normalise
from grids.past.hints import past_of, told
from grids.past.imports import completed, refuse_circles
from grids.past.known_codes import Known
from grids.past.retirements import Operation, Retirement, retirement_change
from grids.past.rows import SUCCESSION, Row
from grids.reference import retired_codes

ENDED = frozenset(("作废", "已作废", "注销", "已注销", "停用", "失效", "无效", "历史", "void", "retired"))
"""Words for the state of a grid that is no more."""

_NEVER = 2999
"""End dates from this year on are how some systems say that there is none."""

_RELATIONS = {"predecessors": "QDBSM", "successors": "HJBSM", "void_reason": "ZFYY"}
_REASONS = (
    ("拆分", Operation.SPLIT),
    ("合并", Operation.MERGE),
    ("边界", Operation.MOVE),
    ("调整", Operation.MOVE),
    ("编码", Operation.RECODE),
    ("改码", Operation.RECODE),
    ("换码", Operation.RECODE),
)


def set_aside_ended(staging: Staging) -> Staging:
    """Take the rows of ended grids out of a delivery.

    Returns
    -------
    Staging
        Those rows. A row of a code that ends in the same delivery is refused (G08); a row in use that has
        an end date is taken as ended, and reported (G32).
    """
    states = [None if word is None else word.strip().casefold() for word in staging.values("state")]
    said = np.array([word in ENDED for word in states], dtype=bool)
    dated = np.array([_has_ended(text) for text in staging.values("end_date")], dtype=bool)
    in_use = np.array([word is not None for word in states], dtype=bool) & ~said
    for at in np.flatnonzero(dated & in_use):
        staging.flag(
            at,
            SUCCESSION,
            Severity.WARNING,
            t("{name} has an end date and is taken as ended", name=staging.name_of(at)),
            field="end_date",
        )
    ended = staging.take_out(said | dated)
    codes = {code for code in ended.values("code") if code is not None}
    for row, code in enumerate(staging.values("code")):
        if code in codes:
            message = t("Code {code} ends in the same delivery; codes are never used again", code=code)
            staging.flag(row, "G08", Severity.ERROR, message, field="code")
    _keep_relations(staging)
    return ended


def _has_ended(text: str | None) -> bool:
    if text is None:
        return False
    day = parse_date(text)
    return day is None or day.year < _NEVER


def _keep_relations(staging: Staging) -> None:
    """Keep what live rows say of their past among their attributes."""
    for name, heading in _RELATIONS.items():
        given = {at: text for at, text in enumerate(staging.values(name)) if text is not None}
        if given:
            staging.keep(heading, given)


def check_returning(staging: Staging, registry: Registry) -> None:
    """Refuse codes of grids that were retired, unless the same grid comes back (G08).

    A code with a record of what became of it does not come back.
    """
    codes = staging.values("code")
    given = {code for code in codes if code is not None}
    retired, recorded = retired_codes(registry, "grids", given), past_of(registry, "grids", given)
    for at, code in enumerate(codes):
        if code in recorded:
            hint = told(recorded[code])
        elif code in retired:
            hint = t("Give the new grid the next free number of its community")
        else:
            continue
        same = code not in recorded and bool(shapely.equals(staging.geometries[at], retired[code]))
        staging.flag(
            at,
            "G08",
            Severity.WARNING if same else Severity.ERROR,
            t("Code {code} comes back, unchanged, after it was retired", code=code)
            if same
            else t("Code {code} belonged to a grid that was retired; codes are never used again", code=code),
            field="code",
            hint=hint,
        )


def with_ended(prepared: Prepared, staging: Staging, ended: Staging, registry: Registry) -> Prepared:
    """Add to prepared unit grids the records of those that ended.

    Parameters
    ----------
    prepared : Prepared
        The live grids; changed in place.
    staging : Staging
        Their rows, whose predecessors (QDBSM) say what followed older grids.
    ended : Staging
        The rows of :func:`set_aside_ended`.
    registry : Registry
    """
    following = _following(staging)
    rows = [_row(ended, at, following) for at in np.flatnonzero(~ended.refused).tolist()]
    rows = list(_one_per_code(rows))
    others = _predecessors(staging, {row.record.code for row in rows}, following)
    known = Known.of(registry, [*(row.record for row in rows), *others])
    refuse_circles(ended, rows, known)
    rows = [row for row in rows if not ended.refused[row.at]]
    _check_successors(ended, rows, known, {code for code in staging.values("code") if code is not None})
    records = [completed(row, known).record for row in rows if not _says_less(row.record, known)]
    records += _unrecorded(staging, others, known)
    if records:
        prepared.also.append(retirement_change(records))
    prepared.retired += [(row.record.code,) for row in rows if row.record.code in known.live["grids"]]
    _add_report(prepared, staging, ended, len(rows))
    return prepared


def _following(staging: Staging) -> Mapping[str, list[str]]:
    """Return by old code the live rows that name it as predecessor."""
    following: dict[str, list[str]] = defaultdict(list)
    for code, text, refused in zip(
        staging.values("code"), staging.values("predecessors"), staging.refused, strict=True
    ):
        for old in _codes(text) if code is not None and not refused else ():
            following[old].append(code)
    return following


def _codes(text: str | None) -> list[str]:
    """Read a list of codes, legacy ones as those that stand for them."""
    plain = [normalise(code) for code in split_list(text)]
    return [from_legacy(code) if LEGACY_GRID_CODE.fullmatch(code) else code for code in plain]


def _row(ended: Staging, at: int, following: Mapping[str, Sequence[str]]) -> Row:
    code, reason = ended.values("code")[at], ended.values("void_reason")[at]
    successors = tuple(dict.fromkeys([*_codes(ended.values("successors")[at]), *following.get(code, ())]))
    operation = _operation(reason, successors)
    name, date = ended.values("name")[at], _end_date(ended, at)
    return Row(at, Retirement("grids", code, operation, successors, name, reason=reason, date=date))


def _operation(reason: str | None, successors: Sequence[str]) -> Operation:
    """Tell what happened by the reason, else by how many grids follow."""
    said = next((operation for word, operation in _REASONS if word in (reason or "")), None)
    if said is not None and successors:
        return said
    return Operation.SPLIT if len(successors) > 1 else Operation.RETIRE


def _end_date(ended: Staging, at: int) -> str | None:
    text = ended.values("end_date")[at]
    day = None if text is None else parse_date(text)
    if text is not None and day is None:
        message = t("{date} is no date", date=text)
        ended.flag(at, SUCCESSION, Severity.WARNING, message, field="end_date", expected="20261120")
    return None if day is None else day.isoformat()


def _one_per_code(rows: Iterable[Row]) -> Iterable[Row]:
    """Join the rows of one code, such as the pieces of a grid, into the first."""
    by_code: dict[str, Row] = {}
    for row in rows:
        first = by_code.setdefault(row.record.code, row)
        if first is not row:
            successors = dict.fromkeys([*first.record.successors, *row.record.successors])
            first.record = replace(first.record, successors=tuple(successors))
    return by_code.values()


def _predecessors(
    staging: Staging, told_of: set[str], following: Mapping[str, Sequence[str]]
) -> list[Retirement]:
    """Make records of codes that are named as predecessors only."""
    delivered = {code for code in staging.values("code") if code is not None}
    return [
        Retirement("grids", old, _operation(None, new), tuple(dict.fromkeys(new)))
        for old, new in following.items()
        if old not in told_of and old not in delivered
    ]


def _unrecorded(staging: Staging, others: Iterable[Retirement], known: Known) -> list[Retirement]:
    """Return the records that say something new; report predecessors that are in use (G32)."""
    rows = {code: at for at, code in enumerate(staging.values("code"))}
    new = []
    for record in others:
        if record.code in known.live["grids"]:
            staging.flag(
                rows[record.successors[0]],
                SUCCESSION,
                Severity.WARNING,
                t(
                    "{code} names {old} as its predecessor, which is in use",
                    code=record.successors[0],
                    old=record.code,
                ),
                field="predecessors",
                hint=t("Deliver the old grid too, with its end date"),
            )
        elif ("grids", record.code) not in known.records:
            new.append(record)
    return new


def _says_less(record: Retirement, known: Known) -> bool:
    """Tell whether the registry knows what followed a code and the delivery does not."""
    earlier = known.records.get((record.kind, record.code))
    return earlier is not None and bool(earlier.successors) and not record.successors


def _check_successors(ended: Staging, rows: Sequence[Row], known: Known, delivered: set[str]) -> None:
    there = delivered | known.ever["grids"] | {row.record.code for row in rows}
    for row in rows:
        for code in row.record.successors:
            if code not in there and ("grids", code) not in known.records:
                ended.flag(
                    row.at,
                    SUCCESSION,
                    Severity.WARNING,
                    t("The new code {code} is not known", code=code),
                    field="successors",
                    value=code,
                )


def _add_report(prepared: Prepared, staging: Staging, ended: Staging, recorded: int) -> None:
    """Count the ended rows, and add what was found since the live ones were prepared."""
    report = prepared.report
    report.checked += len(ended)
    report.accepted += int((~ended.refused).sum())
    report.rejected += int(ended.refused.sum())
    report.findings = [*staging.findings, *ended.findings]
    if ended.refused.any():
        prepared.rejected = pandas.concat([prepared.rejected, ended.source[ended.refused]], ignore_index=True)
    if recorded:
        report.notes.append(
            t("{n} grids have ended: their codes are recorded, not their polygons", n=recorded)
        )
    without = sum(reason is None for reason in ended.values("void_reason"))
    if without:
        report.notes.append(t("{n} ended grids give no reason (作废原因)", n=without))
