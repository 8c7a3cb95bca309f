"""Checks of the attributes of components: identifiers, mandatory fields, states, dates, owners."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from components.class_info import CLASS_DIGITS
from components.identifier_column import IdentifierColumn
from gis.combinations import joint
from gis.compact_staging import CompactStaging, Rows
from gis.dates import compact, parse_date
from gis.findings import Severity
from gis.registry import Registry
from gis.text import Text, t
from gis.texts import Coded
from grids.codes import normalise
from grids.reference import retired_among

STATES = ("完好", "破损", "丢失", "废弃", "移除")
"""States of 2013 and 2026; 2007 has 占用 too and lacks the last two."""

_STATES = {"2007": ("完好", "破损", "丢失", "占用"), "2013": STATES, "2026": STATES}
_ROLES = ("authority", "owner", "maintainer")
_DATES = ("initial_date", "change_date")


def normalise_identifiers(staging: CompactStaging) -> IdentifierColumn:
    """Read identifiers written in other characters, full-width digits for instance, and say so (C01).

    Returns
    -------
    IdentifierColumn
        The identifiers as they are taken.
    """
    texts = staging.column("id")
    identifiers = IdentifierColumn.of(texts)
    odd = np.flatnonzero(identifiers.test_others(lambda text: normalise(text) != text))
    if not len(odd):
        return identifiers

    def tell(at: int) -> dict[str, Any]:
        text = str(texts[at])
        plain = normalise(text)
        message = t("Identifier {text} is taken as {plain}", text=text, plain=plain)
        return {"message": message, "field": "id", "expected": plain}

    staging.flag_rows(odd, "C01", Severity.WARNING, tell)
    plain_texts = texts.put({at: normalise(str(texts[at])) for at in odd.tolist()})
    staging.set("id", plain_texts)
    return IdentifierColumn.of(plain_texts)


def check_identifiers(
    staging: CompactStaging, identifiers: IdentifierColumn, standard: str, known: Collection[int] = ()
) -> None:
    """Refuse identifiers that are not of the edition's form (C01); known ones of other forms pass.

    Parameters
    ----------
    staging : CompactStaging
        Rows.
    identifiers : IdentifierColumn
        Theirs.
    standard : str
        Edition of the delivery.
    known : collection of int
        Positions of rows whose component the registry knows by an alias.
    """
    digits = 12 + CLASS_DIGITS[standard]
    malformed = staging.column("id").present() & (identifiers.digits != digits)
    malformed[list(known)] = False

    def tell(at: int) -> dict[str, Any]:
        return {
            "message": t("{text} is not a component identifier", text=staging.column("id")[at]),
            "field": "id",
            "expected": t("{n} digits: county 6, class {m}, sequence 6", n=digits, m=digits - 12),
        }

    staging.flag_rows(np.flatnonzero(malformed), "C01", Severity.ERROR, tell)


def check_duplicate_identifiers(
    staging: CompactStaging, identifiers: IdentifierColumn, registry: Registry
) -> None:
    """Refuse identifiers given twice, or to something else after they were retired (C02).

    Of rows that say the same the first is kept; where they differ all are refused, because nothing
    says which is meant. The finding is at the later rows.
    """
    later, first = identifiers.repeated()
    same = _same_rows(staging, first, later)
    order = {int(at): n for n, at in enumerate(later.tolist())}

    def tell(at: int) -> dict[str, Any]:
        number = order[at]
        return {
            "message": t(
                "Identifier {id} is there in {where} already",
                id=staging.name_of(at),
                where=staging.where(first[number]),
            ),
            "field": "id",
            "hint": t("Delete the repeated row")
            if same[number]
            else t("Give one of the two an identifier of its own"),
        }

    staging.flag_rows(later, "C02", Severity.ERROR, tell)
    staging.refused[first[~same]] = True
    _check_retired(staging, identifiers, registry)


def _same_rows(staging: CompactStaging, first: Rows, second: Rows) -> NDArray[np.bool_]:
    """Tell which pairs of rows have the same class and place."""
    classes = staging.column("class_code").coded().codes
    one, other = staging.places.take(first).geometries(), staging.places.take(second).geometries()
    return np.asarray((classes[first] == classes[second]) & shapely.equals(one, other))


def _check_retired(staging: CompactStaging, identifiers: IdentifierColumn, registry: Registry) -> None:
    gone = retired_among(registry, "components", identifiers.find)
    rows = {
        int(at): text
        for text, (found, geometry) in gone.items()
        for at in found
        if not shapely.equals(staging.places[at], geometry)
    }

    def tell(at: int) -> dict[str, Any]:
        return {
            "message": t("Identifier {id} belonged to a component that was retired", id=rows[at]),
            "field": "id",
            "hint": t("Leave the identifier empty: a new one is issued"),
        }

    staging.flag_rows(np.array(sorted(rows), dtype=np.intp), "C02", Severity.ERROR, tell)


def check_mandatory(staging: CompactStaging, standard: str) -> None:
    """Report mandatory attributes that are missing (C06), and states that are none (C08).

    Mandatory are the authority, the state and the date of the first survey (GB/T 47678.5-2026,
    table 2); name, identifier and unit grid are filled in where they can be.
    """
    words = {"authority_name": t("authority"), "state": t("state"), "initial_date": t("date of first survey")}
    given = {
        "authority_name": _either(staging, "authority_code", "authority_name"),
        "state": staging.column("state").present(),
        "initial_date": staging.column("initial_date").present(),
    }
    for field, present in given.items():

        def tell(at: int, field: str = field) -> dict[str, Any]:
            message = t("{name} lacks: {attribute}", name=staging.name_of(at), attribute=words[field])
            return {"message": message, "field": field, "expected": t("mandatory")}

        staging.flag_rows(np.flatnonzero(~present), "C06", Severity.WARNING, tell)
    _check_states(staging, standard)


def _either(staging: CompactStaging, *names: str) -> NDArray[np.bool_]:
    """Tell which rows have one of some fields."""
    present = [staging.column(name).present() for name in names]
    return np.asarray(np.any(present, axis=0))


def _check_states(staging: CompactStaging, standard: str) -> None:
    allowed, states = _STATES[standard], staging.column("state")

    def tell(at: int) -> dict[str, Any]:
        message = t("{state} is not a state of a component", state=states[at])
        return {"message": message, "field": "state", "expected": "、".join(allowed)}

    unknown = states.test(lambda state: state not in allowed)
    staging.flag_rows(np.flatnonzero(unknown), "C08", Severity.WARNING, tell)


def check_dates(staging: CompactStaging, today: date) -> None:
    """Report dates that do not exist, lie ahead, or change before the first survey (C09).

    Dates in another notation are stored as ``YYYYMMDD``; those that do not exist stay as they are.
    """
    for field in _DATES:
        texts = staging.column(field).coded()

        def tell(at: int, field: str = field, texts: Coded = texts) -> dict[str, Any]:
            return _date_fault(field, t("{text} is not a date in the past", text=texts[at]))

        wrong = texts.test(lambda text: (day := parse_date(text)) is None or day > today)
        staging.flag_rows(np.flatnonzero(wrong), "C09", Severity.WARNING, tell)
        staging.set(field, texts.map(lambda text: compact(day) if (day := parse_date(text)) else text))
    which, pairs = joint(*(staging.column(field) for field in _DATES))
    backwards = np.array([_is_backwards(first, change) for first, change in pairs], dtype=np.bool_)

    def tell_order(at: int) -> dict[str, Any]:
        return _date_fault(
            "change_date", t("{name} changed before it was surveyed", name=staging.name_of(at))
        )

    staging.flag_rows(np.flatnonzero(backwards[which]), "C09", Severity.WARNING, tell_order)


def _is_backwards(first: str | None, change: str | None) -> bool:
    began, changed = (None if text is None else parse_date(text) for text in (first, change))
    return began is not None and changed is not None and changed < began


def _date_fault(field: str, message: Text) -> dict[str, Any]:
    return {"message": message, "field": field, "expected": t("YYYYMMDD, not after today")}


def check_owners(staging: CompactStaging, ownerless: NDArray[np.bool_]) -> None:
    """Report components with neither owner nor maintainer (C16), unless their class is for such things."""
    known = _either(staging, *(f"{role}_{part}" for role in _ROLES[1:] for part in ("code", "name")))

    def tell(at: int) -> dict[str, Any]:
        return {
            "message": t("{name} has neither owner nor maintainer", name=staging.name_of(at)),
            "field": "owner_name",
            "hint": t("Enter the owner; where nobody knows, the component is pending ownership"),
        }

    staging.flag_rows(np.flatnonzero(~known & ~ownerless), "C16", Severity.WARNING, tell)
