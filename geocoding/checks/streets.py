"""Checks of streets (街巷) themselves: their ends (P15) and their range of numbers (P08)."""

from __future__ import annotations

from typing import Any

import numpy as np

from geocoding.checks.numbers import per_text, plate_number
from gis.combinations import joint
from gis.compact_staging import CompactStaging
from gis.findings import Severity
from gis.text import t


def check_ends(staging: CompactStaging) -> None:
    """Tell streets that begin where they end, or at themselves (P15).

    One end without a name is none of these: many streets end where no other is.
    """
    which, ends = joint(*(staging.column(name) for name in ("name", "from_name", "to_name")))
    odd = np.array([_is_odd(*three) for three in ends], dtype=np.bool_)

    def tell(at: int) -> dict[str, Any]:
        first, last = (staging.column(name)[at] or "–" for name in ("from_name", "to_name"))
        message = t("{name} leads from {first} to {last}", name=staging.name_of(at), first=first, last=last)
        return {"message": message, "field": "to_name"}

    staging.flag_rows(np.flatnonzero(odd[which] & ~staging.refused), "P15", Severity.INFO, tell)


def _is_odd(name: str | None, first: str | None, last: str | None) -> bool:
    return (first is not None and first == last) or (name is not None and name in (first, last))


def check_range(staging: CompactStaging) -> None:
    """Report streets whose least number is greater than the greatest (P08)."""
    low, high = (per_text(staging.column(name), plate_number) for name in ("min_number", "max_number"))

    def tell(at: int) -> dict[str, Any]:
        message = t("The numbers of {name} end before they begin", name=staging.name_of(at))
        return {"message": message, "field": "max_number"}

    rows = np.flatnonzero((low >= 0) & (high >= 0) & (low > high) & ~staging.refused)
    staging.flag_rows(rows, "P08", Severity.WARNING, tell)
