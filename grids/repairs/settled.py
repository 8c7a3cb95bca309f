"""Compare what was found before and after repairs: what is settled, what is left to people, and why."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from gis.findings import Finding
from gis.text import Text, t
from grids.repairs.limits import SLIVER_AREA_M2, SLIVER_WIDTH_M, SNAP_M

_CODE = t("codes are given by people")
_LIMITS = {"width": f"{SLIVER_WIDTH_M:g}", "area": f"{SLIVER_AREA_M2:g}"}

_REASONS: dict[str, Text] = {
    "G01": t("the boundary can be read in two ways that differ in more than {area} m²", **_LIMITS),
    "G02": t(
        "the spike encloses more than {area} m², or the polygon would cross itself without it", **_LIMITS
    ),
    "G03": t("wider than {width} m or larger than {area} m²: people decide whose ground it is", **_LIMITS),
    "G04": t(
        "wider than {width} m, larger than {area} m², along several areas, or an area is missing there",
        **_LIMITS,
    ),
    "G05": t("moving the border of a division is no repair"),
    "G06": t("the stated area has to be measured or confirmed anew"),
    "G07": _CODE,
    "G08": _CODE,
    "G09": _CODE,
    "G13": _CODE,
    "G14": _CODE,
    "G16": t("whether the area is meant, people have to say"),
    "G17": t("whether the parts belong together, people have to say"),
    "G20": t(
        "a vertex would have to move more than {far} cm, or an area would cross itself",
        far=f"{100 * SNAP_M:g}",
    ),
    "G21": t("the grids have to be drawn"),
    "G22": t("which of the two codes is meant, people have to say"),
}
_OTHER = t("no fault of drawing")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the findings of one code.

    Attributes
    ----------
    code : str
        Of the findings.
    settled, remaining, new : int
        How many are gone, are still there, and were not there before.
    why : Text
        Why a machine does not settle what remains.
    """

    code: str
    settled: int
    remaining: int
    new: int
    why: Text


def outcomes(before: Iterable[Finding], after: Iterable[Finding]) -> list[Outcome]:
    """Compare findings of grids and divisions (``G..``) before and after repairs, code by code.

    Findings of one code at one row, or of one thing without a row, are counted, not told apart.
    """
    had, has = _counted(before), _counted(after)
    return [
        Outcome(
            code,
            settled=(had[code] - has[code]).total(),
            remaining=(had[code] & has[code]).total(),
            new=(has[code] - had[code]).total(),
            why=_REASONS.get(code, _OTHER),
        )
        for code in sorted({*had, *has})
    ]


def _counted(findings: Iterable[Finding]) -> defaultdict[str, Counter[tuple[object, ...]]]:
    counted: defaultdict[str, Counter[tuple[object, ...]]] = defaultdict(Counter)
    for finding in findings:
        if finding.code.startswith("G"):
            counted[finding.code][finding.layer, finding.row, finding.id, finding.field] += 1
    return counted
