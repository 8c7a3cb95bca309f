"""Checks of door plates (门牌) against the streets they stand on: P05, P06, P08, P09 and P13."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from geocoding.checks.known_streets import KnownStreets
from geocoding.checks.limits import PlaceLimits
from geocoding.checks.numbers import per_text, plate_number
from geocoding.checks.street_lines import Nearest
from gis.combinations import alike
from gis.compact_staging import CompactStaging
from gis.findings import Severity
from gis.places import Coordinates
from gis.text import t


def place_on_streets(staging: CompactStaging, points: Coordinates, streets: KnownStreets) -> Nearest:
    """Find the street of each plate and where the plate is beside it; streets nobody knows are told (P13).

    Of several streets with the name the nearest is taken.
    """
    names, codes = staging.column("street_name").coded(), staging.column("street_code").coded()
    which, first = alike((names.codes, len(names.words)), (codes.codes, len(codes.words)))
    order = np.argsort(which, kind="stable")
    borders = np.searchsorted(which[order], np.arange(len(first) + 1))
    nearest = Nearest.none(len(staging))
    for number, at in enumerate(first.tolist()):
        if names[at] is None and codes[at] is None:
            continue
        rows = order[borders[number] : borders[number + 1]]
        rows = rows[~staging.refused[rows]]
        candidates = streets.named(codes[at], names[at])
        if not candidates and len(rows):
            _tell_unknown(staging, rows)
        elif any(map(streets.lines.has_line, candidates)):
            rows = rows[~np.isnan(points[rows, 0])]
            nearest.put(rows, streets.lines.nearest(points[rows], candidates))
        elif len(candidates) == 1:
            nearest.street[rows] = candidates[0]
    return nearest


def _tell_unknown(staging: CompactStaging, rows: NDArray[np.intp]) -> None:
    at = int(rows[0])
    name = staging.column("street_name")[at] or staging.column("street_code")[at]
    message = t("{street} is not among the streets of the registry; {n} plates", street=name, n=len(rows))
    hint = t("Is the name written as on the street sign? Else import the street first")
    staging.flag(at, "P13", Severity.WARNING, message, field="street_name", hint=hint)


def check_distance(
    staging: CompactStaging, nearest: Nearest, streets: KnownStreets, limits: PlaceLimits
) -> None:
    """Report plates farther from the line of their street than the limit (P05)."""
    far = np.flatnonzero((nearest.distance > limits.off_street_m) & ~staging.refused)

    def tell(at: int) -> dict[str, Any]:
        message = t(
            "{name} is {away} m away from {street}",
            name=staging.name_of(at),
            away=f"{nearest.distance[at]:.0f}",
            street=streets.names[nearest.street[at]],
        )
        expected = t("no more than {limit} m", limit=f"{limits.off_street_m:g}")
        return {"message": message, "field": "geometry", "expected": expected}

    staging.flag_rows(far, "P05", Severity.WARNING, tell)


def check_ranges(staging: CompactStaging, nearest: Nearest, streets: KnownStreets) -> None:
    """Report plates whose number is not between the least and the greatest of their street (P08)."""
    numbers = per_text(staging.column("number"), plate_number)
    known = (nearest.street >= 0) & (numbers >= 0) & ~staging.refused
    low, high = streets.ranges[nearest.street].T
    outside = known & (((low >= 0) & (numbers < low)) | ((high >= 0) & (numbers > high)))

    def tell(at: int) -> dict[str, Any]:
        street = streets.names[nearest.street[at]]
        message = t(
            "{number} is outside the numbers of {street}", number=staging.column("number")[at], street=street
        )
        between = "–".join(str(end) if end >= 0 else "…" for end in (low[at], high[at]))
        return {"message": message, "field": "number", "expected": between}

    staging.flag_rows(np.flatnonzero(outside), "P08", Severity.WARNING, tell)


def check_sides(
    staging: CompactStaging, nearest: Nearest, streets: KnownStreets, limits: PlaceLimits
) -> None:
    """Tell plates on the side of the other parity, where the street keeps odd and even apart (P09)."""
    numbers = per_text(staging.column("number"), plate_number)
    rows = np.flatnonzero(
        (nearest.side != 0) & (numbers >= 0) & (nearest.distance <= limits.off_street_m) & ~staging.refused
    )
    wrong = rows[against_parity(nearest.line[rows], nearest.side[rows], numbers[rows], limits)]

    def tell(at: int) -> dict[str, Any]:
        message = t(
            "{number} stands on the other side of {street} than numbers of its kind, odd or even",
            number=staging.column("number")[at],
            street=streets.names[nearest.street[at]],
        )
        return {"message": message, "field": "number"}

    staging.flag_rows(wrong, "P09", Severity.INFO, tell)


def against_parity(
    line: NDArray[np.int32], side: NDArray[np.int8], number: NDArray[np.int64], limits: PlaceLimits
) -> NDArray[np.bool_]:
    """Tell which plates stand on the side of the other parity.

    Parameters
    ----------
    line, side, number : ndarray of int, shape (n,)
        Of each plate: the line it is at, 1 for left and -1 for right of it, and its number.
    limits : PlaceLimits
        ``side_plates`` and ``side_share`` decide whether a line has a side for odd numbers at all.
    """
    if not len(line):
        return np.zeros(0, dtype=bool)
    odd_left = (number % 2 == 1) == (side > 0)
    every = np.bincount(line)
    left = np.bincount(line, weights=odd_left)
    most = np.maximum(left, every - left)
    with np.errstate(invalid="ignore"):
        rule = (every >= limits.side_plates) & (most >= limits.side_share * every)
    return np.asarray(rule[line] & (odd_left != (left * 2 > every)[line]))
