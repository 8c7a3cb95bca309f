"""Checks of the attributes of components: identifiers, mandatory fields, states, dates, owners."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import numpy as np
import shapely
from numpy.typing import NDArray

from components.class_info import CLASS_DIGITS
from components.identifiers import parse_component_id
from gis.dates import compact, parse_date
from gis.findings import Severity
from gis.registry import Registry
from gis.staging import Staging
from gis.text import Text, t
from grids.codes import normalise
from grids.numbering import positions_by
from grids.reference import retired_codes

STATES = ("完好", "破损", "丢失", "废弃", "移除")
"""States of 2013 and 2026; 2007 has 占用 too and lacks the last two."""

_STATES = {"2007": ("完好", "破损", "丢失", "占用"), "2013": STATES, "2026": STATES}
_ROLES = ("authority", "owner", "maintainer")


def normalise_identifiers(staging: Staging) -> None:
    """Read identifiers written in other characters, full-width digits for instance, and say so (C01)."""
    identifiers = staging.values("id").copy()
    for at, text in enumerate(identifiers):
        if text is not None and (plain := normalise(text)) != text:
            staging.flag(
                at,
                "C01",
                Severity.WARNING,
                t("Identifier {text} is taken as {plain}", text=text, plain=plain),
                field="id",
                expected=plain,
            )
            identifiers[at] = plain
    staging.set("id", identifiers)


def check_identifiers(staging: Staging, standard: str, known: Collection[int] = ()) -> None:
    """Refuse identifiers that are not of the edition's form (C01); known ones of other forms pass.

    Parameters
    ----------
    staging : Staging
        Rows.
    standard : str
        Edition of the delivery.
    known : collection of int
        Positions of rows whose component the registry knows by an alias.
    """
    digits = 12 + CLASS_DIGITS[standard]
    for at, text in enumerate(staging.values("id")):
        malformed = text is not None and (len(text) != digits or parse_component_id(text) is None)
        if malformed and at not in known:
            staging.flag(
                at,
                "C01",
                Severity.ERROR,
                t("{text} is not a component identifier", text=text),
                field="id",
                expected=t("{n} digits: county 6, class {m}, sequence 6", n=digits, m=digits - 12),
            )


def check_duplicate_identifiers(staging: Staging, registry: Registry) -> None:
    """Refuse identifiers given twice, or to something else after they were retired (C02).

    Of rows that say the same the first is kept; where they differ all are refused, because nothing
    says which is meant. The finding is at the later rows.
    """
    for positions in positions_by(staging.values("id")).values():
        for at in positions[1:]:
            same = _same_row(staging, positions[0], at)
            staging.flag(
                at,
                "C02",
                Severity.ERROR,
                t(
                    "Identifier {id} is there in {where} already",
                    id=staging.name_of(at),
                    where=staging.where(positions[0]),
                ),
                field="id",
                hint=t("Delete the repeated row")
                if same
                else t("Give one of the two an identifier of its own"),
            )
            if not same:
                staging.refused[positions[0]] = True
    _check_retired(staging, registry)


def _same_row(staging: Staging, first: int, second: int) -> bool:
    """Tell whether two rows have the same class and place."""
    classes, geometries = staging.values("class_code"), staging.geometries
    return classes[first] == classes[second] and bool(shapely.equals(geometries[first], geometries[second]))


def _check_retired(staging: Staging, registry: Registry) -> None:
    identifiers = staging.values("id")
    retired = retired_codes(registry, "components", {text for text in identifiers if text is not None})
    for at, text in enumerate(identifiers):
        if text in retired and not shapely.equals(staging.geometries[at], retired[text]):
            staging.flag(
                at,
                "C02",
                Severity.ERROR,
                t("Identifier {id} belonged to a component that was retired", id=text),
                field="id",
                hint=t("Leave the identifier empty: a new one is issued"),
            )


def check_mandatory(staging: Staging, standard: str) -> None:
    """Report mandatory attributes that are missing (C06), and states that are none (C08).

    Mandatory are the authority, the state and the date of the first survey (GB/T 47678.5-2026,
    table 2); name, identifier and unit grid are filled in where they can be.
    """
    words = {"authority_name": t("authority"), "state": t("state"), "initial_date": t("date of first survey")}
    code, name = staging.values("authority_code"), staging.values("authority_name")
    given = {
        "authority_name": [c is not None or n is not None for c, n in zip(code, name, strict=True)],
        "state": [value is not None for value in staging.values("state")],
        "initial_date": [value is not None for value in staging.values("initial_date")],
    }
    for field, present in given.items():
        for at in np.flatnonzero(~np.array(present, dtype=bool)):
            message = t("{name} lacks: {attribute}", name=staging.name_of(at), attribute=words[field])
            staging.flag(at, "C06", Severity.WARNING, message, field=field, expected=t("mandatory"))
    _check_states(staging, standard)


def _check_states(staging: Staging, standard: str) -> None:
    allowed = _STATES[standard]
    for at, state in enumerate(staging.values("state")):
        if state is not None and state not in allowed:
            staging.flag(
                at,
                "C08",
                Severity.WARNING,
                t("{state} is not a state of a component", state=state),
                field="state",
                expected="、".join(allowed),
            )


def check_dates(staging: Staging, today: date) -> None:
    """Report dates that do not exist, lie ahead, or change before the first survey (C09).

    Dates in another notation are stored as ``YYYYMMDD``; those that do not exist stay as they are.
    """
    days: dict[str, list[date | None]] = {}
    for field in ("initial_date", "change_date"):
        texts = staging.values(field)
        days[field] = [None if text is None else parse_date(text) for text in texts]
        for at, (text, day) in enumerate(zip(texts, days[field], strict=True)):
            if text is not None and (day is None or day > today):
                _flag_date(staging, at, field, t("{text} is not a date in the past", text=text))
        staging.set(
            field, [compact(day) if day else text for day, text in zip(days[field], texts, strict=True)]
        )
    for at, (first, change) in enumerate(zip(days["initial_date"], days["change_date"], strict=True)):
        if first is not None and change is not None and change < first:
            _flag_date(
                staging,
                at,
                "change_date",
                t("{name} changed before it was surveyed", name=staging.name_of(at)),
            )


def _flag_date(staging: Staging, at: int, field: str, message: Text) -> None:
    staging.flag(at, "C09", Severity.WARNING, message, field=field, expected=t("YYYYMMDD, not after today"))


def check_owners(staging: Staging, ownerless: NDArray[np.bool_]) -> None:
    """Report components with neither owner nor maintainer (C16), unless their class is for such things."""
    known = np.zeros(len(staging), dtype=bool)
    for role in _ROLES[1:]:
        for part in ("code", "name"):
            known |= np.array([value is not None for value in staging.values(f"{role}_{part}")], dtype=bool)
    for at in np.flatnonzero(~known & ~ownerless):
        staging.flag(
            at,
            "C16",
            Severity.WARNING,
            t("{name} has neither owner nor maintainer", name=staging.name_of(at)),
            field="owner_name",
            hint=t("Enter the owner; where nobody knows, the component is pending ownership"),
        )
