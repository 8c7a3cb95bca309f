"""What the second and third part of a division code say: ranges of numbers by kind of division.

Numbers outside the ranges are a reason to look, never to refuse: functional areas and cities use others.
"""

from __future__ import annotations

from dataclasses import dataclass

from gis.text import Text, t


@dataclass(frozen=True, slots=True)
class CodeRange:
    """A range of three-digit numbers, both ends included.

    Attributes
    ----------
    first, last : str
        ``"001"`` to ``"099"``.
    kind : Text
        What has such a number.
    source : str
        The rule that says so.
    """

    first: str
    last: str
    kind: Text
    source: str


_STREETS = "GB/T 10114-2003"
_STATISTICS = "统计用区划代码和城乡划分代码编制规则"

STREET_RANGES = (
    CodeRange("001", "099", t("street (街道)"), _STREETS),
    CodeRange("100", "199", t("town (镇)"), _STREETS),
    CodeRange("200", "399", t("township (乡)"), _STREETS),
    CodeRange("400", "599", t("unit that joins government and enterprise (政企合一)"), _STREETS),
)
"""Digits 7 to 9; confirmed by more than one source."""

COMMUNITY_RANGES = (
    CodeRange("498", "498", t("virtual community, for ground without one"), _STATISTICS),
    CodeRange("598", "598", t("virtual village, for ground without one"), _STATISTICS),
    CodeRange("001", "199", t("residents' committee (居委会)"), _STATISTICS),
    CodeRange("200", "399", t("villagers' committee (村委会)"), _STATISTICS),
    CodeRange("400", "499", t("body like a residents' committee"), _STATISTICS),
    CodeRange("500", "599", t("body like a villagers' committee"), _STATISTICS),
    CodeRange("601", "999", t("merged community, as numbered in digital communities"), "CJ/T 349-2010"),
)
"""Digits 10 to 12, the narrower range first. 001 to 399 are confirmed by more than one source; 400 to 599
and the numbers from 601 by one."""


def street_range(code: str) -> CodeRange | None:
    """Return the range of digits 7 to 9 of a code, ``None`` outside of all."""
    return _range_of(code[6:9], STREET_RANGES)


def community_range(code: str) -> CodeRange | None:
    """Return the range of digits 10 to 12 of a code, ``None`` outside of all."""
    return _range_of(code[9:12], COMMUNITY_RANGES)


def _range_of(number: str, ranges: tuple[CodeRange, ...]) -> CodeRange | None:
    return next((one for one in ranges if one.first <= number <= one.last), None)
