"""Checks of a facility list: entries listed twice, without units, with odd dates, against the records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from components.known import in_parts
from gis.findings import Severity
from gis.models import DATASETS
from gis.read import read_frame
from gis.registry import Registry
from gis.staging import Staging
from gis.text import t
from grids.numbering import positions_by
from responsibility.model import Named
from responsibility.organisations import read_organisations
from responsibility.records import NOT_HANDED_OVER, day_of, named_of, rows_of
from responsibility.settled_records import IN_WARRANTY, SETTLED
from responsibility.situation import Units, same_unit

_PARTIES = ("owner", "maintainer", "authority", "builder")
_COMPARED = ("owner", "maintainer")


def check_repeated(staging: Staging) -> None:
    """Refuse what is listed twice (R13): both entries where they name other units, else the later one."""
    for positions in positions_by(staging.values("code")).values():
        first = positions[0]
        for at in positions[1:]:
            differs = _units_of(staging, at) != _units_of(staging, first)
            message = (
                t(
                    "{name} is listed in {where} with other units",
                    name=staging.name_of(at),
                    where=staging.where(first),
                )
                if differs
                else t(
                    "{name} is listed in {where} already",
                    name=staging.name_of(at),
                    where=staging.where(first),
                )
            )
            staging.flag(at, "R13", Severity.ERROR, message, field="code")
            staging.refused[first] |= differs


def check_parties(staging: Staging) -> None:
    """Report entries that name nobody, or nobody who answers until the handover (R16)."""
    for at in np.flatnonzero(~staging.refused).tolist():
        named = {role for role in _PARTIES if _party(staging, at, role) is not None}
        if not named and staging.values("ownership")[at] is None:
            message = t("The entry of {name} names no unit", name=staging.name_of(at))
            staging.flag(at, "R16", Severity.WARNING, message, field="owner_name")
        handover = staging.values("handover")[at]
        if handover in NOT_HANDED_OVER and "builder" not in named:
            message = t(
                "{name} is not handed over ({state}), and no builder is named",
                name=staging.name_of(at),
                state=handover,
            )
            hint = t("Name who answers until the handover, else the list's units do")
            staging.flag(at, "R16", Severity.WARNING, message, field="builder_name", hint=hint)


def check_dates(staging: Staging) -> None:
    """Report periods that end before they begin, and warranties without an end (R15)."""
    for first, last in (("valid_from_date", "valid_to_date"), ("handover_date", "warranty_to")):
        starts, ends = staging.values(first), staging.values(last)
        for at, (start, end) in enumerate(zip(starts, ends, strict=True)):
            if start is not None and end is not None and start > end:
                message = t(
                    "{name}: {last} is before {first}", name=staging.name_of(at), first=start, last=end
                )
                severity = Severity.ERROR if first == "valid_from_date" else Severity.WARNING
                staging.flag(at, "R15", severity, message, field=last)
    for at, state in enumerate(staging.values("handover")):
        if state == IN_WARRANTY and staging.values("warranty_to")[at] is None:
            message = t("{name} is in warranty without an end", name=staging.name_of(at))
            hint = t("Until an end is given the builder answers")
            staging.flag(at, "R15", Severity.WARNING, message, field="warranty_to", hint=hint)


def check_records(staging: Staging, registry: Registry) -> None:
    """Report entries that name other units than the component's record, or than was settled (R14)."""
    wanted = [text for text in staging.values("component_id") if text is not None]
    records = _rows(registry, "components", "id", wanted)
    settled = _rows(registry, "facilities", "component_id", wanted)
    units = Units(read_organisations(registry))
    for at, component in enumerate(staging.values("component_id")):
        for role in _COMPARED if not staging.refused[at] else ():
            listed = _party(staging, at, role)
            _compare(staging, at, role, units, listed, records.get(component))
            _compare_settled(staging, at, role, units, listed, settled.get(component))


def _compare(
    staging: Staging,
    at: int,
    role: str,
    units: Units,
    listed: Named | None,
    record: Mapping[str, Any] | None,
) -> None:
    recorded = named_of(record, role) if record else None
    if listed is None or recorded is None or same_unit(units.named(listed), units.named(recorded)):
        return
    message = (
        t(
            "{name}: the list has {listed} as owner, the component's record {recorded}",
            **_words(staging, at, listed, recorded),
        )
        if role == "owner"
        else t(
            "{name}: the list has {listed} as maintainer, the component's record {recorded}",
            **_words(staging, at, listed, recorded),
        )
    )
    hint = t("The facility list is followed; correct the record, or the list")
    staging.flag(
        at, "R14", Severity.WARNING, message, field=f"{role}_name", expected=_text(recorded), hint=hint
    )


def _compare_settled(
    staging: Staging,
    at: int,
    role: str,
    units: Units,
    listed: Named | None,
    entry: Mapping[str, Any] | None,
) -> None:
    """Report what would undo a settlement without newer evidence."""
    if entry is None or entry["ownership"] != SETTLED:
        return
    before = named_of(entry, role)
    if before is None or same_unit(units.named(listed), units.named(before)):
        return
    dated = staging.values("evidence_date")[at]
    settled_on = day_of(entry["evidence_date"])
    if dated is not None and settled_on is not None and dated > settled_on:
        return
    message = t(
        "{name} was settled on {date} for {unit}; the list has no newer evidence against it",
        name=staging.name_of(at),
        date=settled_on or "-",
        unit=_text(before),
    )
    staging.flag(at, "R14", Severity.ERROR, message, field=f"{role}_name", expected=_text(before))


def _rows(registry: Registry, dataset: str, column: str, wanted: list[str]) -> dict[str, dict[str, Any]]:
    columns = ["component_id", "ownership", "evidence_date"] if dataset == "facilities" else ["id"]
    columns += [f"{role}_{part}" for role in _COMPARED for part in ("code", "name")]
    found: dict[str, dict[str, Any]] = {}
    for part in in_parts(wanted):
        where = DATASETS[dataset].live.c[column].in_(part)
        for row in rows_of(read_frame(registry, dataset, where=where, columns=columns)):
            found[row[column]] = row
    return found


def _units_of(staging: Staging, at: int) -> tuple[Any, ...]:
    return tuple(staging.values(f"{role}_{part}")[at] for role in _PARTIES for part in ("code", "name"))


def _party(staging: Staging, at: int, role: str) -> Named | None:
    return named_of(
        {f"{role}_{part}": staging.values(f"{role}_{part}")[at] for part in ("code", "name")}, role
    )


def _words(staging: Staging, at: int, listed: Named, recorded: Named) -> dict[str, Any]:
    return {"name": staging.name_of(at), "listed": _text(listed), "recorded": _text(recorded)}


def _text(unit: Named) -> str | None:
    return unit.name or unit.code
