"""Check how organisations hang together: parents, successors, jurisdictions, the days they exist."""

from __future__ import annotations

from collections.abc import Mapping

from gis.columns import from_json
from gis.dates import compact, parse_date
from gis.findings import Severity
from gis.read import read_frame
from gis.registry import Registry
from gis.staging import Staging
from gis.text import t
from responsibility.organisations import SOLE

VALIDITY = ("valid_from_date", "valid_to_date")

Links = Mapping[str, str | None]


def check_chains(staging: Staging, registry: Registry) -> None:
    """Check what rows say of other organisations, those of the registry included.

    A unit below itself or following itself, over however many steps, is refused (R22); a unit in use
    that names a successor is reported (R22), as is one that is closed without any (R27).
    """
    before = _before(registry)
    for field, what in (
        ("parent_code", t("parents")),
        ("successor_code", t("successors")),
    ):
        links = {code: row[field] for code, row in before.items()} | _delivered(staging, field)
        for at, code in enumerate(staging.values("code")):
            circle = _circle(code, links) if code is not None and not staging.refused[at] else ()
            if circle:
                message = t("The {what} of {code} lead back to it", what=what, code=code)
                way = " → ".join(circle)
                staging.flag(at, "R22", Severity.ERROR, message, field=field, value=way)
    _check_closing(staging)


def check_jurisdictions(staging: Staging, registry: Registry) -> None:
    """Report two units in use that are the street office, team or government of one division (R23)."""
    codes = staging.values("code")
    holders: dict[tuple[str, str], str] = {}
    delivered = set(codes)
    for code, row in _before(registry).items():
        if code not in delivered and row["state"] != "closed":
            for duty in _sole(row["types"], row["division_code"]):
                holders.setdefault(duty, code)
    columns = (staging.values(name) for name in ("types", "division_code", "state"))
    for at, (types, division, state) in enumerate(zip(*columns, strict=True)):
        if state == "closed" or codes[at] is None or staging.refused[at]:
            continue
        for duty in _sole(types, division):
            other = holders.setdefault(duty, codes[at])
            if other != codes[at]:
                message = t(
                    "{code} and {other} have the same duty in {division}: the lower code is taken",
                    code=codes[at],
                    other=other,
                    division=division,
                )
                staging.flag(at, "R23", Severity.WARNING, message, field="division_code", value=duty[0])


def settle_validity(staging: Staging) -> None:
    """Read the first and last day of each organisation and keep them among its attributes (R11, R15)."""
    days: dict[str, dict[int, str]] = {name: {} for name in VALIDITY}
    for name in VALIDITY:
        for at, text in enumerate(staging.values(name)):
            day = parse_date(text) if text is not None else None
            if day is not None:
                days[name][at] = compact(day)
            elif text is not None:
                message = t("{text} is no date", text=text)
                staging.flag(at, "R11", Severity.WARNING, message, field=name, expected="YYYYMMDD")
    first, last = (days[name] for name in VALIDITY)
    for at in first.keys() & last.keys():
        if first[at] > last[at]:
            message = t("{code} ends before it begins", code=staging.name_of(at))
            staging.flag(at, "R15", Severity.ERROR, message, field="valid_to_date", expected=f"≥ {first[at]}")
    for name, values in days.items():
        staging.keep(name, values)


def _check_closing(staging: Staging) -> None:
    states, successors = staging.values("state"), staging.values("successor_code")
    for at, (state, successor) in enumerate(zip(states, successors, strict=True)):
        if state == "closed" and successor is None:
            message = t("{code} is closed and nobody follows it", code=staging.name_of(at))
            hint = t("Old records that name it are answered by the next evidence")
            staging.flag(at, "R27", Severity.INFO, message, field="successor_code", hint=hint)
        elif state != "closed" and successor is not None:
            message = t("{code} is in use and names a successor", code=staging.name_of(at))
            staging.flag(at, "R22", Severity.WARNING, message, field="successor_code")


def _before(registry: Registry) -> dict[str, dict[str, str | None]]:
    frame = read_frame(registry, "organisations").astype(object)
    records = frame.where(frame.notna(), None).to_dict("records")
    return {str(row["code"]): {str(name): value for name, value in row.items()} for row in records}


def _delivered(staging: Staging, field: str) -> dict[str, str | None]:
    rows = zip(staging.values("code"), staging.values(field), staging.refused, strict=True)
    return {code: other for code, other, refused in rows if code is not None and not refused}


def _circle(code: str, links: Links) -> tuple[str, ...]:
    """Return the way from a code back to itself, empty where there is none."""
    way, current = [code], links.get(code)
    while current is not None and current not in way:
        way.append(current)
        current = links.get(current)
    return (*way, code) if current == code else ()


def _sole(types: str | None, division: str | None) -> list[tuple[str, str]]:
    return [(duty, division) for duty in from_json(types) or () if duty in SOLE and division]
