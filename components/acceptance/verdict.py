"""Verdicts (评定): the score of a sheet, whether it qualifies and why not, and the same of the lot.

A rate or error is scored by how much of its limit it uses up: up to a third of it 100, half 90, three
quarters 75, all of it 60, and less beyond. These steps are those of positional accuracy in GB/T 24356 as
practice has them (unverified, no source at hand); using them for rates too is a choice of this program. A
quality element scores as its worst rate or error; a sheet is the weighted mean of its elements, and
qualifies when no limit is passed. A lot qualifies when all its sheets do, or the share that the settings
ask for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from components.acceptance.accuracy import Accuracy
from components.acceptance.rates import RATE_NAMES, Rate
from components.acceptance.settings import GRADES, AcceptanceSettings
from gis.text import Text, t

_USED = (1 / 3, 1 / 2, 3 / 4, 1.0, 2.5)
_SCORES = (100.0, 90.0, 75.0, 60.0, 0.0)
_HAIR = 1e-9

_ELEMENT_OF = {
    "missed": "completeness",
    "surplus": "completeness",
    "wrong_class": "class",
    "wrong_attribute": "attributes",
    "gross": "position",
}


class Outcome(StrEnum):
    """What is said of a sheet or a lot."""

    QUALIFIED = "qualified"
    UNQUALIFIED = "unqualified"
    PENDING = "pending"


OUTCOME_NAMES: Mapping[Outcome, Text] = {
    Outcome.QUALIFIED: t("qualified"),
    Outcome.UNQUALIFIED: t("not qualified"),
    Outcome.PENDING: t("pending"),
}
GRADE_NAMES: Mapping[str, Text] = {
    "excellent": t("excellent"),
    "good": t("good"),
    "qualified": t("qualified"),
    "unqualified": t("not qualified"),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said of a sheet or a lot.

    Attributes
    ----------
    outcome : Outcome
    score : float or None
        0 to 100; None while it is pending.
    grade : str or None
        ``excellent``, ``good``, ``qualified`` or ``unqualified``.
    elements : mapping of str to float
        Scores of the quality elements that could be judged; of a lot their means.
    reasons : tuple of Text
        Why it does not qualify, or is pending.
    """

    outcome: Outcome
    score: float | None
    grade: str | None
    elements: Mapping[str, float]
    reasons: tuple[Text, ...]

    def to_dict(self) -> dict[str, object]:
        """Return the values, reasons in the current language."""
        return {
            "outcome": str(self.outcome),
            "score": self.score,
            "grade": self.grade,
            "elements": dict(self.elements),
            "reasons": [str(reason) for reason in self.reasons],
        }


def points_for(used: float) -> float:
    """Return the score of something that uses up so much of its limit.

    Examples
    --------
    >>> [points_for(used) for used in (0.0, 0.5, 1.0, 3.0)]
    [100.0, 90.0, 60.0, 0.0]
    """
    return float(np.interp(used, _USED, _SCORES))


def not_inspected() -> Verdict:
    """Return the verdict of a sheet without check points that nobody says was visited."""
    reason = t("no check point lies in it; where it was inspected and nothing found, say so with --inspected")
    return Verdict(Outcome.PENDING, None, None, {}, (reason,))


def judge_sheet(
    rates: Mapping[str, Rate], accuracies: Sequence[Accuracy], settings: AcceptanceSettings
) -> Verdict:
    """Judge an inspected sheet by its rates and errors."""
    scores: dict[str, list[float]] = {"completeness": [100.0]}
    reasons: list[Text] = []
    for name, rate in rates.items():
        if rate.share is None:
            continue
        limit = settings.limits[name]
        scores.setdefault(_ELEMENT_OF[name], []).append(points_for(rate.share / limit))
        if rate.share > limit + _HAIR:
            reasons.append(_rate_reason(name, rate, limit))
    for accuracy in accuracies:
        if accuracy.ratio is None:
            continue
        scores.setdefault("position", []).append(points_for(accuracy.ratio))
        if accuracy.ratio > 1 + _HAIR:
            reasons.append(_accuracy_reason(accuracy))
    elements = {name: min(values) for name, values in scores.items()}
    score = _mean(elements, settings)
    least = settings.grades["qualified"]
    if not reasons and score < least - _HAIR:
        reasons.append(t("score {score}, below {least}", score=f"{score:.1f}", least=f"{least:g}"))
    outcome = Outcome.UNQUALIFIED if reasons else Outcome.QUALIFIED
    return Verdict(outcome, score, _grade(score, outcome, settings), elements, tuple(reasons))


def judge_lot(sheets: Mapping[str, Verdict], settings: AcceptanceSettings) -> Verdict:
    """Judge a lot by the verdicts of its sheets, given by their numbers."""
    count = {outcome: sum(verdict.outcome is outcome for verdict in sheets.values()) for outcome in Outcome}
    needed = int(np.ceil(settings.lot_share * len(sheets) - _HAIR))
    good, open_ = count[Outcome.QUALIFIED], count[Outcome.PENDING]
    if good >= needed and not open_:
        outcome = Outcome.QUALIFIED
    else:
        outcome = Outcome.UNQUALIFIED if good + open_ < needed else Outcome.PENDING
    judged = [verdict for verdict in sheets.values() if verdict.score is not None]
    names = sorted({name for verdict in judged for name in verdict.elements})
    elements = {
        name: float(np.mean([v.elements[name] for v in judged if name in v.elements])) for name in names
    }
    score = float(np.mean([v.score for v in judged if v.score is not None])) if judged else None
    grade = None if score is None or outcome is Outcome.PENDING else _grade(score, outcome, settings)
    return Verdict(outcome, score, grade, elements, tuple(_lot_reasons(sheets, needed)))


def _lot_reasons(sheets: Mapping[str, Verdict], needed: int) -> list[Text]:
    reasons = []
    failed, waiting = (
        [code for code, verdict in sheets.items() if verdict.outcome is outcome]
        for outcome in (Outcome.UNQUALIFIED, Outcome.PENDING)
    )
    if failed:
        reasons.append(t("{n} sheets do not qualify: {codes}", n=len(failed), codes="、".join(failed)))
    if waiting:
        reasons.append(t("{n} sheets are not inspected: {codes}", n=len(waiting), codes="、".join(waiting)))
    if reasons:
        reasons.append(t("{needed} of {sheets} sheets have to qualify", needed=needed, sheets=len(sheets)))
    return reasons


def _rate_reason(name: str, rate: Rate, limit: float) -> Text:
    return t(
        "{what}: {count} of {base}, {share} %, above {limit} %",
        what=RATE_NAMES[name],
        count=rate.count,
        base=rate.base,
        share=f"{100 * (rate.share or 0.0):.1f}",
        limit=f"{100 * limit:g}",
    )


def _accuracy_reason(accuracy: Accuracy) -> Text:
    details = {
        "name": accuracy.name,
        "error": f"{accuracy.error_m:.2f}",
        "permitted": f"{accuracy.permitted_m:g}",
        "count": accuracy.count,
    }
    if accuracy.is_mean:
        return t("mean error of class {name}: {error} m of {count} points, above {permitted} m", **details)
    return t("mean square error of class {name}: {error} m of {count} points, above {permitted} m", **details)


def _mean(elements: Mapping[str, float], settings: AcceptanceSettings) -> float:
    """Return the weighted mean of the elements that could be judged; weights of 0 leave the plain mean."""
    weights = [settings.elements[name] for name in elements]
    return float(np.average(list(elements.values()), weights=weights if sum(weights) > 0 else None))


def _grade(score: float, outcome: Outcome, settings: AcceptanceSettings) -> str:
    if outcome is Outcome.UNQUALIFIED:
        return "unqualified"
    return next((name for name in GRADES if score >= settings.grades[name] - _HAIR), "qualified")
