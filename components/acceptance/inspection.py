"""The acceptance of a census: match, judge, sum up, and say sheet by sheet what came out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from components.acceptance.accuracy import Accuracy, accuracies_of
from components.acceptance.census import Census
from components.acceptance.check_points import CheckPoints
from components.acceptance.judgement import Judgement, Located, judge, locate
from components.acceptance.matching import Pairs, match
from components.acceptance.rates import Rate, majors_of, rates_of
from components.acceptance.sampled import SampledSheets
from components.acceptance.settings import AcceptanceSettings
from components.acceptance.verdict import Verdict, judge_lot, judge_sheet, not_inspected
from gis.coverage import Coverage
from gis.errors import UsageError
from gis.text import Text, t

_TOLD = 20


@dataclass(frozen=True, slots=True)
class SheetResult:
    """What came of one sheet.

    Attributes
    ----------
    position : int
        In the sample.
    rates : mapping of str to Rate
        By name, see :mod:`components.acceptance.rates`.
    accuracies : list of Accuracy
        By accuracy class.
    verdict : Verdict
    """

    position: int
    rates: Mapping[str, Rate]
    accuracies: list[Accuracy]
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What came of an acceptance.

    Attributes
    ----------
    sheets : SampledSheets
        The sample.
    census, points, judgement, settings
        What was judged by what.
    results : list of SheetResult
        One per sheet of the sample.
    rates, majors, accuracies
        Of all inspected sheets together, and by major class.
    verdict : Verdict
        Of the lot.
    notes : list of Text
        What was odd.
    """

    sheets: SampledSheets
    census: Census
    points: CheckPoints
    judgement: Judgement
    settings: AcceptanceSettings
    results: list[SheetResult]
    rates: Mapping[str, Rate]
    majors: Mapping[str, Mapping[str, Rate]]
    accuracies: list[Accuracy]
    verdict: Verdict
    notes: list[Text]


def inspect(
    sheets: SampledSheets,
    census: Census,
    points: CheckPoints,
    settings: AcceptanceSettings,
    *,
    inspected: Collection[str] = (),
) -> Acceptance:
    """Judge a census by the check points in the sheets of a sample.

    Parameters
    ----------
    sheets : SampledSheets
        The sample.
    census : Census
        What the data has, in the sheets and around them.
    points : CheckPoints
        What stands in the field.
    settings : AcceptanceSettings
        Limits, weights and accuracies.
    inspected : collection of str
        Numbers of sheets that were inspected although no check point lies in them. Without being named
        here such a sheet is pending: it may be that nobody was there.

    Raises
    ------
    UsageError
        ``inspected`` names a sheet that is not in the sample.
    """
    _check_inspected(sheets, inspected)
    coverage = Coverage.build(sheets.geometries, sheets.codes.tolist())
    located = locate(coverage, points, census)
    pairs = match(points, census, settings)
    judgement = judge(points, census, pairs, located, settings)
    visited = _visited(sheets, judgement, inspected)
    results = [_result(judgement, at, settings, visited=bool(visited[at])) for at in range(len(sheets))]
    counting = judgement.only(visited[judgement.sheet])
    return Acceptance(
        sheets,
        census,
        points,
        judgement,
        settings,
        results,
        rates_of(counting, settings),
        majors_of(counting, settings),
        accuracies_of(counting, settings),
        judge_lot({str(sheets.codes[r.position]): r.verdict for r in results}, settings),
        [*_outside(points, pairs, located), *_other_sheets(sheets, points, located)],
    )


def _check_inspected(sheets: SampledSheets, inspected: Collection[str]) -> None:
    known = set(sheets.codes)
    for code in inspected:
        if code not in known:
            raise UsageError(
                t("Sheet {code} is not in the sample", code=code),
                field="--inspected",
                value=code,
                expected=", ".join(sorted(known)),
            )


def _visited(sheets: SampledSheets, judgement: Judgement, inspected: Collection[str]) -> np.ndarray:
    """Tell which sheets were inspected: they have a check point, or somebody says so."""
    visited = np.isin(sheets.codes.astype(str), list(inspected))
    visited[np.unique(judgement.sheet[judgement.point >= 0])] = True
    return visited


def _result(judgement: Judgement, at: int, settings: AcceptanceSettings, *, visited: bool) -> SheetResult:
    own = judgement.only(judgement.sheet == at)
    rates = rates_of(own, settings)
    accuracies = accuracies_of(own, settings)
    verdict = judge_sheet(rates, accuracies, settings) if visited else not_inspected()
    return SheetResult(at, rates, accuracies, verdict)


def _outside(points: CheckPoints, pairs: Pairs, located: Located) -> list[Text]:
    """Tell how many check points take no part: neither they nor their components are in the sample."""
    inside = located.points >= 0
    inside[pairs.point[located.components[pairs.component] >= 0]] = True
    count = int((~inside).sum())
    if not count:
        return []
    first = str(points.names[int(np.flatnonzero(~inside)[0])])
    return [
        t(
            "{n} check points lie outside of all sheets of the sample and take no part, {name} for one",
            n=count,
            name=first,
        )
    ]


def _other_sheets(sheets: SampledSheets, points: CheckPoints, located: Located) -> list[Text]:
    """Tell of check points that name another sheet than they lie in."""
    wrong = [
        (str(name), str(stated), str(sheets.codes[at]) if at >= 0 else None)
        for name, stated, at in zip(points.names, points.sheets, located.points.tolist(), strict=True)
        if stated is not None and (at < 0 or stated != sheets.codes[at])
    ]
    told = [
        t("Check point {name} names sheet {stated} and lies in none of the sample", name=name, stated=stated)
        if found is None
        else t(
            "Check point {name} names sheet {stated} and lies in {found}",
            name=name,
            stated=stated,
            found=found,
        )
        for name, stated, found in wrong[:_TOLD]
    ]
    if len(wrong) > _TOLD:
        told.append(t("and {count} more that name another sheet", count=len(wrong) - _TOLD))
    return told
