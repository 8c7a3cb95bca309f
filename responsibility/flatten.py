"""Flatten answers into the columns of a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from gis.errors import WanggeError
from responsibility.model import LineRef, Named, Resolution

SEPARATOR = ";"
NUMBERS = ("unit_grid_edge_m", "component_m")
COLUMNS = (
    "answer_id",
    "unit_grid", "unit_grid_edge_m",
    "county", "county_name", "street", "street_name", "community", "community_name",
    "component", "component_m",
    "acting", "acting_name", "authority", "authority_name",
    "owner", "owner_name", "maintainer", "maintainer_name",
    "location_status", "differs_within_accuracy",
    "ownership", "decision", "reason_code", "reason", "alternatives", "due",
)  # fmt: skip
NOT_ANSWERED = "question.invalid"


def columns_for(lines: Iterable[str]) -> list[str]:
    """Return the names of all columns, those of the lines of business last."""
    return [*COLUMNS, *(name for line in lines for name in (f"line:{line}", f"line:{line}_name"))]


def flatten(answer: Resolution | WanggeError, lines: Sequence[str]) -> dict[str, Any]:
    """Return an answer as one row.

    Parameters
    ----------
    answer : Resolution or WanggeError
        An error gives a row of None with ``reason_code`` ``question.invalid`` and the error's message.
    lines : sequence of str
        Lines of business that have columns.

    Returns
    -------
    dict
        Every name of :func:`columns_for`; lists are joined by ``;``, absent facts None, reasons in the
        current language.
    """
    row: dict[str, Any] = dict.fromkeys(columns_for(lines))
    if isinstance(answer, WanggeError):
        row["reason_code"], row["reason"] = NOT_ANSWERED, _message(answer)
        return row
    row["answer_id"] = answer.answer_id
    row.update(_located(answer))
    row.update(_decided(answer))
    found = _lines((*answer.responsibility_grids, *answer.areas))
    row.update({name: value for name, value in found.items() if name in row})
    return row


def _located(answer: Resolution) -> dict[str, Any]:
    grid, component = answer.unit_grid, answer.component
    return {
        "unit_grid": grid.code if grid else None,
        "unit_grid_edge_m": grid.edge_distance_m if grid else None,
        **_named("county", answer.divisions.county),
        **_named("street", answer.divisions.street),
        **_named("community", answer.divisions.community),
        "component": component.id if component else None,
        "component_m": component.distance_m if component else None,
        "location_status": str(answer.location.status),
        "differs_within_accuracy": _joined(answer.differs_within_accuracy),
    }


def _decided(answer: Resolution) -> dict[str, Any]:
    parties, reason = answer.parties, answer.main_reason
    units = (other.unit for other in answer.alternatives)
    return {
        **_named("acting", parties.acting),
        **_named("authority", parties.authority),
        **_named("owner", parties.owner),
        **_named("maintainer", parties.maintainer),
        "ownership": str(answer.ownership) if answer.ownership else None,
        "decision": str(answer.decision),
        "reason_code": reason.code if reason else None,
        "reason": str(reason.why) if reason else None,
        "alternatives": _joined(unit.code or unit.name or "" for unit in units),
        "due": answer.deadline.due.isoformat() if answer.deadline and answer.deadline.due else None,
    }


def _lines(refs: Iterable[LineRef]) -> dict[str, Any]:
    found: dict[str, list[LineRef]] = {}
    for ref in refs:
        found.setdefault(ref.line, []).append(ref)
    row: dict[str, Any] = {}
    for line, of_line in found.items():
        row[f"line:{line}"] = _joined(ref.code for ref in of_line)
        row[f"line:{line}_name"] = _joined(ref.name or "" for ref in of_line)
    return row


def _named(column: str, unit: Named | None) -> dict[str, Any]:
    return {column: unit.code if unit else None, f"{column}_name": unit.name if unit else None}


def _joined(texts: Iterable[str]) -> str | None:
    return SEPARATOR.join(texts) or None


def _message(error: WanggeError) -> str:
    return f"{error} ({error.expected})" if error.expected is not None else str(error)
