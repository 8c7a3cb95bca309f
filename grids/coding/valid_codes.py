"""Compare codes of a delivery with the table of valid codes, where that covers their county."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sqlalchemy import Connection, select

from gis.findings import Severity
from gis.models import DATASETS
from gis.registry import Registry
from gis.staging import Staging
from gis.text import Text, t
from grids.codes import LEVEL_NAMES, Level, parse_division_code
from grids.past.hints import past_of
from grids.past.retirements import in_chunks

NOT_VALID = "G30"

_AFTER_ALL_DIGITS = ":"
"""Sorts right after the digits: codes that begin with ``x`` lie between ``x`` and ``x:``."""


def check_valid_codes(staging: Staging, registry: Registry) -> None:
    """Report codes of divisions that the table of valid codes does not have (G30).

    Of divisions and of unit grids alike: the county, street and community in the code of each row. Every
    code is reported once, at the first row that has it, and what lies below it is not. Where the table
    has no code of that level, in the prefecture for counties and in the county for streets and
    communities, it is not complete enough to say. Codes that the registry knows to be retired are left to
    :func:`grids.past.hints.check_retired_divisions`.

    Parameters
    ----------
    staging : Staging
        Rows with ``code``; codes of another form are passed over.
    registry : Registry
        With its table ``division-codes``.
    """
    rows = _rows_by_division(staging.values("code"))
    unknown = unknown_codes(registry, rows)
    past = past_of(registry, "divisions", unknown)
    for code in (code for code in unknown if code not in past):
        level = _LEVEL[len(code)]
        staging.flag(
            rows[code][0],
            NOT_VALID,
            Severity.WARNING,
            t("{level} {code} is not in the table of valid codes", level=LEVEL_NAMES[level], code=code),
            field="code",
            value=code,
            expected=_expected(level),
            hint=t("Correct the code, or enter it in the table with import division-codes"),
        )


def check_statistics_codes(staging: Staging, registry: Registry) -> None:
    """Report statistics codes (统计用区划代码) of another form (G14) or not in the table (G30)."""
    wanted: dict[str, int] = {}
    cut = staging.values("statistics_code").copy()
    for at, text in enumerate(cut):
        if text is None:
            continue
        division = parse_division_code(text)
        if division is None:
            staging.flag(
                at,
                "G14",
                Severity.WARNING,
                t("{code} is no statistics code; it is kept as it is", code=text),
                field="statistics_code",
                expected=t("6, 9 or 12 digits"),
            )
        else:
            cut[at] = division.code
            wanted.setdefault(division.code, at)
    for code in unknown_codes(registry, wanted):
        if code in wanted:
            staging.flag(
                wanted[code],
                NOT_VALID,
                Severity.WARNING,
                t("Statistics code {code} is not in the table of valid codes", code=code),
                field="statistics_code",
                value=code,
            )
    staging.set("statistics_code", cut)


def unknown_codes(registry: Registry, codes: Iterable[str]) -> list[str]:
    """Return the codes that the table does not have although it covers their county.

    Parameters
    ----------
    registry : Registry
    codes : iterable of str
        6, 9 or 12 digits; the divisions above them are looked at as well.

    Returns
    -------
    list of str
        In order; of a code that is not there nothing below it is listed.
    """
    wanted = {code[:digits] for code in codes for digits in _LEVEL if len(code) >= digits}
    with registry.connect() as connection:
        missing = wanted - _valid(connection, wanted)
        covered = _Coverage(connection)
        unknown = {code for code in missing if covered.says_of(code)}
    return sorted(code for code in unknown if not any(code[:n] in unknown for n in _LEVEL if n < len(code)))


_LEVEL = {level.digits: level for level in Level}


def _rows_by_division(codes: Iterable[str | None]) -> Mapping[str, list[int]]:
    """Return the rows of every county, street and community that codes name."""
    rows: dict[str, list[int]] = {}
    for at, code in enumerate(codes):
        for division in _divisions(code):
            rows.setdefault(division, []).append(at)
    return rows


def _divisions(code: str | None) -> Iterator[str]:
    if code is None or parse_division_code(code[: Level.COMMUNITY.digits]) is None:
        return
    yield from (code[:digits] for digits in _LEVEL if len(code) >= digits)


def _valid(connection: Connection, codes: Iterable[str]) -> set[str]:
    column = DATASETS["division-codes"].live.c.code
    return {
        code
        for chunk in in_chunks(sorted(codes))
        for code in connection.scalars(select(column).where(column.in_(chunk)))
    }


class _Coverage:
    """Whether the table has codes of one level in a division."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[tuple[Level, str], bool] = {}

    def says_of(self, code: str) -> bool:
        """Tell whether the table would have a code if it were valid."""
        level = _LEVEL[len(code)]
        above = code[:4] if level is Level.COUNTY else code[:6]
        if (level, above) not in self._known:
            table = DATASETS["division-codes"].live.c
            of_level = select(table.code).where(
                table.code > above, table.code < above + _AFTER_ALL_DIGITS, table.level == str(level)
            )
            self._known[level, above] = self._connection.scalar(of_level.limit(1)) is not None
        return self._known[level, above]


def _expected(level: Level) -> Text:
    return t("a {level} of the table of valid codes", level=LEVEL_NAMES[level])
