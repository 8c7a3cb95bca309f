"""Components on one spot: more than can stand there, and such of different classes."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray

from components.class_column import ClassColumn
from components.plane import (
    Rows,
    cells_of,
    close_pairs,
    crowded_rows,
    first_named,
    rough_metres,
    shown_places,
    usable,
)
from gis.compact_staging import CompactStaging
from gis.findings import Severity
from gis.places import Coordinates
from gis.text import t

SPOT_M = 0.01
"""What is so close is one spot: seven decimals of a degree hardly tell it apart, and no receiver."""
CROWD = 10
"""So many on one spot are no pole with its lamp, signs and cameras, but a position that was filled in."""
# The fullest spots are told one by one, the others together.
_TOLD_SINGLY = 100


def check_spots(staging: CompactStaging, classes: ClassColumn, points: Coordinates) -> Coordinates:
    """Report crowds on one spot (C25), and things of different classes at one place (C28, a note).

    One finding tells all of a spot, or of a pair of classes.

    Parameters
    ----------
    staging : CompactStaging
        Classified components.
    classes : ClassColumn
        Their classes.
    points : ndarray of float, shape (n, 2)
        Their positions (longitude, latitude; EPSG:4490), not a number where there is none.

    Returns
    -------
    ndarray of float
        The positions without those of crowds, which say nothing about where things stand.
    """
    rows = usable(staging, points)
    x, y = rough_metres(points[rows, 0], points[rows, 1])
    # The others share their spot with nothing.
    some = crowded_rows(x, y, SPOT_M)
    rows, x, y = rows[some], x[some], y[some]
    crowded = _check_crowds(staging, points, rows, cells_of(x, y, SPOT_M))
    _check_other_classes(
        staging, classes, points, rows[~crowded], close_pairs(x[~crowded], y[~crowded], SPOT_M)
    )
    apart = points.copy()
    apart[rows[crowded]] = np.nan
    return apart


def _check_crowds(
    staging: CompactStaging, points: Coordinates, rows: Rows, cells: NDArray[np.int64]
) -> NDArray[np.bool_]:
    order = np.argsort(cells, kind="stable")
    starts = np.flatnonzero(np.diff(cells[order], prepend=cells[order[:1]] - 1) != 0)
    counts = np.diff(starts, append=len(order))
    members = order[np.repeat(counts >= CROWD, counts)]
    crowded = np.zeros(len(cells), dtype=bool)
    crowded[members] = True
    borders = np.cumsum([0, *counts[counts >= CROWD]])
    spots = [rows[members[start:end]] for start, end in pairwise(borders)]
    spots.sort(key=len, reverse=True)
    for spot in spots[:_TOLD_SINGLY]:
        _tell_crowd(staging, points, spot)
    others = spots[_TOLD_SINGLY:]
    if others:
        firsts = np.array([spot[0] for spot in others])
        message = t(
            "{spots} more spots have {count} components together",
            spots=len(others),
            count=sum(map(len, others)),
        )
        staging.add("C25", Severity.WARNING, message, field="geometry", geometry=shown_places(points, firsts))
    return crowded


def _tell_crowd(staging: CompactStaging, points: Coordinates, spot: Rows) -> None:
    classes = staging.column("class_code").take(spot).coded().codes
    staging.add(
        "C25",
        Severity.WARNING,
        t(
            "{count} components of {classes} classes stand on one spot: {names}",
            count=len(spot),
            classes=len(np.unique(classes)),
            names=first_named(staging, spot),
        ),
        field="geometry",
        expected=t("fewer than {n}", n=CROWD),
        hint=t("A position that was filled in, of an office or a device without reception? Survey them anew"),
        geometry=shapely.Point(points[spot[0]]),
    )


def _check_other_classes(
    staging: CompactStaging,
    classes: ClassColumn,
    points: Coordinates,
    rows: Rows,
    pairs: tuple[Rows, Rows],
) -> None:
    one, other = rows[pairs[0]], rows[pairs[1]]
    column = staging.column("class_code").coded()
    codes = sorted(column.distinct())
    number = np.array([codes.index(word) if word in codes else -1 for word in column.words])[column.codes]
    of_one, of_other = number[one], number[other]
    differ = np.flatnonzero(of_one != of_other)
    kinds = np.minimum(of_one, of_other)[differ] * len(codes) + np.maximum(of_one, of_other)[differ]
    names = classes.names()
    for kind in np.unique(kinds):
        met = differ[kinds == kind]
        first, second = (codes[at] for at in divmod(int(kind), len(codes)))
        message = t(
            "{one} and {other} stand at one place {count} times: {names}",
            one=names.get(first, first),
            other=names.get(second, second),
            count=len(met),
            names=first_named(staging, np.array([one[met[0]], other[met[0]]])),
        )
        staging.add(
            "C28",
            Severity.INFO,
            message,
            field="class_code",
            hint=t("Right for things on one pole; otherwise one thing was entered under two classes"),
            geometry=shown_places(points, one[met]),
        )
