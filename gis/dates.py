"""Calendar dates as surveys write them: YYYYMMDD and what else occurs."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import lru_cache

_DATE = re.compile(
    r"(?P<y>\d{4})(?:(?P<m>\d{2})(?P<d>\d{2})|[-/.年](?P<m2>\d{1,2})[-/.月](?P<d2>\d{1,2})日?)(?:[T ].*)?"
)


@lru_cache(maxsize=4096)
def parse_date(text: str) -> date | None:
    """Read a calendar date.

    Parameters
    ----------
    text : str
        ``20260701`` (the form of the standards), ``2026-07-01``, ``2026/7/1``, ``2026.7.1`` or
        ``2026年7月1日``, a time of day after it is passed over.

    Returns
    -------
    datetime.date or None
        None when it is none of these, or no day of the calendar.
    """
    match = _DATE.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if match is None:
        return None
    try:
        return date(int(match["y"]), int(match["m"] or match["m2"]), int(match["d"] or match["d2"]))
    except ValueError:
        return None


def compact(day: date) -> str:
    """Write a date as the standards store it: ``20260701``."""
    return f"{day:%Y%m%d}"
