"""A seeded sample of map sheets (抽样): the same sheets for the same seed on every machine.

Sheets are put in the order of the SHA-256 of seed, scale and number, so that nobody has to trust a random
number generator: anybody can repeat the draw. Each stratum that has sheets gives at least one, the rest in
proportion to its size.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from components.acceptance.strata import SheetList, Stratum
from gis.errors import DataRefused, UsageError
from gis.text import t

BATCHES = (
    (20, 3),
    (40, 5),
    (60, 7),
    (80, 9),
    (100, 10),
    (120, 11),
    (140, 12),
    (160, 13),
    (180, 14),
    (200, 15),
)
"""Sheets in a batch, at most, and how many of them are sampled (after GB/T 24356-2009, unverified)."""

PRIORITY = (Stratum.DENSE, Stratum.EMPTY, Stratum.MEDIUM, Stratum.SPARSE)
"""Which strata come first where a sample is too small for all: the extremes."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Sheets drawn for inspection.

    Attributes
    ----------
    sheets : SheetList
        All sheets there are.
    strata : ndarray of Stratum or None
        Of each sheet.
    chosen : ndarray of int
        Positions of the sheets drawn, by number.
    seed : str
        What the draw began from.
    """

    sheets: SheetList
    strata: NDArray[np.object_]
    chosen: NDArray[np.intp]
    seed: str

    def counts(self) -> dict[Stratum, tuple[int, int]]:
        """Return for each stratum that has sheets how many there are and how many were drawn."""
        return {
            stratum: (int((self.strata == stratum).sum()), int((self.strata[self.chosen] == stratum).sum()))
            for stratum in Stratum
            if (self.strata == stratum).any()
        }


def default_size(sheets: int) -> int:
    """Return how many sheets are sampled where nobody says.

    After GB/T 24356-2009 (unverified): 3 of up to 20, 5 of up to 40 … 15 of up to 200; more sheets are
    divided into as few batches of even size as possible, and each is sampled by itself.

    Examples
    --------
    >>> [default_size(n) for n in (2, 20, 21, 200, 201)]
    [2, 3, 5, 15, 21]
    """
    largest = BATCHES[-1][0]
    batches = max(1, -(-sheets // largest))
    small, more = divmod(sheets, batches)
    return sum(_batch_size(size) for size in [small + 1] * more + [small] * (batches - more))


def draw(sheets: SheetList, seed: str, *, number: int | None = None, percent: float | None = None) -> Sample:
    """Draw a stratified sample.

    Parameters
    ----------
    sheets : SheetList
        Those that are expected to hold components are drawn from.
    seed : str
        Any text; the same text draws the same sheets.
    number, percent : int, float, optional
        How many sheets, or which share of them, rounded up; by default :func:`default_size`.

    Raises
    ------
    UsageError
        Both are given, or one of them is impossible.
    DataRefused
        No sheet holds or should hold components.
    """
    strata = sheets.strata()
    eligible = np.flatnonzero(sheets.expected)
    if not len(eligible):
        raise DataRefused(t("No sheet holds or should hold components: nothing can be sampled"))
    wanted = _wanted(len(eligible), number, percent)
    ranks = {
        int(at): hashlib.sha256(f"{seed}\n{sheets.scales[at]}\n{sheets.codes[at]}".encode()).hexdigest()
        for at in eligible
    }
    shares = _shares({s: int((strata[eligible] == s).sum()) for s in Stratum}, wanted)
    chosen: list[int] = []
    for stratum, share in shares.items():
        members = sorted((int(at) for at in eligible if strata[at] == stratum), key=ranks.__getitem__)
        chosen += members[:share]
    return Sample(
        sheets, strata, np.array(sorted(chosen, key=lambda at: sheets.codes[at]), dtype=np.intp), seed
    )


def _batch_size(sheets: int) -> int:
    return min(sheets, next(sample for most, sample in BATCHES if sheets <= most))


def _wanted(eligible: int, number: int | None, percent: float | None) -> int:
    if number is not None and percent is not None:
        raise UsageError(
            t("A number and a percentage of sheets were both given"), field="--number", value=number
        )
    if number is not None:
        if not 1 <= number <= eligible:
            raise UsageError(
                t("{number} sheets cannot be drawn of {eligible}", number=number, eligible=eligible),
                field="--number",
                value=number,
                expected=t("from 1 to {most}", most=eligible),
            )
        return number
    if percent is None:
        return default_size(eligible)
    if not 0 < percent <= 100:
        raise UsageError(
            t("{percent} % of the sheets cannot be drawn", percent=f"{percent:g}"),
            field="--percent",
            value=percent,
            expected=t("above 0, at most 100"),
        )
    # 10 % of 30 is 3, whatever 0.1 * 30 is in binary
    return max(1, int(np.ceil(round(eligible * percent / 100, 9))))


def _shares(sizes: Mapping[Stratum, int], wanted: int) -> dict[Stratum, int]:
    """Divide the sample over the strata: one each, then by largest remainders.

    A sample smaller than the number of strata takes them in the order of :data:`PRIORITY`.
    """
    filled = [stratum for stratum in PRIORITY if sizes[stratum]]
    if wanted < len(filled):
        return dict.fromkeys(filled[:wanted], 1)
    shares = dict.fromkeys(filled, 1)
    total = sum(sizes.values())
    for _ in range(wanted - len(filled)):
        open_strata = [stratum for stratum in filled if shares[stratum] < sizes[stratum]]
        most = max(open_strata, key=lambda stratum: wanted * sizes[stratum] / total - shares[stratum])
        shares[most] += 1
    return shares
