"""The mean square error of position (点位中误差) by accuracy class, gross errors left out.

The error of a point is its distance *d* from the check point in the plane. Errors beyond the gross limit are
listed and take no part. Of the *n* others the mean square error is ``√(Σd²/n)``, or ``√(Σd²/2n)`` where the
check is no more accurate than the survey; of fewer than 20 the mean of *d* is taken instead. All of this is
what textbooks and examinations say of GB/T 24356; its text was not seen.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from components.acceptance.judgement import Judgement
from components.acceptance.settings import AcceptanceSettings


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Position of the points of one accuracy class.

    Attributes
    ----------
    name : str
        Accuracy class: A, B or C.
    count, gross : int
        Errors that take part, and those left out as gross.
    error_m : float or None
        Mean square error, or mean error of few points, metres; None without a point.
    is_mean : bool
        Whether it is the mean error.
    largest_m : float or None
        Largest error of all, gross ones included.
    permitted_m, gross_m : float
        What ``error_m`` may reach, and from where on an error is gross.
    """

    name: str
    count: int
    gross: int
    error_m: float | None
    is_mean: bool
    largest_m: float | None
    permitted_m: float
    gross_m: float

    @property
    def ratio(self) -> float | None:
        """Error over what is permitted."""
        return None if self.error_m is None else self.error_m / self.permitted_m

    def to_dict(self) -> dict[str, object]:
        """Return the values."""
        return {
            "accuracy_class": self.name,
            "count": self.count,
            "gross": self.gross,
            "error_m": self.error_m,
            "measure": "mean" if self.is_mean else "mean square error",
            "largest_m": self.largest_m,
            "permitted_m": self.permitted_m,
            "gross_beyond_m": self.gross_m,
        }


def accuracies_of(judgement: Judgement, settings: AcceptanceSettings) -> list[Accuracy]:
    """Work out the accuracy of some objects, one entry per class that has measured points."""
    return [
        _accuracy(name, judgement.distance_m[of_class], judgement.gross[of_class], settings)
        for name in sorted(settings.accuracy_m)
        if (of_class := judgement.measured & (judgement.accuracy == name)).any()
    ]


def _accuracy(
    name: str, errors: NDArray[np.float64], gross: NDArray[np.bool_], settings: AcceptanceSettings
) -> Accuracy:
    kept = errors[~gross]
    is_mean = len(kept) < settings.mean_below
    error = None
    if len(kept):
        square = float(np.mean(kept**2)) / (2 if settings.equal_accuracy else 1)
        error = float(kept.mean()) if is_mean else square**0.5
    return Accuracy(
        name,
        len(kept),
        int(gross.sum()),
        error,
        is_mean,
        float(errors.max()),
        settings.accuracy_m[name],
        settings.gross_m(name),
    )
