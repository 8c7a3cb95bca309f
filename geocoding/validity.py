"""Since when and until when a place, a plate or a street holds: dates and states."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np

from gis.combinations import joint
from gis.compact_staging import CompactStaging
from gis.dates import compact, parse_date
from gis.findings import Severity
from gis.text import t
from gis.texts import Coded

ACTIVE, CLOSED = "active", "closed"
_STATES = {
    **dict.fromkeys(("active", "在用", "现行", "启用", "使用", "正常", "有效", "现势"), ACTIVE),
    **dict.fromkeys(
        ("closed", "停用", "注销", "已注销", "废止", "废弃", "作废", "撤销", "历史", "失效", "销号", "拆除"),
        CLOSED,
    ),
}
_DATES = ("initial_date", "change_date", "valid_from_date", "valid_to_date")


def is_retired(state: str | None, valid_to_date: str | None, day: date) -> bool:
    """Tell whether something no longer holds: it is closed, or its last day is over.

    Parameters
    ----------
    state, valid_to_date : str or None
        As stored. What is retired still answers for old texts.
    day : datetime.date
        The day of the question.
    """
    last = parse_date(valid_to_date) if isinstance(valid_to_date, str) else None
    return state == CLOSED or (last is not None and last < day)


def settle_validity(staging: CompactStaging) -> None:
    """Bring dates to ``YYYYMMDD``, states to ``active`` or ``closed``; report what is neither (P18, P19)."""
    for field in _DATES:
        _settle_dates(staging, field)
    _check_order(staging)
    states = staging.column("state").coded()
    unknown = states.test(lambda word: word not in _STATES)

    def tell(at: int) -> dict[str, Any]:
        message = t("{word} is not a state", word=states[at])
        return {"message": message, "field": "state", "expected": "、".join(_STATES)}

    staging.flag_rows(np.flatnonzero(unknown), "P18", Severity.WARNING, tell)
    staging.keep("state", states.where(~unknown, Coded.constant(None, len(states))))
    staging.set("state", states.map(_STATES.get))


def in_force(staging: CompactStaging) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Tell which rows are said to hold: neither closed nor ended."""
    closed = staging.column("state").test(lambda state: state == CLOSED)
    return np.asarray(~closed & ~staging.column("valid_to_date").present())


def _settle_dates(staging: CompactStaging, field: str) -> None:
    texts = staging.column(field).coded()

    def tell(at: int) -> dict[str, Any]:
        message = t("{text} is not a date", text=texts[at])
        return {"message": message, "field": field, "expected": "YYYYMMDD"}

    wrong = texts.test(lambda text: parse_date(text) is None)
    staging.flag_rows(np.flatnonzero(wrong), "P19", Severity.WARNING, tell)
    staging.set(field, texts.map(lambda text: compact(day) if (day := parse_date(text)) else text))


def _check_order(staging: CompactStaging) -> None:
    which, pairs = joint(staging.column("valid_from_date"), staging.column("valid_to_date"))
    backwards = np.array([_is_backwards(*pair) for pair in pairs], dtype=np.bool_)

    def tell(at: int) -> dict[str, Any]:
        message = t("{name} ends before it begins", name=staging.name_of(at))
        return {"message": message, "field": "valid_to_date"}

    staging.flag_rows(np.flatnonzero(backwards[which]), "P19", Severity.WARNING, tell)


def _is_backwards(since: str | None, until: str | None) -> bool:
    first, last = (None if text is None else parse_date(text) for text in (since, until))
    return first is not None and last is not None and last < first
