"""Say what became of codes that a delivery still has: divisions that were merged, grids that were split."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from sqlalchemy import select

from gis.findings import Finding, Severity
from gis.models import DATASETS
from gis.registry import Registry
from gis.staging import Staging
from gis.text import Text, t
from grids.codes import Level
from grids.past.retirements import Listed
from grids.past.succession import Trail, trails_in

RETIRED_DIVISION = "G31"

_PREFIXES = tuple(sorted((level.digits for level in Level), reverse=True))
_GRID_DIGITS = 15
# Where findings about a code of somewhere else have that code.
_CODE_OF = {
    "G07": lambda finding: finding.id,
    "G15": lambda finding: finding.value,
    "C11": lambda finding: finding.value,
    "C12": lambda finding: finding.value,
}


def check_retired_divisions(staging: Staging, registry: Registry) -> None:
    """Report rows under the code of a division that was merged, split, recoded or abolished (G31).

    The hint tells what followed it. Every division is reported once, at the first row that has it; it is
    a warning, because grids are given their new codes after the divisions are.

    Parameters
    ----------
    staging : Staging
        Divisions or unit grids.
    registry : Registry
        With its records ``retirements``.
    """
    first: dict[str, int] = {}
    own_only = staging.dataset == "divisions"
    for at, code in enumerate(staging.values("code")):
        if code is not None and not staging.refused[at]:
            for division in [code] if own_only else prefixes(code):
                first.setdefault(division, at)
    past = past_of(registry, "divisions", first)
    above = {prefix for division in past for prefix in prefixes(division) if prefix != division}
    for division, trail in past.items():
        if division not in above:
            _flag_retired(staging, first[division], division, trail)


def _flag_retired(staging: Staging, at: int, division: str, trail: Trail) -> None:
    staging.flag(
        at,
        RETIRED_DIVISION,
        Severity.WARNING,
        t("Division {code} is no longer in use", code=division),
        field="code",
        value=division,
        expected=", ".join(trail.live) or None,
        hint=told(trail),
    )


def explain_past_codes(staging: Staging, registry: Registry) -> None:
    """Give findings about codes of somewhere else the hint what became of the code.

    Parameters
    ----------
    staging : Staging
        Its findings G07, G15, C11 and C12 are looked at, and their hints replaced where the registry
        has a record.
    registry : Registry
    """
    codes = {at: code for at, finding in enumerate(staging.findings) if (code := _code_of(finding))}
    wanted = set(codes.values())
    grids = past_of(registry, "grids", (code for code in wanted if len(code) == _GRID_DIGITS))
    divisions = past_of(registry, "divisions", (p for code in wanted for p in prefixes(code)))
    for at, code in codes.items():
        trail = grids.get(code) or next((divisions[p] for p in prefixes(code) if p in divisions), None)
        if trail is not None:
            staging.findings[at] = replace(staging.findings[at], hint=told(trail))


def _code_of(finding: Finding) -> str | None:
    find = _CODE_OF.get(finding.code)
    return None if find is None else find(finding)


def past_of(registry: Registry, kind: str, codes: Iterable[str]) -> Mapping[str, Trail]:
    """Return the trails of those codes that are not live and that the registry has a record of."""
    table = DATASETS["retirements"].live.c
    with registry.connect() as connection:
        recorded = set(connection.scalars(select(table.code).where(table.kind == kind)))
        found = trails_in(connection, kind, sorted(recorded.intersection(codes)))
    return {code: trail for code, trail in found.items() if trail.records}


def prefixes(code: str) -> list[str]:
    """Return the codes of community, street and county that a code begins with, or is."""
    return [code[:digits] for digits in _PREFIXES if len(code) >= digits]


def told(trail: Trail) -> Text:
    """Say what happened to a code, and what stands for it today where more happened since."""
    first = trail.records[0]
    if set(first.successors) == set(trail.live):
        return first.told()
    if not trail.live and trail.absent:
        return t(
            "{happened}; the registry does not have {codes}",
            happened=first.told(),
            codes=Listed(trail.absent),
        )
    if not trail.live:
        return t("{happened}; nothing follows it", happened=first.told())
    return t("{happened}; today it is {codes}", happened=first.told(), codes=Listed(trail.live))
