"""Rates of what is missed, surplus and wrong, each over what could be so, weighted by major class.

================== ================================= =========================================
rate               counted                           base
================== ================================= =========================================
漏 missed          in the field, not in the data     objects in the field
多 surplus         in the data, not in the field     objects in the data
错 wrong class     class is another in the field     objects in both
错 wrong attribute some attribute read otherwise     objects in both with an attribute read
gross              farther than the gross limit      objects in both whose position is measured
================== ================================= =========================================

An object of major class *m* counts *w(m)* times, above and below the line: with equal weights the rate is the
plain share. Error, omission and position rates per sheet, with weights by major class, follow a published
study of Shanghai's component data; its weights are not known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from components.acceptance.judgement import Judgement
from components.acceptance.settings import RATES, AcceptanceSettings
from gis.text import Text, t

RATE_NAMES: Mapping[str, Text] = {
    "missed": t("missed"),
    "surplus": t("surplus"),
    "wrong_class": t("wrong class"),
    "wrong_attribute": t("wrong attribute"),
    "gross": t("gross error of position"),
}


@dataclass(frozen=True, slots=True)
class Rate:
    """One rate.

    Attributes
    ----------
    count, base : int
        Objects that are so, and that could be.
    share : float or None
        Weighted; None over nothing, or where all weights are 0.
    """

    count: int
    base: int
    share: float | None

    def to_dict(self) -> dict[str, float | None]:
        """Return the values."""
        return {"count": self.count, "base": self.base, "share": self.share}


def rates_of(judgement: Judgement, settings: AcceptanceSettings) -> dict[str, Rate]:
    """Work out all rates of some objects.

    Parameters
    ----------
    judgement : Judgement
        Those that count: of a sheet, of a class.
    settings : AcceptanceSettings
        Weights.
    """
    weights = np.array([settings.weight(major) for major in judgement.major], dtype=np.float64)
    bases = {
        "missed": ~judgement.surplus,
        "surplus": ~judgement.missed,
        "wrong_class": judgement.paired,
        "wrong_attribute": judgement.read,
        "gross": judgement.measured,
    }
    return {name: _rate(getattr(judgement, name), bases[name], weights) for name in RATES}


def majors_of(judgement: Judgement, settings: AcceptanceSettings) -> dict[str, dict[str, Rate]]:
    """Return the rates of each major class, in the order of the codes."""
    return {
        major: rates_of(judgement.only(judgement.major == major), settings)
        for major in sorted(set(judgement.major))
    }


def _rate(counted: NDArray[np.bool_], base: NDArray[np.bool_], weights: NDArray[np.float64]) -> Rate:
    total = float(weights[base].sum())
    share = float(weights[counted & base].sum()) / total if total > 0 else None
    return Rate(int((counted & base).sum()), int(base.sum()), share)
