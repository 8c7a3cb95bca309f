"""Forms of the codes and limits of grids made of grids, as work on a draft of the new series gives them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gis.errors import UsageError
from gis.findings import Severity
from gis.staging import Staging
from gis.text import Text, t
from grids.codes import GRID_CODE
from grids.groups.delivered import Group

MOST_MEMBERS = 5
"""Unit grids that a management grid may be made of, by the draft; ``--set most_members=N`` changes it."""

EVALUATION_CODE = re.compile(r"\d{11}[ABC]", re.ASCII)
"""County 6, street 3, sequence 2, type letter."""


def check_management_codes(groups: Sequence[Group]) -> None:
    """Report codes of management grids that are not 15 digits (G14)."""
    expected = t("15 digits: county 6, street 3, community 3, sequence 001 to 999")
    for group in groups:
        if not GRID_CODE.fullmatch(group.code):
            _flag_form(group, expected)


def check_evaluation_codes(groups: Sequence[Group]) -> None:
    """Report codes of evaluation grids that are not of the form of the draft (G14)."""
    expected = t("12 characters: county 6, street 3, sequence 2, and A, B or C")
    for group in groups:
        if not EVALUATION_CODE.fullmatch(group.code):
            _flag_form(group, expected)


def _flag_form(group: Group, expected: Text) -> None:
    group.flag(
        "G14",
        Severity.WARNING,
        t("Code {code} is not of the form of the draft standard; it is kept", code=group.code),
        field="code",
        expected=expected,
    )


def limits_of(groups: Sequence[Group]) -> list[int]:
    """Return how many unit grids each management grid may be made of.

    Raises
    ------
    UsageError
        What was given with the delivery is no number above zero.
    """
    given = [staging.values("most_members")[at] for group in groups for staging, at in group.rows[:1]]
    for text in given:
        if text is not None and not (text.isdecimal() and int(text) > 0):
            raise UsageError(
                t("{value} is no number of unit grids", value=text),
                field="most_members",
                value=text,
                expected=t("a whole number from 1"),
            )
    return [MOST_MEMBERS if text is None else int(text) for text in given]


def check_lines_present(staging: Staging, names: Sequence[str]) -> None:
    """Refuse rows without a line of business (G13) where groups have one."""
    if "line" not in names:
        return
    for at, line in enumerate(staging.values("line")):
        if line is None and not staging.refused[at]:
            staging.flag(
                at,
                "G13",
                Severity.ERROR,
                t("Row {row} has no line of business", row=staging.row_number(at)),
                field="line",
                hint=t("Enter it, or give the whole delivery one with --set line=NAME"),
            )
