"""Components on one spot: more than can stand there, and such of different classes."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas
import shapely
from numpy.typing import NDArray

from components.plane import Rows, cells_of, close_pairs, first_named, rough_metres, usable
from gis.findings import Severity
from gis.representative import Points
from gis.staging import Staging
from gis.text import t

SPOT_M = 0.01
"""What is so close is one spot: seven decimals of a degree hardly tell it apart, and no receiver."""
CROWD = 10
"""So many on one spot are no pole with its lamp, signs and cameras, but a position that was filled in."""
# The fullest spots are told one by one, the others together.
_TOLD_SINGLY = 100
_PLACES_SHOWN = 50


def check_spots(staging: Staging, infos: NDArray[np.object_], points: Points) -> Points:
    """Report crowds on one spot (C25), and things of different classes at one place (C28, a note).

    One finding tells all of a spot, or of a pair of classes.

    Parameters
    ----------
    staging : Staging
        Classified components.
    infos : ndarray of ClassInfo or None
        Their classes.
    points : ndarray of Point
        Their positions (EPSG:4490), None where there is none.

    Returns
    -------
    ndarray of Point
        The positions without those of crowds, which say nothing about where things stand.
    """
    rows = usable(staging, points)
    x, y = rough_metres(shapely.get_x(points[rows]), shapely.get_y(points[rows]))
    crowded = _check_crowds(staging, points, rows, cells_of(x, y, SPOT_M))
    _check_other_classes(
        staging, infos, points, rows[~crowded], close_pairs(x[~crowded], y[~crowded], SPOT_M)
    )
    apart = points.copy()
    apart[rows[crowded]] = None
    return apart


def _check_crowds(
    staging: Staging, points: Points, rows: Rows, cells: NDArray[np.int64]
) -> NDArray[np.bool_]:
    _, spot_of, counts = np.unique(cells, return_inverse=True, return_counts=True)
    crowded = np.asarray(counts[spot_of] >= CROWD)
    members = np.flatnonzero(crowded)
    members = members[np.argsort(spot_of[members], kind="stable")]
    borders = np.flatnonzero(np.diff(spot_of[members], prepend=-1, append=-1))
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
        staging.add("C25", Severity.WARNING, message, field="geometry", geometry=_places(points, firsts))
    return crowded


def _tell_crowd(staging: Staging, points: Points, spot: Rows) -> None:
    classes = set(staging.values("class_code")[spot])
    staging.add(
        "C25",
        Severity.WARNING,
        t(
            "{count} components of {classes} classes stand on one spot: {names}",
            count=len(spot),
            classes=len(classes),
            names=first_named(staging, spot),
        ),
        field="geometry",
        expected=t("fewer than {n}", n=CROWD),
        hint=t("A position that was filled in, of an office or a device without reception? Survey them anew"),
        geometry=points[spot[0]],
    )


def _places(points: Points, rows: Rows) -> shapely.MultiPoint:
    return shapely.MultiPoint(list(points[rows[:_PLACES_SHOWN]]))


def _check_other_classes(
    staging: Staging, infos: NDArray[np.object_], points: Points, rows: Rows, pairs: tuple[Rows, Rows]
) -> None:
    one, other = rows[pairs[0]], rows[pairs[1]]
    number, codes = pandas.factorize(staging.values("class_code")[np.concatenate([one, other])], sort=True)
    of_one, of_other = number[: len(one)], number[len(one) :]
    differ = np.flatnonzero(of_one != of_other)
    kinds = np.minimum(of_one, of_other)[differ] * len(codes) + np.maximum(of_one, of_other)[differ]
    names = {info.code: f"{info.code} {info.name}" for info in set(infos) if info is not None}
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
            geometry=_places(points, one[met]),
        )
