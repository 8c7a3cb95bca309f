"""Checks of codes: missing, malformed, given twice, numbered with gaps, contradicted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import orjson

from gis.errors import DataRefused
from gis.findings import Severity
from gis.registry import Registry
from gis.staging import Staging
from gis.text import t
from grids.codes import (
    COMMUNITY_GRID_CODE,
    GRID_CODE,
    LEGACY_GRID_CODE,
    LENIENT_GRID_CODE,
    Level,
    build_grid_code,
    cut_code,
    from_community_form,
    from_legacy,
    normalise,
)
from grids.coding.ranges import community_range, street_range
from grids.reference import used_numbers

_MISSING_SHOWN = 20
_LAST_NUMBER = 999


def next_numbers(registry: Registry, community: str, n: int) -> list[int]:
    """Return the numbers that the next unit grids of a community get.

    New grids are appended at the end of the community's sequence; numbers that were used once, by grids
    retired since as well, are never given again, and gaps are not filled.

    Parameters
    ----------
    registry : Registry
    community : str
        12 digits.
    n : int
        How many.

    Returns
    -------
    list of int
        The ``n`` numbers after the highest ever used, see :func:`grids.reference.used_numbers`.

    Raises
    ------
    UsageError
        The community's code is malformed.
    DataRefused
        There are not so many numbers left up to 999.
    """
    build_grid_code(community, 1)
    last = max(used_numbers(registry, community), default=0)
    if last + n > _LAST_NUMBER:
        raise DataRefused(
            t(
                "Numbers of community {community} are used up to {last:03d}: none is left for {n} more",
                community=community,
                last=last,
                n=n,
            ),
            field="sequence",
            value=last + n,
            expected=t("1 to 999"),
            hint=t("Numbers are never used again: the community has to be divided, or given a new code"),
        )
    return list(range(last + 1, last + n + 1))


def normalise_codes(staging: Staging, name: str = "code") -> None:
    """Bring codes to plain digits and letters where they are written otherwise, and say so (G14).

    Full-width digits and blanks inside a code are the usual case.
    """
    codes = staging.values(name).copy()
    for at, code in enumerate(codes):
        if code is not None and (plain := normalise(code)) != code:
            staging.flag(
                at,
                "G14",
                Severity.WARNING,
                t(
                    "Code {code} is written in other characters and is taken as {plain}",
                    code=code,
                    plain=plain,
                ),
                field=name,
                expected=plain,
            )
            codes[at] = plain
    staging.set(name, codes)


def check_codes_present(staging: Staging, name: str = "code") -> None:
    """Refuse rows without a code (G13); rows refused already, for want of a column, are passed over."""
    for at, code in enumerate(staging.values(name)):
        if code is None and not staging.refused[at]:
            staging.flag(
                at,
                "G13",
                Severity.ERROR,
                t("Row {row} has no code", row=staging.row_number(at)),
                field=name,
                hint=t(
                    "Enter the code, or name the column that holds it with --field {field}=COLUMN", field=name
                ),
            )


def check_grid_codes(staging: Staging) -> None:
    """Check the form of unit grid codes (G14); legacy codes are replaced and kept beside.

    A code of 14 digits (CJ/T 213-2005) or of 20 (CJ/T 349-2010) is never a live code: the row gets the
    15 digits that stand for it, and the old one as ``legacy_code``. Letters are accepted with a warning,
    other forms refused.
    """
    codes, legacy = staging.values("code").copy(), staging.values("legacy_code").copy()
    for at, code in enumerate(codes):
        if code is None:
            continue
        if LEGACY_GRID_CODE.fullmatch(code):
            codes[at], legacy[at] = from_legacy(code), legacy[at] or code
            _flag_form(staging, at, Severity.WARNING, "legacy", codes[at])
        elif COMMUNITY_GRID_CODE.fullmatch(code):
            codes[at], legacy[at] = from_community_form(code), legacy[at] or code
            _flag_form(staging, at, Severity.WARNING, "community form", codes[at])
        elif not LENIENT_GRID_CODE.fullmatch(code) or code.endswith("000"):
            _flag_form(staging, at, Severity.ERROR, "malformed", None)
        elif not GRID_CODE.fullmatch(code):
            _flag_form(staging, at, Severity.WARNING, "letters", None)
    staging.set("code", codes)
    staging.set("legacy_code", legacy)
    check_code_ranges(staging)


def check_code_ranges(staging: Staging) -> None:
    """Report numbers of streets and communities outside the ranges of the rules (G14), once for each.

    A street outside GB/T 10114 is a warning, a community outside the ranges of the statistics code
    information: the rule of unit grids points to the civil-affairs numbering, which may differ.
    """
    seen: set[str] = set()
    for at, code in enumerate(staging.values("code")):
        if code is None or staging.refused[at] or not code[:12].isdecimal():
            continue
        for digits, range_of, severity in _RANGES:
            division = code[:digits]
            if len(division) < digits or division in seen:
                continue
            seen.add(division)
            if range_of(code) is None:
                _flag_range(staging, at, severity, division)


_RANGES = ((9, street_range, Severity.WARNING), (12, community_range, Severity.INFO))


def _flag_range(staging: Staging, at: int, severity: Severity, division: str) -> None:
    street = len(division) == Level.STREET.digits
    staging.flag(
        at,
        "G14",
        severity,
        t("The street part of {code} is outside the ranges of GB/T 10114", code=division)
        if street
        else t("The community part of {code} is outside the ranges of the statistics code", code=division),
        field="code",
        expected="001–599",
    )


def _flag_form(staging: Staging, at: int, severity: Severity, why: str, instead: str | None) -> None:
    code = staging.values("code")[at]
    messages = {
        "legacy": t(
            "Code {code} has the 14 digits of the older rule and is taken as {instead}",
            code=code,
            instead=instead,
        ),
        "community form": t(
            "Code {code} has the 20 digits of digital communities and is taken as {instead}",
            code=code,
            instead=instead,
        ),
        "malformed": t("{code} is not a unit grid code", code=code),
        "letters": t("Unit grid code {code} has letters, which are not issued", code=code),
    }
    staging.flag(
        at,
        "G14",
        severity,
        messages[why],
        field="code",
        expected=instead or t("15 digits: county 6, street 3, community 3, sequence 001 to 999"),
    )


def positions_by(values: Iterable[object]) -> dict[object, list[int]]:
    """Group positions by value, leaving out None and tuples that contain it."""
    groups: dict[object, list[int]] = defaultdict(list)
    for at, value in enumerate(values):
        if value is not None and not (isinstance(value, tuple) and None in value):
            groups[value].append(at)
    return groups


def check_sequences(staging: Staging, used: Mapping[str, set[int]]) -> None:
    """Report numbers left out within a community, as information (G09).

    Parameters
    ----------
    staging : Staging
        Unit grids.
    used : mapping of str to set of int
        Sequence numbers per community that the registry has or had: retired numbers leave gaps that
        are no fault.
    """
    numbers: dict[str, set[int]] = defaultdict(set)
    for code in staging.values("code"):
        if code is not None and GRID_CODE.fullmatch(code):
            numbers[code[:12]].add(int(code[12:]))
    for community, present in sorted(numbers.items()):
        missing = sorted(set(range(1, max(present) + 1)) - present - used.get(community, set()))
        if missing:
            shown = ", ".join(f"{number:03d}" for number in missing[:_MISSING_SHOWN])
            more = "" if len(missing) <= _MISSING_SHOWN else " …"
            staging.add(
                "G09",
                Severity.INFO,
                t(
                    "Numbers {numbers} of community {community} are not used",
                    numbers=shown + more,
                    community=community,
                ),
                id=community,
                field="code",
                value=str(len(missing)),
            )


def check_other_code_columns(staging: Staging) -> None:
    """Report rows whose other columns hold a division code that contradicts the code (G18).

    Columns kept as attributes are looked at when most of their values are codes: 9 to 16 digits that
    begin with the first four digits of the row's own code. Two codes agree when one begins with the other,
    trailing zeros aside.
    """
    codes = staging.values("code")
    rows = [orjson.loads(text) if text else {} for text in staging.values("attributes")]
    columns = _code_columns(rows, codes)
    for at, (code, row) in enumerate(zip(codes, rows, strict=True)):
        against = [(name, str(row[name])) for name in columns if name in row and code is not None]
        contradicting = [(name, other) for name, other in against if not _agree(code, other)]
        if contradicting:
            name, other = contradicting[0]
            staging.flag(
                at,
                "G18",
                Severity.WARNING,
                t(
                    "Code {code} and column {column} with {other} disagree",
                    code=code,
                    column=name,
                    other=other,
                ),
                field=name,
                value=other,
                expected=code,
                hint=t("The code of the mapped column is taken; choose another with --field code=COLUMN"),
            )


def _code_columns(rows: Sequence[Mapping[str, object]], codes: np.ndarray) -> list[str]:
    """Return the attribute columns that hold codes of the same city in most of their values."""
    seen: dict[str, list[bool]] = defaultdict(list)
    for row, code in zip(rows, codes, strict=True):
        if code is not None and code[:6].isdigit():
            for name, value in row.items():
                text = str(value)
                seen[name].append(text.isdigit() and 9 <= len(text) <= 16 and text[:4] == code[:4])
    return [name for name, hits in seen.items() if 2 * sum(hits) > len(hits)]


def _agree(code: str, other: str) -> bool:
    """Tell whether one code begins with the other, apart from zeros that fill it up."""
    short, long = sorted((_unfilled(code), _unfilled(other)), key=len)
    return long.startswith(short)


def _unfilled(code: str) -> str:
    """Leave out the zeros that fill a code up; what is left of a prefecture or province is 4 or 2 digits."""
    cut = cut_code(code)
    while cut is None and len(code) > 6 and code.endswith("000"):
        code = code[:-3]
    return cut or code
