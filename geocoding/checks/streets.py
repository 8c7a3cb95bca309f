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
    """Tell streets that begin where they end, or of which one end only is named (P15)."""
    which, pairs = joint(staging.column("from_name"), staging.column("to_name"))
    same = np.array([first is not None and first == last for first, last in pairs], dtype=np.bool_)
    half = np.array([(first is None) != (last is None) for first, last in pairs], dtype=np.bool_)

    def tell_same(at: int) -> dict[str, Any]:
        message = t(
            "{name} begins and ends at {end}", name=staging.name_of(at), end=staging.column("to_name")[at]
        )
        return {"message": message, "field": "to_name"}

    def tell_half(at: int) -> dict[str, Any]:
        field = "to_name" if staging.column("to_name")[at] is None else "from_name"
        return {"message": t("{name} lacks one of its two ends", name=staging.name_of(at)), "field": field}

    usable = ~staging.refused
    staging.flag_rows(np.flatnonzero(same[which] & usable), "P15", Severity.INFO, tell_same)
    staging.flag_rows(np.flatnonzero(half[which] & usable), "P15", Severity.INFO, tell_half)


def check_range(staging: CompactStaging) -> None:
    """Report streets whose least number is greater than the greatest (P08)."""
    low, high = (per_text(staging.column(name), plate_number) for name in ("min_number", "max_number"))

    def tell(at: int) -> dict[str, Any]:
        message = t("The numbers of {name} end before they begin", name=staging.name_of(at))
        return {"message": message, "field": "max_number"}

    rows = np.flatnonzero((low >= 0) & (high >= 0) & (low > high) & ~staging.refused)
    staging.flag_rows(rows, "P08", Severity.WARNING, tell)
